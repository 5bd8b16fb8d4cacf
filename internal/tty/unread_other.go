//go:build !linux

package tty

import "os"

// HasUnread returns false: these systems do not tell a PTY's master what its slave has
// not read.
func HasUnread(*os.File) bool { return false }
