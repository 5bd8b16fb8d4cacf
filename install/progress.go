package install

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

// An upload is a program on its way.
type upload struct {
	bytes  []byte
	packed bool          // by gzip
	done   chan struct{} // closed when nothing is written any more
	bar    bar
}

// chunk is how many bytes are written at once: some tenths of a second on a slow way, so
// that the bar moves.
const chunk = 32 << 10

// start begins to write the bytes to w, in a goroutine that ends with the last one or when
// w takes no more.
func (u *upload) start(w io.Writer, b bar) {
	u.done, u.bar = make(chan struct{}), b
	go func() {
		defer close(u.done)
		for sent := 0; sent < len(u.bytes); {
			end := min(sent+chunk, len(u.bytes))
			if _, err := w.Write(u.bytes[sent:end]); err != nil {
				return // ssh's end, or the host's word, says why
			}
			sent = end
			u.bar.draw(time.Now(), int64(sent), int64(len(u.bytes)))
		}
	}()
}

// wait waits for the goroutine and removes the bar.
func (u *upload) wait() {
	<-u.done
	u.bar.clear()
}

// drawEvery is how often the bar is drawn at most: as often as one sees it move.
const drawEvery = 100 * time.Millisecond

// A bar shows on a terminal how much is done. The zero bar shows nothing.
type bar struct {
	out   *os.File
	host  string
	drawn time.Time // zero: nothing is on the screen
}

// newBar returns a bar on out, if that is a terminal.
func newBar(out *os.File, host string) bar {
	if !isTerminal(out) {
		return bar{}
	}
	return bar{out: out, host: host}
}

// draw shows that done of total bytes are on their way.
func (b *bar) draw(now time.Time, done, total int64) {
	if b.out == nil || done < total && now.Sub(b.drawn) < drawEvery {
		return
	}
	width, _, err := term.GetSize(int(b.out.Fd()))
	if err != nil || width <= 0 {
		width = 80
	}
	b.drawn = now
	io.WriteString(b.out, "\r"+barText(width, b.host, done, total)+"\x1b[K") // EL: the rest of the line
}

// clear removes the bar.
func (b *bar) clear() {
	if !b.drawn.IsZero() {
		io.WriteString(b.out, "\r\x1b[K")
	}
}

// barText returns the bar for a terminal of so many columns: one column less, since some
// wrap when the last one is written; without what there is no room for.
func barText(width int, host string, done, total int64) string {
	percent := fmt.Sprintf("%3d %%", done*100/max(total, 1))
	head := "roam: to " + host + "  "
	room := width - 1 - len([]rune(head)) - len(percent) - len("[]  ")
	if room < 5 {
		return percent[max(0, len(percent)-max(0, width-1)):]
	}
	full := int(done * int64(room) / max(total, 1))
	return head + "[" + strings.Repeat("#", full) + strings.Repeat(" ", room-full) + "]  " + percent
}
