package crypto

const (
	// windowSize is how many sequence numbers, counted back from the newest,
	// can still be accepted. A path that reorders holds back some milliseconds
	// of datagrams; 4,096 are seconds of a sender that empties a large screen.
	windowSize = 4096

	wordBits = 64
)

// A replayWindow remembers which of the newest windowSize sequence numbers
// were seen, in the manner of RFC 6479: a ring of words of one bit a number,
// of which whole words are cleared as the window moves up. The ring has one
// word more than the window, since the newest word is partly filled.
//
// The zero value is a window that has seen nothing. Not safe for concurrent use.
type replayWindow struct {
	newest uint64
	words  [windowSize/wordBits + 1]uint64
}

// accept reports whether seq was not seen before and is not older than the
// window, and marks it as seen. Call it for authentic datagrams only.
func (w *replayWindow) accept(seq uint64) bool {
	word := seq / wordBits
	if seq > w.newest {
		// Beyond a whole turn of the ring every word is cleared once.
		fresh := min(word-w.newest/wordBits, uint64(len(w.words)))
		for i := range fresh {
			w.words[(word-i)%uint64(len(w.words))] = 0
		}
		w.newest = seq
	} else if w.newest-seq >= windowSize {
		return false
	}
	slot, bit := &w.words[word%uint64(len(w.words))], uint64(1)<<(seq%wordBits)
	if *slot&bit != 0 {
		return false
	}
	*slot |= bit
	return true
}
