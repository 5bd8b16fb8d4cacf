package client

import (
	"encoding/base64"
	"fmt"
	mathrand "math/rand/v2"
	"strings"
	"syscall"
	"testing"
	"time"

	"roam/client/predict"
	"roam/terminal"
)

// evil are pieces of what programs print, to be mixed and cut: each kind of sequence, with
// what should not get through in each place for text.
var evil = []string{
	"text ", "\r\n", "中文", "👩\u200d👧", "e\u0301", "\u202etxet", "\xff\xc2", "\u009b6n", "\x7f", "\u00a7\u2500", "❤\ufe0f", "🇩🇪", "🇩",
	"\x1b[31;4:3;58:2::1:2:3m", "\x1b[38;2;1;2;3;48;5;77m", "\x1b[1;2;3;5;7;8;9;21;53m", "\x1b[m", "\x1b[H", "\x1b[2J", "\x1b[5;3H", "\x1b[K", "\x1b[L", "\x1b[2M", "\x1b[3@", "\x1b[2P",
	"\x1b[2;4r", "\x1b[r", "\x1bM", "\n\n\n\n\n\n", "\x1b[3S", "\x1b[T", "\x1b#8", "\x1b[?1049h", "\x1b[?1049l", "\x1b[?5h", "\x1b[?5l", "\x1b[?25l", "\x1b[?25h",
	"\x1b[?2026h", "\x1b[?2026l", "\x1b[?2027h", "\x1b[?2031h", "\x1b[?2048h", "\x1b[?2004h", "\x1b[?1004h", "\x1b[?1003;1006h", "\x1b[?1016h", "\x1b[?1001h", "\x1b[?1015h", "\x1b[?9h", "\x1b[?1000l\x1b[?1003l",
	"\x1b[?1007h", "\x1b=", "\x1b>", "\x1b[3 q", "\x1b[>31u", "\x1b[<u", "\x1b[=99;1u", "\x1b[>4;2m", "\x1b[>4;9m", "\x1b[?1h",
	"\x1b[c", "\x1b[6n", "\x1b[>q", "\x1b[?u", "\x1bP$qm\x1b\\", "\x1bP+q524742\x1b\\", "\x1b]4;1;?\a", "\x1b]11;?\a", "\x1b[14t", "\x1b[21t", "\x1b[?2026$p",
	"\x1b]0;title\u202e\u2028\u009dx\a", "\x1b]1;icon\x1b\\", "\x1b]2;\x1b[6nnot\a", "\x1b]0;" + strings.Repeat("long", 400) + "\a", "\x1b[22t", "\x1b[23t",
	"\x1b]8;id=1;http://example.test/?a;b\a", "\x1b]8;;javascript:\u202ex\a", "\x1b]8;;\a", "\x1b]8;;x" + strings.Repeat("y", 3000) + "\a", "\x1b]8;a=b:c=d;\x7f\a",
	"\x1b]4;3;rgb:10/20/30\a", "\x1b]4;300;#fff\a", "\x1b]10;#123\a", "\x1b]11;red\a", "\x1b]12;rgb:f/f/f\a", "\x1b]104\a", "\x1b]104;3\a", "\x1b]110\a", "\x1b]111\a", "\x1b]112\a",
	"\x1b]7;file://host/a b\u0085\a", "\x1b]9;4;1;150\a", "\x1b]9;4;3\a", "\x1b]9;4;0\a", "\x1b]9;9;\"C:\\\"\a", "\x1b]133;A;x=\u202e\a", "\x1b]133;B\a", "\x1b]133;C\a", "\x1b]133;D;77;y\a",
	"\a", "\x1b]9;note\u2066\a", "\x1b]9;4 things\a", "\x1b]9;44\a", "\x1b]777;notify;ti;tle;te;xt\a", "\x1b]99;i=1:d=0:a=report:c=1;title\x1b\\", "\x1b]99;i=1:p=body:e=1;Ym8bZHk=\x1b\\", "\x1b]99;i=x:p=?;\x1b\\",
	"\x1b]52;c;QUJD\a", "\x1b]52;;QUI\a", "\x1b]52;pqs0;\a", "\x1b]52;c;?\a", "\x1b]52;x;QUJD\a", "\x1b]52;c;!!!\a", "\x1b]52;c;QQ=\a",
	"\x1b_Ga=q,i=1;AAAA\x1b\\", "\x1bPq#0~~\x1b\\", "\x1b]1337;File=inline=1:AAAA\a", "\x1b]1337;CurrentDir=/x\a", "\x1bX sos \x1b\\", "\x1b^ pm \x1b\\", "\x1b[20h", "\x1b(0lqk\x1b(B", "\x0elqk\x0f", "\x1bc", "\x18", "\x1a", "\x1b", "\x1b[", "\x1b]0;",
}

// evilOutput returns about n pieces of evil, some of them cut or with a byte changed.
func evilOutput(rnd *mathrand.Rand, n int) string {
	var b strings.Builder
	for range n {
		p := evil[rnd.IntN(len(evil))]
		switch rnd.IntN(8) {
		case 0:
			p = p[:rnd.IntN(len(p)+1)]
		case 1:
			c := []byte(p)
			c[rnd.IntN(len(c))] = byte(rnd.IntN(256))
			p = string(c)
		}
		b.WriteString(p)
	}
	return b.String()
}

// A drawing is the way from a server's screens to the user's terminal, without network and
// time: display and actor of a client.
type drawing struct {
	g    grammar
	disp display
	act  actor
	now  time.Time
	err  error
	last string // what was written last
}

// drawings are terminals of several kinds, each with other ways to degrade.
func drawings() map[string]*drawing {
	all := map[string]*drawing{}
	for name, c := range map[string]struct {
		term   string
		change func(*terminal.Capabilities)
	}{
		"xterm": {"xterm-256color", func(c *terminal.Capabilities) { c.OtherKeys = true }},
		"ghost": {"xterm-ghostty", func(c *terminal.Capabilities) {
			c.Sync, c.Clusters, c.UnderlineStyles, c.UnderlineColor = true, true, true, true
		}},
		"kitty":  {"xterm-kitty", func(c *terminal.Capabilities) { c.EnterCA, c.ExitCA = nil, nil }},
		"narrow": {"rxvt", func(c *terminal.Capabilities) { c.WideSelector, c.WideIndicator, c.WideAmbiguous = true, true, true }},
		"plain":  {"screen", func(c *terminal.Capabilities) { *c = terminal.Capabilities{AutoMargin: true} }},
	} {
		t, _ := familyTerminal(c.term, "")
		caps := t.caps
		c.change(&caps)
		d := &drawing{g: grammar{rows: 5, cols: 20}, act: actor{able: true, notify: notifier{form: caps.Notify}}, now: time.Unix(0, 0)}
		caps.Clipboard = false
		d.disp = display{cols: 20, rows: 5, profile: terminal.UserProfile(caps), prefix: "[roam] "}
		all[name] = d
		d.write(d.disp.profile.AppendEnter(nil))
	}
	return all
}

// write takes in what goes to the terminal.
func (d *drawing) write(b []byte) {
	if d.last = string(b); d.err == nil {
		d.err = d.g.read(d.last)
	}
}

// show draws a screen and acts on events.
func (d *drawing) show(s *terminal.Screen, events []terminal.Event, notice string) {
	d.act.add(events)
	d.now = d.now.Add(time.Second)
	d.write(d.act.append(d.disp.append(nil, d.disp.compose(s, nil, notice)), d.now))
}

// leave takes the terminal back, and draws anew.
func (d *drawing) leave() {
	d.write(d.disp.profile.AppendLeave(d.disp.undo(nil)))
	d.disp.repaint()
	d.write(d.disp.profile.AppendEnter(nil))
}

// programOutput leads a program's output through the server's emulator, diffs of both
// kinds and the client's copy of the screen to all drawings.
func programOutput(all map[string]*drawing, outputs []string) error {
	e := terminal.New(20, 5, terminal.Options{Clusters: true, KittyKeys: true, OtherKeys: true, Clipboard: true})
	e.SetUserTerminal(terminal.UserTerminal{CellWidth: 8, CellHeight: 16, Scheme: terminal.SchemeDark})
	rich, stock := terminal.NewScreen(20, 5), terminal.NewScreen(20, 5)
	var fromRich, fromStock *terminal.Screen
	for i, out := range outputs {
		e.Write([]byte(out))
		s := e.Snapshot()
		rich = terminal.Apply(rich, terminal.AppendDiff(nil, fromRich, s.WithoutEvents(), terminal.RichProfile), terminal.RichReader)
		stock = terminal.Apply(stock, terminal.AppendDiff(nil, fromStock, s, terminal.StockProfile), terminal.StockReader)
		fromRich, fromStock = s.WithoutEvents(), s
		events, _ := e.Events()
		for name, d := range all {
			shown := rich
			if i%3 == 2 {
				shown = stock
			}
			d.show(shown, events, "")
			if d.err != nil {
				return fmt.Errorf("%s: %w\nprogram %q\nclient %q", name, d.err, out, d.last)
			}
		}
	}
	for name, d := range all {
		if d.leave(); d.err != nil {
			return fmt.Errorf("%s: leaving: %w", name, d.err)
		}
	}
	return nil
}

// hostileOutput gives all drawings what an authentic, hostile server makes of their screens by
// any host bytes and any log of events.
func hostileOutput(all map[string]*drawing, hostBytes []byte, v terminal.Event) error {
	for _, p := range []terminal.ReaderProfile{terminal.StockReader, terminal.RichReader} {
		s := terminal.Apply(terminal.NewScreen(20, 5), hostBytes, p)
		for name, d := range all {
			if d.show(s, []terminal.Event{v}, "a notice"); d.err != nil {
				return fmt.Errorf("%s: %w\nhost bytes %q, event %q\nclient %q", name, d.err, hostBytes, v, d.last)
			}
			if d.leave(); d.err != nil {
				return fmt.Errorf("%s: leaving: %w", name, d.err)
			}
		}
	}
	return nil
}

// Whatever programs print, the client writes what the grammar has, and nothing else.
func TestOutputIsAClosedGrammar(t *testing.T) {
	for seed := range uint64(1500) {
		rnd := mathrand.New(mathrand.NewPCG(seed, 0))
		all := drawings()
		var outputs []string
		for range 8 {
			outputs = append(outputs, evilOutput(rnd, 1+rnd.IntN(10)))
		}
		if err := programOutput(all, outputs); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}

// So it does with a server that holds the key and writes host bytes of its own.
func TestHostileServersStayInTheGrammar(t *testing.T) {
	for seed := range uint64(1500) {
		rnd := mathrand.New(mathrand.NewPCG(seed, 1))
		if err := hostileOutput(drawings(), hostileBytes(rnd), hostileEvent(rnd)); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}

// hostileBytes returns host bytes with private sequences of any content among them.
func hostileBytes(rnd *mathrand.Rand) []byte {
	var b []byte
	for range 12 {
		text := evilOutput(rnd, 1)
		switch rnd.IntN(4) {
		case 0:
			b = append(b, text...)
		case 1: // a private sequence with a text
			text = strings.ToValidUTF8(strings.Trim(text, "\x1b\a\r\n"), "")
			b = append(b, 0x1f, "tidbg"[rnd.IntN(5)])
			if b[len(b)-1] == 'g' {
				b = append(b, byte(1+rnd.IntN(2)))
			}
			b = append(append(b, byte(len(text))), text...)
		case 2: // one with numbers
			b = append(b, 0x1f, "rmcspka"[rnd.IntN(7)])
			for range rnd.IntN(8) {
				b = append(b, byte(rnd.IntN(256)))
			}
		case 3:
			b = append(b, []string{"\x1fm\xff\x03\x02\x1f\xeb\x07\xf8\x07", "\x1fc\x01\x06", "\x1fs\x01\x1ft\x03abc", "\x1fp\xff\xff", "\x1fk\x01\x00\x81\x82\x84\x10", "\x1fr\x01\x0f\x02\xff\x01"}[rnd.IntN(6)]...)
		}
	}
	return b
}

// hostileEvent returns an event as a server's log may say it.
func hostileEvent(rnd *mathrand.Rand) terminal.Event {
	v := terminal.Event{Kind: terminal.EventKind(rnd.IntN(6)), Title: evilOutput(rnd, 2), Text: evilOutput(rnd, 3)}
	v.Selection = []string{"c", "", "i=1:d=0:p=title", "i=\u202e:p=?", evilOutput(rnd, 1)}[rnd.IntN(5)]
	if rnd.IntN(2) == 0 {
		v.Text = base64.StdEncoding.EncodeToString([]byte(v.Text))
	}
	return v
}

func FuzzOutput(f *testing.F) {
	for _, e := range evil {
		f.Add(e, "\x1b[Hx"+e)
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		if err := programOutput(drawings(), []string{first, second, first}); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzHostileOutput(f *testing.F) {
	for seed := range uint64(20) {
		rnd := mathrand.New(mathrand.NewPCG(seed, 1))
		v := hostileEvent(rnd)
		f.Add(hostileBytes(rnd), uint8(v.Kind), v.Selection, v.Title, v.Text)
	}
	f.Fuzz(func(t *testing.T, hostBytes []byte, kind uint8, selection, title, text string) {
		v := terminal.Event{Kind: terminal.EventKind(kind), Selection: selection, Title: title, Text: text}
		if err := hostileOutput(drawings(), hostBytes, v); err != nil {
			t.Fatal(err)
		}
	})
}

// A failingOverlay shows nothing, and panics when told to.
type failingOverlay struct{ fail bool }

func (*failingOverlay) Typed(time.Time, []byte, uint64, bool)                    {}
func (*failingOverlay) Frame(time.Time, *terminal.Screen, uint64, time.Duration) {}
func (*failingOverlay) Hint(time.Time, predict.Hint)                             {}
func (*failingOverlay) Stats() predict.Stats                                     { return predict.Stats{} }
func (*failingOverlay) Resized()                                                 {}
func (*failingOverlay) NextTimeout() time.Time                                   { return time.Time{} }
func (o *failingOverlay) Paint(time.Time, *terminal.Canvas) {
	if o.fail {
		panic("a bug")
	}
}

// TestSessionsStayInTheGrammar: so does all of a session, with its questions to the terminal,
// notices, a change of profile, suspending, new sizes, and each of its ends.
func TestSessionsStayInTheGrammar(t *testing.T) {
	used := map[string]int{}
	for seed := range uint64(60) {
		play(t, func(s *scene) {
			rnd := mathrand.New(mathrand.NewPCG(seed, 2))
			s.cfg.Terminal, _ = familyTerminal([]string{"xterm-256color", "xterm-ghostty", "xterm-kitty", "rxvt"}[seed%4], "")
			if seed%4 == 3 {
				s.cfg.Terminal.caps.Notify, s.cfg.Terminal.caps.OtherKeys = terminal.Notify9, true
			}
			s.cfg.Probe = ProbeMode(rnd.IntN(3))
			s.cfg.Clipboard = ClipboardMode(rnd.IntN(2))
			s.cfg.NoInit = rnd.IntN(3) == 0
			if rnd.IntN(3) > 0 {
				s.console.answer = func(b []byte) { s.console.keys <- b }
			}
			guess := &failingOverlay{}
			s.guess = guess
			s.connect()
			s.ask(func() {
				opts := s.server.emu.Options()
				opts.KittyKeys, opts.OtherKeys = true, true
				s.server.emu.SetOptions(opts)
				s.server.emu.SetUserTerminal(terminal.UserTerminal{CellWidth: 8, CellHeight: 16})
			})
			for range 10 {
				s.print(evilOutput(rnd, 1+rnd.IntN(8)))
				s.wait(time.Duration(rnd.IntN(200)) * time.Millisecond)
				switch rnd.IntN(8) {
				case 0:
					s.typeKeys("\x1e\x1a") // suspends for a minute
				case 1:
					s.typeKeys([]string{"\x1e", "\x1ey", "\x0c", "\x1b[<0;1;1M", "\x1b[200~x\x1b[201~", "\x1b[I"}[rnd.IntN(6)])
				case 2:
					s.console.mu.Lock()
					s.console.cols, s.console.rows = 1+rnd.IntN(60), 1+rnd.IntN(10)
					s.console.emu.Resize(s.console.cols, s.console.rows)
					s.console.mu.Unlock()
					s.signals <- windowSignal
				case 3:
					s.path.set(func(p *fakePath) { p.up, p.down = false, false })
					s.wait(8 * time.Second)
					s.path.set(func(p *fakePath) { p.up, p.down = true, true })
				}
			}
			s.wait(2 * time.Minute)
			switch seed % 5 {
			case 0:
				s.typeKeys("\x1e.")
			case 1:
				s.signals <- syscall.SIGTERM
			case 2:
				s.ask(func() { s.server.tr.Shutdown(time.Now()) })
			case 3:
				guess.fail = true
				s.print("\x1b[Hpanic")
			default:
				s.cancel()
			}
			<-s.ended
			g := grammar{rows: 10, cols: 60, answers: s.cfg.Probe != ProbeOff, used: used}
			if err := g.read(s.console.written()); err != nil {
				t.Errorf("seed %d: %v", seed, err)
			}
		})
	}
	for _, shapes := range [][]shape{controlShapes, stringShapes} {
		for _, shape := range shapes {
			if used[shape.what] == 0 {
				t.Errorf("no session writes %s: nothing tests it", shape.what)
			}
		}
	}
}
