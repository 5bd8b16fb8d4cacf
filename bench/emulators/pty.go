package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/creack/pty"
	"golang.org/x/term"

	"roam/bench/internal/attach"
	"roam/bench/internal/host"
)

// patience is how long a whole program may take for one payload.
const patience = 40 * time.Second

// feed writes a file to its terminal, asks for the terminal's status, so that
// all before is interpreted when the answer is there, and reports bytes and
// nanoseconds to a socket: FILE SOCKET.
func feed(args []string, _ io.Writer) error {
	if len(args) != 2 {
		return fmt.Errorf("feed %q", args)
	}
	data, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	conn, err := net.Dial("unix", args[1])
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := term.MakeRaw(int(os.Stdin.Fd())); err != nil {
		return err
	}
	start := time.Now()
	if _, err := os.Stdout.Write(append(data, "\x1b[5n"...)); err != nil {
		return err
	}
	for b := []byte{0}; b[0] != 'n'; {
		if _, err := os.Stdin.Read(b); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintln(conn, len(data), time.Since(start).Nanoseconds())
	return err
}

// A feeder runs the words of a command in a terminal of its own, in a directory
// for its files; stop ends it.
type feeder func(dir string, s size, words []string) (stop func(), err error)

// preparePTY returns the prepare of a program that a feeder starts.
func preparePTY(f feeder) func(dir string) (starter, error) {
	return func(dir string) (starter, error) {
		self, err := os.Executable()
		if err != nil {
			return nil, err
		}
		return func(s size, file string) (float64, error) {
			return feedOnce(f, dir, self, s, file)
		}, nil
	}
}

// feedOnce starts a program with a feeding process in it and waits for its report.
func feedOnce(f feeder, dir, self string, s size, file string) (float64, error) {
	socket := filepath.Join(dir, "report")
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: socket, Net: "unix"})
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	listener.SetDeadline(time.Now().Add(patience))
	// The size that programs start with is not always ours to say.
	stop, err := f(dir, s, []string{"sh", "-c", fmt.Sprintf("stty cols %d rows %d; exec %s feed %s %s", s.cols, s.rows, self, file, socket)})
	if err != nil {
		return 0, err
	}
	defer stop()
	conn, err := listener.Accept()
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	report, err := io.ReadAll(conn)
	if err != nil {
		return 0, err
	}
	return parseRate(string(report))
}

// drainPTY reads a terminal as fast as it can, and answers when nothing came
// for a while: what the pseudo-terminal alone allows.
func drainPTY(_ string, s size, words []string) (func(), error) {
	cmd := exec.Command(words[0], words[1:]...)
	master, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: uint16(s.cols), Rows: uint16(s.rows)})
	if err != nil {
		return nil, err
	}
	go func() {
		tail := make([]byte, 0, 8)
		for buf := make([]byte, 64<<10); ; {
			n, err := master.Read(buf)
			if err != nil {
				return
			}
			tail = append(tail, buf[max(0, n-4):n]...)
			tail = tail[max(0, len(tail)-4):]
			if string(tail) == "\x1b[5n" {
				io.WriteString(master, "\x1b[0n")
			}
		}
	}()
	return func() {
		cmd.Process.Kill()
		cmd.Wait()
		master.Close()
	}, nil
}

// feedTmux runs the command in a tmux to which nobody is attached.
func feedTmux(dir string, s size, words []string) (func(), error) {
	tmux := func(args ...string) *exec.Cmd {
		cmd := exec.Command("tmux", append([]string{"-u", "-S", filepath.Join(dir, "tmux"), "-f", "/dev/null"}, args...)...)
		cmd.Env = host.Environ(dir)
		return cmd
	}
	args := append([]string{"new-session", "-d", "-x", strconv.Itoa(s.cols), "-y", strconv.Itoa(s.rows)}, words...)
	if out, err := tmux(args...).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("tmux: %w: %s", err, out)
	}
	return func() { tmux("kill-server").Run() }, nil
}

// feedStock runs the command in a stock server.
func feedStock(dir string, s size, words []string) (func(), error) {
	return feedServer(dir, s, host.Words(""), words)
}

// prepareRoamServer builds roam for a run in its server.
func prepareRoamServer(dir string) (starter, error) {
	roam, err := host.Build(dir)
	if err != nil {
		return nil, err
	}
	return preparePTY(func(dir string, s size, words []string) (func(), error) {
		return feedServer(dir, s, host.Words(roam), words)
	})(dir)
}

// feedServer runs the command in a server, with a client that shows nothing:
// the command starts when one is attached.
func feedServer(dir string, s size, server, words []string) (func(), error) {
	h, err := host.Start(server, host.Environ(dir), words...)
	if err != nil {
		return nil, err
	}
	c, err := attach.Dial(h, s.cols, s.rows)
	if err != nil {
		h.Stop()
		return nil, err
	}
	return func() {
		c.Close()
		h.Stop()
	}, nil
}
