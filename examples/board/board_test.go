package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	"roam/ssp/ssptest"
)

// tables changes Tables as members do.
var tables = ssptest.Spec[Table]{Seeds: 3, Change: func(r *rand.Rand, t Table) Table {
	for range r.IntN(4) {
		value := strings.Repeat("v", r.IntN(8))
		if value != "" {
			value += fmt.Sprint(r.IntN(1000))
		}
		t = t.Set(fmt.Sprint("key ", r.IntN(20)), value)
	}
	return t
}}

func TestTable(t *testing.T) {
	ssptest.CheckState(t, tables)
	ssptest.CheckConvergence(t, tables)
}

func TestTableRefuses(t *testing.T) {
	full := Table{}
	for i := range maxEntries {
		full.entries = append(full.entries, entry{fmt.Sprintf("%05d", i), "v"})
	}
	diff := func(t Table) []byte {
		b, _ := t.AppendDiff(nil, Table{}, 0)
		return b
	}
	for _, tt := range []struct {
		name string
		base Table
		diff []byte
	}{
		{"cut short", Table{}, []byte("\x03key\x05valu")},
		{"no key", Table{}, []byte("\x00\x05value")},
		{"keys that fall", Table{}, []byte("\x01b\x01v\x01a\x01v")},
		{"a key twice", Table{}, []byte("\x01a\x01v\x01a\x01w")},
		{"a long key", Table{}, diff(Table{}.Set(strings.Repeat("k", maxKey+1), "v"))},
		{"a long value", Table{}, diff(Table{}.Set("k", strings.Repeat("v", maxValue+1)))},
		{"what the terminal would obey", Table{}, diff(Table{}.Set("k", "\x1b]0;title\a"))},
		{"half a character", Table{}, diff(Table{}.Set("k", "\xc3"))},
		{"too many", full, diff(Table{}.Set("one more", "v"))},
	} {
		if got, err := tt.base.Apply(tt.diff); err == nil {
			t.Errorf("%s: gives %.60v", tt.name, got)
		}
	}
	if got, err := (Table{}).Apply(diff(full)); err != nil || !got.Equal(full) {
		t.Errorf("%d entries: %v", maxEntries, err)
	}
}

func FuzzTable(f *testing.F) {
	base := Table{}.Set("b", "1").Set("c", "2")
	for _, t := range []Table{{}, base.Set("a", "0"), base.Set("b", ""), base.Set("c", "3").Set("ö", "€")} {
		b, _ := t.AppendDiff(nil, base, 0)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, diff []byte) {
		made, err := base.Apply(diff)
		if err != nil {
			return
		}
		again, _ := made.AppendDiff(nil, base, 0)
		if got, err := base.Apply(again); err != nil || !got.Equal(made) {
			t.Errorf("%x gives %v, its diff %v, %v", diff, made, got, err)
		}
	})
}

// A hall is a server with the keys that it has given out.
type hall struct {
	t     *testing.T
	names *io.PipeWriter
	out   *bufio.Reader
	relay *relay
	stop  context.CancelFunc
	ended chan error
}

// open starts a server behind a relay.
func open(t *testing.T, seed uint64, loss, twice float64) *hall {
	t.Helper()
	conn := listen(t)
	ctx, stop := context.WithCancel(t.Context())
	stdin, names := io.Pipe()
	stdout, out := io.Pipe()
	h := &hall{t: t, names: names, out: bufio.NewReader(stdout), stop: stop, ended: make(chan error, 1)}
	h.relay = startRelay(t, addressOf(conn), seed, loss, twice)
	go func() { h.ended <- serve(ctx, conn, lines(stdin), out) }()
	t.Cleanup(func() { names.Close() })
	return h
}

var keyLine = regexp.MustCompile(`^(.+): BOARD_KEY=(\S{22}) board watch 127\.0\.0\.1:\d+\n$`)

// invite returns a new key for a name.
func (h *hall) invite(name string) string {
	h.t.Helper()
	fmt.Fprintln(h.names, name)
	line, err := h.out.ReadString('\n')
	found := keyLine.FindStringSubmatch(line)
	if found == nil || found[1] != name {
		h.t.Fatalf("the server says %q, %v", line, err)
	}
	return found[2]
}

// set lets a member set values, and waits until the server has them.
func (h *hall) set(name, settings string) error {
	return run(h.t.Context(), []string{"set", addressOf(h.relay.front).String()}, h.invite(name), strings.NewReader(settings), io.Discard)
}

// watch returns a channel of what a member's board shows, whole.
func (h *hall) watch(name string) <-chan Table {
	h.t.Helper()
	key := h.invite(name)
	shown := make(chan Table, 1)
	go func() {
		defer close(shown)
		board := Table{}
		err := take(h.t.Context(), addressOf(h.relay.front), key, nil, func(news []entry) {
			board = board.with(news)
			select {
			case <-shown: // only the newest counts here too
			default:
			}
			shown <- board
		})
		if err != nil {
			h.t.Errorf("%s: %v", name, err)
		}
	}()
	return shown
}

// patience is when a test that waits gives up. It is no measure of anything.
const patience = time.Minute

// wantShown waits until a board shows what it should.
func wantShown(t *testing.T, shown <-chan Table, want Table) {
	t.Helper()
	var board Table
	for give := time.After(patience); !board.Equal(want); {
		select {
		case newest, open := <-shown:
			if !open {
				t.Fatalf("the member has left; it saw %v, want %v", board, want)
			}
			board = newest
		case <-give:
			t.Fatalf("the board shows %v, want %v", board, want)
		}
	}
}

// close ends the server, and wants all that watch to leave.
func (h *hall) close(watchers ...<-chan Table) {
	h.t.Helper()
	h.stop()
	for _, w := range watchers {
		for range w {
		}
	}
	if err := <-h.ended; err != nil {
		h.t.Error(err)
	}
}

// TestManyWriters has many members write at once, over a network that loses a third
// of all datagrams. All who watch must see all in the end.
func TestManyWriters(t *testing.T) {
	h := open(t, 1, 0.33, 0.1)
	watchers := []<-chan Table{h.watch("hall"), h.watch("office")}
	const writers, changes = 6, 100
	want := Table{}
	left := make(chan error)
	for i := range writers {
		name := fmt.Sprint("sensor", i)
		key := h.invite(name)
		var settings bytes.Buffer
		for n := range changes {
			fmt.Fprintf(&settings, "count=%d\nkey %d=%d\n", n, n%7, n)
			want = want.Set(name+"/count", fmt.Sprint(n)).Set(fmt.Sprintf("%s/key %d", name, n%7), fmt.Sprint(n))
		}
		fmt.Fprintln(&settings, "key 3=")
		want = want.Set(name+"/key 3", "")
		go func() {
			left <- run(t.Context(), []string{"set", addressOf(h.relay.front).String()}, key, &settings, io.Discard)
		}()
	}
	for range writers {
		if err := <-left; err != nil {
			t.Error(err)
		}
	}
	for _, shown := range watchers {
		wantShown(t, shown, want)
	}
	h.close(watchers...)
	if h.relay.losses() == 0 {
		t.Error("nothing was lost")
	}
}

// TestAnotherKeyForAName lets a member come back under a new key; the old one is
// worth nothing then.
func TestAnotherKeyForAName(t *testing.T) {
	h := open(t, 2, 0, 0)
	shown := h.watch("hall")
	if err := h.set("cellar", "water=no\nlight=on\n"); err != nil {
		t.Error(err)
	}
	wantShown(t, shown, Table{}.Set("cellar/water", "no").Set("cellar/light", "on"))
	if err := h.set("cellar", "water=1 cm\n"); err != nil {
		t.Error(err)
	}
	wantShown(t, shown, Table{}.Set("cellar/water", "1 cm"))
	h.close(shown)
}

func TestNamesThatAreNone(t *testing.T) {
	h := open(t, 3, 0, 0)
	for _, name := range []string{"", "a/b", "a b", strings.Repeat("n", maxKey), "\x1b[m"} {
		fmt.Fprintln(h.names, name)
		if line, _ := h.out.ReadString('\n'); !strings.HasSuffix(line, "is no name for a member\n") {
			t.Errorf("%q: %q", name, line)
		}
	}
	h.close()
}

func TestUsage(t *testing.T) {
	for _, tt := range []struct {
		args string
		key  string
		want string
	}{
		{"", "", usage},
		{"watch", "", usage},
		{"dance 127.0.0.1:1", "", usage},
		{"watch localhost", "", "board: "},
		{"watch 127.0.0.1:1", "short", "board: BOARD_KEY: "},
		{"serve 192.0.2.1:1", "", "board: "},
	} {
		err := run(t.Context(), strings.Fields(tt.args), tt.key, strings.NewReader(""), io.Discard)
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("board %s: %v, want %q", tt.args, err, tt.want)
		}
	}
}

func TestPrinting(t *testing.T) {
	var out bytes.Buffer
	printNews(&out, []entry{{"cellar/light", "on"}, {"cellar/water", ""}})
	if want := "cellar/light = on\ncellar/water is gone\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
	out.Reset()
	var set []entry
	for e := range settings(strings.NewReader("a=1\nb\n=2\nc=x=y\nd=\x1b\n"), &out) {
		set = append(set, e)
	}
	if len(set) != 2 || set[1].value != "x=y" || strings.Count(out.String(), "is no key=value") != 3 {
		t.Errorf("set %q, said %q", set, out.String())
	}
}
