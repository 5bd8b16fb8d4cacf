package main

import (
	"fmt"
	"math/rand"
	"strings"
)

// A maker makes programs: lists of sequences, each whole and well formed.
type maker struct {
	rnd        *rand.Rand
	cols, rows int
	// sets and wide have programs use character sets and wide glyphs, not both:
	// xterm sends the latter through the sets of eight-bit text.
	sets, wide bool
	wides      bool // programs with wide glyphs are made
	// saves has programs save and restore the cursor, else change autowrap: xterm
	// does not save that with the cursor, as a VT510 does.
	saves bool
}

// program returns n sequences.
func (m *maker) program(n int) []string {
	m.sets, m.saves = m.rnd.Intn(3) == 0, m.rnd.Intn(2) == 0
	m.wide = !m.sets && m.wides && m.rnd.Intn(3) == 0
	p := make([]string, n)
	for i := range p {
		p[i] = m.sequence()
	}
	return p
}

func (m *maker) pick(s ...string) string { return s[m.rnd.Intn(len(s))] }

// count returns the parameter of a sequence that counts: mostly small, at
// times absent, zero, or beyond the screen.
func (m *maker) count() string {
	switch m.rnd.Intn(12) {
	case 0:
		return "0"
	case 1, 2:
		return ""
	case 3:
		return fmt.Sprint(m.rnd.Intn(40))
	case 4:
		return "999"
	}
	return fmt.Sprint(1 + m.rnd.Intn(5))
}

// row and col return a coordinate, now and then one beyond the screen.
func (m *maker) row() string { return m.coordinate(m.rows) }
func (m *maker) col() string { return m.coordinate(m.cols) }

func (m *maker) coordinate(n int) string {
	switch m.rnd.Intn(16) {
	case 0:
		return ""
	case 1:
		return fmt.Sprint(m.rnd.Intn(2 * n))
	}
	return fmt.Sprint(1 + m.rnd.Intn(n))
}

// span returns two coordinates, of which the second is mostly the larger.
func (m *maker) span(n int) string {
	a, b := 1+m.rnd.Intn(n), 1+m.rnd.Intn(n)
	if a > b && m.rnd.Intn(12) > 0 {
		a, b = b, a
	}
	if m.rnd.Intn(8) == 0 {
		return fmt.Sprint(a)
	}
	return fmt.Sprint(a, ";", b)
}

// rect returns top;left;bottom;right.
func (m *maker) rect() string {
	if m.rnd.Intn(10) == 0 {
		return m.row() + ";" + m.col() + ";" + m.row() + ";" + m.col()
	}
	t, l := 1+m.rnd.Intn(m.rows), 1+m.rnd.Intn(m.cols)
	return fmt.Sprintf("%d;%d;%d;%d", t, l, t+m.rnd.Intn(m.rows), l+m.rnd.Intn(m.cols))
}

// text returns some glyphs, mostly few, at times as many as reach the edge.
func (m *maker) text() string {
	n := 1 + m.rnd.Intn(6)
	if m.rnd.Intn(5) == 0 {
		n = m.cols - 3 + m.rnd.Intn(m.cols)
	}
	wide := m.wide && m.rnd.Intn(3) == 0
	var b strings.Builder
	for range n {
		switch {
		case wide && m.rnd.Intn(3) == 0:
			b.WriteString(m.pick("中", "文", "字", "한", "あ", "Ａ"))
		case m.rnd.Intn(24) == 0:
			b.WriteByte(' ')
		default:
			b.WriteByte("abcdefghijklmnopqrstuvwxyz0123456789`{|}~#"[m.rnd.Intn(42)])
		}
	}
	return b.String()
}

// sequence returns one of everything that xterm's document lists and that
// shows on the screen.
func (m *maker) sequence() string {
	switch m.rnd.Intn(20) {
	case 0, 1, 2, 3, 4:
		return m.text()
	case 5, 6, 7:
		return m.motion()
	case 8, 9:
		return m.editing()
	case 10, 11:
		return m.erasing()
	case 12:
		return m.margins()
	case 13, 14:
		return m.mode()
	case 15:
		return m.rendition()
	case 16:
		return m.rectangle()
	case 17:
		return m.charset()
	case 18:
		if !m.saves {
			return "\x1b[?7" + m.pick("h", "l")
		}
		return m.pick("\x1b7", "\x1b8", "\x1b[s", "\x1b[u", "\x1b7", "\x1b8", "\x1b[?1048h", "\x1b[?1048l")
	}
	return m.rare()
}

func (m *maker) motion() string {
	switch m.rnd.Intn(6) {
	case 0:
		return m.pick("\r", "\n", "\b", "\t", "\x0b", "\x0c", "\r\n", "\b\b\b")
	case 1:
		return m.pick("\x1bD", "\x1bM", "\x1bE", "\x1b6", "\x1b9", "\x1bM\x1bM\x1bM")
	case 2:
		return "\x1b[" + m.row() + ";" + m.col() + m.pick("H", "f")
	case 3:
		return "\x1b[" + m.col() + m.pick("G", "`")
	case 4:
		return "\x1b[" + m.row() + "d"
	}
	return "\x1b[" + m.count() + m.pick("A", "B", "C", "D", "E", "F", "a", "e", "I", "Z", "D", "D")
}

func (m *maker) editing() string {
	switch m.rnd.Intn(5) {
	case 0:
		return "\x1b[" + m.count() + m.pick(" @", " A", "'}", "'~")
	case 1:
		return fmt.Sprintf("%s\x1b[%db", m.text(), m.rnd.Intn(40)) // xterm's limit depends on the margins
	}
	return "\x1b[" + m.count() + m.pick("@", "P", "L", "M", "S", "T", "^")
}

func (m *maker) erasing() string {
	switch m.rnd.Intn(6) {
	case 0:
		return "\x1b[" + m.count() + "X"
	case 1:
		return "\x1b[?" + m.pick("", "0", "1", "2") + m.pick("J", "K")
	case 2:
		return m.pick("\x1b[1\"q", "\x1b[0\"q", "\x1b[2\"q") + m.text()
	}
	return "\x1b[" + m.pick("", "0", "1", "2") + m.pick("J", "K")
}

func (m *maker) margins() string {
	switch m.rnd.Intn(6) {
	case 0, 1:
		return "\x1b[" + m.span(m.rows) + "r"
	case 2, 3:
		return "\x1b[?69h\x1b[" + m.span(m.cols) + "s"
	case 4:
		return "\x1b[" + m.span(m.cols) + "s"
	}
	return m.pick("\x1b[r", "\x1b[?69l", "\x1b[?69h", "\x1b[?69h\x1b[s")
}

func (m *maker) mode() string {
	switch m.rnd.Intn(5) {
	case 0:
		return m.pick("\x1b[4h", "\x1b[4l", "\x1b[20h", "\x1b[20l")
	case 1:
		return "\x1b[?" + m.pick("47", "1047", "1047", "1049") + m.pick("h", "l")
	case 2:
		return "\x1b[?" + m.pick("1", "3", "5", "12", "66", "67", "1000", "1002", "1003", "1004", "1005", "1006", "1007", "1015", "2004", "95") + m.pick("h", "l")
	}
	return "\x1b[?" + m.pick("6", "45") + m.pick("h", "l")
}

func (m *maker) rendition() string {
	switch m.rnd.Intn(8) {
	case 0:
		return "\x1b[m"
	case 1:
		return fmt.Sprintf("\x1b[%d;%d;%dm", m.pick1(38, 48), 5, m.rnd.Intn(256))
	case 2:
		return fmt.Sprintf("\x1b[%d%dm", m.pick1(3, 4, 9, 10), m.rnd.Intn(8))
	case 3:
		return m.pick("\x1b[38:5:9m", "\x1b[48:5:200m", "\x1b[39m", "\x1b[49m", "\x1b[#{", "\x1b[#}")
	}
	return fmt.Sprintf("\x1b[%dm", m.pick1(0, 1, 2, 3, 4, 5, 7, 9, 21, 22, 23, 24, 25, 27, 28, 29))
}

func (m *maker) pick1(n ...int) int { return n[m.rnd.Intn(len(n))] }

func (m *maker) rectangle() string {
	if m.wide {
		return m.editing()
	}
	switch m.rnd.Intn(7) {
	case 0:
		return "\x1b[" + m.rect() + ";1;" + m.row() + ";" + m.col() + ";1$v"
	case 1:
		return fmt.Sprintf("\x1b[%d;%s$x", 33+m.rnd.Intn(94), m.rect())
	case 2:
		return "\x1b[" + m.rect() + "$z"
	case 3:
		return "\x1b[" + m.rect() + "${"
	case 4:
		return "\x1b[" + m.rect() + ";" + fmt.Sprint(m.pick1(0, 1, 4, 5, 7, 22, 24, 25, 27)) + "$r"
	case 5:
		return "\x1b[" + m.rect() + ";" + fmt.Sprint(m.pick1(0, 1, 4, 5, 7)) + "$t"
	}
	return m.pick("\x1b[2*x", "\x1b[1*x", "\x1b[0*x")
}

func (m *maker) charset() string {
	if !m.sets {
		return m.motion()
	}
	if m.rnd.Intn(3) == 0 {
		return m.pick("\x1b[?42h", "\x1b[?42l", "\x1b(K", "\x1b)`", "\x1b(A", "\x1b)>", "\x1b+<", "\x1b-A", "\x1b/A", "\x1b*%5", "\x1b+%6", "\x1b~", "\x1b|", "\x1b}") +
			m.pick("", "é", m.text())
	}
	return m.pick("\x1b(0", "\x1b(B", "\x1b)0", "\x1b)B", "\x0e", "\x0f", "\x1b*0", "\x1b+0", "\x1bn", "\x1bo", "\x1bN", "\x1bO", "\x1b*B", "\x1b+B") +
		m.pick("", m.text())
}

func (m *maker) rare() string {
	return m.pick("\x1b[m\x1b[!p", "\x1bc", "\x1b#8", "\x1bH", "\x1b[g", "\x1b[3g", "\x1b[?5W", "\x1b[6n", "\x1b[?6n",
		"\x1b[5n", "\x1b[=c", "\x1bP$qr\x1b\\", "\x1bP$qs\x1b\\", "\x1bP$qm\x1b\\", "\x1bP$q\"q\x1b\\",
		"\x1b[m\x1b[64;1\"p", "\x1b[2g", "\x1b[1g", "\x1b F", "\x1b%G",
		"\x1b[?3;4;5;6s\x1b[?6h\x1b[?3;4;5;6r", "\x00", "\x7f", "\x05", "\x1b[12h", "\x1b[2l", "\x1b#5",
		"\x1bl", "\x1bm", "\x1b[1:2H", "\x1b]2;title\x07", "\x1b]0;\xe4\xb8\xad\x1b\\", "\x1b_apc\x1b\\", "\x1b^pm\x1b\\", "\x1bXsos\x1b\\", "\x1bPq#0\x1b\\")
}
