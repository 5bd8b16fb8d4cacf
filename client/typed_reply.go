package client

import (
	"time"

	"roam/session"
)

// isReply tells whether the piece being decoded looks like an answer that is owed. What was
// passed in part is taken as one only when it is complete.
func (f *typedFilter) isReply() likelihood {
	switch {
	case f.sent > 0:
		return unlikely
	case f.ended && len(f.tok) == 1 && f.tok[0] == 0x1b:
		return certain // of the terminator
	}
	return f.probe.judge(f.tok)
}

// takeReply reports whether the complete piece is an answer, or the terminator of one,
// and takes it in.
func (f *typedFilter) takeReply() bool {
	ended := f.ended
	f.ended = false
	if ended && string(f.tok) == "\x1b\\" {
		return true
	}
	if !f.probe.answers(f.tok) {
		return false
	}
	f.ended = isString(f.tok) && f.tok[len(f.tok)-1] != '\a'
	return true
}

// patience returns how long the piece being decoded is held for its rest.
func (f *typedFilter) patience() time.Duration {
	if f.isReply() == certain {
		return replyWait
	}
	return sequenceWait
}

// noteFocus notes a report of the focus, which a program of the remote side asked for.
func (f *typedFilter) noteFocus() {
	switch string(f.tok) {
	case "\x1b[I":
		f.focus = session.FocusHere
	case "\x1b[O":
		f.focus = session.FocusElsewhere
	}
}
