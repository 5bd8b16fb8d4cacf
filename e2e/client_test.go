//go:build linux

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"roam/terminal"
)

// A client is a client process on a pseudo-terminal, with an emulator in place of
// the user's terminal. Bytes can be typed exactly as they are.
type client struct {
	t      testing.TB
	name   string
	cmd    *exec.Cmd
	master *os.File
	slave  *os.File // held open, to read the modes after the client's end
	before unix.Termios
	exited chan struct{} // closed once the process has ended

	mu    sync.Mutex
	em    *terminal.Emulator
	wrote func([]byte) // called for all that the client writes; nil: not
	ticks chan struct{}
}

// startClient starts a client of the server at a port, in a terminal of 80 by 24.
func (p pairing) startClient(t testing.TB, s *server, port int) *client {
	t.Helper()
	words := append(p.clientPath(t), s.addr.Addr().String(), fmt.Sprint(port))
	return startClientBy(t, p.String(), words, s.key)
}

// startClientBy starts a client by the words of its command line. Setup may say before what
// its terminal is.
func startClientBy(t testing.TB, name string, words []string, key string, setup ...func(*terminal.Emulator)) *client {
	t.Helper()
	c := &client{t: t, name: name, em: terminal.New(80, 24, terminal.Options{}), ticks: make(chan struct{}, 1), exited: make(chan struct{})}
	for _, f := range setup {
		f(c.em)
	}
	var err error
	if c.master, c.slave, err = pty.Open(); err != nil {
		t.Fatal(err)
	}
	if err := pty.Setsize(c.master, &pty.Winsize{Cols: 80, Rows: 24}); err != nil {
		t.Fatal(err)
	}
	c.before = c.modes()
	c.cmd = exec.Command(words[0], words[1:]...)
	c.cmd.Env = append(cleanEnv(t.TempDir()), "MOSH_KEY="+key, "MOSH_PREDICTION_DISPLAY=never", "MOSH_TITLE_NOPREFIX=1")
	c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = c.slave, c.slave, c.slave
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		c.read()
	}()
	go func() {
		c.cmd.Wait()
		close(c.exited)
		c.tick()
	}()
	t.Cleanup(func() {
		c.cmd.Process.Kill()
		<-c.exited
		c.slave.Close()
		c.master.Close()
		<-read
	})
	return c
}

// read shows what the client writes, and answers what a terminal is asked.
func (c *client) read() {
	buf := make([]byte, 64<<10)
	for {
		n, err := c.master.Read(buf)
		if err != nil {
			return
		}
		c.mu.Lock()
		if c.wrote != nil {
			c.wrote(buf[:n])
		}
		c.em.Write(buf[:n])
		replies := append([]byte(nil), c.em.Replies()...)
		c.mu.Unlock()
		if len(replies) > 0 {
			c.master.Write(replies)
		}
		c.tick()
	}
}

func (c *client) tick() {
	select {
	case c.ticks <- struct{}{}:
	default:
	}
}

// modes returns the modes of the terminal.
func (c *client) modes() unix.Termios {
	c.t.Helper()
	m, err := unix.IoctlGetTermios(int(c.slave.Fd()), unix.TCGETS)
	if err != nil {
		c.t.Fatal(err)
	}
	return *m
}

// text returns what the terminal shows.
func (c *client) text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	screen := c.em.Snapshot()
	_, rows := screen.Size()
	var b strings.Builder
	for i := range rows {
		b.WriteString(strings.TrimRight(rowText(screen, i), " "))
		b.WriteByte('\n')
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// resize changes the size of the terminal.
func (c *client) resize(cols, rows int) {
	c.t.Helper()
	c.mu.Lock()
	c.em.Resize(cols, rows)
	c.mu.Unlock()
	if err := pty.Setsize(c.master, &pty.Winsize{Cols: uint16(cols), Rows: uint16(rows)}); err != nil {
		c.t.Fatal(err)
	}
}

// enter types bytes.
func (c *client) enter(b string) {
	c.t.Helper()
	if _, err := c.master.WriteString(b); err != nil {
		c.t.Fatalf("%s: typing: %v", c.name, err)
	}
}

// until waits until done says yes; it is asked whenever the terminal gets output and from
// time to time.
func (c *client) until(done func() bool, complain func() string) {
	c.t.Helper()
	c.within(patience, done, complain)
}

func (c *client) within(limit time.Duration, done func() bool, complain func() string) {
	c.t.Helper()
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for !done() {
		select {
		case <-c.ticks:
		case <-again.C:
		case <-deadline.C:
			c.t.Fatalf("%s: %s; the screen shows\n%s", c.name, complain(), c.text())
		}
	}
}

// expect waits until the terminal shows what the pattern describes.
func (c *client) expect(pattern string) {
	c.t.Helper()
	re := lines(pattern)
	c.until(func() bool { return re.MatchString(c.text()) }, func() string { return fmt.Sprintf("never showed %q", pattern) })
}

// ends waits until the client has ended, and checks its exit status, that the
// terminal is as it was, and that no panic is to be seen.
func (c *client) ends(status int) {
	c.t.Helper()
	c.until(func() bool {
		select {
		case <-c.exited:
			return true
		default:
			return false
		}
	}, func() string { return "did not end" })
	if got := c.cmd.ProcessState.ExitCode(); got != status {
		c.t.Errorf("%s: exit status %d, want %d; the screen shows\n%s", c.name, got, status, c.text())
	}
	c.restored()
}

// restored checks that the terminal is as it was before the client.
func (c *client) restored() {
	c.t.Helper()
	if got := c.modes(); got != c.before {
		c.t.Errorf("%s: the terminal's modes are %+v, were %+v", c.name, got, c.before)
	}
	if shown := c.text(); strings.Contains(shown, "goroutine ") || strings.Contains(shown, "panic") {
		c.t.Errorf("%s: the screen shows\n%s", c.name, shown)
	}
}

// A recorder is a program in a session that keeps each byte it reads, and the file
// where it keeps them.
type recorder struct{ file string }

func newRecorder(t testing.TB) recorder {
	return recorder{filepath.Join(t.TempDir(), "typed")}
}

// command is the recorder's command line: it reads raw bytes, and says when.
func (r recorder) command() []string {
	return []string{"sh", "-c", "stty raw -echo; printf 'RECORDING\\r\\n'; exec cat >" + r.file}
}

// got returns what was read so far.
func (r recorder) got() string {
	b, err := os.ReadFile(r.file)
	if err != nil {
		return ""
	}
	return string(b)
}

// expect waits until exactly what was sent was read.
func (r recorder) expect(c *client, sent string) {
	c.t.Helper()
	c.until(func() bool { return len(r.got()) >= len(sent) }, func() string {
		return fmt.Sprintf("%d bytes of %d arrived", len(r.got()), len(sent))
	})
	if got := r.got(); got != sent {
		i := 0
		for i < len(got) && i < len(sent) && got[i] == sent[i] {
			i++
		}
		c.t.Fatalf("%s: what arrived differs from byte %d on: got %d bytes, %.40q, want %d, %.40q", c.name, i, len(got), got[i:], len(sent), sent[i:])
	}
}
