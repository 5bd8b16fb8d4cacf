//go:build linux

package e2e

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
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

// A clientNet is a network namespace for a client, with two interfaces to the server's
// address, of which the first is up.
type clientNet struct {
	t      *testing.T
	ns     string
	number int
}

// newClientNet makes the network with a number of its own among those of this process.
func newClientNet(t *testing.T, number int) *clientNet {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Fatal("this test makes network namespaces: run it as root")
	}
	// Names of interfaces are short, and other runs may be under way.
	n := &clientNet{t: t, ns: fmt.Sprintf("e2e%d-%d", os.Getpid()%100_000, number), number: number}
	ip(t, "netns add "+n.ns)
	t.Cleanup(func() { exec.Command("ip", "netns", "del", n.ns).Run() }) // its interfaces go with it
	for i := range 2 {
		out, in := fmt.Sprintf("%s%d", n.ns, i), fmt.Sprintf("c%d", i)
		ip(t, fmt.Sprintf("link add %s type veth peer name %s netns %s", out, in, n.ns))
		t.Cleanup(func() { exec.Command("ip", "link", "del", out).Run() })
		ip(t, fmt.Sprintf("addr add %s.1/24 dev %s", n.subnet(i), out))
		ip(t, "link set "+out+" up")
	}
	// The server's address is reached over either interface.
	ip(t, fmt.Sprintf("addr add %s/32 dev %s0", n.server(), n.ns))
	n.ip("link set c0 up")
	n.ip("addr add " + n.subnet(0) + ".2/24 dev c0")
	n.ip("route add default via " + n.subnet(0) + ".1")
	return n
}

func (n *clientNet) subnet(i int) string { return fmt.Sprintf("10.%d.%d", 200+n.number, i) }
func (n *clientNet) server() string      { return n.subnet(9) + ".1" }

// ip runs ip inside.
func (n *clientNet) ip(args string) {
	n.t.Helper()
	ip(n.t, "-n "+n.ns+" "+args)
}

// words returns the words that run a command inside.
func (n *clientNet) words(command ...string) []string {
	n.t.Helper()
	return append([]string{program(n.t, "ip", "iproute2"), "netns", "exec", n.ns}, command...)
}

// run runs a command inside and returns what it printed.
func (n *clientNet) run(command ...string) string {
	n.t.Helper()
	words := n.words(command...)
	out, err := exec.Command(words[0], words[1:]...).CombinedOutput()
	if err != nil {
		n.t.Fatalf("%v: %v\n%s", command, err, out)
	}
	return string(out)
}

// session starts a recorder in a session of a pairing over the network, and returns a
// function that types a piece and waits until the recorder has it.
func (n *clientNet) session(p pairing) (*client, func(piece string, wait bool)) {
	n.t.Helper()
	rec := newRecorder(n.t)
	s := startServerBy(n.t, p.serverPath(n.t), cleanEnv(n.t.TempDir()), n.server(), rec.command()...)
	c := startClientBy(n.t, p.String(), n.words(append(p.clientPath(n.t), s.addr.Addr().String(), fmt.Sprint(s.addr.Port()))...), s.key)
	c.expect("RECORDING")
	sent := ""
	return c, func(piece string, wait bool) {
		n.t.Helper()
		sent += piece
		c.enter(piece)
		if wait {
			rec.expect(c, sent)
		}
	}
}

// TestClientMoves runs the client in a network namespace whose address changes: from
// one to another, with a time without any between, and over to another interface.
// Nothing that is typed is lost.
func TestClientMoves(t *testing.T) {
	for i, p := range ours {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			n := newClientNet(t, i)
			c, enter := n.session(p)
			enter("at the first address; ", true)

			n.ip("addr del " + n.subnet(0) + ".2/24 dev c0") // the routes go with it
			n.ip("addr add " + n.subnet(0) + ".3/24 dev c0")
			n.ip("route add default via " + n.subnet(0) + ".1")
			enter("at the second address; ", true)

			n.ip("addr del " + n.subnet(0) + ".3/24 dev c0")
			n.ip("link set c0 down")
			enter("without any address; ", false)
			if p.client == roam {
				c.expect("(?i)unreachable|last (contact|reply)")
			}
			n.ip("link set c1 up")
			n.ip("addr add " + n.subnet(1) + ".2/24 dev c1")
			n.ip("route add default via " + n.subnet(1) + ".1")
			enter("over the other interface; ", true)
			enter("\x04", true)
		})
	}
}

// TestFirewalls runs the client behind a firewall that forgets its port, lets nothing
// through for a while, and drops what is large in silence.
func TestFirewalls(t *testing.T) {
	nft := program(t, "nft", "nftables")
	for i, p := range ours {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			n := newClientNet(t, 10+i)
			c, enter := n.session(p)
			enter("an open path; ", true)
			n.run(nft, "add table ip test")
			for _, hook := range []string{"input", "output"} {
				n.run(nft, "add chain ip test "+hook+" { type filter hook "+hook+" priority 0; }")
			}

			ports := udpPorts(n.run("cat", "/proc/net/udp"))
			n.run(nft, "add rule ip test output udp sport { "+ports+" } drop")
			n.run(nft, "add rule ip test input udp dport { "+ports+" } drop")
			enter("from ports that are blocked; ", true)
			n.run(nft, "flush table ip test")

			n.run(nft, "add rule ip test output udp length > 0 drop")
			n.run(nft, "add rule ip test input udp length > 0 drop")
			enter("in an outage; ", false)
			c.expect("(?i)last (contact|reply)|not permitted")
			n.run(nft, "flush table ip test")
			enter("after it; ", true)

			if p.client == roam { // a stock client's large datagrams are its own affair
				n.run(nft, "add rule ip test output ip length > 576 drop")
				n.run(nft, "add rule ip test input ip length > 576 drop")
				enter(noisyText(3000), true)
			}
			enter("\x04", true)
		})
	}
}

// udpPorts returns the local ports in a table of sockets (proc(5), /proc/net/udp), as
// nft wants them.
func udpPorts(table string) string {
	var ports []string
	for _, line := range strings.Split(strings.TrimSpace(table), "\n")[1:] {
		_, hex, _ := strings.Cut(strings.Fields(line)[1], ":")
		port, _ := strconv.ParseUint(hex, 16, 16)
		ports = append(ports, fmt.Sprint(port))
	}
	return strings.Join(ports, ", ")
}

// noisyText returns n letters that do not compress well.
func noisyText(n int) string {
	rng := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('!' + rng.IntN('~'-'!'))
	}
	return string(b)
}
