package client

import (
	"context"
	"time"

	"roam/internal/voice"
)

// Times of a diagnosis.
const (
	// diagnoseAfter is how long contact may be late before somebody looks why: shorter
	// outages of networks are over before an answer would be there.
	diagnoseAfter = 10 * time.Second

	// diagnoseTime is how long that may take.
	diagnoseTime = 20 * time.Second
)

// A diagnosis finds out, beside the session, why the server is not heard: once an outage.
type diagnosis struct {
	asked  bool
	cancel context.CancelFunc // of the one that runs; nil: none does
	found  chan string        // what it found out
}

// diagnose asks if it is time to. What the last outage was about is forgotten with it.
func (l *loop) diagnose(now time.Time) {
	if l.cfg.Diagnose == nil || l.stage == leaving {
		return
	}
	c := l.contact()
	late := l.stage == connecting && l.warned || l.stage == live && !c.due.IsZero() && age(now, c.due) >= diagnoseAfter
	if l.stage == live && (c.due.IsZero() || age(now, c.due) < lateContact) {
		l.note.hop = ""
		l.diag.asked = false
	}
	if !late || l.diag.asked || l.diag.cancel != nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), diagnoseTime)
	l.diag.asked, l.diag.cancel = true, cancel
	l.log("looking why there is no answer")
	l.spawn(func() {
		found := ""
		defer func() { l.diag.found <- found }() // also of a panic, which spawn takes
		found = l.cfg.Diagnose(ctx)
	})
}

// diagnosed shows what was found out, if it is still of use.
func (l *loop) diagnosed(text string) {
	l.diag.cancel()
	l.diag.cancel = nil
	l.log("looked why there is no answer", "found", text)
	switch {
	case text == "":
	case l.stage == connecting:
		l.term.Say(l.cfg.message(voice.Plain, "%s", text))
	case l.stage == live && l.diag.asked:
		l.note.hop = text
	}
}

// stop ends the diagnosis that runs, and waits for it.
func (d *diagnosis) stop() {
	if d.cancel != nil {
		d.cancel()
		<-d.found
		d.cancel = nil
	}
}
