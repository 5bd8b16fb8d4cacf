package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxSize is the most bytes of a program: what a slow connection uploads in a minute or so.
const maxSize = 10 << 20

// sumsFile has the hashes of the other files, as sha256sum(1) prints them.
const sumsFile = "SHA256SUMS"

// A target is a platform. Its file has the name that roam --install-from looks for.
type target struct {
	os, arch string // of Go; armv7 is arm with GOARM=7
	deb, rpm string // what the packages call the architecture; empty: there is none
}

var targets = []target{
	{"linux", "amd64", "amd64", "x86_64"},
	{"linux", "arm64", "arm64", "aarch64"},
	{"linux", "armv7", "armhf", "armv7hl"},
	{"linux", "riscv64", "riscv64", "riscv64"},
	{"darwin", "amd64", "", ""},
	{"darwin", "arm64", "", ""},
	{"freebsd", "amd64", "", ""},
	{"freebsd", "arm64", "", ""},
	{"windows", "amd64", "", ""}, // the client
}

// name is as in linux-amd64.
func (t target) name() string { return t.os + "-" + t.arch }

// file is the program's name.
func (t target) file() string { return "roam-" + t.name() + t.suffix() }

// suffix ends the names of programs.
func (t target) suffix() string {
	if t.os == "windows" {
		return ".exe"
	}
	return ""
}

// pick returns the targets that a list names, all for an empty one.
func pick(list string) ([]target, error) {
	if list == "" {
		return targets, nil
	}
	var picked []target
	for name := range strings.SplitSeq(list, ",") {
		i := slices.IndexFunc(targets, func(t target) bool { return t.name() == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no platform %q", name)
		}
		picked = append(picked, targets[i])
	}
	return picked, nil
}

// A source is the clone that is built.
type source struct {
	dir    string
	commit string    // its first 12 digits
	time   time.Time // of the commit: that of all files in packages
}

// readSource looks at a clone.
func readSource(ctx context.Context, dir string, dirty bool) (source, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return source{}, err
	}
	git := func(args ...string) (string, error) {
		out, err := command(ctx, dir, nil, "git", args...)
		return strings.TrimSpace(string(out)), err
	}
	commit, err1 := git("rev-parse", "--short=12", "HEAD")
	seconds, err2 := git("log", "-1", "--format=%ct")
	changes, err3 := git("status", "--porcelain", "--untracked-files=no")
	n, err4 := strconv.ParseInt(seconds, 10, 64)
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return source{}, err
	}
	if changes != "" {
		if !dirty {
			return source{}, errors.New("the clone has changes that are not committed (-dirty builds it all the same)")
		}
		commit += "+"
	}
	return source{dir, commit, time.Unix(n, 0).UTC()}, nil
}

// build makes the program of a platform. What could differ between two machines is left
// out: paths, the build's own identifier, and what the Go tool knows of the clone, which is
// in the commit's stamp.
func (p plan) build(ctx context.Context, t target) error {
	env := []string{"CGO_ENABLED=0", "GOOS=" + t.os, "GOARCH=" + t.arch, "GOFLAGS=", "GOAMD64=v1", "GOTOOLCHAIN=local"}
	if t.arch == "armv7" {
		env[2] = "GOARCH=arm"
		env = append(env, "GOARM=7")
	}
	path := p.path(t.file())
	ldflags := fmt.Sprintf("-s -w -buildid= -X main.release=%s -X main.commit=%s", p.version, p.source.commit)
	if _, err := command(ctx, p.source.dir, env, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", ldflags, "-o", path, "./cmd/roam"); err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Size() > maxSize {
		return fmt.Errorf("%s has %d bytes, more than %d", t.file(), info.Size(), maxSize)
	}
	fmt.Printf("%-20s %8d bytes\n", t.file(), info.Size())
	return nil
}

// command runs a program and returns what it prints.
func command(ctx context.Context, dir string, env []string, name string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w\n%s", name, args[0], err, said.String())
	}
	return out, nil
}

// writeSums hashes all files of the release.
func (p plan) writeSums() error {
	files, err := os.ReadDir(p.out) // by name
	if err != nil {
		return err
	}
	var sums strings.Builder
	for _, f := range files {
		content, err := os.ReadFile(p.path(f.Name()))
		if err != nil {
			return err
		}
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(content), f.Name())
	}
	return os.WriteFile(p.path(sumsFile), []byte(sums.String()), 0o644)
}
