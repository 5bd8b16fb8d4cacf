//go:build unix

package server

import (
	"bytes"
	"strings"
	"time"
	"unicode/utf8"

	"roam/internal/tty"
)

// The programs of the tests: a shell with a line editor, and what it runs. Those that
// ask for a secret do so as the real ones do: after a line, in their own time. One that
// is too slow or too quiet for the server to foresee it calls surprise first.

// editModes are a line editor's.
var editModes = tty.Modes{EchoControl: true, Signals: true, UTF8: true, Erase: 0x7f, Kill: 0x15, WordErase: 0x17}

func withoutEcho(m tty.Modes) tty.Modes {
	m.Echo = false
	return m
}

// simShell reads lines with an editor of its own, and runs commands named by the first
// word of a line.
func simShell(p *simProgram) {
	own := p.group
	p.w.names[own] = "sh"
	for {
		p.set(editModes, false)
		p.print("$ ")
		line := strings.Fields(p.editLine())
		p.sleep(p.upTo(2 * time.Millisecond))
		p.set(cookedModes, false)
		if len(line) == 0 {
			continue
		}
		run, known := simCommands[line[0]]
		if !known {
			p.print("sh: not found\r\n")
			continue
		}
		p.sleep(p.upTo(10 * time.Millisecond))
		if p.w.tricky && neverAsking[line[0]] { // a function or an alias of that name
			p.trick(own)
			continue
		}
		p.w.groups++
		p.group = own + p.w.groups
		p.w.names[p.group] = line[0]
		run(p)
		p.sleep(p.upTo(5 * time.Millisecond))
		p.group = own
	}
}

// neverAsking are the names of commands that no client expects to ask for anything.
var neverAsking = map[string]bool{"true": true, "ls": true}

// trick is what a shell does in which a command that never asks is something else: it reads
// a secret itself, or runs a program that does, or this time nothing of the kind.
func (p *simProgram) trick(own int) {
	switch p.rng.IntN(3) {
	case 0:
		p.secretLine("", p.rng.IntN(2) == 0)
	case 1:
		p.w.groups++
		p.group = own + p.w.groups
		p.w.names[p.group] = "true"
		p.sleep(p.upTo(runQuiet - 30*time.Millisecond))
		p.secretLine("Password: ", true)
		p.group = own
	}
}

// surprise notes that the secret to come is one that the server cannot foresee.
func (p *simProgram) surprise() {
	if p.w.onSurprise != nil {
		p.w.onSurprise()
	}
}

// editLine reads a line, echoing what is typed.
func (p *simProgram) editLine() string {
	var line []byte
	for {
		b := p.read()
		for i, c := range b {
			switch {
			case c == '\r' || c == '\n':
				p.ready = append(bytes.Clone(b[i+1:]), p.ready...)
				p.print("\r\n")
				return string(line)
			case c == 0x7f:
				if len(line) > 0 {
					_, n := utf8.DecodeLastRune(line)
					line = line[:len(line)-n]
					p.print("\b \b")
				}
			case c == 0x15:
				for len(line) > 0 {
					_, n := utf8.DecodeLastRune(line)
					line = line[:len(line)-n]
					p.print("\b \b")
				}
			case c < ' ':
				p.print("\a")
			default:
				line = append(line, c)
				p.print(string([]byte{c}))
			}
		}
	}
}

// readLine reads up to the end of a line, as stdio does: what was typed before lines were
// gathered comes without one.
func (p *simProgram) readLine() (line []byte) {
	for {
		line = append(line, p.read()...)
		if bytes.ContainsAny(line, "\n\x04") {
			return line
		}
	}
}

// secretLine reads a line without echo.
func (p *simProgram) secretLine(prompt string, flush bool) {
	was := p.modes
	p.set(withoutEcho(was), flush)
	p.sleep(p.upTo(time.Millisecond))
	p.print(prompt)
	p.readLine()
	p.sleep(p.upTo(time.Millisecond))
	p.set(was, flush && p.rng.IntN(2) == 0)
	p.print("\r\n")
}

var simCommands = map[string]func(*simProgram){
	"true": func(p *simProgram) {},
	"ls": func(p *simProgram) {
		for range 1 + p.rng.IntN(3) {
			p.print("some file\r\n")
		}
	},
	"sudo": func(p *simProgram) {
		p.sleep(p.upTo(runQuiet - 30*time.Millisecond))
		for tries := 3; tries > 0; tries-- {
			p.secretLine("[sudo] password: ", true)
			if p.rng.IntN(3) > 0 {
				break
			}
			p.sleep(p.upTo(3 * time.Second)) // as after a wrong one
			p.print("Sorry, try again.\r\n")
		}
		p.print("done\r\n")
	},
	"passwd": func(p *simProgram) {
		p.sleep(p.upTo(100 * time.Millisecond))
		for _, prompt := range []string{"Current password: ", "New password: ", "Retype new password: "} {
			p.secretLine(prompt, p.rng.IntN(2) == 0)
			p.sleep(p.upTo(100 * time.Millisecond))
		}
	},
	"login": func(p *simProgram) {
		p.print("login: ")
		p.readLine()
		p.sleep(p.upTo(runQuiet - 30*time.Millisecond))
		p.secretLine("Password: ", p.rng.IntN(2) == 0)
		p.sleep(p.upTo(time.Second))
		p.print("Welcome\r\n")
	},
	"read": func(p *simProgram) { p.secretLine("", false) },
	"readp": func(p *simProgram) { // the prompt comes before the echo goes
		p.print("Secret: ")
		p.sleep(p.upTo(promptQuiet - 25*time.Millisecond))
		p.secretLine("", false)
	},
	"git": func(p *simProgram) {
		p.sleep(p.upTo(300 * time.Millisecond))
		p.print("Username: ")
		p.readLine()
		p.secretLine("Password: ", true)
		p.sleep(p.upTo(500 * time.Millisecond))
		p.print("fetched\r\n")
	},
	"cat": func(p *simProgram) {
		for range 2 + p.rng.IntN(4) {
			b := p.readLine()
			if bytes.IndexByte(b, 0x04) >= 0 {
				return
			}
			p.print(strings.ReplaceAll(string(b), "\n", "\r\n"))
		}
	},
	"menu": func(p *simProgram) { // asks, with echo, and then for a secret or not
		p.print("Choice? ")
		p.readLine()
		p.sleep(p.upTo(50 * time.Millisecond))
		if p.rng.IntN(2) == 0 {
			p.secretLine("Key: ", false)
		}
	},
	"quiet": func(p *simProgram) { // for longer than can be foreseen
		p.sleep(runQuiet + p.upTo(2*time.Second))
		p.surprise()
		p.secretLine("Password: ", p.rng.IntN(2) == 0)
	},
	"flip": func(p *simProgram) { // switches the echo off while a line is typed
		p.print("Name: ")
		p.sleep(promptQuiet + p.upTo(3*time.Second))
		p.surprise()
		p.secretLine("", false)
	},
}
