package install

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"roam/internal/owner"
)

// sumsFile is the file of a release that has the hashes of the others, as sha256sum(1)
// prints them.
const sumsFile = "SHA256SUMS"

// Limits of what is read, far above what a release has.
const (
	maxSums    = 64 << 10 // bytes of SHA256SUMS
	maxProgram = 64 << 20 // bytes of a program; one is about 9 MiB
)

// A program can be put on the hosts of its platform.
type program struct {
	platform
	hash string // SHA-256 in hexadecimal
	read func() ([]byte, error)
}

// A SourceError reports a file or directory of this machine that no program is taken from.
type SourceError struct {
	Path    string
	Problem string // to stand behind the path
}

func (e *SourceError) Error() string { return fmt.Sprintf("install: %s %s", e.Path, e.Problem) }

// Hint says what to try.
func (e *SourceError) Hint() string {
	return fmt.Sprintf("--install-from names the directory of an unpacked release: %s beside roam-OS-ARCH, all yours or root's", sumsFile)
}

// itself returns this program, or the one at path if that is not empty. ok is false if
// there is no such platform for servers.
func itself(path string) (p program, ok bool, err error) {
	p.platform, ok = here()
	if !ok {
		return program{}, false, nil
	}
	if path == "" && runtime.GOOS == "linux" {
		path = "/proc/self/exe" // what runs, though its file may be another by now
	} else if path == "" {
		if path, err = os.Executable(); err != nil {
			return program{}, false, err
		}
	}
	p.read = func() ([]byte, error) {
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		return readAtMost(file, maxProgram)
	}
	file, err := os.Open(path)
	if err != nil {
		return program{}, false, err
	}
	defer file.Close()
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return program{}, false, err
	}
	p.hash = hex.EncodeToString(h.Sum(nil))
	return p, true, nil
}

// content returns p's bytes, if they still have its hash.
func (p program) content() ([]byte, error) {
	b, err := p.read()
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != p.hash {
		return nil, errors.New("its hash is not what it should be")
	}
	return b, nil
}

// besideProgram returns the directory of this program's file, if a release was unpacked
// there; else "".
func besideProgram() string {
	path, err := os.Executable()
	if err == nil {
		path, err = filepath.EvalSymlinks(path)
	}
	if err != nil {
		return ""
	}
	dir := filepath.Dir(path)
	if _, err := os.Stat(filepath.Join(dir, sumsFile)); err != nil {
		return ""
	}
	return dir
}

// release returns the programs of an unpacked release, without reading them. Nothing of a
// directory is taken that others can write. Errors are *SourceError.
func release(dir string) (programs []program, err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, &SourceError{dir, "cannot be read: " + reason(err)}
	}
	defer root.Close()
	if info, err := root.Stat("."); err != nil {
		return nil, &SourceError{dir, "cannot be read: " + reason(err)}
	} else if problem := owner.Problem(info); problem != "" {
		return nil, &SourceError{dir, problem}
	}
	path := filepath.Join(dir, sumsFile)
	text, err := trusted(root, sumsFile, maxSums)
	if err != nil {
		return nil, &SourceError{path, err.Error()}
	}
	sums, problem := parseSums(text)
	if problem != "" {
		return nil, &SourceError{path, problem}
	}
	for _, p := range platforms {
		hash := sums[p.file()]
		if hash == "" {
			continue
		}
		programs = append(programs, program{p, hash, func() ([]byte, error) {
			root, err := os.OpenRoot(dir)
			if err != nil {
				return nil, err
			}
			defer root.Close()
			b, err := trusted(root, p.file(), maxProgram)
			if err != nil {
				return nil, fmt.Errorf("%s %w", filepath.Join(dir, p.file()), err)
			}
			return b, nil
		}})
	}
	return programs, nil
}

// trusted reads a file of at most limit bytes, if it is the user's or root's and nobody
// else can write it. The error's text stands behind the path.
func trusted(root *os.Root, name string, limit int64) ([]byte, error) {
	file, err := root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a named pipe does not stop us
	if err != nil {
		return nil, errors.New("cannot be read: " + reason(err))
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, errors.New("cannot be read: " + reason(err))
	}
	if problem := owner.Problem(info); problem != "" {
		return nil, errors.New(problem)
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("is no file")
	}
	return readAtMost(file, limit)
}

// readAtMost reads all of a file. The error's text stands behind the path.
func readAtMost(file fs.File, limit int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(file, limit+1))
	switch {
	case err != nil:
		return nil, errors.New("cannot be read: " + reason(err))
	case int64(len(b)) > limit:
		return nil, fmt.Errorf("has more than %d bytes", limit)
	}
	return b, nil
}

// reason returns the words of err without the path, which the message has already.
func reason(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return err.Error()
}

// parseSums reads lines of a hash, a blank, a blank or an asterisk, and a name. problem
// says which line is none, to stand behind the file's path.
func parseSums(text []byte) (sums map[string]string, problem string) {
	sums = map[string]string{}
	lines := bufio.NewScanner(strings.NewReader(string(text)))
	for n := 1; lines.Scan(); n++ {
		if lines.Text() == "" {
			continue
		}
		hash, name, _ := strings.Cut(lines.Text(), " ")
		if !isHash(hash) || len(name) < 2 || name[0] != ' ' && name[0] != '*' {
			return nil, fmt.Sprintf("has no hash and name in line %d", n)
		}
		if _, twice := sums[name[1:]]; twice {
			return nil, fmt.Sprintf("names a file for the second time in line %d", n)
		}
		sums[name[1:]] = hash
	}
	if lines.Err() != nil {
		return nil, "has too long a line"
	}
	return sums, ""
}

// isHash reports whether s is a SHA-256 in lower-case hexadecimal.
func isHash(s string) bool {
	return len(s) == 2*sha256.Size && strings.Trim(s, "0123456789abcdef") == ""
}
