package predict

import (
	"slices"
	"testing"
	"time"
)

// decodeAll decodes chunks, and leaves out the codes of control characters.
func decodeAll(chunks ...string) (keys []key) {
	var d decoder
	now := time.Unix(1000, 0)
	for _, c := range chunks {
		d.decode(now, []byte(c), func(k key) {
			k.code = 0
			keys = append(keys, k)
		})
	}
	return keys
}

func TestDecoder(t *testing.T) {
	glyphs := func(s string) (keys []key) {
		for _, r := range s {
			keys = append(keys, key{kind: keyGlyph, char: r})
		}
		return keys
	}
	kinds := func(ks ...keyKind) (keys []key) {
		for _, k := range ks {
			keys = append(keys, key{kind: k, ends: k == keyEnter || k == keyBreak})
		}
		return keys
	}
	for _, c := range []struct {
		in   string
		want []key
	}{
		{"ab é漢\u0301😀", glyphs("ab é漢\u0301😀")},
		{"\r\n\x7f\x08\t", kinds(keyEnter, keyEnter, keyErase, keyErase8, keyUnknown)},
		{"\x01\x02\x05\x06\x0b\x15\x17", kinds(keyHome, keyBack, keyEnd, keyForward, keyKillEnd, keyKillLine, keyKillWord)},
		{"\x03\x04\x1a\x1c\x00", kinds(keyBreak, keyBreak, keyBreak, keyBreak, keyUnknown)},
		{"\x1b[D\x1bOD\x1b[C\x1bOC\x1b[1D", kinds(keyLeft, keyLeft, keyRight, keyRight, keyLeft)},
		{"\x1b[A\x1bOB\x1bOP", kinds(keyUnknown, keyUnknown, keyUnknown)},
		{"\x1b[H\x1bOH\x1b[1~\x1b[7~", kinds(keyHome, keyHome, keyHome, keyHome)},
		{"\x1b[F\x1bOF\x1b[4~\x1b[8~", kinds(keyEnd, keyEnd, keyEnd, keyEnd)},
		{"\x1b[3~\x1b[2~", kinds(keyDelete, keyUnknown)},
		{"\x1b[1;5D\x1b[1;3D\x1bb", kinds(keyWordLeft, keyWordLeft, keyWordLeft)},
		{"\x1b[1;5C\x1b[1;3C\x1bf", kinds(keyWordRight, keyWordRight, keyWordRight)},
		{"\x1b[1;2C\x1b[5C", kinds(keyUnknown, keyUnknown)},
		{"\x1b[I\x1b[O\x1b[?62c\x1b[>0c\x1b[2;3R\x1b[0n", kinds(keyQuiet, keyQuiet, keyQuiet, keyQuiet, keyQuiet, keyQuiet)},
		{"\x1b[200~a\x1b[201~", []key{{kind: keyPasteStart}, {kind: keyGlyph, char: 'a'}, {kind: keyPasteEnd}}},
		{"\x1b[Mabcd", []key{{kind: keyUnknown}, {kind: keyGlyph, char: 'd'}}},
		{"\x1b[<0;1;2Mx", []key{{kind: keyUnknown}, {kind: keyGlyph, char: 'x'}}},
		{"\x1b]11;rgb:0/0/0\ax\x1bP1$r\x1b\\y", glyphs("xy")},
		{"\x1b[[Ax", []key{{kind: keyUnknown}, {kind: keyGlyph, char: 'x'}}},
		{"\x1b\x1b[D", kinds(keyUnknown, keyLeft)},
		{"\x1b[1\rx", []key{{kind: keyUnknown}, {kind: keyEnter, ends: true}, {kind: keyGlyph, char: 'x'}}},
		{"\x1b\rx", []key{{kind: keyUnknown, ends: true}, {kind: keyGlyph, char: 'x'}}},
		{"\x1bO\rx", []key{{kind: keyUnknown}, {kind: keyEnter, ends: true}, {kind: keyGlyph, char: 'x'}}},
		{"\xffa\xc3(\xc2\x85", []key{{kind: keyUnknown}, {kind: keyGlyph, char: 'a'}, {kind: keyUnknown}, {kind: keyGlyph, char: '('}, {kind: keyUnknown}}},
	} {
		if got := decodeAll(c.in); !slices.Equal(got, c.want) {
			t.Errorf("%q decodes to %v, want %v", c.in, got, c.want)
		}
		for cut := range len(c.in) { // wherever a read ends
			if got := decodeAll(c.in[:cut], c.in[cut:]); !slices.Equal(got, c.want) {
				t.Errorf("%q cut at %d decodes to %v, want %v", c.in, cut, got, c.want)
			}
		}
	}
}

// TestEscapeAlone: the key Esc takes none of what is typed after it.
func TestEscapeAlone(t *testing.T) {
	for _, esc := range []string{"\x1b", "\x1bO"} {
		var d decoder
		var keys []key
		yield := func(k key) { keys = append(keys, k) }
		now := time.Unix(1000, 0)
		d.decode(now, []byte(esc), yield)
		d.decode(now.Add(escapeWait+1), []byte("[D"), yield)
		if want := []key{{kind: keyUnknown}, {kind: keyGlyph, char: '['}, {kind: keyGlyph, char: 'D'}}; !slices.Equal(keys, want) {
			t.Errorf("%q, then [D: %v, want %v", esc, keys, want)
		}
	}
	var d decoder
	var keys []key
	now := time.Unix(1000, 0)
	d.decode(now, []byte("\x1b"), func(k key) { keys = append(keys, k) })
	d.decode(now.Add(escapeWait), []byte("[D"), func(k key) { keys = append(keys, k) })
	if want := []key{{kind: keyLeft}}; !slices.Equal(keys, want) {
		t.Errorf("an arrow in two reads: %v, want %v", keys, want)
	}
}
