package install

import (
	"strings"
	"testing"
)

// FuzzLines has a hostile host say anything. It gets no line but those of this package,
// the same program at most once, and no panic; what is kept of it is bounded.
func FuzzLines(f *testing.F) {
	f.Add(offerHere() + "\n" + tagReady + "\n" + tagInstalled + " /x\n")
	f.Add(offerHere() + "\n" + tagTrouble + " unsafe lrwxrwxrwx 0 1 /x/.\n" + tagFailed + "\n")
	f.Add(tagFile + " 3\nabc" + tagTrouble + " norun x\n")
	f.Add(strings.Repeat(tagTrouble+" noexec /x\n", 40))
	in, _ := newInstaller(f)
	programs := in.programs
	f.Fuzz(func(t *testing.T, text string) {
		to := &remote{}
		in := &Installer{cfg: Config{Mode: Always, Host: "host", Release: "v1.0.0"}, programs: programs}
		in.Begin(t.Context(), to)
		more := strings.NewReader(text)
		for more.Len() > 0 {
			rest := text[len(text)-more.Len():]
			line, _, _ := strings.Cut(rest, "\n")
			more.Seek(int64(min(len(line)+1, len(rest))), 1)
			if _, err := in.Line(line, more); err != nil {
				break
			}
		}
		in.Close()
		if len(in.troubles) > maxTroubles || in.files > maxFiles+1 {
			t.Errorf("%d troubles, %d files", len(in.troubles), in.files)
		}
		if n := strings.Count(to.String(), "_m=$(umask)"); n > 1 {
			t.Errorf("%d uploads", n)
		}
		for _, trouble := range in.troubles {
			if trouble.String() == "" || trouble.Hint() == "" {
				t.Errorf("%+v has no words", trouble)
			}
		}
	})
}

// FuzzSums reads lists of hashes: what is taken of one is a hash and a name of a line.
func FuzzSums(f *testing.F) {
	f.Add(strings.Repeat("0a", 32) + "  roam-linux-amd64\n" + strings.Repeat("f1", 32) + " *roam-linux-arm64\n")
	f.Add("x  y\n")
	f.Fuzz(func(t *testing.T, text string) {
		sums, problem := parseSums([]byte(text))
		if problem != "" && sums != nil {
			t.Errorf("%q, and %v", problem, sums)
		}
		for name, hash := range sums {
			if !isHash(hash) || !strings.Contains(text, hash+"  "+name) && !strings.Contains(text, hash+" *"+name) {
				t.Errorf("%q of %q", hash, name)
			}
		}
	})
}

// FuzzAnswers reads files of answers: only what says so in a line of its own is a yes.
func FuzzAnswers(f *testing.F) {
	f.Add(answersHead+"host yes\n", "host")
	f.Add("host no\nHOST yes\n", "host")
	f.Fuzz(func(t *testing.T, text, host string) {
		if a := parseAnswers([]byte(text), host); a != unknown && !strings.Contains(text, string(a)) {
			t.Errorf("%q of %q", a, text)
		}
	})
}
