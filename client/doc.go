// Package client is one session on the user's terminal: it sends what the user
// types, draws what the server shows, and gives the terminal back as it was.
//
// One goroutine owns a session. It takes what others bring to it (typed bytes,
// datagrams, signals, written frames), feeds the transport, draws the newest
// screen with the overlays on it (prediction, notice line, title prefix), and
// sleeps until something is due. A terminal that takes no more output holds
// up drawing only: one frame is in flight, and the next one shows the newest
// state.
package client
