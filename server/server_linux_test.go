package server

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"roam/session"
	"roam/ssp"
)

func TestServerRunsAShell(t *testing.T) {
	s := start(t, StockName, testEnv(t), "new", "-i", "127.0.0.1", "-p", "0", "-c", "256")
	c := attach(t, s, nil)
	c.prompt()
	c.typeIn("echo $0 $TERM $NCURSES_NO_UTF8_ACS $PWD; stty size\r")
	c.until(c.shows("-sh xterm-256color 1 " + getVar(s.env, "HOME") + "\n24 80"))
	c.resize(100, 30)
	c.typeIn("stty size\r")
	c.until(c.shows("30 100"))
	if cols, rows := c.screen().Term().Size(); cols != 100 || rows != 30 {
		t.Errorf("the screen is %dx%d", cols, rows)
	}
	c.typeIn("exit 3\r")
	c.until(c.ended)
	if c.tr.Phase() != ssp.Done || c.screen().Final() != nil {
		t.Errorf("phase %v, final %+v", c.tr.Phase(), c.screen().Final())
	}
	s.wait()
}

// The echo ack of a keystroke comes 50 ms after it, whether there was an echo or
// not; also for the session's first events.
func TestServerAcknowledgesEchoes(t *testing.T) {
	s := start(t, RoamName, testEnv(t), "-i", "127.0.0.1", "-p", "0", "--", "sh", "-c", "stty -echo; echo ready; cat >/dev/null")
	c := attach(t, s, nil)
	c.until(c.shows("ready"))
	c.until(func() bool { return c.screen().EchoAck() == 1 })
	c.typeIn("x")
	c.until(func() bool { return c.screen().EchoAck() > 1 })
	if got, sent := c.screen().EchoAck(), c.tr.SentNum(); got > sent {
		t.Errorf("echo ack %d, but %d was the last state", got, sent)
	}
}

func TestServerTellsHowTheProgramEnded(t *testing.T) {
	for _, tt := range []struct {
		command string
		exit    int
		signal  string
		reason  string
	}{
		{"sh -c exit\t7", 7, "", ""},
		{"true", 0, "", ""},
		{"sh -c kill\t-KILL\t$$", -1, "KILL", ""},
		{"no-such-program", 127, "", "cannot start no-such-program"},
	} {
		args := []string{"-i", "127.0.0.1", "-p", "0", "--"}
		for _, word := range strings.Fields(strings.ReplaceAll(tt.command, "\t", "\x00")) {
			args = append(args, strings.ReplaceAll(word, "\x00", " "))
		}
		s := start(t, RoamName, testEnv(t), args...)
		c := attach(t, s, session.Supported())
		c.until(c.ended)
		f := c.screen().Final()
		switch {
		case f == nil:
			t.Errorf("%s: nothing was told", tt.command)
		case tt.exit >= 0 && (f.Exit == nil || *f.Exit != tt.exit), tt.exit < 0 && f.Exit != nil,
			f.Signal != tt.signal, !strings.Contains(f.Reason, tt.reason):
			t.Errorf("%s: %+v", tt.command, f)
		}
		s.wait()
	}
}

// A stock client's user has the time to read why nothing was started.
func TestServerHoldsAFailureToStart(t *testing.T) {
	s := start(t, StockName, testEnv(t), "new", "-i", "127.0.0.1", "-p", "0", "--", "no-such-program")
	c := attach(t, s, nil)
	c.until(c.shows("mosh-server: cannot start no-such-program: no such file or directory"))
	if c.ended() {
		t.Error("the session ended at once")
	}
	c.until(c.ended)
	s.wait()
}

func TestServerEnvironment(t *testing.T) {
	env := testEnv(t, "STY=1.x", "SSH_TTY=/dev/pts/99", "SSH_CONNECTION=127.0.0.1 5 127.0.0.1 22", "KEEP=kept")
	s := start(t, RoamName, env, "-s", "-p", "0", "-c", "16777216", "-l", "LANG=xx_YY.UTF-8", "-l", "EXTRA=1", "--", "sh", "-c", "env | sort; cat")
	if !strings.Contains(s.stderr, "detached") || strings.Contains(s.stderr, "warning") {
		t.Errorf("stderr %q", s.stderr)
	}
	c := attach(t, s, nil)
	c.until(c.shows("XDG_RUNTIME_DIR"))
	for _, want := range []string{"COLORTERM=truecolor", "TERM=xterm-256color", "KEEP=kept", "SSH_CONNECTION=", "LANG=C.UTF-8", "NCURSES_NO_UTF8_ACS=1", fmt.Sprint("ROAM_SESSION=", s.pid)} {
		if !strings.Contains(c.shown(), want) {
			t.Errorf("%s is not in the environment", want)
		}
	}
	for _, not := range []string{"STY=", "SSH_TTY=", "MOSH", "ROAM_KEY", "ROAM_SERVER", s.key, "EXTRA="} {
		if strings.Contains("\n"+c.shown(), "\n"+not) {
			t.Errorf("%s is in the environment:\n%s", not, c.shown())
		}
	}
}

// The key is nowhere that other programs of the user can look, short of memory.
func TestServerKeepsItsKey(t *testing.T) {
	s := start(t, StockName, testEnv(t), "new", "-i", "127.0.0.1", "-p", "0", "-@", "label")
	for _, file := range []string{"cmdline", "environ"} {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", s.pid, file))
		if err != nil || strings.Contains(string(b), s.key) {
			t.Errorf("%s: %q, %v", file, b, err)
		}
		if file == "cmdline" && !strings.Contains(string(b), "new\x00-i\x00127.0.0.1\x00-p\x000\x00-@\x00label\x00") {
			t.Errorf("the list of processes shows %q", b)
		}
	}
	if b, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", s.pid)); err != nil || string(b) != "mosh-server\n" {
		t.Errorf("comm %q, %v", b, err)
	}
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", s.pid))
	if err != nil || !strings.Contains(strings.Join(strings.Fields(string(b)), " "), "Max core file size 0 ") {
		t.Errorf("limits %s, %v", b, err)
	}
	for fd, want := range []string{"/dev/null", "/dev/null", "/dev/null"} {
		if got, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", s.pid, fd)); err != nil || got != want {
			t.Errorf("descriptor %d is %s, %v", fd, got, err)
		}
	}
}

// Descriptors of the daemon are not the program's, nor are its signals.
func TestServerChildIsClean(t *testing.T) {
	s := start(t, StockName, testEnv(t), "new", "-i", "127.0.0.1", "-p", "0", "--", "sh", "-c", "ls /proc/self/fd | tr '\\n' ' '; grep SigIgn /proc/self/status; grep SigBlk /proc/self/status; cat")
	c := attach(t, s, nil)
	c.until(c.shows("SigBlk"))
	want := "0 1 2 3 SigIgn:\t0000000000000000\nSigBlk:\t0000000000000000"
	if got := c.shown(); got != strings.ReplaceAll(want, "\t", " ") && strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(want), " ") {
		t.Errorf("the program has\n%s\nwant\n%s", got, want)
	}
}

func TestServerSignals(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGUSR1} {
		s := start(t, StockName, testEnv(t), "new", "-i", "127.0.0.1", "-p", "0", "--", "sh", "-c", "echo ready; cat")
		c := attach(t, s, session.Supported())
		c.until(c.shows("ready"))
		for _, ignored := range []syscall.Signal{syscall.SIGHUP, syscall.SIGPIPE} {
			syscall.Kill(s.pid, ignored)
		}
		c.typeIn("alive\r")
		c.until(c.shows("alive\nalive"))
		syscall.Kill(s.pid, sig)
		c.until(c.ended)
		if f := c.screen().Final(); c.tr.Phase() != ssp.Done || f == nil || f.Exit != nil || !strings.Contains(f.Reason, sig.String()) {
			t.Errorf("%v: phase %v, final %+v", sig, c.tr.Phase(), f)
		}
		s.wait()
	}
}

// A server that nobody came to goes at once when it is told to.
func TestServerSignalWithoutAClient(t *testing.T) {
	s := start(t, StockName, testEnv(t), "new", "-i", "127.0.0.1", "-p", "0")
	syscall.Kill(s.pid, syscall.SIGTERM)
	s.wait()
}

// A second signal does not wait for a client that does not answer.
func TestServerSecondSignal(t *testing.T) {
	s := start(t, StockName, testEnv(t), "new", "-i", "127.0.0.1", "-p", "0", "--", "sh", "-c", "echo ready; cat")
	c := attach(t, s, nil)
	c.until(c.shows("ready"))
	c.conn.Close()
	syscall.Kill(s.pid, syscall.SIGTERM)
	syscall.Kill(s.pid, syscall.SIGINT)
	s.wait()
}

func TestServerSignalTimeout(t *testing.T) {
	s := start(t, StockName, testEnv(t, "MOSH_SERVER_SIGNAL_TMOUT=1000"), "new", "-i", "127.0.0.1", "-p", "0", "--", "sh", "-c", "echo ready; cat")
	c := attach(t, s, nil)
	c.until(c.shows("ready"))
	syscall.Kill(s.pid, syscall.SIGUSR1)
	c.typeIn("alive\r")
	c.until(c.shows("alive\nalive"))
}

func TestServerNetworkTimeout(t *testing.T) {
	s := start(t, RoamName, testEnv(t, "ROAM_SERVER_NETWORK_TMOUT=1", "MOSH_SERVER_SIGNAL_TMOUT=3x"), "-i", "127.0.0.1", "-p", "0")
	if !strings.Contains(s.stderr, `MOSH_SERVER_SIGNAL_TMOUT="3x" is not a valid integer`) {
		t.Errorf("stderr %q", s.stderr)
	}
	s.wait() // nobody comes
}

// The client ends the session: the program is hung up.
func TestServerClientEnds(t *testing.T) {
	out := t.TempDir() + "/out"
	s := start(t, StockName, testEnv(t), "new", "-i", "127.0.0.1", "-p", "0", "--", "sh", "-c", "trap 'echo hup >"+out+"; exit' HUP; echo ready; while :; do read x; done")
	c := attach(t, s, nil)
	c.until(c.shows("ready"))
	c.tr.Shutdown(time.Now())
	c.until(c.ended)
	if c.tr.Phase() != ssp.Done {
		t.Errorf("phase %v, %v", c.tr.Phase(), c.tr.Err())
	}
	s.wait()
	if b, err := os.ReadFile(out); err != nil || string(b) != "hup\n" {
		t.Errorf("the program was not told: %q, %v", b, err)
	}
}

// Strangers are not answered and change nothing; the client may move.
func TestServerRoaming(t *testing.T) {
	s := start(t, StockName, testEnv(t), "new", "-p", "0", "--", "sh", "-c", "echo ready; cat")
	stranger, err := net.Dial("udp4", fmt.Sprintf("127.0.0.1:%d", s.port))
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.Close()
	noise := func() {
		for n := range 200 {
			stranger.Write(make([]byte, n))
		}
	}
	noise()
	c := attach(t, s, nil)
	c.until(c.shows("ready"))
	noise()
	for n := range 5 {
		c.dial(s.port)
		c.typeIn(fmt.Sprintf("moved %d\r", n))
		c.until(c.shows(fmt.Sprintf("moved %d\nmoved %d", n, n)))
	}
	stranger.SetReadDeadline(time.Now())
	if n, err := stranger.Read(make([]byte, 100)); err == nil {
		t.Errorf("a stranger was answered with %d bytes", n)
	}
}

// A window's many sizes on the way cost the program one signal.
func TestServerAppliesTheLastSize(t *testing.T) {
	s := start(t, StockName, testEnv(t), "new", "-i", "127.0.0.1", "-p", "0", "--", "sh", "-c", "trap 'stty size' WINCH; echo ready; while :; do read x; done")
	c := attach(t, s, nil)
	c.until(c.shows("ready"))
	for n := range 20 {
		c.in = c.in.AppendResize(100+n, 30+n)
	}
	c.resize(90, 20)
	c.until(c.shows("20 90"))
	if got := c.shown(); strings.Count(got, " ") > strings.Count(got, "20 90") {
		t.Errorf("the program saw other sizes:\n%s", got)
	}
}

// Cursor keys arrive as the program wants them, and an Escape O by itself arrives.
func TestServerTranslatesKeys(t *testing.T) {
	s := start(t, StockName, testEnv(t), "new", "-i", "127.0.0.1", "-p", "0", "--", "sh", "-c", `stty raw -echo
		read_keys() { dd bs=1 count=$1 2>/dev/null | od -An -c; }
		printf normal; read_keys 3; printf '\033[?1happlication'; read_keys 3; printf '\033[?1lescape'; read_keys 2; cat`)
	c := attach(t, s, nil)
	for _, step := range []struct{ ready, keys, want string }{
		{"normal", "\x1bOA", "normal 033   [   A"},
		{"application", "\x1bOA", "application 033   O   A"},
		{"escape", "\x1bO", "escape 033   O"},
	} {
		c.until(c.shows(step.ready))
		c.typeIn(step.keys)
		c.until(c.shows(step.want))
	}
}

// Output beyond any client's speed neither delays keys nor loses its end.
func TestServerBigOutput(t *testing.T) {
	s := start(t, StockName, testEnv(t), "new", "-i", "127.0.0.1", "-p", "0", "--", "sh", "-c", "seq 1 300000; echo the end; cat")
	c := attach(t, s, nil)
	c.until(c.shows("299999\n300000\nthe end"))
	c.typeIn("x\r")
	c.until(c.shows("the end\nx\nx"))
}

// A program that floods its terminal can be interrupted.
func TestServerInterruptsAFlood(t *testing.T) {
	s := start(t, StockName, testEnv(t), "new", "-i", "127.0.0.1", "-p", "0", "--", "sh", "-c", "trap 'echo; echo stopped; exit' INT; yes flood")
	c := attach(t, s, nil)
	c.until(c.shows("flood"))
	c.typeIn("\x03")
	c.until(c.ended)
	if !strings.Contains(c.shown(), "stopped") {
		t.Errorf("the screen is\n%s", c.shown())
	}
}

// A megabyte for a program that does not read yet arrives whole, while its output
// goes on.
func TestServerLongInput(t *testing.T) {
	s := start(t, StockName, testEnv(t), "new", "-i", "127.0.0.1", "-p", "0", "--", "sh", "-c",
		"stty raw -echo; echo ready; dd bs=1 count=1 >/dev/null 2>&1; seq 1 50000; dd bs=1000 count=1000 iflag=fullblock 2>/dev/null | cksum; cat")
	c := attach(t, s, nil)
	c.until(c.shows("ready"))
	c.typeIn("x" + strings.Repeat("0123456789", 100_000))
	c.until(func() bool { return strings.Contains(strings.Join(strings.Fields(c.shown()), ""), longInputSum) })
}

// longInputSum is what cksum says of the digits in TestServerLongInput, without
// blanks.
const longInputSum = "28818183961000000"

func TestServerBusyPort(t *testing.T) {
	conn, err := net.ListenPacket("udp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	port := fmt.Sprint(conn.LocalAddr().(*net.UDPAddr).Port)
	cmd := command(t, StockName, testEnv(t), "new", "-p", port)
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.Run()
	if cmd.ProcessState.ExitCode() != 1 || stdout.String() != "" || !strings.Contains(stderr.String(), "cannot listen on UDP port "+port) {
		t.Errorf("exit %d, stdout %q, stderr %q", cmd.ProcessState.ExitCode(), &stdout, &stderr)
	}
}

func TestServerBadCommandLine(t *testing.T) {
	for _, tt := range []struct {
		name, args string
		exit       int
		stderr     string
	}{
		{StockName, "new -p abc", 1, "mosh-server: error: bad UDP port (abc)"},
		{StockName, "new -c abc", 1, "mosh-server: error: bad number of colours (abc)"},
		{StockName, "a b c", 1, "mosh-server: error: wrong number of arguments"},
		{RoamName, "--port abc", 2, "roam server: error: bad UDP port (abc)"},
	} {
		cmd := command(t, tt.name, testEnv(t), strings.Fields(tt.args)...)
		var stdout, stderr strings.Builder
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		cmd.Run()
		if cmd.ProcessState.ExitCode() != tt.exit || stdout.String() != "" || !strings.Contains(stderr.String(), tt.stderr) || !strings.Contains(stderr.String(), "hint: ") {
			t.Errorf("%s %s: exit %d, stdout %q, stderr %q", tt.name, tt.args, cmd.ProcessState.ExitCode(), &stdout, &stderr)
		}
	}
	for _, args := range []string{"--help", "--version"} {
		out, err := command(t, StockName, testEnv(t), args).Output()
		if err != nil || !strings.Contains(string(out), "mosh-server") {
			t.Errorf("%s: %q, %v", args, out, err)
		}
	}
}

// Addresses that cannot be had are no reason to fail.
func TestServerBinds(t *testing.T) {
	for _, tt := range []struct{ name, env, args, stderr string }{
		{"foreign address", "", "-i 192.0.2.77", "cannot listen on 192.0.2.77"},
		{"bogus name", "", "-i nonsense", `"nonsense" is no numeric address`},
		{"no ssh", "", "-s", "SSH_CONNECTION is not set"},
		{"bad ssh", "SSH_CONNECTION=x", "-s", "names no address"},
		{"mapped", "SSH_CONNECTION=127.0.0.1 5 ::ffff:127.0.0.1 22", "-s", ""},
		{"unknown option", "", "-Z --new-thing", "unknown option -Z is ignored"},
	} {
		var extra []string
		if tt.env != "" {
			extra = []string{tt.env}
		}
		s := start(t, StockName, testEnv(t, extra...), append([]string{"new", "-p", "0"}, strings.Fields(tt.args)...)...)
		if !strings.Contains(s.stderr, tt.stderr) || tt.stderr == "" && strings.Contains(s.stderr, "warning") {
			t.Errorf("%s: stderr %q, want %q", tt.name, s.stderr, tt.stderr)
		}
		c := attach(t, s, nil)
		c.prompt()
	}
}

func TestServerWithoutAHome(t *testing.T) {
	s := start(t, StockName, testEnv(t, "HOME=/no/such/home"), "new", "-i", "127.0.0.1", "-p", "0")
	c := attach(t, s, nil)
	c.until(c.shows("cannot change to the home directory"))
	c.prompt()
}

func TestServerStatusAndEnd(t *testing.T) {
	env := testEnv(t)
	s := start(t, RoamName, env, "-i", "127.0.0.1", "-p", "0", "--", "sh", "-c", "echo ready; cat")
	c := attach(t, s, session.Supported())
	c.until(c.shows("ready"))
	st := listed(env, s.pid)
	if st == nil {
		t.Fatal("the session is not in the list")
	}
	if st.PID != s.pid || st.Port != s.port || st.Name != RoamName || !st.Attached || st.Detached() || st.LastContact.IsZero() ||
		st.Started.IsZero() || st.Peer != c.conn.LocalAddr().String() || st.Cols != 80 || st.Rows != 24 || len(st.Command) != 3 || st.Foreground == "" {
		t.Errorf("status %+v", st)
	}
	if err := End(env, s.pid); err != nil {
		t.Fatal(err)
	}
	c.until(c.ended)
	if f := c.screen().Final(); f == nil || f.Reason != endRequested().Reason {
		t.Errorf("final %+v", f)
	}
	s.wait()
	if left, err := filepath.Glob(filepath.Join(getVar(env, "XDG_RUNTIME_DIR"), "roam", "*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %q, %v", left, err)
	}
}

// With -v and a pipe for standard error, ssh must not wait for the session's end:
// start would not return.
func TestServerVerboseOverAPipe(t *testing.T) {
	env := testEnv(t)
	s := start(t, StockName, env, "new", "-v", "-i", "127.0.0.1", "-p", "0")
	_, rest, ok := strings.Cut(s.stderr, "the log is ")
	name, _, _ := strings.Cut(rest, "\n")
	if !ok {
		t.Fatalf("stderr %q names no log", s.stderr)
	}
	c := attach(t, s, nil)
	c.prompt()
	c.typeIn("exit\r")
	c.until(c.ended)
	s.wait()
	b, err := os.ReadFile(name)
	if err != nil || !strings.Contains(string(b), "client is at 127.0.0.1:") || strings.Contains(string(b), s.key) {
		t.Errorf("the log has %q, %v", b, err)
	}
}
