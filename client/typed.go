package client

import (
	"bytes"
	"time"

	"roam/session"
)

const (
	// sequenceWait is how long the beginning of a sequence is held for its rest.
	// A terminal writes a key in one piece; 25 ms cover a slow line under it,
	// and are too short for the next key of a person.
	sequenceWait = 25 * time.Millisecond

	// commandWait is how long the escape key waits for its command, so that one
	// hit by chance goes away by itself, and the help can be read.
	commandWait = 10 * time.Second

	// pasteSilence ends a bracketed paste whose end never came, so that a
	// confused terminal does not take the escape key away for good.
	pasteSilence = 10 * time.Second

	// maxHeld bounds what is held behind the escape key: mouse motion, answers
	// of the terminal. Beyond it the command is given up and all is sent.
	maxHeld = 4096
)

const (
	pasteStart = "\x1b[200~"
	pasteEnd   = "\x1b[201~"
)

// A command is what the user asks of the client itself.
type command uint8

const (
	noCommand command = iota
	quitCommand
	suspendCommand
	allowCommand // what the notice line asks
	refuseCommand
	figuresCommand // what became of the keys typed
)

// A typedFilter takes the bytes of the user's terminal, gives back those that
// go to the remote side, and finds the escape commands among them. All bytes
// pass unchanged and in order, except the keys of a command, and ends of paste
// within a paste. A byte is held only while it may belong to a command: behind
// the escape key, or within a sequence that may be a key (sequenceWait).
//
// The zero value with esc set is ready.
type typedFilter struct {
	esc   EscapeKey
	stock bool // only the commands of mosh
	kitty bool // the terminal sends no lone ESC: every ESC begins a sequence

	pixels [2]int // width and height of a cell, to make pixels of the cells in mouse reports; 0: not wanted

	probe *probe        // what of the input are answers to the client's own questions; nil: nothing
	focus session.Focus // as the terminal told last
	ended bool          // an answer was taken that a string terminator may follow

	dec   keyDecoder
	tok   []byte // the piece being decoded, up to maxToken bytes
	sent  int    // how many bytes of tok have been passed already
	since time.Time

	awaiting bool      // the escape key was hit
	asked    time.Time // when
	held     []byte    // the escape key and what came after it
	heldKey  int       // how many bytes of held are the escape key

	asking  bool // the notice line asks for a yes or a no
	enter   bool // the last key was CR or LF
	repaint bool // Ctrl-L was typed

	pasting bool
	pasted  time.Time // when the paste's last bytes came
	tail    []byte    // the last bytes passed within the paste, up to five
}

// feed takes in, appends to dst what goes to the remote side, and returns how
// many bytes of in it used: all of them, unless they held a command. The rest
// is to be fed again, or dropped, by the caller.
func (f *typedFilter) feed(now time.Time, dst, in []byte) (out []byte, n int, cmd command) {
	f.probe.tick(now)
	if f.pasting && now.Sub(f.pasted) > pasteSilence {
		f.pasting = false
	}
	for n < len(in) {
		if f.pasting {
			f.pasted = now
			var used int
			dst, used = f.paste(dst, in[n:])
			n += used
			continue
		}
		switch f.dec.step(in[n]) {
		case endsNot:
			dst = f.gather(now, dst, in[n])
			n++
		case endsWith:
			dst = f.gather(now, dst, in[n])
			n++
			dst, cmd = f.complete(now, dst)
		case endsBefore: // in[n] begins the next piece and is looked at again
			dst, cmd = f.complete(now, dst)
		}
		if cmd != noCommand {
			return dst, n, cmd
		}
	}
	if !f.awaiting && !f.mayHold() {
		dst = f.pass(dst)
	}
	return dst, n, noCommand
}

// mayHold reports whether the piece being decoded may be held for its rest: it
// can become a key of the encoded forms. A lone ESC is the Esc key, and goes
// out at once, but for the keyboard mode in which that key has a sequence.
func (f *typedFilter) mayHold() bool {
	return mayBeKey(f.tok) || f.isReply() != unlikely || f.mayBeMouse() || f.kitty && len(f.tok) > 0 && len(f.tok) < maxToken && f.tok[0] == 0x1b
}

// gather adds a byte to the piece being decoded. What is too long for a key
// passes at once.
func (f *typedFilter) gather(now time.Time, dst []byte, b byte) []byte {
	if len(f.tok) == f.sent || f.isReply() != unlikely { // the pieces of an answer may be further apart
		f.since = now
	}
	if len(f.tok) < maxToken || len(f.tok) < maxReply && isString(f.tok) && f.isReply() == certain {
		f.tok = append(f.tok, b)
		return dst
	}
	dst = f.pass(dst)
	return f.emit(dst, b)
}

// pass emits what of the piece being decoded is still held.
func (f *typedFilter) pass(dst []byte) []byte {
	dst = f.emit(dst, f.tok[f.sent:]...)
	f.sent = len(f.tok)
	return dst
}

// emit sends bytes on, or queues them behind the escape key.
func (f *typedFilter) emit(dst []byte, b ...byte) []byte {
	if !f.awaiting {
		return append(dst, b...)
	}
	f.held = append(f.held, b...)
	if len(f.held) > maxHeld {
		dst = f.release(dst, f.held)
	}
	return dst
}

// release ends the wait for a command and sends b.
func (f *typedFilter) release(dst, b []byte) []byte {
	f.awaiting = false
	return append(dst, b...)
}

// complete deals with a complete piece.
func (f *typedFilter) complete(now time.Time, dst []byte) ([]byte, command) {
	if f.takeReply() {
		f.tok, f.sent = f.tok[:0], 0
		return dst, noCommand
	}
	f.mouseInPixels()
	key := classifyKey(f.tok)
	isEscape := f.esc.on && key.kind == keyPress && key.legacy == int(f.esc.key)
	var cmd command
	switch {
	case f.awaiting && key.kind != keyQuiet:
		dst, cmd = f.command(now, dst, key)
	case !f.awaiting && isEscape && (f.enter || !f.esc.afterEnter()):
		f.awaiting, f.asked = true, now
		f.held = append(f.held[:0], f.tok[f.sent:]...)
		f.heldKey = len(f.held)
	default:
		dst = f.pass(dst)
		f.note(now, key)
	}
	f.tok, f.sent = f.tok[:0], 0
	return dst, cmd
}

// note remembers what later keys depend on.
func (f *typedFilter) note(now time.Time, key keyToken) {
	switch key.kind {
	case keyQuiet:
		f.noteFocus()
	case keyPaste:
		f.pasting, f.pasted, f.tail, f.enter = true, now, f.tail[:0], false
	case keyPress:
		f.enter = key.legacy == '\r' || key.legacy == '\n'
		f.repaint = f.repaint || key.legacy == 0x0c
	}
}

// command deals with the key after the escape key (cli.md's rules, and Esc).
func (f *typedFilter) command(now time.Time, dst []byte, key keyToken) ([]byte, command) {
	later := f.held[f.heldKey:] // no keys: mouse motion and the like
	switch {
	case key.legacy == '.':
		f.awaiting = false
		return dst, quitCommand
	case key.legacy == 0x1a:
		return f.release(dst, later), suspendCommand
	case key.legacy == 0x1b:
		return f.release(dst, later), noCommand
	case f.asking && (key.legacy == 'y' || key.legacy == 'Y'):
		return f.release(dst, later), allowCommand
	case f.asking && (key.legacy == 'n' || key.legacy == 'N'):
		return f.release(dst, later), refuseCommand
	case !f.stock && (key.legacy == 's' || key.legacy == 'S') && !f.esc.isPass(key.legacy):
		return f.release(dst, later), figuresCommand
	case f.esc.isPass(key.legacy):
		f.enter = false
		return f.release(dst, f.held), noCommand
	}
	dst = f.release(dst, f.held)
	dst = f.pass(dst)
	f.note(now, key)
	return dst, noCommand
}

// paste passes the bytes of a bracketed paste up to its end, and returns how
// many bytes of in it used. An end with another one behind it in the bytes at
// hand, and no new beginning between, was part of what was pasted: it is
// removed, lest the rest pass for typed keys. That the removal may join what
// stood around it into a new end is seen too.
func (f *typedFilter) paste(dst, in []byte) (out []byte, used int) {
	start := len(dst)
	matched := matchTail(f.tail, nil)
	for used < len(in) {
		if matched == 0 { // the common case, quickly
			plain := bytes.IndexByte(in[used:], 0x1b)
			if plain < 0 {
				plain = len(in) - used
			}
			dst = append(dst, in[used:used+plain]...)
			if used += plain; used == len(in) {
				break
			}
		}
		b := in[used]
		used++
		dst = append(dst, b)
		switch {
		case b == pasteEnd[matched]:
			matched++
		case b == 0x1b:
			matched = 1
		default:
			matched = 0
		}
		if matched < len(pasteEnd) {
			continue
		}
		if !anotherEnd(in[used:]) {
			f.pasting, f.enter = false, false
			return dst, used
		}
		dst = dst[:max(start, len(dst)-len(pasteEnd))]
		matched = matchTail(f.tail, dst[start:])
	}
	f.keepTail(dst[start:])
	return dst, used
}

// keepTail remembers the last bytes passed, of which the newest are given.
func (f *typedFilter) keepTail(newest []byte) {
	const keep = len(pasteEnd) - 1
	f.tail = append(f.tail, newest[max(0, len(newest)-keep):]...)
	f.tail = append(f.tail[:0], f.tail[max(0, len(f.tail)-keep):]...)
}

// matchTail returns how many bytes at the end of older followed by newer begin
// an end of paste.
func matchTail(older, newer []byte) int {
	const most = len(pasteEnd) - 1
	var buf [2 * most]byte
	last := append(buf[:0], older[max(0, len(older)-most):]...)
	last = append(last, newer[max(0, len(newer)-most):]...)
	for n := most; n > 0; n-- {
		if bytes.HasSuffix(last, []byte(pasteEnd[:n])) {
			return n
		}
	}
	return 0
}

// anotherEnd reports whether b holds an end of paste before any beginning.
func anotherEnd(b []byte) bool {
	end := bytes.Index(b, []byte(pasteEnd))
	return end >= 0 && !bytes.Contains(b[:end], []byte(pasteStart))
}

// deadline returns when expire has something to do; zero for never.
func (f *typedFilter) deadline() time.Time {
	switch {
	case len(f.tok) > f.sent:
		return f.since.Add(f.patience())
	case f.awaiting:
		return f.asked.Add(commandWait)
	}
	return time.Time{}
}

// expire sends what was held for too long, and ends a wait for a command.
func (f *typedFilter) expire(now time.Time, dst []byte) (out []byte, cmd command) {
	f.probe.tick(now)
	if len(f.tok) > f.sent && now.Sub(f.since) >= f.patience() {
		if f.awaiting { // a lone Esc, or Alt and a bracket
			f.dec = keyDecoder{}
			return f.complete(now, dst)
		}
		dst = f.pass(dst)
	}
	if f.awaiting && now.Sub(f.asked) >= commandWait {
		dst = f.release(dst, f.held[f.heldKey:])
	}
	return dst, noCommand
}
