package server

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

	"roam/internal/tty"
	"roam/terminal"
)

// A stockClient is stock's mosh-client on a terminal of its own, which our
// emulator reads.
type stockClient struct {
	t      *testing.T
	cmd    *exec.Cmd
	master *os.File
	em     *terminal.Emulator
	output chan []byte
	all    strings.Builder
}

// attachStock connects stock's client, of 80x24, to a server.
func attachStock(t *testing.T, s *started) *stockClient {
	t.Helper()
	c := &stockClient{t: t, em: terminal.New(80, 24, terminal.Options{}), output: make(chan []byte)}
	c.cmd = exec.Command("mosh-client", "127.0.0.1", fmt.Sprint(s.port))
	c.cmd.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin", "MOSH_KEY=" + s.key, "LANG=C.UTF-8", "TERM=xterm-256color", "HOME=/", "MOSH_PREDICTION_DISPLAY=never"}
	master, err := pty.StartWithSize(c.cmd, &pty.Winsize{Cols: 80, Rows: 24})
	if err != nil {
		t.Fatalf("stock's client: %v", err)
	}
	c.master = master
	t.Cleanup(func() {
		c.cmd.Process.Kill()
		master.Close()
	})
	go func() {
		defer close(c.output)
		for {
			buf := make([]byte, 4096)
			n, err := master.Read(buf)
			if err != nil {
				return
			}
			c.output <- buf[:n]
		}
	}()
	return c
}

// until takes the client's output until done says so. closed reports that the
// client ended first.
func (c *stockClient) until(done func() bool) (closed bool) {
	c.t.Helper()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for !done() {
		select {
		case b, ok := <-c.output:
			if !ok {
				return true
			}
			c.all.Write(b)
			c.em.Write(b)
		case <-timer.C:
			c.t.Fatalf("waited in vain; the screen is\n%s", screenText(c.em.Snapshot()))
		}
	}
	return false
}

// shows waits until the terminal shows a text.
func (c *stockClient) shows(text string) {
	c.t.Helper()
	if c.until(func() bool { return strings.Contains(screenText(c.em.Snapshot()), text) }) {
		c.t.Fatalf("the client ended; its last words are %q", c.all.String()[max(0, c.all.Len()-300):])
	}
}

func (c *stockClient) typeIn(text string) { io.WriteString(c.master, text) }

// ends waits until the client ends and returns its exit status.
func (c *stockClient) ends() int {
	c.t.Helper()
	c.until(func() bool { return false })
	c.cmd.Wait()
	return c.cmd.ProcessState.ExitCode()
}

func TestStockClient(t *testing.T) {
	s := start(t, StockName, testEnv(t), "new", "-i", "127.0.0.1", "-p", "0", "-c", "256")
	c := attachStock(t, s)
	c.typeIn("echo to''gether; stty size\r")
	c.shows("together\n24 80")
	if err := tty.SetSize(c.master, 100, 30, 0, 0); err != nil {
		t.Fatal(err)
	}
	c.em.Resize(100, 30)
	// Stock may tell of what was typed before it tells of the new size.
	c.typeIn("until [ \"$(stty size)\" = '30 100' ]; do :; done; echo re''sized $(stty size)\r")
	c.shows("resized 30 100")
	c.typeIn("printf '\\033[2J\\033[H\\033[1;31mré\\033[0m 漢字 e\\314\\201 \\033[7m end\\033[m\\n'\r")
	c.shows("ré 漢字 e\u0301  end")
	c.typeIn("seq 1 200000\r")
	c.shows("199999\n200000")
	c.typeIn("exit 5\r")
	if got := c.ends(); got != 0 {
		t.Errorf("the client's exit status is %d, want 0", got)
	}
	s.wait()
}

func TestStockClientFullScreen(t *testing.T) {
	s := start(t, StockName, testEnv(t), "new", "-i", "127.0.0.1", "-p", "0", "-c", "256")
	c := attachStock(t, s)
	c.typeIn("seq 1 1000 | less\r")
	c.shows("\n23\n:")
	c.typeIn("G")
	c.shows("\n1000\n(END)")
	c.typeIn("q")
	c.typeIn("vi -u NONE -i NONE -c 'set nocp' /tmp/no-such-file-" + fmt.Sprint(s.pid) + "\r")
	c.shows("~\n~\n~")
	c.typeIn("ihello\x1b")
	c.shows("hello\n~\n~")
	c.typeIn("yy10p")
	c.shows("hello\nhello\nhello\nhello\nhello\nhello\nhello\nhello\nhello\nhello\nhello\n~")
	c.typeIn(":q!\r")
	c.shows("less\n")
	c.typeIn("exit\r")
	c.ends()
}

// The user leaves by the escape key: the program is hung up.
func TestStockClientQuits(t *testing.T) {
	out := t.TempDir() + "/out"
	s := start(t, StockName, testEnv(t), "new", "-i", "127.0.0.1", "-p", "0", "--", "sh", "-c", "trap 'echo hup >"+out+"; exit' HUP; echo ready; while :; do read x; done")
	c := attachStock(t, s)
	c.shows("ready")
	c.typeIn("\x1e.")
	if got := c.ends(); got != 0 {
		t.Errorf("the client's exit status is %d, want 0", got)
	}
	s.wait()
	if b, err := os.ReadFile(out); err != nil || string(b) != "hup\n" {
		t.Errorf("the program was not told: %q, %v", b, err)
	}
}

// The server is told to end: the client ends well.
func TestStockClientServerTerminated(t *testing.T) {
	s := start(t, StockName, testEnv(t), "new", "-i", "127.0.0.1", "-p", "0", "--", "sh", "-c", "echo ready; cat")
	c := attachStock(t, s)
	c.shows("ready")
	syscall.Kill(s.pid, syscall.SIGTERM)
	if got := c.ends(); got != 0 {
		t.Errorf("the client's exit status is %d, want 0", got)
	}
	s.wait()
}

// Whatever programs print, stock's client, which quits at what it does not like,
// stays.
func TestStockClientSurvivesNoise(t *testing.T) {
	s := start(t, StockName, testEnv(t), "new", "-i", "127.0.0.1", "-p", "0", "--", "sh", "-c",
		`stty -echo; printf '\033[c\033[>c\033[6n\033[5n\033]52;c;?\007\033[?6h\033[?3h\033[2;4r\033P+q\033[999;999H\033#8\033]0;title\007\033[?1000h'; head -c 300000 /dev/urandom; printf '\033c\033[2J\033[Hready\n'; cat`)
	c := attachStock(t, s)
	c.shows("ready")
	c.typeIn("alive\r")
	c.shows("alive")
}
