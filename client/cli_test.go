package client

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"roam/crypto"
	"roam/internal/voice"
	"roam/session"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares text with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; got:\n%s\nwant:\n%s", file, got, want)
	}
}

func TestParseArgs(t *testing.T) {
	for _, c := range []struct {
		args string
		want arguments
		bad  bool
	}{
		{"192.0.2.1 60001", arguments{ip: "192.0.2.1", port: "60001"}, false},
		{"-v 192.0.2.1 60001", arguments{verbose: 1, ip: "192.0.2.1", port: "60001"}, false},
		{"-vv -v 192.0.2.1 60001", arguments{verbose: 3, ip: "192.0.2.1", port: "60001"}, false},
		{"192.0.2.1 60001 -v", arguments{verbose: 1, ip: "192.0.2.1", port: "60001"}, false},
		{"-# host 192.0.2.1 60001", arguments{ip: "192.0.2.1", port: "60001"}, false},
		{"-#host| 192.0.2.1 60001", arguments{ip: "192.0.2.1", port: "60001"}, false},
		{"-- ::1 60001", arguments{ip: "::1", port: "60001"}, false},
		{"-c", arguments{colors: true}, false},
		{"-c extra", arguments{colors: true}, false},
		{"--help", arguments{help: true}, false},
		{"-h", arguments{help: true}, false},
		{"--version", arguments{version: true}, false},
		{"", arguments{}, true},
		{"192.0.2.1", arguments{}, true},
		{"192.0.2.1 60001 more", arguments{}, true},
		{"-x 192.0.2.1 60001", arguments{}, true},
		{"--verbose 192.0.2.1 60001", arguments{}, true},
		{"-", arguments{}, true},
	} {
		got, err := parseArgs(strings.Fields(c.args))
		if (err != nil) != c.bad || !c.bad && got != c.want {
			t.Errorf("parseArgs(%q) = %+v, %v; want %+v, an error: %v", c.args, got, err, c.want, c.bad)
		}
	}
	// The launcher gives its own arguments in one word with -#.
	got, err := parseArgs([]string{"-# -p 60001 user@host |", "192.0.2.1", "60001"})
	if err != nil || got != (arguments{ip: "192.0.2.1", port: "60001"}) {
		t.Errorf("with the launcher's word: %+v, %v", got, err)
	}
}

// FuzzParseArgs checks that no command line panics, and that what is accepted has
// an address and a port.
func FuzzParseArgs(f *testing.F) {
	for _, s := range []string{"192.0.2.1 1", "-c", "-v -# x 1 2", "-#", "--", "-- -- --", "-vvvv", "-\x00 1 2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		a, err := parseArgs(strings.Split(line, " "))
		if err != nil || a.help || a.version || a.colors {
			return
		}
		c := Config{Name: "x", Err: os.Stderr}
		c.fill(a, "", false)
		if words := strings.Split(line, " "); len(words) < 2 {
			t.Errorf("%q gives %+v", line, a)
		}
	})
}

// TestErrorsBeforeTheTerminalIsTouched runs the program with each mistake and
// compares all that it says.
func TestErrorsBeforeTheTerminalIsTouched(t *testing.T) {
	const key = "ROAM_KEY=AAAAAAAAAAAAAAAAAAAAAA"
	var out strings.Builder
	for _, c := range []struct {
		name string
		env  []string
		args []string
		want int
	}{
		{"no arguments", []string{key}, nil, 1},
		{"one argument", []string{key}, []string{"192.0.2.1"}, 1},
		{"unknown option", []string{key}, []string{"-x", "192.0.2.1", "60001"}, 1},
		{"host name", []string{key}, []string{"localhost", "60001"}, 1},
		{"port not a number", []string{key}, []string{"192.0.2.1", "abc"}, 1},
		{"port too large", []string{key}, []string{"192.0.2.1", "70000"}, 1},
		{"port 0", []string{key}, []string{"192.0.2.1", "0"}, 1},
		{"empty port", []string{key}, []string{"192.0.2.1", ""}, 1},
		{"no key", nil, []string{"192.0.2.1", "60001"}, 1},
		{"short key", []string{"MOSH_KEY=abc"}, []string{"192.0.2.1", "60001"}, 1},
		{"key not base64", []string{"MOSH_KEY=AAAAAAAAAAAAAAAAAAAA-_"}, []string{"192.0.2.1", "60001"}, 1},
		{"key with spare bits", []string{"MOSH_KEY=AAAAAAAAAAAAAAAAAAAAAB"}, []string{"192.0.2.1", "60001"}, 1},
		{"empty key", []string{"MOSH_KEY="}, []string{"192.0.2.1", "60001"}, 1},
		{"prediction mode", []string{key, "MOSH_PREDICTION_DISPLAY=sometimes"}, []string{"192.0.2.1", "60001"}, 1},
		{"no TERM", []string{key}, []string{"192.0.2.1", "60001"}, 1},
		{"unknown TERM", []string{key, "TERM=nonesuch"}, []string{"192.0.2.1", "60001"}, 1},
		{"TERM with a path", []string{key, "TERM=../../../etc/passwd"}, []string{"192.0.2.1", "60001"}, 1},
		{"no terminal", []string{key, "TERM=xterm-256color"}, []string{"192.0.2.1", "60001"}, 1},
		{"locale and escape key", []string{key, "TERM=xterm-256color", "LC_ALL=C", "MOSH_ESCAPE_KEY=ab"}, []string{"192.0.2.1", "60001"}, 1},
		{"colours", []string{"TERM=xterm-256color"}, []string{"-c"}, 0},
		{"colours of a vt100", []string{"TERM=vt100"}, []string{"-c"}, 0},
		{"colours without TERM", nil, []string{"-c"}, 1},
		{"colours of an unknown TERM", []string{"TERM=nonesuch"}, []string{"-c"}, 1},
		{"help", nil, []string{"--help"}, 0},
		{"version", nil, []string{"--version"}, 0},
	} {
		cmd := exec.Command(os.Args[0], c.args...)
		cmd.Env = append([]string{actAsClient + "=main"}, c.env...)
		var stdout, stderr strings.Builder
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		err := cmd.Run()
		if got := cmd.ProcessState.ExitCode(); got != c.want {
			t.Errorf("%s: exit status %d (%v), want %d", c.name, got, err, c.want)
		}
		fmt.Fprintf(&out, "== %s\n%s", c.name, stderr.String())
		if stdout.Len() > 0 {
			fmt.Fprintf(&out, "stdout: %s", stdout.String())
		}
		if strings.Contains(stderr.String(), "AAAAAAAA") {
			t.Errorf("%s: the key is in a message", c.name)
		}
	}
	golden(t, "errors.golden", out.String())
}

// TestMessages has what a person reads in the rarer cases.
func TestMessages(t *testing.T) {
	c := Config{Name: "roam", Server: netip.MustParseAddrPort("[2001:db8::1]:60001")}
	mosh := Config{Name: "mosh-client", Server: c.Server}
	one := func(state PathState, reason string) *paths {
		return &paths{all: []Path{{Addr: c.Server, State: state, Reason: reason}}}
	}
	several := paths{all: []Path{
		{Addr: c.Server, State: PathSilent, Sent: 75}, {Addr: netip.MustParseAddrPort("192.0.2.1:60001"), State: PathRefused, Reason: "connection refused"},
		{Addr: netip.MustParseAddrPort("10.0.0.1:60001"), State: PathUnsent, Reason: "network is unreachable"},
	}}
	exit := 3
	golden(t, "messages.golden", strings.Join([]string{
		"== waiting\n" + c.waitingText(one(PathSilent, ""), ""),
		"== waiting, refused\n" + c.waitingText(one(PathRefused, "connection refused"), "connection refused"),
		"== waiting for several\n" + c.waitingText(&several, "no route to host"),
		"== no answer\n" + c.unreachedText(one(PathSilent, ""), 15*time.Second, ""),
		"== no answer, refused\n" + c.unreachedText(one(PathRefused, "connection refused"), 3*time.Second, "connection refused"),
		"== no answer, rejected\n" + c.unreachedText(one(PathRefused, "no route to host"), 3*time.Second, "no route to host"),
		"== no answer, cannot be sent to\n" + c.unreachedText(one(PathUnsent, "network is unreachable"), 15*time.Second, "network is unreachable"),
		"== no answer from several\n" + c.unreachedText(&several, 15*time.Second, "connection refused"),
		"== given up at once\n" + mosh.unreachedText(one(PathSilent, ""), 0, ""),
		"== not confirmed\n" + c.uncleanText(),
		"== closed\n" + c.closedText(nil) + mosh.closedText(nil),
		"== closed with a status\n" + c.closedText(&session.Final{Exit: &exit}) + mosh.closedText(&session.Final{Exit: &exit}),
		"== closed by a signal\n" + c.closedText(&session.Final{Signal: "HUP"}),
		"== closed by the server\n" + c.closedText(&session.Final{Reason: "the server is shutting down"}),
		"== suspended" + c.suspendedText() + mosh.suspendedText(),
		"== a bug\n" + errorText(voice.Style{}, "roam", trimPrefix(newPanicError("x")), Hints(newPanicError("x"))...),
		"",
	}, ""))
}

// environ is an Env of a test.
func environ(vars ...string) Env {
	return func(name string) (string, bool) {
		for _, v := range vars {
			if n, value, _ := strings.Cut(v, "="); n == name {
				return value, true
			}
		}
		return "", false
	}
}

func TestReadEnv(t *testing.T) {
	const term = "TERM=xterm-256color"
	tilde, _ := ParseEscapeKey("~")
	for _, c := range []struct {
		name  string
		env   Env
		want  Config
		notes int
	}{
		{"defaults", environ(term), Config{EscapeKey: DefaultEscapeKey}, 0},
		{"mosh's names", environ(term, "MOSH_PREDICTION_DISPLAY=always", "MOSH_PREDICTION_OVERWRITE=yes",
			"MOSH_ESCAPE_KEY=~", "MOSH_TITLE_NOPREFIX=", "MOSH_NO_TERM_INIT=0"),
			Config{Predict: PredictAlways, PredictOverwrite: true, EscapeKey: tilde, NoTitlePrefix: true, NoInit: true}, 0},
		{"our names first", environ(term, "MOSH_PREDICTION_DISPLAY=always", "ROAM_PREDICTION_DISPLAY=never",
			"MOSH_ESCAPE_KEY=x", "ROAM_ESCAPE_KEY="), Config{Predict: PredictNever}, 0},
		{"overwrite wants yes", environ(term, "MOSH_PREDICTION_OVERWRITE=1"), Config{EscapeKey: DefaultEscapeKey}, 0},
		{"bad escape key", environ(term, "MOSH_ESCAPE_KEY=\r"), Config{EscapeKey: DefaultEscapeKey}, 1},
		{"UTF-8", environ(term, "LANG=de_DE.utf8"), Config{EscapeKey: DefaultEscapeKey}, 0},
		{"LC_ALL decides", environ(term, "LANG=C.UTF-8", "LC_ALL=POSIX"), Config{EscapeKey: DefaultEscapeKey}, 1},
	} {
		var got Config
		notes, err := got.ReadEnv(c.env)
		if err != nil || len(notes) != c.notes || got.Terminal == nil {
			t.Errorf("%s: notes %q, error %v, terminal %v", c.name, notes, err, got.Terminal)
		}
		got.Terminal, got.Probe = nil, ProbeOff
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestLoadTerminal(t *testing.T) {
	for _, c := range []struct {
		term, colorterm string
		colors          int
		titles          bool
		err             error
	}{
		{"xterm-256color", "", 256, true, nil},
		{"xterm", "truecolor", 8, true, nil},
		{"vt100", "", -1, false, nil},
		{"linux", "", 8, false, nil},
		{"xterm-nonesuch", "", 8, true, nil}, // known by its family
		{"tmux-nonesuch-256color", "", 256, true, nil},
		{"", "", 0, false, ErrNoTerm},
		{"nonesuch", "", 0, false, errUnknownTerm},
		{"/etc/passwd", "", 0, false, errUnknownTerm},
		{".", "", 0, false, errUnknownTerm},
	} {
		got, err := LoadTerminal(c.term, c.colorterm)
		if !errors.Is(err, c.err) {
			t.Errorf("LoadTerminal(%q): %v, want %v", c.term, err, c.err)
		}
		if err != nil {
			continue
		}
		if got.Colors() != c.colors || got.caps.Title != c.titles {
			t.Errorf("LoadTerminal(%q): %d colours, titles %v; want %d, %v", c.term, got.Colors(), got.caps.Title, c.colors, c.titles)
		}
		if c.colorterm == "truecolor" && got.caps.Colors != 1<<24 {
			t.Errorf("COLORTERM is not heeded: %d colours", got.caps.Colors)
		}
	}
}

func TestPadding(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "\x1b[?1049h": "\x1b[?1049h", "\x1b[?5h$<100/>\x1b[?5l": "\x1b[?5h\x1b[?5l", "a$<5>b$<6*>c": "abc", "a$<5": "a",
	} {
		if got := string(padding([]byte(in))); got != want {
			t.Errorf("padding(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestRunRefusesWhatCannotWork: nothing is touched.
func TestRunRefusesWhatCannotWork(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	cfg := Config{Name: "roam", In: r, Out: w, Err: w, Key: crypto.Key{1}}
	if _, err := Run(t.Context(), cfg); !errors.Is(err, ErrAddress) {
		t.Errorf("without an address: %v", err)
	}
	cfg.Server = netip.MustParseAddrPort("127.0.0.1:60001")
	if _, err := Run(t.Context(), cfg); !errors.Is(err, ErrNoTerminal) {
		t.Errorf("without a terminal: %v", err)
	}
	w.Close()
	if out, _ := io.ReadAll(r); len(out) > 0 {
		t.Errorf("wrote %q", out)
	}
}

// TestDumbTerminal: there is no session where nothing can be drawn, and the error says
// what to do; the number of colours can be asked for all the same.
func TestDumbTerminal(t *testing.T) {
	for term, fine := range map[string]bool{"dumb": false, "vt52": false, "xterm": true, "linux": true, "vt100": true, "xterm-nonesuch": true, "ansi": true} {
		var c Config
		_, err := c.ReadEnv(func(name string) (string, bool) {
			if name == "TERM" {
				return term, true
			}
			return "", false
		})
		if (err == nil) != fine {
			t.Errorf("TERM=%s: %v", term, err)
		}
		if err == nil {
			continue
		}
		if hints := Hints(err); len(hints) != 1 || !strings.Contains(hints[0], "use ssh") || !strings.Contains(err.Error(), `"`+term+`"`) {
			t.Errorf("TERM=%s: %v, hints %q", term, err, hints)
		}
		if got, err := LoadTerminal(term, ""); err != nil || got.Colors() != -1 {
			t.Errorf("the colours of TERM=%s: %v", term, err)
		}
	}
}
