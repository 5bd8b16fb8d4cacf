package wire

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"hash/adler32"
	"io"
	"slices"
)

// MaxInflated is the largest inflated instruction, in bytes: stock receivers drop
// larger ones, and so do we.
const MaxInflated = 4 << 20

// Errors of Inflater.Append.
var (
	ErrInflate  = errors.New("wire: bad zlib stream")
	ErrTooLarge = errors.New("wire: instruction inflates beyond 4 MiB")
)

// zlibHeader is the header of the streams that we write (RFC 1950 section 2.2):
// deflate with a window of 32 KiB, default level, no preset dictionary.
const zlibHeader = 0x789c

// A Compressor makes zlib streams. The zero value is ready to use; it keeps its
// tables for the next stream.
type Compressor struct {
	small deflater
	large *flate.Writer // made when first needed: it takes 0.8 MB
	sink  appender
}

// Append appends to dst the zlib stream of plain.
func (c *Compressor) Append(dst, plain []byte) []byte {
	dst = binary.BigEndian.AppendUint16(dst, zlibHeader)
	dst = c.appendDeflate(dst, nil, plain)
	return binary.BigEndian.AppendUint32(dst, adler32.Checksum(plain))
}

// appendDeflate appends the deflate stream of plain, for a reader who has the preset
// dictionary; long inputs have no use for it.
func (c *Compressor) appendDeflate(dst, preset, plain []byte) []byte {
	if len(plain) <= maxSmall {
		return c.small.append(dst, preset, plain)
	}
	return c.appendLarge(dst, plain)
}

// appendLarge appends the deflate stream of plain by the standard library, which
// is better with long inputs and worse with short ones than deflater.
func (c *Compressor) appendLarge(dst, plain []byte) []byte {
	c.sink = dst
	if c.large == nil {
		c.large, _ = flate.NewWriter(&c.sink, flate.DefaultCompression) // fails for bad levels only
	} else {
		c.large.Reset(&c.sink)
	}
	c.large.Write(plain) // cannot fail: the sink does not
	c.large.Close()
	dst, c.sink = c.sink, nil
	return dst
}

// An appender is an io.Writer that appends to itself.
type appender []byte

func (a *appender) Write(p []byte) (int, error) {
	*a = append(*a, p...)
	return len(p), nil
}

// An Inflater opens zlib streams. The zero value is ready to use; it keeps its
// tables for the next stream.
type Inflater struct {
	src   bytes.Reader
	flate io.ReadCloser // also a flate.Resetter
}

// Append appends to dst what the zlib stream at the front of compressed inflates
// to. Bytes after the stream are ignored, as stock does. It allocates in the
// measure of what really inflates. It returns ErrInflate (also for a preset
// dictionary) or ErrTooLarge, and then dst as it was.
func (z *Inflater) Append(dst, compressed []byte) ([]byte, error) {
	const headerSize = 2
	if len(compressed) < headerSize || !plainHeader(compressed) {
		return dst, ErrInflate
	}
	out, err := z.appendDeflated(dst, nil, compressed[headerSize:])
	if err != nil {
		return dst, err
	}
	var sum [4]byte
	if n, _ := z.src.Read(sum[:]); n < len(sum) {
		return dst, ErrInflate
	}
	if binary.BigEndian.Uint32(sum[:]) != adler32.Checksum(out[len(dst):]) {
		return dst, ErrInflate
	}
	return out, nil
}

// appendDeflated appends to dst what the deflate stream at the front of compressed
// inflates to, given its preset dictionary. What follows it is left in z.src. It returns
// ErrInflate or ErrTooLarge, and then dst as it was.
func (z *Inflater) appendDeflated(dst, preset, compressed []byte) ([]byte, error) {
	z.src.Reset(compressed)
	if z.flate == nil {
		z.flate = flate.NewReaderDict(&z.src, preset)
	} else if z.flate.(flate.Resetter).Reset(&z.src, preset) != nil {
		return dst, ErrInflate
	}
	out, err := z.inflate(dst)
	if err != nil {
		return dst, err
	}
	return out, nil
}

// plainHeader reports whether b begins with the header of a deflate stream that
// needs no preset dictionary.
func plainHeader(b []byte) bool {
	const deflate, maxWindow, presetDict = 8, 7, 1 << 5
	method, window := b[0]&0x0f, b[0]>>4
	return method == deflate && window <= maxWindow && b[1]&presetDict == 0 && binary.BigEndian.Uint16(b)%31 == 0
}

// inflate appends the deflate stream at hand to dst.
func (z *Inflater) inflate(dst []byte) ([]byte, error) {
	const minRoom = 512
	limit := len(dst) + MaxInflated
	for {
		if len(dst) == cap(dst) {
			dst = slices.Grow(dst, minRoom)
		}
		// One byte above the limit tells a stream that ends there from a longer
		// one.
		room := dst[len(dst):min(cap(dst), limit+1)]
		n, err := z.flate.Read(room)
		dst = dst[:len(dst)+n]
		switch {
		case len(dst) > limit:
			return nil, ErrTooLarge
		case err == io.EOF:
			return dst, nil
		case err != nil:
			return nil, ErrInflate
		}
	}
}
