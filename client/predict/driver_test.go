package predict

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"roam/terminal"
)

// A story drives an Engine by hand: keys typed, screens that arrive, time that
// passes, and what is painted then.
type story struct {
	t        *testing.T
	e        *Engine
	server   *terminal.Emulator
	now      time.Time
	sent     uint64
	echoed   uint64
	interval time.Duration
}

// newStory begins with a server that shows screen, over a round trip of 300 ms.
func newStory(t *testing.T, opts Options, cols, rows int, screen string) *story {
	st := &story{
		t: t, e: New(opts), server: terminal.New(cols, rows, terminal.Options{}),
		now: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC), interval: 150 * time.Millisecond,
	}
	st.print(screen)
	st.frame(0)
	return st
}

// typed types each character of s as a key of its own, 10 ms apart.
func (st *story) typed(s string) {
	for _, r := range s {
		st.key(string(r))
	}
}

// key types one key, which leaves in a state of its own.
func (st *story) key(k string) {
	st.e.Typed(st.now, []byte(k), st.sent, false)
	st.sent++
	st.advance(10 * time.Millisecond)
}

func (st *story) advance(d time.Duration) { st.now = st.now.Add(d) }

// print makes the program on the server print s.
func (st *story) print(s string) { st.server.Write([]byte(s)) }

// frame lets the server's screen arrive, in which keys up to number echoed had time.
func (st *story) frame(echoed uint64) {
	st.echoed = max(st.echoed, echoed)
	st.e.Frame(st.now, st.server.Snapshot(), st.echoed, st.interval)
}

// settled prints s and lets the screen arrive with all keys acknowledged.
func (st *story) settled(s string) {
	st.print(s)
	st.advance(400 * time.Millisecond)
	st.frame(st.sent)
}

// paint returns what is shown.
func (st *story) paint() *terminal.Screen {
	c := st.server.Snapshot().Canvas()
	if st.e.frame != nil {
		c = st.e.frame.Canvas()
	}
	st.e.Paint(st.now, c)
	return c.Screen()
}

// rowText returns a row's text, trailing blanks cut.
func rowText(s *terminal.Screen, y int) string {
	var b []byte
	for x := range s.Row(y).Len() {
		b = s.Row(y).AppendText(b, x)
	}
	return strings.TrimRight(string(b), " ")
}

// want checks a row and, if it has a |, that the cursor is there.
func (st *story) want(y int, want string) {
	st.t.Helper()
	s := st.paint()
	got := rowText(s, y)
	if at := strings.IndexByte(want, '|'); at >= 0 {
		c := s.Cursor()
		want = want[:at] + want[at+1:]
		wantCol := 0
		for _, r := range want[:at] {
			wantCol += terminal.RuneWidth(r)
		}
		if c.Row != y || c.Col != wantCol {
			st.t.Errorf("cursor at %d,%d, want %d,%d; row %d is %q", c.Row, c.Col, y, wantCol, y, got)
		}
	}
	if want = strings.TrimRight(want, " "); got != want {
		st.t.Errorf("row %d: %q, want %q", y, got, want)
	}
}

// wantMarked checks which text of a row is underlined.
func (st *story) wantMarked(y int, want string) {
	st.t.Helper()
	r := st.paint().Row(y)
	var got []byte
	for x := range r.Len() {
		if r.Cell(x).Style().Underline() != terminal.UnderlineNone {
			got = r.AppendText(got, x)
		}
	}
	if string(got) != want {
		st.t.Errorf("row %d: %q underlined, want %q", y, got, want)
	}
}

// wantServer checks that what is painted is the server's screen.
func (st *story) wantServer() {
	st.t.Helper()
	got, want := st.paint(), st.e.frame
	if want == nil {
		want = st.server.Snapshot()
	}
	if d := screenDiff(got, want); d != "" {
		st.t.Errorf("painted screen is not the server's: %s", d)
	}
}

// screenDiff says where two screens differ, empty if nowhere.
func screenDiff(a, b *terminal.Screen) string {
	if ac, bc := a.Cursor(), b.Cursor(); ac != bc {
		return fmt.Sprintf("cursor %+v, want %+v", ac, bc)
	}
	_, rows := b.Size()
	for y := range rows {
		if !a.Row(y).Equal(b.Row(y)) {
			return fmt.Sprintf("row %d: %q, want %q", y, rowText(a, y), rowText(b, y))
		}
	}
	return ""
}
