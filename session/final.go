package session

import (
	"errors"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"
)

// Limits of a Final's texts, in bytes: a signal's name and a line for the user.
const (
	maxSignal = 32
	maxReason = 256
)

// A Final says how a session ended. It belongs to the last state of the screen,
// and is sent where the capability Status is agreed.
type Final struct {
	Exit   *int   // exit status of the program, 0..255; nil if it did not exit by itself
	Signal string // name of the signal that ended the program, as "KILL"; "" for none
	Reason string // why the server ended the session, for people; "" if the program ended it
	Moved  bool   // it has ended for this client only: another one attached to it
}

// Fields of the message Final (docs/protocol.md).
const (
	finalExit   = 1 // varint
	finalSignal = 2 // bytes
	finalReason = 3 // bytes
	finalMoved  = 4 // varint, not 0
)

// errFinal reports a malformed message Final.
var errFinal = errors.New("session: malformed end of session")

// appendFinal appends the encoding of f.
func appendFinal(dst []byte, f *Final) []byte {
	if f.Exit != nil {
		dst = protowire.AppendTag(dst, finalExit, protowire.VarintType)
		dst = protowire.AppendVarint(dst, uint64(*f.Exit))
	}
	if f.Signal != "" {
		dst = protowire.AppendTag(dst, finalSignal, protowire.BytesType)
		dst = protowire.AppendString(dst, cut(f.Signal, maxSignal))
	}
	if f.Reason != "" {
		dst = protowire.AppendTag(dst, finalReason, protowire.BytesType)
		dst = protowire.AppendString(dst, cut(f.Reason, maxReason))
	}
	if f.Moved {
		dst = protowire.AppendTag(dst, finalMoved, protowire.VarintType)
		dst = protowire.AppendVarint(dst, 1)
	}
	return dst
}

// parseFinal reads what appendFinal wrote; unknown fields are skipped. Texts
// are cut to their limits and hold printable characters only.
func parseFinal(b []byte) (*Final, error) {
	f := &Final{}
	for len(b) > 0 {
		num, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			return nil, errFinal
		}
		b = b[n:]
		switch {
		case (num == finalExit || num == finalMoved) && typ == protowire.VarintType:
			v, n := protowire.ConsumeVarint(b)
			if n < 0 {
				return nil, errFinal
			}
			if num == finalExit {
				exit := int(v & 0xff)
				f.Exit = &exit
			} else {
				f.Moved = v != 0
			}
			b = b[n:]
		case (num == finalSignal || num == finalReason) && typ == protowire.BytesType:
			v, n := protowire.ConsumeBytes(b)
			if n < 0 {
				return nil, errFinal
			}
			if num == finalSignal {
				f.Signal = printable(v, maxSignal)
			} else {
				f.Reason = printable(v, maxReason)
			}
			b = b[n:]
		default:
			n := protowire.ConsumeFieldValue(num, typ, b)
			if n < 0 {
				return nil, errFinal
			}
			b = b[n:]
		}
	}
	return f, nil
}

// cut returns the longest beginning of s of at most n bytes and whole characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// printable returns b as text without control characters, of at most n bytes.
func printable(b []byte, n int) string {
	out := make([]rune, 0, min(len(b), n))
	for _, r := range string(b[:min(len(b), n)]) {
		if r >= ' ' && r != 0x7f && (r < 0x80 || r >= 0xa0) && r != utf8.RuneError {
			out = append(out, r)
		}
	}
	return string(out)
}
