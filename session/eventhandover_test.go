package session

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"roam/terminal"
)

// However far each client has come, the next one is told of the rest, and each event is
// acted on once.
func TestHandover(t *testing.T) {
	for seed := range uint64(300) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		var log EventLog
		var want, acted []terminal.Event
		term := terminal.NewScreen(10, 2)
		for i := range 8 { // clients
			var reader EventReader
			held := NewScreen(term, 0).WithEvents(Events{})
			for j := range rnd.IntN(12) {
				if v := randomEvent(rnd, 100*i+j); v.Kind != terminal.EventBell {
					log.Add(v)
					want = append(want, v)
				}
				if rnd.IntN(2) == 0 {
					log.Held(time.Time{}, held, time.Millisecond)
					held = NewScreen(term, 0).WithEvents(log.Upto(time.Time{}, false))
					acted = append(acted, reader.Read(held)...)
				}
			}
			log = log.Handover(held)
		}
		var reader EventReader
		held := NewScreen(term, 0).WithEvents(Events{})
		for more := true; more; more = log.pending() {
			log.Held(time.Time{}, held, time.Millisecond)
			held = NewScreen(term, 0).WithEvents(log.Upto(time.Time{}, false))
			acted = append(acted, reader.Read(held)...)
		}
		if !slices.Equal(acted, want) || log.Dropped() != 0 {
			t.Fatalf("seed %d: acted on %d events of %d, dropped %d", seed, len(acted), len(want), log.Dropped())
		}
	}
}
