package sample

import "testing"

func TestSample(t *testing.T) {
	s := Sample{8, 2, 4}
	if m, lo, hi := s.Median(), s.Quantile(0), s.Quantile(1); m != 4 || lo != 2 || hi != 8 {
		t.Errorf("median %v, quantiles %v and %v of %v", m, lo, hi, s)
	}
	if got := s.Spread(); got != 0.75 {
		t.Errorf("spread %v, want 0.75", got)
	}
	if s := (Sample{}); s.Median() != 0 || s.Spread() != 0 {
		t.Error("the empty sample has values")
	}
}
