package payload

import (
	"bytes"
	"testing"
)

// TestTheSameEachTime holds what comparisons rely on.
func TestTheSameEachTime(t *testing.T) {
	const size = 64 << 10
	for _, p := range All() {
		a, b := p.Bytes(size), p.Bytes(size)
		if len(a) < size || !bytes.Equal(a, b) {
			t.Errorf("%s: %d and %d bytes, want the same %d or more", p.Name, len(a), len(b), size)
		}
		if longer := p.Bytes(2 * size); !bytes.HasPrefix(longer, a) {
			t.Errorf("%s: more of it begins otherwise", p.Name)
		}
	}
}
