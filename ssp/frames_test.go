package ssp

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"roam/ssp/ssptest/sim"
)

// framePaths are paths of 100 ms. Their losses are of round trips: those of 29 % lose
// 15.5 % each way.
var framePaths = []struct {
	name string
	path sim.Conditions
}{
	{"0%", sim.Conditions{Delay: 50 * ms}},
	{"5%", sim.Conditions{Delay: 50 * ms, Loss: 0.0253}},
	{"29%", sim.Conditions{Delay: 50 * ms, Loss: 0.155}},
}

// eachFrame runs a benchmark for frames of several sizes on several paths, between roams
// that tell which pieces arrived, and between roams that do not.
func eachFrame(b *testing.B, run func(b *testing.B, g *gallery, picture func() string)) {
	for _, pieces := range []int{2, 10, 40} {
		for _, path := range framePaths {
			for name, abilities := range map[string]string{"whole": "p", "pieces": "pt"} {
				b.Run(fmt.Sprintf("%d/%s/%s", pieces, path.name, name), func(b *testing.B) {
					for b.Loop() {
						g := newGallery(b, 1, path.path, abilities)
						for range 20 {
							g.change("known", "") // the loss is
							g.world.RunFor(500 * ms)
						}
						run(b, g, func() string { return noiseFrom(g.shown.version, pieces*1200-100) })
					}
				})
			}
		}
	}
}

// report reports the middle, the mean and the tail of some times, sorting them.
func report(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	var sum time.Duration
	for _, d := range took {
		sum += d
	}
	b.ReportMetric(float64(took[len(took)/2].Milliseconds()), "p50-ms")
	b.ReportMetric(float64((sum / time.Duration(len(took))).Milliseconds()), "mean-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Milliseconds()), "p99-ms")
}

// BenchmarkFrames measures, in simulated time, how long after a change that takes so many
// datagrams it is at the client, and the bytes that both ends send for it, in those of the
// frame sent once.
func BenchmarkFrames(b *testing.B) {
	eachFrame(b, func(b *testing.B, g *gallery, picture func() string) {
		const frames = 200
		var took []time.Duration
		sent, once := g.up.Count().SentBytes+g.down.Count().SentBytes, 0
		for range frames {
			g.change(picture(), "")
			once += len(g.shown.picture)
			took = append(took, g.arrives(g.shown.version, time.Minute))
			g.world.RunFor(2 * time.Second)
		}
		sent = g.up.Count().SentBytes + g.down.Count().SentBytes - sent
		report(b, took)
		b.ReportMetric(float64(sent)/float64(once), "of-once")
	})
}

// BenchmarkFilm measures how old that is what the client shows, where all is new each
// 100 ms, and the bytes of both ends in those of all frames sent once.
func BenchmarkFilm(b *testing.B) {
	eachFrame(b, func(b *testing.B, g *gallery, picture func() string) {
		const frames = 300
		began := map[uint64]time.Time{g.shown.version: g.world.Now()}
		var age []time.Duration
		sent, once := g.up.Count().SentBytes+g.down.Count().SentBytes, 0
		for range frames {
			g.change(picture(), "")
			once += len(g.shown.picture)
			began[g.shown.version] = g.world.Now()
			for range 10 {
				g.world.RunFor(10 * ms)
				shown, _ := g.client.Remote()
				age = append(age, g.world.Now().Sub(began[shown.version]))
			}
		}
		sent = g.up.Count().SentBytes + g.down.Count().SentBytes - sent
		report(b, age)
		b.ReportMetric(float64(sent)/float64(once), "of-once")
	})
}
