package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// anyName knows every name but "bad".
func anyName(name string) string {
	if name == "bad" {
		return "unknown setting"
	}
	return ""
}

func TestFor(t *testing.T) {
	const text = `
# before the first Host: for all
One = 1

Host *.example.test !slow.example.test
	Two	"with blanks" # a comment
	THREE=3
Host slow.* box
  two=2
  Three a#b
HOST *
 one late
 four ""
`
	f, err := Parse("file", strings.NewReader(text), anyName)
	if err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]string{
		"a.example.test":    "one=1:3 two=with blanks:6 three=3:7 four=:13",
		"A.Example.Test":    "one=1:3 two=with blanks:6 three=3:7 four=:13",
		"slow.example.test": "one=1:3 two=2:9 three=a#b:10 four=:13",
		"box":               "one=1:3 two=2:9 three=a#b:10 four=:13",
		"boxes":             "one=1:3 four=:13",
		"":                  "one=1:3 four=:13",
	} {
		var got []string
		for _, s := range f.For(host) {
			got = append(got, fmt.Sprintf("%s=%s:%d", s.Name, s.Value, s.Line))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: got %q, want %q", host, strings.Join(got, " "), want)
		}
	}
	if (&File{}).For("host") != nil {
		t.Error("the zero File says something")
	}
}

func TestBrokenLines(t *testing.T) {
	for text, want := range map[string]string{
		"ok 1\nHost":                           "file, line 2: Host without a pattern",
		"Bad 1":                                "file, line 1: unknown setting",
		"Host x\nbad 1":                        "file, line 2: unknown setting",
		"one":                                  "file, line 1: one without a value",
		"One =":                                "file, line 1: One without a value",
		"one 1 2":                              "file, line 1: one takes one value; one with blanks stands in double quotes",
		`one "1`:                               "file, line 1: a quote without its end",
		`one "1"2`:                             "file, line 1: text behind a closing quote",
		`one 1"2"`:                             "file, line 1: a quote within a word",
		"= 1":                                  "file, line 1: an equals sign without a name",
		"one \x1b[31m":                         "file, line 1: a control character",
		strings.Repeat("x", 5000):              "file, line 1: more than 4096 bytes in a line",
		strings.Repeat("\n", maxLines) + "a 1": "file, line 10001: more than 10000 lines",
	} {
		_, err := Parse("file", strings.NewReader(text), anyName)
		var e *Error
		if !errors.As(err, &e) || e.Error() != want {
			t.Errorf("%.30q: got %v, want %s", text, err, want)
		}
	}
}

func TestMatch(t *testing.T) {
	for _, test := range []struct {
		pattern, host string
		want          bool
	}{
		{"", "", true}, {"", "a", false}, {"*", "", true}, {"*", "any.thing", true},
		{"a?c", "abc", true}, {"a?c", "ac", false}, {"a?c", "aüc", true},
		{"*.b.*", "a.b.c", true}, {"*.b.*", "a.bb.c", false}, {"**a", "ba", true},
		{"a*b*c", "aXbYbZc", true}, {"a*b*c", "aXbYbZ", false}, {"host", "hosts", false},
		{strings.Repeat("*a", 200) + "b", strings.Repeat("a", 2000), false}, // not in exponential time
	} {
		if got := match(test.pattern, test.host); got != test.want {
			t.Errorf("match(%.20q, %.20q) = %v", test.pattern, test.host, got)
		}
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "config")
	if f, err := Load(path, false, anyName); err != nil || f.For("host") != nil {
		t.Errorf("a file that is not there: %v, %v", f, err)
	}
	if _, err := Load(path, true, anyName); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("one that was asked for: %v", err)
	}
	if _, err := Load(dir, false, anyName); err == nil {
		t.Error("a directory is read")
	}
	write := func(mode os.FileMode) {
		if err := os.WriteFile(path, []byte("one 1\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	for _, mode := range []os.FileMode{0o600, 0o644, 0o444} {
		write(mode)
		if f, err := Load(path, false, anyName); err != nil || len(f.For("host")) != 1 {
			t.Errorf("mode %o: %v", mode, err)
		}
		os.Remove(path)
	}
	for _, mode := range []os.FileMode{0o620, 0o602} {
		write(mode)
		if _, err := Load(path, false, anyName); err == nil || !strings.Contains(err.Error(), "can be written by others") {
			t.Errorf("mode %o: %v", mode, err)
		}
		os.Remove(path)
	}
	if err := os.WriteFile(path, make([]byte, maxFile+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path, false, anyName); err == nil {
		t.Error("a huge file is read")
	}
}

func TestPath(t *testing.T) {
	for _, test := range []struct{ xdg, home, want string }{
		{"/x", "/home/u", "/x/roam/config"},
		{"relative", "/home/u", "/home/u/.config/roam/config"},
		{"", "", ""},
	} {
		env := map[string]string{"XDG_CONFIG_HOME": test.xdg, "HOME": test.home}
		if got := Path(func(name string) string { return env[name] }); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

// FuzzParse: no text makes trouble, and what is taken is what stands there.
func FuzzParse(f *testing.F) {
	f.Add("Host a b\n one \"x y\" # c\n\ntwo=3", "a")
	f.Add("Host !a *\none 1", "b")
	f.Fuzz(func(t *testing.T, text, host string) {
		file, err := Parse("file", strings.NewReader(text), anyName)
		if err != nil {
			return
		}
		lines := strings.Split(text, "\n")
		for _, s := range file.For(host) {
			if line := lines[s.Line-1]; !strings.Contains(strings.ToLower(line), s.Name) || !strings.Contains(line, s.Value) {
				t.Errorf("line %d %q has no %q with %q", s.Line, line, s.Name, s.Value)
			}
		}
	})
}
