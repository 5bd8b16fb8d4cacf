// Package sample sums up numbers that were measured several times.
package sample

import "slices"

// A Sample is what several runs of the same measured.
type Sample []float64

// Quantile returns the value below which a share of q of the sample lies, q
// being 0 to 1; 0 for an empty sample.
func (s Sample) Quantile(q float64) float64 {
	if len(s) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(s))
	return sorted[int(q*float64(len(sorted)-1)+0.5)]
}

// Median returns the value in the middle.
func (s Sample) Median() float64 { return s.Quantile(0.5) }

// Spread returns how far the largest value is above the smallest, as a share
// of the largest: what the machine's noise is.
func (s Sample) Spread() float64 {
	if len(s) == 0 || slices.Max(s) == 0 {
		return 0
	}
	return 1 - slices.Min(s)/slices.Max(s)
}
