package client

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"roam/carrier"
	"roam/trace"
)

// A traceFile keeps a trace in memory.
type traceFile struct{ bytes.Buffer }

func (*traceFile) Close() error { return nil }

// TestTrace: what happens to a session is traced, and nothing of what is typed or
// shown.
func TestTrace(t *testing.T) {
	play(t, func(s *scene) {
		f := &traceFile{}
		w := trace.NewWriter(f, "client", time.Now())
		s.cfg.trace = w
		s.connect()
		s.typeKeys("secretword")
		s.print("hidden text")
		s.wait(time.Second)
		s.path.set(func(p *fakePath) { p.up, p.down = false, false })
		s.typeKeys("secretword") // an idle server owes no answer for longer than that
		s.wait(12 * time.Second)
		s.path.set(func(p *fakePath) { p.up, p.down, p.route.Interface = true, true, 7 })
		s.path.changes <- struct{}{}
		s.wait(10 * time.Second)
		s.path.client <- carrier.Datagram{Err: carrier.ErrMessageSize}
		s.wait(time.Second)
		s.cancel()
		s.wantEnd(time.Second, true, 0)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		text := f.String()
		for _, secret := range []string{"secretword", "hidden", s.cfg.Key.Encode()} {
			if strings.Contains(text, secret) {
				t.Errorf("the trace has %q", secret)
			}
		}
		got, err := trace.Read(&f.Buffer)
		if err != nil {
			t.Fatal(err)
		}
		lost, back := -1, -1
		for _, name := range []string{"ssp:datagram_sent", "ssp:datagram_received", "ssp:instruction_sent", "ssp:instruction_received", "ssp:state_acked",
			"ssp:rtt_updated", trace.ContactLost, trace.ContactBack, trace.PathChanged, trace.NetworkFailed} {
			if !slices.ContainsFunc(got.Events, func(e trace.Event) bool { return e.Name == name }) {
				t.Errorf("no %s is in the trace", name)
			}
		}
		for i, e := range got.Events {
			switch e.Name {
			case trace.ContactLost:
				lost = i
			case trace.ContactBack:
				back = i
				if e.Data.Silence < 12_000 || e.Data.Silence > 20_000 {
					t.Errorf("contact is back after %v ms", e.Data.Silence)
				}
			}
		}
		if lost < 0 || back < lost {
			t.Errorf("contact was lost at %d and back at %d", lost, back)
		}
	})
}

func TestTraceThatCannotBeMade(t *testing.T) {
	cfg := Config{Trace: filepath.Join(t.TempDir(), "none", "t")}
	if err := cfg.OpenTrace(); err == nil || !strings.HasPrefix(err.Error(), "client: no trace can be written: trace: open ") {
		t.Errorf("error %v", err)
	}
	cfg = Config{}
	if err := cfg.OpenTrace(); err != nil || cfg.trace != nil {
		t.Errorf("without a trace: %v, %v", err, cfg.trace)
	}
}
