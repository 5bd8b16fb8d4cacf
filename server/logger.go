//go:build unix

package server

import (
	"fmt"
	"io"
	"time"
)

// A logger writes what happens to a person who asked by -v. It never writes keys,
// input or what is on the screen. The zero logger writes nothing.
type logger struct {
	w     io.Writer
	level int // how often -v was given
}

// at writes a line if -v was given level times. Errors of writing are not worth a
// session.
func (l logger) at(level int, format string, args ...any) {
	if l.w == nil || l.level < level {
		return
	}
	fmt.Fprintf(l.w, "%s %s\r\n", time.Now().Format("15:04:05.000"), fmt.Sprintf(format, args...))
}
