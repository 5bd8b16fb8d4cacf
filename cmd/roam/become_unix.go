//go:build unix

package main

import "syscall"

// become makes this process another program. It returns only if that fails.
func become(path string, argv, env []string) (status int, err error) {
	return exitFailed, syscall.Exec(path, argv, env)
}
