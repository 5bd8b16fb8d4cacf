package main

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// A peer is an emulator to measure.
type peer struct {
	name  string
	title string // in the table
	// prepare makes ready what all runs need, in a directory for the peers'
	// files, and returns what starts one run. An error says what is missing.
	prepare func(dir string) (starter, error)
}

// A starter starts one run on a file and returns its megabytes a second.
type starter func(s size, file string) (float64, error)

// xtermVersion is the npm package @xterm/headless that is measured.
const xtermVersion = "6.0.0"

var peers = []peer{
	{"roam", "roam/terminal", prepareGo("roam")},
	{"vt10x", "hinshun/vt10x (Go)", prepareGo("vt10x")},
	{"x/vt", "charmbracelet/x/vt (Go)", prepareGo("x/vt")},
	{"libvterm", "libvterm (C)", prepareLibvterm},
	{"xterm.js", "xterm.js " + xtermVersion + " headless (node)", prepareXterm},
	{"pty", "a pseudo-terminal, read and thrown away", preparePTY(drainPTY)},
	{"tmux", "tmux, through a pseudo-terminal", needing("tmux", preparePTY(feedTmux))},
	{"mosh-server", "mosh-server, through a pseudo-terminal", needing("mosh-server", preparePTY(feedStock))},
	{"roam-server", "roam server, through a pseudo-terminal", prepareRoamServer},
}

// needing is prepare, if a program is there.
func needing(program string, prepare func(string) (starter, error)) func(string) (starter, error) {
	return func(dir string) (starter, error) {
		if _, err := exec.LookPath(program); err != nil {
			return nil, err
		}
		return prepare(dir)
	}
}

// prepareGo returns the prepare of an emulator that this program contains.
func prepareGo(name string) func(string) (starter, error) {
	return func(string) (starter, error) {
		self, err := os.Executable()
		return starterOf(self, "run", name), err
	}
}

//go:embed programs/libvterm.c
var libvtermSource []byte

// prepareLibvterm compiles the program around the C library.
func prepareLibvterm(dir string) (starter, error) {
	source, program := filepath.Join(dir, "libvterm.c"), filepath.Join(dir, "libvterm")
	if err := os.WriteFile(source, libvtermSource, 0o600); err != nil {
		return nil, err
	}
	if _, err := exec.LookPath("gcc"); err != nil {
		return nil, err
	}
	if _, err := exec.Command("gcc", "-O2", "-o", program, source, "-lvterm").CombinedOutput(); err != nil {
		return nil, errors.New("libvterm-dev is not installed")
	}
	return starterOf(program), nil
}

//go:embed programs/xterm.cjs
var xtermSource []byte

// prepareXterm installs the npm package.
func prepareXterm(dir string) (starter, error) {
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			return nil, err
		}
	}
	script := filepath.Join(dir, "xterm.cjs")
	if err := os.WriteFile(script, xtermSource, 0o600); err != nil {
		return nil, err
	}
	npm := exec.Command("npm", "install", "--prefix", dir, "--no-audit", "--no-fund", "--ignore-scripts", "@xterm/headless@"+xtermVersion)
	if out, err := npm.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("npm could not install @xterm/headless: %s", out)
	}
	return starterOf("node", script), nil
}

// starterOf returns the starter of a program that is given the size and the
// file and prints how many bytes it interpreted in how many nanoseconds.
func starterOf(words ...string) starter {
	return func(s size, file string) (float64, error) {
		args := append(append([]string{}, words[1:]...), strconv.Itoa(s.cols), strconv.Itoa(s.rows), file)
		cmd := exec.Command(words[0], args...)
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			return 0, err
		}
		return parseRate(string(out))
	}
}

// parseRate returns the megabytes a second of a result: bytes and nanoseconds.
func parseRate(result string) (float64, error) {
	var bytes, ns float64
	if _, err := fmt.Sscan(result, &bytes, &ns); err != nil || ns <= 0 {
		return 0, fmt.Errorf("a result of %q", strings.TrimSpace(result))
	}
	return bytes / 1e6 / (ns / float64(time.Second)), nil
}
