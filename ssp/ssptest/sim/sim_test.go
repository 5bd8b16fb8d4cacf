package sim

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

const ms = time.Millisecond

func TestEventsHappenInOrder(t *testing.T) {
	w := New(1)
	var got []string
	note := func(name string) func() {
		return func() { got = append(got, fmt.Sprintf("%s@%d", name, w.Now().Sub(start).Milliseconds())) }
	}
	w.After(20*ms, note("b"))
	w.After(10*ms, note("a"))
	w.After(20*ms, note("c")) // at one instant in the order of their making
	w.After(20*ms, func() { w.After(0, note("d")) })
	w.After(30*ms, note("e"))
	w.After(31*ms, note("too late"))
	w.RunFor(30 * ms)
	if want := []string{"a@10", "b@20", "c@20", "d@20", "e@30"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if w.Now() != start.Add(30*ms) {
		t.Errorf("the clock shows %v", w.Now())
	}
}

func TestTimer(t *testing.T) {
	w := New(1)
	var got []time.Duration
	var timer *Timer
	timer = w.NewTimer(func() {
		got = append(got, w.Now().Sub(start))
		if len(got) < 3 {
			timer.Set(w.Now().Add(5 * ms))
		}
	})
	timer.Set(start.Add(50 * ms))
	timer.Set(start.Add(10 * ms)) // earlier than before
	stopped := w.NewTimer(func() { t.Error("a stopped timer went off") })
	stopped.Set(start.Add(ms))
	stopped.Stop()
	stopped.Stop()
	stopped.Set(start.Add(ms))
	stopped.Set(time.Time{})
	w.RunFor(time.Second)
	if want := []time.Duration{10 * ms, 15 * ms, 20 * ms}; !slices.Equal(got, want) {
		t.Errorf("went off at %v, want %v", got, want)
	}
}

// arrivals sends n numbered datagrams, one each gap, and returns what arrives
// when.
func arrivals(seed uint64, c Conditions, n, size int, gap time.Duration, prepare func(*Link)) (nums []int, at []time.Duration, count Count) {
	w := New(seed)
	link := w.NewLink(c, func(d Datagram) {
		nums = append(nums, int(d.Data[0])|int(d.Data[1])<<8)
		at = append(at, w.Now().Sub(d.Sent))
	})
	if prepare != nil {
		prepare(link)
	}
	for i := range n {
		w.After(time.Duration(i)*gap, func() {
			data := make([]byte, size)
			data[0], data[1] = byte(i), byte(i>>8)
			link.Send(1, data)
		})
	}
	w.RunFor(time.Hour)
	return nums, at, link.Count()
}

func TestLinkDelayAndJitterKeepOrder(t *testing.T) {
	nums, at, _ := arrivals(3, Conditions{Delay: 50 * ms, Jitter: 30 * ms}, 1000, 2, ms, nil)
	if len(nums) != 1000 || !slices.IsSorted(nums) {
		t.Errorf("%d arrived, sorted %v", len(nums), slices.IsSorted(nums))
	}
	if least, most := slices.Min(at), slices.Max(at); least < 50*ms || most >= 80*ms || most < 70*ms {
		t.Errorf("delays are %v to %v", least, most)
	}
}

func TestLinkLossDuplicationReordering(t *testing.T) {
	nums, _, count := arrivals(3, Conditions{Delay: 5 * ms, Loss: 0.2, Duplicate: 0.1, Reorder: 0.1, ReorderBy: 20 * ms}, 10000, 2, ms, nil)
	if count.Lost < 1800 || count.Lost > 2200 {
		t.Errorf("%d of 10000 lost", count.Lost)
	}
	if twice := count.Delivered - 8000; count.Delivered != len(nums) || twice < 500 || twice > 1100 {
		t.Errorf("%d delivered", count.Delivered)
	}
	if slices.IsSorted(nums) {
		t.Error("nothing was reordered")
	}
}

func TestLinkLosesInBursts(t *testing.T) {
	nums, _, count := arrivals(3, Conditions{Burst: Gilbert{ToBad: 0.02, ToGood: 0.2, Loss: 1}}, 10000, 2, ms, nil)
	if count.Lost < 600 || count.Lost > 1200 { // 1 in 11
		t.Errorf("%d of 10000 lost", count.Lost)
	}
	longest := 0
	for i := range nums[1:] {
		longest = max(longest, nums[i+1]-nums[i]-1)
	}
	if longest < 10 {
		t.Errorf("the longest burst has %d", longest)
	}
}

func TestLinkOutage(t *testing.T) {
	nums, _, _ := arrivals(3, Conditions{}, 100, 2, ms, func(l *Link) { l.Outage(start.Add(10*ms), start.Add(90*ms)) })
	if len(nums) != 20 || nums[9] != 9 || nums[10] != 90 {
		t.Errorf("arrived: %v", nums)
	}
}

func TestLinkBottleneck(t *testing.T) {
	// 100 datagrams of 1000 bytes at once, 100 kB/s: 10 ms each, and 20 fit.
	_, at, count := arrivals(3, Conditions{Rate: 100_000, Queue: 20_000}, 100, 1000-headerSize, 0, nil)
	if count.Dropped != 80 || len(at) != 20 || at[0] != 10*ms || at[19] != 200*ms {
		t.Errorf("%d dropped, the others took %v", count.Dropped, at)
	}
	marks := 0
	w := New(1)
	link := w.NewLink(Conditions{Rate: 100_000, MarkAbove: 5000}, func(d Datagram) {
		if d.CE {
			marks++
		}
	})
	for range 10 {
		link.Send(0, make([]byte, 1000-headerSize))
	}
	w.RunFor(time.Second)
	if marks != 4 {
		t.Errorf("%d of 10 marked, want those behind more than 5", marks)
	}
}

func TestSameSeedSameEvents(t *testing.T) {
	c := Conditions{Delay: 20 * ms, Jitter: 10 * ms, Loss: 0.1, Duplicate: 0.1, Reorder: 0.1, ReorderBy: 10 * ms}
	a, atA, _ := arrivals(7, c, 1000, 2, ms, nil)
	b, atB, _ := arrivals(7, c, 1000, 2, ms, nil)
	if !slices.Equal(a, b) || !slices.Equal(atA, atB) {
		t.Error("two runs with one seed differ")
	}
	if d, _, _ := arrivals(8, c, 1000, 2, ms, nil); slices.Equal(a, d) {
		t.Error("two seeds give the same")
	}
}
