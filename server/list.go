package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

// List returns the sessions of this user on this host, oldest first. Sockets that no
// server listens on any more are removed, and servers that do not answer left out. env
// says where the sockets are, as in os.Environ.
func List(env []string) []Status {
	paths := sockets(env)
	answers := make(chan *Status, len(paths))
	for _, path := range paths {
		go func() {
			st, err := ask(path, requestStatus)
			if err != nil {
				answers <- nil
				return
			}
			answers <- &st
		}()
	}
	var found []Status
	for range paths {
		if st := <-answers; st != nil {
			found = append(found, *st)
		}
	}
	slices.SortFunc(found, func(a, b Status) int { return a.Started.Compare(b.Started) })
	return found
}

// ErrNoSession reports that there is no session with the wanted process id.
var ErrNoSession = errors.New("server: no such session")

// End tells the server with the process id pid to end its session, and its client
// why. It returns ErrNoSession, or what the socket said.
func End(env []string, pid int) error {
	for _, path := range sockets(env) {
		if filepath.Base(path) != fmt.Sprint(pid, ".sock") {
			continue
		}
		_, err := ask(path, requestEnd)
		return err
	}
	return ErrNoSession
}

// sockets returns the paths of this user's status sockets.
func sockets(env []string) (paths []string) {
	for _, dir := range statusDirs(env) {
		if checkDir(dir) != nil {
			continue
		}
		found, err := filepath.Glob(filepath.Join(dir, "*.sock"))
		if err == nil {
			paths = append(paths, found...)
		}
	}
	return paths
}

// ask sends one request to a status socket.
func ask(path, request string) (Status, error) {
	conn, err := net.DialTimeout("unix", path, statusWait)
	if errors.Is(err, syscall.ECONNREFUSED) {
		os.Remove(path) // its server is dead
	}
	if err != nil {
		return Status{}, fmt.Errorf("server: asking a session: %w", err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(statusWait))
	if uid, err := peerUID(conn.(*net.UnixConn)); err != nil || uid != os.Getuid() {
		return Status{}, errors.New("server: asking a session: the socket is another user's")
	}
	var st Status
	if _, err := io.WriteString(conn, request+"\n"); err != nil {
		return Status{}, fmt.Errorf("server: asking a session: %w", err)
	}
	if err := json.NewDecoder(io.LimitReader(conn, maxStatus)).Decode(&st); err != nil {
		return Status{}, fmt.Errorf("server: asking a session: %w", err)
	}
	if st.Error != "" {
		return st, fmt.Errorf("server: asking a session: %s", st.Error)
	}
	return st, nil
}
