package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// ip runs the ip program of iproute2.
func ip(t testing.TB, args string) {
	t.Helper()
	if out, err := exec.Command(program(t, "ip", "iproute2"), strings.Fields(args)...).CombinedOutput(); err != nil {
		t.Fatalf("ip %s: %v\n%s", args, err, out)
	}
}

// TestClientMoves runs the client in a network namespace whose address changes: from
// one to another, with a time without any between, and over to another interface.
// Nothing that is typed is lost.
func TestClientMoves(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Fatal("this test makes network namespaces: run it as root")
	}
	for i, p := range ours {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			// Names of interfaces are short, and other runs may be under way.
			ns := fmt.Sprintf("e2e%d-%d", os.Getpid()%100_000, i)
			net := func(n int) string { return fmt.Sprintf("10.%d.%d", 200+i, n) }
			ip(t, "netns add "+ns)
			t.Cleanup(func() { exec.Command("ip", "netns", "del", ns).Run() }) // its interfaces go with it
			for n := range 2 {
				out, in := fmt.Sprintf("%s%d", ns, n), fmt.Sprintf("c%d", n)
				ip(t, fmt.Sprintf("link add %s type veth peer name %s netns %s", out, in, ns))
				t.Cleanup(func() { exec.Command("ip", "link", "del", out).Run() })
				ip(t, fmt.Sprintf("addr add %s.1/24 dev %s", net(n), out))
				ip(t, "link set "+out+" up")
			}
			// The server's address is reached over either interface.
			ip(t, fmt.Sprintf("addr add %s.1/32 dev %s0", net(9), ns))
			inside := func(args string) { t.Helper(); ip(t, "-n "+ns+" "+args) }
			inside("link set c0 up")
			inside("addr add " + net(0) + ".2/24 dev c0")
			inside("route add default via " + net(0) + ".1")

			rec := newRecorder(t)
			s := startServerBy(t, p.serverPath(t), cleanEnv(t.TempDir()), net(9)+".1", rec.command()...)
			words := append([]string{program(t, "ip", "iproute2"), "netns", "exec", ns}, p.clientPath(t)...)
			c := startClientBy(t, p.String(), append(words, s.addr.Addr().String(), fmt.Sprint(s.addr.Port())), s.key)
			c.expect("RECORDING")
			sent := ""
			enter := func(piece string, wait bool) {
				t.Helper()
				sent += piece
				c.enter(piece)
				if wait {
					rec.expect(c, sent)
				}
			}
			enter("at the first address; ", true)

			inside("addr del " + net(0) + ".2/24 dev c0") // the routes go with it
			inside("addr add " + net(0) + ".3/24 dev c0")
			inside("route add default via " + net(0) + ".1")
			enter("at the second address; ", true)

			inside("addr del " + net(0) + ".3/24 dev c0")
			inside("link set c0 down")
			enter("without any address; ", false)
			if p.client == roam {
				c.expect("(?i)unreachable|last (contact|reply)")
			}
			inside("link set c1 up")
			inside("addr add " + net(1) + ".2/24 dev c1")
			inside("route add default via " + net(1) + ".1")
			enter("over the other interface; ", true)
			enter("\x04", true)
		})
	}
}
