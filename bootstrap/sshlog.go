package bootstrap

import (
	"bufio"
	"errors"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/term"

	"roam/internal/tty"
)

// An sshLog has OpenSSH write its log to a named pipe (-E), so that its
// standard error can stay the user's terminal: ssh asks for a touch of a
// hardware key there only if it is one. The log tells the address that ssh is
// connected to (level VERBOSE) and the reason for a failure; what is not there
// for the level's sake is passed on at once.
type sshLog struct {
	user  io.Writer // the user's standard error
	dir   string    // holds the pipe; empty: ssh writes to its standard error as ever
	pipe  *os.File  // open for both, so that it neither blocks nor ends
	said  tail      // what was passed on last
	addr  netip.Addr
	in    chan struct{} // closed when ssh has said that it is in
	done  chan struct{} // closed when the reader has seen the end mark
	raise bool
}

// endMark is the line that close writes to end the reader; ssh never logs NUL.
const endMark = "\x00"

// openSSHLog prepares the pipe, if this ssh is OpenSSH, the user has not asked for a log
// file of their own, and the system has named pipes that are files.
func openSSHLog(config sshConfig, options []string, user io.Writer) (*sshLog, error) {
	l := &sshLog{user: user, in: make(chan struct{}), done: make(chan struct{})}
	own := slices.ContainsFunc(options, func(o string) bool { return strings.HasPrefix(o, "-E") })
	if config == nil || own || !hasPipes {
		close(l.done)
		return l, nil
	}
	dir, err := os.MkdirTemp("", "roam-ssh-")
	if err != nil {
		return nil, &StartError{Program: "ssh", Err: err}
	}
	name := filepath.Join(dir, "log")
	if l.pipe, err = makePipe(name); err != nil {
		os.RemoveAll(dir)
		return nil, &StartError{Program: "ssh", Err: err}
	}
	l.dir = dir
	l.raise = config["loglevel"] == "INFO"
	go l.read()
	return l, nil
}

// options returns what makes ssh write to the pipe. A level other than INFO is
// the user's wish and stays.
func (l *sshLog) options() []string {
	if l.dir == "" {
		return nil
	}
	options := []string{"-E", l.pipe.Name()}
	if l.raise {
		options = append(options, "-o", "LogLevel=VERBOSE")
	}
	return options
}

// stderr returns ssh's standard error: the user's own if that is a terminal,
// else a writer that keeps the last lines too.
func (l *sshLog) stderr() io.Writer {
	if f, ok := l.user.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return f
	}
	return io.MultiWriter(l.user, &l.said)
}

// read passes the log on until the end mark.
func (l *sshLog) read() {
	defer close(l.done)
	in := sync.OnceFunc(func() { close(l.in) })
	for lines := bufio.NewReader(l.pipe); ; {
		line, err := lines.ReadString('\n')
		text := strings.TrimRight(line, "\r\n")
		if strings.HasSuffix(text, endMark) || err != nil {
			return
		}
		if authenticated.MatchString(text) {
			in()
		}
		addr, extra := parseLog(text)
		if addr.IsValid() {
			l.addr = addr
		}
		if !extra || !l.raise {
			l.show(text)
			io.WriteString(&l.said, text+"\n")
		}
	}
}

// show shows a line. What ssh says and then asks, as after a wrong password, comes here by
// a way of its own, and may be later than the question: then it goes above the question,
// where ssh would have it. A terminal that asks for a secret shows no input.
func (l *sshLog) show(text string) {
	above := false
	if f, ok := l.user.(*os.File); ok && os.Getenv("TERM") != "dumb" {
		modes, err := tty.ReadModes(f)
		cols, _ := tty.SizeOrDefault(f)
		above = err == nil && !modes.Echo && len(text) < cols
	}
	if !above {
		io.WriteString(l.user, text+"\n")
		return
	}
	// Make room for a row below (IND, CUU), keep the cursor (DECSC), insert a row (IL) and
	// write in it, and go back to the question (DECRC), which is a row lower now (CUD).
	io.WriteString(l.user, "\x1bD\x1b[A\x1b7\x1b[L\r"+text+"\x1b8\x1b[B")
}

// close ends the log, whoever may still have it open, and returns the address
// that ssh was connected to, if it said so.
func (l *sshLog) close() netip.Addr {
	if l.dir != "" {
		if _, err := io.WriteString(l.pipe, endMark+"\n"); err != nil && !errors.Is(err, os.ErrClosed) {
			l.pipe.Close()
		}
		<-l.done
		l.pipe.Close()
		os.RemoveAll(l.dir)
		l.dir = ""
	}
	return l.addr
}
