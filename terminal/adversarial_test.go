package terminal

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// adversarial are outputs that aim at the time or the memory of an emulator.
// Each is repeated; start makes what it needs first.
var adversarial = []struct {
	name, start, text string
}{
	{"counts", "x", "\x1b[2147483647A\x1b[2147483647B\x1b[2147483647C\x1b[2147483647D\x1b[2147483647@\x1b[2147483647P\x1b[2147483647X"},
	{"parameters", "", "\x1b[" + strings.Repeat("1;", 4000) + "m"},
	{"colons", "", "\x1b[" + strings.Repeat("4:3:", 4000) + "m"},
	{"digits", "", "\x1b[" + strings.Repeat("9", 8000) + "m"},
	{"intermediates", "", "\x1b[" + strings.Repeat("$", 8000) + "p"},
	{"escapes", "", strings.Repeat("\x1b", 8000)},
	{"endless OSC", "\x1b]0;", strings.Repeat("t", 8000)},
	{"endless OSC 52", "\x1b]52;c;", strings.Repeat("QUJD", 2000)},
	{"endless DCS", "\x1bPq", strings.Repeat("~", 8000)},
	{"endless APC", "\x1b_G", strings.Repeat("A", 8000)},
	{"strings broken off", "", strings.Repeat("\x1b]0;x\x1b[m", 800)},
	{"titles", "", "\x1b]2;" + strings.Repeat("t", 1000) + "\x07"},
	{"short titles", "", "\x1b]2;t\x07\x1b]2;u\x07"},
	{"title stack", "\x1b]2;" + strings.Repeat("t", 1000) + "\x07", strings.Repeat("\x1b[22t", 20) + strings.Repeat("\x1b[23t", 20)},
	{"pens", "", strings.Repeat("\x1b[#{", 20) + strings.Repeat("\x1b[#}", 20)},
	{"kitty stack", "", strings.Repeat("\x1b[>1u", 20) + "\x1b[<9u"},
	{"combining", "a", strings.Repeat("\u0301", 2000)},
	{"combining after each", "", strings.Repeat("a\u0301\u0302", 300)},
	{"combining on one cell", "", strings.Repeat("\ra\u0301\u0302\u0303\u0304\u0305", 300)},
	{"clusters", "\x1b[?2027h", strings.Repeat("👩\u200d👩\u200d👧\u200d👦", 100)},
	{"joiners", "\x1b[?2027h", "👩" + strings.Repeat("\u200d👩", 300)},
	{"selectors", "\x1b[?2027h", strings.Repeat("❤\ufe0f❤\ufe0e", 300)},
	{"malformed", "", strings.Repeat("\xf0\x9f\x80\xe4\xb8\xff\xc0", 1000)},
	{"links", "", linkStorm(400)},
	{"underline colours", "", colorStorm(400)},
	{"palette", "", paletteStorm(256)},
	{"palette one by one", "", "\x1b]4;1;#123456\x07\x1b]4;1;#654321\x07"},
	{"palette questions", "", "\x1b]4;" + strings.TrimSuffix(strings.Repeat("1;?;", 2000), ";") + "\x07"},
	{"colour resets", "\x1b]4;1;#123456\x07", "\x1b]104;" + strings.TrimSuffix(strings.Repeat("1;", 4000), ";") + "\x07"},
	{"questions", "", strings.Repeat("\x1b[6n\x1b[c\x1b[>c\x1b[?1$p\x1b[18t", 200)},
	{"XTGETTCAP", "", "\x1bP+q" + strings.Repeat("544e;", 4000) + "\x1b\\"},
	{"DECRQSS", "", strings.Repeat("\x1bP$qm\x1b\\", 500)},
	{"bells", "", strings.Repeat("\x07", 4000)},
	{"notifications", "", strings.Repeat("\x1b]9;x\x07", 500)},
	{"long notifications", "", "\x1b]9;" + strings.Repeat("x", 60000) + "\x07"},
	{"marks", "", strings.Repeat("\x1b]133;A\x07\x1b]133;D;1\x07", 300)},
	{"tabs", "\x1b[3g", strings.Repeat("\t\r", 2000)},
	{"tab counts", "\x1b[3g", "\x1b[99999I\x1b[99999Z"},
	{"tab stops", "", strings.Repeat("\x1bH\x1b[3g\x1b[?5W", 500)},
	{"scrolls", "", strings.Repeat("\n", 8000)},
	{"coloured scrolls", "\x1b[41m", strings.Repeat("\n", 8000)},
	{"scrolls back", "", strings.Repeat("\x1bM", 4000)},
	{"region scrolls", "\x1b[2;23r\x1b[23H", strings.Repeat("\n", 8000)},
	{"side scrolls", "\x1b[?69h\x1b[2;79s", strings.Repeat("\x1b[S\x1b[T", 500)},
	{"side feeds", "\x1b[?69h\x1b[2;79s\x1b[24;5H", strings.Repeat("\n", 500)},
	{"columns", "", strings.Repeat("\x1b[ @\x1b[ A\x1b['}\x1b['~", 200)},
	{"lines", "\x1b[41m", strings.Repeat("\x1b[L\x1b[M", 500)},
	{"characters", "", strings.Repeat("\x1b[@\x1b[P", 500)},
	{"insert mode", "\x1b[4h", strings.Repeat("\rabc", 500)},
	{"erasing", "\x1b[41m", strings.Repeat("\x1b[J\x1b[2J\x1b[K", 300)},
	{"selective erasing", "\x1b[1\"qx\x1b[0\"q\x1b#8", strings.Repeat("\x1b[?2J", 300)},
	{"alignment", "", strings.Repeat("\x1b#8", 300)},
	{"REP", "", strings.Repeat("x\x1b[9999b", 300)},
	{"REP in clusters", "\x1b[?2027h", strings.Repeat("中\x1b[9999b", 300)},
	{"REP in a set", "\x1b(0", strings.Repeat("x\x1b[9999b", 300)},
	{"fill", "", strings.Repeat("\x1b[65$x", 300)},
	{"copy", "\x1b#8", strings.Repeat("\x1b[;;;;;2;2$v", 300)},
	{"copy of clusters", clusterScreen, strings.Repeat("\x1b[;;;;;2;2$v", 300)},
	{"change", "\x1b#8", strings.Repeat("\x1b[;;;;1;4;5;7$t", 300)},
	{"change much", "\x1b#8", "\x1b[;;;" + strings.Repeat(";7", 60) + "$t"},
	{"selective fill", "\x1b#8", strings.Repeat("\x1b[${", 300)},
	{"buffers", "", strings.Repeat("\x1b[?1049h\x1b[?1049l", 200)},
	{"coloured buffers", "\x1b[41m", strings.Repeat("\x1b[?1049h\x1b[?1049l", 200)},
	{"resets", "", strings.Repeat("\x1bc\x1b[!p", 500)},
	{"reverse wrap", "\x1b[?45h", "\x1b[99999D"},
	{"sets", "", strings.Repeat("\x0e\x0f\x1b(0q\x1b(B", 500)},
	{"save", "", strings.Repeat("\x1b7\x1b8", 500)},
	{"modes", "", "\x1b[?" + strings.Repeat("1049;", 60) + "h\x1b[?" + strings.Repeat("1049;", 60) + "l"},
}

// clusterScreen fills a screen of 80x24 with clusters of 32 bytes.
var clusterScreen = strings.Repeat("a"+strings.Repeat("\u0301", 15), 80*24)

func linkStorm(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "\x1b]8;;http://%d/\x07x", i)
	}
	return b.String()
}

func colorStorm(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "\x1b[58:2::%d:%d:1mx", i%256, i/256)
	}
	return b.String()
}

func paletteStorm(n int) string {
	var b strings.Builder
	b.WriteString("\x1b]4")
	for i := range n {
		fmt.Fprintf(&b, ";%d;#%06x", i, i)
	}
	return b.String() + "\x07"
}

// BenchmarkAdversarial measures what the outputs cost for each of their bytes,
// at 80x24. An operation on a whole screen takes as long as 1920 cells take.
func BenchmarkAdversarial(b *testing.B) {
	for _, a := range adversarial {
		b.Run(strings.ReplaceAll(a.name, " ", "_"), func(b *testing.B) {
			e := New(80, 24, Options{Clusters: true, Checksums: true})
			e.Write([]byte(a.start))
			data := []byte(a.text)
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				e.Write(data)
				e.Replies()
				e.Events()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(data)), "ns/byte")
		})
	}
}

// TestAdversarialMemory holds that an emulator which nobody reads from keeps
// little, whatever it is fed: what is bounded is counted by check, and the whole
// by the heap.
func TestAdversarialMemory(t *testing.T) {
	const each = 1 << 20
	for _, a := range adversarial {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		e := New(80, 24, Options{Clusters: true})
		e.Write([]byte(a.start))
		text := []byte(a.text)
		for n := 0; n < each; n += len(text) * costOf(a.name) {
			e.Write(text)
		}
		if err := e.check(); err != nil {
			t.Errorf("%s: %v", a.name, err)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		// The longest string, the events, the replies, and two screens.
		const room = maxClipboardString*2 + maxEventBytes + maxReplies + 2*24*80*(16+4*clusterRoom)
		if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > room {
			t.Errorf("%s: %d bytes are kept, want at most %d", a.name, grown, room)
		}
		runtime.KeepAlive(e)
	}
}

// costOf returns by how much less of an output is fed where each few bytes are
// about the whole screen.
func costOf(name string) int {
	switch name {
	case "REP", "REP in clusters", "REP in a set", "fill", "copy", "copy of clusters", "change", "change much",
		"selective fill", "selective erasing", "alignment", "columns", "side scrolls", "coloured buffers":
		return 32
	}
	return 1
}
