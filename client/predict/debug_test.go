package predict

import (
	"fmt"
	"math/rand"
	"os"
	"roam/terminal"
	"testing"
	"time"
)

func TestDebug(t *testing.T) {
	for _, w := range workloads {
		for i, way := range paths {
			if os.Getenv("ONLY") != w.name+" "+way.name {
				continue
			}
			var seed int64 = int64(i)
			if s := os.Getenv("SEED"); s != "" {
				fmt.Sscan(s, &seed)
			}
			e := New(Options{Mode: Always})
			keys := typing(rand.New(rand.NewSource(seed)), keysOf(w.text))
			debugTrace = func(s *session, key string, painted, oracle *terminal.Screen) {
				for y := range simRows {
					p, f := rowText(painted, y), rowText(s.frame, y)
					if p != f {
						fmt.Printf("key %d %q row %d painted %q frame %q oracle %q slack %v cur %d conf %d\n", s.typed, key, y, p, f, rowText(oracle, y), e.lag.slack, e.current, e.confirmed)
						for _, g := range e.trail {
							fmt.Printf("   %c %d epoch %d due %d echoed %d\n", g.key.char, g.key.kind, g.epoch, g.due, e.echoed)
						}
					}
				}
			}
			debugFrame = func(s *session) {
				fmt.Printf("%v frame echoed %d %q cursor %v | conf %d cur %d needed %d trail", s.now.Sub(s.start), e.echoed, rowText(s.frame, s.frame.Cursor().Row), s.frame.Cursor(), e.confirmed, e.current, e.proof.needed)
				for _, g := range e.trail {
					fmt.Printf(" %c%d@%d/e%d", g.key.char, g.due, g.pos.col, g.epoch)
				}
				fmt.Println()
			}
			o := simulate(seed, way.path, e, w.fresh, keys)
			debugFrame = nil
			debugTrace = nil
			r := simulate(seed, way.path, newReference(), w.fresh, keys)
			for i := range keys {
				if r.set[i+1] && !o.set[i+1] {
					fmt.Printf("lost key %d %q after %v\n", i+1, keys[i].key, keys[max(0, i-6):i])
				}
			}
		}
	}
}
func TestSeeds(t *testing.T) {
	debugTrace = nil
	for seed := int64(10); seed < 30; seed++ {
		for _, w := range workloads {
			for _, way := range append(paths, struct {
				name string
				path path
			}{"180ms-loss10", path{delay: 90 * time.Millisecond, loss: 0.1}}) {
				keys := typing(rand.New(rand.NewSource(seed)), keysOf(w.text))
				ours := simulate(seed, way.path, New(Options{Mode: Always}), w.fresh, keys)
				ref := simulate(seed, way.path, newReference(), w.fresh, keys)
				if ours.share() < ref.share() || ours.faults() > ref.faults() || ours.leaked > ref.leaked || ours.faults() > 0.005 {
					t.Errorf("%d %s at %s: at once %.3f, reference %.3f; wrong %.3f, reference %.3f leak %d", seed,
						w.name, way.name, ours.share(), ref.share(), ours.faults(), ref.faults(), ours.leaked)
				}
			}
		}
	}
}
