// Command release builds what a release of roam consists of: static programs for each
// platform, archives of them, packages for Debian and for systems with rpm, a bill of
// materials, and SHA256SUMS. The same commit gives the same bytes, wherever and whenever it is built.
//
//	cd release && go run . v1.2.3
//
// The directory that it makes is one that roam --install-from takes.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "release: error: %v\n", err)
		stop()
		os.Exit(1)
	}
}

// isVersion is what tells a release: roam compares the three numbers.
var isVersion = regexp.MustCompile(`^v[0-9]{1,9}\.[0-9]{1,9}\.[0-9]{1,9}(-[0-9A-Za-z.]+)?$`)

// A plan says what is built from what, and where to.
type plan struct {
	version string // v1.2.3
	source  source
	out     string // directory, made anew
	targets []target
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("release", flag.ContinueOnError)
	out := flags.String("o", "dist", "directory to make; one that is there is replaced if it has nothing but a release")
	dir := flags.String("source", "..", "clone to build from")
	only := flags.String("only", "", "platforms to build, as linux-amd64,linux-arm64 (default all)")
	dirty := flags.Bool("dirty", false, "build although the clone has changes that are not committed; the commit is marked with +")
	flags.Usage = func() {
		fmt.Fprintln(flags.Output(), "Usage: go run . [-o DIR] [-source DIR] [-only PLATFORMS] [-dirty] vX.Y.Z")
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 1 || !isVersion.MatchString(flags.Arg(0)) {
		return fmt.Errorf("want one version such as v1.2.3 or v1.2.3-rc1, got %q", flags.Args())
	}
	p := plan{version: flags.Arg(0)}
	var err error
	if p.out, err = filepath.Abs(*out); err != nil {
		return err
	}
	if p.targets, err = pick(*only); err != nil {
		return err
	}
	if p.source, err = readSource(ctx, *dir, *dirty); err != nil {
		return err
	}
	return p.make(ctx)
}

// make builds everything.
func (p plan) make(ctx context.Context) error {
	if err := p.clear(); err != nil {
		return err
	}
	for _, t := range p.targets {
		if err := p.build(ctx, t); err != nil {
			return err
		}
	}
	if err := p.writeSBOM(); err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "roam-release-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	if err := p.writeCompletions(ctx, scratch); err != nil {
		return err
	}
	if err := p.packages(scratch); err != nil {
		return err
	}
	if err := p.archives(scratch); err != nil {
		return err
	}
	return p.writeSums()
}

// clear makes the directory anew. What is no release is left alone.
func (p plan) clear() error {
	old, err := os.ReadDir(p.out)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	for _, e := range old {
		if e.Name() != sumsFile && !strings.HasPrefix(e.Name(), "roam") {
			return fmt.Errorf("%s has %s, which is no part of a release: name another directory with -o", p.out, e.Name())
		}
	}
	for _, e := range old {
		if err := os.Remove(filepath.Join(p.out, e.Name())); err != nil {
			return err
		}
	}
	return os.MkdirAll(p.out, 0o755)
}

// path returns the path of a file of the release.
func (p plan) path(name string) string { return filepath.Join(p.out, name) }
