package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/term"

	"roam/bench/internal/attach"
	"roam/bench/internal/host"
	"roam/terminal"
)

// counted is what a step took.
type counted struct {
	stock, roam int  // host bytes
	own         int  // of roam between its own screens, for a roam client
	frames      int  // that stock sent
	alike       bool // both emulators show the same
}

const (
	appear = 1500 * time.Millisecond // within which a stock server sends a change
	still  = 400 * time.Millisecond  // without a frame, after which it has sent all, and heard that it came
	tries  = 5                       // to have each step in one frame of stock's
)

// play lets a stock server and roam's emulator print a story. A step for which
// stock sends several frames, since the machine was busy, is tried again with the
// whole story; the best of all tries counts.
func play(dir string, outputs []output) ([]counted, error) {
	var best []counted
	for range tries {
		got, err := playOnce(dir, outputs)
		if err != nil {
			return nil, err
		}
		if best == nil {
			best = got
		}
		for i := range got {
			if got[i].stock < best[i].stock {
				best[i] = got[i]
			}
		}
		if !slices.ContainsFunc(best[1:], func(c counted) bool { return c.frames > 1 }) {
			break
		}
	}
	return best, nil
}

// playOnce starts a stock server with a process that prints the outputs as told.
func playOnce(dir string, outputs []output) ([]counted, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	socket := filepath.Join(dir, "told")
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: socket, Net: "unix"})
	if err != nil {
		return nil, err
	}
	defer listener.Close()
	outputs = slices.Clone(outputs)
	outputs[0].bytes = append([]byte("\x1b[H\x1b[2J"), outputs[0].bytes...) // stock's server may have printed a notice
	for i, o := range outputs {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprint("step", i)), o.bytes, 0o600); err != nil {
			return nil, err
		}
	}
	server, err := host.Start(host.Words(""), host.Environ(dir), self, "replay", socket, dir)
	if err != nil {
		return nil, err
	}
	defer server.Stop()
	client, err := attach.Dial(server, cols, rows)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	listener.SetDeadline(time.Now().Add(10 * time.Second))
	told, err := listener.Accept()
	if err != nil {
		return nil, err
	}
	defer told.Close()
	told.SetDeadline(time.Now().Add(time.Minute))
	client.Settle(appear, still)
	e := terminal.New(cols, rows, terminal.Options{Dialect: terminal.Stock})
	own := terminal.New(cols, rows, terminal.Options{})
	var list []counted
	for i, o := range outputs {
		before, from, ownFrom := client.Newest(), e.Snapshot(), own.Snapshot()
		if _, err := told.Write([]byte{byte(i)}); err != nil {
			return nil, err
		}
		frame := client.Settle(appear, still)
		e.Write(o.bytes)
		own.Write(o.bytes)
		to := e.Snapshot()
		c := counted{
			roam:  len(terminal.AppendDiff(nil, from, to, terminal.StockProfile)),
			own:   len(terminal.AppendDiff(nil, ownFrom, own.Snapshot(), terminal.RichProfile)),
			alike: sameText(frame.Screen, to),
		}
		for ; frame != before; frame = frame.Base {
			if frame == nil {
				return nil, errors.New("stock led from a state before the step")
			}
			c.stock += len(frame.Bytes)
			c.frames += b2i(len(frame.Bytes) > 0)
		}
		list = append(list, c)
	}
	return list, nil
}

// replay is the program in the server: it prints the files that it is told.
func replay(socket, dir string) error {
	if _, err := term.MakeRaw(int(os.Stdin.Fd())); err != nil {
		return err
	}
	told, err := net.Dial("unix", socket)
	if err != nil {
		return err
	}
	defer told.Close()
	for b := []byte{0}; ; {
		if _, err := told.Read(b); err != nil {
			return nil // the end of the story
		}
		out, err := os.ReadFile(filepath.Join(dir, fmt.Sprint("step", b[0])))
		if err != nil {
			return err
		}
		if _, err := os.Stdout.Write(out); err != nil {
			return err
		}
	}
}

// sameText reports whether two screens have the same text and cursor.
func sameText(a, b *terminal.Screen) bool {
	var x, y []byte
	for i := range rows {
		for j := range cols {
			x, y = a.Row(i).AppendText(x, j), b.Row(i).AppendText(y, j)
		}
	}
	return string(x) == string(y) && a.Cursor() == b.Cursor()
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
