package terminal

import (
	"encoding/binary"
	"math/bits"
)

// A token is what the parser has found at the front of the input.
type token uint8

const (
	tokenNone    token = iota // nothing to do (yet)
	tokenText                 // a run of bytes 20-7E
	tokenUTF8                 // bytes from 80 up stand here; not consumed
	tokenRune                 // parser.char, a code point that was split between writes, or U+FFFD
	tokenControl              // parser.final, a C0 control
	tokenEsc                  // an escape sequence: inter, final
	tokenCSI                  // a control sequence: prefix, params, inter, final
	tokenString               // a control string: kind, str
	tokenUnknown              // a sequence that was void
	tokenDelete               // DEL, in the ground state
)

// The states of the parser, after the VT500's.
const (
	ground    uint8 = iota
	escape          // after ESC
	escInter        // after ESC and intermediates
	csiEntry        // after CSI
	csiParam        // within the parameters
	csiInter        // after intermediates
	csiVoid         // malformed: ignored up to the final
	inString        // in OSC, DCS, APC, PM or SOS
	stringEsc       // ESC in a string: ST if a backslash follows
	address         // ESC Y of a VT52: a row and a column follow
	numStates
)

// What the table says to do with a byte; the state after it is in the low
// four bits.
const (
	doNothing   = iota << 4
	doControl   // run a C0 control
	doDigit     // a digit of a parameter
	doSeparator // ; or :
	doPrefix    // one of < = > ?
	doInter     // an intermediate
	doEsc       // run an escape sequence
	doCSI       // run a control sequence
	doClear     // ESC: forget what was gathered
	doString    // ESC and one of ] P X ^ _: a string starts
	doCancel    // CAN, SUB
	doHigh      // a byte from 80 up
	doAddress   // a row or column
)

const (
	// maxParams is how many parameters are kept, a power of two: more than
	// xterm's 30 and than a stock peer's 51. The rest are dropped.
	maxParams = 64
	// maxParamChars is where a stock emulator cuts the parameters.
	maxParamChars = 100
	// maxParam is where a parameter stops growing: above what any sequence means.
	maxParam = 99999
	// maxString is the most bytes kept of a control string: above the longest
	// title, link or notification. A longer string has no effect.
	maxString = 64 << 10
	// maxClipboardString is for OSC 52: 1 MiB in base64, and its selections.
	maxClipboardString = (1<<20)*4/3 + 4 + 32
	// keptString is the most memory that is kept between strings.
	keptString = 8 << 10
)

// parserTable holds, for each state and byte, the action and the next state.
var parserTable = makeParserTable()

func makeParserTable() (t [numStates][256]uint8) {
	set := func(state uint8, from, to int, action, next uint8) {
		for c := from; c <= to; c++ {
			t[state][c] = action | next
		}
	}
	for s := range numStates {
		set(s, 0x00, 0x1f, doControl, s)
		set(s, 0x20, 0x7f, doNothing, s)
		set(s, 0x80, 0xff, doHigh, s)
		set(s, 0x18, 0x18, doCancel, ground)
		set(s, 0x1a, 0x1a, doCancel, ground)
		set(s, 0x1b, 0x1b, doClear, escape)
	}
	set(escape, 0x20, 0x2f, doInter, escInter)
	set(escape, 0x30, 0x7e, doEsc, ground)
	set(escape, '[', '[', doNothing, csiEntry)
	for _, c := range []int{']', 'P', 'X', '^', '_'} {
		set(escape, c, c, doString, inString)
	}
	set(escInter, 0x20, 0x2f, doInter, escInter)
	set(escInter, 0x30, 0x7e, doEsc, ground)
	for s := csiEntry; s <= csiParam; s++ {
		set(s, '0', '9', doDigit, csiParam)
		set(s, ':', ';', doSeparator, csiParam)
		set(s, '<', '?', doNothing, csiVoid)
	}
	set(csiEntry, '<', '?', doPrefix, csiParam)
	for s := csiEntry; s <= csiInter; s++ {
		set(s, 0x20, 0x2f, doInter, csiInter)
		set(s, 0x40, 0x7e, doCSI, ground)
	}
	set(csiInter, 0x30, 0x3f, doNothing, csiVoid)
	set(csiVoid, 0x40, 0x7e, doNothing, ground)
	set(address, 0x00, 0x7f, doAddress, address)
	return t
}

// A parser cuts a stream of bytes into tokens. It knows the grammar of control
// sequences, not what they mean; whoever drives it asks for one token after
// the other, so that no call is made per byte.
type parser struct {
	stock  bool // the grammar of a stock peer, where it differs
	vt52   bool // that of a VT52
	state  uint8
	prefix byte    // one of < = > ?, or 0
	ninter uint8   // intermediates seen; above 2 the sequence is unknown
	inter  [2]byte // intermediates
	final  byte    // the final byte, or a control
	kind   byte    // of a string: one of ] P X ^ _
	n      int     // parameters, at least 1 in a control sequence
	bare   bool    // there was none in fact
	sub    uint64  // bit i: parameter i came after a colon
	chars  int     // characters of parameters so far
	params [maxParams]int32
	str    []byte
	bell   bool // the string ended with BEL, not ST
	lost   bool // the string outgrew its limit
	c2     bool // the string's last byte was C2, which may begin a C1 control
	char   rune // of tokenRune
	npart  int  // bytes in part
	part   [4]byte
}

// next reads one token from the front of b, which is not empty, and returns
// how many bytes it took. tokenUTF8 takes none.
func (p *parser) next(b []byte) (int, token) {
	if p.npart > 0 {
		return p.continueRune(b)
	}
	if p.state == ground {
		c := b[0]
		switch {
		case c-0x20 < 0x5f:
			return asciiRun(b), tokenText
		case c >= 0x80:
			return 0, tokenUTF8
		case c != 0x1b:
			if c == 0x7f {
				return 1, tokenDelete
			}
			p.final = c
			return 1, tokenControl
		}
		if len(b) > 2 && b[1] == '[' && !p.vt52 {
			if n := p.plainCSI(b); n > 0 {
				return n, tokenCSI
			}
		}
	}
	return p.step(b)
}

// asciiRun returns the length of the run of bytes 20-7E at the front of b.
func asciiRun(b []byte) int {
	i := 0
	for ; i+8 <= len(b); i += 8 {
		v := binary.LittleEndian.Uint64(b[i:])
		// The top bit of a byte is set where it is above 7F, below 20, or 7F;
		// a borrow or carry spoils only bytes after one that is found.
		m := (v | (v - 0x2020202020202020) | (v + 0x0101010101010101)) & 0x8080808080808080
		if m != 0 {
			return i + bits.TrailingZeros64(m)>>3
		}
	}
	for i < len(b) && b[i]-0x20 < 0x5f {
		i++
	}
	return i
}

// plainCSI reads a whole control sequence that has at most a ? before its
// parameters, no colon and no intermediate: nearly all there are. It returns
// 0, and the slow way is taken, for any other.
func (p *parser) plainCSI(b []byte) int {
	i := 2
	p.prefix = 0
	if b[2] == '?' {
		p.prefix = '?'
		i = 3
	}
	p.bare = b[min(i, len(b)-1)] >= 0x40
	n, v := 0, int32(0)
	for ; i < len(b); i++ {
		c := b[i]
		if d := c - '0'; d < 10 {
			if v = v*10 + int32(d); v > maxParam {
				return 0
			}
			continue
		}
		p.params[n&(maxParams-1)] = v
		n++
		if c == ';' && n < maxParams {
			v = 0
			continue
		}
		if c-0x40 >= 0x3f {
			return 0
		}
		if p.stock && i > maxParamChars {
			return 0
		}
		p.n, p.final, p.ninter, p.sub = n, c, 0, 0
		return i + 1
	}
	return 0
}

// step goes through the table byte by byte until there is a token.
func (p *parser) step(b []byte) (int, token) {
	for i := 0; i < len(b); i++ {
		if p.state == inString {
			n, t := p.inString(b[i:])
			i += n
			if t != tokenNone {
				return i, t
			}
			if i == len(b) {
				break
			}
		}
		if p.state == stringEsc {
			if b[i] == '\\' {
				p.state = ground
				return i + 1, tokenString
			}
			p.state = escape // ESC and anything else: the string is void
			p.clear()
		}
		c := b[i]
		action := parserTable[p.state][c]
		state := p.state
		if p.vt52 && state == escape && c >= 0x40 && c < 0x7f {
			action = escapesVT52(c)
		}
		p.state = action & 15
		switch action &^ 15 {
		case doControl:
			p.final = c
			return i + 1, tokenControl
		case doCancel:
			p.final = c
			return i + 1, tokenControl
		case doDigit:
			p.digit(c)
		case doSeparator:
			p.separator(c)
		case doPrefix:
			p.prefix = c
			p.chars++
		case doInter:
			if p.ninter < 2 {
				p.inter[p.ninter] = c
			}
			if p.ninter < 3 {
				p.ninter++
			}
		case doClear:
			p.clear()
		case doEsc:
			p.final = c
			return i + 1, tokenEsc
		case doCSI:
			p.final = c
			return i + 1, tokenCSI
		case doString:
			p.startString(c)
		case doAddress:
			if p.address(rune(c)) {
				return i + 1, tokenEsc
			}
		case doHigh:
			n, t := p.continueRune(b[i:])
			return i + n, t
		default:
			if state == csiVoid && p.state == ground {
				return i + 1, tokenUnknown
			}
		}
		if p.state == ground {
			return i + 1, tokenNone
		}
	}
	return len(b), tokenNone
}

// escapesVT52 returns what a VT52 does with c, 40-7E, behind ESC: only an address
// goes on.
func escapesVT52(c byte) uint8 {
	action, next := uint8(doEsc), uint8(ground)
	if c == 'Y' {
		action, next = doNothing, address
	}
	return action | next
}

// address takes the row or column of ESC Y and reports whether that was the last.
func (p *parser) address(r rune) bool {
	p.params[p.n-1] = min(r, maxParam)
	p.n++
	if p.n <= 2 {
		return false
	}
	p.state, p.final = ground, 'Y'
	return true
}

// clear forgets the sequence that was being gathered.
func (p *parser) clear() {
	p.prefix, p.ninter, p.n, p.sub, p.chars = 0, 0, 1, 0, 0
	p.params[0], p.bare = 0, true
}

func (p *parser) digit(c byte) {
	p.bare = false
	if p.chars++; p.n > maxParams || p.stock && p.chars > maxParamChars {
		return
	}
	if v := &p.params[p.n-1]; *v <= maxParam {
		*v = *v*10 + int32(c-'0')
	}
}

// separator begins another parameter. A stock peer drops any sequence with a
// colon.
func (p *parser) separator(c byte) {
	p.bare = false
	if p.chars++; p.stock && c == ':' {
		p.state = csiVoid
		return
	}
	if p.stock && p.chars > maxParamChars {
		return
	}
	if p.n++; p.n > maxParams {
		p.n = maxParams + 1
		return
	}
	p.params[p.n-1] = 0
	if c == ':' {
		p.sub |= 1 << (p.n - 1)
	}
}

// param returns parameter i, or def where it is absent or zero.
func (p *parser) param(i, def int) int {
	if i >= p.n || i >= maxParams || p.params[i] == 0 {
		return def
	}
	if p.stock && p.params[i] > 65535 {
		return def
	}
	return int(p.params[i])
}

// count returns how many parameters there are.
func (p *parser) count() int { return min(p.n, maxParams) }

// isSub reports whether parameter i came after a colon.
func (p *parser) isSub(i int) bool { return p.sub>>i&1 != 0 }
