package terminal

import "testing"

func TestKeyFilter(t *testing.T) {
	for _, c := range []struct {
		in, normal, application string
		pending                 bool // in normal mode
	}{
		{"abc\r\x7f\x03", "abc\r\x7f\x03", "abc\r\x7f\x03", false},
		{"\x1bOA\x1bOB\x1bOC\x1bOD\x1bOH\x1bOF", "\x1b[A\x1b[B\x1b[C\x1b[D\x1b[H\x1b[F", "\x1bOA\x1bOB\x1bOC\x1bOD\x1bOH\x1bOF", false},
		{"\x1bOP\x1bOM\x1bOx", "\x1bOP\x1bOM\x1bOx", "\x1bOP\x1bOM\x1bOx", false},
		{"\x1b[A\x1b[1;5C", "\x1b[A\x1b[1;5C", "\x1b[A\x1b[1;5C", false},
		{"\x1b\x1bOA", "\x1b\x1b[A", "\x1b\x1bOA", false},
		{"\x1bO", "\x1b", "\x1bO", true},
		{"\x1bO\x1bOA", "\x1bO\x1b[A", "\x1bO\x1bOA", false},
		{"OA", "OA", "OA", false},
		{"\xff\xc3\xa9\x00", "\xff\xc3\xa9\x00", "\xff\xc3\xa9\x00", false},
	} {
		for app, want := range map[bool]string{false: c.normal, true: c.application} {
			var whole, bytewise KeyFilter
			got := whole.Append(nil, []byte(c.in), app)
			var cut []byte
			for _, b := range []byte(c.in) {
				cut = bytewise.Append(cut, []byte{b}, app)
			}
			if string(got) != want || string(cut) != want {
				t.Errorf("%q becomes %q, byte by byte %q, want %q (application mode %t)", c.in, got, cut, want, app)
			}
			if whole.Pending() != (c.pending && !app) {
				t.Errorf("after %q pending is %t", c.in, whole.Pending())
			}
		}
	}
}

func TestKeyFilterFlush(t *testing.T) {
	var f KeyFilter
	got := f.Append(nil, []byte("\x1bO"), false)
	got = f.Flush(got)
	got = f.Append(got, []byte("A"), false)
	if got = f.Flush(got); string(got) != "\x1bOA" || f.Pending() {
		t.Errorf("Escape, O and A with a pause become %q", got)
	}
}

// FuzzKeyFilter holds that no key is lost or made up: only the O of a cursor
// key ever changes.
func FuzzKeyFilter(f *testing.F) {
	f.Add([]byte("\x1bOA\x1bO\x1b\x1bOB"), false)
	f.Add([]byte("abc"), true)
	f.Fuzz(func(t *testing.T, in []byte, app bool) {
		var k KeyFilter
		out := k.Flush(k.Append(nil, in, app))
		if len(out) != len(in) {
			t.Fatalf("%q becomes %q", in, out)
		}
		for i := range in {
			if out[i] != in[i] && (app || in[i] != 'O' || out[i] != '[') {
				t.Fatalf("%q becomes %q", in, out)
			}
		}
	})
}
