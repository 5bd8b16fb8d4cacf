package install

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The remote side is tested where it runs, by the real sh, ssh and sshd: package bootstrap.

func TestParseMode(t *testing.T) {
	for name, want := range map[string]Mode{"ask": Ask, "always": Always, "never": Never} {
		if got, err := ParseMode(name); got != want || err != nil {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	for _, name := range []string{"", "yes", "Ask "} {
		if _, err := ParseMode(name); err == nil {
			t.Errorf("%q: want an error", name)
		}
	}
}

func TestParseSums(t *testing.T) {
	a, b := strings.Repeat("0a", 32), strings.Repeat("f1", 32)
	for _, test := range []struct{ text, problem string }{
		{a + "  roam-linux-amd64\n" + b + " *roam-linux-arm64\n\n", ""},
		{"", ""},
		{a + "  x\n" + b + "  x\n", "names a file for the second time in line 2"},
		{strings.ToUpper(a) + "  x\n", "has no hash and name in line 1"},
		{a + "\n", "has no hash and name in line 1"},
		{a + " x\n", "has no hash and name in line 1"},
		{"\n" + a[1:] + "  x\n", "has no hash and name in line 2"},
		{strings.Repeat("x", 70<<10), "has too long a line"},
	} {
		if _, problem := parseSums([]byte(test.text)); problem != test.problem {
			t.Errorf("%.80q: %q, want %q", test.text, problem, test.problem)
		}
	}
	sums, _ := parseSums([]byte(a + "  roam-linux-amd64\n" + b + " *with a blank\n"))
	if len(sums) != 2 || sums["roam-linux-amd64"] != a || sums["with a blank"] != b {
		t.Errorf("got %v", sums)
	}
}

func TestRelease(t *testing.T) {
	program := []byte("a program")
	sum := sha256.Sum256(program)
	for _, test := range []struct {
		name    string
		spoil   func(dir string) error
		problem string // in the error of the directory or of the program
	}{
		{"good", func(string) error { return nil }, ""},
		{"no sums", func(dir string) error { return os.Remove(dir + "/SHA256SUMS") }, "SHA256SUMS cannot be read: no such file or directory"},
		{"directory of others", func(dir string) error { return os.Chmod(dir, 0o777) }, "can be written by others"},
		{"directory of another", func(dir string) error { return os.Chown(dir, 12345, -1) }, "belongs to another user"},
		{"sums of others", func(dir string) error { return os.Chmod(dir+"/SHA256SUMS", 0o666) }, "SHA256SUMS can be written by others"},
		{"sums of another", func(dir string) error { return os.Chown(dir+"/SHA256SUMS", 12345, -1) }, "SHA256SUMS belongs to another user"},
		{"program of others", func(dir string) error { return os.Chmod(dir+"/roam-linux-riscv64", 0o757) }, "roam-linux-riscv64 can be written by others"},
		{"no program", func(dir string) error { return os.Remove(dir + "/roam-linux-riscv64") }, "roam-linux-riscv64 cannot be read"},
		{"another program", func(dir string) error { return os.WriteFile(dir+"/roam-linux-riscv64", []byte("another"), 0o755) }, "its hash is not what it should be"},
		{"a directory", func(dir string) error {
			return errors.Join(os.Remove(dir+"/roam-linux-riscv64"), os.Mkdir(dir+"/roam-linux-riscv64", 0o755))
		}, "is no file"},
		{"a link out", func(dir string) error {
			return errors.Join(os.Remove(dir+"/roam-linux-riscv64"), os.Symlink("/bin/true", dir+"/roam-linux-riscv64"))
		}, "roam-linux-riscv64 cannot be read"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			err := errors.Join(
				os.Chmod(dir, 0o755),
				os.WriteFile(dir+"/roam-linux-riscv64", program, 0o755),
				os.WriteFile(dir+"/SHA256SUMS", fmt.Appendf(nil, "%x  roam-linux-riscv64\n", sum), 0o644),
				test.spoil(dir))
			if err != nil {
				t.Fatal(err)
			}
			programs, err := release(dir)
			var content []byte
			if err == nil {
				if len(programs) != 1 || !programs[0].is("Linux", "riscv64") {
					t.Fatalf("got %v", programs)
				}
				content, err = programs[0].content()
			} else if source := new(*SourceError); !errors.As(err, source) {
				t.Errorf("got %T, want a SourceError", err)
			}
			switch {
			case test.problem == "" && (err != nil || !bytes.Equal(content, program)):
				t.Errorf("got %q, %v", content, err)
			case test.problem != "" && (err == nil || !strings.Contains(err.Error(), test.problem)):
				t.Errorf("got %v, want %q in it", err, test.problem)
			}
		})
	}
}

func TestAnswers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", "roam", "install")
	if a := readAnswer(path, "host"); a != unknown {
		t.Errorf("without a file: %q", a)
	}
	for _, step := range []struct {
		host string
		a    answer
	}{{"host", no}, {"other", yes}, {"Host", yes}, {"user@host", no}} {
		if err := keepAnswer(path, step.host, step.a); err != nil {
			t.Fatal(err)
		}
	}
	for host, want := range map[string]answer{"host": yes, "HOST": yes, "other": yes, "user@host": no, "hos": unknown, "#": unknown} {
		if a := readAnswer(path, host); a != want {
			t.Errorf("%s: %q, want %q", host, a, want)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil || !bytes.HasPrefix(text, []byte(answersHead)) {
		t.Errorf("%q, %v", text, err)
	}
	for _, host := range []string{"", "# x", "a b", "a\nb yes"} {
		if keepAnswer(path, host, yes) == nil {
			t.Errorf("%q was kept", host)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestAnswersPath(t *testing.T) {
	for _, test := range []struct{ state, home, want string }{
		{"/state", "/home/me", "/state/roam/install"},
		{"", "/home/me", "/home/me/.local/state/roam/install"},
		{"relative", "/home/me", "/home/me/.local/state/roam/install"},
		{"", "", ""},
	} {
		env := map[string]string{"XDG_STATE_HOME": test.state, "HOME": test.home}
		if got := AnswersPath(func(name string) string { return env[name] }); got != test.want {
			t.Errorf("%v: %q", test, got)
		}
	}
}

func TestBarText(t *testing.T) {
	for _, test := range []struct {
		width       int
		done, total int64
		want        string
	}{
		{40, 0, 100, "roam: to host  [               ]    0 %"},
		{40, 50, 100, "roam: to host  [#######        ]   50 %"},
		{40, 100, 100, "roam: to host  [###############]  100 %"},
		{40, 0, 0, "roam: to host  [               ]    0 %"},
		{12, 7, 100, "  7 %"},
		{3, 7, 100, " %"},
		{1, 7, 100, ""},
	} {
		got := barText(test.width, "host", test.done, test.total)
		if got != test.want || len(got) >= max(test.width, 1) {
			t.Errorf("%d columns, %d of %d: %q, want %q", test.width, test.done, test.total, got, test.want)
		}
	}
}

// A remote collects what is written to its standard input, which may be closed more than once.
type remote struct{ bytes.Buffer }

func (*remote) Close() error { return nil }

// newInstaller returns one that may put a program on a host of Linux on x86_64.
func newInstaller(t testing.TB) (*Installer, *remote) {
	self := filepath.Join(t.TempDir(), "roam")
	if err := os.WriteFile(self, []byte("a program"), 0o755); err != nil {
		t.Fatal(err)
	}
	in, err := New(Config{Mode: Always, Host: "host", Release: "v1.0.0", Self: self})
	if err != nil {
		t.Fatal(err)
	}
	if len(in.programs) == 0 {
		t.Fatal("roam is not built as a server for this platform")
	}
	to := &remote{}
	in.Begin(t.Context(), to)
	return in, to
}

// offerHere is the offer of a host of this machine's platform.
func offerHere() string {
	p, _ := here()
	return tagOffer + " system=" + p.system + " machine=" + p.machines[0]
}

// TestDialogue has the lines of a start in and out of turn.
func TestDialogue(t *testing.T) {
	upload := []string{offerHere(), tagReady, tagInstalled + " /home/me/.cache/roam/bin/x/roam"}
	for _, test := range []struct {
		name  string
		lines []string
		fails bool // the last line is refused
		err   string
	}{
		{"an upload", upload, false, ""},
		{"another platform", []string{tagOffer + " system=Plan9 machine=x86_64"}, false, "there is no roam for its platform (Plan9, x86_64) here"},
		{"no space", []string{offerHere(), tagReady, tagTrouble + " write dd: No space left on device", tagFailed}, false, "writing there failed: dd: No space left on device"},
		{"no reason", []string{offerHere(), tagFailed}, false, "the host did not take it"},
		{"two offers", []string{offerHere(), offerHere()}, true, ""},
		{"an offer of nothing", []string{tagOffer + " system=Linux"}, true, ""},
		{"ready without an offer", []string{tagReady}, true, ""},
		{"installed without an upload", []string{tagInstalled + " /bin/sh"}, true, ""},
		{"installed before it is sent", []string{offerHere(), tagInstalled + " /bin/sh"}, true, ""},
		{"failed without an upload", []string{tagFailed}, true, ""},
		{"trouble without a code", []string{tagTrouble}, true, ""},
		{"a file of no size", []string{tagFile + " many"}, true, ""},
		{"a file that ends early", []string{tagFile + " 99"}, true, ""},
		{"a huge file", []string{tagFile + " 99999999999"}, true, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			in, to := newInstaller(t)
			defer in.Close()
			for i, line := range test.lines {
				name, err := in.Line(line, strings.NewReader("short"))
				if name == "" || (err != nil) != (test.fails && i == len(test.lines)-1) {
					t.Fatalf("line %q: %q, %v", line, name, err)
				}
			}
			if got := in.Err(); (got == nil) != (test.err == "") || got != nil && got.Error() != test.err {
				t.Errorf("error %v, want %q", got, test.err)
			}
			if test.name == "an upload" && !strings.HasPrefix(to.String(), "_m=$(umask)") {
				t.Errorf("said %.40q", to.String())
			}
		})
	}
}

func TestFileIsHashedHere(t *testing.T) {
	in, to := newInstaller(t)
	defer in.Close()
	var log string
	in.cfg.Logf = func(format string, args ...any) { log = fmt.Sprintf(format, args...) }
	more := strings.NewReader("contentand what follows")
	if _, err := in.Line(tagFile+" 7", more); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte("content"))
	if want := hex.EncodeToString(sum[:]) + "\n"; to.String() != want || more.Len() != len("and what follows") {
		t.Errorf("said %q, %d bytes left", to.String(), more.Len())
	}
	if !strings.HasPrefix(log, "nothing there can hash: 7 bytes come here") {
		t.Errorf("logged %q", log)
	}
	for range maxFiles - 1 {
		if _, err := in.Line(tagFile+" 0", more); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := in.Line(tagFile+" 0", more); err == nil {
		t.Error("a host had any number of files hashed")
	}
}

// TestLinesThatAreNone wants what is no start line to be left alone.
func TestLinesThatAreNone(t *testing.T) {
	in, to := newInstaller(t)
	for _, line := range []string{"", "ROAM", "ROAM OFFERING", "xROAM OFFER system=Linux machine=x86_64", "ROAM READYx", " ROAM READY"} {
		if name, err := in.Line(line, nil); name != "" || err != nil || to.Len() > 0 {
			t.Errorf("%q: %q, %v", line, name, err)
		}
	}
}
