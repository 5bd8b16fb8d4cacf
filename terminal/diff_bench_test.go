package terminal

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"
	"time"
)

// A transition is a pair of screens as programs make them.
type transition struct {
	name     string
	from, to *Screen
}

// transitionsAt returns usual transitions at a size.
func transitionsAt(cols, rows int) []transition {
	e := New(cols, rows, Options{})
	step := func(out string) (from, to *Screen) {
		from = e.Snapshot()
		e.Write([]byte(out))
		return from, e.Snapshot()
	}
	var list []transition
	add := func(name, out string) {
		from, to := step(out)
		list = append(list, transition{name, from, to})
	}
	var page strings.Builder
	for i := range 3 * rows {
		fmt.Fprintf(&page, "\x1b[32m%4d\x1b[m  the %d quick brown foxes jump over the \x1b[1mlazy\x1b[m dog\r\n", i, i*i)
	}
	e.Write([]byte(page.String()))
	e.Write([]byte("user@host:~$ "))
	add("equal", "")
	add("one char", "l")
	add("three chars", "s -")
	add("one line", "\r\n\x1b[32m 999\x1b[m  the quick brown fox jumps\r\nuser@host:~$ ")
	add("ten lines", strings.Repeat("\x1b[1;34mdir\x1b[m  file.txt  other.go\r\n", 10)+"user@host:~$ ")
	var other strings.Builder
	other.WriteString("\x1b[H\x1b[2J")
	for i := range rows {
		fmt.Fprintf(&other, "\x1b[%dH\x1b[38;5;%dm%s\x1b[m", i+1, 16+i, strings.Repeat("whole new frame ", cols/16))
	}
	add("whole frame", other.String())
	add("clear", "\x1b[H\x1b[2J")
	return list
}

func BenchmarkAppendDiff(b *testing.B) {
	for _, size := range [][2]int{{80, 24}, {200, 50}} {
		for _, t := range transitionsAt(size[0], size[1]) {
			b.Run(fmt.Sprintf("%dx%d/%s", size[0], size[1], t.name), func(b *testing.B) {
				buf := AppendDiff(nil, t.from, t.to, StockProfile)
				b.ReportAllocs()
				b.ReportMetric(float64(len(buf)), "bytes")
				for b.Loop() {
					buf = AppendDiff(buf[:0], t.from, t.to, StockProfile)
				}
			})
		}
	}
}

// pairs returns transitionsAt and others, at a size: what is hard to tell from scrolling, and
// what takes many bytes.
func pairs(cols, rows int) []transition {
	list := transitionsAt(cols, rows)
	rnd := rand.New(rand.NewSource(1))
	add := func(name, from, to string) {
		e := New(cols, rows, Options{Clusters: true})
		e.Write([]byte(from))
		before := e.Snapshot()
		e.Write([]byte(to))
		list = append(list, transition{name, before, e.Snapshot()})
	}
	screen := func(row func(y int) string) string {
		var b strings.Builder
		for y := range rows {
			fmt.Fprintf(&b, "\x1b[%dH%s\x1b[m", y+1, row(y))
		}
		return b.String()
	}
	random := func(pen string, from rune, n int) func(int) string {
		return func(int) string {
			var b strings.Builder
			for range cols {
				if pen != "" {
					fmt.Fprintf(&b, pen, rnd.Intn(256), rnd.Intn(256), rnd.Intn(256))
				}
				b.WriteRune(from + rune(rnd.Intn(n)))
			}
			return b.String()
		}
	}
	code := func(y int) string {
		return fmt.Sprintf("\x1b[33m%5d \x1b[m%s\x1b[32mfunc\x1b[m name%d(a, \x1b[1mb\x1b[m int) { // %d", y, strings.Repeat("    ", y%4), y*y%97, y)
	}
	hanzi := func(int) string {
		var b strings.Builder
		for range cols / 2 {
			b.WriteRune(0x4e00 + rune(rnd.Intn(5000)))
		}
		return b.String()
	}
	styled := func(y int) string {
		var b strings.Builder
		for x := range cols / 4 {
			fmt.Fprintf(&b, "\x1b[0;%dmab%c ", []int{1, 2, 3, 4, 5, 7, 9, 53}[(x+y)%8], 'a'+rnd.Intn(26))
		}
		return b.String()
	}
	half := func(row func(int) string) func(int) string {
		return func(y int) string { return row(y)[:cols/2] }
	}
	letters := random("", 'a', 26)
	add("random letters", screen(letters), screen(letters))
	add("random letters, half new", screen(letters), screen(half(letters)))
	add("random colours", screen(random("\x1b[38;2;%d;%d;%dm", 'a', 26)), screen(random("\x1b[38;2;%d;%d;%dm", 'a', 26)))
	add("random ideographs", screen(hanzi), screen(hanzi))
	add("all styles", screen(styled), screen(styled))
	add("a page of code", screen(code), screen(func(y int) string { return "\x1b[K" + code(y+rows-2) }))
	add("half a page of code", screen(code), screen(func(y int) string { return "\x1b[K" + code(y+rows/2) }))
	add("code to text", screen(code), screen(letters))
	return list
}

// BenchmarkDiffOrWhole compares each diff with "whole", which draws the same screen without
// looking at the one before: it is never to be slower. Both take turns, and the best of each
// counts, so that what else the machine does matters little: whole/diff is how many
// times as long the whole takes. At 80x24 rows are short and few, so that what is looked at
// for each weighs more.
func BenchmarkDiffOrWhole(b *testing.B) {
	for _, p := range []struct {
		name string
		*Profile
	}{{"stock", StockProfile}, {"rich", RichProfile}, {"user", testProfiles["full"]}} {
		for _, size := range [][2]int{{80, 24}, {200, 50}} {
			for _, t := range pairs(size[0], size[1]) {
				b.Run(fmt.Sprintf("%dx%d/%s/%s", size[0], size[1], p.name, t.name), func(b *testing.B) {
					buf := make([]byte, 0, 1<<20)
					best := [2]time.Duration{time.Hour, time.Hour}
					for b.Loop() {
						for i, from := range []*Screen{t.from, nil} {
							start := time.Now()
							buf = AppendDiff(buf[:0], from, t.to, p.Profile)
							best[i] = min(best[i], time.Since(start))
						}
					}
					b.ReportMetric(float64(best[0].Nanoseconds()), "ns/diff")
					b.ReportMetric(float64(best[1])/float64(best[0]), "whole/diff")
				})
			}
		}
	}
}

func BenchmarkApply(b *testing.B) {
	for _, t := range transitionsAt(80, 24) {
		b.Run(t.name, func(b *testing.B) {
			diff := AppendDiff(nil, t.from, t.to, StockProfile)
			b.ReportAllocs()
			for b.Loop() {
				Apply(t.from, diff, StockReader)
			}
		})
	}
}

// TestDiffsAllocateNothing: once the buffer has grown.
func TestDiffsAllocateNothing(t *testing.T) {
	for _, p := range []*Profile{StockProfile, RichProfile, testProfiles["full"]} {
		for _, tr := range pairs(80, 24) {
			buf := AppendDiff(nil, tr.from, tr.to, p)
			if n := testing.AllocsPerRun(100, func() { buf = AppendDiff(buf[:0], tr.from, tr.to, p) }); n != 0 {
				t.Errorf("%s: %v allocations", tr.name, n)
			}
		}
	}
}

// TestDiffsAreShort compares with what stock sends for the same screens.
func TestDiffsAreShort(t *testing.T) {
	ours, stock := 0, 0
	for _, v := range loadDiffVectors(t) {
		if v.Repaint || v.Name == "diff/hidden-cell-under-wide-lost" { // stock loses what it does not send
			continue
		}
		from, to := v.screens()
		n := len(AppendDiff(nil, from, to, StockProfile))
		if n > len(v.Expected.Hostbytes) {
			t.Errorf("%s: %d bytes, stock %d", v.Name, n, len(v.Expected.Hostbytes))
		}
		ours, stock = ours+n, stock+len(v.Expected.Hostbytes)
	}
	if 3*ours > 2*stock {
		t.Errorf("%d bytes in all, stock %d", ours, stock)
	}
}
