//go:build unix

package server

import (
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"

	"roam/carrier"
)

// daemonVar marks the daemon's environment. Its value says nothing, and the
// daemon removes it.
const daemonVar = "ROAM_SERVER_DAEMON"

// Descriptors that the daemon inherits beside the standard ones.
const (
	socketFD = 3 // the bound UDP socket
	configFD = 4 // the daemonConfig, to read
	readyFD  = 5 // to write: readyText, or what went wrong
)

// readyText is what a daemon says once it can serve a client.
const readyText = "ready"

// startDaemon starts this program again as the daemon, since a Go program cannot
// fork, and returns its process id once it is ready to serve. errFile becomes its
// standard error; nil for none.
func startDaemon(cfg *daemonConfig, sock *carrier.Server, errFile *os.File) (pid int, err error) {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return 0, fmt.Errorf("server: %w", err)
	}
	defer null.Close()
	if errFile == nil {
		errFile = null
	}
	sockFile, err := sock.File()
	if err != nil {
		return 0, fmt.Errorf("server: handing over the socket: %w", err)
	}
	defer sockFile.Close()
	configR, configW, err := os.Pipe()
	if err != nil {
		return 0, fmt.Errorf("server: %w", err)
	}
	defer configR.Close()
	defer configW.Close()
	readyR, readyW, err := os.Pipe()
	if err != nil {
		return 0, fmt.Errorf("server: %w", err)
	}
	defer readyR.Close()
	defer readyW.Close()

	self, err := selfPath()
	if err != nil {
		return 0, fmt.Errorf("server: finding this program to start it again: %w", err)
	}
	proc, err := os.StartProcess(self, os.Args, &os.ProcAttr{
		Env:   append(os.Environ(), daemonVar+"=1"),
		Files: []*os.File{null, null, errFile, sockFile, configR, readyW},
		Sys:   &syscall.SysProcAttr{Setsid: true},
	})
	if err != nil {
		return 0, fmt.Errorf("server: starting the session's process: %w", err)
	}
	pid = proc.Pid
	proc.Release()
	readyW.Close()
	configR.Close()
	if err := writeConfig(configW, cfg); err != nil {
		return 0, err
	}
	configW.Close()
	answer, err := io.ReadAll(io.LimitReader(readyR, 4096))
	switch {
	case err != nil:
		return 0, fmt.Errorf("server: starting the session's process: %w", err)
	case string(answer) == readyText:
		return pid, nil
	case len(answer) == 0:
		return 0, fmt.Errorf("server: the session's process (pid %d) ended before it was ready", pid)
	}
	return 0, fmt.Errorf("server: the session's process could not start: %s", strings.TrimPrefix(string(answer), "server: "))
}
