package client

import (
	"bytes"
	"context"
	"errors"
	"net/netip"
	"os"
	"testing"
	"time"

	"roam/carrier"
	"roam/client/predict"
	"roam/crypto"
	"roam/terminal"
)

// The test binary is also the client: with this variable set it runs Main, or, with a
// value that names a goroutine, a session with a bug in that one.
const actAsClient = "ROAM_TEST_CLIENT"

func TestMain(m *testing.M) {
	switch bug := os.Getenv(actAsClient); bug {
	case "":
		os.Exit(m.Run())
	case "main":
		os.Exit(Main("mosh-client", os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	default:
		os.Exit(runWithBug(bug))
	}
}

// buggyConsole panics where it is told to, once it has seen the word "boom".
type buggyConsole struct {
	console
	where string
}

func (c *buggyConsole) Read() ([]byte, error) {
	b, err := c.console.Read()
	if c.where == "reading" && bytes.Contains(b, []byte("boom")) {
		panic("a bug in reading")
	}
	return b, err
}

func (c *buggyConsole) Write(b []byte) error {
	if c.where == "writing" && bytes.Contains(b, []byte("boom")) {
		panic("a bug in writing")
	}
	return c.console.Write(b)
}

type buggyOverlay struct{}

func (buggyOverlay) Typed(time.Time, []byte, uint64, bool)                    { panic("a bug in the loop") }
func (buggyOverlay) Frame(time.Time, *terminal.Screen, uint64, time.Duration) {}

func (buggyOverlay) Hint(time.Time, predict.Hint)      {}
func (buggyOverlay) Resized()                          {}
func (buggyOverlay) Paint(time.Time, *terminal.Canvas) {}
func (buggyOverlay) Stats() predict.Stats              { return predict.Stats{} }
func (buggyOverlay) NextTimeout() time.Time            { return time.Time{} }

// runWithBug is Main's way into a session, with a bug.
func runWithBug(where string) int {
	key, err := crypto.ParseKey(os.Getenv("ROAM_KEY"))
	if err != nil {
		panic(err)
	}
	cfg := Config{Name: "roam", Server: netip.MustParseAddrPort(os.Args[1]), Key: key, In: os.Stdin, Out: os.Stdout, Err: os.Stderr}
	cfg.ReadEnv(os.LookupEnv)
	path, err := carrier.Dial(cfg.Server)
	if err != nil {
		panic(err)
	}
	c, err := newConsole(cfg.In, cfg.Out, cfg.Err)
	if err != nil {
		panic(err)
	}
	signals := make(chan os.Signal, 1)
	defer takeSignals(c, signals)()
	l, err := newLoop(&cfg, &buggyConsole{c, where}, udpLink{path, carrier.Watch()}, signals)
	if err != nil {
		panic(err)
	}
	if where == "loop" {
		l.guess = buggyOverlay{}
	}
	_, err = l.run(context.Background())
	var p *PanicError
	if errors.As(err, &p) {
		return 7
	}
	return 0
}
