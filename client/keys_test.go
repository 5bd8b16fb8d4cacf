package client

import "testing"

// TestClassifyKey names the byte that each encoding of a key stands for.
func TestClassifyKey(t *testing.T) {
	press := func(b int) keyToken { return keyToken{keyPress, b} }
	quiet := keyToken{keyQuiet, noLegacy}
	other := press(noLegacy)
	for _, c := range []struct {
		name, in string
		want     keyToken
	}{
		{"letter", "a", press('a')},
		{"Ctrl-^", "\x1e", press(0x1e)},
		{"character of two bytes", "é", other},
		{"Alt-a", "\x1ba", other},
		{"Alt-é", "\x1bé", other},
		{"Alt-]", "\x1b]", other},
		{"arrow", "\x1bOA", other},
		{"arrow with Ctrl", "\x1b[1;5A", other},
		{"arrow let go", "\x1b[1;5:3A", quiet},
		{"F1 of the Linux console", "\x1b[[A", other},
		{"delete", "\x1b[3~", other},
		{"paste", "\x1b[200~", keyToken{keyPaste, noLegacy}},
		{"kitty Ctrl-^", "\x1b[94;5u", press(0x1e)},
		{"kitty Ctrl-Shift-6", "\x1b[54;6u", press(0x1e)},
		{"kitty Ctrl-6", "\x1b[54;5u", press(0x1e)},
		{"kitty Ctrl-Shift-6 with alternates", "\x1b[54:94;6u", press(0x1e)},
		{"kitty Ctrl-^ with caps lock", "\x1b[94;69u", press(0x1e)},
		{"kitty Ctrl-^ repeated", "\x1b[94;5:2u", press(0x1e)},
		{"kitty Ctrl-^ let go", "\x1b[94;5:3u", quiet},
		{"kitty Alt-Ctrl-^", "\x1b[94;7u", other},
		{"kitty left Ctrl", "\x1b[57442;5u", quiet},
		{"kitty .", "\x1b[46u", press('.')},
		{"kitty . with text", "\x1b[46;;46u", press('.')},
		{"kitty > is not .", "\x1b[46;2u", press('>')},
		{"kitty keypad .", "\x1b[57409u", press('.')},
		{"kitty Ctrl-Z", "\x1b[122;5u", press(0x1a)},
		{"kitty Ctrl-Shift-Z", "\x1b[122;6u", press(0x1a)},
		{"kitty Esc", "\x1b[27u", press(0x1b)},
		{"kitty Enter", "\x1b[13u", press('\r')},
		{"kitty keypad Enter", "\x1b[57414u", press('\r')},
		{"kitty ~ by layout", "\x1b[96;2u", press('~')},
		{"kitty ~ by text", "\x1b[1078;2;126u", press('~')},
		{"kitty ж", "\x1b[1078u", other},
		{"modifyOtherKeys Ctrl-^", "\x1b[27;6;94~", press(0x1e)},
		{"modifyOtherKeys Ctrl-Z", "\x1b[27;5;122~", press(0x1a)},
		{"CSI 27 ~ alone", "\x1b[27~", other},
		{"SGR mouse", "\x1b[<0;10;20M", quiet},
		{"X10 mouse", "\x1b[M.!!", quiet},
		{"focus", "\x1b[I", quiet},
		{"device attributes", "\x1b[?62;4c", quiet},
		{"colour answer", "\x1b]10;rgb:0/0/0\x07", quiet},
		{"huge numbers", "\x1b[99999999999999999999;5u", other},
		{"many parameters", "\x1b[46;1;;5;6;7:8:9:10u", press('.')},
	} {
		if got := classifyKey([]byte(c.in)); got != c.want {
			t.Errorf("%s: classifyKey(%q) = %+v, want %+v", c.name, c.in, got, c.want)
		}
	}
}

// TestKeyDecoderCutsInput checks where pieces end.
func TestKeyDecoderCutsInput(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []string
	}{
		{"ab\r", []string{"a", "b", "\r"}},
		{"é漢😀", []string{"é", "漢", "😀"}},
		{"\xc3a", []string{"\xc3", "a"}},
		{"\xff\x80", []string{"\xff", "\x80"}},
		{"\x1bx\x1b[A\x1bOB", []string{"\x1bx", "\x1b[A", "\x1bOB"}},
		{"\x1b\x1b[A", []string{"\x1b", "\x1b[A"}},
		{"\x1b\x1e.", []string{"\x1b", "\x1e", "."}},
		{"\x1b[5\x1e.", []string{"\x1b[5", "\x1e", "."}},
		{"\x1b]0;x\x1e", []string{"\x1b]0;x", "\x1e"}},
		{"\x1b]0;x\x07y", []string{"\x1b]0;x\x07", "y"}},
		{"\x1bP>|x\x1b\\y", []string{"\x1bP>|x", "\x1b\\", "y"}},
		{"\x1b[M !\"z", []string{"\x1b[M !\"", "z"}},
		{"\x1b[M !\x1e", []string{"\x1b[M !", "\x1e"}},
		{"\x1bO5Pq", []string{"\x1bO5P", "q"}},
		{"\x1b[[Aq", []string{"\x1b[[A", "q"}},
		{"\x1b[1\x7f", []string{"\x1b[1", "\x7f"}},
	} {
		var d keyDecoder
		var got []string
		piece := ""
		for i := 0; i < len(c.in); {
			switch d.step(c.in[i]) {
			case endsNot:
				piece += c.in[i : i+1]
				i++
			case endsWith:
				got = append(got, piece+c.in[i:i+1])
				piece = ""
				i++
			case endsBefore:
				got = append(got, piece)
				piece = ""
			}
		}
		if len(got) != len(c.want) || piece != "" {
			t.Errorf("%q: pieces %q and %q, want %q", c.in, got, piece, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%q: piece %d is %q, want %q", c.in, i, got[i], c.want[i])
			}
		}
	}
}
