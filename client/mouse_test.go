package client

import (
	"bytes"
	"testing"
	"time"

	"roam/terminal"
)

// Reports of cells become pixels, in the middle of the cell, and nothing else changes.
func TestMouseInPixels(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"\x1b[<0;1;1M", "\x1b[<0;6;11M"},
		{"\x1b[<35;80;24Mx\x1b[<0;2;3m", "\x1b[<35;796;471Mx\x1b[<0;16;51m"},
		{"\x1b[<0;1M\x1b[<0;1;1;1M\x1b[<0;0;1M\x1b[<0;1;a\x1b[<;M", "\x1b[<0;1M\x1b[<0;1;1;1M\x1b[<0;0;1M\x1b[<0;1;a\x1b[<;M"},
		{"\x1b[<0;99999;1M", "\x1b[<0;99999;1M"},
		{"\x1b[M !!\x1b[A\x1b[I", "\x1b[M !!\x1b[A\x1b[I"},
	} {
		for cut := range len(c.in) {
			tt := newTypedTest(DefaultEscapeKey)
			tt.f.pixels = [2]int{10, 20}
			tt.write(c.in[:cut]).write(c.in[cut:]).wait(time.Second)
			if got := string(tt.out); got != c.want {
				t.Errorf("%q cut at %d becomes %q, want %q", c.in, cut, got, c.want)
			}
		}
		tt := newTypedTest(DefaultEscapeKey)
		if got := string(tt.write(c.in).wait(time.Second).out); got != c.in {
			t.Errorf("%q becomes %q where no pixels are wanted", c.in, got)
		}
	}
}

// A program that wants pixels gets them from a terminal that has no mode 1016, if it is
// known what a cell measures; and a terminal that has it reports them itself.
func TestPixelMouseOnAnyTerminal(t *testing.T) {
	for _, able := range []bool{false, true} {
		play(t, func(s *scene) {
			s.cfg.Probe = ProbeFull
			s.console.emu.SetUserTerminal(terminal.UserTerminal{CellWidth: 10, CellHeight: 20})
			s.console.answer = func(b []byte) {
				if !able {
					b = bytes.ReplaceAll(b, []byte("\x1b[?1016;2$y"), []byte("\x1b[?1016;0$y"))
				}
				s.console.keys <- b
			}
			s.connect()
			s.wait(time.Second)
			s.ask(func() {
				in, _ := s.server.tr.Remote()
				s.server.emu.SetUserTerminal(in.UserTerminal().Look)
			})
			s.print("\x1b[?1003h\x1b[?1006h\x1b[?1016h")
			s.wait(time.Second)
			s.typeKeys("\x1b[<0;2;2M")
			s.wait(time.Second)
			want := "\x1b[<0;16;31M"
			if able {
				want = "\x1b[<0;2;2M"
			}
			s.wantTyped(want)
			s.cancel()
			<-s.ended
		})
	}
}
