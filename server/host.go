//go:build unix

package server

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/creack/pty"

	"roam/internal/tty"
	"roam/terminal"
)

const (
	// drainQuiet is how long a terminal whose program has ended must say nothing
	// before it is taken to have nothing left: what the program wrote is in the
	// kernel by then. The terminal's end comes sooner, unless something in the
	// background holds it open; it does not keep the session, as it would not keep ssh's.
	drainQuiet = 100 * time.Millisecond

	// drainTime is the longest that the end waits for such a terminal to be quiet, and
	// for a program whose terminal has ended to end too.
	drainTime = 2 * time.Second

	// pendingPause is how often to look for output that is known to be on its way.
	pendingPause = 10 * time.Millisecond
)

// A host is the program with its pseudo-terminal and the emulator that shows
// it. It does not know who looks. The loop's goroutine owns it.
type host struct {
	em     *terminal.Emulator
	input  *inputQueue   // nil until the program was started
	output chan []byte   // closed at the end of the terminal's output; nil before the start
	spare  chan []byte   // buffers for output to come back in
	exited chan exitCode // gives one value

	cell    [2]int // width and height of a cell of the user's terminal in pixels; 0 if not known
	master  *os.File
	sampler *tty.Sampler  // of master
	proc    *os.Process   // nil if it could not be started
	quit    chan struct{} // closed by hangUp: output is no longer taken

	ended   bool      // the program has ended; code holds
	drained bool      // its terminal has nothing more to say
	code    exitCode  // how the program ended
	endedAt time.Time // when the first of these was so

	printedAt time.Time // when the terminal said something last
	problem   string    // why the program could not be started; "" if it was
}

// An exitCode says how a program ended: by itself with a status, or by a signal.
type exitCode struct {
	status int
	signal string // name without SIG; "" if it ended by itself
}

// notFound is the status that shells give for a program that cannot be started.
const notFound = 127

// newHost returns a host whose program is not started yet.
func newHost(cols, rows int, opts terminal.Options) *host {
	return &host{em: terminal.New(cols, rows, opts)}
}

// started reports whether start was called.
func (h *host) started() bool { return h.output != nil }

// start opens a pseudo-terminal of the emulator's size and starts the program
// on it. What goes wrong with the program itself is shown on the screen, and
// counts as a program that ended with the status 127. spawn starts a goroutine.
func (h *host) start(cfg *daemonConfig, spawn func(func())) error {
	master, slave, err := openPTY()
	if err != nil {
		return fmt.Errorf("server: opening a pseudo-terminal: %w", err)
	}
	defer slave.Close()
	cols, rows := h.em.Size()
	if err := h.setWindow(master, cols, rows); err != nil {
		master.Close()
		return err
	}
	tty.SetUTF8(slave, true) // erasing whole characters is a comfort; a system without it has none
	if h.sampler, err = tty.NewSampler(master); err != nil {
		master.Close()
		return fmt.Errorf("server: %w", err)
	}
	h.master = master
	h.output = make(chan []byte, 1)
	h.spare = make(chan []byte, 3)
	h.exited = make(chan exitCode, 1)
	h.quit = make(chan struct{})
	h.input = newInputQueue(master, spawn)

	cmd := programCmd(cfg, slave)
	err = withCoreLimit(cfg.CoreLimit, cmd.Start)
	if err != nil {
		h.problem = startProblem(cfg, err)
		h.show(h.problem + "\n")
		h.exited <- exitCode{status: notFound}
		close(h.output)
		return nil
	}
	h.proc = cmd.Process
	spawn(func() { h.exited <- waitFor(cmd) })
	spawn(func() { readPTY(master, h.output, h.spare, h.quit, spawn) })
	return nil
}

// openPTY opens a pseudo-terminal whose master end can be read and written
// without blocking a thread, and closed meanwhile.
func openPTY() (master, slave *os.File, err error) {
	m, slave, err := pty.Open()
	if err != nil {
		return nil, nil, err
	}
	defer m.Close()
	fd, err := syscall.Dup(int(m.Fd()))
	if err != nil {
		slave.Close()
		return nil, nil, err
	}
	syscall.CloseOnExec(fd)
	if err := syscall.SetNonblock(fd, true); err != nil {
		syscall.Close(fd)
		slave.Close()
		return nil, nil, err
	}
	return os.NewFile(uintptr(fd), m.Name()), slave, nil
}

// programCmd returns the command for the program, as leader of a session whose
// terminal is slave.
func programCmd(cfg *daemonConfig, slave *os.File) *exec.Cmd {
	return &exec.Cmd{
		Path: cfg.Path, Args: cfg.Argv, Env: cfg.Env, Dir: cfg.Dir,
		Stdin: slave, Stdout: slave, Stderr: slave,
		SysProcAttr: &syscall.SysProcAttr{Setsid: true, Setctty: true},
	}
}

// startProblem words why the program could not be started.
func startProblem(cfg *daemonConfig, err error) string {
	var path *os.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return fmt.Sprintf("%s: cannot start %s: %v", cfg.Name, cfg.Argv[0], err)
}

// waitFor waits until the program ends.
func waitFor(cmd *exec.Cmd) exitCode {
	cmd.Wait() // its error is the status, read below
	ws, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
	if ok && ws.Signaled() {
		return exitCode{status: 128 + int(ws.Signal()), signal: signalName(ws.Signal())}
	}
	return exitCode{status: cmd.ProcessState.ExitCode()}
}

// show puts text on the screen as if the program had printed it.
func (h *host) show(text string) {
	h.em.Write([]byte(strings.ReplaceAll(text, "\n", "\r\n")))
}

// resize gives the terminal another size: the program's window first, so that
// nothing it prints for the old size comes after the change.
func (h *host) resize(cols, rows int) error {
	if h.master != nil {
		if err := h.setWindow(h.master, cols, rows); err != nil {
			return err
		}
	}
	h.em.Resize(cols, rows)
	return nil
}

// setUserTerminal tells the emulator of the user's terminal, and the program's window what a
// cell of it measures, so that programs which draw in pixels may ask the system.
func (h *host) setUserTerminal(u terminal.UserTerminal) error {
	h.em.SetUserTerminal(u)
	before := h.cell
	h.cell = [2]int{u.CellWidth, u.CellHeight}
	if h.cell == before || h.master == nil {
		return nil
	}
	cols, rows := h.em.Size()
	return h.setWindow(h.master, cols, rows)
}

// setWindow sets the size of the window of a pseudo-terminal in cells and, if it is known
// what one measures, in pixels.
func (h *host) setWindow(master *os.File, cols, rows int) error {
	if err := tty.SetSize(master, cols, rows, cols*h.cell[0], rows*h.cell[1]); err != nil {
		return fmt.Errorf("server: setting the size of the pseudo-terminal: %w", err)
	}
	return nil
}

// print takes output of the program to the screen and gives its buffer back.
// Answers that the program is owed go to its input.
func (h *host) print(b []byte, now time.Time) {
	h.printedAt = now
	h.em.Write(b)
	select {
	case h.spare <- b[:cap(b)]:
	default:
	}
	h.answer()
}

// answer hands the program the answers that it is owed.
func (h *host) answer() {
	if h.input == nil {
		return
	}
	if r := h.em.Replies(); len(r) > 0 && h.input.len() < maxReplies {
		h.input.write(r)
	}
}

// maxReplies is how much input may wait before answers to the program are
// dropped: it asks, but does not read.
const maxReplies = 256 << 10

// over reports whether the program has ended and all that it said is on the
// screen, and otherwise when to ask again, if ever.
func (h *host) over(now time.Time) (over bool, next time.Time) {
	if !h.ended && !h.drained {
		return false, time.Time{}
	}
	deadline := h.endedAt.Add(drainTime)
	if h.ended {
		deadline = earliest(deadline, latest(h.endedAt, h.printedAt).Add(drainQuiet))
	}
	switch {
	case h.ended && h.drained:
		return true, time.Time{}
	case now.Before(deadline):
		return false, deadline
	case now.Before(h.endedAt.Add(drainTime)) && h.pending():
		return false, now.Add(pendingPause) // on a busy machine the clock may overtake the output
	}
	return true, time.Time{}
}

// pending reports whether there is output that the loop did not take yet.
func (h *host) pending() bool { return len(h.output) > 0 || h.master != nil && hasOutput(h.master) }

// noteEnd records that the program ended, or that its terminal did.
func (h *host) noteEnd(now time.Time) {
	if h.endedAt.IsZero() {
		h.endedAt = now
	}
}

// hangUp closes the terminal, which tells the program's session so. The host is of
// no more use.
func (h *host) hangUp() {
	if h.master == nil {
		return
	}
	close(h.quit)
	h.input.close()
	h.master.Close()
	h.master = nil
	if h.proc != nil {
		h.proc.Signal(syscall.SIGHUP) // one that left its terminal's foreground hears it too; an error means that it has ended
	}
}

// foreground returns the name of the program that has the terminal now, "" if it
// cannot be told.
func (h *host) foreground() string {
	if h.master == nil {
		return ""
	}
	group, err := tty.ForegroundGroup(h.master)
	if err != nil {
		return ""
	}
	return processName(group)
}
