//go:build unix && !linux

package server

import "os"

// selfPath returns the path of this program's file.
func selfPath() (string, error) { return os.Executable() }

// nameProcess does nothing: here the name is that of the file.
func nameProcess(string) {}

// processName returns "": there is no cheap way to tell.
func processName(int) string { return "" }
