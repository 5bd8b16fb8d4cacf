package server

import (
	"errors"
	"time"
)

// A Status is what a server tells of its session.
type Status struct {
	PID         int       `json:"pid"`
	Name        string    `json:"name"` // StockName or RoamName
	Port        int       `json:"port"` // UDP port
	Started     time.Time `json:"started"`
	LastContact time.Time `json:"last_contact,omitzero"` // newest authentic datagram; zero if there was none
	Attached    bool      `json:"attached"`              // the client was heard in the last 30 s
	Peer        string    `json:"peer,omitempty"`        // its address and port; "" if there is none
	Command     []string  `json:"command"`               // what the session runs
	Foreground  string    `json:"foreground,omitempty"`  // what has the terminal now
	Cols        int       `json:"cols"`
	Rows        int       `json:"rows"`
	Error       string    `json:"error,omitempty"` // the request was not understood
}

// Detached reports whether the session waits for a client that is gone.
func (s *Status) Detached() bool { return !s.Attached && !s.LastContact.IsZero() }

// ErrNoSession reports that there is no session with the wanted process id.
var ErrNoSession = errors.New("server: no such session")
