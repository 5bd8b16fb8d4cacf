package terminal

import "unicode/utf8"

// startString begins a control string: c is one of ] P X ^ _.
func (p *parser) startString(c byte) {
	p.kind = c
	if cap(p.str) > keptString {
		p.str = nil
	}
	p.str = p.str[:0]
	p.lost, p.c2, p.bell = false, false, false
}

// endsString says which bytes need a look in a string.
var endsString = [256]bool{0x07: true, 0x18: true, 0x1a: true, 0x1b: true, 0xc2: true}

// inString gathers the bytes of a string up to what ends it, which it leaves
// where the string's end is not the end of a token too.
func (p *parser) inString(b []byte) (int, token) {
	from := 0
	for i := 0; i < len(b); i++ {
		c := b[i]
		if p.c2 {
			p.c2 = false
			if c&0xe0 == 0x80 {
				return p.stringC1(b, from, i)
			}
		}
		if !endsString[c] {
			continue
		}
		switch c {
		case 0x07:
			if p.kind != ']' {
				continue
			}
			p.gather(b[from:i])
			p.state, p.bell = ground, true
			return i + 1, tokenString
		case 0xc2:
			p.c2 = true
			continue
		case 0x18, 0x1a:
			p.gather(b[from:i])
			if p.stock {
				// The control comes again, in the ground state.
				p.state = ground
				return i, tokenString
			}
			return i, tokenNone
		case 0x1b:
			p.gather(b[from:i])
			if !p.stock {
				p.state = stringEsc
				return i + 1, tokenNone
			}
			p.clear()
			p.state = escape
			return i + 1, tokenString
		}
	}
	p.gather(b[from:])
	return len(b), tokenNone
}

// stringC1 ends a string at the C1 control whose second byte is b[i]. ST runs
// the string; any other cancels it (a stock peer acts on it) and is run.
func (p *parser) stringC1(b []byte, from, i int) (int, token) {
	if i > from {
		p.gather(b[from : i-1])
	} else if len(p.str) > 0 {
		p.str = p.str[:len(p.str)-1] // the C2 came with the last write
	}
	p.clear()
	p.state = ground
	if b[i] == 0x9c {
		return i + 1, tokenString
	}
	if p.stock {
		p.part[0], p.npart = 0xc2, 1
		return i, tokenString
	}
	p.part[0], p.npart = 0xc2, 1
	return i, tokenUnknown
}

// gather keeps b as part of the string, within the string's limit.
func (p *parser) gather(b []byte) {
	if p.lost || p.kind != ']' && p.kind != 'P' {
		return // nothing is ever done with APC, PM and SOS
	}
	limit := maxString
	if p.kind == ']' && len(p.str) >= 3 && string(p.str[:3]) == "52;" ||
		len(p.str) == 0 && len(b) >= 3 && string(b[:3]) == "52;" {
		limit = maxClipboardString
	}
	if len(p.str)+len(b) > limit {
		p.lost = true
		p.str = p.str[:0]
		return
	}
	p.str = append(p.str, b...)
}

// continueRune takes bytes of a code point that is not whole yet, or that
// stands within a sequence. A malformed one becomes one U+FFFD per maximal
// subpart (Unicode 16, 3.9; WHATWG Encoding, UTF-8 decoder), and the byte that
// does not fit is read afresh.
func (p *parser) continueRune(b []byte) (int, token) {
	n := 0
	for n < len(b) && p.npart < len(p.part) {
		p.part[p.npart] = b[n]
		size, whole := runeSize(p.part[:p.npart+1])
		if size <= p.npart { // b[n] does not continue it
			p.npart = 0
			return n, p.gotRune(utf8.RuneError)
		}
		n++
		p.npart++
		if whole {
			r, _ := utf8.DecodeRune(p.part[:p.npart])
			p.npart = 0
			return n, p.gotRune(r)
		}
	}
	return n, tokenNone
}

// runeSize returns how many bytes at the front of b are a code point or the
// maximal subpart of a malformed one, and whether nothing more is to come.
// An ASCII byte or one that begins nothing is whole.
func runeSize(b []byte) (size int, whole bool) {
	lo, hi := byte(0x80), byte(0xbf)
	need := 1
	switch c := b[0]; {
	case c < 0xc2 || c > 0xf4:
		return 1, true
	case c < 0xe0:
	case c < 0xf0:
		need = 2
		if c == 0xe0 {
			lo = 0xa0
		} else if c == 0xed {
			hi = 0x9f
		}
	default:
		need = 3
		if c == 0xf0 {
			lo = 0x90
		} else if c == 0xf4 {
			hi = 0x8f
		}
	}
	for i := 1; i <= need; i++ {
		if i == len(b) {
			return i, false
		}
		if b[i] < lo || b[i] > hi {
			return i, true
		}
		lo, hi = 0x80, 0xbf
	}
	return need + 1, true
}

// gotRune decides what a code point from 80 up is: a C1 control is run as its
// seven-bit form; another one is printed in the ground state and ends a
// sequence elsewhere.
func (p *parser) gotRune(r rune) token {
	if p.state == address {
		if p.address(r) {
			return tokenEsc
		}
		return tokenNone
	}
	if r >= 0x80 && r < 0xa0 {
		p.clear()
		p.state = escape
		c := byte(r - 0x40)
		_, t := p.step([]byte{c})
		return t
	}
	if p.state == ground {
		p.char = r
		return tokenRune
	}
	p.state = ground
	return tokenUnknown
}
