package client

import (
	"errors"
	"fmt"
	"time"

	"roam/trace"
)

// OpenTrace makes the trace's file, if there is to be one. Run does it, too; who
// calls it before a server is started, hears at once of a file that cannot be made.
func (c *Config) OpenTrace() (err error) {
	if c.Trace == "" || c.trace != nil {
		return nil
	}
	if c.trace, err = trace.Create(c.Trace, "client", time.Now()); err != nil {
		return fmt.Errorf("client: %w: %w", errTraceFile, err)
	}
	return nil
}

// traceContact tells the trace and the log when contact is lost, as the notice line says
// it, and when it is back.
func (l *loop) traceContact(now time.Time) {
	if l.cfg.trace == nil && l.cfg.Log == nil {
		return
	}
	c := l.contact()
	late, _ := c.late(now)
	switch {
	case late && l.silentSince.IsZero():
		l.silentSince = c.heard
		l.cfg.trace.Silence(now, trace.ContactLost, age(now, c.heard))
		l.log("contact is lost", "silent", age(now, c.heard))
	case !late && !l.silentSince.IsZero():
		l.cfg.trace.Silence(now, trace.ContactBack, age(now, l.silentSince))
		l.log("contact is back", "silent", age(now, l.silentSince))
		l.silentSince = time.Time{}
	}
}

// errTraceFile reports that the file of --trace or ROAM_TRACE cannot be written.
var errTraceFile = errors.New("no trace can be written")
