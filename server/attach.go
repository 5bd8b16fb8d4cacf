//go:build unix

package server

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// An Attachment is where a new client of a running session finds it.
type Attachment struct {
	Port  int    `json:"port"` // UDP port
	Key   string `json:"key"`  // as crypto.Key.Encode gives it
	Error string `json:"error,omitempty"`
}

// answerAttach answers a request to attach, whose words are args.
func (l *loop) answerAttach(args string) Attachment {
	low, high, addr, err := parseAttach(args)
	var a Attachment
	if err == nil {
		a, err = l.invite(low, high, addr)
	}
	if err != nil {
		a.Error = strings.TrimPrefix(err.Error(), "server: ")
	}
	return a
}

// formatAttach returns the request that parseAttach reads. The zero Addr stands for any.
func formatAttach(low, high int, addr netip.Addr) string {
	where := "any"
	if addr.IsValid() {
		where = addr.String()
	}
	return fmt.Sprintf("%s %d %d %s", requestAttach, low, high, where)
}

// parseAttach reads the words of a request to attach.
func parseAttach(args string) (low, high uint16, addr netip.Addr, err error) {
	bad := errors.New("server: a malformed request to attach")
	words := strings.Fields(args)
	if len(words) != 3 {
		return 0, 0, addr, bad
	}
	l, err1 := strconv.ParseUint(words[0], 10, 16)
	h, err2 := strconv.ParseUint(words[1], 10, 16)
	if err1 != nil || err2 != nil || l > h {
		return 0, 0, addr, bad
	}
	if words[2] != "any" {
		if addr, err = netip.ParseAddr(words[2]); err != nil {
			return 0, 0, addr, bad
		}
	}
	return uint16(l), uint16(h), addr, nil
}

// choose returns the session that a new client is to attach to: the one with the process
// id, or if that is 0 the only one that nobody looks at, or else the only one.
func choose(found []Status, id int) (Status, error) {
	var detached []Status
	for _, st := range found {
		switch {
		case st.PID == id:
			return st, nil
		case st.Detached():
			detached = append(detached, st)
		}
	}
	if id != 0 {
		return Status{}, fmt.Errorf("%w: %d", ErrNoSession, id)
	}
	if len(detached) > 0 {
		found = detached
	}
	switch len(found) {
	case 0:
		return Status{}, errors.New("server: there is no session to attach to")
	case 1:
		return found[0], nil
	}
	var ids []string
	for _, st := range found {
		ids = append(ids, strconv.Itoa(st.PID))
	}
	return Status{}, fmt.Errorf("server: there are %d sessions; say which: %s", len(ids), strings.Join(ids, ", "))
}

// attach prints the connect line of a new client of a running session.
func (l *launcher) attach() error {
	own, _ := strconv.Atoi(getVar(l.env, sessionVar))
	if own != 0 && own == l.opts.Session {
		return fmt.Errorf("server: this is session %d, which cannot show itself", own)
	}
	found := slices.DeleteFunc(List(l.env), func(st Status) bool { return st.PID == own })
	st, err := choose(found, l.opts.Session)
	if err != nil {
		return err
	}
	path, err := socketOf(l.env, st.PID)
	if err != nil {
		return err
	}
	low, high := l.opts.ports()
	var a Attachment
	if err := exchange(path, formatAttach(low, high, l.bindAddr()), &a); err != nil {
		return err
	}
	switch {
	case a.Error == errUnknownRequest:
		return fmt.Errorf("server: session %d runs an older roam, to which nobody can attach", st.PID)
	case a.Error != "":
		return fmt.Errorf("server: session %d: %s", st.PID, a.Error)
	}
	return l.connect(a.Port, a.Key)
}
