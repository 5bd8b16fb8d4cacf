package bootstrap

import (
	"bytes"
	"context"
	"io"
)

// maxAnswer is the most bytes taken of what a subcommand prints: the list of some
// hundred sessions.
const maxAnswer = 256 << 10

// Query runs one of roam's own subcommands on a host, words, and returns what it
// printed and its exit status. The way there is that of SSH, and so are the errors,
// but that a subcommand may end as it likes. A roam that was put there before will do;
// none is put there now. Server, Program and Family do not matter.
func Query(ctx context.Context, c SSHConfig, words []string) (answer []byte, status int, err error) {
	source := c.source(false)
	config, err := c.prepare(ctx)
	if err != nil {
		return nil, 0, err
	}
	from, err := source()
	if err != nil {
		return nil, 0, err
	}
	h := &handshake{facts: c.Facts}
	said := &answerReader{h: h, noise: c.Console.Noise}
	ran, err := c.run(ctx, config, queryScript(words, from, c.Facts != nil), from, h, said)
	switch {
	case err != nil:
	case h.noServer:
		err = &NoServerError{Roam: true}
	case !h.exited:
		err = &SSHError{Status: ran.status, Stderr: ran.said}
	}
	if err != nil {
		return nil, 0, named(err, c.Host)
	}
	return bytes.TrimSpace(said.answer.Bytes()), h.exitStatus, nil
}

// queryScript is the remoteScript that runs roam with words. facts has the host say what
// it is like.
func queryScript(words []string, from source, facts bool) string {
	s := newScript()
	if facts {
		s.hostFacts()
	}
	s.search(true, from)
	s.add(`set -- "$_r"`)
	s.append(words)
	s.add(`_t "`+tagServer+` $_r"`, `"$@" 2>&1 </dev/null`)
	return s.finish()
}

// An answerReader keeps what comes after the line that names the program, and passes
// on what comes before it.
type answerReader struct {
	h      *handshake
	noise  io.Writer
	answer bytes.Buffer
}

func (r *answerReader) Write(p []byte) (int, error) {
	if r.h.server == "" {
		return r.noise.Write(p)
	}
	r.answer.Write(p[:min(len(p), maxAnswer-r.answer.Len())])
	return len(p), nil
}
