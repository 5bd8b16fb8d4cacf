package terminal

// alternate is the buffer that does not show, with what belongs to a buffer.
type alternate struct {
	active bool   // the alternate screen shows; lines are the primary's
	lines  []*Row // of the other buffer; nil until the first switch
	saved  savedCursor
	keys   keyboardStack // of the buffer in use
	other  keyboardStack
}

// dropAlternate recycles the buffer that does not show.
func (e *Emulator) dropAlternate() {
	for _, r := range e.alt.lines {
		e.recycle(r)
	}
	e.alt.lines = nil
}

// setAlternate is DECSET and DECRST 47, 1047 and 1049: the alternate screen,
// without and with clearing, and with the cursor saved.
func (e *Emulator) setAlternate(m mode, on bool) {
	if !e.modes.on(modeAllowAlternate) {
		return
	}
	if on {
		if m == modeAlternateAll {
			e.saveCursor() // of the buffer in use: each has its own
		}
		e.switchBuffer(true)
		if m == modeAlternateAll {
			e.pending = false
			e.eraseRows(0, e.rows)
		}
		return
	}
	if m == modeAlternate && e.alt.active {
		e.pending = false
		e.eraseRows(0, e.rows)
	}
	e.switchBuffer(false)
	if m == modeAlternateAll {
		e.restoreCursor()
	}
}

// switchBuffer shows the alternate screen or the primary. The cursor stays.
func (e *Emulator) switchBuffer(alternate bool) {
	if e.alt.active == alternate {
		return
	}
	e.alt.active = alternate
	if e.alt.lines == nil {
		e.alt.lines = make([]*Row, e.rows)
		for i := range e.alt.lines {
			e.alt.lines[i] = e.blank
		}
	}
	e.lines, e.alt.lines = e.alt.lines, e.lines
	e.saved, e.alt.saved = e.alt.saved, e.saved
	e.alt.keys, e.alt.other = e.alt.other, e.alt.keys
	e.joinX = -1
}

// maxKeyStack is how many sets of flags the kitty keyboard stack holds; its
// protocol asks for a limit, the oldest goes first.
const maxKeyStack = 8

// kittyFlags are the flags of the kitty keyboard protocol.
const kittyFlags = 31

// A keyboardStack is the stack of kitty keyboard flags of one buffer.
type keyboardStack struct {
	n    int
	sets [maxKeyStack]uint8 // the newest at n-1; sets[0] in force while n is 0
}

// flags returns the flags in force.
func (k *keyboardStack) flags() uint8 { return k.sets[max(k.n-1, 0)] }

// push is CSI > flags u.
func (k *keyboardStack) push(flags uint8) {
	if k.n == 0 {
		k.n = 1 // the flags that were set without a push are the bottom
	}
	if k.n == maxKeyStack {
		copy(k.sets[:], k.sets[1:])
		k.n--
	}
	k.sets[k.n] = flags & kittyFlags
	k.n++
}

// pop is CSI < n u. An empty stack means no flags.
func (k *keyboardStack) pop(n int) {
	if k.n = max(k.n-n, 0); k.n == 0 {
		*k = keyboardStack{}
	}
}

// change is CSI = flags ; how u: 1 sets all, 2 adds, 3 removes.
func (k *keyboardStack) change(flags uint8, how int) {
	set := &k.sets[max(k.n-1, 0)]
	switch how {
	case 1:
		*set = flags & kittyFlags
	case 2:
		*set |= flags & kittyFlags
	case 3:
		*set &^= flags
	}
}
