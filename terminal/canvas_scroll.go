package terminal

// ScrollUp moves all rows n rows up: the first n are gone, and the last n are
// blank in default colours. The cursor stays.
func (c *Canvas) ScrollUp(n int) {
	n = min(max(n, 0), len(c.s.rows))
	copy(c.s.rows, c.s.rows[n:])
	copy(c.mine, c.mine[n:])
	blank := blankRow(c.s.cols)
	for y := len(c.s.rows) - n; y < len(c.s.rows); y++ {
		c.s.rows[y], c.mine[y] = blank, false
	}
}
