package client

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"net"
	"net/netip"
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

	"roam/crypto"
	"roam/session"
	"roam/terminal"
)

// A udpServer is a fakeServer behind a real socket.
type udpServer struct {
	*fakeServer
	key  crypto.Key
	conn *net.UDPConn
}

func newUDPServer(t *testing.T) *udpServer {
	t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	key, err := crypto.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var peer netip.AddrPort
	s := &udpServer{key: key, conn: conn}
	s.fakeServer = newFakeServer(t, key, func(b []byte) {
		mu.Lock()
		defer mu.Unlock()
		if peer.IsValid() {
			conn.WriteToUDPAddrPort(b, peer)
		}
	})
	done := make(chan struct{})
	t.Cleanup(func() { close(done); conn.Close() })
	go s.fakeServer.run(done)
	go func() {
		for {
			b := make([]byte, 2048)
			n, from, err := conn.ReadFromUDPAddrPort(b)
			if err != nil {
				return
			}
			mu.Lock()
			peer = from
			mu.Unlock()
			select {
			case s.in <- b[:n]:
			case <-done:
				return
			}
		}
	}()
	return s
}

// addr returns where the server listens.
func (s *udpServer) addr() netip.AddrPort { return s.conn.LocalAddr().(*net.UDPAddr).AddrPort() }

// print writes to the remote screen.
func (s *udpServer) print(text string) { s.do <- func() { s.emu.Write([]byte(text)) } }

// end ends the session from the server's side.
func (s *udpServer) end(f *session.Final) {
	s.do <- func() {
		now := time.Now()
		s.state = s.screen(now, f)
		s.tr.Touch(now)
		s.tr.Shutdown(now)
	}
}

// A ptyClient is a client process on a pseudo-terminal.
type ptyClient struct {
	t      *testing.T
	cmd    *exec.Cmd
	ptmx   *os.File
	tty    *os.File // kept open, so that the modes can be looked at afterwards
	before unix.Termios
	emu    *terminal.Emulator

	mu      sync.Mutex
	changed *sync.Cond
	output  []byte
	eof     bool
}

// patience bounds the waits of these tests: only a failure waits so long.
const patience = 20 * time.Second

// startClient runs a command on a terminal of 80x24, or of the size given.
func startClient(t *testing.T, cmd *exec.Cmd, size *pty.Winsize) *ptyClient {
	t.Helper()
	blocking, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	ptmx := interruptible(t, blocking)
	if size == nil {
		size = &pty.Winsize{Cols: 80, Rows: 24}
	}
	if err := pty.Setsize(ptmx, size); err != nil {
		t.Fatal(err)
	}
	c := &ptyClient{t: t, cmd: cmd, ptmx: ptmx, tty: tty, emu: terminal.New(max(int(size.Cols), 1), max(int(size.Rows), 1), terminal.Options{})}
	c.changed = sync.NewCond(&c.mu)
	c.before = c.termios()
	if cmd.Stdin == nil {
		cmd.Stdin = tty
	}
	if cmd.Stdout == nil {
		cmd.Stdout = tty
	}
	if cmd.Stderr == nil {
		cmd.Stderr = tty
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go c.read()
	t.Cleanup(func() {
		cmd.Process.Kill()
		ptmx.Close()
		tty.Close()
	})
	return c
}

// interruptible returns the file f in non-blocking mode, so that Close ends a Read, and
// closes f.
func interruptible(t *testing.T, f *os.File) *os.File {
	t.Helper()
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	if err := unix.SetNonblock(fd, true); err != nil {
		t.Fatal(err)
	}
	return os.NewFile(uintptr(fd), f.Name())
}

func (c *ptyClient) read() {
	b := make([]byte, 4096)
	for {
		n, err := c.ptmx.Read(b)
		c.mu.Lock()
		c.output = append(c.output, b[:n]...)
		c.emu.Write(b[:n])
		c.eof = err != nil
		c.changed.Broadcast()
		c.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// waitFor waits until the output has brought what ok looks for.
func (c *ptyClient) waitFor(what string, ok func(screen *terminal.Screen, output string) bool) {
	c.t.Helper()
	expired := false
	timer := time.AfterFunc(patience, func() {
		c.mu.Lock()
		expired = true
		c.changed.Broadcast()
		c.mu.Unlock()
	})
	defer timer.Stop()
	c.mu.Lock()
	defer c.mu.Unlock()
	for !ok(c.emu.Snapshot(), string(c.output)) {
		if expired || c.eof {
			c.t.Fatalf("no %s; the screen:\n%s\noutput: %q", what, screenText(c.emu.Snapshot()), c.output[max(0, len(c.output)-2000):])
		}
		c.changed.Wait()
	}
}

// waitText waits for text on the screen.
func (c *ptyClient) waitText(text string) {
	c.t.Helper()
	c.waitFor(fmt.Sprintf("%q", text), func(s *terminal.Screen, _ string) bool { return strings.Contains(screenText(s), text) })
}

// forget drops the output so far.
func (c *ptyClient) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.output = nil
}

func (c *ptyClient) typeKeys(keys string) {
	c.t.Helper()
	if _, err := c.ptmx.WriteString(keys); err != nil {
		c.t.Fatal(err)
	}
}

func (c *ptyClient) termios() unix.Termios {
	c.t.Helper()
	var modes *unix.Termios
	raw, err := c.tty.SyscallConn()
	if err == nil {
		raw.Control(func(fd uintptr) { modes, err = unix.IoctlGetTermios(int(fd), unix.TCGETS) })
	}
	if err != nil {
		c.t.Fatal(err)
	}
	return *modes
}

// wantExit waits for the process and checks its exit status.
func (c *ptyClient) wantExit(status int) {
	c.t.Helper()
	timer := time.AfterFunc(patience, func() { c.cmd.Process.Kill() })
	c.cmd.Wait()
	if !timer.Stop() {
		c.t.Fatal("does not exit")
	}
	if got := c.cmd.ProcessState.ExitCode(); got != status {
		c.t.Errorf("exit status %d (%v), want %d", got, c.cmd.ProcessState, status)
	}
}

// mark is written through the terminal by the test itself, so that all output
// before it has been read when it appears.
const mark = "=end of the output="

// wantRestored checks termios, and by the emulator's judgement every other mode.
func (c *ptyClient) wantRestored() {
	c.t.Helper()
	if now := c.termios(); now != c.before {
		c.t.Errorf("the terminal's modes are %+v, were %+v", now, c.before)
	}
	if _, err := c.tty.WriteString(mark); err != nil {
		c.t.Fatal(err)
	}
	c.waitFor("mark", func(_ *terminal.Screen, out string) bool { return strings.Contains(out, mark) })
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.emu.Snapshot()
	if m := s.Modes(); m != (terminal.Modes{}) {
		c.t.Errorf("modes left set: %+v", m)
	}
	if cur := s.Cursor(); cur.Hidden || cur.Shape != 0 {
		c.t.Errorf("the cursor is left as %+v", cur)
	}
	if p := s.Pen(); p != (terminal.Pen{}) {
		c.t.Errorf("the pen is left as %+v", p)
	}
	if text := screenText(s); strings.Contains(text, "remote text") {
		c.t.Errorf("still on the alternate screen:\n%s", text)
	}
}

// clientCommand is the client in a process of its own.
func clientCommand(mode string, key crypto.Key, args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = []string{actAsClient + "=" + mode, "ROAM_KEY=" + key.Encode(), "TERM=xterm-256color", "LANG=C.UTF-8", "PATH=" + os.Getenv("PATH")}
	return cmd
}

// everyMode is what a program can set that must be reset.
const everyMode = "\x1b[?2004h\x1b[?1004h\x1b[?1003h\x1b[?1006h\x1b[?1007h\x1b[?5h\x1b[?1h\x1b=\x1b[4 q\x1b[?25l" +
	"\x1b]0;remote title\a\x1b[1;31;44m\x1b]8;;http://example.test/\x1b\\remote text"

// connected returns a client that shows a remote screen with every mode set.
func connected(t *testing.T, mode string) (*ptyClient, *udpServer) {
	t.Helper()
	s := newUDPServer(t)
	args := []string{s.addr().Addr().String(), fmt.Sprint(s.addr().Port())}
	if mode != "main" {
		args = []string{s.addr().String()}
	}
	c := startClient(t, clientCommand(mode, s.key, args...), nil)
	s.print(everyMode)
	c.waitText("remote text")
	c.waitFor("mouse mode", func(s *terminal.Screen, _ string) bool { return s.Modes().Mouse == 1003 })
	return c, s
}

func TestTerminalIsRestoredOnEveryWayOut(t *testing.T) {
	for _, c := range []struct {
		name   string
		out    func(*ptyClient, *udpServer)
		status int
	}{
		{"quit key", func(c *ptyClient, _ *udpServer) { c.typeKeys("\x1e.") }, 0},
		{"remote end", func(_ *ptyClient, s *udpServer) { s.end(nil) }, 0},
		{"SIGTERM", sendSignal(syscall.SIGTERM), 0},
		{"SIGINT", sendSignal(syscall.SIGINT), 0},
		{"SIGHUP", sendSignal(syscall.SIGHUP), 0},
		{"SIGPIPE", sendSignal(syscall.SIGPIPE), 0},
		{"SIGQUIT", sendSignal(syscall.SIGQUIT), 0},
		{"SIGUSR1", sendSignal(syscall.SIGUSR1), 0},
		{"SIGABRT", sendSignal(syscall.SIGABRT), 0},
		{"no confirmation", func(c *ptyClient, s *udpServer) { s.conn.Close(); c.typeKeys("\x1e.") }, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, server := connected(t, "main")
			c.out(client, server)
			client.wantExit(c.status)
			client.wantRestored()
		})
	}
}

func sendSignal(sig os.Signal) func(*ptyClient, *udpServer) {
	return func(c *ptyClient, _ *udpServer) { c.cmd.Process.Signal(sig) }
}

func TestTerminalIsRestoredAfterAPanic(t *testing.T) {
	for _, where := range []string{"reading", "writing", "loop"} {
		t.Run(where, func(t *testing.T) {
			c, s := connected(t, where)
			c.typeKeys("boom")
			if where == "writing" {
				s.print("\x1b[?25hboom")
			}
			c.wantExit(7)
			c.wantRestored()
			if strings.Contains(string(c.output), "a bug in") {
				t.Error("the panic's text is shown")
			}
		})
	}
}

func TestTerminalIsRestoredBeforeContact(t *testing.T) {
	s := newUDPServer(t)
	s.conn.Close()
	c := startClient(t, clientCommand("main", s.key, "127.0.0.1", fmt.Sprint(s.addr().Port())), nil)
	c.waitFor("raw mode", func(*terminal.Screen, string) bool { return true })
	c.waitText("no answer yet from 127.0.0.1")
	c.typeKeys("\x03")
	c.wantExit(1)
	c.wantRestored()
	c.waitText("mosh-client: error: no answer from 127.0.0.1 on UDP port")
}

func TestSuspendRestoresTheTerminal(t *testing.T) {
	c, s := connected(t, "main")
	for _, how := range []string{"key", "SIGTSTP"} {
		c.forget()
		if how == "key" {
			c.typeKeys("\x1e\x1a")
		} else {
			c.cmd.Process.Signal(syscall.SIGTSTP)
		}
		var ws syscall.WaitStatus
		if _, err := syscall.Wait4(c.cmd.Process.Pid, &ws, syscall.WUNTRACED, nil); err != nil || !ws.Stopped() {
			t.Fatalf("%s: wait: %v, %v", how, ws, err)
		}
		c.waitText("[mosh is suspended.]")
		c.wantRestored()
		c.forget()
		c.cmd.Process.Signal(syscall.SIGCONT)
		c.waitText("remote text")
		c.waitFor("mouse mode", func(s *terminal.Screen, _ string) bool { return s.Modes().Mouse == 1003 })
	}
	c.typeKeys("x")
	s.print("\r\nafter")
	c.waitText("after")
	// SIGSTOP cannot be caught: the shell that got the terminal meanwhile has changed it.
	c.cmd.Process.Signal(syscall.SIGSTOP)
	var ws syscall.WaitStatus
	if _, err := syscall.Wait4(c.cmd.Process.Pid, &ws, syscall.WUNTRACED, nil); err != nil || !ws.Stopped() {
		t.Fatalf("wait: %v, %v", ws, err)
	}
	c.tty.WriteString("\x1bc")
	c.waitFor("reset", func(_ *terminal.Screen, out string) bool { return strings.HasSuffix(out, "\x1bc") })
	c.cmd.Process.Signal(syscall.SIGCONT)
	c.waitText("after")
	c.typeKeys("\x1e.")
	c.wantExit(0)
	c.wantRestored()
}

func TestTerminalGoneEndsTheProcess(t *testing.T) {
	c, _ := connected(t, "main")
	c.ptmx.Close()
	c.wantExit(0)
}

func TestOutputToAFile(t *testing.T) {
	s := newUDPServer(t)
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	cmd := clientCommand("main", s.key, "127.0.0.1", fmt.Sprint(s.addr().Port()))
	cmd.Stdout = file
	c := startClient(t, cmd, nil)
	c.typeKeys("k")
	s.waitTyped(t, "k")
	s.waitHeard(t)
	c.typeKeys("\x1e.")
	c.wantExit(0)
	if c.termios() != c.before {
		t.Error("the terminal's modes are not restored")
	}
}

// waitTyped waits until the server has got what was typed.
func (s *udpServer) waitTyped(t *testing.T, want string) {
	t.Helper()
	limit := time.After(patience)
	for {
		got := make(chan string, 1)
		s.do <- func() { got <- string(s.typed) }
		if strings.HasSuffix(<-got, want) {
			return
		}
		select {
		case <-limit:
			t.Fatalf("the server did not get %q", want)
		default:
		}
	}
}

// waitHeard waits until the client is known to have heard the server: who quits before
// has reached nobody, and says so by its status.
func (s *udpServer) waitHeard(t *testing.T) {
	t.Helper()
	limit := time.After(patience)
	for {
		got := make(chan uint64, 1)
		s.do <- func() { got <- s.tr.AckedNum() }
		if <-got > 0 {
			return
		}
		select {
		case <-limit:
			t.Fatal("the client did not hear the server")
		default:
		}
	}
}

func TestWindowOfUnknownSize(t *testing.T) {
	s := newUDPServer(t)
	c := startClient(t, clientCommand("main", s.key, "127.0.0.1", fmt.Sprint(s.addr().Port())), &pty.Winsize{})
	c.typeKeys("k")
	s.waitTyped(t, "k")
	s.waitHeard(t)
	got := make(chan [2]int, 1)
	s.do <- func() { got <- s.sizes[0] }
	if size := <-got; size != [2]int{80, 24} {
		t.Errorf("the server's size is %v", size)
	}
	c.typeKeys("\x1e.")
	c.wantExit(0)
}

// TestKeyIsTakenFromTheEnvironment: nothing of the key can be read in /proc once the
// session has begun, nor does a core dump hold it.
func TestKeyIsTakenFromTheEnvironment(t *testing.T) {
	c, s := connected(t, "main")
	environ, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", c.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(environ, []byte(s.key.Encode())) {
		t.Error("the key is in /proc/PID/environ")
	}
	if !bytes.Contains(environ, []byte("ROAM_KEY=**********************\x00")) || !bytes.Contains(environ, []byte("TERM=xterm-256color\x00")) {
		t.Errorf("the environment block is %q", environ)
	}
	limits, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", c.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(limits)) {
		if rest, ok := strings.CutPrefix(line, "Max core file size"); ok && strings.Fields(rest)[0] != "0" {
			t.Errorf("core files are allowed: %s", line)
		}
	}
	c.typeKeys("\x1e.")
	c.wantExit(0)
}

// TestPasteOnATerminal: an end of paste within a paste does not get through, and the escape
// key within is text.
func TestPasteOnATerminal(t *testing.T) {
	c, s := connected(t, "main")
	c.typeKeys("\x1b[200~one\x1b[201~\x1e.two\x1b[201~!")
	s.waitTyped(t, "\x1b[200~one\x1e.two\x1b[201~!")
	c.typeKeys("\x1e.")
	c.wantExit(0)
}
