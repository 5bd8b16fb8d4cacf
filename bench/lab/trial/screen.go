package trial

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"roam/bench/lab/netpath"
	"roam/bench/lab/vterm"
)

// ErrGone reports that the client has ended.
var ErrGone = errors.New("trial: the client ended")

// A Screen runs a client on a pseudo-terminal and follows what it shows. Its
// methods may be called from any goroutine.
type Screen struct {
	cmd    *exec.Cmd
	master *os.File
	fd     int           // of master, blocking
	gone   chan struct{} // closed when the client has ended

	mu   sync.Mutex // guards what follows
	term *vterm.Term

	// drawn runs after each read and decides when something was displayed;
	// settled runs when no more output waits, so that half a frame is not
	// judged. Both get the time of the read, and hold mu. nil: nobody watches.
	drawn, settled func(now int64)
}

func newScreen(cmd *exec.Cmd) (*Screen, error) {
	s := &Screen{cmd: cmd, term: vterm.New(cols, rows), gone: make(chan struct{})}
	var err error
	if s.master, err = pty.StartWithSize(cmd, &pty.Winsize{Cols: cols, Rows: rows}); err != nil {
		return nil, fmt.Errorf("trial: starting the client: %w", err)
	}
	s.fd = int(s.master.Fd()) // blocking from now on: the reader has a thread of its own
	s.term.Reply = func(b []byte) { unix.Write(s.fd, b) }
	go s.read()
	return s, nil
}

// settleTime is how long output must pause for a frame to be complete, and
// settleLimit how long it may go on without a pause.
const (
	settleTime  = time.Millisecond
	settleLimit = 50 * time.Millisecond
)

// read follows the client until it ends. Its thread goes before most others, as a
// terminal's would that has a processor of its own.
func (s *Screen) read() {
	defer close(s.gone)
	defer s.cmd.Wait()
	defer s.master.Close()
	runtime.LockOSThread() // and never unlocked: the thread's priority is another
	unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0)
	const ahead = -10
	unix.Setpriority(unix.PRIO_PROCESS, unix.Gettid(), ahead)
	buf := make([]byte, 1<<16)
	unsettled := int64(0)
	for {
		n, err := unix.Read(s.fd, buf)
		if err == unix.EINTR || err == unix.EAGAIN {
			continue
		}
		if err != nil || n <= 0 {
			return
		}
		now := netpath.Now()
		s.show(buf[:n], now)
		if unsettled == 0 {
			unsettled = now
		}
		fds := []unix.PollFd{{Fd: int32(s.fd), Events: unix.POLLIN}}
		if more, _ := unix.Poll(fds, int(settleTime.Milliseconds())); more > 0 && now-unsettled < int64(settleLimit) {
			continue
		}
		unsettled = 0
		s.settle(now)
	}
}

func (s *Screen) show(b []byte, now int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.term.Write(b)
	if s.drawn != nil {
		s.drawn(now)
	}
}

func (s *Screen) settle(now int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.settled != nil {
		s.settled(now)
	}
}

// Send types keys. The time that note, which may be nil, gets is taken just before.
func (s *Screen) Send(keys string, note func(now int64)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := netpath.Now()
	if note != nil {
		note(now)
	}
	unix.Write(s.fd, []byte(keys)) // to a client that is gone: Wait tells
}

// look calls f with the terminal, which stays as it is meanwhile.
func (s *Screen) look(f func(t *vterm.Term)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(s.term)
}

// watch sets the functions that follow the output.
func (s *Screen) watch(drawn, settled func(now int64)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drawn, s.settled = drawn, settled
}

// Wait returns nil once the terminal is as wanted. It fails when the client ends
// or after patience.
func (s *Screen) Wait(patience time.Duration, what string, wanted func(t *vterm.Term) bool) error {
	const pause = 2 * time.Millisecond // nothing is timed by it
	for end := time.Now().Add(patience); ; time.Sleep(pause) {
		var is bool
		s.look(func(t *vterm.Term) { is = wanted(t) })
		if is {
			return nil
		}
		select {
		case <-s.gone:
			return fmt.Errorf("%w while waiting for %s; it showed:\n%s", ErrGone, what, s.text())
		default:
		}
		if time.Now().After(end) {
			return fmt.Errorf("trial: waited %v for %s; the screen shows:\n%s", patience, what, s.text())
		}
	}
}

// text returns what the screen shows.
func (s *Screen) text() (text string) {
	s.look(func(t *vterm.Term) { text = strings.TrimRight(t.Text(), "\n ") })
	return text
}
