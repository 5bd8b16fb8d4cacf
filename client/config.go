package client

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"strings"

	"roam/crypto"
	"roam/internal/voice"
	"roam/trace"
)

// A PredictMode says when guesses at the echo of typed keys are shown.
type PredictMode uint8

// The modes.
const (
	PredictAdaptive     PredictMode = iota // when the path is slow
	PredictAlways                          // whenever a guess is likely
	PredictNever                           // not at all
	PredictExperimental                    // at once, likely or not
)

var predictNames = []string{"adaptive", "always", "never", "experimental"}

// String returns the mode's name.
func (m PredictMode) String() string { return predictNames[m] }

// ParsePredictMode reads a mode's name.
func ParsePredictMode(s string) (PredictMode, error) {
	for i, name := range predictNames {
		if s == name {
			return PredictMode(i), nil
		}
	}
	return 0, fmt.Errorf("client: unknown prediction mode %q: use adaptive, always, never or experimental", s)
}

// ParseSwitch reads "on" or "off".
func ParseSwitch(s string) (on bool, err error) {
	if s != "on" && s != "off" {
		return false, fmt.Errorf("%q is neither on nor off", s)
	}
	return s == "on", nil
}

// A Config is what a session needs. ReadEnv fills in what the environment says;
// Server, Key, In, Out and Err must be set.
type Config struct {
	Name   string           // the program's name, as messages begin: "roam", "mosh-client"
	Server netip.AddrPort   // where the server listens
	Others []netip.AddrPort // more addresses that may reach it, best first; those that answer are used
	Key    crypto.Key       // the session's key; Run erases its own copy of it

	In  *os.File // the user's terminal, read and set to raw mode
	Out *os.File // what is drawn; usually the same terminal
	Err *os.File // plain text before and after the session

	Predict          PredictMode
	PredictOverwrite bool          // guesses replace what is under the cursor instead of moving it
	NoPredictAhead   bool          // what is typed over Enter waits for the next prompt
	Stats            bool          // say at the end what became of the keys typed
	Version          string        // of this program, for the user; may be empty
	EscapeKey        EscapeKey     // the zero value: no escape commands
	NoInit           bool          // stay on the terminal's main screen
	NoTitlePrefix    bool          // leave the window title as the server has it
	Clipboard        ClipboardMode // what becomes of the remote programs' writes to the clipboard
	Terminal         *Terminal     // what Out can do; from LoadTerminal
	Probe            ProbeMode     // whether Out is asked what else it can do

	// Trace is the file or directory that what happens is traced to (package
	// trace); empty: it is not. See OpenTrace.
	Trace string
	trace *trace.Writer

	// Diagnose finds out, beside the session, why the server is not heard, and says it in
	// a sentence without a full stop; "" if it cannot. It is called once an outage, from a
	// goroutine of its own, and has to end soon after ctx. nil: nobody looks.
	Diagnose func(ctx context.Context) string
	style    voice.Style // of Err

	// Log is told what happens in the session; nil: nothing is. It gets no key, no
	// typed text and nothing of what is on the screen.
	Log *slog.Logger
}

// product is the name that users know the program by.
func (c *Config) product() string {
	if strings.HasPrefix(c.Name, "mosh") {
		return "mosh"
	}
	return "roam"
}

// An Env looks up an environment variable, as os.LookupEnv does.
type Env func(name string) (value string, set bool)

// lookup returns the variable ROAM_name, or else MOSH_name.
func (env Env) lookup(name string) (value string, set bool) {
	if v, ok := env("ROAM_" + name); ok {
		return v, true
	}
	return env("MOSH_" + name)
}

// ReadEnv sets what the environment decides: prediction, escape key, title
// prefix, alternate screen, and the terminal's abilities. ROAM_ names go before MOSH_
// names. Notes are lines for the user about values that were not usable but
// do not stand in the way.
func (c *Config) ReadEnv(env Env) (notes []string, err error) {
	c.EscapeKey = DefaultEscapeKey
	if v, ok := env.lookup("PREDICTION_DISPLAY"); ok && v != "" {
		if c.Predict, err = ParsePredictMode(v); err != nil {
			return nil, fmt.Errorf("client: PREDICTION_DISPLAY in the environment: %s", trimPrefix(err))
		}
	}
	if v, _ := env.lookup("PREDICTION_OVERWRITE"); v == "yes" {
		c.PredictOverwrite = true
	}
	if v, _ := env("ROAM_PREDICT_AHEAD"); v != "" {
		on, err := ParseSwitch(v)
		if err != nil {
			return nil, fmt.Errorf("client: ROAM_PREDICT_AHEAD: %w", err)
		}
		c.NoPredictAhead = !on
	}
	if v, ok := env.lookup("ESCAPE_KEY"); ok {
		if c.EscapeKey, err = ParseEscapeKey(v); err != nil {
			notes = append(notes, trimPrefix(err))
		}
	}
	if v, ok := env("ROAM_CLIPBOARD"); ok && v != "" {
		if c.Clipboard, err = ParseClipboardMode(v); err != nil {
			return nil, fmt.Errorf("client: ROAM_CLIPBOARD: %s", trimPrefix(err))
		}
	}
	if v, ok := env("ROAM_TRACE"); ok {
		c.Trace = v
	}
	_, c.NoTitlePrefix = env.lookup("TITLE_NOPREFIX")
	_, c.NoInit = env.lookup("NO_TERM_INIT")
	if note := localeNote(env); note != "" {
		notes = append(notes, note)
	}
	term, _ := env("TERM")
	colorterm, _ := env("COLORTERM")
	c.Probe = c.probeMode(env, term)
	if c.Terminal, err = LoadTerminal(term, colorterm); err == nil {
		err = c.Terminal.check()
	}
	return notes, err
}

// localeNote says what happens where the locale is not UTF-8; empty where
// it is, or does not say.
func localeNote(env Env) string {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		v, _ := env(name)
		if v == "" {
			continue
		}
		charset := strings.ToLower(v)
		if strings.Contains(charset, "utf-8") || strings.Contains(charset, "utf8") {
			return ""
		}
		return fmt.Sprintf("the locale is not UTF-8 (%s=%s): going on as if the terminal were UTF-8", name, v)
	}
	return ""
}

// trimPrefix returns an error's text without the package's name, for a person.
func trimPrefix(err error) string { return strings.TrimPrefix(err.Error(), "client: ") }

// Errors that Run returns before it touches the terminal.
var (
	// ErrNoTerminal reports that In is not a terminal.
	ErrNoTerminal = errors.New("client: standard input is not a terminal")

	// ErrAddress reports a server address that is missing or has no port.
	ErrAddress = errors.New("client: no server address")
)

// A Result says how a session ended.
type Result struct {
	Connected bool   // the server was heard
	Clean     bool   // both ends know of the end
	Exit      *int   // exit status of the remote program, if the server told
	Signal    string // name of the signal that ended it, if the server told
	Status    int    // exit status for this process
}
