package sshhosts

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// write makes files below a directory, which it returns.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestNames(t *testing.T) {
	home := write(t, map[string]string{
		".ssh/config": `
# Host commented
Host alpha beta *.example.test !alpha web? # not this
  HostName 192.0.2.1
host="gamma"
HOST = "del ta" $(boom) -option epsilon
Match host zeta
Include conf.d/*.conf ~/more "missing file"
Include config
`,
		".ssh/conf.d/one.conf": "Host one\nInclude conf.d/two.conf\n",
		".ssh/conf.d/two.conf": "Host two\n",
		".ssh/conf.d/three":    "Host three\n",
		"more":                 "Host more\n",
		".ssh/known_hosts": `# comment here too
known.test,192.0.2.7 ssh-ed25519 AAAA
192.0.2.8 ssh-ed25519 AAAA
[ported.test]:2222,[192.0.2.9]:2222 ssh-ed25519 AAAA
|1|c2FsdA==|aGFzaA== ssh-ed25519 AAAA
@cert-authority *.ca.test,ca.test ssh-ed25519 AAAA
short line
`,
	})
	got := Names(home, filepath.Join(home, ".ssh", "config"))
	got = slices.DeleteFunc(got, func(s string) bool { return !slices.Contains(strings.Fields(all), s) && system(s) })
	if want := strings.Fields(all); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if other := Names(home, filepath.Join(home, "more")); slices.Contains(other, "alpha") || !slices.Contains(other, "more") {
		t.Errorf("with another file: %q", other)
	}
	if none := Names(filepath.Join(home, "nowhere"), filepath.Join(home, "nowhere")); slices.Contains(none, "alpha") {
		t.Errorf("without files: %q", none)
	}
}

// all are the names in the files of TestNames.
const all = "192.0.2.8 alpha beta ca.test epsilon gamma known.test more one ported.test two"

// system reports whether this machine's own list of keys has the name.
func system(name string) bool {
	text, _ := os.ReadFile("/etc/ssh/ssh_known_hosts")
	return strings.Contains(string(text), name)
}

func TestNamesIsBounded(t *testing.T) {
	files := map[string]string{".ssh/config": "Include d/*\nInclude config\nInclude config\n"}
	for i := range 300 {
		files[".ssh/d/"+strings.Repeat("x", i+1)[:i%200+1]+string(rune('a'+i%26))] = "Include d/*\nHost " + strings.Repeat("h ", 2000) + "\n"
	}
	home := write(t, files)
	if n := len(Names(home, "")); n > maxNames {
		t.Errorf("%d names", n)
	}
}

func FuzzLines(f *testing.F) {
	f.Add("Host a \"b c\" =d")
	f.Add("host=\"a")
	f.Add("[a]:1,b,192.0.2.1 ssh-rsa AAAA")
	f.Add("@revoked |1|x ssh-rsa AAAA")
	f.Add("=")
	f.Fuzz(func(t *testing.T, line string) {
		for _, word := range append(split(line), knownHosts(line)...) {
			if isName(word) && strings.ContainsAny(word, " \t\n*?!|$`'\"\\(){}[]<>;&#~") {
				t.Errorf("%q gives the name %q", line, word)
			}
		}
	})
}
