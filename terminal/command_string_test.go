package terminal

import (
	"slices"
	"strings"
	"testing"
)

func TestTitles(t *testing.T) {
	for input, want := range map[string][2]string{
		"\x1b]0;both\x07":                               {"both", "both"},
		"\x1b]2;title\x1b\\\x1b]1;icon\x1b\\":           {"title", "icon"},
		"\x1b]02;title\x07":                             {"title", ""},
		"\x1b]2;a\x1b]2;b\x07":                          {"b", ""},
		"\x1b]2;cancelled\x18\x1b]2;\xff\x1a":           {"", ""},
		"\x1b]2;tab\there\x07":                          {"tabhere", ""},
		"\x1b]2;caf\xc3\xa9 \xff\x07":                   {"café \ufffd", ""},
		"\x1b]2;st\xc2\x9cx":                            {"st", ""},
		"\x1b]2;a\x07\x1b[22t\x1b]2;b\x07\x1b[23t":      {"a", ""},
		"\x1b]0;a\x07\x1b[22;2t\x1b]0;b\x07\x1b[23;2t":  {"a", "b"},
		"\x1b]2;" + strings.Repeat("x", 5000) + "\x07":  {strings.Repeat("x", maxNameBytes), ""},
		"\x1b]2;" + strings.Repeat("x", 70000) + "\x07": {"", ""},
	} {
		e := New(20, 2, Options{})
		e.Write([]byte(input))
		title, icon, _ := e.Snapshot().Title()
		if title != want[0] || icon != want[1] {
			t.Errorf("%.40q makes the title %.40q, the icon name %.40q; want %.40q", input, title, icon, want)
		}
	}
}

func TestEvents(t *testing.T) {
	e := New(20, 2, Options{})
	e.Write([]byte("\x1b]52;c;QUJD\x07\x1b]52;;QUJD\x07\x1b]52;pc;QQ==\x1b\\\x1b]52;c;not base64\x07\x1b]52;c;?\x07\x1b]52;x;QQ==\x07" +
		"\x1b]9;hello\x07\x1b]777;notify;title;body\x07\x1b]99;i=1:d=0;text\x07\x1b]9;4;1;30\x07\x07\x07"))
	got, dropped := e.Events()
	want := []Event{
		{Kind: EventClipboard, Selection: "c", Text: "QUJD"},
		{Kind: EventClipboard, Selection: "", Text: "QUJD"},
		{Kind: EventClipboard, Selection: "pc", Text: "QQ=="},
		{Kind: EventNotification, Text: "hello"},
		{Kind: EventNotification, Title: "title", Text: "body"},
		{Kind: EventKittyNotify, Selection: "i=1:d=0", Text: "text"},
		{Kind: EventBell},
	}
	if !slices.Equal(got, want) || dropped != 0 {
		t.Errorf("events %+v, %d dropped", got, dropped)
	}
	s := e.Snapshot()
	if s.Progress() != (Progress{State: 1, Percent: 30}) || s.Bells() != 2 || s.Clipboard() != "QQ==" {
		t.Errorf("progress %+v, %d bells, clipboard %q", s.Progress(), s.Bells(), s.Clipboard())
	}
	if again, _ := e.Events(); again != nil {
		t.Errorf("events come twice: %+v", again)
	}
}

// TestEventsAreBounded holds that notifications go before clipboard writes,
// and that a clipboard write of 1 MiB arrives whole.
func TestEventsAreBounded(t *testing.T) {
	e := New(20, 2, Options{})
	e.Write([]byte("\x1b]52;c;QUJD\x07" + strings.Repeat("\x1b]9;"+strings.Repeat("x", 1000)+"\x07", 1000)))
	list, dropped := e.Events()
	if len(list) != maxEvents || dropped != 1001-maxEvents || list[0].Kind != EventClipboard {
		t.Errorf("%d events, %d dropped, the first %+v", len(list), dropped, list[0].Kind)
	}
	megabyte := strings.Repeat("QUJD", (1<<20)/3+1)
	e.Write([]byte("\x1b]9;first\x07\x1b]52;c;" + megabyte + "\x07"))
	list, _ = e.Events()
	if len(list) != 2 || list[1].Text != megabyte {
		t.Errorf("a clipboard write of 1 MiB gives %d events", len(list))
	}
	e.Write([]byte("\x1b]52;c;" + megabyte + megabyte + "\x07"))
	if list, _ = e.Events(); len(list) != 0 {
		t.Errorf("one of 2 MiB gives %d", len(list))
	}
	if len(e.p.str) > maxString {
		t.Errorf("the parser keeps %d bytes of it", len(e.p.str))
	}
}

func TestMarksAndDirectory(t *testing.T) {
	e := New(20, 4, Options{})
	e.Write([]byte("\x1b]7;file://host/home\x07\x1b]133;A\x07$ \x1b]133;B;k=v\x07ls\r\n\x1b]133;C\x1b\\out\r\n\x1b]133;D;130\x07"))
	s := e.Snapshot()
	for y, want := range []Mark{{Prompt: true, Command: 3}, {Output: true}, {End: true, Exit: 130}, {}} {
		if s.Row(y).Mark() != want {
			t.Errorf("row %d is marked %+v, want %+v", y, s.Row(y).Mark(), want)
		}
	}
	if s.WorkingDirectory() != "file://host/home" {
		t.Errorf("working directory %q", s.WorkingDirectory())
	}
	e.Write([]byte("\x1b[S\x1b]133;D\x07\x1b]133;X\x07"))
	if s := e.Snapshot(); s.Row(0).Mark() != (Mark{Output: true}) || s.Row(2).Mark() != (Mark{End: true, Exit: -1}) {
		t.Errorf("after scrolling rows are marked %+v, %+v", s.Row(0).Mark(), s.Row(2).Mark())
	}
}

func TestColorsAreShared(t *testing.T) {
	e := New(4, 1, Options{})
	e.Write([]byte("\x1b]4;1;#010203;2;#040506\x07\x1b]12;rgb:ff/00/00\x07"))
	before := e.Snapshot()
	e.Write([]byte("\x1b]104\x07\x1b]112\x07"))
	if c := before.Colors(); c == nil || c.Palette[1] != RGB(1, 2, 3) || c.Palette[2] != RGB(4, 5, 6) || c.Cursor != RGB(255, 0, 0) {
		t.Errorf("colours %+v", c)
	}
	if c := e.Snapshot().Colors(); c != nil {
		t.Errorf("after the reset: %+v", c)
	}
}

// TestImagesLeaveNothing holds that image protocols and unknown strings are
// skipped without a stray character, however they are cut.
func TestImagesLeaveNothing(t *testing.T) {
	for _, s := range []string{
		"\x1bPq#0;2;0;0;0#0~~@@vv@@~~$-\x1b\\", "\x1b_Gf=24,s=1,v=1;AAAA\x1b\\", "\x1b]1337;File=inline=1:AAAA\x07",
		"\x1bPtmux;\x1b\x1b]52;c;QQ==\x07\x1b\\", "\x1b^private\x1b\\", "\x1bXstring\x07still\x1b\\", "\x1bP" + strings.Repeat("x", 1<<20) + "\x1b\\",
	} {
		e := New(8, 1, Options{})
		for i := 0; i < len(s); i += 5 {
			e.Write([]byte(s[i:min(i+5, len(s))]))
		}
		e.Write([]byte("x"))
		if got := strings.Join(e.Snapshot().text(), "|"); got != "x" {
			t.Errorf("%.30q shows %q", s, got)
		}
		if cap(e.p.str) > 2*maxString {
			t.Errorf("%.30q keeps %d bytes", s, cap(e.p.str))
		}
	}
}
