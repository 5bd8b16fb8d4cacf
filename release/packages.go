package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/goreleaser/nfpm/v2"
	_ "github.com/goreleaser/nfpm/v2/deb" // registers the format
	"github.com/goreleaser/nfpm/v2/files"
	_ "github.com/goreleaser/nfpm/v2/rpm" // registers the format
)

// linkDir has mosh's names, which lead to roam. They are not in /usr/bin, where the package
// mosh has its own programs of these names; who wants ours puts the directory on the PATH.
const linkDir = "/usr/lib/roam/bin"

// completions are where each shell of a distribution looks for those of packages.
var completions = map[string]string{
	"bash": "/usr/share/bash-completion/completions/roam",
	"zsh":  "/usr/share/zsh/vendor-completions/_roam",
	"fish": "/usr/share/fish/vendor_completions.d/roam.fish",
}

// packages makes a deb and an rpm for each platform that has them. The scripts of
// completion are in scratch.
func (p plan) packages(scratch string) error {
	for _, t := range p.targets {
		for format, arch := range map[string]string{"deb": t.deb, "rpm": t.rpm} {
			if arch == "" {
				continue
			}
			if err := p.pack(t, format, arch, scratch); err != nil {
				return fmt.Errorf("%s for %s: %w", format, t.name(), err)
			}
		}
	}
	return nil
}

// writeCompletions has the program for this machine print its scripts, which are the same
// on all.
func (p plan) writeCompletions(ctx context.Context, dir string) error {
	program := filepath.Join(dir, "roam")
	if _, err := command(ctx, p.source.dir, []string{"CGO_ENABLED=0"}, "go", "build", "-o", program, "./cmd/roam"); err != nil {
		return err
	}
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		script, err := command(ctx, dir, nil, program, "completion", shell)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, shell), script, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// pack makes one package.
func (p plan) pack(t target, format, arch, scratch string) error {
	packager, err := nfpm.Get(format)
	if err != nil {
		return err
	}
	info := nfpm.WithDefaults(&nfpm.Info{
		Name: "roam", Arch: arch, Platform: "linux", Version: p.version, MTime: p.source.time,
		Section: "net", Priority: "optional", License: "MIT", Maintainer: "the roam authors",
		Description: "remote terminal that stays\n" +
			"roam logs in with ssh and goes on over encrypted UDP: the session outlives changes\n" +
			"of address, sleep and outages. It speaks mosh's protocol in both roles.",
		Overridables: nfpm.Overridables{
			Recommends: []string{map[string]string{"deb": "openssh-client", "rpm": "openssh-clients"}[format]},
			Contents:   p.contents(t, scratch),
		},
	})
	if err := nfpm.PrepareForPackager(info, format); err != nil {
		return err
	}
	name := map[string]string{
		"deb": fmt.Sprintf("roam_%s_%s.deb", strings.TrimPrefix(p.version, "v"), arch),
		"rpm": fmt.Sprintf("roam-%s.%s.rpm", strings.TrimPrefix(p.version, "v"), arch),
	}[format]
	file, err := os.Create(p.path(name))
	if err != nil {
		return err
	}
	err = packager.Package(info, file)
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	return err
}

// contents are the files of a package.
func (p plan) contents(t target, scratch string) files.Contents {
	with := func(mode os.FileMode) *files.ContentFileInfo {
		return &files.ContentFileInfo{Owner: "root", Group: "root", Mode: mode, MTime: p.source.time}
	}
	contents := files.Contents{
		{Source: p.path(t.file()), Destination: "/usr/bin/roam", FileInfo: with(0o755)},
		{Source: filepath.Join(p.source.dir, "docs/man/roam.1"), Destination: "/usr/share/man/man1/roam.1", FileInfo: with(0o644)},
		{Source: filepath.Join(p.source.dir, "docs/man/roam-config.5"), Destination: "/usr/share/man/man5/roam-config.5", FileInfo: with(0o644)},
		{Source: filepath.Join(p.source.dir, "README.md"), Destination: "/usr/share/doc/roam/README.md", FileInfo: with(0o644)},
		{Source: filepath.Join(p.source.dir, "CHANGELOG.md"), Destination: "/usr/share/doc/roam/CHANGELOG.md", FileInfo: with(0o644)},
		{Source: filepath.Join(p.source.dir, "LICENSE"), Destination: "/usr/share/doc/roam/copyright", FileInfo: with(0o644)},
	}
	for shell, path := range completions {
		contents = append(contents, &files.Content{Source: filepath.Join(scratch, shell), Destination: path, FileInfo: with(0o644)})
	}
	for _, name := range []string{"mosh", "mosh-server", "mosh-client"} {
		contents = append(contents, &files.Content{Source: "/usr/bin/roam", Destination: linkDir + "/" + name, Type: files.TypeSymlink, FileInfo: with(0o777)})
	}
	return contents
}

// isHere reports whether this machine runs the target's program.
func (t target) isHere() bool { return t.os == runtime.GOOS && t.arch == runtime.GOARCH }
