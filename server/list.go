//go:build unix

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
	"strconv"
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
			if err != nil || filepath.Base(path) != socketName(st.PID) { // another program's: nothing could be done with it
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

// End tells the server with the process id pid to end its session, and its client
// why. It returns ErrNoSession, or what the socket said.
func End(env []string, pid int) error {
	path, err := socketOf(env, pid)
	if err == nil {
		_, err = ask(path, requestEnd)
	}
	return err
}

// socketOf returns the path of the status socket of the server with the process id
// pid, or ErrNoSession.
func socketOf(env []string, pid int) (string, error) {
	for _, path := range sockets(env) {
		if filepath.Base(path) == socketName(pid) {
			return path, nil
		}
	}
	return "", ErrNoSession
}

// sockets returns the paths of this user's status sockets.
func sockets(env []string) (paths []string) {
	for _, dir := range statusDirs(env) {
		if checkDir(dir) != nil {
			continue
		}
		found, _ := os.ReadDir(dir) // what cannot be read has no sockets
		for _, f := range found {
			if f.Type() == os.ModeSocket && filepath.Ext(f.Name()) == socketExt {
				paths = append(paths, filepath.Join(dir, f.Name()))
			}
		}
	}
	return paths
}

// socketExt is what the names of status sockets end in.
const socketExt = ".sock"

// socketName returns the name of the status socket of the server with the process id pid.
func socketName(pid int) string { return strconv.Itoa(pid) + socketExt }

// ask sends a request to a status socket that is answered by a Status.
func ask(path, request string) (st Status, err error) {
	if err = exchange(path, request, &st); err == nil && st.Error != "" {
		err = fmt.Errorf("server: asking a session: %s", st.Error)
	}
	return st, err
}

// exchange sends one request to a status socket and reads the answer.
func exchange(path, request string, answer any) error {
	conn, err := net.DialTimeout("unix", path, statusWait)
	if errors.Is(err, syscall.ECONNREFUSED) {
		os.Remove(path) // its server is dead
	}
	if err != nil {
		return fmt.Errorf("server: asking a session: %w", err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(statusWait))
	if uid, err := peerUID(conn.(*net.UnixConn)); err != nil || uid != os.Getuid() {
		return errors.New("server: asking a session: the socket is another user's")
	}
	if _, err := io.WriteString(conn, request+"\n"); err != nil {
		return fmt.Errorf("server: asking a session: %w", err)
	}
	if err := json.NewDecoder(io.LimitReader(conn, maxStatus)).Decode(answer); err != nil {
		return fmt.Errorf("server: asking a session: %w", err)
	}
	return nil
}
