package terminal

import (
	"fmt"
	"math/rand"
	"strings"
)

// A programmer writes what programs write to terminals, at random.
type programmer struct {
	rnd        *rand.Rand
	cols, rows int
	b          strings.Builder
}

// output returns about n random actions of a program.
func (p *programmer) output(n int) []byte {
	p.b.Reset()
	for range n {
		p.action()
	}
	return []byte(p.b.String())
}

func (p *programmer) f(format string, args ...any) { fmt.Fprintf(&p.b, format, args...) }

// n returns a number from 0 to max, mostly small.
func (p *programmer) n(max int) int {
	if p.rnd.Intn(3) > 0 {
		max = min(max, 4)
	}
	return p.rnd.Intn(max + 1)
}

func (p *programmer) action() {
	switch p.rnd.Intn(25) {
	case 0, 1, 2, 3, 4:
		p.text(1 + p.n(2*p.cols))
	case 5, 6:
		p.f("\r\n")
	case 7, 8:
		p.f("\x1b[%d;%dH", 1+p.rnd.Intn(p.rows), 1+p.rnd.Intn(p.cols))
	case 9, 10:
		p.sgr()
	case 11:
		p.f("\x1b[%d%c", p.n(p.rows), "ABCDEFGdXPLMST@"[p.rnd.Intn(15)])
	case 12:
		p.f("\x1b[%d%c", p.rnd.Intn(3), "JK"[p.rnd.Intn(2)])
	case 13:
		top := p.rnd.Intn(p.rows)
		p.f("\x1b[%d;%dr", 1+top, 1+top+p.rnd.Intn(p.rows))
	case 14:
		p.f("%s", []string{"\x1bM", "\x1bD", "\x1bE", "\b", "\t", "\n", "\r", "\x1b7", "\x1b8"}[p.rnd.Intn(9)])
	case 15:
		p.f("\x1b[?%d%c", []int{25, 5, 6, 7, 1049, 2004, 1004, 1000, 1002, 1006, 1015, 1007, 1, 47, 2027}[p.rnd.Intn(15)], "hl"[p.rnd.Intn(2)])
	case 16:
		p.f("\x1b]%d;%s\x07", p.rnd.Intn(3), []string{"", "title", "vim: 中文", strings.Repeat("long ", 80)}[p.rnd.Intn(4)])
	case 17:
		p.f("%s", []string{"\x07", "\x1b]52;c;QUJD\x07", "\x1b]52;c;?\x07", "\x1b]52;c;QQ\x07", "\x1b[4h", "\x1b[4l", "\x1b=", "\x1b>"}[p.rnd.Intn(8)])
	case 18:
		p.f("\x1b]8;%s;%s\x1b\\", []string{"", "id=a"}[p.rnd.Intn(2)], []string{"", "http://x/", "file://h/y;z"}[p.rnd.Intn(3)])
	case 19:
		p.f("\x1b[%d q", p.rnd.Intn(7))
	case 20:
		p.f("\x1b[m\x1b[r\x1b[?6l\x1b[?7h\x1b[4l")
	case 21:
		p.f("\x1b[H\x1b[2J")
	case 22: // a line editor
		p.f("\r$ echo some words in a line\x1b[%dG\x1b[%d%c%s", 3+p.n(10), 1+p.n(9), "@P"[p.rnd.Intn(2)], "abcdefg"[:p.n(7)])
	case 23:
		for range p.n(p.rows) {
			p.f("line %d\r\n", p.rnd.Intn(100))
		}
	default:
		p.f("%c\x1b[%db", 'a'+rune(p.rnd.Intn(26)), p.n(p.cols))
	}
}

// programGlyphs are what text is made of, the plain ones more often.
var programGlyphs = strings.Fields(`a b c d e f g 0 1 2 - = / é ß ü ─ │ █ λ ☃ ⚡ ✔ 中 文 字 한 글 あ か゛ e` + "\u0301" +
	` か` + "\u3099" + ` ⌚` + "\ufe0e" + ` 1` + "\ufe0f\u20e3" + ` ❤` + "\ufe0f" + ` 😀 👍🏽 👩` + "\u200d👧 🇩🇪 \u00ad \u0301 \u115f \u1160 ䷀ 🫨 \U000e0041")

func (p *programmer) text(n int) {
	for range n {
		switch p.rnd.Intn(8) {
		case 0:
			p.f("%s", programGlyphs[p.rnd.Intn(len(programGlyphs))])
		case 1:
			p.f(" ")
		default:
			p.f("%c", 'a'+rune(p.rnd.Intn(26)))
		}
	}
}

func (p *programmer) sgr() {
	switch p.rnd.Intn(5) {
	case 0:
		p.f("\x1b[m")
	case 1:
		p.f("\x1b[%dm", []int{1, 2, 3, 4, 5, 7, 8, 9, 21, 22, 23, 24, 25, 27, 28, 29, 53, 55}[p.rnd.Intn(18)])
	case 2:
		p.f("\x1b[%d%dm", []int{3, 4, 9, 10}[p.rnd.Intn(4)], p.rnd.Intn(8))
	case 3:
		p.f("\x1b[%d;5;%dm", 38+10*p.rnd.Intn(2), p.rnd.Intn(256))
	default:
		p.f("%s", []string{"\x1b[4:3m", "\x1b[58:5:3m", "\x1b[38;2;1;2;3m", "\x1b[48:2::9:8:7m", "\x1b[39;49m", "\x1b[59m"}[p.rnd.Intn(6)])
	}
}
