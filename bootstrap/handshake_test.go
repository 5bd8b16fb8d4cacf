package bootstrap

import (
	"bytes"
	"errors"
	"io"
	"net/netip"
	"strings"
	"testing"
	"testing/iotest"
)

const testKey = "AAECAwQFBgcICQoLDA0ODw"

func TestHandshakeReadsLines(t *testing.T) {
	tests := []struct {
		name, in, noise string
		want            handshake // without the key
	}{
		{"stock", "MOSH CONNECT 60001 " + testKey + "\n", "", handshake{port: 60001, connected: true}},
		{"CRLF and blanks", "MOSH CONNECT 60001 " + testKey + " \t\r\n", "", handshake{port: 60001, connected: true}},
		{"without line end", "MOSH CONNECT 1 " + testKey, "", handshake{port: 1, connected: true}},
		{"everything", "MOSH IP 192.0.2.1\nMOSH SSH_CONNECTION 198.51.100.7 5 2001:db8::2 22\nROAM SERVER /usr/bin/my roam\nMOSH CONNECT 65535 " + testKey + "\n", "",
			handshake{ip: netip.MustParseAddr("192.0.2.1"), connServer: netip.MustParseAddr("2001:db8::2"), server: "/usr/bin/my roam", port: 65535, connected: true}},
		{"mapped address", "MOSH SSH_CONNECTION ::ffff:1.2.3.4 5 ::ffff:192.0.2.2 22\n", "", handshake{connServer: netip.MustParseAddr("192.0.2.2")}},
		{"addresses", "ROAM ADDRESSES 192.0.2.1/24 2001:db8::1/64 127.0.0.1/8 fe80::1/64 fe80::1%em0 ::1 x 0.0.0.0 192.0.2.1 00:00:5e:00:53:01 10.0.0.1\n", "",
			handshake{host: [maxHostAddresses]netip.Addr(append(addrs("192.0.2.1", "2001:db8::1", "10.0.0.1"), make([]netip.Addr, maxHostAddresses-3)...))}},
		{"no addresses", "ROAM ADDRESSES\n", "", handshake{}},
		{"no address in SSH_CONNECTION", "MOSH SSH_CONNECTION UNKNOWN 65535 UNKNOWN 65535\n", "", handshake{}},
		{"noise", "Welcome!\n\n  MOSH CONNECT is a line\nxxMOSH CONNECT 1 " + testKey + "\nMOSH CONNECTED\n", "Welcome!\n\n  MOSH CONNECT is a line\nxxMOSH CONNECT 1 " + testKey + "\nMOSH CONNECTED\n", handshake{}},
		{"blank line before a start line", "motd\n\nROAM NOSERVER\n", "motd\n", handshake{noServer: true}},
		{"exit", "\r\nROAM EXIT 127\r\n", "", handshake{exited: true, exitStatus: 127}},
		{"nothing after the connect line", "MOSH CONNECT 7 " + testKey + "\nMOSH CONNECT bad\nlater\n", "", handshake{port: 7, connected: true}},
		{"long line", strings.Repeat("x", 3*maxLine) + "\nMOSH CONNECT 7 " + testKey + "\n", strings.Repeat("x", 3*maxLine) + "\n", handshake{port: 7, connected: true}},
		{"start line inside a long line", strings.Repeat(" ", maxLine) + "MOSH CONNECT 7 " + testKey + "\n", strings.Repeat(" ", maxLine) + "MOSH CONNECT 7 " + testKey + "\n", handshake{}},
		{"unfinished noise", "login: ", "login: ", handshake{}},
		{"empty", "", "", handshake{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, wrap := range []func(io.Reader) io.Reader{func(r io.Reader) io.Reader { return r }, iotest.OneByteReader} {
				var got handshake
				var noise bytes.Buffer
				if err := got.read(wrap(strings.NewReader(test.in)), &noise); err != nil {
					t.Fatalf("read(%q): %v", test.in, err)
				}
				if got.connected && got.key.Encode() != testKey {
					t.Errorf("read(%q): another key than the line's", test.in)
				}
				got.key.Erase()
				if got != test.want {
					t.Errorf("read(%q) = %+v, want %+v", test.in, got, test.want)
				}
				if noise.String() != test.noise {
					t.Errorf("read(%q): noise %q, want %q", test.in, noise.String(), test.noise)
				}
			}
		})
	}
}

func TestHandshakeRefuses(t *testing.T) {
	for _, in := range []string{
		"MOSH IP",
		"MOSH IP host.example",
		"MOSH IP 192.0.2.1 192.0.2.2",
		"MOSH IP 192.0.2.1\nMOSH IP 192.0.2.1",
		"MOSH IP 0.0.0.0",
		"MOSH IP 224.0.0.1",
		"MOSH IP 255.255.255.255",
		"MOSH SSH_CONNECTION 1.2.3.4 5 6.7.8.9",
		"MOSH SSH_CONNECTION 1.2.3.4 5 6.7.8.9 10 11",
		"MOSH CONNECT",
		"MOSH CONNECT 60001",
		"MOSH CONNECT 0 " + testKey,
		"MOSH CONNECT 65536 " + testKey,
		"MOSH CONNECT -1 " + testKey,
		"MOSH CONNECT +1 " + testKey,
		"MOSH CONNECT 0x10 " + testKey,
		"MOSH CONNECT  60001 " + testKey,
		"MOSH CONNECT 60001  " + testKey,
		"MOSH CONNECT 60001 " + testKey[:21],
		"MOSH CONNECT 60001 " + testKey + "=",
		"MOSH CONNECT 60001 " + testKey + " more",
		"MOSH CONNECT 60001 " + testKey[:21] + "x", // bits that belong to no byte
		"ROAM SERVER",
		"ROAM EXIT",
		"ROAM EXIT 256",
	} {
		var h handshake
		err := h.read(strings.NewReader(in+"\n"), io.Discard)
		var bad *HandshakeError
		if !errors.As(err, &bad) {
			t.Errorf("read(%q) = %v, want a HandshakeError", in, err)
		} else if strings.Contains(err.Error(), testKey[:21]) {
			t.Errorf("read(%q): the error shows the key: %v", in, err)
		}
		if h.connected {
			t.Errorf("read(%q) connected", in)
		}
	}
}

func FuzzHandshake(f *testing.F) {
	f.Add([]byte("MOSH CONNECT 60001 " + testKey + "\r\n"))
	f.Add([]byte("\n\nMOSH IP 192.0.2.1\nMOSH SSH_CONNECTION a b ::1 22\nROAM SERVER /x\nROAM EXIT 1\n"))
	f.Add([]byte("ROAM ADDRESSES 192.0.2.1/24 fe80::1%em0 x 2001:db8::1\nROAM ADDRESSES 192.0.2.2 ::"))
	f.Add([]byte("ROAM ADDRESSES" + strings.Repeat(" 192.0.2.1 2001:db8::1 10.0.0.1", 40)))
	f.Add([]byte("Last login: today\nROAM NOSERVER"))
	f.Add([]byte(strings.Repeat("MOSH CONNECT ", 700)))
	f.Fuzz(func(t *testing.T, b []byte) {
		var h, slow handshake
		var noise, slowNoise bytes.Buffer
		err := h.read(bytes.NewReader(b), &noise)
		slowErr := slow.read(iotest.OneByteReader(bytes.NewReader(b)), &slowNoise)
		if h != slow || (err == nil) != (slowErr == nil) || noise.String() != slowNoise.String() {
			t.Errorf("read(%q) depends on how the bytes arrive: %+v and %+v", b, h, slow)
		}
		if h.connected && (h.port == 0 || !bytes.Contains(b, []byte(h.key.Encode()))) {
			t.Errorf("read(%q) connected to port %d", b, h.port)
		}
		if h.ip.IsValid() && (h.ip.IsUnspecified() || h.ip.IsMulticast()) {
			t.Errorf("read(%q): address %v", b, h.ip)
		}
		for _, a := range h.hostAddrs() {
			if !a.IsValid() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.Zone() != "" || a.IsMulticast() {
				t.Errorf("read(%q): address %v of the host", b, a)
			}
		}
		if noise.Len() > len(b) {
			t.Errorf("read(%q): %d bytes of noise", b, noise.Len())
		}
	})
}
