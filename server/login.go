//go:build unix

package server

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// An account is the part of the user's passwd entry that a session needs.
type account struct {
	name, home, shell string // "" where unknown
}

// lookupAccount returns the entry for uid in passwd, the content of a passwd(5)
// file.
func lookupAccount(passwd io.Reader, uid int) (account, bool) {
	want := strconv.Itoa(uid)
	for lines := bufio.NewScanner(passwd); lines.Scan(); {
		f := strings.Split(lines.Text(), ":")
		if len(f) >= 7 && f[2] == want {
			return account{name: f[0], home: f[5], shell: f[6]}, true
		}
	}
	return account{}, false
}

// currentAccount returns the entry of the user that runs this program, from
// /etc/passwd or whatever else the host's name service asks.
func currentAccount() account {
	uid := os.Getuid()
	if f, err := os.Open("/etc/passwd"); err == nil {
		defer f.Close()
		if a, ok := lookupAccount(f, uid); ok {
			return a
		}
	}
	out, err := exec.Command("getent", "passwd", strconv.Itoa(uid)).Output()
	if err != nil {
		return account{}
	}
	a, _ := lookupAccount(strings.NewReader(string(out)), uid)
	return a
}

// homeDir returns the directory in which the program starts: $HOME, else what
// passwd says, else the root.
func homeDir(env []string, acct account) string {
	for _, dir := range []string{getVar(env, "HOME"), acct.home} {
		if dir != "" {
			return dir
		}
	}
	return "/"
}

// A program is what a session runs.
type program struct {
	path  string
	argv  []string
	login bool
}

// chooseProgram returns the program for a command line: the command, found in
// PATH and run without a shell, or the user's login shell.
func chooseProgram(command, env []string, acct account) program {
	if len(command) > 0 {
		return program{path: findProgram(command[0]), argv: command}
	}
	shell := getVar(env, "SHELL")
	if shell == "" {
		shell = acct.shell
	}
	if shell == "" {
		shell = "/bin/sh"
	}
	return program{path: findProgram(shell), argv: []string{"-" + filepath.Base(shell)}, login: true}
}

// findProgram returns the file that name stands for. A name with a slash stands
// for itself, from the directory in which the program starts. A name that PATH
// does not have is returned as it is: starting it gives the error to show.
func findProgram(name string) string {
	if strings.Contains(name, "/") {
		return name
	}
	path, err := exec.LookPath(name)
	if err != nil && !errors.Is(err, exec.ErrDot) {
		return name
	}
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}
