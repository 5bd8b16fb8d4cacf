package install

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Limits of what a remote side says. Each word is one that uname or "roam version" prints.
const (
	maxWord     = 64 // bytes
	maxTroubles = 32 // more means that something there goes round
	maxFiles    = 16 // that are hashed here
)

// A report says what a host has.
type report struct {
	system, machine string // uname -s and -m
	roam            string // version of a roam on the PATH that is older than this one; empty: none
	stock           bool   // there is a mosh-server
	gzip            bool
}

// parseReport reads the words of an offer, NAME=VALUE. Those of an unknown name, or of no
// form, are passed over: uname may say anything.
func parseReport(text string) (report, error) {
	var r report
	for _, word := range strings.Fields(text) {
		name, value, ok := strings.Cut(word, "=")
		if !ok || len(value) > maxWord {
			continue
		}
		switch name {
		case "system":
			r.system = value
		case "machine":
			r.machine = value
		case "roam":
			r.roam = value
		case "stock":
			r.stock = value == "yes"
		case "gzip":
			r.gzip = value == "yes"
		}
	}
	if r.system == "" || r.machine == "" {
		return report{}, errors.New("want system and machine")
	}
	return r, nil
}

// parseTrouble reads a code and the words behind it.
func parseTrouble(text string) (Trouble, error) {
	words := strings.Fields(text)
	if len(words) == 0 {
		return Trouble{}, errors.New("want a code")
	}
	return Trouble{words[0], words[1:]}, nil
}

// parseSize reads how many bytes follow.
func parseSize(text string) (int64, error) {
	n, err := strconv.ParseUint(strings.TrimSpace(text), 10, 63)
	if err != nil {
		return 0, errors.New("want a number of bytes")
	}
	if n > maxProgram {
		return 0, fmt.Errorf("more than %d bytes", maxProgram)
	}
	return int64(n), nil
}
