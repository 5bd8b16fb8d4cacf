// Package server is the remote end of a session: it runs a program on a
// pseudo-terminal, keeps its screen in a terminal emulator, and keeps a client's
// copy of that screen in step.
//
// Main parses the command line of `roam server` or `mosh-server`, binds a UDP
// port and starts the daemon, which is this program once more: RunDaemon. In the
// daemon one goroutine, the loop, owns everything. A host is the program with its
// terminal; an attachment is a client's key, transport and socket. List and End
// talk to the daemons of this user through their status sockets.
package server
