package sshtest

import (
	"net"
	"os"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// In returns the place in a network namespace, which a file stands for, where a server
// listens on addr, an address with a TCP port. Programs of util-linux lead there.
func In(t testing.TB, namespace, addr string) Place {
	t.Helper()
	runtime.LockOSThread()
	home, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		t.Fatal(err)
	}
	defer home.Close()
	there, err := os.Open(namespace)
	if err != nil {
		t.Fatal(err)
	}
	defer there.Close()
	if err := unix.Setns(int(there.Fd()), unix.CLONE_NEWNET); err != nil {
		t.Fatalf("sshtest: entering a namespace: %v", err)
	}
	l, err := net.Listen("tcp", addr)
	if err := unix.Setns(int(home.Fd()), unix.CLONE_NEWNET); err != nil {
		t.Fatalf("sshtest: leaving a namespace: %v", err) // the thread ends with the test: it stays locked
	}
	runtime.UnlockOSThread()
	if err != nil {
		t.Fatalf("sshtest: listening in a namespace: %v", err)
	}
	return Place{Through: []string{"nsenter", "--net=" + namespace}, Listen: []net.Listener{l}}
}
