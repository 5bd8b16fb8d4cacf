//go:build unix

package server

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"roam/crypto"
)

// A daemonConfig is all that the daemon needs to know. It comes to it through a
// pipe, since it holds the key: nothing secret is in its arguments or its
// environment.
type daemonConfig struct {
	Name string // StockName or RoamName
	Key  string // as crypto.Key.Encode gives it; cleared once it was read

	Path     string   // file to run
	Argv     []string // its arguments, argv[0] included
	Env      []string
	Dir      string // working directory
	User     string // name of the user; "" if unknown
	Greeting string // what the user should read on the screen first

	Trace string // absolute path of the trace's file or directory; "" for none

	Cols, Rows int // until the client tells its own size

	Colors         int
	Verbose        int
	FirstContact   time.Duration
	NetworkTimeout time.Duration // 0 for none
	SignalTimeout  time.Duration // 0 for none
	Expiry         time.Duration // 0 for none
	StartProblem   time.Duration // how long a program's failure to start stays on the screen of a stock client
	CoreLimit      *coreLimit    // to restore for the program; nil if unknown
}

// maxConfig is the most bytes of an encoded daemonConfig: the kernel allows about
// 2 MiB of arguments and environment, and JSON makes more of control characters.
const maxConfig = 16 << 20

// writeConfig sends cfg to the daemon.
func writeConfig(w io.Writer, cfg *daemonConfig) error {
	if err := json.NewEncoder(w).Encode(cfg); err != nil {
		return fmt.Errorf("server: sending the configuration: %w", err)
	}
	return nil
}

// readConfig receives what writeConfig sent, and takes the key out of it.
func readConfig(r io.Reader) (*daemonConfig, crypto.Key, error) {
	cfg := &daemonConfig{}
	if err := json.NewDecoder(io.LimitReader(r, maxConfig)).Decode(cfg); err != nil {
		return nil, crypto.Key{}, fmt.Errorf("server: receiving the configuration: %w", err)
	}
	key, err := crypto.ParseKey(cfg.Key)
	cfg.Key = ""
	if err != nil {
		return nil, crypto.Key{}, fmt.Errorf("server: receiving the configuration: %w", err)
	}
	return cfg, key, nil
}
