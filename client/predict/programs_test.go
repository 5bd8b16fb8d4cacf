package predict

import (
	"fmt"
	"strings"
	"time"

	"roam/terminal"
)

// The programs are small models of what people run: enough of each to echo as
// it does.

// A cooked terminal: the kernel echoes, and cat repeats each line.
type cooked struct{ buf []rune }

func (p *cooked) start(out *output) { out.print("$ cat\r\n") }

func (p *cooked) input(key string, out *output) {
	switch key {
	case "\r":
		out.print("\r\n" + string(p.buf) + "\r\n")
		p.buf = nil
	case "\x7f":
		if n := len(p.buf); n > 0 {
			p.buf = p.buf[:n-1]
			out.print("\b \b")
		}
	case "\x15":
		out.print(strings.Repeat("\b \b", len(p.buf)))
		p.buf = nil
	default:
		p.buf = append(p.buf, []rune(key)...)
		out.print(key)
	}
}

func (p *cooked) reads(bool) Hint {
	return Hint{Command: "cat", Canonical: true, Echo: true, Erase: 0x7f, Kill: 0x15, WordErase: 0x17}
}

// A shell has a line editor as readline is, runs commands that print, and takes
// time. right is shown at the right edge, as zsh's right prompt.
type shell struct {
	prompt string
	right  string
	offer  string        // what is offered in grey behind the text, as fish does
	slow   time.Duration // before anything is printed
	think  time.Duration // that a command takes
	buf    []rune
	at     int
	lines  int // printed by each command

	running bool // the newest key was Enter
}

func (p *shell) start(out *output) { p.draw(out) }

func (p *shell) reads(busy bool) Hint {
	if busy && p.running {
		return Hint{Command: "ls", Canonical: true, Echo: true, Erase: 0x7f}
	}
	return Hint{Command: "sh"}
}

func (p *shell) draw(out *output) {
	if p.right != "" {
		out.print(fmt.Sprintf("\r\x1b[%dG%s\r", simCols-len(p.right), p.right))
	}
	out.print(p.prompt)
}

func widthOf(rs []rune) int {
	n := 0
	for _, r := range rs {
		n += terminal.RuneWidth(r)
	}
	return n
}

func (p *shell) input(key string, out *output) {
	out.delay = p.slow
	tail := widthOf(p.buf)
	p.running = key == "\r"
	switch key {
	case "\r":
		out.print("\r\n")
		out.delay += p.think
		for i := range p.lines {
			out.print(fmt.Sprintf("output %d of %s\r\n", i, string(p.buf)))
		}
		p.buf, p.at = nil, 0
		p.draw(out)
		return
	case "\x7f", "\x08":
		if p.at == 0 {
			return
		}
		p.buf = append(p.buf[:p.at-1:p.at-1], p.buf[p.at:]...)
		p.at--
	case "\x1b[3~":
		if p.at == len(p.buf) {
			return
		}
		p.buf = append(p.buf[:p.at:p.at], p.buf[p.at+1:]...)
	case "\x1b[D", "\x02":
		p.at = max(0, p.at-1)
	case "\x1b[C", "\x06":
		p.at = min(len(p.buf), p.at+1)
	case "\x01":
		p.at = 0
	case "\x05":
		p.at = len(p.buf)
	case "\x0b":
		p.buf = p.buf[:p.at]
	case "\x15":
		p.buf, p.at = append([]rune(nil), p.buf[p.at:]...), 0
	case "\x17":
		i := p.at
		for i > 0 && p.buf[i-1] == ' ' {
			i--
		}
		for i > 0 && p.buf[i-1] != ' ' {
			i--
		}
		p.buf, p.at = append(p.buf[:i:i], p.buf[p.at:]...), i
	default:
		rs := []rune(key)
		if rs[0] < 0x20 {
			return
		}
		p.buf = append(p.buf[:p.at:p.at], append(rs, p.buf[p.at:]...)...)
		p.at += len(rs)
	}
	// Go to the line's start, print it, blank what is left of the old one, and
	// go to the cursor: by absolute moves within the row, as far as it is one.
	col := widthOf([]rune(p.prompt))
	rest := ""
	if strings.HasPrefix(p.offer, string(p.buf)) && p.at == len(p.buf) && len(p.buf) > 0 {
		rest = p.offer[len(string(p.buf)):]
	}
	pad := max(0, tail-widthOf(p.buf)-len(rest))
	if p.offer != "" {
		pad = max(pad, len(p.offer)-widthOf(p.buf)-len(rest)+1)
	}
	out.print(fmt.Sprintf("\x1b[%dG%s\x1b[90m%s\x1b[m%s\x1b[%dG", col+1, string(p.buf), rest,
		strings.Repeat(" ", pad), col+1+widthOf(p.buf[:p.at])))
}

// An editor is vi: normal and insert mode, a status line, automatic indent.
type editor struct {
	lines  []string
	y, x   int
	insert bool
}

func (p *editor) start(out *output) {
	p.lines = []string{"func main() {", "\tprintln(1)", "}", ""}
	out.print("\x1b[2J")
	p.draw(out)
}

func (p *editor) reads(bool) Hint { return Hint{Command: "vim"} }

func (p *editor) input(key string, out *output) {
	line := []rune(p.lines[p.y])
	p.x = min(p.x, len(line))
	if !p.insert {
		switch key {
		case "i":
			p.insert = true
		case "A":
			p.insert, p.x = true, len(line)
		case "o":
			p.y++
			p.lines = append(p.lines[:p.y:p.y], append([]string{"    "}, p.lines[p.y:]...)...)
			p.insert, p.x = true, 4
		case "x":
			if p.x < len(line) {
				p.lines[p.y] = string(append(line[:p.x:p.x], line[p.x+1:]...))
			}
		case "h", "\x1b[D":
			p.x = max(0, p.x-1)
		case "l", "\x1b[C":
			p.x = max(0, min(len(line)-1, p.x+1))
		case "j":
			p.y = min(len(p.lines)-1, p.y+1)
		case "k":
			p.y = max(0, p.y-1)
		}
		p.draw(out)
		return
	}
	switch key {
	case "\x1b":
		p.insert, p.x = false, max(0, p.x-1)
	case "\r":
		rest := string(line[p.x:])
		p.lines[p.y] = string(line[:p.x])
		p.y++
		p.lines = append(p.lines[:p.y:p.y], append([]string{"    " + rest}, p.lines[p.y:]...)...)
		p.x = 4
	case "\x7f":
		if p.x > 0 {
			p.lines[p.y] = string(append(line[:p.x-1:p.x-1], line[p.x:]...))
			p.x--
		}
	default:
		p.lines[p.y] = string(line[:p.x]) + key + string(line[p.x:])
		p.x += len([]rune(key))
	}
	p.draw(out)
}

func (p *editor) draw(out *output) {
	var b strings.Builder
	b.WriteString("\x1b[?25l")
	for i := range simRows - 1 {
		text := "~"
		if i < len(p.lines) {
			text = strings.ReplaceAll(p.lines[i], "\t", "        ")
		}
		fmt.Fprintf(&b, "\x1b[%dH%s\x1b[K", i+1, text)
	}
	mode := ""
	if p.insert {
		mode = "-- INSERT --"
	}
	col := p.x
	if strings.HasPrefix(p.lines[p.y], "\t") && p.x > 0 {
		col += 7
	}
	fmt.Fprintf(&b, "\x1b[%dH%s\x1b[K\x1b[%d;60H%d,%d\x1b[%d;%dH\x1b[?25h", simRows, mode, simRows, p.y+1, p.x+1, p.y+1, col+1)
	out.print(b.String())
}

// A pager is less: keys scroll, nothing is echoed.
type pager struct{ top int }

func (p *pager) start(out *output) { p.draw(out) }

func (p *pager) reads(bool) Hint { return Hint{Command: "less"} }

func (p *pager) input(key string, out *output) {
	switch key {
	case " ":
		p.top += simRows - 1
	case "j", "\r":
		p.top++
	case "k":
		p.top = max(0, p.top-1)
	default:
		return
	}
	p.draw(out)
}

func (p *pager) draw(out *output) {
	var b strings.Builder
	b.WriteString("\x1b[H")
	for i := range simRows - 1 {
		n := p.top + i
		fmt.Fprintf(&b, "%d jkl line %d of the text, as it is\x1b[K\r\n", n, n*7%31)
	}
	b.WriteString(":\x1b[K")
	out.print(b.String())
}

// A vault asks for a password now and then: after "su" and Enter it reads a
// line without echo.
type vault struct {
	shell
	asking bool
}

func (p *vault) input(key string, out *output) {
	switch {
	case p.asking && key == "\r":
		p.asking = false
		out.print("\r\n")
		p.buf, p.at = nil, 0
		p.draw(out)
	case p.asking:
	case key == "\r" && string(p.buf) == "su":
		p.asking = true
		out.print("\r\nPassword: ")
	default:
		p.shell.input(key, out)
	}
}

func (p *vault) secret() bool { return p.asking }

func (p *vault) reads(busy bool) Hint {
	if p.asking {
		return Hint{Command: "su", Canonical: true}
	}
	return p.shell.reads(busy)
}

// A doubler prints each character twice.
type doubler struct{}

func (p *doubler) start(out *output) { out.print("doubling\r\n") }

func (p *doubler) reads(bool) Hint { return Hint{Command: "double"} }

func (p *doubler) input(key string, out *output) {
	if key == "\r" {
		out.print("\r\n")
		return
	}
	out.print(key + key)
}
