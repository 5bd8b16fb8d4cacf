package bootstrap

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/creack/pty"

	"roam/install"
	"roam/internal/sshtest"
)

// remoteTools are the programs that a bare host has.
var remoteTools = []string{"sh", "ls", "id", "mkdir", "rm", "rmdir", "mv", "chmod", "cat", "head", "wc", "tr", "find", "uname", "dd", "gzip", "sha256sum"}

// A bareHost has a home directory and programs of its own, and no server unless the test
// puts one there. It is reached by the real ssh and sshd or, where those decide nothing,
// by what sshd would run.
type bareHost struct {
	t      *testing.T
	s      *sshtest.Server
	direct bool // without ssh and sshd
	home   string
	bin    string   // directory of its PATH, with the tools
	shell  string   // login shell
	setup  string   // sh commands that run before the login shell, in a mount namespace of their own
	ssh    []string // nil: the real one
}

// directly makes the host one that is reached without ssh.
func (h *bareHost) directly() *bareHost {
	h.direct = true
	return h
}

// bareLogin is what sshd runs for a host. It hides the servers of the machine's own directories.
const bareLogin = `
export HOME="$ROAM_TEST_HOME"
exec 9>"$HOME.lock"
flock -s 9
cd
word=$(printf %s "$SSH_ORIGINAL_COMMAND" | sed 's|:$HOME/bin:[^;]*;|;|')
mount --make-rprivate /
eval "$ROAM_TEST_SETUP"
PATH=$ROAM_TEST_PATH "$ROAM_TEST_SHELL" -c "$word" 9>&-
status=$?
find "$HOME" -type f >"$HOME.left"
[ -p "$HOME.done" ] && echo >"$HOME.done"
exit $status
`

// startHosts starts an sshd that serves any number of bare hosts.
func startHosts(t *testing.T) *sshtest.Server {
	t.Helper()
	login := filepath.Join(t.TempDir(), "login")
	if err := os.WriteFile(login, []byte("#!/bin/sh"+bareLogin), 0o755); err != nil {
		t.Fatal(err)
	}
	return sshtest.Start(t, "ForceCommand unshare -m "+login)
}

// directSSH is an ssh that runs the command here as sshd does. It takes the host's
// variables from -o SetEnv, as env does.
const directSSH = `case $1 in -G) exec ssh "$@";; esac
for last; do case $last in SetEnv=*) vars=${last#SetEnv=};; esac; done
eval "export $vars"
export SSH_ORIGINAL_COMMAND="$last" SSH_CONNECTION="127.0.0.1 1 127.0.0.1 22"
exec unshare -m "$(dirname "$0")/login"`

// newHost makes a host with the tools but those that are left out.
func newHost(t *testing.T, s *sshtest.Server, without ...string) *bareHost {
	t.Helper()
	dir := t.TempDir()
	h := &bareHost{t: t, s: s, home: filepath.Join(dir, "home"), bin: filepath.Join(dir, "bin"), shell: "/bin/sh"}
	for _, d := range []string{h.home, h.bin} {
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, tool := range remoteTools {
		if !slices.Contains(without, tool) {
			h.tool(tool)
		}
	}
	return h
}

// tool gives the host a program of this machine.
func (h *bareHost) tool(name string) {
	h.t.Helper()
	h.toolAs(name, name)
}

// toolAs gives the host a program of this machine under another name.
func (h *bareHost) toolAs(name, as string) {
	h.t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		err = os.Symlink(path, filepath.Join(h.bin, as))
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

// serverScript is a server that notes how it was called. version is the second word of
// what it says of itself.
func serverScript(version string) string {
	return `[ "$1" = version ] && { echo roam ` + version + ` "(test)"; exit; }; echo "$0 $*" >>"$HOME/called"; echo MOSH CONNECT 60009 ` + testKey
}

// config returns what logs in to the host; self is a program to put there.
func (h *bareHost) config(shown *seen, mode install.Mode, self string) SSHConfig {
	c := sshTo(h.s, shown, "testhost")
	c.Command = h.ssh
	if h.direct {
		dir := h.t.TempDir()
		installProgram(h.t, dir, "login", bareLogin)
		c.Command = []string{installProgram(h.t, dir, "ssh", directSSH)}
	}
	c.Options = append(c.Options, "-o", fmt.Sprintf(`SetEnv=ROAM_TEST_HOME="%s" ROAM_TEST_PATH="%s" ROAM_TEST_SHELL="%s" ROAM_TEST_SETUP="%s"`,
		h.home, h.bin, h.shell, h.setup))
	c.Install = &install.Config{Mode: mode, Release: "v1.0.0", Self: self, Notef: func(format string, args ...any) { fmt.Fprintf(&shown.notes, format+"\n", args...) }}
	return c
}

// start starts a server there, and returns the program that was called.
func (h *bareHost) start(c SSHConfig) (called string, err error) {
	h.t.Helper()
	os.Remove(filepath.Join(h.home, "called"))
	if _, err := SSH(h.t.Context(), c); err != nil {
		return "", err
	}
	text, err := os.ReadFile(filepath.Join(h.home, "called"))
	if err != nil {
		h.t.Fatal(err)
	}
	called, _, _ = strings.Cut(string(text), " ")
	return called, nil
}

// mustStart is start that works.
func (h *bareHost) mustStart(c SSHConfig, want string) {
	h.t.Helper()
	called, err := h.start(c)
	if err != nil {
		h.t.Fatalf("%v\nsshd: %s", err, h.s.Log())
	}
	if called != want {
		h.t.Fatalf("started %s, want %s", called, want)
	}
}

// left returns the files in the host's home after the last start, from there.
func (h *bareHost) left() (names []string) {
	h.t.Helper()
	// Who logged in holds the lock until the list is there.
	if out, err := exec.Command("flock", h.home+".lock", "true").CombinedOutput(); err != nil {
		h.t.Fatalf("%v\n%s", err, out)
	}
	text, err := os.ReadFile(h.home + ".left")
	if err != nil {
		h.t.Fatal(err)
	}
	for _, line := range strings.Fields(string(text)) {
		if name := strings.TrimPrefix(line, h.home+"/"); name != "called" {
			names = append(names, name)
		}
	}
	return names
}

// newProgram writes a program to put on hosts, with so many bytes that do not compress,
// and returns its path and what it becomes under a host's base directory.
func newProgram(t *testing.T, version string, ballast int) (path, installed string) {
	t.Helper()
	noise := make([]byte, ballast)
	rand.New(rand.NewSource(1)).Read(noise)
	path = installProgram(t, t.TempDir(), "roam", serverScript(version)+"\nexit 0\n"+string(noise))
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return path, fmt.Sprintf("roam/bin/v1.0.0-%x/roam", sha256.Sum256(text))
}

func TestInstallPutsRoamThere(t *testing.T) {
	s := startHosts(t)
	self, installed := newProgram(t, "v1.0.0", 1<<20)
	for _, test := range []struct {
		name    string
		without []string // tools
		with    []string // other tools
		prepare func(h *bareHost)
		ssh     bool // not directly
	}{
		{name: "nothing there", ssh: true},
		{name: "no gzip", without: []string{"gzip"}},
		{name: "shasum", without: []string{"sha256sum"}, with: []string{"shasum", "perl"}},
		{name: "openssl", without: []string{"sha256sum"}, with: []string{"openssl"}},
		{name: "nothing that hashes", without: []string{"sha256sum"}, ssh: true},
		{name: "head without -c", without: []string{"head"}, prepare: func(h *bareHost) {
			installProgram(t, h.bin, "head", `[ "$1" = -c ] && { echo "head: bad option" >&2; exit 2; }; exec /usr/bin/head "$@"`)
		}},
		{name: "sh is bash", without: []string{"sh"}, prepare: func(h *bareHost) { h.toolAs("bash", "sh") }},
		{name: "sh is zsh", without: []string{"sh"}, prepare: func(h *bareHost) { h.toolAs("zsh", "sh") }},
		{name: "an old one", prepare: func(h *bareHost) { installProgram(t, h.bin, "roam", serverScript("v0.9.12")) }},
		{name: "stock's", prepare: func(h *bareHost) { installProgram(t, h.bin, "mosh-server", serverScript("mosh")) }},
		{name: "another roam", prepare: func(h *bareHost) { installProgram(t, h.bin, "roam", "echo a game") }},
		{name: "a cache that is a link", prepare: func(h *bareHost) {
			if err := errors.Join(os.Mkdir(h.home+"/elsewhere", 0o755), os.Symlink("elsewhere", h.home+"/.cache")); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			h := newHost(t, s, test.without...)
			h.direct = !test.ssh
			for _, tool := range test.with {
				h.tool(tool)
			}
			if test.prepare != nil {
				test.prepare(h)
			}
			var shown seen
			path := h.home + "/.cache/" + installed
			h.mustStart(h.config(&shown, install.Always, self), path)
			if want := "put roam v1.0.0 on testhost, as " + path + "\n"; shown.notes.String() != want {
				t.Errorf("notes %q, want %q", shown.notes.String(), want)
			}
			for name, want := range map[string]fs.FileMode{path: 0o700, filepath.Dir(path): 0o700 | fs.ModeDir, h.home + "/.cache/roam": 0o700 | fs.ModeDir} {
				if info, err := os.Stat(name); err != nil || info.Mode() != want {
					t.Errorf("%s has mode %v, %v, want %v", name, info.Mode(), err, want)
				}
			}
			if left := h.left(); len(left) != 1 {
				t.Errorf("files left: %q", left)
			}
			// From then on it is there, whatever the mode; nothing is sent.
			h.directly()
			before, _ := os.Stat(path)
			for _, mode := range []install.Mode{install.Never, install.Ask, install.Always} {
				var shown seen
				h.mustStart(h.config(&shown, mode, self), path)
				if after, err := os.Stat(path); err != nil || !os.SameFile(before, after) || shown.notes.Len() > 0 {
					t.Errorf("mode %v: put there again: %v, notes %q", mode, err, shown.notes.String())
				}
			}
		})
	}
}

func TestInstallLeavesWhatIsGood(t *testing.T) {
	s := startHosts(t)
	self, installed := newProgram(t, "v1.0.0", 0)
	for version, ours := range map[string]string{
		"v1.0.0": "v1.0.0", "v1.0.1": "v1.0.0", "v1.10.0": "v1.9.3", "v2.0": "v1.0.0", "devel": "v1.0.0", "v0.1.0": "devel",
	} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			h := newHost(t, s).directly()
			there := installProgram(t, h.bin, "roam", serverScript(version))
			var shown seen
			c := h.config(&shown, install.Always, self)
			c.Install.Release = ours
			h.mustStart(c, there)
			if left := h.left(); len(left) > 0 || shown.notes.Len() > 0 {
				t.Errorf("left %q, notes %q", left, shown.notes.String())
			}
		})
	}
	t.Run("older goes behind what was put there", func(t *testing.T) {
		t.Parallel()
		h := newHost(t, s).directly()
		var shown seen
		h.mustStart(h.config(&shown, install.Always, self), h.home+"/.cache/"+installed)
		old := installProgram(t, h.bin, "roam", serverScript("v0.9.0"))
		h.mustStart(h.config(&shown, install.Never, self), h.home+"/.cache/"+installed)
		// A newer client may not put itself there: what its predecessor put there is no better than the old one.
		newer, _ := newProgram(t, "v1.1.0", 0)
		h.mustStart(h.config(&shown, install.Never, newer), old)
		if err := os.Remove(old); err != nil {
			t.Fatal(err)
		}
		h.mustStart(h.config(&shown, install.Never, newer), h.home+"/.cache/"+installed)
	})
}

func TestInstallNot(t *testing.T) {
	s := startHosts(t)
	self, _ := newProgram(t, "v1.0.0", 0)
	const less = "testhost has only mosh-server: no exit status, no roam attach, and fewer typed keys at once; roam --install=always testhost puts roam there\n"
	for _, test := range []struct {
		name  string
		mode  install.Mode
		stock bool
		notes string
	}{
		{"never", install.Never, true, ""},
		{"ask without a terminal", install.Ask, true, less},
		{"never, and nothing there", install.Never, false, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			h := newHost(t, s).directly()
			var shown seen
			c := h.config(&shown, test.mode, self)
			if test.stock {
				h.mustStart(c, installProgram(t, h.bin, "mosh-server", serverScript("mosh")))
			} else {
				_, err := h.start(c)
				var none *NoServerError
				if !errors.As(err, &none) || none.Install != nil || !strings.HasPrefix(none.Hint(), "roam --install=always testhost puts roam there") {
					t.Errorf("got %v, want a NoServerError with a hint of --install", err)
				}
			}
			if shown.notes.String() != test.notes || len(h.left()) > 0 {
				t.Errorf("notes %q, want %q; left %q", shown.notes.String(), test.notes, h.left())
			}
		})
	}
}

// TestInstallRefusals has a host on which no place will do: the directories after the
// first are files. What is wrong with the first one is said, with the command that mends it.
func TestInstallRefusals(t *testing.T) {
	s := startHosts(t)
	self, _ := newProgram(t, "v1.0.0", 1<<20)
	mkdir := func(h *bareHost, name string, mode os.FileMode) string {
		path := filepath.Join(h.home, name)
		if err := errors.Join(os.MkdirAll(path, 0o700), os.Chmod(path, mode)); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, test := range []struct {
		name, setup string
		prepare     func(h *bareHost)
		says, hint  string // HOME stands for the home directory
	}{
		{name: "noexec", setup: "mkdir ~/.cache; mount -t tmpfs -o noexec,mode=700 none ~/.cache", says: "programs in HOME/.cache/roam/bin/", hint: "mount -o remount,exec"},
		{name: "full", setup: "mkdir ~/.cache; mount -t tmpfs -o size=256k,mode=700 none ~/.cache", says: "No space left on device", hint: "df -h ~/.cache"},
		{name: "full at once", setup: "mkdir ~/.cache; mount -t tmpfs -o size=64k,mode=700 none ~/.cache; head -c 70000 /dev/zero >~/.cache/x 2>/dev/null",
			says: "No space left on device", hint: "df -h ~/.cache"},
		{name: "read only", setup: "mkdir ~/.cache; mount -t tmpfs -o ro,mode=700 none ~/.cache", says: "Read-only file system", hint: "/usr/local/bin"},
		{name: "link", prepare: func(h *bareHost) {
			mkdir(h, ".cache", 0o700)
			if err := os.Symlink(mkdir(h, "other", 0o700), h.home+"/.cache/roam"); err != nil {
				t.Fatal(err)
			}
		}, says: "HOME/.cache/roam there is a link", hint: "rm HOME/.cache/roam"},
		{name: "link within", prepare: func(h *bareHost) {
			mkdir(h, ".cache/roam", 0o700)
			if err := os.Symlink(mkdir(h, "other", 0o700), h.home+"/.cache/roam/bin"); err != nil {
				t.Fatal(err)
			}
		}, says: "HOME/.cache/roam/bin there is a link"},
		{name: "owner", prepare: func(h *bareHost) {
			if err := os.Chown(mkdir(h, ".cache/roam", 0o700), 12345, -1); err != nil {
				t.Fatal(err)
			}
		}, says: "HOME/.cache/roam there belongs to user 12345, not to you (0)", hint: "sudo rm -r HOME/.cache/roam"},
		{name: "mode", prepare: func(h *bareHost) { mkdir(h, ".cache/roam", 0o755) }, says: "HOME/.cache/roam there is not for you alone (mode drwxr-xr-x)", hint: "chmod go= HOME/.cache/roam"},
		{name: "base", prepare: func(h *bareHost) { mkdir(h, ".cache", 0o775) }, says: "HOME/.cache there can be written by others (mode drwxrwxr-x)", hint: "chmod go-w HOME/.cache"},
		{name: "base of another", prepare: func(h *bareHost) {
			if err := os.Chown(mkdir(h, ".cache", 0o755), 12345, -1); err != nil {
				t.Fatal(err)
			}
		}, says: "HOME/.cache there belongs to user 12345"},
		{name: "a file", prepare: func(h *bareHost) {
			if err := os.WriteFile(mkdir(h, ".cache", 0o700)+"/roam", nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}, says: "File exists"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			h := newHost(t, s)
			h.direct = test.name != "noexec" && test.name != "full"
			h.setup = test.setup
			if err := os.WriteFile(h.home+"/.local", nil, 0o600); err != nil {
				t.Fatal(err)
			}
			if test.prepare != nil {
				test.prepare(h)
			}
			var shown seen
			_, err := h.start(h.config(&shown, install.Always, self))
			var none *NoServerError
			if !errors.As(err, &none) || none.Install == nil {
				t.Fatalf("got %v, want a NoServerError with a reason\nnoise %s", err, shown.noise.String())
			}
			says, hint := strings.ReplaceAll(test.says, "HOME", h.home), strings.ReplaceAll(test.hint, "HOME", h.home)
			if !strings.Contains(err.Error(), "and roam could not be put there: ") || !strings.Contains(err.Error(), says) {
				t.Errorf("error %v, want %q in it", err, says)
			}
			if !strings.Contains(none.Hint(), hint) {
				t.Errorf("hint %q, want %q in it", none.Hint(), hint)
			}
			for _, name := range h.left() {
				if strings.Contains(name, "/bin/") {
					t.Errorf("left %s", name)
				}
			}
		})
	}
}

func TestInstallTakesTheNextPlace(t *testing.T) {
	s := startHosts(t)
	self, installed := newProgram(t, "v1.0.0", 0)
	h := newHost(t, s).directly()
	h.setup = "mkdir -p ~/.cache; mount -t tmpfs -o noexec,mode=700 none ~/.cache"
	var shown seen
	h.mustStart(h.config(&shown, install.Always, self), h.home+"/.local/lib/"+installed)
	h.mustStart(h.config(&shown, install.Never, self), h.home+"/.local/lib/"+installed)
	// Stock's server serves where none will do, and the user is told why.
	stock := installProgram(t, h.bin, "mosh-server", serverScript("mosh"))
	h.setup = "rm -r ~/.local; echo >~/.local; " + h.setup
	shown = seen{}
	h.mustStart(h.config(&shown, install.Always, self), stock)
	for _, want := range []string{"roam could not be put on testhost: programs in ", "hint: on the host: sudo mount", "testhost has only mosh-server: "} {
		if !strings.Contains(shown.notes.String(), want) {
			t.Errorf("notes %q, want %q", shown.notes.String(), want)
		}
	}
}

// TestInstallRunsOnlyWhatItPut changes what was put there.
func TestInstallRunsOnlyWhatItPut(t *testing.T) {
	s := startHosts(t)
	self, installed := newProgram(t, "v1.0.0", 0)
	for name, change := range map[string]func(path string) error{
		"other bytes": func(path string) error { return os.WriteFile(path, []byte("#!/bin/sh\necho roam v1.0.0\n"), 0o700) },
		"mode":        func(path string) error { return os.Chmod(path, 0o755) },
		"owner":       func(path string) error { return os.Chown(path, 12345, -1) },
		"link":        func(path string) error { return errors.Join(os.Rename(path, path+"2"), os.Symlink("roam2", path)) },
		"directory":   func(path string) error { return os.Chmod(filepath.Dir(path), 0o777) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHost(t, s).directly()
			path := h.home + "/.cache/" + installed
			var shown seen
			h.mustStart(h.config(&shown, install.Always, self), path)
			if err := change(path); err != nil {
				t.Fatal(err)
			}
			shown = seen{}
			_, err := h.start(h.config(&shown, install.Never, self))
			if none := new(*NoServerError); !errors.As(err, none) || !strings.Contains(shown.notes.String(), "; it is not used\n") {
				t.Errorf("got %v, notes %q", err, shown.notes.String())
			}
			if name == "directory" {
				return
			}
			h.mustStart(h.config(&shown, install.Always, self), path) // and it is mended
			h.mustStart(h.config(&shown, install.Never, self), path)
		})
	}
}

func TestInstallThroughLoginShells(t *testing.T) {
	s := startHosts(t)
	self, installed := newProgram(t, "v1.0.0", 1<<20)
	for _, shell := range loginShells {
		t.Run(shell, func(t *testing.T) {
			t.Parallel()
			h := newHost(t, s)
			path, err := exec.LookPath(shell)
			if err != nil {
				t.Fatal(err)
			}
			junk := "echo 'Hello from the rc file'; echo error >&2; printf 'ROAM OFFERS'; "
			h.shell = installProgram(t, t.TempDir(), "shell", junk+path+` "$@"`)
			var shown seen
			h.mustStart(h.config(&shown, install.Always, self), h.home+"/.cache/"+installed)
			if got := shown.noise.String(); got != "Hello from the rc file\nROAM OFFERS\n" {
				t.Errorf("noise %q", got)
			}
			h.mustStart(h.config(&shown, install.Never, self), h.home+"/.cache/"+installed)
		})
	}
}

// TestInstallInterrupted ends the connection in the middle of the program.
func TestInstallInterrupted(t *testing.T) {
	s := startHosts(t)
	self, _ := newProgram(t, "v1.0.0", 1<<20)
	for name, ssh := range map[string]string{
		"input ends": `case $1 in -G) exec ssh "$@"; esac; dd bs=1 count=100000 2>/dev/null | ssh "$@"`,
		// The bytes go through a pipe whose reader is killed with ssh.
		"killed": `case $1 in -G) exec ssh "$@"; esac; mkfifo "$0.$$"; ssh "$@" <"$0.$$" & dd bs=1 count=100000 2>/dev/null >"$0.$$"; kill -9 $!; wait; exit 255`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHost(t, s)
			h.ssh = []string{installProgram(t, t.TempDir(), "ssh", ssh)}
			done := h.home + ".done"
			if out, err := exec.Command("mkfifo", done).CombinedOutput(); err != nil {
				t.Fatalf("%v %s", err, out)
			}
			var shown seen
			_, err := h.start(h.config(&shown, install.Always, self))
			var failed *SSHError
			if name == "killed" && (!errors.As(err, &failed) || !failed.Upload || !strings.Contains(failed.Hint(), "--install=never")) || err == nil {
				t.Errorf("got %v, want an SSHError of the upload", err)
			}
			if _, err := os.ReadFile(done); err != nil { // the script has ended
				t.Fatal(err)
			}
			if left := h.left(); len(left) > 0 {
				t.Errorf("left %q after %v", left, err)
			}
		})
	}
}

func TestInstallTwoAtOnce(t *testing.T) {
	s := startHosts(t)
	self, installed := newProgram(t, "v1.0.0", 1<<20)
	h := newHost(t, s)
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			var shown seen
			if _, err := SSH(t.Context(), h.config(&shown, install.Always, self)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	var shown seen
	h.mustStart(h.config(&shown, install.Never, self), h.home+"/.cache/"+installed)
	if left := h.left(); len(left) != 1 {
		t.Errorf("left %q", left)
	}
}

// TestInstallPrunes puts three more versions there while the oldest one runs, which goes
// on in its file though that has no name any more.
func TestInstallPrunes(t *testing.T) {
	s := startHosts(t)
	h := newHost(t, s).directly()
	for _, fifo := range []string{h.home + "/began", h.home + "/go", h.home + "/went"} {
		if out, err := exec.Command("mkfifo", fifo).CombinedOutput(); err != nil {
			t.Fatalf("%v %s", err, out)
		}
	}
	// sh reads its program piece by piece: what comes behind the comment is read after the wait.
	first := installProgram(t, t.TempDir(), "roam", `[ "$1" = wait ] && { echo >"$HOME/began"; read line <"$HOME/go"; }
[ "$1" = server ] && { "$0" wait </dev/null >/dev/null 2>&1 & read line <"$HOME/began"; }
#`+strings.Repeat(" ", 64<<10)+`
[ "$1" = wait ] && { echo went on >"$HOME/went"; exit; }
`+serverScript("v1.0.0"))
	text, err := os.ReadFile(first)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	var shown seen
	for i := range 4 {
		self, installed := newProgram(t, "v1.0.0", i)
		if i == 0 {
			self, installed = first, fmt.Sprintf("roam/bin/v1.0.0-%x/roam", sha256.Sum256(text))
		}
		paths = append(paths, h.home+"/.cache/"+installed)
		h.mustStart(h.config(&shown, install.Always, self), paths[i])
	}
	for i, path := range paths {
		if _, err := os.Stat(path); (err == nil) != (i > 0) {
			t.Errorf("version %d: %v", i, err)
		}
	}
	if err := os.WriteFile(h.home+"/go", []byte("\n"), 0); err != nil {
		t.Fatal(err)
	}
	if went, err := os.ReadFile(h.home + "/went"); string(went) != "went on\n" || err != nil {
		t.Errorf("the oldest one ended with %q, %v", went, err)
	}
}

func TestInstallForAnotherPlatform(t *testing.T) {
	s := startHosts(t)
	self, _ := newProgram(t, "v1.0.0", 0)
	other, installed := newProgram(t, "v1.0.0", 7)
	from := t.TempDir()
	text, err := os.ReadFile(other)
	if err != nil {
		t.Fatal(err)
	}
	sums := fmt.Sprintf("%x  roam-linux-riscv64\n", sha256.Sum256(text))
	if err := errors.Join(os.WriteFile(from+"/roam-linux-riscv64", text, 0o644), os.WriteFile(from+"/SHA256SUMS", []byte(sums), 0o644)); err != nil {
		t.Fatal(err)
	}
	h := newHost(t, s, "uname").directly()
	installProgram(t, h.bin, "uname", `case $1 in -s) echo Linux;; -m) echo riscv64; esac`)
	var shown seen
	_, err = h.start(h.config(&shown, install.Always, self))
	if none := new(*NoServerError); !errors.As(err, none) || !strings.Contains(err.Error(), "there is no roam for its platform (Linux, riscv64) here") {
		t.Errorf("got %v", err)
	}
	for _, mode := range []install.Mode{install.Always, install.Never} {
		c := h.config(&shown, mode, self)
		c.Install.From = from
		h.mustStart(c, h.home+"/.cache/"+installed)
	}
	// A program that is not what the list says is not taken.
	if err := os.WriteFile(from+"/roam-linux-riscv64", append(text, '#'), 0o644); err != nil {
		t.Fatal(err)
	}
	h = newHost(t, s, "uname").directly()
	installProgram(t, h.bin, "uname", `case $1 in -s) echo Linux;; -m) echo riscv64; esac`)
	c := h.config(&shown, install.Always, self)
	c.Install.From = from
	if _, err := h.start(c); err == nil || !strings.Contains(err.Error(), "its hash is not what it should be") {
		t.Errorf("got %v", err)
	}
}

// TestInstallDoesNotRunThere has a program that the host cannot run, as one with C
// libraries on a host that lacks them.
func TestInstallDoesNotRunThere(t *testing.T) {
	s := startHosts(t)
	h := newHost(t, s).directly()
	self := filepath.Join(t.TempDir(), "roam")
	if err := os.WriteFile(self, []byte("#!/no/such/interpreter\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	var shown seen
	_, err := h.start(h.config(&shown, install.Always, self))
	var none *NoServerError
	if !errors.As(err, &none) || !strings.Contains(err.Error(), "the program does not run there: ") || !strings.Contains(none.Hint(), "CGO_ENABLED=0") {
		t.Errorf("got %v", err)
	}
	if left := h.left(); len(left) > 0 {
		t.Errorf("left %q", left)
	}
}

// TestInstallAsks answers the question on a terminal.
func TestInstallAsks(t *testing.T) {
	s := startHosts(t)
	self, installed := newProgram(t, "v1.0.0", 1<<20)
	for _, test := range []struct {
		answer string
		put    bool
	}{{"yes\n", true}, {"no\n", false}, {"y\nperhaps\nYES\n", true}, {"\x04", false}} {
		t.Run(fmt.Sprintf("%q", test.answer), func(t *testing.T) {
			t.Parallel()
			h := newHost(t, s)
			h.direct = test.answer != "yes\n"
			stock := installProgram(t, h.bin, "mosh-server", serverScript("mosh"))
			want := stock
			if test.put {
				want = h.home + "/.cache/" + installed
			}
			answers := filepath.Join(t.TempDir(), "state", "install")
			ask := func(typed string) string {
				t.Helper()
				master, slave, err := pty.Open()
				if err != nil {
					t.Fatal(err)
				}
				defer master.Close()
				if _, err := master.WriteString(typed); err != nil {
					t.Fatal(err)
				}
				var shown seen
				c := h.config(&shown, install.Ask, self)
				c.Install.In, c.Install.Out, c.Install.Answers = slave, slave, answers
				screen := make(chan string)
				go func() {
					var all bytes.Buffer
					all.ReadFrom(master) // ends with the last opener of the slave
					screen <- all.String()
				}()
				h.mustStart(c, want)
				slave.Close()
				return <-screen
			}
			first := ask(test.answer)
			if !strings.Contains(first, "roam: testhost has mosh-server and no roam; put this program into your cache directory there? (yes/no) ") {
				t.Errorf("asked %q", first)
			}
			if got := strings.Contains(first, "] ") && strings.Contains(first, "100 %\x1b[K\r\x1b[K"); got != test.put {
				t.Errorf("progress shown %v, want %v: %q", got, test.put, first)
			}
			if test.answer == "\x04" { // no answer: asked again
				if again := ask("\x04"); !strings.Contains(again, "(yes/no)") {
					t.Errorf("not asked again: %q", again)
				}
				return
			}
			if again := ask(""); strings.Contains(again, "(yes/no)") {
				t.Errorf("asked again: %q", again)
			}
			if err := os.RemoveAll(h.home + "/.cache"); err != nil {
				t.Fatal(err)
			}
			if again := ask(""); strings.Contains(again, "(yes/no)") { // an answer is for good
				t.Errorf("asked again: %q", again)
			}
		})
	}
}

// TestInstallQuestionEndsWithSSH has ssh lose its connection while the user thinks.
func TestInstallQuestionEndsWithSSH(t *testing.T) {
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer slave.Close()
	defer master.Close()
	self, _ := newProgram(t, "v1.0.0", 0)
	asked := filepath.Join(t.TempDir(), "asked")
	if out, err := exec.Command("mkfifo", asked).CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	var shown seen
	c := SSHConfig{Command: fakeSSH(t, `echo; echo ROAM OFFER system=Linux machine=x86_64; read a <`+asked+`; exit 255`), Host: "testhost", Console: shown.console()}
	c.Install = &install.Config{Release: "v1.0.0", Self: self, In: slave, Out: slave}
	go func() {
		b := make([]byte, 4096)
		master.Read(b) // the question
		os.WriteFile(asked, []byte("\n"), 0)
	}()
	_, err = SSH(t.Context(), c)
	if failed := new(*SSHError); !errors.As(err, failed) {
		t.Errorf("got %v, want an SSHError", err)
	}
}

func TestInstallAndTerminals(t *testing.T) {
	s := startHosts(t)
	self, installed := newProgram(t, "v1.0.0", 0)
	h := newHost(t, s)
	var shown seen
	c := h.config(&shown, install.Always, self)
	c.Pty = true
	_, err := h.start(c)
	var none *NoServerError
	if !errors.As(err, &none) || !strings.Contains(err.Error(), "--ssh-pty") || !strings.Contains(none.Hint(), "without --ssh-pty") {
		t.Errorf("got %v", err)
	}
	h.mustStart(h.config(&shown, install.Always, self), h.home+"/.cache/"+installed)
	h.mustStart(c, h.home+"/.cache/"+installed) // what is there serves
}

func TestInstalledAnswersQueries(t *testing.T) {
	s := startHosts(t)
	self := installProgram(t, t.TempDir(), "roam", `case $1 in version) echo roam v1.0.0;; server) echo MOSH CONNECT 60009 `+testKey+`; touch ~/called;; *) echo "<$*>";; esac`)
	h := newHost(t, s).directly()
	var shown seen
	c := h.config(&shown, install.Always, self)
	_, _, err := Query(t.Context(), c, []string{"ls", "--json"})
	if none := new(*NoServerError); !errors.As(err, none) || len(h.left()) > 0 {
		t.Errorf("got %v, left %q: a query puts nothing there", err, h.left())
	}
	if _, err := SSH(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	answer, status, err := Query(t.Context(), c, []string{"ls", "--json"})
	if string(answer) != "<ls --json>" || status != 0 || err != nil {
		t.Errorf("got %q, %d, %v", answer, status, err)
	}
}

func TestInstallFromBadDirectory(t *testing.T) {
	var shown seen
	c := SSHConfig{Command: fakeSSH(t, runsLast), Host: "testhost", Console: shown.console(), Install: &install.Config{From: t.TempDir()}}
	_, err := SSH(context.Background(), c)
	if source := new(*install.SourceError); !errors.As(err, source) {
		t.Errorf("got %v, want a SourceError", err)
	}
}
