package session

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// all has each capability that has a name.
var all = []Capability{{Hints, 1, ""}, {RichDiff, 3, "w15"}, {Terminal, 2, ""}, {Status, 1, ""}, {Compact, 1, ""}}

// negotiate lets a client and a server exchange their fields as a Transport does.
func negotiate(client, server []Capability) (c, s *Negotiation) {
	c, s = NewClientNegotiation(client), NewServerNegotiation(server)
	s.Peer(c.Field())
	c.Acked()
	c.Peer(s.Field())
	s.Acked()
	return c, s
}

func TestNegotiationBetweenTwoRoams(t *testing.T) {
	for _, tt := range []struct {
		name           string
		client, server []Capability
		want           []Capability // in the order of the one that looks
	}{
		{"alike", all, all, all},
		{"lower version", []Capability{{RichDiff, 2, ""}}, all, []Capability{{RichDiff, 2, "w15"}}},
		{"lower version of the server's", all, []Capability{{RichDiff, 1, ""}}, []Capability{{RichDiff, 1, ""}}},
		{"nothing in common", []Capability{{Hints, 1, ""}}, []Capability{{Status, 1, ""}}, nil},
		{"newer client", []Capability{{Status, 1, ""}, {999, 1, "future"}}, []Capability{{Status, 1, ""}}, []Capability{{Status, 1, ""}}},
		{"no capabilities", nil, all, nil},
	} {
		c, s := negotiate(tt.client, tt.server)
		for _, n := range []*Negotiation{c, s} {
			if !n.Agreed() || !n.Decided() {
				t.Errorf("%s: the peer does not count as a roam", tt.name)
			}
			got := slices.Clone(n.Capabilities())
			slices.SortFunc(got, func(a, b Capability) int { return int(a.Number) - int(b.Number) })
			if !slices.Equal(got, tt.want) {
				t.Errorf("%s: agreed on %v, want %v", tt.name, got, tt.want)
			}
			if n.Field() != nil {
				t.Errorf("%s: still sends its field", tt.name)
			}
		}
	}
}

func TestPiecesAreToldOfWhereBothDo(t *testing.T) {
	without := []Capability{{Ping, 1, ""}, {Compact, 1, ""}}
	for _, tt := range []struct {
		client, server []Capability
		want           bool
	}{{Supported(), Supported(), true}, {Supported(), without, false}, {without, Supported(), false}} {
		c, s := negotiate(tt.client, tt.server)
		if c.Tallies() != tt.want || s.Tallies() != tt.want {
			t.Errorf("%v and %v: %v, %v", tt.client, tt.server, c.Tallies(), s.Tallies())
		}
	}
	if n := NewServerNegotiation(Supported()); n.Tallies() {
		t.Error("a stock client is told of pieces")
	}
}

func TestNegotiationWithStock(t *testing.T) {
	s := NewServerNegotiation(all)
	s.Peer(nil)
	s.Peer(NewClientNegotiation(all).Field()) // nothing changes afterwards
	if s.Agreed() || s.Field() != nil || len(s.Capabilities()) != 0 {
		t.Error("a server takes a stock client for a roam")
	}
	c := NewClientNegotiation(all)
	c.Peer(nil) // perhaps made before the server had our offer
	if c.Field() == nil || c.Decided() {
		t.Error("a client gives up before its offer was acknowledged")
	}
	c.Acked()
	c.Peer(nil)
	if c.Field() != nil || !c.Decided() || c.Agreed() {
		t.Error("a client goes on offering to a stock server")
	}
}

func TestNegotiationServerRepeatsUntilAcked(t *testing.T) {
	s := NewServerNegotiation(all)
	if s.Field() != nil {
		t.Error("a server offers")
	}
	s.Peer(NewClientNegotiation(all[:1]).Field())
	want := s.Field()
	s.Peer(NewClientNegotiation(all).Field())
	if len(want) == 0 || !bytes.Equal(s.Field(), want) {
		t.Errorf("the answer changed from %x to %x", want, s.Field())
	}
	s.Acked()
	if s.Field() != nil {
		t.Error("the answer goes on after it was acknowledged")
	}
}

// A client takes no capability that it did not offer, nor a version above its own.
func TestNegotiationClientChecksTheAnswer(t *testing.T) {
	c := NewClientNegotiation([]Capability{{Status, 1, ""}})
	c.Peer(appendField(nil, []Capability{{Hints, 1, ""}, {Status, 7, "x"}}))
	if got, want := c.Capabilities(), []Capability{{Status, 1, "x"}}; !slices.Equal(got, want) {
		t.Errorf("agreed on %v, want %v", got, want)
	}
}

func TestNegotiationMalformedMeansStock(t *testing.T) {
	good := NewClientNegotiation(all).Field()
	for name, field := range map[string][]byte{
		"empty":              {},
		"other magic":        []byte("Roam"),
		"half the magic":     []byte("roa"),
		"cut":                good[:len(good)-1],
		"too long":           append(slices.Clone(good), bytes.Repeat([]byte{0x10, 0}, 30)...),
		"entry runs over":    []byte("roam\x0a\x7f"),
		"bad entry":          []byte("roam\x0a\x02\x08\x80"),
		"stray end of group": []byte("roam\x0c"),
	} {
		s := NewServerNegotiation(all)
		s.Peer(field)
		if s.Agreed() || s.Field() != nil {
			t.Errorf("%s: %q counts as a roam's field", name, field)
		}
	}
}

func TestNegotiationSkipsWhatItDoesNotKnow(t *testing.T) {
	field := []byte("roam" + "\x10\x05" + // another field
		"\x0a\x04\x08\x04\x10\x01" + // status 1
		"\x0a\x02\x08\x01" + // no version
		"\x0a\x02\x10\x01" + // no number
		"\x0a\x06\x08\x04\x10\x09\x20\x01") // status again, with more in it
	s := NewServerNegotiation([]Capability{{Status, 2, ""}})
	s.Peer(field)
	if got, want := s.Capabilities(), []Capability{{Status, 1, ""}}; !slices.Equal(got, want) {
		t.Errorf("agreed on %v, want %v", got, want)
	}
}

func TestNegotiationFieldIsShort(t *testing.T) {
	long := []Capability{{Status, 1, ""}, {Hints, 1, strings.Repeat("x", 40)}, {RichDiff, 1, "yyyyyyyy"}}
	for _, caps := range [][]Capability{Supported(), all, long} {
		if n := len(NewClientNegotiation(caps).Field()); n >= 64 {
			t.Errorf("the field for %v has %d bytes, want under 64", caps, n)
		}
	}
	c, _ := negotiate(long, long)
	if got := c.Capabilities(); len(got) != 2 {
		t.Errorf("agreed on %v, want the first two, which fit", got)
	}
}

func FuzzNegotiationPeer(f *testing.F) {
	f.Add([]byte(nil))
	f.Add(NewClientNegotiation(all).Field())
	f.Add([]byte("roam\x0a\x06\x08\x04\x10\x01\x1a\x00"))
	f.Fuzz(func(t *testing.T, field []byte) {
		c, s := NewClientNegotiation(all), NewServerNegotiation(all)
		c.Peer(field)
		s.Peer(field)
		for _, n := range []*Negotiation{c, s} {
			if len(n.Field()) > maxField || len(n.Capabilities()) > len(all) {
				t.Errorf("Peer(%q): field of %d bytes, %d capabilities", field, len(n.Field()), len(n.Capabilities()))
			}
			for _, got := range n.Capabilities() {
				if i := slices.IndexFunc(all, func(c Capability) bool { return c.Number == got.Number }); i < 0 || got.Version < 1 || got.Version > all[i].Version {
					t.Errorf("Peer(%q): agreed on %v", field, got)
				}
			}
		}
	})
}

// The examples in docs/protocol.md F.
func TestRoamVectors(t *testing.T) {
	if got, want := NewClientNegotiation([]Capability{{Status, 1, ""}}).Field(), []byte("roam\x0a\x04\x08\x04\x10\x01"); !bytes.Equal(got, want) {
		t.Errorf("field % x, want % x", got, want)
	}
	exit := 7
	diff, _ := NewScreen(screenOf(2, 1, ""), 0).WithFinal(&Final{Exit: &exit, Signal: "KILL", Reason: "ok"}).AppendDiff(nil, NewScreen(screenOf(2, 1, ""), 0), 0)
	// message: item; item: 64, Final; Final: 1, 2, 3
	want := []byte("\x0a\x0f\x82\x04\x0c\x08\x07\x12\x04KILL\x1a\x02ok")
	if !bytes.Equal(diff, want) {
		t.Errorf("final % x, want % x", diff, want)
	}
}
