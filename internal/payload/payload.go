// Package payload makes output of the kinds that terminals see, for benchmarks
// of emulators: those of package terminal, and those beside other emulators in
// the module bench. The same call always makes the same bytes.
package payload

import (
	"bytes"
	"fmt"
	"math/rand"
)

// A Payload is output of one kind, drawn for a screen of 80x24.
type Payload struct {
	Name  string
	write func(b *bytes.Buffer, r *rand.Rand)
}

// All returns the payloads: lines of a log, lines of a coloured list, whole
// screens, CJK and emoji, scrolling in regions, and half blocks in random
// 24-bit colours.
func All() []Payload {
	return []Payload{
		{"ascii", asciiLog}, {"sgr", coloredList}, {"redraw", fullRedraw},
		{"utf8", wideText}, {"region", scrollRegions}, {"fire", trueColor},
	}
}

// Bytes returns n bytes or a little more of the payload, ending with a whole
// unit of it: a line, a screen.
func (p Payload) Bytes(n int) []byte {
	var b bytes.Buffer
	r := rand.New(rand.NewSource(1))
	for b.Len() < n {
		p.write(&b, r)
	}
	return b.Bytes()
}

// words are what lines are made of.
var words = []string{
	"connection", "from", "10.0.3.17", "accepted", "GET", "/api/v1/items", "200", "worker", "INFO", "pool",
	"timeout", "retry", "shard=12", "latency_ms=37", "ok", "user", "session", "opened", "closed", "kernel:",
}

func word(r *rand.Rand) string { return words[r.Intn(len(words))] }

// asciiLog writes a line of a log.
func asciiLog(b *bytes.Buffer, r *rand.Rand) {
	fmt.Fprintf(b, "2026-11-21T09:%02d:%02d.%06dZ host%02d ", r.Intn(60), r.Intn(60), r.Intn(1000000), r.Intn(20))
	for i := r.Intn(9); i >= 0; i-- {
		b.WriteString(word(r))
		b.WriteByte(' ')
	}
	b.WriteString("\r\n")
}

// coloredList writes a line of ls --color.
func coloredList(b *bytes.Buffer, r *rand.Rand) {
	colors := []string{"01;34", "01;32", "01;36", "40;33;01", "30;42", "01;31", "0", "38;5;208"}
	for range 5 {
		name := fmt.Sprintf("%s_%d", word(r), r.Intn(1000))
		if c := r.Intn(8); c == 6 {
			fmt.Fprintf(b, "%-20s", name)
		} else {
			fmt.Fprintf(b, "\x1b[0m\x1b[%sm%s\x1b[0m%*s", colors[c], name, 20-len(name)%20, "")
		}
	}
	b.WriteString("\r\n")
}

// fullRedraw writes a whole screen as htop or vim do.
func fullRedraw(b *bytes.Buffer, r *rand.Rand) {
	b.WriteString("\x1b[?25l\x1b[H")
	for y := 1; y <= 24; y++ {
		fmt.Fprintf(b, "\x1b[%d;1H", y)
		switch {
		case y < 5:
			fmt.Fprintf(b, "\x1b[36m%3d\x1b[1;39m[\x1b[32m", y)
			n := r.Intn(30)
			b.Write(bytes.Repeat([]byte{'|'}, n))
			fmt.Fprintf(b, "\x1b[31m||\x1b[1;30m\x1b[%dC%4.1f%%\x1b[39m]\x1b[m", 40-n, r.Float64()*100)
		case y == 6:
			b.WriteString("\x1b[30;42m  PID USER      PRI  NI  VIRT   RES   SHR S CPU% MEM%   TIME+  Command\x1b[K\x1b[m")
		default:
			fmt.Fprintf(b, "%5d \x1b[38;5;%dmroot\x1b[m       20   0 \x1b[36m%d\x1b[39mM \x1b[36m%d\x1b[39mM %5d \x1b[1;32mS\x1b[m %4.1f %4.1f  %d:%02d.%02d \x1b[1m/usr/bin/\x1b[32m%s\x1b[m -x\x1b[K",
				r.Intn(30000), r.Intn(256), r.Intn(999), r.Intn(99), r.Intn(9999), r.Float64()*100, r.Float64()*10, r.Intn(99), r.Intn(60), r.Intn(100), word(r))
		}
	}
	b.WriteString("\x1b[24;70H\x1b[?25h")
}

// wideText writes a line of CJK, kana, emoji and words.
func wideText(b *bytes.Buffer, r *rand.Rand) {
	emoji := []string{"😀", "👩‍👩‍👧‍👦", "🇩🇪", "❤️", "👍🏽", "🏳️‍🌈", "✅", "é", "ẍ̧", "각", "→", "│", "─", "█"}
	for n := 0; n < 70; {
		switch r.Intn(6) {
		case 0, 1, 2:
			for i := r.Intn(12); i >= 0; i-- {
				b.WriteRune(rune(0x4e00 + r.Intn(0x5000)))
				n += 2
			}
		case 3:
			for i := r.Intn(8); i >= 0; i-- {
				b.WriteRune(rune(0x3041 + r.Intn(80)))
				n += 2
			}
		case 4:
			b.WriteString(emoji[r.Intn(len(emoji))])
			n += 2
		case 5:
			w := word(r)
			b.WriteString(w)
			n += len(w)
		}
	}
	b.WriteString("\r\n")
}

// scrollRegions writes scrolling within margins, and insertions and deletions.
func scrollRegions(b *bytes.Buffer, r *rand.Rand) {
	top := 1 + r.Intn(10)
	bottom := top + 3 + r.Intn(24-top-3)
	fmt.Fprintf(b, "\x1b[%d;%dr\x1b[%d;1H", top, bottom, bottom)
	for i := r.Intn(6); i >= 0; i-- {
		fmt.Fprintf(b, "%s %s %d line in region\x1b[K\n\r", word(r), word(r), i)
	}
	fmt.Fprintf(b, "\x1b[%d;1H\x1bM%s up\x1b[K\x1bM", top, word(r))
	fmt.Fprintf(b, "\x1b[%d;1H\x1b[%dLinserted %d\x1b[%d;1H\x1b[%dM\x1b[%d;5H\x1b[3@abc\x1b[2P\x1b[4X\x1b[%dS\x1b[%dT",
		top+1, 1+r.Intn(3), r.Intn(100), top+2, 1+r.Intn(3), top+1, 1+r.Intn(2), 1)
	b.WriteString("\x1b[r")
}

// trueColor writes a screen of half blocks in random 24-bit colours.
func trueColor(b *bytes.Buffer, r *rand.Rand) {
	b.WriteString("\x1b[H")
	for y := range 24 {
		for range 80 {
			fmt.Fprintf(b, "\x1b[48;2;%d;%d;%dm\x1b[38;2;%d;%d;%dm▀", r.Intn(256), r.Intn(256), r.Intn(256), r.Intn(256), r.Intn(256), r.Intn(256))
		}
		if y < 23 {
			b.WriteString("\r\n")
		}
	}
}
