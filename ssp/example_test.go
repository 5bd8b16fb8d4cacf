package ssp_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"roam/crypto"
	"roam/ssp"
	"roam/ssp/ssptest"
	"roam/ssp/ssptest/sim"
)

// A Gauge is about the simplest state: a number of which only the newest value
// counts. Its diffs are the whole number, as eight bytes.
type Gauge int64

var errGauge = errors.New("a gauge has eight bytes")

// AppendDiff needs no budget: nothing can be cut.
func (g Gauge) AppendDiff(dst []byte, base Gauge, _ int) ([]byte, Gauge) {
	if g == base {
		return dst, g
	}
	return binary.BigEndian.AppendUint64(dst, uint64(g)), g
}

// Apply takes what the peer wrote, which may be anything.
func (Gauge) Apply(diff []byte) (Gauge, error) {
	if len(diff) != 8 {
		return 0, errGauge
	}
	return Gauge(binary.BigEndian.Uint64(diff)), nil
}

func (g Gauge) Equal(h Gauge) bool { return g == h }

// Since returns the receiver: a Gauge has no history.
func (g Gauge) Since(Gauge) Gauge { return g }

func (g Gauge) Size() int { return 8 }

// Nothing is the state of an end that only listens.
type Nothing struct{}

func (n Nothing) AppendDiff(dst []byte, _ Nothing, _ int) ([]byte, Nothing) { return dst, n }
func (n Nothing) Apply([]byte) (Nothing, error)                             { return n, nil }
func (n Nothing) Equal(Nothing) bool                                        { return true }
func (n Nothing) Since(Nothing) Nothing                                     { return n }
func (n Nothing) Size() int                                                 { return 0 }

// noPadding stands for crypto/rand.Reader, so that the example always does the
// same.
type noPadding struct{}

func (noPadding) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

// A thermometer is read by a client. The loop between the two is a slice of
// datagrams here, and time a variable.
func Example() {
	key, err := crypto.ParseKey("4NeCCgvZFe2RnPgrcU1PQw")
	if err != nil {
		panic(err)
	}
	fromClient, _ := crypto.NewSession(key, crypto.ToServer)
	fromServer, _ := crypto.NewSession(key, crypto.ToClient)

	now := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	var temperature Gauge = 20
	client := ssp.New(now, ssp.Config{Role: ssp.Client, Session: fromClient, Rand: noPadding{}},
		Nothing{}, func() Nothing { return Nothing{} }, Gauge(0))
	server := ssp.New(now, ssp.Config{Role: ssp.Server, Session: fromServer, Rand: noPadding{}},
		Gauge(0), func() Gauge { return temperature }, Nothing{})

	// pass lets a second pass in steps of 10 ms, and datagrams arrive at once.
	pass := func() {
		for range 100 {
			now = now.Add(10 * time.Millisecond)
			for b, ok := client.Poll(now, nil); ok; b, ok = client.Poll(now, nil) {
				server.Receive(now, b, false)
			}
			for b, ok := server.Poll(now, nil); ok; b, ok = server.Poll(now, nil) {
				client.Receive(now, b, false)
			}
		}
	}
	pass()
	newest, _ := client.Remote()
	fmt.Println("the client reads", newest)

	for temperature < 1000 {
		temperature++
		server.Touch(now)
	}
	pass()
	newest, number := client.Remote()
	fmt.Println("the client reads", newest)
	fmt.Println("fewer than 10 states were sent:", number < 10)
	// Output:
	// the client reads 20
	// the client reads 1000
	// fewer than 10 states were sent: true
}

// A Journal is a list of lines that only grows: no line may be skipped. The lines in
// front that the peer is known to have are forgotten.
type Journal struct {
	forgotten int // how many lines
	lines     []string
	added     int // bytes that Apply added
}

// Write returns the journal with one more line. The full slice expression makes
// append copy, so that no two journals share what is behind their ends.
func (j Journal) Write(line string) Journal {
	j.lines = append(j.lines[:len(j.lines):len(j.lines)], line)
	return j
}

func (j Journal) end() int { return j.forgotten + len(j.lines) }

// From returns the lines from number n on.
func (j Journal) From(n int) []string { return j.lines[min(max(n-j.forgotten, 0), len(j.lines)):] }

// AppendDiff appends the lines that base lacks, each with its end: all, or as many
// as the budget allows, at least one.
func (j Journal) AppendDiff(dst []byte, base Journal, budget int) ([]byte, Journal) {
	start, n := len(dst), 0
	for _, line := range j.From(base.end()) {
		if budget > 0 && n > 0 && len(dst)-start+len(line) >= budget {
			break
		}
		dst = append(append(dst, line...), '\n')
		n++
	}
	j.lines = j.lines[:min(base.end()-j.forgotten+n, len(j.lines))]
	return dst, j
}

var errJournal = errors.New("a journal's line has no end")

func (j Journal) Apply(diff []byte) (Journal, error) {
	text, ended := strings.CutSuffix(string(diff), "\n")
	if !ended {
		return j, errJournal
	}
	for line := range strings.SplitSeq(text, "\n") {
		j = j.Write(line)
	}
	j.added = len(diff)
	return j, nil
}

func (j Journal) Equal(k Journal) bool { return j.end() == k.end() }

// Since forgets the lines that the peer has, but never the count of them.
func (j Journal) Since(acked Journal) Journal {
	j.lines, j.forgotten = j.From(acked.end()), max(j.forgotten, min(acked.end(), j.end()))
	return j
}

func (j Journal) Size() int { return j.added }

// A history is complete at the other end if its state is a list that grows. The
// reader takes what is new after each Receive, before the next Poll acknowledges it;
// after that it may be forgotten. The network loses a third of all datagrams.
func ExampleRemote_history() {
	world := sim.New(1)
	var journal Journal
	client := ssp.New(world.Now(), ssptest.Config(world, ssp.Client), Journal{}, func() Journal { return journal }, Nothing{})
	server := ssp.New(world.Now(), ssptest.Config(world, ssp.Server), Nothing{}, func() Nothing { return Nothing{} }, Journal{})
	pair := ssptest.Connect(world, client, server, sim.Conditions{Delay: 30 * time.Millisecond, Loss: 0.33})
	read := 0
	pair.AtServer = func(r ssp.Receipt) {
		if !r.NewState {
			return
		}
		newest, _ := server.Remote()
		for _, line := range newest.From(read) {
			fmt.Println(line)
			read++
		}
	}
	for _, line := range []string{"cast off", "rounded the cape", "in the doldrums", "land in sight"} {
		journal = journal.Write(line)
		pair.TouchClient()
		world.RunFor(10 * time.Second)
	}
	left, _ := server.Remote()
	fmt.Println("lines still kept at the server:", len(left.From(0)))
	// Output:
	// cast off
	// rounded the cape
	// in the doldrums
	// land in sight
	// lines still kept at the server: 0
}
