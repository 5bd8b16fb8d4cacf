//go:build unix

package server

import "testing"

func TestPromptMark(t *testing.T) {
	for _, tt := range []struct {
		name   string
		pieces []string
		want   byte
	}{
		{"none", []string{"$ "}, 0},
		{"bash's PS1", []string{"\x1b]133;A\a$ \x1b]133;B\a"}, 'B'},
		{"terminated by ST", []string{"\x1b]133;A\x1b\\$ \x1b]133;B\x1b\\"}, 'B'},
		{"with parameters", []string{"\x1b]133;A;cl=m;aid=7\a$ \x1b]133;B;x\a"}, 'B'},
		{"modes behind it", []string{"\x1b]133;A\a$ \x1b]133;B\a\x1b[?2004h\x1b]2;t\a\x1b[K"}, 'B'},
		{"modes in another piece", []string{"\x1b]133;A\a$ \x1b]133;B\a", "\x1b[?2004h"}, 'B'},
		{"text behind it", []string{"\x1b]133;A\a$ \x1b]133;B\al"}, 0},
		{"an echo behind it", []string{"\x1b]133;A\a$ \x1b]133;B\a", "l"}, 0},
		{"a prompt without its end", []string{"\x1b]133;A\a", "$ "}, 'A'},
		{"which is followed by a line", []string{"\x1b]133;A\a$ ", "done\r\n"}, 0},
		{"a command's output", []string{"\x1b]133;A\a$ \x1b]133;B\a", "\x1b]133;C\a"}, 0},
		{"its end", []string{"\x1b]133;D;0\a"}, 0},
		{"a cut mark", []string{"\x1b]133;A\a$ \x1b]133;B", "\a"}, 0},
		{"cut before its letter", []string{"\x1b]133;", "B\a"}, 0},
		{"another letter", []string{"\x1b]133;A\a$ \x1b]133;P;k=i\a"}, 0},
		{"a mark after a command", []string{"\x1b]133;C\aout\r\n", "\x1b]133;D\a\x1b]133;A\a$ \x1b]133;B\a"}, 'B'},
		{"a sequence without an end", []string{"\x1b]133;B\a\x1b[1"}, 0},
		{"an OSC without an end", []string{"\x1b]133;B\a\x1b]2;"}, 0},
		{"another sequence", []string{"\x1b]133;B\a\x1bM"}, 0},
	} {
		var m promptMark
		for _, p := range tt.pieces {
			m = m.after([]byte(p))
		}
		if m.kind != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, m.kind, tt.want)
		}
	}
}

func FuzzPromptMark(f *testing.F) {
	f.Add([]byte("\x1b]133;A\a$ "), []byte("\x1b]133;B\a\x1b[?2004h"))
	f.Add([]byte("\x1b]133;B\x1b\\"), []byte("l"))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		switch m := (promptMark{}).after(a).after(b); {
		case m.kind == 0:
		case m.kind != 'A' && m.kind != 'B':
			t.Errorf("%q, %q: kind %q", a, b, m.kind)
		case m.kind == 'B' && len(b) > 0 && b[len(b)-1] == '\n':
			t.Errorf("%q, %q: a prompt behind a line's end", a, b)
		}
	})
}
