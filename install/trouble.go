package install

import (
	"fmt"
	"strings"
)

// A Trouble is one thing that the remote side found wrong. Its texts come from there and
// are printable.
type Trouble struct {
	Code  string   // unsafe, noexec, write, damaged, nohash or norun; others come from other versions
	Words []string // what is said of it, split at blanks
}

// An Error reports that roam could not be put on a host.
type Error struct {
	Problem string
	Advice  string // what to try
}

func (e *Error) Error() string { return e.Problem }

// Hint says what to try.
func (e *Error) Hint() string { return e.Advice }

// text returns the words as they were.
func (t Trouble) text() string { return strings.Join(t.Words, " ") }

// access is what ls says of a path that was found unsafe.
type access struct {
	mode, owner, me, path string
	base                  bool // it is the directory that ours is in
}

// access returns the words of the code unsafe.
func (t Trouble) access() (a access, ok bool) {
	if len(t.Words) < 4 {
		return access{}, false
	}
	path, base := strings.CutSuffix(strings.Join(t.Words[3:], " "), "/.")
	return access{t.Words[0], t.Words[1], t.Words[2], path, base}, true
}

// String says what is wrong, as a sentence without its beginning and end.
func (t Trouble) String() string {
	switch t.Code {
	case "unsafe":
		a, ok := t.access()
		switch {
		case !ok:
		case a.mode[0] == 'l':
			return a.path + " there is a link"
		case a.mode[0] != 'd' && !strings.HasSuffix(a.path, "/roam"):
			return a.path + " there is no directory"
		case a.owner != a.me && a.owner != "0":
			return fmt.Sprintf("%s there belongs to user %s, not to you (%s)", a.path, a.owner, a.me)
		case a.base:
			return fmt.Sprintf("%s there can be written by others (mode %s)", a.path, a.mode)
		case a.owner != a.me:
			return fmt.Sprintf("%s there belongs to root, not to you (%s)", a.path, a.me)
		default:
			return fmt.Sprintf("%s there is not for you alone (mode %s)", a.path, a.mode)
		}
	case "noexec":
		return fmt.Sprintf("programs in %s may not run (its file system is mounted noexec, or a policy of the host forbids it)", t.text())
	case "write":
		return "writing there failed: " + t.text()
	case "damaged":
		return fmt.Sprintf("%s there is not what was put there: its hash is another", t.text())
	case "nohash":
		return fmt.Sprintf("nothing there can hash %s (no sha256sum, shasum or openssl)", t.text())
	case "norun":
		return "the program does not run there: " + t.text()
	}
	return t.Code + " " + t.text()
}

// Hint returns the command that mends it, or what to try.
func (t Trouble) Hint() string {
	switch t.Code {
	case "unsafe":
		a, ok := t.access()
		switch {
		case !ok:
		case a.mode[0] == 'l', a.mode[0] != 'd' && !strings.HasSuffix(a.path, "/roam"):
			return "on the host: rm " + quote(a.path)
		case a.base && (a.owner == a.me || a.owner == "0"):
			return "on the host: chmod go-w " + quote(a.path)
		case a.base:
			return fmt.Sprintf("on the host: sudo chown %s %s", a.me, quote(a.path))
		case a.owner != a.me:
			return "on the host: sudo rm -r " + quote(a.path)
		default:
			return "on the host: chmod go= " + quote(a.path)
		}
	case "noexec":
		return fmt.Sprintf(`on the host: sudo mount -o remount,exec "$(df -P %s | tail -n 1 | awk "{print \$6}")", or have roam put into /usr/local/bin`, quote(t.text()))
	case "write":
		said := strings.ToLower(t.text())
		switch {
		case strings.Contains(said, "space") || strings.Contains(said, "quota"):
			return "make room on the host: df -h ~/.cache; du -xsh ~/.cache/* | sort -h"
		case strings.Contains(said, "permission"):
			return "on the host: ls -ld ~ ~/.cache; a directory of yours has to be writable by you"
		}
		return "on the host: ls -ld ~/.cache ~/.cache/roam; or have roam put into /usr/local/bin"
	case "damaged":
		return "on the host: rm " + quote(t.text())
	case "nohash":
		return "install one of them on the host, or do without --ssh-pty"
	case "norun":
		return "a program without C libraries runs on every host of its kind: CGO_ENABLED=0 go install ./cmd/roam"
	}
	return "on the host: ls -lR ~/.cache/roam"
}

// quote returns s as one word of a shell.
func quote(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+~") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
