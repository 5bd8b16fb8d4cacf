package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"roam/crypto"
	"roam/ssp"
)

// Limits of a board, so that all sections together fit into one Table.
const (
	maxMembers = 100
	maxSection = maxEntries / maxMembers // values of one member
)

// A server keeps the board. Each member writes a section of its own, so that no two
// ever write the same key, and gets the whole. The session with each is one
// Transport; all share one socket.
type server struct {
	conn    *net.UDPConn
	out     io.Writer
	members map[string]*member
	board   Table
	buf     []byte
}

// A member is somebody with a name and a key.
type member struct {
	name    string
	session *crypto.Session
	tr      *ssp.Transport[Table, Table]
	address netip.AddrPort
	section Table // what it wrote; it stays when the member leaves
}

// A datagram is what the socket received.
type datagram struct {
	data []byte
	from netip.AddrPort
}

// serve keeps a board at conn until ctx ends, for members whose names come in. For
// each it writes a line with a new key. A name that comes again gets another key,
// which ends the session under the old one.
func serve(ctx context.Context, conn *net.UDPConn, names <-chan string, out io.Writer) error {
	s := &server{conn: conn, out: out, members: map[string]*member{}}
	received := make(chan datagram)
	done := make(chan struct{})
	go func() {
		defer close(done)
		read(conn, received)
	}()
	defer func() {
		conn.Close()
		for range received { // the reader may wait with one
		}
		<-done
	}()
	timer := time.NewTimer(0)
	ending := ctx.Done()
	for {
		timer.Reset(s.flush(time.Now()))
		if ending == nil && !s.isBusy() {
			return nil
		}
		select {
		case <-ending:
			ending = nil
			for _, m := range s.members {
				m.tr.Shutdown(time.Now())
			}
		case name, open := <-names:
			if !open {
				names = nil
			} else if err := s.invite(time.Now(), name); err != nil {
				fmt.Fprintln(out, "board:", err)
			}
		case d, open := <-received:
			if !open {
				return errors.New("board: the socket is closed")
			}
			s.receive(time.Now(), d)
		case <-timer.C:
		}
	}
}

// read hands over what conn receives, until it is closed.
func read(conn *net.UDPConn, received chan<- datagram) {
	defer close(received)
	for {
		buf := make([]byte, 2048) // longer ones are not in the protocol
		n, from, err := conn.ReadFromUDPAddrPort(buf)
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err == nil:
			received <- datagram{buf[:n], from}
		}
	}
}

// invite makes a key for a name.
func (s *server) invite(now time.Time, name string) error {
	if name == "" || len(name) > maxKey/2 || !isPrintable(name) || strings.ContainsAny(name, "/ ") {
		return fmt.Errorf("%q is no name for a member", name)
	}
	m := s.members[name]
	if m == nil && len(s.members) == maxMembers {
		return fmt.Errorf("%d members are the most", maxMembers)
	}
	key, err := crypto.NewKey(rand.Reader)
	if err != nil {
		return err
	}
	session, err := crypto.NewSession(key, crypto.ToClient)
	if err != nil {
		return err
	}
	if m == nil {
		m = &member{name: name}
		s.members[name] = m
	} else {
		m.session.Close()
	}
	m.session = session
	m.tr = ssp.New(now, ssp.Config{Role: ssp.Server, Session: session, Rand: rand.Reader}, Table{}, func() Table { return s.board }, Table{})
	_, err = fmt.Fprintf(s.out, "%s: BOARD_KEY=%s board watch %v\n", name, key.Encode(), s.conn.LocalAddr())
	return err
}

// receive takes in a datagram. Whose it is only its key tells.
func (s *server) receive(now time.Time, d datagram) {
	for _, m := range s.members {
		receipt, err := m.tr.Receive(now, d.data, false)
		if errors.Is(err, crypto.ErrAuth) || errors.Is(err, ssp.ErrEnded) {
			continue
		}
		if receipt.Newest {
			m.address = d.from
		}
		if receipt.NewState {
			s.take(now, m)
		}
		return
	}
}

// take puts what a member wrote on the board.
func (s *server) take(now time.Time, m *member) {
	section, _ := m.tr.Remote()
	if section.Equal(m.section) || len(section.entries) > maxSection {
		return
	}
	m.section = section
	var board []entry
	for _, m := range s.members {
		for _, e := range m.section.entries {
			if len(e.key) <= maxKey-len(m.name)-1 {
				board = append(board, entry{m.name + "/" + e.key, e.value})
			}
		}
	}
	slices.SortFunc(board, func(a, b entry) int { return cmp.Compare(a.key, b.key) })
	s.board = Table{entries: board}
	for _, m := range s.members {
		m.tr.Touch(now)
	}
}

// flush sends what is due, and returns for how long nothing will be.
func (s *server) flush(now time.Time) time.Duration {
	wait := time.Hour
	for _, m := range s.members {
		for {
			b, ok := m.tr.Poll(now, s.buf[:0])
			s.buf = b
			if !ok {
				break
			}
			s.conn.WriteToUDPAddrPort(b, m.address) // one that does not leave is lost, as others are
		}
		if next := m.tr.NextTimeout(); !next.IsZero() {
			wait = min(wait, next.Sub(now))
		}
	}
	return wait
}

// isBusy reports whether a session has not ended yet.
func (s *server) isBusy() bool {
	for _, m := range s.members {
		if m.tr.Phase() < ssp.Done {
			return true
		}
	}
	return false
}
