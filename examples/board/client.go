package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"roam/carrier"
	"roam/crypto"
	"roam/ssp"
)

// A client is a member's end of its session.
type client struct {
	conn  *carrier.Client
	tr    *ssp.Transport[Table, Table]
	mine  Table         // what this member writes
	shown Table         // the board as it was shown last
	show  func([]entry) // is told what is new on the board
	buf   []byte
}

// join takes part in a board: it sets what comes from changes, shows what the board
// has, and leaves when ctx ends, or when changes is closed and the server has all. It
// returns nil if that is so.
func join(ctx context.Context, conn *carrier.Client, key crypto.Key, changes <-chan entry, show func([]entry)) error {
	session, err := crypto.NewSession(key, crypto.ToServer)
	if err != nil {
		return err
	}
	defer session.Close()
	began := time.Now()
	c := &client{conn: conn, show: show}
	c.tr = ssp.New(began, ssp.Config{
		Role:       ssp.Client,
		Session:    session,
		MaxPayload: conn.MaxPayload(),
		Rand:       rand.Reader,
	}, Table{}, func() Table { return c.mine }, Table{})
	timer := time.NewTimer(0)
	ending, leaving := ctx.Done(), false
	for {
		timer.Reset(c.flush(time.Now()))
		if c.tr.Phase() >= ssp.Done {
			if c.tr.AckedState().Equal(c.mine) {
				return nil // whether or not the server heard the good-bye
			}
			return c.tr.Err()
		}
		select {
		case <-ending:
			ending = nil
			c.tr.Shutdown(time.Now())
		case change, open := <-changes:
			if open {
				c.mine = c.mine.Set(change.key, change.value)
				c.tr.Touch(time.Now())
			} else {
				changes, leaving = nil, true
			}
		case d, open := <-conn.Datagrams():
			if !open {
				return fmt.Errorf("board: the socket is closed")
			}
			c.receive(time.Now(), d)
		case <-timer.C:
		}
		if leaving && c.tr.AckedState().Equal(c.mine) {
			c.tr.Shutdown(time.Now())
		}
		if _, num := c.tr.Remote(); num == 0 && time.Since(began) > ssp.FirstContactTimeout {
			return fmt.Errorf("board: no answer from %v, or the key is not for it", conn.Server())
		}
	}
}

// receive takes in a datagram, and shows what it brings.
func (c *client) receive(now time.Time, d carrier.Datagram) {
	defer d.Release()
	if d.Err != nil {
		return // such as a port that nobody listens at, for now
	}
	receipt, _ := c.tr.Receive(now, d.Data, d.CE)
	if !receipt.NewState {
		return
	}
	board, _ := c.tr.Remote()
	if news := board.changesSince(c.shown); len(news) > 0 {
		c.shown = board
		c.show(news)
	}
}

// flush sends what is due, and returns for how long nothing will be.
func (c *client) flush(now time.Time) time.Duration {
	for {
		b, ok := c.tr.Poll(now, c.buf[:0])
		c.buf = b
		if !ok {
			break
		}
		c.conn.Send(b) // one that does not leave is lost, as others are
		if c.tr.HopDue(now) {
			c.conn.Hop() // if that fails the old port goes on
		}
	}
	if next := c.tr.NextTimeout(); !next.IsZero() {
		return next.Sub(now)
	}
	return time.Hour
}
