//go:build unix

package server

import (
	"fmt"
	"os"
	"syscall"
	"time"

	"roam/carrier"
	"roam/internal/alarm"
	"roam/internal/memory"
	"roam/session"
	"roam/ssp"
	"roam/trace"
)

const (
	// maxBatch is how many datagrams are taken in before output gets its turn.
	maxBatch = 64

	// keyHold is how long the O of an ESC O waits for the third byte of a cursor
	// key. Keys pressed by people follow each other more slowly; the bytes of one key
	// come in one datagram.
	keyHold = 25 * time.Millisecond

	// maxSync is how long a program may hold its frame back by mode 2026 before what
	// there is of it is shown.
	maxSync = 150 * time.Millisecond
)

// A loop is a session: the host, the client attached to it, and everything that can
// happen to them. One goroutine runs it and owns all of it; others hand over
// through its channels.
type loop struct {
	cfg    *daemonConfig
	limits timeLimits
	start  time.Time
	log    logger
	trace  *trace.Writer // nil: nobody wants to know

	host    *host
	at      *attachment
	clients clients
	reg     *registry     // nil until the program runs
	status  *statusServer // nil if it could not be made

	signals  chan os.Signal
	requests chan statusRequest
	faults   chan error // a goroutine panicked

	now       time.Time
	screen    session.Screen   // as it was when last asked for
	stale     bool             // screen is not what the host shows
	syncSince time.Time        // the program has been holding its frame since; zero if it is not
	events    session.EventLog // what a roam client is to do once
	hints     hinter           // what it is to know of the terminal
	lost      uint64           // events that the emulator dropped
	eventsNum [2]uint64        // the newest states acknowledged and sent when the log was last looked at
	early     []byte           // input that came before the program was started
	final     *session.Final   // how the session ended; nil until then
	hold      time.Time        // the end waits until then, so that it can be read; zero if it does not
	attached  bool             // what the registry was told last
	killed    bool             // the end does not wait for the client
	fault     error
	heap      memory.Trimmer
}

// run runs the session to its end and returns what went wrong, if anything did.
func (l *loop) run() error {
	wake := alarm.New()
	defer wake.Close()
	for {
		l.now = time.Now()
		datagrams := l.at.sock.Datagrams()
		busy := l.takeDatagrams(datagrams)
		busy = l.takeOutput() || busy
		l.update()
		if l.over() {
			return l.fault
		}
		if busy {
			continue
		}
		wake.Set(l.now, l.nextTimeout())
		select {
		case d := <-datagrams:
			l.now = time.Now()
			l.receive(d)
		case d := <-l.clients.datagrams(0):
			l.now = time.Now()
			l.receiveComing(0, d)
		case d := <-l.clients.datagrams(1):
			l.now = time.Now()
			l.receiveComing(1, d)
		case d := <-l.clients.datagrams(2):
			l.now = time.Now()
			l.receiveComing(2, d)
		case s := <-l.clients.strays:
			l.now = time.Now()
			l.receiveStray(s)
		case b, ok := <-l.output():
			l.now = time.Now()
			l.print(b, ok)
		case b := <-l.written():
			l.now = time.Now()
			l.wrote(b)
		case code := <-l.exited():
			l.host.ended, l.host.code = true, code
			l.host.noteEnd(time.Now())
		case sig := <-l.signals:
			l.now = time.Now()
			l.signal(sig)
		case req := <-l.requests:
			l.now = time.Now()
			l.answer(req)
		case err := <-l.faults:
			l.fault = err
			l.end(&session.Final{Reason: "internal error of the server"})
		case <-wake.C:
		}
	}
}

// takeDatagrams takes in what has arrived, so that input comes before output that
// is pending, and reports whether there was anything.
func (l *loop) takeDatagrams(datagrams <-chan carrier.Datagram) (busy bool) {
	for range maxBatch {
		select {
		case d := <-datagrams:
			l.receive(d)
			busy = true
		default:
			return busy
		}
	}
	return busy
}

// takeOutput shows one piece of output, if there is one.
func (l *loop) takeOutput() bool {
	select {
	case b, ok := <-l.output():
		l.print(b, ok)
		return true
	default:
		return false
	}
}

// output is where the program's output comes from; nil while there is none, and
// once the session's last screen is fixed.
func (l *loop) output() <-chan []byte {
	if l.host.drained || l.ending() {
		return nil
	}
	return l.host.output
}

func (l *loop) exited() <-chan exitCode { return l.host.exited }

func (l *loop) written() <-chan []byte {
	if l.host.input == nil {
		return nil
	}
	return l.host.input.done
}

// ending reports whether either side has ended the session.
func (l *loop) ending() bool { return l.at.t.Phase() != ssp.Open }

// receive takes in a datagram, and from it what the user did.
func (l *loop) receive(d carrier.Datagram) {
	if d.Err != nil {
		l.log.at(2, "receiving: %v", d.Err)
		return
	}
	newState, moved := l.at.receive(l.now, d)
	if moved {
		l.log.at(1, "client is at %v", d.From)
		l.trace.Note(l.now, trace.PeerMoved)
	}
	d.Release()
	if newState && !l.ending() {
		l.takeInput()
	}
	if l.reg != nil && (moved || !l.attached && newState) {
		l.attached = true
		l.reg.note(l.at.sock.Peer().Addr())
	}
}

// takeInput hands what is new in the client's state to the host, in order. Of
// sizes without bytes between them only the last one counts.
func (l *loop) takeInput() {
	in, num := l.at.t.Remote()
	if num == l.at.num {
		return
	}
	l.at.num = num
	l.takeUserTerminal(in.UserTerminal())
	if in.Len() > l.at.taken {
		l.sample() // as the input will find it
	}
	var size session.Event
	in.EventsSince(l.at.taken, func(e session.Event) bool {
		if e.Bytes == nil {
			size = e
			return true
		}
		l.resize(size)
		size = session.Event{}
		l.typed(l.at.keys.Append(nil, e.Bytes, l.host.em.KeyMode()))
		return true
	})
	l.resize(size)
	if !l.host.started() {
		l.startProgram()
	}
	if in.Len() > l.at.taken {
		l.heap.Used(l.now)
		l.at.taken = in.Len()
		l.at.unechoed = num
		l.noteEcho()
		l.noteWritten()
	}
	l.at.keysUntil = time.Time{}
	if l.at.keys.Pending() {
		l.at.keysUntil = l.now.Add(keyHold)
	}
}

// resize gives the host the size of an event, if it has one.
func (l *loop) resize(e session.Event) {
	if e.Cols == 0 {
		return
	}
	if err := l.host.resize(e.Cols, e.Rows); err != nil {
		l.log.at(1, "%v", err)
	}
	l.host.answer()
	l.touch()
}

// typed hands bytes to the program, or keeps them until it runs.
func (l *loop) typed(b []byte) {
	if l.host.input == nil {
		l.early = append(l.early, b...)
		return
	}
	l.typeIn(b)
}

// noteEcho starts the clock of the echo ack once all input is with the program.
func (l *loop) noteEcho() {
	if l.at.unechoed > 0 && l.host.input != nil && l.host.input.len() == 0 {
		l.at.echo.Add(l.at.unechoed, l.now)
		l.at.unechoed = 0
	}
}

// wrote takes back a buffer of input that the program's terminal has.
func (l *loop) wrote(b []byte) {
	l.host.input.written(b)
	l.noteEcho()
	l.noteWritten()
}

// startProgram runs the program, now that its terminal's size is known.
func (l *loop) startProgram() {
	l.announceRich()
	l.awaitTerminal()
	l.hints.nameOf = processName
	l.host.show(l.cfg.Greeting)
	if err := l.host.start(l.cfg, l.spawn); err != nil {
		l.fault = err
		l.end(&session.Final{Reason: err.Error()})
		return
	}
	l.reg = newRegistry(l.cfg.User, l.host.master, findUtempter(), l.spawn)
	l.typeIn(l.early)
	l.early = nil
	l.touch()
}

// spawn runs f in a goroutine whose panic ends the session.
func (l *loop) spawn(f func()) {
	go func() {
		defer func() {
			if p := recover(); p != nil {
				select {
				case l.faults <- fmt.Errorf("server: internal error: %v", p):
				default: // one is enough
				}
			}
		}()
		f()
	}()
}

// print shows a piece of output; ok is false at the terminal's end.
func (l *loop) print(b []byte, ok bool) {
	if !ok {
		l.host.drained = true
		l.host.noteEnd(l.now)
		return
	}
	l.show(b)
	l.heap.Used(l.now)
	l.takeEvents()
	l.touch()
}

// touch says that the host shows something else than the client may have.
func (l *loop) touch() {
	l.stale = true
	l.at.t.Touch(l.now)
}

// current returns the state to show: the transport asks for it when it is about
// to send. A frame that the program is holding back is not shown half drawn.
func (l *loop) current() session.Screen {
	if !l.stale || !l.syncSince.IsZero() && l.now.Sub(l.syncSince) < maxSync && !l.ending() && l.final == nil {
		return l.screen
	}
	l.stale = false
	l.screen = l.withHint(l.withEvents(session.NewScreen(l.host.em.Snapshot(), l.at.echo.Ack(l.now))))
	if l.final != nil && l.at.hasStatus() {
		l.screen = l.screen.WithFinal(l.final)
	}
	return l.screen
}

// update does what is due: echo acks, held keys, the ends of things; and sends.
func (l *loop) update() {
	if !l.ending() {
		if l.at.echo.Ack(l.now) != l.screen.EchoAck() {
			l.touch()
		}
		l.updateSync()
		l.releaseKeys()
		l.sampleDue()
		l.endAwait()
		l.checkEnd()
	}
	if l.attached && l.now.Sub(l.at.t.LastHeard()) > detachedAfter && l.reg != nil {
		l.attached = false
		l.reg.note(detached)
	}
	if l.host.input != nil {
		l.at.t.HoldRemote(l.host.input.len() > maxInput)
	}
	l.at.send(l.now)
	if !l.ending() {
		l.continueEvents()
	}
	l.updateClients()
	l.heap.Trim(l.now, l.host.em.Trim)
	if l.at.t.Phase() == ssp.PeerClosed {
		l.host.hangUp() // the user has left: while we answer, the program need not wait
	}
}

// updateSync follows the program's mode 2026.
func (l *loop) updateSync() {
	holding := l.host.em.Synchronized()
	switch {
	case !holding && !l.syncSince.IsZero():
		l.syncSince = time.Time{}
		l.touch()
	case holding && l.syncSince.IsZero():
		l.syncSince = l.now
	case holding && l.now.Sub(l.syncSince) >= maxSync && l.stale:
		l.touch()
	}
}

// releaseKeys lets go of an ESC O whose third byte did not come.
func (l *loop) releaseKeys() {
	if !l.at.keysUntil.IsZero() && !l.now.Before(l.at.keysUntil) {
		l.at.keysUntil = time.Time{}
		l.typed(l.at.keys.Flush(nil))
		l.noteWritten()
	}
}

// checkEnd ends the session if the program or a time limit says so.
func (l *loop) checkEnd() {
	if over, _ := l.host.over(l.now); over {
		l.programEnded()
		return
	}
	if reason, _ := l.limits.expired(l.at.contact(l.start), l.now); reason != "" {
		l.log.at(1, "%s", reason)
		l.end(&session.Final{Reason: reason})
	}
}

// programEnded ends the session as the program has. A stock client clears its
// screen at once, so that why a program did not start stays there for a while.
func (l *loop) programEnded() {
	if !l.hold.IsZero() && l.now.Before(l.hold) {
		return
	}
	f := &session.Final{Signal: l.host.code.signal}
	if f.Signal == "" && l.host.ended {
		f.Exit = &l.host.code.status
	}
	if l.host.problem != "" {
		f.Reason = l.host.problem
		if l.hold.IsZero() && !l.at.hasStatus() {
			l.hold = l.now.Add(l.cfg.StartProblem)
			return
		}
	}
	l.end(f)
}

// end ends the session from this side: with the client, if there is one, at once
// if not, or if it was ending already.
func (l *loop) end(f *session.Final) {
	if l.final != nil {
		return
	}
	l.final = f
	l.touch()
	if l.at.t.Attached() && !l.ending() {
		l.at.t.Shutdown(l.now)
	}
}

// endRequested is the end that the user asked for on the server's host.
func endRequested() *session.Final {
	return &session.Final{Reason: "the session was ended on its host"}
}

// signal obeys a signal. A second one does not wait for the client.
func (l *loop) signal(sig os.Signal) {
	switch sig {
	case syscall.SIGHUP, syscall.SIGPIPE:
		return // sent when ssh's terminal goes, which is no news
	case syscall.SIGUSR1:
		if l.limits.ignoresUSR1(l.at.contact(l.start), l.now) {
			return
		}
	}
	l.log.at(1, "signal: %v", sig)
	if l.final != nil || l.ending() {
		l.killed = true
	}
	l.end(&session.Final{Reason: fmt.Sprintf("the server was told to end by a signal (%v)", sig)})
}

// over reports whether nothing is left to do: the end was agreed on with the
// client, or there is no client to agree with.
func (l *loop) over() bool {
	switch l.at.t.Phase() {
	case ssp.Done, ssp.Failed:
		return true
	case ssp.Open:
		return l.final != nil // no client is attached
	}
	return l.killed
}

// nextTimeout returns when update has something to do; zero for never.
func (l *loop) nextTimeout() time.Time {
	if l.ending() {
		return l.at.t.NextTimeout() // update does nothing else then
	}
	_, t := l.host.over(l.now)
	next := earliest(earliest(l.at.next(), l.hints.next), t)
	_, t = l.limits.expired(l.at.contact(l.start), l.now)
	next = earliest(next, t)
	if shown := l.syncSince.Add(maxSync); !l.syncSince.IsZero() && l.stale && l.now.Before(shown) {
		next = earliest(next, shown) // later the transport knows of it, and sends when it can
	}
	if l.attached {
		next = earliest(next, l.at.t.LastHeard().Add(detachedAfter))
	}
	return earliest(earliest(next, earliest(l.hold, l.heap.Next())), l.clients.next())
}

// close ends everything that belongs to the session.
func (l *loop) close() {
	if l.status != nil {
		l.status.close()
	}
	l.host.hangUp()
	if l.reg != nil {
		l.reg.close()
	}
	l.clients.close()
	l.at.close()
	if err := l.trace.Close(); err != nil {
		l.log.at(1, "%v", err)
	}
}
