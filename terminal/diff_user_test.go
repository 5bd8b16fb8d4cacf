package terminal

import (
	"math/rand"
	"strings"
	"testing"
)

// newUserTerminal returns a user's terminal that knows the keyboard protocols, and what its
// cells measure.
func newUserTerminal(cols, rows int) *Emulator {
	e := New(cols, rows, Options{KittyKeys: true, OtherKeys: true, Clusters: true})
	e.SetUserTerminal(UserTerminal{CellWidth: 8, CellHeight: 16})
	return e
}

// What the user's terminal does not do is not there for programs: none waits for it. What
// is learned later changes that.
func TestAbsentModes(t *testing.T) {
	const ask = "\x1b[?1016$p\x1b[?2031$p\x1b[?u\x1b[>4m\x1b[?4m\x1b[14t\x1b[?996n\x1b[c"
	const set = "\x1b[?1003h\x1b[?1006h\x1b[?1016h\x1b[>5u\x1b[>4;2m"
	e := New(10, 2, Options{})
	e.Write([]byte(set + ask))
	if got := string(e.Replies()); got != "\x1b[?1016;0$y\x1b[?2031;0$y\x1b[?64;6;9;15;21;22;28c" {
		t.Errorf("nothing is known: %q", got)
	}
	if m := e.Snapshot().Modes(); m.MouseEncoding != 1006 || m.KittyKeys != 0 || m.ModifyOtherKeys != 0 {
		t.Errorf("nothing is known: %+v", m)
	}
	e.SetOptions(Options{KittyKeys: true, OtherKeys: true})
	e.SetUserTerminal(UserTerminal{CellWidth: 8, CellHeight: 16, Scheme: SchemeDark})
	if m := e.Snapshot().Modes(); m.MouseEncoding != 1016 || m.KittyKeys != 5 {
		t.Errorf("all is known: %+v", m)
	}
	e.Write([]byte("\x1b[?1016$p\x1b[?2031$p\x1b[?u"))
	if got := string(e.Replies()); got != "\x1b[?1016;1$y\x1b[?2031;2$y\x1b[?5u" {
		t.Errorf("all is known: %q", got)
	}
	e = New(10, 2, Options{})
	e.AwaitUserTerminal(true)
	e.Write([]byte("\x1b[?1016$p\x1b[5n"))
	if got := e.Replies(); len(got) > 0 {
		t.Errorf("it is known too early: %q", got)
	}
	e.SetUserTerminal(UserTerminal{CellWidth: 8, CellHeight: 16})
	if got := string(e.Replies()); got != "\x1b[?1016;2$y\x1b[0n" {
		t.Errorf("then %q", got)
	}
}

// What a program sets reaches the user's terminal, and leaving resets it.
func TestUserStateArrivesAndGoes(t *testing.T) {
	for name, c := range map[string]struct {
		program string
		want    string // in what is written
		undo    string // in what is written at the end
	}{
		"kitty flags":     {"\x1b[>5u", "\x1b[=5;1u", "\x1b[<u"},
		"kitty stack":     {"\x1b[>1u\x1b[>15u\x1b[<u", "\x1b[=1;1u", "\x1b[<u"},
		"modifyOtherKeys": {"\x1b[>4;2m", "\x1b[>4;2m", "\x1b[>4m"},
		"palette":         {"\x1b]4;3;rgb:10/20/30\a", "\x1b]4;3;rgb:10/20/30\a", "\x1b]104\a"},
		"foreground":      {"\x1b]10;#010203\a", "\x1b]10;rgb:01/02/03\a", "\x1b]110\a"},
		"background":      {"\x1b]11;#123456\a", "\x1b]11;rgb:12/34/56\a", "\x1b]111\a"},
		"cursor colour":   {"\x1b]12;#ffffff\a", "\x1b]12;rgb:ff/ff/ff\a", "\x1b]112\a"},
		"cursor shape":    {"\x1b[5 q", "\x1b[5 q", "\x1b[0 q"},
		"progress":        {"\x1b]9;4;1;42\a", "\x1b]9;4;1;42\a", "\x1b]9;4;0\a"},
		"directory":       {"\x1b]7;file://h/a ü\a", "\x1b]7;file://h/a%20%C3%BC\a", ""},
		"mouse pixels":    {"\x1b[?1003h\x1b[?1016h", "\x1b[?1016h", "\x1b[?1016l"},
		"focus":           {"\x1b[?1004h", "\x1b[?1004h", "\x1b[?1004l"},
		"paste":           {"\x1b[?2004h", "\x1b[?2004h", "\x1b[?2004l"},
		"scroll":          {"\x1b[?1007h", "\x1b[?1007h", "\x1b[?1007r"},
		"keypad":          {"\x1b=", "\x1b=", "\x1b>"},
		"link":            {"\x1b]8;;http://example.test/\ax", "\x1b]8;;http://example.test/\x1b\\", "\x1b]8;;\x1b\\"},
	} {
		p := testProfiles["full"]
		e := newUserTerminal(10, 2)
		from := e.Snapshot()
		e.Write([]byte(c.program))
		to := e.Snapshot()
		for how, out := range map[string][]byte{"a diff": AppendDiff(nil, from, to, p), "a repaint": AppendRepaint(nil, to, p)} {
			if !strings.Contains(string(out), c.want) {
				t.Errorf("%s: %s is %q, without %q", name, how, out, c.want)
			}
			if err := newReader(10, 2, true).grammar(from, out); err != nil {
				t.Errorf("%s: %s: %v", name, how, err)
			}
		}
		var changes Changes
		changes.Note(to)
		if out := string(p.AppendLeave(p.AppendUndo(nil, changes))); !strings.Contains(out, c.undo) {
			t.Errorf("%s: leaving is %q, without %q", name, out, c.undo)
		}
		plain := testProfiles["plain"]
		if out := AppendDiff(nil, from, to, plain); strings.Contains(string(out), c.want) && !strings.HasPrefix(c.want, "\x1b[?") {
			t.Errorf("%s: a terminal without it gets %q", name, out)
		}
	}
}

// The user's own colours and cursor are not reset unless a program changed them.
func TestOwnLooksAreLeftAlone(t *testing.T) {
	p := testProfiles["full"]
	e := newUserTerminal(10, 2)
	out := string(AppendRepaint(p.AppendEnter(nil), e.Snapshot(), p))
	var changes Changes
	changes.Note(e.Snapshot())
	out += string(p.AppendLeave(p.AppendUndo(nil, changes)))
	for _, s := range []string{"\x1b]104", "\x1b]11", "\x1b]9;4", " q"} {
		if strings.Contains(out, s) {
			t.Errorf("%q in %q", s, out)
		}
	}
}

// Whatever a program does, a user's terminal that knows all follows, through diffs
// and repaints, and has nothing of it in the end.
func TestUserStateFollows(t *testing.T) {
	caps := fullCaps
	caps.Clusters = false
	caps.EnterCA, caps.ExitCA = []byte("\x1b[?1049h"), []byte("\x1b[?1049l")
	p := UserProfile(caps)
	for seed := range int64(300) {
		rnd := rand.New(rand.NewSource(seed))
		e, user := newUserTerminal(10, 3), newUserTerminal(10, 3)
		before := user.Snapshot()
		user.Write(p.AppendEnter(nil))
		var changes Changes
		var from *Screen
		for range 20 {
			e.Write([]byte(richActions[rnd.Intn(len(richActions))]))
			to := e.Snapshot()
			switch {
			case from == nil || rnd.Intn(5) == 0:
				user.Write(AppendRepaint(p.AppendUndo(nil, changes), to, p))
				changes = Changes{}
			default:
				user.Write(AppendDiff(nil, from, to, p))
			}
			changes.Note(to)
			from = to
			got := user.Snapshot()
			if got.modes.KittyKeys != to.modes.KittyKeys || got.modes.ModifyOtherKeys != to.modes.ModifyOtherKeys ||
				!got.colors.equal(to.colors) || got.progress != to.progress {
				t.Fatalf("seed %d: shown %+v, want %+v", seed, got, to)
			}
		}
		user.Write(p.AppendLeave(p.AppendUndo(nil, changes)))
		after := user.Snapshot()
		after.cwd, after.titleSet, after.title, after.icon = before.cwd, before.titleSet, before.title, before.icon
		if !after.Equal(before) {
			t.Fatalf("seed %d: left %+v, want %+v", seed, after, before)
		}
	}
}
