package terminal

import (
	"bytes"
	"fmt"
	"math/rand"
	"slices"
	"testing"
	"unicode/utf8"

	"roam/internal/payload"
)

// check returns what is wrong with the emulator's state, nil for nothing.
func (e *Emulator) check() error {
	if e.cols < 1 || e.cols > maxSide || e.rows < 1 || e.cols*e.rows > maxCells || len(e.lines) != e.rows || len(e.tabs.at) != e.cols {
		return fmt.Errorf("%dx%d with %d rows, %d tab stops", e.cols, e.rows, len(e.lines), len(e.tabs.at))
	}
	if e.x < 0 || e.x >= e.cols || e.y < 0 || e.y >= e.rows {
		return fmt.Errorf("cursor at row %d column %d of %dx%d", e.y, e.x, e.cols, e.rows)
	}
	if e.top < 0 || e.top > e.bottom || e.bottom >= e.rows || e.left < 0 || e.left > e.right || e.right >= e.cols {
		return fmt.Errorf("margins %d-%d, %d-%d of %dx%d", e.top, e.bottom, e.left, e.right, e.cols, e.rows)
	}
	if e.pen.content() != 0 || e.pen.extra() != 0 {
		return fmt.Errorf("pen has content %x, extra %d", e.pen.content(), e.pen.extra())
	}
	owned := map[*Row]bool{}
	for _, lines := range [][]*Row{e.lines, e.alt.lines} {
		if lines != nil && len(lines) != e.rows {
			return fmt.Errorf("a buffer has %d rows of %d", len(lines), e.rows)
		}
		for y, r := range lines {
			if err := r.check(e.cols); err != nil {
				return fmt.Errorf("row %d: %w", y, err)
			}
			if !r.shared && owned[r] {
				return fmt.Errorf("row %d stands twice", y)
			}
			owned[r] = true
		}
	}
	for _, r := range e.free {
		if r.shared || owned[r] || len(r.cells) != e.cols || len(r.text)+len(r.extras) != 0 {
			return fmt.Errorf("free row is shared (%t), in use or dirty", r.shared)
		}
		owned[r] = true
	}
	if len(e.free) > 2*e.rows+2 || len(e.replies) > maxReplies || len(e.events.list) > maxEvents || e.events.bytes > maxEventBytes {
		return fmt.Errorf("%d free rows, %d bytes of replies, %d events", len(e.free), len(e.replies), len(e.events.list))
	}
	return e.blank.check(e.cols)
}

// check returns what is wrong with a row of cols cells.
func (r *Row) check(cols int) error {
	if len(r.cells) != cols {
		return fmt.Errorf("%d cells of %d", len(r.cells), cols)
	}
	if len(r.text) > maxRowText(cols) || len(r.extras) > 2*cols+extraProbe {
		return fmt.Errorf("%d bytes of text, %d extras", len(r.text), len(r.extras))
	}
	for x, c := range r.cells {
		content := c.content()
		if int(c.extra()) > len(r.extras) {
			return fmt.Errorf("column %d: extra %d of %d", x, c.extra(), len(r.extras))
		}
		switch {
		case content&isWide != 0 && (x+1 == cols || r.cells[x+1].content() != isTail):
			return fmt.Errorf("column %d: a left half without its right half", x)
		case content&isTail != 0 && (content != isTail || x == 0 || r.cells[x-1].content()&isWide == 0):
			return fmt.Errorf("column %d: a right half without its left half", x)
		}
		if content&isCluster != 0 {
			at, n := int(content&contentMask), int(content>>clusterShift&clusterMask)
			if n == 0 || n > clusterRoom || at+n > len(r.text) || !utf8.Valid(r.text[at:at+n]) {
				return fmt.Errorf("column %d: cluster at %d+%d of %d", x, at, n, len(r.text))
			}
		} else if ch := content & contentMask; content&isTail == 0 && (ch < 0x20 || ch >= 0x7f && ch < 0xa0 || ch > utf8.MaxRune) {
			return fmt.Errorf("column %d: content %#x", x, content)
		}
	}
	return nil
}

// resizeMark stands in fuzz input for a resize, with two more bytes for the
// size: FF never occurs in UTF-8.
const resizeMark = 0xff

// feed plays fuzz input, in writes of at most n bytes.
func feed(e *Emulator, data []byte, n int) {
	for len(data) > 0 {
		i := bytes.IndexByte(data, resizeMark)
		if i < 0 {
			i = len(data)
		}
		for chunk := range slices.Chunk(data[:i], n) {
			e.Write(chunk)
		}
		data = data[i:]
		if len(data) >= 3 {
			e.Resize(int(data[1])%150+1, int(data[2])%60+1)
			data = data[3:]
		} else {
			data = nil
		}
	}
}

// fuzzOptions are the emulators that the fuzz target runs.
var fuzzOptions = []Options{
	{},
	{Dialect: Stock},
	{AmbiguousWide: true, Clipboard: true, Clusters: true, KittyKeys: true, OtherKeys: true, Checksums: true},
}

// FuzzEmulator holds that no input breaks the emulator, that it does not
// matter how input is cut into writes, and that snapshots never change.
func FuzzEmulator(f *testing.F) {
	for _, v := range loadVectors(f) {
		if v.Kind == "emulator" && v.Input != nil {
			f.Add(v.Input, uint8(v.Cols), uint8(v.Rows))
		}
	}
	for _, p := range payload.All() {
		f.Add(p.Bytes(300), uint8(20), uint8(8))
	}
	for _, s := range fuzzSeeds {
		f.Add([]byte(s), uint8(12), uint8(5))
	}
	f.Fuzz(func(t *testing.T, data []byte, cols, rows uint8) {
		for _, opts := range fuzzOptions {
			whole := New(int(cols), int(rows), opts)
			feed(whole, data, 1<<20)
			if err := whole.check(); err != nil {
				t.Fatalf("%+v: %v", opts, err)
			}
			cut := New(int(cols), int(rows), opts)
			half := len(data) / 2
			feed(cut, data[:half], 1)
			before := cut.Snapshot()
			text := fmt.Sprint(before.text())
			feed(cut, data[half:], 1)
			if err := cut.check(); err != nil {
				t.Fatalf("%+v, byte by byte: %v", opts, err)
			}
			if fmt.Sprint(before.text()) != text {
				t.Fatalf("%+v: a snapshot changed", opts)
			}
			if bytes.IndexByte(data, resizeMark) >= 0 {
				continue // the halves may cut a resize in two
			}
			a, b := whole.Snapshot(), cut.Snapshot()
			if fmt.Sprint(a.text()) != fmt.Sprint(b.text()) || a.cursor != b.cursor || a.pen != b.pen || a.modes != b.modes || a.title != b.title {
				t.Fatalf("%+v: the cut into writes matters\nwhole %q %+v\nbytes %q %+v", opts, a.text(), a.cursor, b.text(), b.cursor)
			}
			if !bytes.Equal(whole.Replies(), cut.Replies()) {
				t.Fatalf("%+v: the replies depend on the cut into writes", opts)
			}
		}
	})
}

// fuzzSeeds lead the fuzzer into the corners of the emulator.
var fuzzSeeds = []string{
	"\x1b[?69h\x1b[3;9s\x1b[2;4rab中\x1b[2'}\x1b[3'~\x1b6\x1b9\x1b[2 @\x1b[2 A\x1b[3@\x1b[2P\x1b[L\x1b[M\x1b[S\x1b[T",
	"\x1b[?2027h👩‍👩‍👧‍👦🇩🇪🇩❤️👍🏽é각क्षि⌚︎1️⃣\r\n",
	"中文字\x1b[1;2H\x1b[1;1;2;4;3;1;2;1$v\x1b[65;1;1;2;9$x\x1b[1;2;2;3$z\x1b[1\"qP\x1b[1;1;9;9${\x1b[2*x\x1b[1;1;3;3;1;4$r\x1b[1;1;2;2;7$t\x1b[1;1;1;1;5;5*y",
	"abc\x1b[?1049h中\x1b7\xff\x05\x03\x1b8\x1b[?1049lx\xff\x20\x09",
	"a wrapped line of text with 中文 in it\xff\x07\x04\xff\x1f\x09\xff\x02\x02",
	"\x1b]8;id=a;http://example.com/\x1b\\link\x1b]8;;\x07\x1b[4:3m\x1b[58:2::1:2:3mu\x1b[58;5;9mv\x1b[0m",
	"\x1b]52;c;QUJD\x07\x1b]4;1;#f00;2;?\x07\x1b]10;rgb:1/2/3\x07\x1b]104;1\x07\x1b]133;A\x07\x1b]9;4;1;50\x07\x1b]777;notify;a;b\x07\x1b]99;i=1;x\x07",
	"\x1bP$qm\x1b\\\x1bP+q544e;436f\x1b\\\x1b[>q\x1b[c\x1b[>c\x1b[=c\x1b[6n\x1b[?6n\x1b[?996n\x1b[18t\x1b[22t\x1b[23t\x1b[?1$p\x1b[4$p",
	"\x1b(0lqk\x0e\x1b)0x\x0f\x1bN\x1bOa\x1bn\x1b*0b\x1bo\x1b[5b\x1b#8\x1b[!p\x1bc",
	"\x1b[>1u\x1b[=5;2u\x1b[?u\x1b[<1u\x1b[>4;2m\x1b[?4m\x1b[>4n\x1b[?2048h\x1b[?2031h\x1b[?1;2s\x1b[?1;2r\x1b[#{\x1b[1m\x1b[#}",
	"\x1b[2147483647b\x1b[99999999C\x1b[9;99999@\x1b[1:2:3:4m\x1bP\x1b_Gq\x1b\\\x1b^x\x07\x1b\\\x1bXy\x9c\xc2\x9c",
	"\x1b[4hins中\x1b[4l\x1b[?7l中中中中中中中\x1b[?7h\x1b[?45h\b\b\b\x1b[?6h\x1b[H\x1b[?6l\x1b[20h\n",
	"\x1b[?42h\x1b(K{\x1b*>\x1b}\xe1\xc3\xa9\x1b.A\xff\x1b[?42l\x1b+\"?\x1b|\xe1\x1b~\x1b-L\x0ea\x7f\x1bOa\x1b[1$w\x1bP1$t1;1;1;@;@;@;1;3;H;B0>A\x1b\\",
	"ab\x1b[?2l\x1bY!%x\x1bY中\xff\x1bFabc\x1bG\x1bI\x1bJ\x1bK\x1bZ\x1b[5n\x1b]2;x\x07\x1b<\x1b[?1046l\x1b[?1049h",
	"\xe4\xb8\xc3\xa9\xf0\x9f\xed\xa0\x80\xc0\xafé\xcc\x81\xcc\x81",
}

func TestFuzzSeedsKeepInvariants(t *testing.T) {
	for _, s := range fuzzSeeds {
		for _, opts := range fuzzOptions {
			for size := 1; size < 24; size++ {
				e := New(size, 1+size/2, opts)
				feed(e, []byte(s), 7)
				feed(e, []byte(s), 3)
				if err := e.check(); err != nil {
					t.Errorf("%q at %d columns, %+v: %v", s, size, opts, err)
				}
			}
		}
	}
}

// TestTrim wants a trimmed Emulator to go on as another one does, and to keep no rows.
func TestTrim(t *testing.T) {
	trimmed, other := New(80, 24, Options{}), New(80, 24, Options{})
	rng := rand.New(rand.NewSource(1))
	for range 200 {
		text := fmt.Appendf(nil, "\x1b[%d;%dH\x1b[4%dm%d\n\x1b[%dL\x1b[%dM\x1b[K", rng.Intn(24), rng.Intn(80), rng.Intn(8), rng.Int(), rng.Intn(5), rng.Intn(5))
		feed(trimmed, text, len(text))
		feed(other, text, len(text))
		trimmed.Trim()
		if err := trimmed.check(); err != nil {
			t.Fatal(err)
		}
		if len(trimmed.free) > 0 {
			t.Fatalf("%d rows are kept", len(trimmed.free))
		}
	}
	if !trimmed.Snapshot().Equal(other.Snapshot()) {
		t.Error("a trimmed Emulator shows something else")
	}
}
