// Package sshhosts lists the hosts that a user's ssh knows by name, for completion: those
// that its configuration names and those whose keys it keeps. It reads files only.
package sshhosts

import (
	"bufio"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Limits: completion is to answer at once, whatever the files are.
const (
	maxFile  = 1 << 20 // bytes read of a file
	maxFiles = 200     // files read in all
	maxDepth = 16      // files that include each other, as in ssh
	maxNames = 5000    // names in all
)

// Names returns the hosts, sorted, each once. config is the user's own file; if it is
// empty, home's and the system's are read, as ssh does. Files that cannot be read have
// no names.
func Names(home, config string) []string {
	l := &list{seen: map[string]bool{}, home: home}
	if config != "" {
		l.config(config, filepath.Join(home, ".ssh"), 0)
	} else {
		l.config(filepath.Join(home, ".ssh", "config"), filepath.Join(home, ".ssh"), 0)
		l.config("/etc/ssh/ssh_config", "/etc/ssh", 0)
	}
	for _, name := range []string{filepath.Join(home, ".ssh", "known_hosts"), "/etc/ssh/ssh_known_hosts"} {
		l.open(name, func(r io.Reader) { eachLine(r, func(line string) { l.add(knownHosts(line)...) }) })
	}
	names := make([]string, 0, len(l.seen))
	for name := range l.seen {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// A list is what was found so far.
type list struct {
	seen  map[string]bool
	home  string
	files int // opened so far
}

// add takes names; those that are none are left out.
func (l *list) add(names ...string) {
	for _, name := range names {
		if len(l.seen) < maxNames && isName(name) {
			l.seen[name] = true
		}
	}
}

// isName reports whether a word of a file is a host that one could type: without
// patterns, and without what a shell would make something of.
func isName(s string) bool {
	if s == "" || s[0] == '-' || len(s) > 255 { // a name of DNS is no longer (RFC 1035 §2.3.4)
		return false
	}
	for _, c := range []byte(s) {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._:", c) >= 0) {
			return false
		}
	}
	return true
}

// open gives a file to read, if it is one.
func (l *list) open(name string, read func(r io.Reader)) {
	if l.files++; l.files > maxFiles {
		return
	}
	if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() { // a pipe would wait
		return
	}
	f, err := os.Open(name)
	if err != nil {
		return
	}
	defer f.Close()
	read(io.LimitReader(f, maxFile))
}

// config reads a file of settings and those that it includes; dir is what relative names
// in it are relative to.
func (l *list) config(name, dir string, depth int) {
	if depth > maxDepth {
		return
	}
	var includes []string
	l.open(name, func(r io.Reader) {
		eachLine(r, func(line string) {
			switch words := split(line); {
			case len(words) == 0:
			case strings.EqualFold(words[0], "host"):
				l.add(words[1:]...)
			case strings.EqualFold(words[0], "include"):
				includes = append(includes, words[1:]...)
			}
		})
	})
	for _, pattern := range includes {
		if rest, ok := strings.CutPrefix(pattern, "~/"); ok {
			pattern = filepath.Join(l.home, rest)
		}
		if !filepath.IsAbs(pattern) {
			pattern = filepath.Join(dir, pattern)
		}
		found, _ := filepath.Glob(pattern) // an error is a pattern that fits nothing
		for _, name := range found {
			l.config(name, dir, depth+1)
		}
	}
}

// eachLine calls f for each line that is not too long to be read.
func eachLine(r io.Reader, f func(line string)) {
	for lines := bufio.NewScanner(r); lines.Scan(); {
		f(lines.Text())
	}
}

// split returns the words of a line of ssh_config: parted by blanks, the first two also
// by an equals sign; double quotes stand around words with blanks.
func split(line string) (words []string) {
	for rest := trim(line); rest != "" && rest[0] != '#'; rest = trim(rest) {
		if len(words) == 1 && rest[0] == '=' {
			rest = trim(rest[1:])
		}
		var word string
		if quoted, ok := strings.CutPrefix(rest, `"`); ok {
			word, rest, _ = strings.Cut(quoted, `"`)
		} else {
			ends := " \t\r\f\v"
			if len(words) == 0 {
				ends += "="
			}
			end := strings.IndexAny(rest, ends)
			if end < 0 {
				end = len(rest)
			}
			if word, rest = rest[:end], rest[end:]; word == "" {
				return words // nothing stands where a word would
			}
		}
		words = append(words, word)
	}
	return words
}

func trim(s string) string { return strings.TrimLeft(s, " \t\r\f\v") }

// knownHosts returns the names in a line of a file of host keys (sshd(8), "SSH_KNOWN_HOSTS
// FILE FORMAT"). Hashed ones are none; addresses are left out where a name stands beside them.
func knownHosts(line string) (names []string) {
	words := strings.Fields(line)
	if len(words) > 0 && strings.HasPrefix(words[0], "@") { // a marker
		words = words[1:]
	}
	if len(words) < 3 || strings.HasPrefix(words[0], "|") || strings.HasPrefix(words[0], "#") {
		return nil
	}
	var addrs []string
	for name := range strings.SplitSeq(words[0], ",") {
		if inside, ok := strings.CutPrefix(name, "["); ok { // [name]:port
			name, _, _ = strings.Cut(inside, "]")
		}
		if _, err := netip.ParseAddr(name); err == nil {
			addrs = append(addrs, name)
		} else {
			names = append(names, name)
		}
	}
	if names == nil {
		return addrs
	}
	return names
}
