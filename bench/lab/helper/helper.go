// Package helper holds the small programs that run inside a session or beside it.
// The lab's own program is them, under other names: Install makes the links.
package helper

import (
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"roam/bench/lab/netpath"
)

// The programs' names.
const (
	Marker  = "lab-marker"  // prints "MARK number nanoseconds ." in the top row, again and again
	Doubler = "lab-doubler" // shows each typed character twice, which no prediction expects
	Bulk    = "lab-bulk"    // serves an endless TCP download; given an address, it loads
)

var programs = map[string]func(args []string) error{Marker: mark, Doubler: double, Bulk: bulk}

// Main runs the helper that argv[0] names, and reports whether there is one.
func Main(argv []string) (status int, known bool) {
	program := programs[filepath.Base(argv[0])]
	if program == nil {
		return 0, false
	}
	if err := program(argv[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", filepath.Base(argv[0]), err)
		return 1, true
	}
	return 0, true
}

// Install links the helpers to this program in dir.
func Install(dir string) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("helper: %w", err)
	}
	for name := range programs {
		if err := os.Symlink(self, filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("helper: %w", err)
		}
	}
	return nil
}

// clearFlags changes the terminal's local flags and returns what puts them back.
func clearFlags(flags uint32) (restore func(), err error) {
	old, err := unix.IoctlGetTermios(0, unix.TCGETS)
	if err != nil {
		return nil, fmt.Errorf("standard input is no terminal: %w", err)
	}
	changed := *old
	changed.Lflag &^= flags
	if err := unix.IoctlSetTermios(0, unix.TCSETS, &changed); err != nil {
		return nil, err
	}
	return func() { unix.IoctlSetTermios(0, unix.TCSETS, old) }, nil
}

// mark prints time stamps of CLOCK_MONOTONIC. Keys are swallowed, but for Ctrl-C.
func mark(args []string) error {
	flags := flag.NewFlagSet(Marker, flag.ContinueOnError)
	n := flags.Int("n", 20, "how many")
	interval := flags.Duration("i", 400*time.Millisecond, "time between two")
	if err := flags.Parse(args); err != nil {
		return err
	}
	restore, err := clearFlags(unix.ECHO)
	if err != nil {
		return err
	}
	defer restore()
	go io.Copy(io.Discard, os.Stdin)
	fmt.Print("\x1b[H\x1b[2J")
	for i := range *n {
		fmt.Printf("\x1b[HMARK %d %d .", i+1, netpath.Now())
		time.Sleep(*interval)
	}
	fmt.Print("\r\n")
	return nil
}

// double echoes each character twice until Ctrl-C.
func double([]string) error {
	restore, err := clearFlags(unix.ECHO | unix.ICANON)
	if err != nil {
		return err
	}
	defer restore()
	b := make([]byte, 1)
	for {
		if _, err := os.Stdin.Read(b); err != nil {
			return nil // the terminal is gone
		}
		os.Stdout.Write([]byte{b[0], b[0]})
	}
}

// bulk is both ends of the download, until it is killed.
func bulk(args []string) error {
	port := strconv.Itoa(netpath.BulkPort)
	if len(args) > 0 {
		conn, err := net.Dial("tcp", net.JoinHostPort(args[0], port))
		if err != nil {
			return err
		}
		defer conn.Close()
		_, err = io.Copy(io.Discard, conn)
		return err
	}
	l, err := net.Listen("tcp", ":"+port)
	if err != nil {
		return err
	}
	defer l.Close()
	fmt.Println("listening")
	for {
		conn, err := l.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer conn.Close()
			for b := make([]byte, 64<<10); ; {
				if _, err := conn.Write(b); err != nil {
					return
				}
			}
		}()
	}
}
