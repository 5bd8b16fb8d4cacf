package terminal

import "bytes"

// termState is what the user's terminal has beyond cells, and what is known of it.
type termState struct {
	bells       uint64
	cursorShape uint8 // DECSCUSR
	otherKeys   uint8 // XTMODKEYS 4
	level       uint8 // DECSCL; 0 means the highest
	eightBit    bool  // replies have eight-bit controls (S8C1T)
	wholeRect   bool  // DECSACE 2
	checksum    int   // XTCHECKSUM
	cwd         string
	progress    Progress
	colors      *Colors // nil: none are set
	// colorsShared says that Screens have colors: they are replaced, not written.
	colorsShared bool
	special      [specialColors]Color
	dynamic      [7]Color // OSC 13 to 19: of the pointer, Tektronix and selection
	pens         []savedPen
	user         UserTerminal
}

// reset forgets what RIS resets: all but bells and what the user's terminal is.
func (t *termState) reset() {
	*t = termState{bells: t.bells, cwd: t.cwd, user: t.user}
}

// A Progress is what an application tells with OSC 9;4.
type Progress struct {
	State   uint8 // 0 none, 1 normal, 2 error, 3 without end, 4 paused
	Percent uint8
}

// setOtherKeys is XTMODKEYS 4.
func (e *Emulator) setOtherKeys(level int) {
	if level <= 2 {
		e.term.otherKeys = uint8(level)
	}
}

// conEmu is OSC 9: progress (4), a directory (9), or a notification's text.
func (e *Emulator) conEmu(text []byte) {
	if rest, ok := bytes.CutPrefix(text, []byte("4;")); ok {
		state, percent, _ := bytes.Cut(rest, []byte{';'})
		if n, ok := parseSmall(state); ok && n <= 4 {
			p, _ := parseSmall(percent)
			e.term.progress = Progress{State: uint8(n), Percent: uint8(min(p, 100))}
		}
		return
	}
	if dir, ok := bytes.CutPrefix(text, []byte("9;")); ok {
		if len(dir) <= maxDirectory {
			e.term.cwd = cleanText(bytes.Trim(dir, "\""), maxDirectory)
		}
		return
	}
	if n, ok := parseSmall(text); ok && n > 0 && n <= 12 && bytes.IndexByte(text[:min(3, len(text))], ';') > 0 {
		return // ConEmu's other commands
	}
	e.notify(nil, text)
}

// An EventKind says what an Event is.
type EventKind uint8

// The kinds of events.
const (
	EventClipboard    EventKind = iota + 1 // OSC 52: Selection, Text in base64
	EventNotification                      // OSC 9 and 777: Title, Text
	EventKittyNotify                       // OSC 99: Selection is its metadata, Text its payload
	EventBell                              // the bell rang, once or more in a row
)

// An Event is what an application wants done once, rather than shown.
type Event struct {
	Kind      EventKind
	Selection string
	Title     string
	Text      string
}

func (v *Event) size() int { return len(v.Selection) + len(v.Title) + len(v.Text) }

const (
	// maxEvents is how many events wait at most.
	maxEvents = 256
	// maxEventBytes bounds what they hold: the longest clipboard write, in
	// base64, and 64 KiB.
	maxEventBytes = maxClipboardString + 64<<10
	// maxNotification is the most bytes of a notification's text or title.
	maxNotification = 4096
)

// An eventList holds the events that were not taken yet.
type eventList struct {
	list    []Event
	bytes   int
	dropped uint64
}

// add appends v. Where there is no room, the oldest notification goes first,
// then the oldest event.
func (l *eventList) add(v Event) {
	for len(l.list) > 0 && (len(l.list) == maxEvents || l.bytes+v.size() > maxEventBytes) {
		i := 0
		for j := range l.list {
			if l.list[j].Kind != EventClipboard {
				i = j
				break
			}
		}
		l.bytes -= l.list[i].size()
		l.list = append(l.list[:i], l.list[i+1:]...)
		l.dropped++
	}
	l.list = append(l.list, v)
	l.bytes += v.size()
}

// ring adds a bell, unless one is the newest event already.
func (l *eventList) ring() {
	if n := len(l.list); n == 0 || l.list[n-1].Kind != EventBell {
		l.add(Event{Kind: EventBell})
	}
}

// Events returns what the application wanted done since the last call, oldest
// first, and how many events were dropped since the start for want of room.
// The caller owns the list.
func (e *Emulator) Events() (list []Event, dropped uint64) {
	list = e.events.list
	e.events.list, e.events.bytes = nil, 0
	return list, e.events.dropped
}

// notify adds a notification.
func (e *Emulator) notify(title, text []byte) {
	e.events.add(Event{
		Kind:  EventNotification,
		Title: cleanText(title, maxNotification),
		Text:  cleanText(text, maxNotification),
	})
}

// kittyNotification is OSC 99 ; metadata ; payload.
func (e *Emulator) kittyNotification(text []byte) {
	meta, payload, found := bytes.Cut(text, []byte{';'})
	if !found {
		return
	}
	e.events.add(Event{
		Kind:      EventKittyNotify,
		Selection: cleanText(meta, maxNotification),
		Text:      cleanText(payload, maxNotification),
	})
}
