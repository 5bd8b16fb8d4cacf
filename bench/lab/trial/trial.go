// Package trial measures one session of one system on one path: it types, watches
// the client's screen, and says what became of each key.
//
// A session is opened on a path of 1 ms; then the scenario's ways are set, some keys
// warm it up, and the workloads follow. All times are CLOCK_MONOTONIC of this
// machine.
package trial

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"roam/bench/lab/helper"
	"roam/bench/lab/netpath"
	"roam/bench/lab/vterm"
)

// A Trial is one session. Its zero values are the defaults.
type Trial struct {
	System    System
	Scenario  netpath.Scenario
	Workloads []string
	Rep       int           // repetition: another text is typed and other packets are lost
	Lines     int           // lines that workloads type at a shell; 0 means 5
	Grace     time.Duration // how long keys that are missing in the end are waited for; 0 means 30 s
	Program   string        // path of roam
	Log       *Log
}

const (
	defaultLines = 5
	defaultGrace = 30 * time.Second
	patience     = time.Minute // for what has to come
)

// A session is a Trial that runs.
type session struct {
	Trial
	path   *netpath.Path
	host   *host
	screen *Screen
	syncs  int
}

// Run runs the trial. What fails in a workload is in the Log, too; the session goes
// on with the next one, if it can.
func (t Trial) Run(ctx context.Context) error {
	if t.Lines == 0 {
		t.Lines = defaultLines
	}
	if t.Grace == 0 {
		t.Grace = defaultGrace
	}
	for _, name := range t.Workloads {
		if workloads[name].run == nil {
			return fmt.Errorf("trial: no workload is called %q", name)
		}
	}
	return t.onPath(ctx, func(h *host) error {
		s := &session{Trial: t, path: h.path, host: h}
		var err error
		if s.screen, err = h.open(); err != nil {
			return s.failed("start", err)
		}
		h.path.SetWays(t.Scenario.Up, t.Scenario.Down)
		if t.Scenario.Bulk {
			if err := s.startBulk(); err != nil {
				return s.failed("start", err)
			}
		}
		if err := s.warm(); err != nil {
			return s.failed("warm-up", err)
		}
		for _, name := range t.Workloads {
			if err := s.workload(name); err != nil {
				return err
			}
		}
		return nil
	})
}

// onPath calls f with a host on a path of the trial's own. If ctx ends before, the
// processes in it end, and thus f.
func (t Trial) onPath(ctx context.Context, f func(*host) error) error {
	const repSeeds = 1000 // so that no two trials of a table have the same
	path, err := netpath.New(netpath.Clean(t.Scenario.Seed + uint64(t.Rep)*repSeeds))
	if err != nil {
		return err
	}
	defer path.Close()
	defer context.AfterFunc(ctx, path.Close)()
	dir, err := os.MkdirTemp("", "lab")
	if err != nil {
		return fmt.Errorf("trial: %w", err)
	}
	defer os.RemoveAll(dir)
	h := &host{path: path, sys: t.System, dir: dir, roam: t.Program}
	if err := h.prepare(); err != nil {
		return err
	}
	err = f(h)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// workload runs one workload. It fails when the session is of no more use.
func (s *session) workload(name string) error {
	if err := s.sync(); err != nil {
		return s.failed(name, err)
	}
	if err := workloads[name].run(s); err != nil {
		s.failed(name, err)
		if errors.Is(err, ErrGone) {
			return err
		}
	}
	return nil
}

// failed puts into the log that a workload failed, and returns the error.
func (s *session) failed(workload string, err error) error {
	first, _, _ := strings.Cut(err.Error(), "\n") // the rest is a screen
	s.log(workload, Record{Sum: &Sum{Err: first}})
	return err
}

func (s *session) log(workload string, r Record) {
	r.System, r.Scenario, r.Workload, r.Rep = s.System.Name, s.Scenario.Name, workload, s.Rep
	s.Log.add(r)
}

// bulkLead is how long a download runs before anything is measured, so that it has
// filled the queue.
const bulkLead = 4 * time.Second

// startBulk starts the competing download.
func (s *session) startBulk() error {
	server := netpath.Command(s.path.ServerNS, s.host.dir+"/"+helper.Bulk)
	out, err := server.StdoutPipe()
	if err != nil {
		return fmt.Errorf("trial: %w", err)
	}
	if err := server.Start(); err != nil {
		return fmt.Errorf("trial: starting the download: %w", err)
	}
	out.Read(make([]byte, 64)) // it listens
	go server.Wait()
	client := netpath.Command(s.path.ClientNS, s.host.dir+"/"+helper.Bulk, netpath.ServerIP)
	if err := client.Start(); err != nil {
		return fmt.Errorf("trial: starting the download: %w", err)
	}
	go client.Wait()
	time.Sleep(bulkLead)
	return nil
}

// sync brings the session to a clear screen with a word of its own in row 0 and the
// prompt in row 1. It tries again, since a dying program may swallow what follows
// the Ctrl-C.
func (s *session) sync() (err error) {
	const tries, each, afterInterrupt = 5, 20 * time.Second, 500 * time.Millisecond
	s.screen.watch(nil, nil)
	for range tries {
		s.syncs++
		word := fmt.Sprintf("R%d", s.syncs)
		s.screen.Send("\x03", nil)
		time.Sleep(afterInterrupt)
		s.screen.Send("stty sane; clear; echo "+word+"\r", nil)
		err = s.screen.Wait(each, "the prompt after "+word, func(t *vterm.Term) bool {
			return t.Row(0) == word && t.Y == 1 && atPrompt(t)
		})
		if err == nil || errors.Is(err, ErrGone) {
			break
		}
	}
	s.calm()
	return err
}

// calm lets what is under way arrive, so that it is in no workload.
func (s *session) calm() { time.Sleep(300 * time.Millisecond) }

// warm types some keys, so that both ends know the path.
func (s *session) warm() error {
	const keys, gap = 14, 120 * time.Millisecond
	for range keys {
		s.screen.Send("w", nil)
		time.Sleep(gap)
	}
	err := s.screen.Wait(patience, "the warm-up's echo", func(t *vterm.Term) bool { return t.Row(t.Y) == "$ "+strings.Repeat("w", keys) })
	s.calm()
	return err
}

// A mark is what was counted when a workload began.
type mark struct {
	at     int64
	counts netpath.Counts
	server usage
	client usage
}

func (s *session) begin() mark {
	s.path.Lateness()
	server, client := s.used()
	return mark{netpath.Now(), s.path.Counts(), server, client}
}

func (s *session) used() (server, client usage) {
	return use(pidsOf(s.path.ServerNS, s.System.ServerProgram, nil)), use(pidsOf(s.path.ClientNS, s.System.ClientProgram, nil))
}

// end returns what was used since a mark.
func (s *session) end(m mark) *Sum {
	server, client := s.used()
	n := s.path.Counts().Minus(m.counts)
	return &Sum{
		Seconds: float64(netpath.Now()-m.at) / 1e9,
		UpBytes: n.Up.Bytes, DownBytes: n.Down.Bytes, UpPackets: n.Up.Packets, DownPackets: n.Down.Packets,
		ServerCPU: (server.cpu - m.server.cpu).Seconds(), ClientCPU: (client.cpu - m.client.cpu).Seconds(),
		ServerPeak: server.peak, ClientPeak: client.peak,
		Values: map[string]float64{}, Late: s.path.Lateness().Seconds() * 1e3, Load: Load(),
	}
}

// record puts a workload's keys and sum into the log.
func (s *session) record(workload string, keys []*Key, sum *Sum) {
	for _, k := range keys {
		s.log(workload, Record{Key: &KeyRecord{Kind: k.Kind, Char: k.Char, At: float64(k.Typed-keys[0].Typed) / 1e6,
			Latency: k.Latency(), Never: k.Shown == 0, Wrong: k.Flap || k.Wrong}})
	}
	s.log(workload, Record{Sum: sum})
}

// track lets a tracker watch the screen.
func (s *session) track(tr *tracker) {
	s.screen.watch(func(now int64) { tr.show(s.screen.term, now) }, func(int64) { tr.judge(s.screen.term) })
}

// await waits until every key is displayed, at most the grace, and ends watching.
func (s *session) await(keys []*Key) {
	const pause = 10 * time.Millisecond
	for end := time.Now().Add(s.Grace); time.Now().Before(end); time.Sleep(pause) {
		missing := false
		s.screen.look(func(*vterm.Term) {
			for _, k := range keys {
				missing = missing || k.Shown == 0
			}
		})
		if !missing {
			break
		}
	}
	s.calm() // corrections that come late still count
	s.screen.watch(nil, nil)
	for _, k := range keys {
		k.End = netpath.Now()
	}
}
