package netpath

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"
)

// congestionControl is TCP's in both namespaces, whatever this machine uses: the
// default of Linux.
const congestionControl = "cubic"

// allowedControls names what namespaces may use. It is the one setting outside of
// them that is touched, and only where cubic is missing in it.
const allowedControls = "/proc/sys/net/ipv4/tcp_allowed_congestion_control"

// newNamespace makes a namespace with the address on a TUN device, and returns the
// device's other end.
func newNamespace(ns, address string) (tun int, err error) {
	if err := ip("netns", "add", ns); err != nil {
		return -1, err
	}
	if err := allowControl(); err != nil {
		return -1, err
	}
	// No IPv6: its neighbour discovery would be among what is counted.
	sysctl := Command(ns, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1",
		"net.ipv4.tcp_congestion_control="+congestionControl)
	if out, err := sysctl.CombinedOutput(); err != nil {
		return -1, fmt.Errorf("netpath: settings of a namespace: %w: %s", err, out)
	}
	if tun, err = openTUN(ns); err != nil {
		return -1, err
	}
	for _, args := range [][]string{
		{"link", "set", "lo", "up"},
		{"link", "set", device, "mtu", "1500", "txqueuelen", "1000", "up"},
		{"addr", "add", address + "/32", "dev", device},
		{"route", "add", "default", "dev", device},
	} {
		if err := ip(append([]string{"-n", ns}, args...)...); err != nil {
			return tun, err
		}
	}
	return tun, nil
}

// allowControl lets namespaces use the congestion control.
func allowControl() error {
	b, err := os.ReadFile(allowedControls)
	if err != nil {
		return fmt.Errorf("netpath: %w", err)
	}
	allowed := strings.TrimSpace(string(b))
	if strings.Contains(" "+allowed+" ", " "+congestionControl+" ") {
		return nil
	}
	if err := os.WriteFile(allowedControls, []byte(allowed+" "+congestionControl), 0); err != nil {
		return fmt.Errorf("netpath: allowing %s: %w", congestionControl, err)
	}
	return nil
}

// ip runs the program ip.
func ip(args ...string) error {
	out, err := exec.Command("ip", args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("netpath: ip %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(string(out)))
	}
	return nil
}

// openTUN makes the TUN device inside the namespace ns. The descriptor works from
// any thread.
func openTUN(ns string) (fd int, err error) {
	type result struct {
		fd  int
		err error
	}
	opened := make(chan result)
	go func() {
		runtime.LockOSThread()
		fd, back, err := openTUNThere(ns)
		if back {
			runtime.UnlockOSThread() // else the thread ends with the goroutine
		}
		opened <- result{fd, err}
	}()
	r := <-opened
	if errors.Is(r.err, fs.ErrNotExist) {
		return -1, fmt.Errorf("netpath: %w (the kernel's module tun is needed: modprobe tun)", r.err)
	}
	if r.err != nil {
		return -1, fmt.Errorf("netpath: opening a TUN device: %w", r.err)
	}
	return r.fd, nil
}

// openTUNThere moves the calling thread into the namespace, opens the device, and
// moves it back. It reports whether the thread is back: the process's first thread
// cannot end, and where it is, the process is.
func openTUNThere(ns string) (fd int, back bool, err error) {
	here, err := unix.Open("/proc/thread-self/ns/net", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, true, err
	}
	defer unix.Close(here)
	there, err := unix.Open("/var/run/netns/"+ns, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, true, err
	}
	defer unix.Close(there)
	if err := unix.Setns(there, unix.CLONE_NEWNET); err != nil {
		return -1, true, err
	}
	fd, err = openTUNHere()
	return fd, unix.Setns(here, unix.CLONE_NEWNET) == nil, err
}

func openTUNHere() (fd int, err error) {
	fd, err = unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, &os.PathError{Op: "open", Path: "/dev/net/tun", Err: err}
	}
	request, err := unix.NewIfreq(device)
	if err == nil {
		request.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
		err = unix.IoctlIfreq(fd, unix.TUNSETIFF, request)
	}
	if err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}
