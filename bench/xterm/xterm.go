package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/term"
)

// patience is how long an xterm may take to start, and to answer.
const patience = 20 * time.Second

// An xterm is a running xterm on an X server without a screen; what is written
// to it is a program's output.
type xterm struct {
	dir     string
	display *exec.Cmd
	term    *exec.Cmd
	conn    net.Conn
}

// startXterm starts both programs; model is xterm's -ti. Close ends them.
func startXterm(model string, cols, rows int) (x *xterm, err error) {
	x = &xterm{}
	defer func() {
		if err != nil {
			x.Close()
		}
	}()
	if x.dir, err = os.MkdirTemp("", "xterm"); err != nil {
		return x, err
	}
	number, err := x.startDisplay()
	if err != nil {
		return x, fmt.Errorf("starting Xvfb (is it installed?): %w", err)
	}
	socket := filepath.Join(x.dir, "socket")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return x, err
	}
	defer listener.Close()
	self, err := os.Executable()
	if err != nil {
		return x, err
	}
	x.term = exec.Command("xterm", "-u8", "-ti", model, "-geometry", fmt.Sprintf("%dx%d", cols, rows),
		"-xrm", "*allowWindowOps: true", "-xrm", "*boldColors: false", "-e", self, "relay", socket)
	x.term.Env = append(os.Environ(), "DISPLAY=:"+number, "LC_ALL=C.UTF-8")
	if err := x.term.Start(); err != nil {
		return x, fmt.Errorf("starting xterm (is it installed?): %w", err)
	}
	listener.(*net.UnixListener).SetDeadline(time.Now().Add(patience))
	x.conn, err = listener.Accept()
	return x, err
}

// startDisplay starts an X server on a free display and returns its number.
func (x *xterm) startDisplay() (string, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return "", err
	}
	defer r.Close()
	x.display = exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "800x600x24", "-nolisten", "tcp")
	x.display.ExtraFiles = []*os.File{w}
	err = x.display.Start()
	w.Close()
	if err != nil {
		return "", err
	}
	r.SetReadDeadline(time.Now().Add(patience))
	line, err := bufio.NewReader(r).ReadString('\n')
	number := strings.TrimSpace(line)
	if _, bad := strconv.Atoi(number); err == nil && bad != nil {
		err = fmt.Errorf("display %q", number)
	}
	return number, err
}

// play writes output to the xterm, and returns what it answers up to and with
// the bytes last.
func (x *xterm) play(output, last []byte) ([]byte, error) {
	done := make(chan error, 1)
	go func() {
		_, err := x.conn.Write(output)
		done <- err
	}()
	var got []byte
	buf := make([]byte, 64<<10)
	x.conn.SetReadDeadline(time.Now().Add(patience))
	for !bytes.HasSuffix(got, last) {
		n, err := x.conn.Read(buf)
		if got = append(got, buf[:n]...); err != nil {
			return got, fmt.Errorf("reading xterm's answers: %w", err)
		}
	}
	return got, <-done
}

// Close ends the programs and removes what they left.
func (x *xterm) Close() {
	if x.conn != nil {
		x.conn.Close()
	}
	for _, c := range []*exec.Cmd{x.term, x.display} {
		if c != nil && c.Process != nil {
			c.Process.Kill()
			c.Wait()
		}
	}
	os.RemoveAll(x.dir)
}

// relay runs within the xterm: it copies between the terminal and a socket.
func relay(socket string) error {
	conn, err := net.Dial("unix", socket)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := term.MakeRaw(int(os.Stdin.Fd())); err != nil {
		return err
	}
	go io.Copy(conn, os.Stdin)
	if _, err := io.Copy(os.Stdout, conn); err != nil && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}
