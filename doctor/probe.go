package doctor

import (
	"context"
	"crypto/rand"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"time"

	"roam/bootstrap"
	"roam/carrier"
	"roam/crypto"
	"roam/session"
	"roam/ssp"
	"roam/terminal"
)

// Times and numbers of a probe. All of it takes two seconds on a good path.
const (
	// contactTime is how long the first answer may take: ten tries on a path with a round
	// trip of a second.
	contactTime = 3 * time.Second
	askAgain    = 200 * time.Millisecond // between two tries

	// samples is how many keys are sent to measure the round trip and the loss, and
	// samplePause the time between two: with 5 % lost each way, two are to be missed.
	samples     = 20
	samplePause = 50 * time.Millisecond

	// sizeTime is how long a datagram of one size may take to be acknowledged, with its
	// repetitions.
	sizeTime = 1500 * time.Millisecond
)

// sizes are the payloads that are tried, in bytes: what every path has, what roam begins
// with (on IPv6 and IPv4), common tunnels, PPPoE and an Ethernet (its 1,500 bytes less 28).
var sizes = []int{ssp.MaxPayloadFallback, 1000, ssp.MaxPayloadIPv6, ssp.MaxPayloadIPv4, 1392, 1464, 1472}

// A Measurement says what a probe saw of the path.
type Measurement struct {
	Tried    []string `json:"tried"`             // addresses, with ports
	Answered []string `json:"answered"`          // those that answered, first come first
	Refused  string   `json:"refused,omitempty"` // what the network said of datagrams; "" if nothing
	Roam     bool     `json:"roam"`              // the server is roam's
	RTT      float64  `json:"rtt_ms,omitempty"`  // median round trip, in milliseconds
	RTTMax   float64  `json:"rtt_max_ms,omitempty"`
	Sent     int      `json:"sent"`                        // datagrams to the host
	Repeated int      `json:"repeated"`                    // states that had to be sent again: each lost on its way or on the way back
	Expected int      `json:"expected"`                    // datagrams that the host sent, by their numbers
	Lost     int      `json:"lost"`                        // of these, not received
	Up       int      `json:"payload_up"`                  // largest UDP payload known to arrive at the host, unfragmented
	UpFailed int      `json:"payload_up_failed,omitempty"` // the smallest that did not; 0: all arrived
	Down     int      `json:"payload_down"`                // largest UDP payload received

	rtts  []time.Duration
	first uint64 // least and greatest number of what was received
	last  uint64
	heard int
}

// A probe is a short session with a server whose program repeats what is typed.
type probe struct {
	m     *Measurement
	conn  *carrier.Client
	addrs []netip.AddrPort
	turn  int // of addrs
	neg   *session.Negotiation
	input session.Input
	tr    *ssp.Transport[session.Input, session.Screen]
	buf   []byte

	trying int  // size of datagrams that is tried
	left   bool // one of that size has left
	shrunk bool // the transport has turned to smaller ones since
}

// Probe measures the path to a server that was just started with a probeCommand, and ends
// its session. It returns what it saw in any case.
func Probe(ctx context.Context, end bootstrap.Endpoint) (*Measurement, error) {
	m := &Measurement{Answered: []string{}}
	addrs := append([]netip.AddrPort{end.Addr}, end.Others...)
	for _, a := range addrs {
		m.Tried = append(m.Tried, a.String())
	}
	conn, err := carrier.Dial(end.Addr, end.Others...)
	if err != nil {
		return m, err
	}
	defer conn.Close()
	keys, err := crypto.NewSession(end.Key, crypto.ToServer)
	if err != nil {
		return m, err
	}
	defer keys.Close()
	p := &probe{m: m, conn: conn, addrs: addrs, neg: session.NewClientNegotiation(session.Supported()),
		input: session.Input{}.AppendResize(80, 24)}
	p.tr = ssp.New(time.Now(), ssp.Config{
		Role: ssp.Client, Session: keys, MaxPayload: ssp.MaxPayloadFallback, Rand: rand.Reader,
		Negotiator: p.neg, Pings: p.neg.Pings, Tallies: p.neg.Tallies, Trace: p.trace,
	}, session.Input{}, func() session.Input { return p.input }, session.NewRemoteScreen(terminal.NewScreen(80, 24), p.neg))
	if p.contact(ctx) {
		p.keys(ctx)
		p.sizes(ctx)
		p.tr.Shutdown(time.Now())
		p.run(ctx, 2*time.Second, func() bool { return p.tr.Phase() >= ssp.Done })
	}
	p.sum()
	return m, ctx.Err()
}

// probeCommand is what the server runs: it repeats what is typed, and ends by itself
// after a minute, should nobody end it. A name in it tells the session from all others:
// ports come twice, in containers.
func probeCommand() []string {
	return []string{"sh", "-c", "stty raw -echo; (sleep 60; kill $$) </dev/null >/dev/null 2>&1 & exec cat", "roam-doctor-" + rand.Text()}
}

// contact sends to all addresses in turn until one answers, and then for a moment more, for
// the others. It reports whether any has answered.
func (p *probe) contact(ctx context.Context) bool {
	ends := time.Now().Add(contactTime)
	for time.Now().Before(ends) && ctx.Err() == nil && len(p.m.Answered) < len(p.addrs) {
		if len(p.m.Answered) > 0 && ends.After(time.Now().Add(time.Second)) {
			ends = time.Now().Add(time.Second)
		}
		p.tr.Probe(time.Now())
		before := len(p.m.Answered)
		p.run(ctx, askAgain, func() bool { return len(p.m.Answered) > before })
	}
	if len(p.m.Answered) == 0 {
		return false
	}
	p.addrs = []netip.AddrPort{netip.MustParseAddrPort(p.m.Answered[0])}
	p.conn.SetServer(p.addrs[0])
	p.run(ctx, time.Second, func() bool { return p.tr.AckedState().Len() > 0 })
	p.m.Roam = p.neg.Agreed()
	return true
}

// keys types one key after the other.
func (p *probe) keys(ctx context.Context) {
	for range samples {
		p.input = p.input.AppendBytes([]byte{'x'})
		p.tr.Touch(time.Now())
		p.run(ctx, samplePause, func() bool { return false })
	}
	p.acked(ctx)
}

// acked waits until all that was typed has arrived, and reports whether it has.
func (p *probe) acked(ctx context.Context) bool {
	return p.run(ctx, sizeTime, func() bool { return p.tr.AckedState().Len() >= p.input.Len() })
}

// letters are what is typed to fill datagrams: they mean nothing to a terminal.
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// sizes tries larger datagrams until one does not arrive.
func (p *probe) sizes(ctx context.Context) {
	for _, size := range sizes {
		p.tr.SetMaxPayload(size, 0)
		text := make([]byte, size*8/6) // letters have 6 bits each; more than one datagram is no harm
		rand.Read(text)
		for i, c := range text {
			text[i] = letters[c%64]
		}
		p.input = p.input.AppendBytes(text)
		p.trying, p.left, p.shrunk = size, false, false
		p.tr.Touch(time.Now())
		if !p.acked(ctx) || !p.left || p.shrunk {
			p.m.UpFailed = size
			p.tr.SetMaxPayload(ssp.MaxPayloadFallback, 0)
			return
		}
		p.m.Up = size
	}
}

// run keeps the session going until enough says so, and reports that, or for a time.
func (p *probe) run(ctx context.Context, long time.Duration, enough func() bool) bool {
	ends := time.NewTimer(long)
	defer ends.Stop()
	due := time.NewTimer(0)
	defer due.Stop()
	for {
		now := time.Now()
		p.flush(now)
		if enough() {
			return true
		}
		if next := p.tr.NextTimeout(); !next.IsZero() {
			due.Reset(next.Sub(now))
		}
		select {
		case <-ctx.Done():
			return false
		case <-ends.C:
			return false
		case <-due.C:
		case d := <-p.conn.Datagrams():
			p.receive(d)
		}
	}
}

// flush sends what is due, to one address after the other.
func (p *probe) flush(now time.Time) {
	for {
		b, ok := p.tr.Poll(now, p.buf[:0])
		p.buf = b
		if !ok {
			return
		}
		p.turn++
		if err := p.conn.SendTo(b, p.addrs[p.turn%len(p.addrs)]); err != nil {
			p.refused(err)
			continue
		}
		p.left = p.left || len(b) == p.trying
	}
}

func (p *probe) refused(err error) {
	if len(p.m.Answered) > 0 {
		return
	}
	p.m.Refused = strings.TrimPrefix(err.Error(), "carrier: ")
	var errno syscall.Errno
	if errors.As(err, &errno) {
		p.m.Refused = errno.Error()
	}
}

// receive takes in a datagram.
func (p *probe) receive(d carrier.Datagram) {
	defer d.Release()
	if d.Err != nil {
		p.refused(d.Err)
		return
	}
	r, _ := p.tr.Receive(time.Now(), d.Data, d.CE)
	if r.RTT > 0 {
		p.m.rtts = append(p.m.rtts, r.RTT)
	}
	from := netip.AddrPortFrom(d.From.Addr().Unmap(), d.From.Port()).String()
	if r.Newest && slices.Contains(p.m.Tried, from) && !slices.Contains(p.m.Answered, from) {
		p.m.Answered = append(p.m.Answered, from)
	}
}

// trace counts what the transport tells.
func (p *probe) trace(e ssp.Event) {
	switch m := p.m; e.Kind {
	case ssp.DatagramSent:
		m.Sent++
		// The text is longer than a datagram: the first piece of an instruction with it is
		// as large as may be, and all others are far smaller.
		p.shrunk = p.shrunk || e.Piece == 0 && e.Bytes >= ssp.MaxPayloadFallback && e.Bytes < p.trying
	case ssp.StateLost:
		m.Repeated++
	case ssp.DatagramReceived:
		if m.heard++; m.heard == 1 {
			m.first, m.last = e.Seq, e.Seq
		}
		m.first, m.last = min(m.first, e.Seq), max(m.last, e.Seq)
		m.Down = max(m.Down, e.Bytes)
	}
}

// sum makes the figures of what was counted.
func (p *probe) sum() {
	m := p.m
	if m.heard > 0 {
		m.Expected = int(m.last - m.first + 1)
		m.Lost = max(m.Expected-m.heard, 0)
	}
	if len(m.rtts) > 0 {
		slices.Sort(m.rtts)
		m.RTT = milliseconds(m.rtts[len(m.rtts)/2])
		m.RTTMax = milliseconds(m.rtts[len(m.rtts)-1])
	}
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
