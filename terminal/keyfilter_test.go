package terminal

import "testing"

func TestKeyFilter(t *testing.T) {
	for _, c := range []struct {
		in, normal, application, vt52 string
		pending                       bool // in normal mode and for a VT52
	}{
		{"abc\r\x7f\x03", "abc\r\x7f\x03", "abc\r\x7f\x03", "abc\r\x7f\x03", false},
		{"\x1bOA\x1bOB\x1bOC\x1bOD\x1bOH\x1bOF", "\x1b[A\x1b[B\x1b[C\x1b[D\x1b[H\x1b[F", "\x1bOA\x1bOB\x1bOC\x1bOD\x1bOH\x1bOF", "\x1bA\x1bB\x1bC\x1bD\x1bH\x1bF", false},
		{"\x1bOP\x1bOM\x1bOx", "\x1bOP\x1bOM\x1bOx", "\x1bOP\x1bOM\x1bOx", "\x1bP\x1b?M\x1b?x", false},
		{"\x1bOz\x1bOE", "\x1bOz\x1bOE", "\x1bOz\x1bOE", "\x1bOz\x1bOE", false},
		{"\x1b[A\x1b[1;5C", "\x1b[A\x1b[1;5C", "\x1b[A\x1b[1;5C", "\x1b[A\x1b[1;5C", false},
		{"\x1b\x1bOA", "\x1b\x1b[A", "\x1b\x1bOA", "\x1b\x1bA", false},
		{"\x1bO", "\x1b", "\x1bO", "\x1b", true},
		{"\x1bO\x1bOA", "\x1bO\x1b[A", "\x1bO\x1bOA", "\x1bO\x1bA", false},
		{"OA", "OA", "OA", "OA", false},
		{"\xff\xc3\xa9\x00", "\xff\xc3\xa9\x00", "\xff\xc3\xa9\x00", "\xff\xc3\xa9\x00", false},
	} {
		for mode, want := range map[KeyMode]string{KeysNormal: c.normal, KeysApplication: c.application, KeysVT52: c.vt52} {
			var whole, bytewise KeyFilter
			got := whole.Append(nil, []byte(c.in), mode)
			var cut []byte
			for _, b := range []byte(c.in) {
				cut = bytewise.Append(cut, []byte{b}, mode)
			}
			if string(got) != want || string(cut) != want {
				t.Errorf("%q becomes %q, byte by byte %q, want %q (mode %d)", c.in, got, cut, want, mode)
			}
			if whole.Pending() != (c.pending && mode != KeysApplication) {
				t.Errorf("after %q pending is %t", c.in, whole.Pending())
			}
		}
	}
}

func TestKeyFilterFlush(t *testing.T) {
	var f KeyFilter
	got := f.Append(nil, []byte("\x1bO"), KeysNormal)
	got = f.Flush(got)
	got = f.Append(got, []byte("A"), KeysNormal)
	if got = f.Flush(got); string(got) != "\x1bOA" || f.Pending() {
		t.Errorf("Escape, O and A with a pause become %q", got)
	}
}

// FuzzKeyFilter holds that no key is lost or made up: only the O of a key ever
// changes, for a VT52 into ? or nothing.
func FuzzKeyFilter(f *testing.F) {
	f.Add([]byte("\x1bOA\x1bO\x1b\x1bOB"), uint8(KeysNormal))
	f.Add([]byte("abc"), uint8(KeysApplication))
	f.Add([]byte("\x1bOA\x1bOp\x1bO\x1bOP"), uint8(KeysVT52))
	f.Fuzz(func(t *testing.T, in []byte, mode uint8) {
		var k KeyFilter
		m := KeyMode(mode % 3)
		out := k.Flush(k.Append(nil, in, m))
		i := 0
		for _, c := range in {
			switch {
			case i < len(out) && out[i] == c:
				i++
			case c == 'O' && i < len(out) && (m == KeysNormal && out[i] == '[' || m == KeysVT52 && out[i] == '?'):
				i++
			case c == 'O' && m == KeysVT52:
			default:
				t.Fatalf("%q becomes %q", in, out)
			}
		}
		if i != len(out) {
			t.Fatalf("%q becomes %q", in, out)
		}
	})
}
