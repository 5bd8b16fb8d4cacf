package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/creack/pty"

	"roam/internal/tty"
)

const (
	// quiet is how long a program must print nothing until the next key is typed. What
	// it prints later belongs to that one.
	quiet = 100 * time.Millisecond

	// enterQuiet is the same after Enter and at the start, when it may think.
	enterQuiet = 600 * time.Millisecond

	// pause is the line that WAIT stands for in a recording.
	pause = "pause\n"
)

// A recorder types at one program.
type recorder struct {
	master *os.File
	out    chan []byte // what the program prints; closed at its end
	text   bytes.Buffer
	modes  string // as recorded last
}

// record runs a script and returns the recording.
func record(s script) ([]byte, error) {
	home, err := os.MkdirTemp("", "roam-record")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(home)
	if err := prepare(s, home); err != nil {
		return nil, err
	}
	cmd := exec.Command(s.argv[0], s.argv[1:]...)
	cmd.Dir, cmd.Env = home, environment(home)
	master, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: cols, Rows: rows})
	if err != nil {
		return nil, err
	}
	r := &recorder{master: master, out: make(chan []byte, 1024)}
	go r.read()
	defer func() {
		cmd.Process.Kill()
		master.Close()
		cmd.Wait()
	}()
	fmt.Fprintf(&r.text, "# %s, by go run ./client/predict/record\n", strings.Join(s.argv, " "))
	r.gather(time.Now(), enterQuiet)
	for _, key := range split(s.text) {
		if key == "" {
			r.text.WriteString(pause)
			continue
		}
		fmt.Fprintf(&r.text, "key %s\n", strconv.Quote(key))
		if _, err := master.WriteString(key); err != nil {
			return nil, err
		}
		wait := quiet
		if key == "\r" {
			wait = enterQuiet
		}
		r.gather(time.Now(), wait)
	}
	return r.text.Bytes(), nil
}

// prepare fills the home directory.
func prepare(s script, home string) error {
	for name, content := range s.files {
		path := filepath.Join(home, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			return err
		}
	}
	setup := exec.Command("sh", "-ec", s.setup)
	setup.Dir, setup.Stderr = home, os.Stderr
	return setup.Run()
}

// environment is the same on every machine, but for the path.
func environment(home string) []string {
	return []string{
		"HOME=" + home, "PATH=" + os.Getenv("PATH"), "TERM=xterm-256color", "LC_ALL=C.UTF-8", "LANG=C.UTF-8",
		"PS1=user@host:~/src$ ", "PS2=> ", "HISTFILE=", "SHELL=/bin/bash", "PYTHON_HISTORY=/dev/null", "USER=user",
	}
}

// read hands over what the program prints.
func (r *recorder) read() {
	defer close(r.out)
	for {
		b := make([]byte, 4096)
		n, err := r.master.Read(b)
		if err != nil {
			return
		}
		r.out <- b[:n]
	}
}

// gather records what the program prints from start on until it is quiet.
func (r *recorder) gather(start time.Time, wait time.Duration) {
	for {
		select {
		case b, ok := <-r.out:
			if !ok {
				return
			}
			r.sample()
			fmt.Fprintf(&r.text, "out %d %s\n", time.Since(start).Milliseconds(), strconv.Quote(string(b)))
			r.answer(b)
		case <-time.After(wait):
			r.sample()
			return
		}
	}
}

// answer answers the questions that some programs wait for.
func (r *recorder) answer(b []byte) {
	for question, answer := range map[string]string{"\x1b[c": "\x1b[?62;22c", "\x1b[0c": "\x1b[?62;22c", "\x1b[6n": "\x1b[1;1R", "\x1b]11;?": "\x1b]11;rgb:0000/0000/0000\x1b\\"} {
		if bytes.Contains(b, []byte(question)) {
			r.master.WriteString(answer)
		}
	}
}

// sample records how the terminal is read, and by which program, if that has changed.
func (r *recorder) sample() {
	m, err := tty.ReadModes(r.master)
	if err != nil {
		return
	}
	command := "?"
	if group, err := tty.ForegroundGroup(r.master); err == nil {
		if name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", group)); err == nil {
			command = strings.TrimSpace(string(name))
		}
	}
	modes := fmt.Sprintf("tty %s canonical=%v echo=%v controls=%v erase=%d kill=%d word=%d\n", strconv.Quote(command),
		m.Canonical, m.Echo, m.EchoControl, m.Erase, m.Kill, m.WordErase)
	if modes != r.modes {
		r.modes = modes
		r.text.WriteString(modes)
	}
}

// split cuts a script into keys; "" is a pause. A brace that begins no name is a key.
func split(text string) []string {
	var all []string
	for len(text) > 0 {
		if name, rest, ok := strings.Cut(text[1:], "}"); ok && text[0] == '{' {
			key, known := keys[name]
			if known || name == "WAIT" {
				all = append(all, key)
				text = rest
				continue
			}
		}
		r := []rune(text)[0]
		all = append(all, string(r))
		text = text[len(string(r)):]
	}
	return all
}
