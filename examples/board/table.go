package main

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of a Table. A peer that holds a key may still be mistaken, or malicious.
const (
	maxKey     = 64     // bytes in a key
	maxValue   = 256    // bytes in a value
	maxEntries = 10_000 // keys of a whole board: 3 MB, below the protocol's limit of 4 MB for a diff
)

// A Table is a set of values, each under a key: the state that both ends
// synchronize. It does not change once made. The zero Table is empty.
type Table struct {
	entries []entry // sorted by key
	added   int     // bytes that Apply added
}

// An entry is a key and its value. As a part of a diff, an empty value means that
// the key is gone.
type entry struct{ key, value string }

func compareKeys(e entry, key string) int { return strings.Compare(e.key, key) }

// Set returns the table with another value under a key, or, if that is empty,
// without the key.
func (t Table) Set(key, value string) Table { return t.with([]entry{{key, value}}) }

// with returns the table with some changes, whose keys rise.
func (t Table) with(changes []entry) Table {
	made := make([]entry, 0, len(t.entries)+len(changes))
	rest := t.entries
	for _, c := range changes {
		i, found := slices.BinarySearchFunc(rest, c.key, compareKeys)
		made = append(made, rest[:i]...)
		if c.value != "" {
			made = append(made, c)
		}
		if rest = rest[i:]; found {
			rest = rest[1:]
		}
	}
	return Table{entries: append(made, rest...)}
}

// changesSince returns what turns base into the table, with rising keys.
func (t Table) changesSince(base Table) (changes []entry) {
	old, now := base.entries, t.entries
	for len(old) > 0 || len(now) > 0 {
		switch {
		case len(now) == 0 || len(old) > 0 && old[0].key < now[0].key:
			changes = append(changes, entry{key: old[0].key})
			old = old[1:]
		case len(old) == 0 || now[0].key < old[0].key:
			changes = append(changes, now[0])
			now = now[1:]
		default:
			if now[0].value != old[0].value {
				changes = append(changes, now[0])
			}
			old, now = old[1:], now[1:]
		}
	}
	return changes
}

// AppendDiff appends the changes from base: for each the length of its key as a
// varint, the key, and the same of its value. It implements ssp.Local.
func (t Table) AppendDiff(dst []byte, base Table, budget int) (diff []byte, reached Table) {
	start := len(dst)
	changes := t.changesSince(base)
	for i, c := range changes {
		before := len(dst)
		for _, s := range []string{c.key, c.value} {
			dst = binary.AppendUvarint(dst, uint64(len(s)))
			dst = append(dst, s...)
		}
		if budget > 0 && i > 0 && len(dst)-start > budget {
			return dst[:before], base.with(changes[:i])
		}
	}
	return dst, t
}

var errTable = errors.New("board: malformed table")

// Apply implements ssp.Remote.
func (t Table) Apply(diff []byte) (Table, error) {
	var changes []entry
	for rest := diff; len(rest) > 0; {
		key, afterKey, ok := cutString(rest, maxKey)
		value, after, okToo := cutString(afterKey, maxValue)
		if !ok || !okToo || key == "" || len(changes) > 0 && key <= changes[len(changes)-1].key {
			return Table{}, errTable
		}
		changes, rest = append(changes, entry{key, value}), after
	}
	made := t.with(changes)
	if len(made.entries) > maxEntries {
		return Table{}, errTable
	}
	const entrySize = 32 // of the two strings' headers
	made.added = len(diff) + entrySize*len(made.entries)
	return made, nil
}

// cutString reads a string of at most limit bytes from the front of b. It must be
// good to print.
func cutString(b []byte, limit uint64) (s string, rest []byte, ok bool) {
	n, size := binary.Uvarint(b)
	if size <= 0 || n > limit || n > uint64(len(b)-size) {
		return "", nil, false
	}
	s, rest = string(b[size:size+int(n)]), b[size+int(n):]
	return s, rest, isPrintable(s)
}

func isPrintable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}

// Equal implements ssp.Local.
func (t Table) Equal(u Table) bool { return slices.Equal(t.entries, u.entries) }

// Since implements ssp.Local and ssp.Remote: a Table has no history.
func (t Table) Since(Table) Table { return t }

// Size implements ssp.Remote.
func (t Table) Size() int { return t.added }
