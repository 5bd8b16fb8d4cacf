package predict

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"
	"time"

	"roam/terminal"
)

// A safe is a shell with commands that ask for secrets: su reads a line without echo, pin
// reads key by key, which termios does not tell from a line editor, and login asks for a
// name, which the kernel echoes, before it reads a line without echo.
type safe struct {
	shell
	state string // which command asks: "" for none
	slow  time.Duration
}

func (p *safe) input(key string, out *output) {
	out.delay = p.slow
	switch {
	case p.state == "name":
		if key == "\r" {
			p.state = "su"
			out.print("\r\nPassword: ")
		} else if key != "\x7f" {
			out.print(key)
		}
	case p.state != "":
		if key == "\r" {
			p.state = ""
			out.print("\r\n")
			p.buf, p.at = nil, 0
			p.draw(out)
		}
	case key == "\r" && (string(p.buf) == "su" || string(p.buf) == "pin"):
		p.state = string(p.buf)
		out.print("\r\n" + p.state + ": ")
	case key == "\r" && string(p.buf) == "login":
		p.state = "name"
		out.print("\r\nname: ")
	default:
		p.shell.input(key, out)
	}
}

func (p *safe) reads(busy bool) Hint {
	switch p.state {
	case "su":
		return Hint{Command: "su", Canonical: true}
	case "pin":
		return Hint{Command: "sh"} // a builtin
	case "name":
		return Hint{Command: "login", Canonical: true, Echo: true, Erase: 0x7f}
	}
	return p.shell.reads(busy)
}

// TestSecretsNeverShow types secrets, also before the program asks for them, over random
// paths, with hints and without, in the modes that wait for proof. The secrets are in
// Greek, and nothing else is.
func TestSecretsNeverShow(t *testing.T) {
	lines := []string{"su\rκωδικος\r", "pin\rαβγδ\r", "login\rme\rμυστικο\r", ": nothing\r", "ls -l\r", "\r", "sudo su\r", "echo hi\r"}
	for seed := range int64(24) {
		rng := rand.New(rand.NewSource(seed))
		way := path{
			delay: time.Duration(1+rng.Intn(700)) * time.Millisecond / 2, loss: rng.Float64() * 0.4, hints: rng.Intn(3) > 0,
		}
		var keys []keystroke
		at := time.Second
		for range 12 {
			for _, r := range lines[rng.Intn(len(lines))] {
				keys = append(keys, keystroke{at, string(r)})
				at += time.Duration(10+rng.Intn(200)) * time.Millisecond
			}
			if rng.Intn(2) == 0 {
				at += time.Duration(rng.Intn(3000)) * time.Millisecond
			}
		}
		slow := time.Duration(rng.Intn(3)*rng.Intn(60)) * time.Millisecond
		fresh := func() program { return &safe{shell: shell{prompt: "host$ ", lines: int(seed % 3)}, slow: slow} }
		seen := ""
		simulateWatched(seed, way, New(Options{Mode: Mode(rng.Intn(2)), Ahead: true}), fresh, keys, func(s *terminal.Screen) {
			for y := range simRows {
				if row := rowText(s, y); strings.ContainsFunc(row, func(r rune) bool { return r >= 'α' && r <= 'ω' }) {
					seen = row
				}
			}
		})
		if seen != "" {
			t.Errorf("seed %d, %s: %q was shown", seed, fmt.Sprintf("%+v", way), seen)
		}
	}
}
