package terminal

import (
	"fmt"
	"strings"
	"testing"
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

// BenchmarkDiffOrWhole is for pairs: "diff" is never to be slower than
// "whole", which draws the same screen without looking at the one before.
func BenchmarkDiffOrWhole(b *testing.B) {
	for _, p := range []struct {
		name string
		*Profile
	}{{"stock", StockProfile}, {"rich", RichProfile}, {"user", testProfiles["full"]}} {
		for _, t := range transitionsAt(200, 50) {
			buf := make([]byte, 0, 1<<20)
			b.Run(p.name+"/"+t.name+"/diff", func(b *testing.B) {
				for b.Loop() {
					buf = AppendDiff(buf[:0], t.from, t.to, p.Profile)
				}
			})
			b.Run(p.name+"/"+t.name+"/whole", func(b *testing.B) {
				for b.Loop() {
					buf = AppendDiff(buf[:0], nil, t.to, p.Profile)
				}
			})
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
	for _, p := range []*Profile{StockProfile, testProfiles["full"]} {
		for _, tr := range transitionsAt(80, 24) {
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
