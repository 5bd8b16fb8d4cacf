// Command record types scripts at real programs on a terminal of its own, and writes what
// they print, and when, as recordings for the tests of package predict:
//
//	go run ./client/predict/record [name...]
//
// in the root of the repository records all scripts, or those named, into
// client/predict/testdata/sessions. The programs have to be installed; psql needs a
// server's programs as well. docs/prediction.md describes the recordings.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// sessions is where recordings go, from the root of the repository.
const sessions = "client/predict/testdata/sessions"

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "record: error: %v\n", err)
		os.Exit(1)
	}
}

// run records the scripts with the names given, all if there are none.
func run(names []string) error {
	if _, err := os.Stat(sessions); err != nil {
		return fmt.Errorf("run me in the root of the repository: %w", err)
	}
	for _, s := range scripts {
		if len(names) > 0 && !slices.Contains(names, s.name) {
			continue
		}
		text, err := record(s)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		if err := os.WriteFile(filepath.Join(sessions, s.name+".rec"), text, 0o644); err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "%s: %d bytes\n", s.name, len(text))
	}
	return nil
}
