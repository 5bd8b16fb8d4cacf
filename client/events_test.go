package client

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"roam/terminal"
)

func clip(selection, text string) terminal.Event {
	return terminal.Event{Kind: terminal.EventClipboard, Selection: selection, Text: base64.StdEncoding.EncodeToString([]byte(text))}
}

func TestActorWritesWhatIsDue(t *testing.T) {
	note := func(title, text string) terminal.Event {
		return terminal.Event{Kind: terminal.EventNotification, Title: title, Text: text}
	}
	kitty := func(meta, text string) terminal.Event {
		return terminal.Event{Kind: terminal.EventKittyNotify, Selection: meta, Text: text}
	}
	bell := terminal.Event{Kind: terminal.EventBell}
	for _, c := range []struct {
		name   string
		form   terminal.NotifyForm
		events []terminal.Event
		want   string
	}{
		{"bells", 0, []terminal.Event{bell, bell, clip("c", "x"), bell}, "\a\x1b]52;c;eA==\a\a"},
		{"selections", 0, []terminal.Event{clip("", "a"), clip("pc", "a"), clip("s0", "")}, "\x1b]52;;YQ==\a\x1b]52;pc;YQ==\a\x1b]52;s0;\a"},
		{"none", terminal.NotifyNone, []terminal.Event{note("t", "b")}, "\a"},
		{"9", terminal.Notify9, []terminal.Event{note("", "b"), note("t", "b"), note("", "4;1;2")}, "\x1b]9;b\x1b\\\x1b]9;t: b\x1b\\\x1b]9; 4;1;2\x1b\\"},
		{"777", terminal.Notify777, []terminal.Event{note("a;t", "b;c"), note("t", "")}, "\x1b]777;notify;a,t;b;c\x1b\\\x1b]777;notify;;t\x1b\\"},
		{"99", terminal.Notify99, []terminal.Event{note("t", "b"), note("", "b")},
			"\x1b]99;i=roam1:d=0:p=title;t\x1b\\\x1b]99;i=roam1:p=body;b\x1b\\\x1b]99;i=roam2;b\x1b\\"},
		{"controls", terminal.Notify9, []terminal.Event{note("", "a\x1b]52;c;?\a\u009cb\x7f")}, "\x1b]9;a]52;c;?b\x1b\\"},
		{"long", terminal.Notify9, []terminal.Event{note("", strings.Repeat("x", 9999))}, "\x1b]9;" + strings.Repeat("x", maxNotice) + "\x1b\\"},
		{"empty", terminal.Notify9, []terminal.Event{note("\x1b", "")}, ""},
		{"kitty's own", terminal.Notify99, []terminal.Event{kitty("i=1:d=0:a=report:c=1:u=2", "t\x1b"), kitty("i=1:p=body:e=1", "Ym8bZHk="), kitty("i=2:p=?", "")},
			"\x1b]99;i=1:d=0:u=2;t\x1b\\\x1b]99;i=1:p=body;body\x1b\\"},
		{"kitty's elsewhere", terminal.Notify777, []terminal.Event{kitty("i=1:d=0", "ti"), kitty("i=1:d=0", "tle"), kitty("i=1:p=body", "text"), kitty("", "plain")},
			"\x1b]777;notify;title;text\x1b\\\x1b]777;notify;;plain\x1b\\"},
		{"no clipboard writes", 0, []terminal.Event{
			{Kind: terminal.EventClipboard, Selection: "c", Text: "?"}, {Kind: terminal.EventClipboard, Selection: "x", Text: "eA=="},
			{Kind: terminal.EventClipboard, Selection: "c;\a", Text: "eA=="}, {Kind: terminal.EventClipboard, Selection: "c", Text: "eA==\n"},
			{Kind: terminal.EventClipboard, Selection: "ccccccccccccc", Text: "eA=="}, clip("c", strings.Repeat("x", 1<<20+10)),
		}, ""},
	} {
		a := actor{able: true, notify: notifier{form: c.form}}
		a.add(c.events)
		if got := string(a.append(nil, time.Unix(0, 0))); got != c.want {
			t.Errorf("%s: wrote %q, want %q", c.name, got, c.want)
		}
		if len(a.queue) > 0 || a.bytes != 0 {
			t.Errorf("%s: %d events are left", c.name, len(a.queue))
		}
	}
}

func TestActorLimitsClipboardWrites(t *testing.T) {
	a := actor{able: true}
	for i := range 25 {
		a.add([]terminal.Event{clip("c", fmt.Sprint(i))})
	}
	now, written := time.Unix(0, 0), 0
	for range 3 {
		n := strings.Count(string(a.append(nil, now)), "\x1b]52")
		if n > clipboardRate {
			t.Errorf("%d writes at once", n)
		}
		if written += n; !a.next(now).Equal(now.Add(clipboardTime)) && len(a.queue) > 0 {
			t.Errorf("next at %v", a.next(now))
		}
		now = now.Add(clipboardTime)
	}
	if written != 25 {
		t.Errorf("%d of 25 writes", written)
	}
	for i := range 1000 {
		a.add([]terminal.Event{clip("c", fmt.Sprint(i, strings.Repeat("x", 20000)))})
	}
	if len(a.queue) > maxPending || a.bytes > maxPendingBytes {
		t.Errorf("%d events of %d bytes wait", len(a.queue), a.bytes)
	}
}

func TestActorAsks(t *testing.T) {
	a := actor{able: true, clipboard: ClipboardAsk}
	now := time.Unix(0, 0)
	bell := terminal.Event{Kind: terminal.EventBell}
	a.add([]terminal.Event{bell, clip("c", "one"), bell, clip("c", "two"), clip("c", "three"), bell})
	if got := string(a.append(nil, now)); got != "\a" || !a.asking() {
		t.Errorf("wrote %q before the user's word", got)
	}
	a.decide(true)
	if got := string(a.append(nil, now)); got != "\x1b]52;c;b25l\a\a" {
		t.Errorf("after a yes: %q", got)
	}
	a.decide(false)
	if got := string(a.append(nil, now)); got != "" {
		t.Errorf("after a no: %q", got)
	}
	if got := string(a.append(nil, now.Add(askTime))); got != "\a" || a.asking() {
		t.Errorf("without an answer: %q", got)
	}
	off := actor{able: true, clipboard: ClipboardOff}
	if off.add([]terminal.Event{clip("c", "x")}); len(off.queue) > 0 {
		t.Error("clipboard writes that are off wait")
	}
}

// TestClipboardIsAskedFor: what is typed meanwhile goes to the remote side.
func TestClipboardIsAskedFor(t *testing.T) {
	play(t, func(s *scene) {
		s.cfg.Clipboard = ClipboardAsk
		s.connect()
		s.print("\r\n\x1b]52;c;aGVsbG8=\a")
		s.wait(time.Second)
		s.wantRow(0, "roam: A remote program wants to set the")
		s.typeKeys("yes")
		s.wait(time.Second)
		s.wantTyped("yes")
		if out := s.console.written(); strings.Contains(out, "\x1b]52") {
			t.Errorf("wrote %q", out)
		}
		s.typeKeys("\x1ey")
		s.wait(time.Second)
		if out := s.console.written(); !strings.Contains(out, "\x1b]52;c;aGVsbG8=\a") {
			t.Errorf("wrote %q", out)
		}
		s.wantRow(0, "")
		s.wantTyped("yes")
		s.cancel()
		s.wantEnd(time.Second, true, 0)
	})
}

// TestEventsOverABadPath: each is acted on once, in order, through an outage.
func TestEventsOverABadPath(t *testing.T) {
	play(t, func(s *scene) {
		s.connect()
		want := ""
		for i := range 20 {
			text := base64.StdEncoding.EncodeToString([]byte(strings.Repeat(fmt.Sprint(i), 400)))
			s.print("\x1b]52;c;" + text + "\a")
			want += "\x1b]52;c;" + text + "\a"
			s.wait(300 * time.Millisecond)
			s.path.set(func(p *fakePath) { p.up, p.down = i%3 != 0, i%4 != 0 })
		}
		s.print("\x1b]52;p;QUJD\a\x1b]52;p;QUJD\a")
		want += "\x1b]52;p;QUJD\a\x1b]52;p;QUJD\a"
		s.path.set(func(p *fakePath) { p.up, p.down = true, true })
		s.wait(time.Minute)
		got := ""
		for _, part := range strings.Split(s.console.written(), "\x1b]52;")[1:] {
			text, _, _ := strings.Cut(part, "\a")
			got += "\x1b]52;" + text + "\a"
		}
		if got != want {
			t.Errorf("wrote %q, want %q", got, want)
		}
		s.cancel()
		s.wantEnd(time.Second, true, 0)
	})
}

func FuzzActor(f *testing.F) {
	f.Add(uint8(1), "title", "text")
	f.Add(uint8(2), "i=1:d=0:p=title", "\x1b\\")
	f.Add(uint8(3), "c", "?")
	f.Fuzz(func(t *testing.T, kind uint8, name, text string) {
		v := terminal.Event{Kind: terminal.EventKind(kind%5 + 1), Selection: name, Title: name, Text: text}
		for _, form := range []terminal.NotifyForm{terminal.NotifyNone, terminal.Notify9, terminal.Notify777, terminal.Notify99} {
			a := actor{able: true, notify: notifier{form: form}}
			a.add([]terminal.Event{v})
			out := string(a.append(nil, time.Unix(0, 0)))
			for rest := out; rest != ""; {
				rest = strings.TrimPrefix(rest, "\a")
				if rest == "" {
					break
				}
				body, ok := strings.CutPrefix(rest, "\x1b]")
				end := strings.IndexFunc(body, func(r rune) bool { return r < ' ' || 0x7f <= r && r < 0xa0 })
				if !ok || end < 0 || strings.HasPrefix(body, "52;") && strings.Contains(body[:end], "?") {
					t.Fatalf("%+v writes %q", v, out)
				}
				if rest, ok = strings.CutPrefix(body[end:], "\x1b\\"); !ok {
					if rest, ok = strings.CutPrefix(body[end:], "\a"); !ok {
						t.Fatalf("%+v writes %q", v, out)
					}
				}
			}
		}
	})
}
