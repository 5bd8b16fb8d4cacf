//go:build unix

package server

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	// statusWait is how long either end of a status socket waits for the other: a login
	// waits for it too, should a server hang.
	statusWait = time.Second

	// statusCheck is how often a server looks whether its socket is still there:
	// some systems remove the directory with the user's last login.
	statusCheck = time.Minute

	// maxRequest is the most bytes of a request, of which the longest has two ports and
	// an IPv6 address with a zone, and maxStatus of an answer.
	maxRequest = 128
	maxStatus  = 64 << 10

	// maxAskers is how many connections are served at once.
	maxAskers = 4
)

// Requests to a status socket, each a line.
const (
	requestStatus = "status"
	requestEnd    = "end"
	requestAttach = "attach" // lowest and highest port, address or "any": answered by an Attachment
)

// A statusRequest is a request on its way to the loop, which answers it.
type statusRequest struct {
	what   string
	answer chan any // a Status or an Attachment; has room for the answer
}

// A statusServer answers requests of this user's programs. Its goroutines touch
// nothing of the session: requests go to the loop.
type statusServer struct {
	path     string
	quit     chan struct{}
	requests chan<- statusRequest
	askers   chan struct{} // holds a value for each connection being served
	making   sync.Mutex    // held while the socket is made again or removed
}

// listenStatus makes the status socket in the user's directory.
func listenStatus(env []string, requests chan<- statusRequest, spawn func(func())) (*statusServer, error) {
	dir, err := ensureStatusDir(env)
	if err != nil {
		return nil, err
	}
	s := &statusServer{
		path:     filepath.Join(dir, socketName(os.Getpid())),
		quit:     make(chan struct{}),
		requests: requests,
		askers:   make(chan struct{}, maxAskers),
	}
	l, err := s.listen()
	if err != nil {
		return nil, err
	}
	spawn(func() { s.accept(l, spawn) })
	spawn(func() { s.watch(env, spawn) })
	return s, nil
}

// listen makes the socket. One of that name is a dead server's whose process id
// has come back to us.
func (s *statusServer) listen() (*net.UnixListener, error) {
	os.Remove(s.path)
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: s.path, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("server: making the status socket: %w", err)
	}
	if err := os.Chmod(s.path, 0o600); err != nil {
		l.Close()
		return nil, fmt.Errorf("server: making the status socket: %w", err)
	}
	go func() {
		<-s.quit
		l.Close()
	}()
	return l, nil
}

// watch makes the socket again whenever it has gone.
func (s *statusServer) watch(env []string, spawn func(func())) {
	tick := time.NewTicker(statusCheck)
	defer tick.Stop()
	for {
		select {
		case <-s.quit:
			return
		case <-tick.C:
		}
		if l := s.remake(env); l != nil {
			spawn(func() { s.accept(l, spawn) })
		}
	}
}

// remake makes the socket again if it has gone, and returns nil if not.
func (s *statusServer) remake(env []string) *net.UnixListener {
	s.making.Lock()
	defer s.making.Unlock()
	select {
	case <-s.quit:
		return nil
	default:
	}
	if _, err := os.Lstat(s.path); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if _, err := ensureStatusDir(env); err != nil {
		return nil
	}
	l, err := s.listen()
	if err != nil {
		return nil
	}
	return l
}

// accept serves connections until the listener is closed.
func (s *statusServer) accept(l *net.UnixListener, spawn func(func())) {
	for {
		conn, err := l.AcceptUnix()
		if err != nil {
			return
		}
		select {
		case s.askers <- struct{}{}:
			spawn(func() {
				defer func() { <-s.askers }()
				s.serve(conn)
			})
		default:
			conn.Close() // they are this user's own; let them ask again
		}
	}
}

// serve answers one connection's request.
func (s *statusServer) serve(conn *net.UnixConn) {
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(statusWait))
	if uid, err := peerUID(conn); err != nil || uid != os.Getuid() && uid != 0 {
		return
	}
	line, err := bufio.NewReaderSize(conn, maxRequest).ReadSlice('\n')
	if err != nil {
		return
	}
	req := statusRequest{strings.TrimSpace(string(line)), make(chan any, 1)}
	select {
	case s.requests <- req:
		select {
		case answer := <-req.answer:
			json.NewEncoder(conn).Encode(answer)
		case <-time.After(statusWait): // the session has ended first
		}
	case <-s.quit:
	case <-time.After(statusWait):
	}
}

// lastWord is how long answers may take to be written when the process is about to end: far
// longer than the kernel takes to copy them, and too short for anybody to wait for.
const lastWord = 100 * time.Millisecond

// close removes the socket: before it returns, since the process may end then. An answer
// that is on its way gets out, as that to the request which ended the session.
func (s *statusServer) close() {
	close(s.quit)
	limit := time.NewTimer(lastWord)
	defer limit.Stop()
	for range maxAskers {
		select {
		case s.askers <- struct{}{}:
			continue
		case <-limit.C:
		}
		break
	}
	s.making.Lock()
	defer s.making.Unlock()
	os.Remove(s.path)
}

// answer answers a request.
func (l *loop) answer(req statusRequest) {
	st := l.describe()
	what, args, _ := strings.Cut(req.what, " ")
	switch what {
	case requestStatus:
	case requestEnd:
		l.end(endRequested())
	case requestAttach:
		req.answer <- l.answerAttach(args)
		return
	default:
		st.Error = errUnknownRequest
	}
	req.answer <- st
}

// errUnknownRequest is the Error of an answer to what a server does not know, because
// it is older than who asks.
const errUnknownRequest = "unknown request"

// describe returns the session's status.
func (l *loop) describe() Status {
	cols, rows := l.host.em.Snapshot().Size()
	st := Status{
		PID:         os.Getpid(),
		Name:        l.cfg.Name,
		Port:        int(l.at.sock.Port()),
		Started:     l.start.Round(0),
		LastContact: l.at.heard.Round(0),
		Attached:    !l.at.heard.IsZero() && l.now.Sub(l.at.heard) < detachedAfter,
		Command:     l.cfg.Argv,
		Foreground:  l.host.foreground(),
		Cols:        cols,
		Rows:        rows,
	}
	if peer := l.at.sock.Peer(); peer.IsValid() {
		st.Peer = peer.String()
	}
	return st
}

// ensureStatusDir returns the directory of the user's status sockets, which it
// makes if need be: $XDG_RUNTIME_DIR/roam, else /tmp/roam-UID. It is refused
// unless it is a directory of this user's that nobody else can enter, since /tmp is
// everybody's.
func ensureStatusDir(env []string) (string, error) {
	var first error
	for _, dir := range statusDirs(env) {
		err := os.Mkdir(dir, 0o700)
		if err == nil || errors.Is(err, fs.ErrExist) {
			err = checkDir(dir)
		}
		if err == nil {
			return dir, nil
		}
		if first == nil {
			first = err
		}
	}
	return "", fmt.Errorf("server: no directory for the status socket: %w", first)
}

// statusDirs returns the directories in which status sockets may be, the best
// first.
func statusDirs(env []string) []string {
	var dirs []string
	if run := getVar(env, "XDG_RUNTIME_DIR"); filepath.IsAbs(run) {
		dirs = append(dirs, filepath.Join(run, "roam"))
	}
	return append(dirs, filepath.Join("/tmp", "roam-"+strconv.Itoa(os.Getuid())))
}

// checkDir returns why dir cannot be trusted; symbolic links are not.
func checkDir(dir string) error {
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	switch {
	case !info.IsDir():
		return fmt.Errorf("%s is no directory: remove it", dir)
	case !ok || int(st.Uid) != os.Getuid():
		return fmt.Errorf("%s belongs to another user", dir)
	case info.Mode().Perm() != 0o700:
		return fmt.Errorf("%s is open to others (mode %o): make it 0700", dir, info.Mode().Perm())
	}
	return nil
}
