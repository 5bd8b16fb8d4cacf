package trial

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"roam/bench/lab/helper"
	"roam/bench/lab/netpath"
	"roam/bench/lab/vterm"
)

// The size of the terminals.
const (
	cols = 80
	rows = 24
)

// startPatience is how long a server, and then the first prompt, may take.
const startPatience = 20 * time.Second

// A host is both ends' side of one system on one path: its files, and its daemon if
// it is one.
type host struct {
	path *netpath.Path
	sys  System
	dir  string // the trial's own
	roam string // the program under test
}

// fill puts values into words of a System.
func (h *host) fill(words []string, port int, key string) []string {
	values := strings.NewReplacer("{SERVER}", netpath.ServerIP, "{PORT}", strconv.Itoa(port), "{KEY}", key,
		"{DIR}", h.dir, "{ROAM}", h.roam, "{SHELL}", filepath.Join(h.dir, "shell"))
	filled := make([]string, len(words))
	for i, word := range words {
		filled[i] = values.Replace(word)
	}
	return filled
}

// environ returns the programs' environment, of which nothing is the user's.
func (h *host) environ() []string {
	return []string{"TERM=xterm-256color", "LC_ALL=C.UTF-8", "LANG=C.UTF-8", "HOME=" + h.dir, "XDG_RUNTIME_DIR=" + h.dir, "SHELL=/bin/bash",
		"PATH=" + h.dir + ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
}

// shellScript starts the shell in which everything happens. sshd passes no
// environment on.
const shellScript = `#!/bin/sh
export PS1='$ ' HISTFILE=/dev/null LC_ALL=C.UTF-8 HOME=%[1]s PATH=%[1]s:$PATH
cd %[1]s
exec /bin/bash --norc --noprofile -i
`

// prepare writes the files, sets up, and starts a daemon if the system is one.
func (h *host) prepare() error {
	if err := helper.Install(h.dir); err != nil {
		return err
	}
	files := map[string]string{"shell": fmt.Sprintf(shellScript, h.dir)}
	for name, text := range h.sys.Files {
		files[name] = h.fill([]string{text}, h.sys.Listen, "")[0]
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(h.dir, name), []byte(text), 0o700); err != nil {
			return fmt.Errorf("trial: %w", err)
		}
	}
	for _, words := range h.sys.Setup {
		cmd := exec.Command(words[0], words[1:]...)
		cmd.Dir = h.dir
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("trial: setting up %s: %s: %w: %s", h.sys.Name, strings.Join(words, " "), err, out)
		}
	}
	if h.sys.Listen == 0 {
		return nil
	}
	return h.startDaemon()
}

// startDaemon starts the system's daemon and waits until it listens.
func (h *host) startDaemon() error {
	if _, err := h.start(nil); err != nil {
		return err
	}
	for end := time.Now().Add(startPatience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		out, err := netpath.Command(h.path.ServerNS, "ss", "-Hltn", "sport", "=", ":"+strconv.Itoa(h.sys.Listen)).Output()
		if err != nil {
			return fmt.Errorf("trial: asking ss who listens: %w", err)
		}
		if len(out) > 0 {
			return nil
		}
	}
	return fmt.Errorf("trial: %s's server does not listen on port %d: %s", h.sys.Name, h.sys.Listen, h.said())
}

// start starts the system's server, which ends with the Path.
func (h *host) start(stdout *os.File) (*exec.Cmd, error) {
	cmd := netpath.Command(h.path.ServerNS, h.fill(h.sys.Server, h.sys.Listen, "")...)
	cmd.Env = h.environ()
	if stdout != nil {
		cmd.Stdout = stdout
	}
	log, err := os.OpenFile(h.log(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("trial: %w", err)
	}
	defer log.Close()
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("trial: starting %s's server: %w", h.sys.Name, err)
	}
	go cmd.Wait() // until the Path ends it; how it ended is not asked
	return cmd, nil
}

func (h *host) log() string { return filepath.Join(h.dir, "server.log") }

// said returns the end of what servers wrote on standard error.
func (h *host) said() string {
	b, _ := os.ReadFile(h.log())
	const most = 500 // bytes, for a message
	return strings.TrimSpace(string(b[max(len(b)-most, 0):]))
}

var connectLine = regexp.MustCompile(`MOSH CONNECT (\d+) (\S+)`)

// startServer starts a server for one session and returns its port and key.
func (h *host) startServer() (port int, key string, err error) {
	if h.sys.Listen != 0 {
		return h.sys.Listen, "", nil
	}
	read, write, err := os.Pipe()
	if err != nil {
		return 0, "", fmt.Errorf("trial: %w", err)
	}
	_, err = h.start(write)
	write.Close()
	if err != nil {
		read.Close()
		return 0, "", err
	}
	read.SetReadDeadline(time.Now().Add(startPatience))
	for lines := bufio.NewScanner(read); lines.Scan(); {
		if m := connectLine.FindStringSubmatch(lines.Text()); m != nil {
			port, _ = strconv.Atoi(m[1])
			go func() { // the daemon may keep its standard output
				defer read.Close()
				io.Copy(io.Discard, read)
			}()
			return port, m[2], nil
		}
	}
	read.Close()
	return 0, "", fmt.Errorf("trial: %s's server printed no MOSH CONNECT line: %s", h.sys.Name, h.said())
}

// open starts a session and returns its screen once the first prompt shows.
func (h *host) open() (*Screen, error) {
	port, key, err := h.startServer()
	if err != nil {
		return nil, err
	}
	cmd := netpath.Command(h.path.ClientNS, h.fill(h.sys.Client, port, key)...)
	cmd.Env = append(h.environ(), h.fill(h.sys.Env, port, key)...)
	s, err := newScreen(cmd)
	if err != nil {
		return nil, err
	}
	if err := s.Wait(startPatience, "the first prompt", atPrompt); err != nil {
		return nil, errors.Join(err, fmt.Errorf("trial: the server said: %s", h.said()))
	}
	return s, nil
}

// atPrompt reports whether the cursor is behind an empty prompt.
func atPrompt(t *vterm.Term) bool { return t.X == 2 && t.Row(t.Y) == "$" }
