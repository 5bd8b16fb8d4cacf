//go:build !unix

package trace

import "os"

// noFollow is nothing: making links takes privileges here.
const noFollow = 0

// takeOver empties a file that may have been there before; a device is left alone. Whose
// it may be is left to the directory's access list.
func takeOver(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return ErrFile
	}
	return f.Truncate(0)
}
