package predict

import (
	"slices"
	"strings"
	"time"

	"roam/terminal"
)

// What is typed over Enter, before the server's answer to it, is shown where it
// will most likely appear, underlined, as long as no screen says otherwise
// (docs/prediction.md, "Over Enter").

// An outlook is the epochs whose guesses are shown unproved, because the prompt that
// they stand behind is foretold. The zero value is none.
type outlook struct{ from, to uint64 }

// holds reports whether an epoch is one of them.
func (o outlook) holds(epoch uint64) bool { return o.from != 0 && o.from <= epoch && epoch <= o.to }

// shows reports whether guesses of an epoch are to be seen: proved, or foretold.
func (e *Engine) shows(epoch uint64) bool { return e.visible(epoch) || e.outlook.holds(epoch) }

// open adds the current epoch, which has just begun, to the outlook.
func (o *outlook) open(epoch uint64) {
	if !o.holds(epoch - 1) {
		o.from = epoch
	}
	o.to = epoch
}

// unforetold takes the outlook back: what it showed waits for proof.
func (e *Engine) unforetold(now time.Time) {
	if e.outlook == (outlook{}) {
		return
	}
	for i := range e.trail {
		g := &e.trail[i]
		if !e.visible(g.epoch) && e.outlook.holds(g.epoch) {
			if g.record != nil {
				g.record.failed()
			}
			e.stats.wrong(now, e.trail, i, len(e.trail))
			break
		}
	}
	e.outlook = outlook{}
}

// failed notes that a prompt was foretold and did not come.
func (r *promptRecord) failed() {
	r.seen = 0
	r.wanted = min(2*r.wanted, mostWanted)
}

// repeated notes that the prompt came again, rows below a command that prints nothing.
func (r *promptRecord) repeated(rows int) {
	switch {
	case rows > maxGap || r.seen > 0 && int(r.gap) != rows:
		r.seen = 0
	default:
		r.gap, r.seen = int8(rows), min(r.seen+1, mostWanted)
	}
}

// A foresight is where the next prompt is foretold.
type foresight struct {
	row    int
	record *promptRecord
	prompt []glyph
}

// foresee returns where the prompt will come that follows Enter at p, if that can
// be told: the line's command never asks, prints nothing or as much as last time, and the
// prompt came back as it was before.
func (e *Engine) foresee(p position) (f foresight, ok bool) {
	l := &e.line
	if !e.opts.Ahead || e.opts.Mode == Experimental || l.state != lineKnown || l.start == 0 || p.row < l.row || !e.hasLine() {
		return f, false
	}
	if n := len(e.trail); n > 0 && !e.shows(e.trail[n-1].epoch) {
		return f, false // what the line reads is not known
	}
	if e.hinted.known && e.hinted.hint.Canonical {
		return f, false
	}
	text, ok := e.lineText(p)
	if !ok {
		return f, false
	}
	f.record = e.prompt(e.keyOf(l.prefix))
	if !f.record.proved || f.record.seen < f.record.wanted {
		return f, false
	}
	rows, ok := e.commands.printed(text, shapeOf(l.prefix) == l.prefix)
	if !ok || e.stock() && !neverAsks(text) {
		return f, false
	}
	f.row = p.row + 1 + rows + int(f.record.gap)
	if f.row >= len(e.slots) || !e.blankRows(p.row+1, f.row) {
		return f, false
	}
	for col := range l.start {
		what, known := e.at(l.row, col)
		if !known {
			return f, false
		}
		f.prompt = append(f.prompt, what)
	}
	return f, true
}

// stock reports whether the server gives no hints.
func (e *Engine) stock() bool { return !e.hinted.known }

// blankRows reports whether nothing stands in rows from to to.
func (e *Engine) blankRows(from, to int) bool {
	for y := from; y <= to; y++ {
		if !e.blankRow(y, e.cols) {
			return false
		}
	}
	return true
}

// blankRow reports whether the first n cells of a row show nothing.
func (e *Engine) blankRow(y, n int) bool {
	for x := range n {
		if !e.blankAt(y, x) {
			return false
		}
	}
	return true
}

// lineText returns the text of the line with the cursor at p, as it will be: guesses
// included, what a shell offers not. Text at the right edge, as zsh shows it, counts.
func (e *Engine) lineText(p position) (text string, ok bool) {
	var b strings.Builder
	for y := e.line.row; y <= p.row; y++ {
		from := 0
		if y == e.line.row {
			from = e.line.start
		}
		for x := from; x < e.cols; x++ {
			what, known := e.at(y, x)
			if !known {
				return "", false
			}
			if !e.offered(y, x) {
				b.WriteString(what.text)
			}
		}
	}
	return strings.TrimSpace(b.String()), true
}

// foretell queues Enter, and guesses that the prompt comes where f says. What is typed
// behind it shows.
func (e *Engine) foretell(g guess, f foresight) {
	e.newEpoch()
	e.outlook.open(e.current)
	g.moves, g.blind, g.foretold, g.record = true, true, true, f.record
	at := position{row: f.row, col: len(f.prompt)}
	for col, what := range f.prompt {
		e.set(f.row, col, e.version(&g, what))
	}
	e.push(g, at)
	e.line = line{state: lineKnown, row: f.row, start: at.col, prefix: e.line.prefix, epoch: e.current, ahead: true}
}

// enterText guesses at Enter in an editor that is inserting text: where it ends a line
// without indentation, and nothing stands below, the next one begins in column 0.
func (e *Engine) enterText(g guess, p position) (ok bool) {
	next := p.row + 1
	if !e.opts.Ahead || g.replay || e.opts.Mode == Experimental || !e.inserting() || next >= e.rows-1 || p.wrap {
		return false
	}
	if n := len(e.trail); n > 0 && !e.shows(e.trail[n-1].epoch) || e.contexts.fails(e.context()) {
		return false
	}
	if e.blankAt(p.row, 0) && p.col > 0 || !e.blankAt(p.row, p.col) {
		return false
	}
	if end, open := e.textEnd(p); open || end != p.col {
		return false
	}
	if first, known := e.at(next, 0); !known || !first.isBlank() && first.text != "~" {
		return false
	}
	for x := 1; x < e.cols; x++ {
		if !e.blankAt(next, x) {
			return false
		}
	}
	e.newEpoch()
	e.outlook.open(e.current)
	g.moves, g.blind, g.foretold = true, true, true
	e.set(next, 0, e.version(&g, glyph{text: " ", width: 1, pen: e.frame.Pen()}))
	e.push(g, position{row: next})
	e.line = line{state: lineFresh}
	return true
}

// arrived notes that what was foretold of an Enter has come.
func (e *Engine) arrived(g *guess) {
	if l := &e.line; l.ahead && l.epoch == g.epoch && g.record != nil {
		l.ahead, l.command = false, e.command()
		l.trusted = e.trusts(position{row: l.row, col: l.start}, l.prefix)
	}
}

// running reports which Enter of the trail the program is busy with, as far as can be
// seen: the cursor stands below it, and nothing was printed there. -1 is none.
func (e *Engine) running() int {
	c := e.frame.Cursor()
	if c.Col != 0 {
		return -1
	}
	for i := range e.trail {
		g := &e.trail[i]
		if g.record == nil {
			continue
		}
		if c.Row <= g.from.row || c.Row > g.pos.row || !e.blankScreen(c.Row) {
			return -1
		}
		return i
	}
	return -1
}

// blankScreen reports whether a row of the server's screen is blank.
func (e *Engine) blankScreen(y int) bool {
	r := e.row(y)
	return r == nil || isBlankRow(r)
}

// A run is a command that was started at a prompt.
type run struct {
	on     bool
	text   string
	due    uint64
	prefix string
	record *promptRecord
	row    int  // of its line's last row; below 0 once it has scrolled away
	lost   bool // where it is now is not known
	asked  bool // it has turned echo off
}

// begun notes that Enter ends the line at p.
func (e *Engine) begun(g *guess, p position) {
	e.run = run{}
	l := &e.line
	if !e.opts.Ahead || l.state != lineKnown || l.start == 0 || !e.hasLine() || p.row < l.row {
		return
	}
	text, ok := e.lineText(p)
	if n := len(e.trail); !ok || n > 0 && e.trail[n-1].blind {
		return
	}
	e.run = run{on: true, text: text, due: g.due, prefix: l.prefix, record: e.prompt(e.keyOf(l.prefix)), row: p.row}
}

// watchRun looks for the prompt that follows the command.
func (e *Engine) watchRun() {
	r := &e.run
	if !r.on {
		return
	}
	if e.hinted.known {
		if e.hinted.hint.Secret() {
			r.asked = true
		}
		if e.hinted.hint.After < r.due || e.hinted.hint.Canonical || e.hinted.hint.Echo {
			return
		}
	} else if e.echoed < r.due {
		return
	}
	c := e.frame.Cursor()
	if c.Row <= r.row || c.Col == 0 {
		return
	}
	switch rows := c.Row - r.row - 1; {
	case e.startsWith(c, r.prefix):
		r.on = false
		if r.lost {
			rows = -1
		}
		if isSilent(r.text) && !r.lost {
			r.record.repeated(rows)
		}
		e.commands.note(r.text, rows-int(r.record.gap), r.asked)
	case shapeOf(e.prefix(c.Row, c.Col)) == shapeOf(r.prefix): // it has changed
		r.on = false
		if !changesPlace(r.text) {
			r.record.seen = 0
		}
		e.commands.note(r.text, -1, r.asked)
	}
}

// startsWith reports whether the row of a cursor begins with prefix, and the
// cursor stands behind that.
func (e *Engine) startsWith(c terminal.Cursor, prefix string) bool {
	row := e.prefix(c.Row, c.Col)
	return strings.HasPrefix(row, prefix)
}

// A commandRecord is what was learned of a command line.
type commandRecord struct {
	asked bool // it has turned echo off
	rows  int  // it printed last time; -1 if that is not known
	same  bool // and the time before
}

// commands remember the command lines of this session.
type commands map[string]*commandRecord

// maxCommands bounds them.
const maxCommands = 256

// note takes what a command did.
func (cs *commands) note(text string, rows int, asked bool) {
	r := (*cs)[text]
	if r == nil {
		if *cs == nil || len(*cs) >= maxCommands {
			*cs = commands{}
		}
		r = &commandRecord{rows: -1}
		(*cs)[text] = r
	}
	r.same = rows >= 0 && r.rows == rows
	r.rows = max(rows, -1)
	r.asked = r.asked || asked
}

// printed returns how many rows a command line will print, if that is known and it
// never asks. anchored says that its prompt does not tell the directory.
func (cs commands) printed(text string, anchored bool) (rows int, ok bool) {
	if !isPlain(text) {
		return 0, false
	}
	r := cs[text]
	if r != nil && (r.asked || r.rows < 0) || changesPlace(text) && !anchored {
		return 0, false
	}
	if isSilent(text) {
		if r != nil {
			return r.rows, true
		}
		return 0, true
	}
	if r == nil || !neverAsks(text) && (mayAsk(text) || !r.same) {
		return 0, false
	}
	return r.rows, true
}

// silentCommands never ask for anything, and print nothing unless something is wrong.
var silentCommands = []string{":", "true", "cd", "export", "unset", "alias", "unalias", "umask", "mkdir", "touch"}

// talkingCommands print something, and never ask for anything.
var talkingCommands = []string{"ls", "pwd", "echo", "printf", "type", "which", "date", "whoami", "id", "uname", "hostname",
	"history", "jobs", "dirs", "wc", "du", "df", "ps", "uptime", "seq"}

// askingCommands may ask for a secret although they did not the last time.
var askingCommands = []string{"sudo", "su", "doas", "ssh", "scp", "sftp", "rsync", "mosh", "roam", "git", "passwd", "login", "gpg",
	"gpg2", "pass", "read", "mount", "telnet", "ftp", "mysql", "psql", "docker", "kinit", "cryptsetup", "openssl", "pkexec", "run0", "hg", "svn"}

// commandWords returns the first word of each command in a line.
func commandWords(text string) []string {
	var words []string
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ';' || r == '|' || r == '&' }) {
		if f := strings.Fields(part); len(f) > 0 {
			words = append(words, f[0])
		}
	}
	return words
}

// isPlain reports whether a line is one or more commands and nothing else: no
// substitution, no quote or document left open, no history.
func isPlain(text string) bool {
	for _, s := range []string{"`", "$(", "<(", ">(", "<<", "!", "{"} {
		if strings.Contains(text, s) {
			return false
		}
	}
	return !strings.HasSuffix(text, "\\") && !strings.HasSuffix(text, "|") && !strings.HasSuffix(text, "&") &&
		strings.Count(text, "'")%2 == 0 && strings.Count(text, `"`)%2 == 0
}

// isSilent reports whether all commands of a line print nothing and never ask.
func isSilent(text string) bool { return allWords(text, silentCommands) }

// neverAsks reports whether no command of a line asks for anything.
func neverAsks(text string) bool { return allWords(text, silentCommands, talkingCommands) }

// changesPlace reports whether a line may change the directory, which a prompt may tell.
func changesPlace(text string) bool {
	return slices.Contains(commandWords(text), "cd")
}

// mayAsk reports whether a command of a line is known to ask for secrets.
func mayAsk(text string) bool {
	return slices.ContainsFunc(commandWords(text), func(w string) bool {
		return slices.Contains(askingCommands, w[strings.LastIndexByte(w, '/')+1:])
	})
}

// allWords reports whether the first word of each command is in one of the lists. An
// empty line is no command.
func allWords(text string, lists ...[]string) bool {
	for _, w := range commandWords(text) {
		if !slices.ContainsFunc(lists, func(list []string) bool { return slices.Contains(list, w) }) {
			return false
		}
	}
	return true
}
