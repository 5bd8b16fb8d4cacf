package terminal

import (
	"encoding/base64"
	"strings"
	"testing"
)

// images are pictures in all forms that terminals know, and what is written of
// the same kind; none is shown.
var images = map[string]string{
	"sixel":            "\x1bP0;1;0q\"1;1;6;6#0;2;100;0;0#0~~@@vv@@~~$-!20~\x1b\\",
	"sixel, no raster": "\x1bPq#1!6~-\x1b\\",
	"sixel, utf-8 ST":  "\x1bPq#1~~\xc2\x9c",
	"ReGIS":            "\x1bPpS(E)W(I(R))P[10,10]V[20,20]\x1b\\",
	"kitty":            "\x1b_Ga=T,f=24,s=1,v=1;AAAA\x1b\\",
	"kitty in pieces":  "\x1b_Ga=T,f=100,m=1;iVBORw0KGgo=\x1b\\\x1b_Gm=1;AAAA\x1b\\\x1b_Gm=0;AA==\x1b\\",
	"kitty, asked":     "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\",
	"kitty, deleted":   "\x1b_Ga=d,d=A\x1b\\",
	"kitty, a file":    "\x1b_Ga=T,t=f;L2V0Yy9wYXNzd2Q=\x1b\\",
	"iTerm2":           "\x1b]1337;File=name=YQ==;size=4;inline=1:AAAAAA==\x07",
	"iTerm2, with ST":  "\x1b]1337;File=inline=1:AAAAAA==\x1b\\",
	"iTerm2 in pieces": "\x1b]1337;MultipartFile=inline=1\x07\x1b]1337;FilePart=AAAA\x07\x1b]1337;FileEnd\x07",
	"with controls":    "\x1bPq\n\r\t\x00#0~\x08\x1b\\",
	"with UTF-8":       "\x1b_Gé中\xff\xfe\x1b\\",
	"user keys":        "\x1bP0;1|17/414243\x1b\\",
	"a font":           "\x1bP1;1;2{ @????/\x1b\\",
	"a macro":          "\x1bP1;0;0!zhello\x1b\\",
}

// TestImagesAreSkipped cuts each picture in two at every byte: what stands
// around it is all that is seen, and nothing is answered.
func TestImagesAreSkipped(t *testing.T) {
	for name, image := range images {
		text := "a" + image + "b"
		for cut := range len(text) + 1 {
			e := New(10, 3, Options{Clusters: true, Clipboard: true})
			e.Write([]byte(text[:cut]))
			e.Write([]byte(text[cut:]))
			if got := strings.Join(e.Snapshot().text(), "|"); got != "ab||" || e.x != 2 || e.y != 0 {
				t.Fatalf("%s cut at %d: %q, cursor at row %d column %d", name, cut, got, e.y, e.x)
			}
			if r := e.Replies(); r != nil {
				t.Fatalf("%s is answered %q", name, r)
			}
			if list, _ := e.Events(); list != nil {
				t.Fatalf("%s makes events: %+v", name, list)
			}
			if s := e.Snapshot(); s.cwd != "" || s.titleSet || s.colors != nil || s.pen != (Pen{}) {
				t.Fatalf("%s leaves something: %+v", name, s)
			}
		}
	}
}

// TestLargeImagesAreNotKept feeds pictures of 8 MiB in reads of a pseudo-terminal.
func TestLargeImagesAreNotKept(t *testing.T) {
	data := strings.Repeat(base64.StdEncoding.EncodeToString(make([]byte, 3<<10)), 2<<10)
	for _, frame := range [][2]string{
		{"\x1bPq", "\x1b\\"}, {"\x1b_Ga=T;", "\x1b\\"}, {"\x1b]1337;File=inline=1:", "\x07"}, {"\x1b^", "\x1b\\"}, {"\x1bX", "\x1b\\"},
	} {
		e := New(10, 3, Options{})
		text, most := "a"+frame[0]+data+frame[1]+"b", 0
		for len(text) > 0 {
			n := min(len(text), 4093)
			e.Write([]byte(text[:n]))
			text, most = text[n:], max(most, cap(e.p.str))
		}
		if got := strings.Join(e.Snapshot().text(), "|"); got != "ab||" {
			t.Errorf("%q: %q", frame[0], got)
		}
		if most > 2*maxString {
			t.Errorf("%q: %d bytes were kept, want at most %d", frame[0], most, 2*maxString)
		}
		e.Write([]byte("\x1b]2;t\x07"))
		if cap(e.p.str) > keptString {
			t.Errorf("%q: %d bytes stay, want at most %d", frame[0], cap(e.p.str), keptString)
		}
	}
}
