//go:build unix

package server

import (
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A saying is something that a program writes, and how long after the one before.
type saying struct {
	pause time.Duration
	text  string
}

// TestGathererMakesBursts: what comes in pieces with little time between is one burst.
func TestGathererMakesBursts(t *testing.T) {
	us, much := time.Microsecond, strings.Repeat("0123456789abcdef", gatherMost/16)
	for _, c := range []struct {
		name string
		says []saying
		want []string
	}{
		{"an echo", []saying{{0, "a"}}, []string{"a"}},
		{"a command's output and the prompt", []saying{{0, "out\r\n"}, {300 * us, "put\r\n"}, {300 * us, "$ "}}, []string{"out\r\nput\r\n$ "}},
		{"two keys", []saying{{0, "a"}, {500 * us, "b"}}, []string{"a", "b"}},
		{"without a pause", sixteen(350*us, "x"), []string{strings.Repeat("x", 10), strings.Repeat("x", 6)}},
		{"much", []saying{{0, much}, {300 * us, "more"}}, []string{much, "more"}},
		{"more than a buffer", []saying{{0, much + much + "x"}}, []string{much, much, "x"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			r, w := io.Pipe()
			quit := make(chan struct{})
			g := newGatherer(r, quit, func(f func()) { go f() })
			go func() {
				for _, s := range c.says {
					time.Sleep(s.pause)
					w.Write([]byte(s.text))
				}
				time.Sleep(time.Second)
				w.CloseWithError(io.ErrUnexpectedEOF)
			}()
			buf := make([]byte, gatherMost)
			for _, want := range c.want {
				if n, err := g.read(buf); string(buf[:n]) != want || err != nil {
					t.Errorf("%s: read %d bytes, %v, want %d", c.name, n, err, len(want))
				}
			}
			for range 2 {
				if n, err := g.read(buf); n != 0 || err != io.ErrUnexpectedEOF {
					t.Errorf("%s: at the end %q, %v", c.name, buf[:n], err)
				}
			}
		})
	}
}

// sixteen is one text sixteen times, with a pause before each.
func sixteen(pause time.Duration, text string) (says []saying) {
	for range 16 {
		says = append(says, saying{pause, text})
	}
	return says
}

// TestGathererQuits: a reader that nobody listens to any more ends.
func TestGathererQuits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, w := io.Pipe()
		quit := make(chan struct{})
		g := newGatherer(r, quit, func(f func()) { go f() })
		go func() {
			for {
				if _, err := w.Write([]byte("flood")); err != nil {
					return
				}
			}
		}()
		synctest.Wait()
		close(quit)
		for range g.pieces {
		}
		r.Close()
	})
}
