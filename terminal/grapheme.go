package terminal

// A runeClass is what the tables say of a code point.
type runeClass uint16

// The layout of a runeClass; gen/tables.mjs writes the same.
const (
	classWidth       runeClass = 3 // 0, 1 or 2
	classAmbiguous   runeClass = 1 << 2
	classBreakShift            = 3
	classBreakMask   runeClass = 15
	classPict        runeClass = 1 << 7 // Extended_Pictographic
	classConjShift             = 8
	classConjMask    runeClass = 3
	classEmoji       runeClass = 1 << 10
	conjLinker                 = 1 // Indic_Conjunct_Break
	conjConsonant              = 2
	conjExtend                 = 3
	variationText              = 0xfe0e // VS15
	variationPicture           = 0xfe0f // VS16
)

// The values of Grapheme_Cluster_Break (UAX 29 table 2).
const (
	breakOther = iota
	breakControl
	breakExtend
	breakPrepend
	breakSpacingMark
	breakL
	breakV
	breakT
	breakLV
	breakLVT
	breakRegional
	breakZWJ
)

// classOf returns the class of r, which is at most U+10FFFF.
func classOf(r rune) runeClass {
	return unicodeClasses[unicodeBlocks[unicodeIndex[uint32(r)>>7%uint32(len(unicodeIndex))]][r&127]]
}

func (c runeClass) width() int      { return int(c & classWidth) }
func (c runeClass) graphBreak() int { return int(c >> classBreakShift & classBreakMask) }
func (c runeClass) conj() int       { return int(c >> classConjShift & classConjMask) }

// RuneWidth returns the columns of r, 0 to 2, by Unicode 16: wide and
// fullwidth characters take 2; marks, invisible format characters and the
// jamo that complete a syllable take none. What is unassigned takes 1, or 2 in
// the blocks that Unicode keeps for wide characters. A soft hyphen takes 1.
func RuneWidth(r rune) int { return classOf(r).width() }

// IsAmbiguous reports whether r takes one column or two as the locale wants (East
// Asian Width A, UAX 11).
func IsAmbiguous(r rune) bool { return r >= 0xa0 && classOf(r)&classAmbiguous != 0 }

// A clusterState follows UAX 29 through a text: it says which code points
// belong to the grapheme cluster before them.
type clusterState struct {
	base  runeClass // of the cluster's first code point
	prev  runeClass
	pict  uint8 // GB11: 1 after a pictograph and its extenders, 2 after the ZWJ behind them
	conj  uint8 // GB9c: 1 after a consonant, 2 once a linker was seen
	pairs bool  // GB12: an odd number of regional indicators precedes
}

// start begins a cluster with a code point of class c.
func (s *clusterState) start(c runeClass) {
	*s = clusterState{base: c}
	s.advance(c)
}

// joins reports whether a code point of class c belongs to the cluster.
func (s *clusterState) joins(c runeClass) bool {
	prev, next := s.prev.graphBreak(), c.graphBreak()
	switch {
	case prev == breakControl || next == breakControl: // GB4, GB5
		return false
	case next == breakExtend || next == breakZWJ || next == breakSpacingMark: // GB9, GB9a
		return true
	case prev == breakPrepend: // GB9b
		return true
	case prev == breakL: // GB6
		return next == breakL || next == breakV || next == breakLV || next == breakLVT
	case prev == breakLV || prev == breakV: // GB7
		return next == breakV || next == breakT
	case prev == breakLVT || prev == breakT: // GB8
		return next == breakT
	case next == breakRegional: // GB12
		return prev == breakRegional && s.pairs
	case s.conj == 2 && c.conj() == conjConsonant: // GB9c
		return true
	}
	return s.pict == 2 && c&classPict != 0 // GB11
}

// advance takes a code point of class c into the cluster.
func (s *clusterState) advance(c runeClass) {
	b := c.graphBreak()
	switch {
	case c&classPict != 0:
		s.pict = 1
	case s.pict > 0 && b == breakZWJ:
		s.pict = 2
	case s.pict == 0 || b != breakExtend:
		s.pict = 0
	default:
		s.pict = 1
	}
	switch c.conj() {
	case conjConsonant:
		s.conj = 1
	case conjLinker:
		if s.conj > 0 {
			s.conj = 2
		}
	case conjExtend:
	default:
		s.conj = 0
	}
	s.pairs = b == breakRegional && !s.pairs
	s.prev = c
}

// width returns the columns of the cluster once r, of class c, has joined it:
// the widest part, unless a variation selector says otherwise (mode 2027;
// the policy is in docs/terminal.md).
func (s *clusterState) width(now int, r rune, c runeClass) int {
	switch {
	case r == variationPicture && s.base&classEmoji != 0:
		return 2
	case r == variationText && s.base&classEmoji != 0:
		return 1
	}
	return max(now, c.width())
}
