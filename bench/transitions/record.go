package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/creack/pty"

	"roam/bench/internal/host"
	"roam/terminal"
)

// A story is a program and what is done to it.
type story struct {
	program string // for sh -c, in a directory with the files text and list
	steps   []step
}

// A step is keys, or, without any, what the program does by itself.
type step struct {
	name string // empty: no transition to count
	keys string
}

// start is the step that every story has first: the program draws its screen.
var start = step{}

var stories = []story{
	{"exec sh -i", []step{start, {"typing a key", "e"}, {"typing another", "c"}, {"", "ho "}, {"pasting a line", "the quick brown fox jumps over the lazy dog"},
		{"erasing a character", "\x7f"}, {"return, and a line of output", "\r"}, {"a listing of 20 files", "ls -l --color=always list\r"},
		{"scrolling one line", "\r"}, {"scrolling by a command's output", "seq 5\r"}, {"clearing", "clear\r"}}},
	{"exec less text", []step{start, {"less: a page down", " "}, {"less: another page down", " "}, {"less: a page up", "b"}, {"less: a line down", "j"},
		{"less: a line up", "k"}, {"less: to the end", "G"}, {"less: a search", "/line 5\r"}, {"less: quitting", "q"}}},
	{"exec vim -u NONE -i NONE -c 'set nocp ruler showmode' text", []step{start, {"vim: insert mode", "i"}, {"vim: typing a key", "x"}, {"vim: typing within a line", "y"},
		{"vim: leaving insert mode", "\x1b"}, {"vim: opening a line", "o"}, {"vim: typing a word", "words"}, {"", "\x1b"}, {"vim: deleting a line", "dd"},
		{"vim: half a page down", "\x04"}, {"vim: half a page up", "\x15"}, {"vim: undo", "u"}, {"vim: :q!", ":q!\r"}}},
	{"exec htop -d 10", []step{start, {"htop: a refresh", ""}, {"htop: another refresh", ""}, {"htop: a line down", "\x1b[B"}, {"htop: sorted by memory", "M"}}},
}

const (
	quiet   = 250 * time.Millisecond // without output a step is over
	longest = 5 * time.Second        // that a program may take to begin a step
)

// An output is what a program printed in a step.
type output struct {
	step
	bytes []byte
}

// files writes what the programs read.
func files(dir string) error {
	text, err := os.Create(filepath.Join(dir, "text"))
	if err != nil {
		return err
	}
	for i := range 300 {
		fmt.Fprintf(text, "This is line %d of %d; %s\n", i, 300, "the quick brown fox jumps over the lazy dog"[:10+i*7%33])
	}
	if err := text.Close(); err != nil {
		return err
	}
	for i := range 20 {
		if err := os.MkdirAll(filepath.Join(dir, "list", fmt.Sprintf("entry-%d", i*i)), 0o700); err != nil {
			return err
		}
	}
	return nil
}

// record runs the program and returns what it printed in each step.
func (s story) record(dir string) ([]output, error) {
	if err := files(dir); err != nil {
		return nil, err
	}
	cmd := exec.Command("sh", "-c", s.program)
	cmd.Dir, cmd.Env = dir, host.Environ(dir)
	master, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: cols, Rows: rows})
	if err != nil {
		return nil, err
	}
	defer func() {
		cmd.Process.Kill()
		cmd.Wait()
		master.Close()
	}()
	printed := make(chan []byte)
	over := make(chan struct{})
	defer close(over)
	go func() {
		defer close(printed)
		for {
			b := make([]byte, 64<<10)
			n, err := master.Read(b)
			if err != nil {
				return
			}
			select {
			case printed <- b[:n]:
			case <-over:
				return
			}
		}
	}()
	// The programs' questions have the answers of a stock server.
	e := terminal.New(cols, rows, terminal.Options{Dialect: terminal.Stock})
	var list []output
	for _, st := range s.steps {
		if _, err := master.WriteString(st.keys); err != nil {
			return nil, err
		}
		o := output{step: st}
		timer := time.NewTimer(longest)
		for waiting := true; waiting; {
			select {
			case b, ok := <-printed:
				if !ok {
					waiting, printed = false, nil
					break
				}
				o.bytes = append(o.bytes, b...)
				e.Write(b)
				if r := e.Replies(); r != nil {
					master.Write(r)
				}
				timer.Reset(quiet)
			case <-timer.C:
				waiting = false
			}
		}
		list = append(list, o)
	}
	return list, nil
}
