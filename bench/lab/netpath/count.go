package netpath

import (
	"encoding/binary"
	"time"
)

// A Count is what one direction carried of a session's TCP and UDP. Bytes are IP
// packets' lengths, as their sender offered them.
type Count struct {
	Packets, Bytes int64
	Lost           int64 // by the model of loss
	Dropped        int64 // by the full queue
}

// Minus returns what was counted since o.
func (c Count) Minus(o Count) Count {
	return Count{c.Packets - o.Packets, c.Bytes - o.Bytes, c.Lost - o.Lost, c.Dropped - o.Dropped}
}

// Counts are both directions' Counts.
type Counts struct{ Up, Down Count }

// Minus returns what was counted since o.
func (c Counts) Minus(o Counts) Counts { return Counts{c.Up.Minus(o.Up), c.Down.Minus(o.Down)} }

// Counts returns what was carried so far.
func (p *Path) Counts() Counts { return Counts{p.up.counted(), p.down.counted()} }

// Lateness returns how late, at worst, a packet was delivered since the last call:
// what this machine could not keep up with.
func (p *Path) Lateness() time.Duration { return max(p.up.late(), p.down.late()) }

// BulkPort is the TCP port of the competing download, whose packets are not
// counted.
const BulkPort = 5201

// isSession reports whether a packet belongs to the session: its TCP or UDP.
func isSession(b []byte) bool {
	header := headerSize(b)
	if header == 0 || len(b) < header+4 {
		return false
	}
	switch b[9] {
	case protocolUDP:
		return true
	case protocolTCP:
		return binary.BigEndian.Uint16(b[header:]) != BulkPort && binary.BigEndian.Uint16(b[header+2:]) != BulkPort
	}
	return false
}

func (l *link) counted() Count {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.count
}

func (l *link) late() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	worst := l.worst
	l.worst = 0
	return time.Duration(worst)
}
