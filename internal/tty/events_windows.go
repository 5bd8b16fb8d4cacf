package tty

import (
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Kinds of input records (learn.microsoft.com/windows/console/input-record-str).
const (
	keyEvent        = 0x0001
	windowSizeEvent = 0x0004
)

// maxRecords is how many records are taken at once.
const maxRecords = 128

// An inputRecord is INPUT_RECORD.
type inputRecord struct {
	kind  uint16
	_     uint16
	event [keyEventSize]byte
}

// Events are what a console in raw mode tells of keys and of its window. Package os reads
// only keys, and takes Ctrl-Z for the end of a file. Wait and Read are for one goroutine.
type Events struct {
	console windows.Handle
	wake    windows.Handle // an event that Interrupt sets
	read    *windows.LazyProc
	keys    keyEvents
}

// NewEvents returns the events of a console, which stays open longer than they are used.
func NewEvents(in *os.File) (*Events, error) {
	e := &Events{read: windows.NewLazySystemDLL("kernel32.dll").NewProc("ReadConsoleInputW")}
	err := control(in, func(fd int) error { e.console = windows.Handle(fd); return nil })
	if err == nil {
		err = e.read.Find()
	}
	if err == nil {
		e.wake, err = windows.CreateEvent(nil, 0, 0, nil)
	}
	if err != nil {
		return nil, fmt.Errorf("tty: reading a console: %w", err)
	}
	return e, nil
}

// Close gives back what NewEvents took; not the console.
func (e *Events) Close() { windows.CloseHandle(e.wake) }

// Interrupt ends a Wait, now or the next one, from any goroutine.
func (e *Events) Interrupt() { windows.SetEvent(e.wake) }

// Wait waits, up to so many milliseconds, below 0 without limit, for something that Read
// can take.
func (e *Events) Wait(limit int) (ready, interrupted bool, err error) {
	wait := uint32(windows.INFINITE)
	if limit >= 0 {
		wait = uint32(limit)
	}
	which, err := windows.WaitForMultipleObjects([]windows.Handle{e.wake, e.console}, false, wait)
	switch {
	case err != nil:
		return false, false, fmt.Errorf("tty: reading a console: %w", err)
	case which == windows.WAIT_OBJECT_0:
		return false, true, nil
	}
	return which == windows.WAIT_OBJECT_0+1, false, nil
}

// Read takes what is there. It puts what was typed into b, which has room for 8 KiB or more,
// as UTF-8, and says whether the window may have another size. Most keys come as nothing
// when they are let go.
func (e *Events) Read(b []byte) (n int, resized bool, err error) {
	var records [maxRecords]inputRecord
	var got uint32
	ok, _, err := e.read.Call(uintptr(e.console), uintptr(unsafe.Pointer(&records[0])), maxRecords, uintptr(unsafe.Pointer(&got)))
	if ok == 0 {
		return 0, false, fmt.Errorf("tty: reading a console: %w", err)
	}
	text := b[:0]
	for i := range records[:min(got, maxRecords)] {
		switch r := &records[i]; r.kind {
		case keyEvent:
			text = e.keys.append(text, r.event)
		case windowSizeEvent:
			resized = true
		}
	}
	return len(text), resized, nil
}
