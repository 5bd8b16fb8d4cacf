//go:build unix

package server

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// A coreLimit is a limit of the size of core dumps, in bytes.
type coreLimit struct{ Cur, Max uint64 }

// currentCoreLimit returns this process's limit; nil if it cannot be told.
func currentCoreLimit() *coreLimit {
	var r unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_CORE, &r) != nil {
		return nil
	}
	return &coreLimit{uint64(r.Cur), uint64(r.Max)}
}

// forbidCore keeps the key and the user's input out of core dumps.
func forbidCore(l *coreLimit) {
	if l != nil {
		setCore(0, l.Max)
	}
}

// withCoreLimit calls f, which starts a process, while the limit is what the user
// had, so that the new process has it. Limits belong to the whole process: the
// daemon is without its own for that moment.
func withCoreLimit(l *coreLimit, f func() error) error {
	if l == nil || l.Cur == 0 {
		return f()
	}
	setCore(l.Cur, l.Max)
	defer setCore(0, l.Max)
	return f()
}

// setCore sets the limit. Keeping the hard limit or lowering the soft one cannot
// fail.
func setCore(soft, hard uint64) {
	var r unix.Rlimit
	assign(&r.Cur, soft)
	assign(&r.Max, hard)
	unix.Setrlimit(unix.RLIMIT_CORE, &r)
}

// assign sets a field whose type differs between systems.
func assign[T ~int64 | ~uint64](field *T, v uint64) { *field = T(v) }

// canEnter returns why this process may not make dir its working directory.
func canEnter(dir string) error {
	if err := unix.Access(dir, unix.X_OK); err != nil {
		return &os.PathError{Op: "chdir", Path: dir, Err: err}
	}
	return nil
}

// signalName returns a signal's name without its SIG.
func signalName(s unix.Signal) string {
	name := unix.SignalName(s)
	if len(name) > 3 {
		return name[3:]
	}
	return s.String()
}

// closeInherited closes the descriptors from first on that this process was started
// with. Whoever started it may wait for their end, as sshd does. Our own are marked to
// be closed by exec, which tells them apart.
func closeInherited(first int) {
	entries, err := os.ReadDir("/dev/fd")
	if err != nil {
		return
	}
	for _, e := range entries {
		fd, err := strconv.Atoi(e.Name())
		if err != nil || fd < first {
			continue
		}
		flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
		if err == nil && flags&unix.FD_CLOEXEC == 0 {
			unix.Close(fd)
		}
	}
}
