package ssp

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"roam/ssp/wire"
)

// readVectors decodes a file of testdata into v.
func readVectors(t testing.TB, name string, v any) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

type rttVectors struct {
	Clock []struct {
		ClockMS   int64 `json:"clock_ms"`
		Timestamp uint16
	}
	Hold []struct {
		Case              string
		ReceivedTimestamp uint16 `json:"received_timestamp"`
		CE                bool   `json:"congestion_experienced"`
		SentAfterMS       int64  `json:"sent_after_ms"`
		Reply             uint16 `json:"timestamp_reply"`
	}
	Sequences []struct {
		Name  string
		Steps []struct {
			NowMS        int64   `json:"now_ms"`
			Reply        uint16  `json:"timestamp_reply"`
			Used         bool    `json:"used"`
			SRTT         float64 `json:"srtt"`
			RTTVar       float64 `json:"rttvar"`
			RTO          int64   `json:"rto"`
			SendInterval int64   `json:"send_interval"`
		}
	}
}

func TestEstimatorVectors(t *testing.T) {
	var vectors rttVectors
	readVectors(t, "rtt.json", &vectors)
	for _, seq := range vectors.Sequences {
		var r rtt
		s := timestamps{epoch: testStart}
		for i, step := range seq.Steps {
			now := testStart.Add(time.Duration(step.NowMS) * ms)
			used := step.Reply != wire.NoTimestamp && r.sample(s.roundTrip(now, step.Reply))
			smoothed, variance := r.srtt()
			if used != step.Used || math.Abs(smoothed-step.SRTT) > 1e-6 || math.Abs(variance-step.RTTVar) > 1e-6 ||
				r.rto() != time.Duration(step.RTO)*ms || r.interval() != time.Duration(step.SendInterval)*ms {
				t.Errorf("%s, step %d: used %v, srtt %v, rttvar %v, rto %v, interval %v, want %+v", seq.Name, i, used, smoothed, variance, r.rto(), r.interval(), step)
			}
		}
	}
}

func TestClockVectors(t *testing.T) {
	var vectors rttVectors
	readVectors(t, "rtt.json", &vectors)
	for _, v := range vectors.Clock {
		s := timestamps{epoch: testStart}
		if got := s.now(testStart.Add(time.Duration(v.ClockMS) * ms)); got != v.Timestamp {
			t.Errorf("after %d ms the clock shows %d, want %d", v.ClockMS, got, v.Timestamp)
		}
	}
	for _, v := range vectors.Hold {
		s := timestamps{epoch: testStart}
		s.hold(testStart, v.ReceivedTimestamp, v.CE)
		later := testStart.Add(time.Duration(v.SentAfterMS) * ms)
		if got := s.reply(later); got != v.Reply {
			t.Errorf("%s: reply %d, want %d", v.Case, got, v.Reply)
		}
		if again := s.reply(later); again != wire.NoTimestamp {
			t.Errorf("%s: answered twice, %d", v.Case, again)
		}
	}
}

func TestTimestampsOnTheWire(t *testing.T) {
	st := newStory(t, Client, nil)
	st.set("a")
	st.wantSend(`[0->1] ack 0 "a"`)
	if p := st.packets[0]; p.Timestamp != 0 || p.Reply != wire.NoTimestamp {
		t.Errorf("first datagram: timestamp %d, reply %d", p.Timestamp, p.Reply)
	}
	st.advance(100 * ms)
	// The peer held our timestamp for 40 ms: the round trip is 60.
	r, err := st.deliverStamped(wire.Instruction{Ack: 1}, 5000, 40, false)
	if srtt, ok := st.SRTT(); srtt != 60*ms || !ok || r.RTT != 60*ms || err != nil {
		t.Errorf("SRTT = %v, %v, receipt %+v, %v, want 60ms", srtt, ok, r, err)
	}
	st.advance(100 * ms)
	st.add("b")
	st.wantSend(`[1->2] ack 0 "b"`)
	if p := st.packets[1]; p.Timestamp != 200 || p.Reply != 5100 {
		t.Errorf("the next datagram: timestamp %d, reply %d, want 200, 5100", p.Timestamp, p.Reply)
	}
	st.ack(2)
}

func TestLateDatagramsSayNothingOfThePath(t *testing.T) {
	st := newStory(t, Client, nil)
	st.set("a")
	st.wantSend(`[0->1] ack 0 "a"`)
	st.advance(200 * ms)
	late := st.sealed(wire.AppendFragment(wire.AppendPacket(nil, wire.Packet{Timestamp: 1, Reply: 0}), wire.Fragment{ID: 90, Final: true, Body: compress(wire.Instruction{Version: 2, New: 1, Ack: 1})}))
	st.sample(100 * ms)
	r, err := st.Receive(st.now, late, false)
	if err != nil || r.Newest || !r.NewState || !r.Acked || r.RTT != 0 {
		t.Errorf("Receive of a late datagram = %+v, %v, want its state and its ack alone", r, err)
	}
	if srtt, _ := st.SRTT(); srtt != 100*ms {
		t.Errorf("SRTT = %v, want 100ms", srtt)
	}
	if _, err := st.Receive(st.now, late, false); err == nil {
		t.Error("a repeated datagram opens twice")
	}
}

func TestCongestionMarkSlowsThePeer(t *testing.T) {
	st := newStory(t, Client, nil)
	st.set("a")
	st.wantSend(`[0->1] ack 0 "a"`)
	st.deliverStamped(wire.Instruction{New: 1, Ack: 1, Diff: say("x")}, 5000, wire.NoTimestamp, true)
	st.wantSend(`[1->2] ack 1`)
	if p := st.packets[1]; p.Reply != 5000-congestionPenalty {
		t.Errorf("reply %d, want %d", p.Reply, 5000-congestionPenalty)
	}
}
