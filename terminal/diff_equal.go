package terminal

import "slices"

// Equal reports whether o shows and does the same as s: a reader that holds
// one has no need of the other. Screens that share their rows compare in a few
// nanoseconds a row.
func (s *Screen) Equal(o *Screen) bool {
	return s == o || s.cols == o.cols && s.cursor == o.cursor && s.pen == o.pen && s.modes == o.modes &&
		s.title == o.title && s.icon == o.icon && s.titleSet == o.titleSet &&
		s.clipboard == o.clipboard && s.bells == o.bells &&
		s.cwd == o.cwd && s.progress == o.progress && s.colors.equal(o.colors) &&
		slices.EqualFunc(s.rows, o.rows, (*Row).Equal)
}

// Upper returns a screen on the way from rest, of the same size, to s: it has
// the upper n rows of s, and everything else of rest.
func (s *Screen) Upper(n int, rest *Screen) *Screen {
	u := *rest
	u.rows = slices.Concat(s.rows[:n], rest.rows[n:])
	return &u
}
