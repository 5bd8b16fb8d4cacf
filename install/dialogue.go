package install

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// A state is how far the dialogue has come.
type state uint8

const (
	listening state = iota // nothing was offered
	answered               // the offer has its answer, which was no
	promised               // the line for the upload is out
	sending                // the bytes are on their way
	over                   // the upload has ended, well or not
)

// Begin gives the installer the standard input of the remote sh. ctx ends questions.
func (in *Installer) Begin(ctx context.Context, to io.WriteCloser) { in.ctx, in.to = ctx, to }

// Line takes a line of the remote side, which has only printable characters, without its
// line end. It reports whether that was one of this package's start lines; what names it
// is returned for messages. more has what comes after the line. It may ask the user, and
// blocks until they have answered.
//
// An error means that the line breaks the grammar, or comes when it means nothing.
func (in *Installer) Line(text string, more io.Reader) (name string, err error) {
	for _, tag := range []struct {
		name string
		take func(rest string) error
	}{
		{tagOffer, in.offer},
		{tagReady, func(string) error { return in.ready() }},
		{tagFile, func(rest string) error { return in.hash(rest, more) }},
		{tagTrouble, in.trouble},
		{tagFailed, func(string) error { return in.failed() }},
		{tagInstalled, in.installed},
	} {
		if rest, ok := strings.CutPrefix(text, tag.name); ok && (rest == "" || rest[0] == ' ') {
			return tag.name, tag.take(strings.TrimPrefix(rest, " "))
		}
	}
	return "", nil
}

// errUnasked is the error of a line that answers no question.
var errUnasked = errors.New("it comes out of turn")

// offer decides whether the host gets the program, and says so.
func (in *Installer) offer(rest string) error {
	if in.state != listening || in.to == nil {
		return errUnasked
	}
	r, err := parseReport(rest)
	if err != nil {
		return err
	}
	in.logf("the host says: %s", rest)
	in.state = answered
	line := ":" // sh's command that does nothing
	if p, ok := in.choose(r); ok {
		if up, err := in.pack(p, r.gzip); err != nil {
			in.err = &Error{fmt.Sprintf("the program for it cannot be taken: %v", err), "unpack the release again"}
		} else {
			line = in.uploadLine(p, len(up.bytes), up.packed, rand.Text())
			in.state, in.sent, in.before = promised, up, len(in.troubles)
		}
	}
	_, err = io.WriteString(in.to, line+"\n")
	return in.broken(err)
}

// broken makes the failure to write to ssh none: that it has ended is what its reader
// finds out, with the reason.
func (in *Installer) broken(err error) error {
	if err != nil {
		in.logf("writing to ssh: %v", err)
	}
	return nil
}

// choose returns the program for the host, if it shall have it.
func (in *Installer) choose(r report) (p program, ok bool) {
	for _, p := range in.programs {
		if p.is(r.system, r.machine) {
			return p, in.consent(r)
		}
	}
	in.err = &Error{
		fmt.Sprintf("there is no roam for its platform (%s, %s) here", r.system, r.machine),
		"unpack the release for that platform and name its directory with --install-from",
	}
	return program{}, false
}

// consent returns what the user wants, and asks if that is not known.
func (in *Installer) consent(r report) bool {
	switch {
	case in.cfg.Mode == Always, in.answer == yes:
		return true
	case in.cfg.Mode == Never, in.answer == no, !in.canAsk():
		return false
	}
	in.answer = in.ask(in.ctx, r)
	if in.answer != unknown {
		if err := keepAnswer(in.cfg.Answers, in.cfg.Host, in.answer); err != nil {
			in.notef("the answer is not kept: %v", err)
		}
	}
	return in.answer == yes
}

// pack reads a program and makes it small for the way, if the host can undo that.
func (in *Installer) pack(p program, gzipped bool) (*upload, error) {
	content, err := p.content()
	if err != nil {
		return nil, err
	}
	up := &upload{packed: gzipped, bytes: content}
	if gzipped {
		var small bytes.Buffer
		// The best compression saves a tenth more and takes ten times as long.
		w, _ := gzip.NewWriterLevel(&small, gzip.BestSpeed)
		w.Write(content) // a Buffer takes everything
		w.Close()
		up.bytes = small.Bytes()
	}
	return up, nil
}

// ready sends the bytes.
func (in *Installer) ready() error {
	if in.state != promised {
		return errUnasked
	}
	in.state = sending
	in.sent.start(in.to, newBar(in.cfg.Out, in.cfg.Host))
	return nil
}

// hash reads a file of the host and answers with its hash.
func (in *Installer) hash(rest string, more io.Reader) error {
	size, err := parseSize(rest)
	if err != nil {
		return err
	}
	if in.files++; in.files > maxFiles || in.to == nil {
		return errUnasked
	}
	in.logf("nothing there can hash: %d bytes come here for that, at each start; sha256sum, shasum or openssl there would spare it", size)
	h := sha256.New()
	if _, err := io.CopyN(h, more, size); err != nil {
		return fmt.Errorf("the file ends early: %w", err)
	}
	_, err = io.WriteString(in.to, hex.EncodeToString(h.Sum(nil))+"\n")
	return in.broken(err)
}

// trouble notes what is wrong there: with the upload, for its end; with what was put there
// before, for the user.
func (in *Installer) trouble(rest string) error {
	t, err := parseTrouble(rest)
	if err != nil {
		return err
	}
	in.logf("the host says: %v", t)
	uploads := in.state == promised || in.state == sending
	same := func(old Trouble) bool { return old.String() == t.String() }
	switch {
	case len(in.troubles) == maxTroubles:
	case uploads:
		in.troubles = append(in.troubles, t)
	case !slices.ContainsFunc(in.troubles, same):
		in.troubles = append(in.troubles, t)
		in.notef("%v; it is not used", t)
	}
	return nil
}

// failed ends an upload that did not succeed.
func (in *Installer) failed() error {
	if in.state != promised && in.state != sending {
		return errUnasked
	}
	in.err = &Error{"the host did not take it", "try again with --verbose"}
	if begun := in.state == sending; len(in.troubles) > in.before {
		t := in.troubles[in.before] // the place that is preferred
		if begun {
			t = in.troubles[len(in.troubles)-1] // or the one that was good at first
		}
		in.err = &Error{t.String(), t.Hint()}
	}
	in.to.Close() // nobody reads the rest
	in.end()
	return nil
}

// installed ends an upload that succeeded.
func (in *Installer) installed(path string) error {
	if in.state != sending || path == "" {
		return errUnasked
	}
	in.end()
	in.notef("put roam %s on %s, as %s", in.cfg.Release, in.cfg.Host, path)
	return nil
}

// end waits for the upload's end: its last byte is out, or nobody reads.
func (in *Installer) end() {
	if in.state == sending {
		in.sent.wait()
	}
	in.state = over
}

// Close ends what is still under way: nobody reads what is sent any more.
func (in *Installer) Close() {
	in.cut = in.state == promised || in.state == sending
	if in.to != nil {
		in.to.Close()
	}
	in.end()
}
