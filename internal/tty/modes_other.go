//go:build !linux && !darwin && !freebsd

package tty

import (
	"errors"
	"fmt"
	"os"
)

// Pixels is not supported on this system.
func Pixels(*os.File) (int, int, error) { return 0, 0, unsupported("reading the size in pixels") }

// SetSize is not supported on this system.
func SetSize(*os.File, int, int, int, int) error { return unsupported("setting the size") }

// ReadModes is not supported on this system.
func ReadModes(*os.File) (Modes, error) { return Modes{}, unsupported("reading modes") }

// SetUTF8 is not supported on this system.
func SetUTF8(*os.File, bool) error { return unsupported("setting IUTF8") }

// ForegroundGroup is not supported on this system.
func ForegroundGroup(*os.File) (int, error) {
	return 0, unsupported("reading the foreground process group")
}

// unsupported returns an error that wraps errors.ErrUnsupported.
func unsupported(what string) error { return fmt.Errorf("tty: %s: %w", what, errors.ErrUnsupported) }
