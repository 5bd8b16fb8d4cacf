// Package predict guesses what the server's screen will show once it has
// heard of the keys just typed, so that the echo of a key does not wait for
// the network. Guesses are judged when screens arrive; those of which nothing
// is known yet stay hidden until an echo has proved them.
//
// The package is pure: time comes in as an argument, and it imports only the
// terminal. docs/prediction.md describes the rules.
package predict
