//go:build unix

package server

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// The list of logins is kept by a helper that this machine may not have: a script
// in its place notes how it is called, and on which terminal.
func TestRegistryCallsUtempter(t *testing.T) {
	dir := t.TempDir()
	helper, notes := filepath.Join(dir, "utempter"), filepath.Join(dir, "notes")
	script := fmt.Sprintf("#!/bin/sh\necho \"$@\" >>%s\ntest -t 0 || echo no terminal >>%s\n", notes, notes)
	if err := os.WriteFile(helper, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	master, slave, err := openPTY()
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	defer slave.Close()
	r := newRegistry("u", master, helper, func(f func()) { go f() })
	r.note(netip.MustParseAddr("192.0.2.7"))
	r.note(netip.MustParseAddr("::ffff:192.0.2.8"))
	r.note(detached)
	r.close()
	got, err := os.ReadFile(notes)
	if err != nil {
		t.Fatal(err)
	}
	pid := os.Getpid()
	want := fmt.Sprintf("add 192.0.2.7 via mosh [%d]\nadd 192.0.2.8 via mosh [%d]\nadd mosh [%d]\ndel\n", pid, pid, pid)
	if string(got) != want {
		t.Errorf("the helper was called with\n%s, want\n%s", got, want)
	}
}

// A helper that hangs costs the session nothing, and its end no more than patience.
func TestRegistryDoesNotWait(t *testing.T) {
	helper := filepath.Join(t.TempDir(), "utempter")
	if err := os.WriteFile(helper, []byte("#!/bin/sh\nexec cat >/dev/null 2>&1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	master, slave, err := openPTY()
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	r := newRegistry("u", master, helper, func(f func()) { go f() })
	r.patience = time.Millisecond
	for range 100 {
		r.note(detached)
	}
	r.close()
	slave.Close() // the helper reads its terminal to its end
	<-r.finished
}

func TestDetachedRecords(t *testing.T) {
	for _, size := range []int{384, 400} {
		record := func(kind uint16, user, line, host string) []byte {
			b := make([]byte, size)
			binary.NativeEndian.PutUint16(b, kind)
			copy(b[utmpLineAt:], line)
			copy(b[utmpUserAt:], user)
			copy(b[utmpHostAt:], host)
			return b
		}
		file := slices.Concat(
			record(utmpUserProcess, "u", "pts/1", "mosh [11]"),
			record(utmpUserProcess, "u", "pts/2", "192.0.2.1 via mosh [12]"),
			record(utmpUserProcess, "other", "pts/3", "mosh [13]"),
			record(8, "u", "pts/4", "mosh [14]"),
			record(utmpUserProcess, "u", "gone", "mosh [15]"),
			record(utmpUserProcess, "u", "pts/6", "mosh [16"),
			record(utmpUserProcess, "u", "pts/7", strings.Repeat("x", utmpHostLen)),
			record(utmpUserProcess, "u", "pts/8", "mosh [18]"),
			[]byte("half a record"),
		)
		got := detachedRecords(file, size, "u", func(line string) bool { return line != "gone" })
		if want := []string{"mosh [11]", "mosh [18]"}; !slices.Equal(got, want) {
			t.Errorf("records of %d bytes: %q, want %q", size, got, want)
		}
	}
}
