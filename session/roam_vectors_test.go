package session

import (
	"encoding/hex"
	"slices"
	"testing"
	"time"

	"roam/ssp/wire"
	"roam/terminal"
)

// An eventVector is a HostMessage with a piece of the log, and the events that are
// complete with it (docs/protocol.md F4).
type eventVector struct {
	Name    string
	Message string // in hexadecimal
	Events  []struct {
		Kind             string
		Title, Text      string
		Meta, Selections string
	}
}

var eventKinds = map[string]terminal.EventKind{
	"bell": terminal.EventBell, "notification": terminal.EventNotification,
	"kitty": terminal.EventKittyNotify, "clipboard": terminal.EventClipboard,
}

// roamVectors are the vectors of what is between two roams alone.
func roamVectors(t testing.TB) (v struct {
	Fields []struct {
		Name, Field string
		Offers      [][2]uint32 // number and version
	}
	Events []eventVector // in the order in which a client gets them
	Hints  []hintVector  // likewise
}) {
	t.Helper()
	readJSON(t, "roam.json", &v)
	if len(v.Fields) == 0 || len(v.Events) == 0 || len(v.Hints) == 0 {
		t.Fatal("roam.json is empty")
	}
	return v
}

func TestFieldVectors(t *testing.T) {
	for _, v := range roamVectors(t).Fields {
		got, ok := parseField(unhex(t, v.Field))
		var want []Capability
		for _, o := range v.Offers {
			want = append(want, Capability{Number: CapabilityNumber(o[0]), Version: o[1]})
		}
		if !ok || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v; want %v", v.Name, got, ok, want)
		}
		if b := appendField(nil, want); hex.EncodeToString(b) != v.Field {
			t.Errorf("%s: encodes as %x, want %s", v.Name, b, v.Field)
		}
	}
}

// Each message is read, and is what the log gives to a client that holds what was
// before it.
func TestEventVectors(t *testing.T) {
	s := NewRemoteScreen(terminal.NewScreen(80, 24), richNegotiation())
	var log EventLog
	var reader EventReader
	for _, v := range roamVectors(t).Events {
		var want []terminal.Event
		for _, e := range v.Events {
			event := terminal.Event{Kind: eventKinds[e.Kind], Title: e.Title, Text: e.Text, Selection: e.Meta + e.Selections}
			want = append(want, event)
			log.Add(event)
		}
		held := s
		var err error
		if s, err = s.Apply(unhex(t, v.Message)); err != nil {
			t.Fatalf("%s: %v", v.Name, err)
		}
		if got := reader.Read(s); !slices.Equal(got, want) {
			t.Errorf("%s: %+v, want %+v", v.Name, got, want)
		}
		log.Held(time.Time{}, held, time.Millisecond)
		message := wire.AppendExtension(nil, eventsField, appendEvents(nil, held.events, log.Upto(time.Time{}, false)))
		if hex.EncodeToString(message) != v.Message {
			t.Errorf("%s: encodes as %x, want %s", v.Name, message, v.Message)
		}
	}
}
