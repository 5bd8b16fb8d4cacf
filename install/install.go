// Package install puts roam's own program on a host that has none, or an older one, over
// the ssh connection that starts the server there.
//
// The remote side runs commands for sh that this package writes (script.go), and says
// in start lines what it finds and needs (dialogue.go). What is put there is this program
// itself or, for another platform, one of an unpacked release (release.go); it is found
// again by its hash. docs/install.md describes it, and why it is safe.
package install

import (
	"context"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// A Mode says whether roam may be put on a host.
type Mode uint8

// The modes.
const (
	Ask    Mode = iota // the user decides, once a host; without a terminal, nothing is put there
	Always             // without asking
	Never              // what is there already serves all the same
)

// ParseMode reads the name of a mode.
func ParseMode(s string) (Mode, error) {
	for mode, name := range []string{"ask", "always", "never"} {
		if s == name {
			return Mode(mode), nil
		}
	}
	return Ask, fmt.Errorf("install: %q is none of always, ask and never", s)
}

// A Config says what may be put on a host, and how the user is asked.
type Config struct {
	Mode    Mode
	Host    string   // as the user calls it; an answer is for this name
	Release string   // version of this program: v1.2.3, or any other word for one that is no release
	Self    string   // this program's file; empty: the one that runs
	From    string   // directory of a release, for other platforms; empty: the program's own, if it is one
	Answers string   // file that keeps the user's answers; empty: none does
	In, Out *os.File // where the user is asked, if both are terminals; may be nil

	Notef func(format string, args ...any) // tells the user; may be nil
	Logf  func(format string, args ...any) // tells each step; may be nil
}

// An Installer goes through one start of a server. It is used by one goroutine at a time.
type Installer struct {
	cfg      Config
	programs []program
	answer   answer // kept from before

	ctx      context.Context
	to       io.WriteCloser // standard input of the remote sh
	state    state
	sent     *upload // what is put there; nil: nothing is
	troubles []Trouble
	before   int  // troubles before the upload
	files    int  // hashed so far
	cut      bool // ssh ended in the upload
	err      error
}

// New finds what could be put on a host. It reads this whole program, for its hash. The
// error is a *SourceError, about cfg.From.
func New(cfg Config) (*Installer, error) {
	in := &Installer{cfg: cfg, answer: readAnswer(cfg.Answers, cfg.Host)}
	self, ok, err := itself(cfg.Self)
	switch {
	case err != nil:
		in.logf("this program cannot be put elsewhere: %v", err)
	case ok:
		in.programs = append(in.programs, self)
	}
	dir := cfg.From
	if dir == "" {
		if dir = besideProgram(); dir == "" {
			return in, nil
		}
	}
	others, err := release(dir)
	if err != nil && cfg.From != "" {
		return nil, err
	}
	if err != nil {
		in.logf("nothing is taken from the program's directory: %v", err)
	}
	for _, p := range others {
		if !ok || p.file() != self.file() {
			in.programs = append(in.programs, p)
		}
	}
	return in, nil
}

// Willing reports whether something may be put on the host, perhaps after a question.
func (in *Installer) Willing() bool {
	return in.cfg.Mode == Always || in.cfg.Mode == Ask && (in.answer == yes || in.answer == unknown && in.canAsk())
}

// Quiet reports whether the user has decided, before this start, that nothing is put on
// the host: then there is no need to say what could be.
func (in *Installer) Quiet() bool {
	return in.cfg.Mode == Never || in.cfg.Mode == Ask && in.answer == no
}

// canAsk reports whether there is a terminal to ask at.
func (in *Installer) canAsk() bool { return isTerminal(in.cfg.In) && isTerminal(in.cfg.Out) }

func isTerminal(f *os.File) bool { return f != nil && term.IsTerminal(int(f.Fd())) }

// Cut reports, after Close, whether ssh ended while the program was on its way.
func (in *Installer) Cut() bool { return in.cut }

// Err returns why roam could not be put on the host: an *Error, or nil if it could or
// nobody wanted it.
func (in *Installer) Err() error { return in.err }

func (in *Installer) logf(format string, args ...any) {
	if in.cfg.Logf != nil {
		in.cfg.Logf(format, args...)
	}
}

func (in *Installer) notef(format string, args ...any) {
	if in.cfg.Notef != nil {
		in.cfg.Notef(format, args...)
	}
}
