package terminal

import (
	"fmt"
	"strings"
	"testing"
)

func TestReports(t *testing.T) {
	for input, want := range map[string]string{
		"\x1b[c":                              "\x1b[?64;6;9;15;21;22;28c",
		"\x1bZ":                               "\x1b[?64;6;9;15;21;22;28c",
		"\x1b[1c":                             "",
		"\x1b[>c":                             "\x1b[>1;10000;0c",
		"\x1b[=c":                             "\x1bP!|00000000\x1b\\",
		"\x1b[>q":                             "\x1bP>|roam\x1b\\",
		"\x1b[5n":                             "\x1b[0n",
		"\x1b[2;3H\x1b[6n":                    "\x1b[2;3R",
		"\x1b[2;4r\x1b[?6h\x1b[2;2H\x1b[6n":   "\x1b[2;2R",
		"\x1b[2;3H\x1b[?6n":                   "\x1b[?2;3;1R",
		"\x1b[?15n\x1b[?25n\x1b[?55n":         "\x1b[?13n\x1b[?21n\x1b[?50n",
		"\x1b[18t":                            "\x1b[8;5;20t",
		"\x1b[14t\x1b[16t":                    "", // pixels are not known
		"\x1b[20t\x1b[21t":                    "", // titles are never told
		"\x1b[?25$p\x1b[?1049$p\x1b[?9999$p":  "\x1b[?25;1$y\x1b[?1049;2$y\x1b[?9999;0$y",
		"\x1b[?1049h\x1b[?1049$p":             "\x1b[?1049;1$y",
		"\x1b[4$p\x1b[4h\x1b[4$p\x1b[1$p":     "\x1b[4;2$y\x1b[4;1$y\x1b[1;4$y",
		"\x1b[?2026$p\x1b[?2026h\x1b[?2026$p": "\x1b[?2026;2$y\x1b[?2026;1$y",
		"\x1b[?2027$p":                        "\x1b[?2027;0$y",
		"\x1bP$qm\x1b\\":                      "\x1bP1$r0m\x1b\\",
		"\x1b[1;4:3;31;48:2::1:2:3m\x1bP$qm\x1b\\":      "\x1bP1$r0;1;4:3;31;48:2::1:2:3m\x1b\\",
		"\x1b[2;4r\x1bP$qr\x1b\\":                       "\x1bP1$r2;4r\x1b\\",
		"\x1b[4 q\x1bP$q q\x1b\\":                       "\x1bP1$r4 q\x1b\\",
		"\x1b[1\"q\x1bP$q\"q\x1b\\":                     "\x1bP1$r1\"q\x1b\\",
		"\x1bP$qrubbish\x1b\\":                          "\x1bP0$r\x1b\\",
		"\x1bP+q436f;5858\x1b\\":                        "\x1bP1+r436F=323536\x1b\\\x1bP0+r\x1b\\",
		"\x1bP+q5463\x1b\\":                             "\x1bP1+r5463\x1b\\",
		"\x1bP+qxyz\x1b\\":                              "\x1bP0+r\x1b\\",
		"\x1b[?u\x1b[?4m":                               "", // not for this peer
		"\x1b]11;?\x07":                                 "", // not known
		"\x1b]11;#123456\x07\x1b]11;?\x07":              "\x1b]11;rgb:1212/3434/5656\a",
		"\x1b]4;7;rgb:f/80/1234\x07\x1b]4;7;?\x07":      "\x1b]4;7;rgb:ffff/8080/1212\a",
		"\x1b]4;7;#fff\x07\x1b]104;7\x07\x1b]4;7;?\x07": "",
		"\x1b]52;c;?\x07":                               "",
		"\x1b[?2048h":                                   "\x1b[48;5;20;0;0t",
		"\x1b[?1049h\x1b[?1049;25s\x1b[?25l\x1b[?1049;25r\x1b[?1049$p\x1b[?25$p": "\x1b[?1049;1$y\x1b[?25;1$y",
		"\x1b[?6;2026h\x1b[?2026s\x1b[?2026l\x1b[?2026r\x1b[?2026$p":             "\x1b[?2026;1$y",
		"\x1b[?1;1;0S\x1b[?2;4;0S\x1b[?3;1S\x1b[?9;1S\x1b[?1;9S":                 "\x1b[?1;3S\x1b[?2;3S\x1b[?3;1S",
		"\x1b[3;4H\x1b[1;7m\x1b[1$w":                                             "\x1bP1$u3;4;1;I;@;@;0;2;@;BBBB\x1b\\",
		"\x1b[2;4r\x1b[?6h\x1b[1\"q\x1b)0\x0e\x1b[4m\x1b[1;20Hx\x1bO\x1b[1$w":    "\x1bP1$u1;20;1;B;A;M;1;2;@;B0BB\x1b\\",
		"\x1b[2$w\x1b[3g\x1b[2$w\x1b[5G\x1bH\x1b[2$w\x1b[3$w":                    "\x1bP2$u1/9/17\x1b\\\x1bP2$u\x1b\\\x1bP2$u5\x1b\\",
		"\x05": "",
	} {
		e := New(20, 5, Options{})
		e.Write([]byte(input))
		if got := string(e.Replies()); got != want {
			t.Errorf("%q is answered %q, want %q", input, got, want)
		}
		if e.Replies() != nil {
			t.Errorf("%q is answered twice", input)
		}
	}
}

// TestReportsOfTheUsersTerminal holds what is answered once it is known.
func TestReportsOfTheUsersTerminal(t *testing.T) {
	e := New(20, 5, Options{Clusters: true, KittyKeys: true, OtherKeys: true, Clipboard: true, Version: "roam 1.0"})
	u := UserTerminal{CellWidth: 8, CellHeight: 16, Scheme: SchemeDark}
	u.Colors.Bg, u.Colors.Palette[1] = RGB(1, 2, 3), RGB(255, 0, 0)
	e.SetUserTerminal(u)
	for _, c := range [][2]string{
		{"\x1b[14t\x1b[16t", "\x1b[4;80;160t\x1b[6;16;8t"},
		{"\x1b]11;?\x1b\\\x1b]4;1;?\x1b\\\x1b]10;?\x07", "\x1b]11;rgb:0101/0202/0303\x1b\\\x1b]4;1;rgb:ffff/0000/0000\x1b\\"},
		{"\x1b[?996n", "\x1b[?997;1n"},
		{"\x1b[?2027$p\x1b[?2027h\x1b[?2027$p", "\x1b[?2027;2$y\x1b[?2027;1$y"},
		{"\x1b[>1u\x1b[>5u\x1b[?u\x1b[<u\x1b[?u\x1b[<9u\x1b[?u", "\x1b[?5u\x1b[?1u\x1b[?0u"},
		{"\x1b[=3u\x1b[=4;2u\x1b[=1;3u\x1b[?u", "\x1b[?6u"},
		{"\x1b[?1049h\x1b[?u\x1b[?1049l\x1b[?u", "\x1b[?0u\x1b[?6u"},
		{"\x1b[>4;2m\x1b[?4m\x1b[>4m\x1b[?4m", "\x1b[>4;2m\x1b[>4;0m"},
		{"\x1b[c\x1b[>0q", "\x1b[?64;6;9;15;21;22;28;52c\x1bP>|roam 1.0\x1b\\"},
		{"\x1b[?2031h", ""},
	} {
		e.Write([]byte(c[0]))
		if got := string(e.Replies()); got != c[1] {
			t.Errorf("%q is answered %q, want %q", c[0], got, c[1])
		}
	}
	u.Scheme = SchemeLight
	e.SetUserTerminal(u)
	if got := string(e.Replies()); got != "\x1b[?997;2n" {
		t.Errorf("a change of the scheme tells %q", got)
	}
	e.Write([]byte("\x1b[?2048h"))
	e.Replies()
	e.Resize(30, 6)
	if got := string(e.Replies()); got != "\x1b[48;6;30;96;240t" {
		t.Errorf("a resize tells %q", got)
	}
}

// TestRepliesAreBounded asks without ever reading.
func TestRepliesAreBounded(t *testing.T) {
	e := New(20, 5, Options{})
	for range 20000 {
		e.Write([]byte("\x1b[c\x1b[6n"))
	}
	if n := len(e.Replies()); n > maxReplies || n < maxReplies-64 {
		t.Errorf("%d bytes wait", n)
	}
}

// TestRepliesHoldNoText puts a marker wherever a program can put text and
// looks for it in every reply.
func TestRepliesHoldNoText(t *testing.T) {
	const marker = "MARKER"
	hexed := fmt.Sprintf("%x", marker)
	e := New(20, 5, Options{Clusters: true, KittyKeys: true, OtherKeys: true, Clipboard: true})
	for _, s := range []string{
		"\x1b]0;MARKER\x07\x1b[21t\x1b[20t\x1b[22t\x1b[23t", "\x1b]52;c;MARKER==\x07\x1b]52;c;?\x07", "\x1b]7;MARKER\x07\x1b]7;?\x07",
		"\x1bP$qMARKER\x1b\\", "\x1bP+q" + hexed + "\x1b\\", "\x1bP+qMARKER\x1b\\", "\x1b]4;1;MARKER;1;?\x07", "\x1b]11;MARKER\x07\x1b]11;?\x07",
		"MARKER\x1b[1;1;1;1;1;9*y\x1b[?63n", "\x1b]99;i=MARKER:p=?;\x07", "\x1b_Gi=1,a=q;MARKER\x1b\\", "\x1b]1337;ReportVariable=MARKER\x07", "\x1b]8;id=MARKER;MARKER\x07",
		"\x05",
	} {
		e.Write([]byte(s))
		got := strings.ToUpper(string(e.Replies()))
		if strings.Contains(got, marker) || strings.Contains(got, strings.ToUpper(hexed)) {
			t.Errorf("%q is answered %q", s, got)
		}
	}
}

// TestEveryModeIsReported sets and resets each mode that there is, and asks.
func TestEveryModeIsReported(t *testing.T) {
	known := 0
	ask := func(e *Emulator, prefix string, n int) string {
		fmt.Fprintf(e, "\x1b[%s%d$p", prefix, n)
		return strings.TrimSuffix(strings.TrimPrefix(string(e.Replies()), fmt.Sprintf("\x1b[%s%d;", prefix, n)), "$y")
	}
	for n := 1; n < 9999; n++ {
		for _, prefix := range []string{"", "?"} {
			m := ansiMode(int32(n))
			if prefix == "?" {
				m = decMode(int32(n))
			}
			e := New(20, 5, Options{Clusters: true})
			e.SetUserTerminal(UserTerminal{CellWidth: 8, CellHeight: 16, Scheme: SchemeDark}) // or 1016 and 2031 are not there
			if m == modeUnknown {
				want := neverSet(prefix, n)
				fmt.Fprintf(e, "\x1b[%s%dh", prefix, n)
				if got := ask(e, prefix, n); got != itoa(want) {
					t.Errorf("mode %s%d, which never changes, is %q", prefix, n, got)
				}
				continue
			}
			known++
			fmt.Fprintf(e, "\x1b[?40h\x1b[%s%dh", prefix, n)
			e.Replies()
			if got := ask(e, prefix, n); got != "1" {
				t.Errorf("mode %s%d, set, is %q", prefix, n, got)
			}
			fmt.Fprintf(e, "\x1b[%s%dl", prefix, n)
			if m == modeANSI {
				if e.KeyMode() != KeysVT52 {
					t.Error("mode ?2, reset, is no VT52")
				}
				continue // which answers nothing of modes
			}
			if got := ask(e, prefix, n); got != "2" && m != modeSaveCursor {
				t.Errorf("mode %s%d, reset, is %q", prefix, n, got)
			}
		}
	}
	if known < 40 {
		t.Errorf("only %d modes are known", known)
	}
}
