package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"roam/internal/owner"
)

// maxFile is the most bytes of a file.
const maxFile = 1 << 20

// Path returns where the user's file is: $XDG_CONFIG_HOME/roam/config, or
// ~/.config/roam/config; "" if neither is known.
func Path(env func(name string) string) string {
	if dir := env("XDG_CONFIG_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "roam", "config")
	}
	if home := env("HOME"); filepath.IsAbs(home) {
		return filepath.Join(home, ".config", "roam", "config")
	}
	return ""
}

// Load reads a file as Parse does. One that is not there says nothing, unless wanted is
// true. One that others can write is refused, since settings name programs to run; so is
// another user's.
func Load(path string, wanted bool, known func(name string) string) (*File, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) && !wanted {
		return &File{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, fmt.Errorf("config: %w", err)
	case info.IsDir():
		return nil, fmt.Errorf("config: %s is a directory", path)
	case info.Size() > maxFile:
		return nil, fmt.Errorf("config: %s has more than %d bytes", path, maxFile)
	}
	if problem := owner.Problem(info); problem != "" {
		return nil, fmt.Errorf("config: %s %s", path, problem)
	}
	return Parse(path, io.LimitReader(file, maxFile), known)
}
