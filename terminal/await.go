package terminal

// maxAwaiting bounds the answers that wait for what is learned of the user's terminal: far
// more than a program asks at its start.
const maxAwaiting = 1024

// A waitingReply is an answer that waits, or one that waits behind it.
type waitingReply struct {
	text string
	ask  func() // answers now, or not at all; nil: text is the answer
}

// AwaitUserTerminal says that SetUserTerminal will be called soon (on), or that it will not
// (off). Until either, a question whose answer is not known is not passed over: its answer
// waits, and so do all that come after, since programs take the answer to a later question
// for a sign that there is none to an earlier one.
func (e *Emulator) AwaitUserTerminal(on bool) {
	e.awaiting = on
	if on {
		return
	}
	waiting := e.waiting
	e.waiting = nil
	for _, w := range waiting {
		if w.ask != nil {
			w.ask()
		} else {
			e.reply(w.text)
		}
	}
}

// later asks again once the user's terminal is known, if that is to come.
func (e *Emulator) later(ask func()) {
	if e.awaiting && len(e.waiting) < maxAwaiting {
		e.waiting = append(e.waiting, waitingReply{ask: ask})
	}
}
