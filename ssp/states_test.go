package ssp

import (
	"errors"
	"fmt"
	"strings"

	"roam/ssp/wire"
)

// A list is an append-only list of bytes, as a client's input is. Its diffs are
// UserMessages, so that a model of a stock peer can read them. forgotten counts
// the bytes in front that are not kept any more.
type list struct {
	forgotten int
	text      string
	grown     int // what Apply added
}

func newList(text string) list { return list{text: text} }

func (l list) end() int { return l.forgotten + len(l.text) }

func (l list) String() string { return fmt.Sprintf("%d+%q", l.forgotten, l.text) }

// from returns the bytes from number n on.
func (l list) from(n int) string {
	if n < l.forgotten || n > l.end() {
		panic(fmt.Sprintf("list %v is asked for what follows byte %d", l, n))
	}
	return l.text[n-l.forgotten:]
}

func (l list) AppendDiff(dst []byte, base list, budget int) ([]byte, list) {
	more := l.from(base.end())
	if budget > 0 && len(more) > budget {
		more = more[:budget]
	}
	if more == "" {
		return dst, list{forgotten: l.forgotten, text: l.text[:base.end()-l.forgotten]}
	}
	return wire.AppendBytes(dst, []byte(more)), list{forgotten: l.forgotten, text: l.text[:base.end()+len(more)-l.forgotten]}
}

func (l list) Equal(m list) bool {
	if l.end() != m.end() {
		return false
	}
	n := min(len(l.text), len(m.text))
	if l.text[len(l.text)-n:] != m.text[len(m.text)-n:] {
		panic("two lists of one length differ")
	}
	return true
}

func (l list) Since(old list) list {
	return list{forgotten: old.end(), text: l.from(old.end()), grown: l.grown}
}

var errBadItem = errors.New("item of an unexpected kind")

func (l list) Apply(diff []byte) (list, error) {
	var text strings.Builder
	text.WriteString(l.text)
	for it, err := range wire.UserItems(diff) {
		switch {
		case err != nil:
			return list{}, err
		case it.Kind == wire.Resize:
			return list{}, errBadItem
		case it.Kind == wire.Bytes:
			text.Write(it.Bytes)
		}
	}
	return list{forgotten: l.forgotten, text: text.String(), grown: text.Len() - len(l.text)}, nil
}

func (l list) Size() int { return l.grown }

// A register is a row of cells of which only the newest content counts, as with a
// screen. Its diffs are HostMessages whose bytes are pairs of place and content,
// and can be cut anywhere between pairs.
type register struct {
	cells string // registerCells bytes
}

const registerCells = 200

func newRegister() register { return register{strings.Repeat(".", registerCells)} }

// set returns the register with other content from the given place on.
func (r register) set(at int, content string) register {
	return register{r.cells[:at] + content + r.cells[at+len(content):]}
}

func (r register) AppendDiff(dst []byte, base register, budget int) ([]byte, register) {
	cells := []byte(base.cells)
	var pairs []byte
	for i := range cells {
		if budget > 0 && len(pairs)+2 > budget {
			break
		}
		if cells[i] != r.cells[i] {
			cells[i] = r.cells[i]
			pairs = append(pairs, byte(i), cells[i])
		}
	}
	if len(pairs) == 0 {
		return dst, base
	}
	return wire.AppendBytes(dst, pairs), register{string(cells)}
}

func (r register) Equal(q register) bool { return r.cells == q.cells }

func (r register) Since(register) register { return r }

func (r register) Apply(diff []byte) (register, error) {
	cells := []byte(r.cells)
	for it, err := range wire.HostItems(diff) {
		if err != nil {
			return register{}, err
		}
		if it.Kind != wire.Bytes || len(it.Bytes)%2 != 0 {
			return register{}, errBadItem
		}
		for i := 0; i < len(it.Bytes); i += 2 {
			if int(it.Bytes[i]) >= len(cells) {
				return register{}, errBadItem
			}
			cells[it.Bytes[i]] = it.Bytes[i+1]
		}
	}
	return register{string(cells)}, nil
}

func (r register) Size() int { return len(r.cells) }
