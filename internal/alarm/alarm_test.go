package alarm

import (
	"testing"
	"time"
)

// alarms are all kinds that there are here.
func alarms(t *testing.T) map[string]*Alarm {
	all := map[string]*Alarm{"best": New(), "plain": Plain()}
	t.Cleanup(func() {
		for _, a := range all {
			a.Close()
		}
	})
	return all
}

// An alarm rings once its time has come, and not before; a time that is over has come.
func TestRings(t *testing.T) {
	for name, a := range alarms(t) {
		for _, d := range []time.Duration{-time.Hour, 0, 1, 100 * time.Microsecond, 3*time.Millisecond + 1} {
			now := time.Now()
			next := now.Add(d)
			a.Set(now, next)
			a.Set(now, next) // again
			<-a.C
			if early := time.Until(next); early > 0 {
				t.Errorf("%s: rang %v before its time, %v away", name, early, d)
			}
		}
	}
}

// A time that was replaced, or taken back, does not keep the next from ringing.
func TestReplaced(t *testing.T) {
	for _, a := range alarms(t) {
		now := time.Now()
		a.Set(now, now.Add(time.Hour))
		a.Set(now, now.Add(time.Millisecond))
		<-a.C
		a.Set(now, now.Add(time.Hour))
		a.Set(now, time.Time{})
		a.Set(now, now)
		<-a.C
	}
}

func TestSettingAllocatesNothing(t *testing.T) {
	for name, a := range alarms(t) {
		now := time.Now()
		d := time.Hour
		if n := testing.AllocsPerRun(100, func() { d++; a.Set(now, now.Add(d)) }); n > 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}
