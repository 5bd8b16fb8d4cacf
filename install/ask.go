package install

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"
)

// An answer is what the user has said of a host.
type answer string

const (
	unknown answer = "" // nothing yet, or nothing clear
	yes     answer = "yes"
	no      answer = "no"
)

// Limits of what is asked and kept.
const (
	maxAsked   = 3       // questions without a clear answer
	maxReply   = 256     // bytes of one
	maxAnswers = 1 << 20 // bytes of the file: some ten thousand hosts
)

// ask asks the user whether the host gets the program. Only whole words count: keys that
// were typed for something else decide nothing. It ends with ctx.
func (in *Installer) ask(ctx context.Context, r report) answer {
	has := "has no roam"
	switch {
	case r.roam != "":
		has = fmt.Sprintf("has roam %s, which is older than this program (%s)", r.roam, in.cfg.Release)
	case r.stock:
		has = "has mosh-server and no roam"
	}
	question := fmt.Sprintf("roam: %s %s; put this program into your cache directory there? (yes/no) ", in.cfg.Host, has)
	for range maxAsked {
		io.WriteString(in.cfg.Out, question)
		reply, err := readReply(ctx, in.cfg.In)
		if err != nil {
			io.WriteString(in.cfg.Out, "\n")
			return unknown
		}
		switch strings.ToLower(strings.TrimSpace(reply)) {
		case "yes":
			return yes
		case "no":
			return no
		}
		question = "roam: please type yes or no: "
	}
	return unknown
}

// readReply reads a line of a terminal, which returns one at most at a time, and nothing
// that was typed behind it.
func readReply(ctx context.Context, terminal *os.File) (string, error) {
	type reply struct {
		text string
		err  error
	}
	got := make(chan reply, 1) // room for its one value: the reader, which nothing can end, never waits
	go func() {
		b := make([]byte, maxReply)
		n, err := terminal.Read(b)
		if n == 0 && err == nil {
			err = io.EOF
		}
		got <- reply{string(b[:n]), err}
	}()
	select {
	case <-ctx.Done():
		return "", context.Cause(ctx)
	case r := <-got:
		return r.text, r.err
	}
}

// AnswersPath returns where answers are kept: $XDG_STATE_HOME/roam/install, or
// ~/.local/state/roam/install; "" if neither is known.
func AnswersPath(env func(name string) string) string {
	if dir := env("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "roam", "install")
	}
	if home := env("HOME"); filepath.IsAbs(home) {
		return filepath.Join(home, ".local", "state", "roam", "install")
	}
	return ""
}

// answersHead begins a new file of answers.
const answersHead = "# Whether roam may put itself on a host: HOST yes|no, the last line of a host counts.\n" +
	"# Without its lines, a host is asked about again.\n"

// readAnswer returns what the file says of a host; the last line counts.
func readAnswer(path, host string) answer {
	if path == "" {
		return unknown
	}
	file, err := os.Open(path)
	if err != nil {
		return unknown
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxAnswers))
	if err != nil {
		return unknown
	}
	return parseAnswers(text, host)
}

// parseAnswers returns what the text of a file says of a host.
func parseAnswers(text []byte, host string) (found answer) {
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		words := strings.Fields(lines.Text())
		if len(words) != 2 || !strings.EqualFold(words[0], host) {
			continue
		}
		if a := answer(words[1]); a == yes || a == no {
			found = a
		}
	}
	return found
}

// keepAnswer adds an answer to the file. Two at once lose none: a line is written whole.
func keepAnswer(path, host string, a answer) error {
	if path == "" {
		return nil
	}
	if host == "" || host[0] == '#' || strings.ContainsFunc(host, func(c rune) bool { return unicode.IsSpace(c) || c < ' ' }) {
		return errors.New("the host's name has blanks")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	line := strings.ToLower(host) + " " + string(a) + "\n"
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		line = answersHead + line
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(line)
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	return err
}
