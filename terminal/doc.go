// Package terminal is a terminal emulator, the screens that it makes, and the
// bytes that turn one screen into another.
//
// An Emulator takes the output of a program and changes a screen. Snapshot
// returns that screen as an immutable value which shares its rows with the
// Emulator, so that it costs well under a microsecond. AppendDiff writes the
// bytes that lead a reader from one Screen to another, in the language that a
// Profile says the reader understands. The package does no I/O and reads no
// clock.
package terminal
