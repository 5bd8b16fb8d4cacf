package trial

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"sync"
)

// A Record is one line of the raw results: a key, or the sum of a workload in one
// session.
type Record struct {
	System   string     `json:"system"`
	Scenario string     `json:"scenario"`
	Workload string     `json:"workload"`
	Rep      int        `json:"rep"` // repetition, from 0
	Key      *KeyRecord `json:"key,omitempty"`
	Sum      *Sum       `json:"sum,omitempty"`
}

// A KeyRecord is what became of a key. Times are milliseconds.
type KeyRecord struct {
	Kind    string  `json:"kind"`
	Char    string  `json:"char,omitempty"`
	At      float64 `json:"at"`      // after the workload's first key
	Latency float64 `json:"latency"` // if Never, the time waited
	Never   bool    `json:"never,omitempty"`
	Wrong   bool    `json:"wrong,omitempty"` // a wrong guess showed
}

// A Sum is what a workload used and said besides its keys.
type Sum struct {
	Seconds     float64            `json:"seconds"`
	UpBytes     int64              `json:"up_bytes"` // of IP packets
	DownBytes   int64              `json:"down_bytes"`
	UpPackets   int64              `json:"up_packets"`
	DownPackets int64              `json:"down_packets"`
	ServerCPU   float64            `json:"server_cpu_s"`
	ClientCPU   float64            `json:"client_cpu_s"`
	ServerPeak  int                `json:"server_peak_kb"` // resident, of the largest process
	ClientPeak  int                `json:"client_peak_kb"`
	Strays      int                `json:"strays,omitempty"` // characters that showed where nothing was typed
	Values      map[string]float64 `json:"values,omitempty"` // what the workload has of its own
	Late        float64            `json:"late_ms"`          // worst lateness of the simulated path
	Load        float64            `json:"load"`             // of the machine at the end
	Err         string             `json:"err,omitempty"`    // the workload failed
}

// A Log takes records and writes them as JSON lines. It is safe for concurrent use.
type Log struct {
	mu      sync.Mutex
	w       io.Writer
	err     error
	records []Record
}

// NewLog returns a Log that writes to w.
func NewLog(w io.Writer) *Log { return &Log{w: w} }

func (l *Log) add(r Record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.records = append(l.records, r)
	b, err := json.Marshal(r)
	if err == nil {
		_, err = l.w.Write(append(b, '\n'))
	}
	if l.err == nil {
		l.err = err
	}
}

// Records returns what was added, and the first error of writing it.
func (l *Log) Records() ([]Record, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.records), l.err
}

// maxRecords is the most that ReadRecords takes: some hundred times a full run.
const maxRecords = 5_000_000

// ReadRecords reads what a Log wrote.
func ReadRecords(r io.Reader) (records []Record, err error) {
	for d := json.NewDecoder(r); d.More(); {
		var one Record
		if err := d.Decode(&one); err != nil {
			return records, fmt.Errorf("trial: record %d: %w", len(records)+1, err)
		}
		if len(records) == maxRecords {
			return records, fmt.Errorf("trial: more than %d records", maxRecords)
		}
		records = append(records, one)
	}
	return records, nil
}
