//go:build linux || darwin || freebsd

package tty

import (
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// openPTY returns a master and its slave.
func openPTY(t *testing.T) (master, slave *os.File) {
	t.Helper()
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { master.Close(); slave.Close() })
	return master, slave
}

// noTerminal returns a file that is none.
func noTerminal(t *testing.T) *os.File {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(); w.Close() })
	return r
}

// termios returns all that the kernel keeps of f's modes.
func termios(t *testing.T, f *os.File) unix.Termios {
	t.Helper()
	got, err := getTermios(f)
	if err != nil {
		t.Fatal(err)
	}
	return *got
}

func TestMakeRawAndRestore(t *testing.T) {
	for _, utf8 := range []bool{false, true} {
		master, slave := openPTY(t)
		if err := SetUTF8(slave, utf8); err != nil {
			t.Fatal(err)
		}
		before := termios(t, slave)
		state, err := MakeRaw(slave)
		if err != nil {
			t.Fatal(err)
		}
		m, err := ReadModes(slave)
		if err != nil {
			t.Fatal(err)
		}
		if m.Echo || m.Canonical || m.Signals || m.UTF8 != (iutf8 != 0) {
			t.Errorf("raw modes: %+v", m)
		}
		// Neither direction changes a byte: no ^C, no CR to NL, no NL to CR NL.
		keys := "\x03\r\n\x11\x1a\x7fé\xff"
		if _, err := io.WriteString(master, keys); err != nil {
			t.Fatal(err)
		}
		wantRead(t, slave, keys)
		if _, err := io.WriteString(slave, "a\nb\n"); err != nil {
			t.Fatal(err)
		}
		wantRead(t, master, "a\nb\n") // which has no echo before it either

		for range 2 {
			if err := state.Restore(); err != nil {
				t.Fatal(err)
			}
			if after := termios(t, slave); after != before {
				t.Errorf("after Restore: %+v, want %+v", after, before)
			}
		}
	}
}

// wantRead reads as many bytes as want has and compares.
func wantRead(t *testing.T, f *os.File, want string) {
	t.Helper()
	got := make([]byte, len(want))
	if _, err := io.ReadFull(f, got); err != nil || string(got) != want {
		t.Errorf("read %q, %v, want %q", got, err, want)
	}
}

func TestSize(t *testing.T) {
	master, slave := openPTY(t)
	for _, c := range []struct {
		cols, rows         int // set
		wantCols, wantRows int // read
		defCols, defRows   int // read with the default
	}{
		{0, 0, 0, 0, 80, 24}, // as a new PTY is
		{100, 30, 100, 30, 100, 30},
		{1, 1, 1, 1, 1, 1},
		{0, 30, 0, 30, 80, 24},
		{100, 0, 100, 0, 80, 24},
		{65535, 65535, 65535, 65535, 65535, 65535},
		{70000, -5, 65535, 0, 80, 24},
	} {
		if err := SetSize(master, c.cols, c.rows, 8*c.cols, 16*c.rows); err != nil {
			t.Fatal(err)
		}
		for _, f := range []*os.File{master, slave} {
			width, height, err := Pixels(f)
			if wantW, wantH := min(max(8*c.cols, 0), 65535), min(max(16*c.rows, 0), 65535); err != nil || width != wantW || height != wantH {
				t.Errorf("Pixels after %dx%d = %dx%d, %v, want %dx%d", c.cols, c.rows, width, height, err, wantW, wantH)
			}
			cols, rows, err := Size(f)
			if err != nil || cols != c.wantCols || rows != c.wantRows {
				t.Errorf("Size after %dx%d = %dx%d, %v, want %dx%d", c.cols, c.rows, cols, rows, err, c.wantCols, c.wantRows)
			}
			if cols, rows := SizeOrDefault(f); cols != c.defCols || rows != c.defRows {
				t.Errorf("SizeOrDefault after %dx%d = %dx%d, want %dx%d", c.cols, c.rows, cols, rows, c.defCols, c.defRows)
			}
		}
	}
}

func TestReadModes(t *testing.T) {
	master, slave := openPTY(t)
	change := func(f func(*unix.Termios)) {
		t.Helper()
		tt := termios(t, slave)
		f(&tt)
		if err := control(slave, func(fd int) error { return unix.IoctlSetTermios(fd, writeTermios, &tt) }); err != nil {
			t.Fatal(err)
		}
	}
	want := func(want Modes) {
		t.Helper()
		for _, f := range []*os.File{master, slave} {
			if got, err := ReadModes(f); err != nil || got != want {
				t.Errorf("%s: %+v, %v, want %+v", f.Name(), got, err, want)
			}
		}
	}
	change(func(tt *unix.Termios) {
		tt.Lflag |= unix.ECHO | unix.ECHOCTL | unix.ICANON | unix.ISIG | unix.IEXTEN
		tt.Iflag &^= iutf8
		tt.Cc[unix.VERASE], tt.Cc[unix.VKILL], tt.Cc[unix.VWERASE] = 0x7f, 0x15, 0x17
	})
	full := Modes{Echo: true, EchoControl: true, Canonical: true, Signals: true, Erase: 0x7f, Kill: 0x15, WordErase: 0x17}
	want(full)

	password := full
	password.Echo = false
	change(func(tt *unix.Termios) { tt.Lflag &^= unix.ECHO })
	want(password)

	change(func(tt *unix.Termios) {
		tt.Lflag |= unix.ECHO
		tt.Cc[unix.VERASE], tt.Cc[unix.VKILL] = 0x08, disabled
	})
	other := full
	other.Erase, other.Kill = 0x08, 0
	want(other)

	change(func(tt *unix.Termios) { tt.Lflag &^= unix.IEXTEN })
	other.WordErase = 0
	want(other)

	change(func(tt *unix.Termios) { tt.Lflag &^= unix.ECHO | unix.ECHOCTL | unix.ICANON | unix.ISIG })
	want(Modes{Erase: 0x08})
}

func TestSetUTF8OnTheMaster(t *testing.T) {
	master, slave := openPTY(t)
	for _, on := range []bool{true, true, false, false, true} {
		before := termios(t, slave)
		if err := SetUTF8(master, on); err != nil {
			t.Fatal(err)
		}
		m, err := ReadModes(slave)
		if err != nil || m.UTF8 != (on && iutf8 != 0) {
			t.Errorf("after SetUTF8(%t): %+v, %v", on, m, err)
		}
		after := termios(t, slave)
		after.Iflag = after.Iflag&^iutf8 | before.Iflag&iutf8
		if after != before {
			t.Errorf("SetUTF8(%t) changed more than IUTF8: %+v, before %+v", on, after, before)
		}
	}
}

func TestForegroundGroup(t *testing.T) {
	child := exec.Command("cat")
	master, err := pty.Start(child)
	if err != nil {
		t.Fatal(err)
	}
	sampler, err := NewSampler(master)
	if err != nil {
		t.Fatal(err)
	}
	want, err := ReadModes(master)
	if modes, group, sampled := sampler.Sample(); err != nil || sampled != nil || modes != want || group != child.Process.Pid {
		t.Errorf("Sample = %+v, %d, %v, want %+v and the child's %d", modes, group, sampled, want, child.Process.Pid)
	}
	if n := testing.AllocsPerRun(100, func() { sampler.Sample() }); n > 0 && runtime.GOOS == "linux" {
		t.Errorf("a sample makes %v allocations", n)
	}
	got, err := ForegroundGroup(master)
	if err != nil || got != child.Process.Pid {
		t.Errorf("ForegroundGroup = %d, %v, want the child's %d", got, err, child.Process.Pid)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	child.Wait() // killed, as its status says
	master.Close()
}

// TestNeverBlocking: a PTY in the runtime's poller stays there, so that closing
// it still ends a read.
func TestNeverBlocking(t *testing.T) {
	blocking, slave := openPTY(t) // package pty calls Fd
	fd, err := unix.Dup(int(blocking.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		t.Fatal(err)
	}
	master := os.NewFile(uintptr(fd), "master") // in the poller, since it does not block
	state, err := MakeRaw(slave)
	if err != nil {
		t.Fatal(err)
	}
	if err := SetSize(master, 80, 24, 0, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadModes(master); err != nil {
		t.Fatal(err)
	}
	if err := state.Restore(); err != nil {
		t.Fatal(err)
	}
	read := make(chan error)
	go func() {
		_, err := master.Read(make([]byte, 1))
		read <- err
	}()
	master.Close()
	if err := <-read; err == nil {
		t.Error("a read of a closed master succeeded")
	}
}

func TestNoTerminal(t *testing.T) {
	master, slave := openPTY(t)
	closed := noTerminal(t)
	closed.Close()
	for _, f := range []*os.File{master, slave} {
		if !IsTerminal(f) {
			t.Errorf("%s is no terminal", f.Name())
		}
	}
	for _, f := range []*os.File{noTerminal(t), closed} {
		if IsTerminal(f) {
			t.Error("a pipe is a terminal")
		}
		if cols, rows := SizeOrDefault(f); cols != 80 || rows != 24 {
			t.Errorf("SizeOrDefault of a pipe = %dx%d, want 80x24", cols, rows)
		}
		_, rawErr := MakeRaw(f)
		_, _, sizeErr := Size(f)
		_, _, pixelsErr := Pixels(f)
		_, modesErr := ReadModes(f)
		_, groupErr := ForegroundGroup(f)
		for name, err := range map[string]error{
			"MakeRaw": rawErr, "Size": sizeErr, "Pixels": pixelsErr, "ReadModes": modesErr, "ForegroundGroup": groupErr,
			"SetSize": SetSize(f, 80, 24, 0, 0), "SetUTF8": SetUTF8(f, true),
		} {
			if err == nil || !strings.HasPrefix(err.Error(), "tty: ") {
				t.Errorf("%s of a pipe: %v", name, err)
			}
		}
	}
}
