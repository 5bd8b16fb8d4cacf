//go:build !linux

package client

// wipeEnviron does nothing: only Linux gives a Go program access to the
// environment block that it was started with.
func wipeEnviron(string) {}
