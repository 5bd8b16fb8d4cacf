package bootstrap

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"roam/crypto"
	"roam/install"
)

// maxLine is the longest line, in bytes, that is looked at for a start line.
// The longest that means anything names a program by its path, which is at
// most 4,096 bytes on the systems that we know. Longer lines are noise.
const maxLine = 4096 + 64

// Start lines: each begins at the start of a line; trailing white space, the
// CR of a remote terminal among it, is tolerated. The MOSH lines are those of
// stock mosh; the ROAM lines come from our own remote script only.
const (
	tagIP         = "MOSH IP"             // ADDR: where to send datagrams, whatever else is known
	tagConnection = "MOSH SSH_CONNECTION" // client, its port, server, its port: as sshd says
	tagConnect    = "MOSH CONNECT"        // PORT KEY: the server is ready; nothing is read after it
	tagAddresses  = "ROAM ADDRESSES"      // ADDR...: the host's, on which the server will listen
	tagServer     = "ROAM SERVER"         // PATH: the server found there is started next
	tagNoServer   = "ROAM NOSERVER"       // no server was found
	tagExit       = "ROAM EXIT"           // STATUS: the server ended with it
	tagFact       = "ROAM FACT"           // NAME VALUE: what the host says of itself, if it was asked
)

// maxHostAddresses is how many of the host's addresses are taken: hosts with more have
// them for containers and the like.
const maxHostAddresses = 16

// A handshake collects what the start lines said.
type handshake struct {
	ip         netip.Addr                   // of MOSH IP
	connServer netip.Addr                   // server's side of MOSH SSH_CONNECTION
	host       [maxHostAddresses]netip.Addr // of ROAM ADDRESSES, without invalid ones between
	server     string                       // of ROAM SERVER
	noServer   bool
	exited     bool
	exitStatus int // of ROAM EXIT
	connected  bool
	port       uint16
	key        crypto.Key

	spoken  chan struct{}      // gets a value for a start line if it has room; may be nil
	facts   *[]Fact            // takes those that the host says; nil: nowhere
	install *install.Installer // takes the lines that are about it; nil: they are noise
}

// over reports whether no line after this one can matter.
func (h *handshake) over() bool { return h.connected || h.noServer || h.exited }

// line takes one line without its line feed. It reports whether it was a start
// line, and a *HandshakeError if it was one that breaks the grammar.
func (h *handshake) line(text string) (tagged bool, err error) {
	text = strings.TrimRight(text, " \t\r\v\f")
	for _, tag := range []struct {
		name string
		read func(rest string) error
	}{
		{tagIP, h.readIP},
		{tagConnection, h.readConnection},
		{tagConnect, h.readConnect},
		{tagAddresses, h.readAddresses},
		{tagServer, h.readServer},
		{tagNoServer, func(string) error { h.noServer = true; return nil }},
		{tagExit, h.readExit},
		{tagFact, h.readFact},
	} {
		rest, ok := strings.CutPrefix(text, tag.name)
		if !ok || rest != "" && rest[0] != ' ' {
			continue
		}
		if err := tag.read(strings.TrimPrefix(rest, " ")); err != nil {
			return true, &HandshakeError{Line: tag.name, Err: err}
		}
		return true, nil
	}
	return false, nil
}

// installLine is line for those that are about putting roam there; more has what follows.
func (h *handshake) installLine(text string, more io.Reader) (tagged bool, err error) {
	name, err := h.install.Line(printable(strings.TrimRight(text, " \t\r\v\f")), more)
	if err != nil {
		return true, &HandshakeError{Line: name, Err: err}
	}
	return name != "", nil
}

func (h *handshake) readIP(rest string) error {
	if h.ip.IsValid() {
		return errors.New("a second address after the first")
	}
	addr, err := parseAddr(rest)
	if err != nil {
		return err
	}
	h.ip = addr
	return nil
}

func (h *handshake) readConnection(rest string) error {
	words := strings.Fields(rest)
	if len(words) != 4 {
		return errors.New("want two addresses with their ports")
	}
	// The address can be a host name's stand-in, such as UNKNOWN behind a
	// proxy; then it only does not help.
	h.connServer, _ = parseAddr(words[2])
	return nil
}

// readAddresses takes what ip, ifconfig or hostname printed as addresses, with the
// lengths of their prefixes or not. Those that mean nothing elsewhere are passed over, as
// is what is no address.
func (h *handshake) readAddresses(rest string) error {
	n := 0
	for word := range strings.FieldsSeq(rest) {
		word, _, _ = strings.Cut(word, "/")
		addr, err := parseAddr(word)
		if err != nil || !meansSomethingElsewhere(addr) || slices.Contains(h.host[:n], addr) {
			continue
		}
		if h.host[n] = addr; n == len(h.host)-1 {
			break
		}
		n++
	}
	return nil
}

// hostAddrs returns the host's addresses.
func (h *handshake) hostAddrs() []netip.Addr {
	n := slices.IndexFunc(h.host[:], func(a netip.Addr) bool { return !a.IsValid() })
	if n < 0 {
		n = len(h.host)
	}
	return h.host[:n]
}

func (h *handshake) readConnect(rest string) error {
	portText, keyText, ok := strings.Cut(rest, " ")
	if !ok {
		return errors.New("want a port and a key")
	}
	port, err := parsePort(portText)
	if err != nil {
		return err
	}
	if port == 0 {
		return errors.New("port 0")
	}
	key, err := crypto.ParseKey(keyText)
	if err != nil {
		return err // names the fault and never shows the key
	}
	h.port, h.key, h.connected = port, key, true
	return nil
}

func (h *handshake) readServer(rest string) error {
	if rest == "" {
		return errors.New("want the path of a program")
	}
	h.server = rest
	return nil
}

func (h *handshake) readExit(rest string) error {
	status, err := strconv.ParseUint(rest, 10, 8)
	if err != nil {
		return errors.New("want an exit status")
	}
	h.exitStatus, h.exited = int(status), true
	return nil
}

// parseAddr reads a numeric address that a datagram can be sent to.
func parseAddr(s string) (netip.Addr, error) {
	addr, err := netip.ParseAddr(s)
	switch {
	case err != nil:
		return netip.Addr{}, errors.New("not a numeric address")
	case addr.IsUnspecified(), addr.IsMulticast(), addr == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return netip.Addr{}, errors.New("not the address of a host")
	}
	return addr.Unmap(), nil
}

// read reads lines from r until the handshake is over or r ends, and gives
// what are not start lines to noise, each with its line end. A blank line in
// front of a start line belongs to it: whoever prints one puts it there in case
// something before has not ended its line. The error is of r or a
// *HandshakeError.
func (h *handshake) read(r io.Reader, noise io.Writer) error {
	lines := bufio.NewReaderSize(r, maxLine)
	var blank []byte // a blank line held back
	fresh := true    // the next piece starts a line
	for !h.over() {
		piece, err := lines.ReadSlice('\n')
		ended := err == nil
		whole := fresh && (ended || err == io.EOF)
		fresh = ended
		if whole && len(piece) > 0 {
			text := string(bytes.TrimSuffix(piece, []byte("\n")))
			tagged, lineErr := h.line(text)
			if !tagged && lineErr == nil && h.install != nil {
				tagged, lineErr = h.installLine(text, lines)
			}
			if lineErr != nil {
				return lineErr
			}
			if tagged {
				select {
				case h.spoken <- struct{}{}:
				default: // somebody knows, or nobody asks
				}
				blank = nil
				piece = nil
			}
		}
		if len(piece) > 0 {
			noise.Write(blank) // what cannot be shown does not stop the start
			blank = nil
			if whole && len(bytes.TrimSpace(piece)) == 0 {
				blank = bytes.Clone(piece)
			} else {
				noise.Write(piece)
			}
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			if err == io.EOF {
				return nil
			}
			return err
		}
	}
	return nil
}
