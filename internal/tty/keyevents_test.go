package tty

import (
	"encoding/binary"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

// keyRecord is the event of a key with a unit of UTF-16.
func keyRecord(down uint32, count, key, unit uint16, modifiers uint32) (event [keyEventSize]byte) {
	binary.LittleEndian.PutUint32(event[0:], down)
	binary.LittleEndian.PutUint16(event[4:], count)
	binary.LittleEndian.PutUint16(event[6:], key)
	binary.LittleEndian.PutUint16(event[10:], unit)
	binary.LittleEndian.PutUint32(event[12:], modifiers)
	return event
}

func TestKeyEvents(t *testing.T) {
	first, second := utf16.EncodeRune('🙂')
	high, low := uint16(first), uint16(second)
	type event = [keyEventSize]byte
	for _, test := range []struct {
		name   string
		events []event
		want   string
	}{
		{"a key down and up", []event{keyRecord(1, 1, 'A', 'a', 0), keyRecord(0, 1, 'A', 'a', 0)}, "a"},
		{"Ctrl-Z is no end", []event{keyRecord(1, 1, 'Z', 0x1a, 8)}, "\x1a"},
		{"a held key", []event{keyRecord(1, 3, 'X', 'x', 0)}, "xxx"},
		{"a count of none", []event{keyRecord(1, 0, 'X', 'x', 0)}, "x"},
		{"a count of too many", []event{keyRecord(1, 65535, 'X', 'x', 0)}, "xxxxxxxxxxxxxxxx"},
		{"an arrow's sequence", []event{keyRecord(1, 1, 0, 0x1b, 0), keyRecord(1, 1, 0, '[', 0), keyRecord(1, 1, 0, 'A', 0)}, "\x1b[A"},
		{"beyond ASCII", []event{keyRecord(1, 1, 0, 'ü', 0), keyRecord(1, 1, 0, '中', 0)}, "ü中"},
		{"two units", []event{keyRecord(1, 1, 0, high, 0), keyRecord(0, 1, 0, high, 0), keyRecord(1, 1, 0, low, 0)}, "🙂"},
		{"a first unit alone", []event{keyRecord(1, 1, 0, high, 0), keyRecord(1, 1, 0, 'a', 0)}, "a"},
		{"units in the wrong order", []event{keyRecord(1, 1, 0, low, 0), keyRecord(1, 1, 0, high, 0)}, "\ufffd"},
		{"Alt brings a character by its number", []event{keyRecord(0, 1, altKey, 'ÿ', 0)}, "ÿ"},
		{"modifiers alone", []event{keyRecord(1, 1, 0x10, 0, 0x10), keyRecord(1, 1, 0x11, 0, 8), keyRecord(0, 1, altKey, 0, 0)}, ""},
		{"NUL", []event{keyRecord(1, 1, 0x20, 0, 8), keyRecord(1, 1, 0x32, 0, 4), keyRecord(1, 1, 0x32, 0, 0)}, "\x00\x00"},
	} {
		var keys keyEvents
		var got []byte
		for _, e := range test.events {
			got = keys.append(got, e)
		}
		if string(got) != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

// FuzzKeyEvents wants text, and no more of it than the events can have.
func FuzzKeyEvents(f *testing.F) {
	e := keyRecord(1, 2, 'A', 0xd83d, 0)
	f.Add(e[:])
	f.Fuzz(func(t *testing.T, b []byte) {
		var keys keyEvents
		var got []byte
		n := 0
		for ; len(b) >= keyEventSize; b = b[keyEventSize:] {
			got = keys.append(got, [keyEventSize]byte(b))
			n++
		}
		if !utf8.Valid(got) || len(got) > n*maxRepeat*utf8.UTFMax {
			t.Errorf("%d events made %q", n, got)
		}
	})
}
