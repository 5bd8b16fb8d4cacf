package predict

import (
	"math/rand"
	"testing"
	"time"

	"roam/terminal"
)

// A scramble drives an Engine with keys and screens that need not fit together.
type scramble struct {
	e      *Engine
	em     *terminal.Emulator
	now    time.Time
	sent   uint64
	echoed uint64
	shown  *terminal.Screen
}

func newScramble(opts Options) *scramble {
	s := &scramble{e: New(opts), em: terminal.New(20, 6, terminal.Options{}), now: time.Unix(1_900_000_000, 0)}
	s.frame(0)
	return s
}

func (s *scramble) frame(echoed uint64) {
	s.echoed = min(max(s.echoed, echoed), s.sent)
	s.shown = s.em.Snapshot()
	s.e.Frame(s.now, s.shown, s.echoed, 60*time.Millisecond)
}

func (s *scramble) paint() *terminal.Screen {
	c := s.shown.Canvas()
	s.e.Paint(s.now, c)
	return c.Screen()
}

// step does what one command byte and its argument say.
func (s *scramble) step(op byte, arg []byte) {
	switch op % 8 {
	case 0, 1, 2:
		s.e.Typed(s.now, arg, s.sent, op&0x80 != 0)
		s.sent++
	case 3:
		s.em.Write(arg)
	case 4:
		s.frame(s.echoed + uint64(op>>3))
	case 5:
		s.now = s.now.Add(time.Duration(op) * 4 * time.Millisecond)
		if len(arg) > 0 {
			s.e.Hint(s.now, Hint{
				After: s.echoed + uint64(arg[0]>>4), Echo: arg[0]&1 != 0, Canonical: arg[0]&2 != 0, Prompt: arg[0]&4 != 0,
				Printed: arg[0]&8 != 0, Controls: len(arg) > 1, Erase: 0x7f, Kill: 0x15, WordErase: 0x17, Command: string(arg[1:]),
			})
		}
	case 6: // what was typed is printed
		s.em.Write(arg)
		s.e.Typed(s.now, arg, s.sent, false)
		s.sent++
		s.frame(s.echoed)
	case 7:
		if op > 0xf0 {
			s.em.Resize(1+int(op&15), 1+len(arg)%7)
			s.e.Resized()
		}
		s.paint()
		s.e.NextTimeout()
	}
}

// settle lets everything be acknowledged and every wait end.
func (s *scramble) settle() {
	s.frame(s.sent)
	s.now = s.now.Add(hiddenGrace + maxSlack)
	s.paint()
	s.frame(s.sent)
	s.now = s.now.Add(hiddenGrace + maxSlack)
}

func FuzzEngine(f *testing.F) {
	f.Add([]byte("\x06\x03abc\x04\x00\x00\x02de\x04\x00\x05\x00\x07\x00"), byte(1))
	f.Add([]byte("\x03\x05$ \x1b[90\x00\x03ls\r\x00\x04\x1b[D\x7f\xfc\x00\x03\x04\r\n$ \x24\x00"), byte(0))
	f.Add([]byte("\x00\x10aaaaaaaaaaaaaaaa\x00\x10漢漢漢漢漢\x03\x10aaaaaaaaaaaaaaaa\x24\x00\x07\x00"), byte(3))
	f.Add([]byte("\x00\x06\x1b[200~\x00\x03a\rb\x00\x06\x1b[201~\xf7\x03abc\x24\x00"), byte(5))
	f.Add([]byte("\x05\x05\x08bash\x03\x02$ \x04\x00\x06\x01:\x24\x00\x06\x01\r\x03\x03\n$ \x24\x00\x05\x05\xf8bash\x04\x00\x00\x01:\x00\x01\r\x00\x02ab\x07\x00"), byte(9))
	f.Add([]byte("\x05\x04\x08vim\x03\x13\x1b[6H-- INSERT --\x1b[H\x04\x00\x00\x04a\rb}\x07\x00"), byte(9))
	f.Fuzz(func(t *testing.T, script []byte, mode byte) {
		s := newScramble(Options{Mode: Mode(mode % 4), Overwrite: mode&4 != 0, Ahead: mode&8 != 0})
		for len(script) >= 2 {
			op, n := script[0], int(script[1]%32)
			script = script[2:]
			n = min(n, len(script))
			s.step(op, script[:n])
			script = script[n:]
		}
		s.settle()
		if d := screenDiff(s.paint(), s.shown); d != "" {
			t.Errorf("once all is settled, something else than the server's screen is painted: %s", d)
		}
		if next := s.e.NextTimeout(); !next.IsZero() {
			t.Errorf("once all is settled, NextTimeout is %v", next)
		}
	})
}

// TestSettledIsTheServers drives many sessions that mostly fit together, and
// looks that nothing stays painted.
func TestSettledIsTheServers(t *testing.T) {
	keys := []string{"a", "b", " ", "é", "漢", "\u0301", "\x7f", "\x08", "\x1b[D", "\x1b[C", "\r", "\t", "\x01", "\x05", "\x15", "\x17", "\x0b", "\x1bb", "\x1b[3~", "\x1b", ":", ":", "\r"}
	for seed := range int64(300) {
		rng := rand.New(rand.NewSource(seed))
		s := newScramble(Options{Mode: Mode(rng.Intn(4)), Overwrite: rng.Intn(4) == 0, Ahead: rng.Intn(2) == 0})
		told := rng.Intn(2) == 0
		prog := &shell{prompt: "$ ", lines: rng.Intn(3)}
		var queue []string
		for range 200 {
			s.now = s.now.Add(time.Duration(rng.Intn(200)) * time.Millisecond)
			switch rng.Intn(4) {
			case 0, 1:
				k := keys[rng.Intn(len(keys))]
				s.e.Typed(s.now, []byte(k), s.sent, false)
				s.sent++
				queue = append(queue, k)
			case 2:
				for n := rng.Intn(len(queue) + 1); n > 0; n-- {
					var out output
					prog.input(queue[0], &out)
					queue = queue[1:]
					for _, p := range out.pieces {
						s.em.Write([]byte(p.text))
					}
				}
				if told {
					h := prog.reads(false)
					h.After, h.Printed = s.sent-uint64(len(queue)), true
					s.e.Hint(s.now, h)
				}
				s.frame(s.sent - uint64(len(queue)))
			case 3:
				s.paint()
			}
		}
		s.settle()
		if d := screenDiff(s.paint(), s.shown); d != "" {
			t.Errorf("seed %d: %s", seed, d)
		}
	}
}

// BenchmarkKey types a character into a line whose echo is proved, with the
// judgement of a screen and the painting for each.
func BenchmarkKey(b *testing.B) {
	st := newStory(nil, Options{Mode: Always}, 200, 50, "me@host:~$ ")
	st.key("x")
	st.settled("x")
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		st.e.Typed(st.now, []byte("a"), st.sent, false)
		st.sent++
		st.now = st.now.Add(time.Millisecond)
		c := st.e.frame.Canvas()
		st.e.Paint(st.now, c)
		if n++; n%40 == 0 { // let the line be judged now and then
			b.StopTimer()
			st.settled("\r\x1b[K$ x")
			st.settled("")
			b.StartTimer()
		}
	}
}

// BenchmarkTyped is the cost of a key alone, in the middle of a long line.
func BenchmarkTyped(b *testing.B) {
	st := newStory(nil, Options{Mode: Always}, 200, 50, "me@host:~$ ")
	st.print("one two three four five six seven eight nine ten\x1b[12G")
	st.settled("")
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		st.e.Typed(st.now, []byte("a"), st.sent, false)
		st.sent++
		if n++; n%40 == 0 {
			b.StopTimer()
			st.e.reset()
			b.StartTimer()
		}
	}
}
