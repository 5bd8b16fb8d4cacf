package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// A member is a file of an archive.
type member struct {
	name string // below the archive's one directory
	from string // path of its content
	mode int64
}

// members are what the archive of a platform has.
func (p plan) members(t target, scratch string) []member {
	of := func(name string) string { return filepath.Join(p.source.dir, name) }
	return []member{
		{"roam" + t.suffix(), p.path(t.file()), 0o755},
		{"LICENSE", of("LICENSE"), 0o644},
		{"README.md", of("README.md"), 0o644},
		{"CHANGELOG.md", of("CHANGELOG.md"), 0o644},
		{"man/roam.1", of("docs/man/roam.1"), 0o644},
		{"man/roam-config.5", of("docs/man/roam-config.5"), 0o644},
		{"completions/roam.bash", filepath.Join(scratch, "bash"), 0o644},
		{"completions/_roam", filepath.Join(scratch, "zsh"), 0o644},
		{"completions/roam.fish", filepath.Join(scratch, "fish"), 0o644},
		{"completions/roam.ps1", filepath.Join(scratch, "powershell"), 0o644},
	}
}

// archives makes one for each platform, of the kind that its users unpack without a tool of
// ours. All files are the commit's age and root's.
func (p plan) archives(scratch string) error {
	for _, t := range p.targets {
		name, write := ".tar.gz", p.writeTar
		if t.os == "windows" {
			name, write = ".zip", p.writeZip
		}
		dir := "roam-" + strings.TrimPrefix(p.version, "v") + "-" + t.name()
		file, err := os.Create(p.path(dir + name))
		if err != nil {
			return err
		}
		if err := errors.Join(write(file, dir, p.members(t, scratch)), file.Close()); err != nil {
			return err
		}
	}
	return nil
}

func (p plan) writeTar(file io.Writer, dir string, members []member) error {
	zipped, err := gzip.NewWriterLevel(file, gzip.BestCompression)
	if err != nil {
		return err
	}
	out := tar.NewWriter(zipped)
	for _, m := range members {
		content, err := os.ReadFile(m.from)
		if err != nil {
			return err
		}
		err = out.WriteHeader(&tar.Header{
			Name: path.Join(dir, m.name), Mode: m.mode, Size: int64(len(content)),
			ModTime: p.source.time, Uname: "root", Gname: "root", Format: tar.FormatUSTAR,
		})
		if err != nil {
			return err
		}
		if _, err := out.Write(content); err != nil {
			return err
		}
	}
	return errors.Join(out.Close(), zipped.Close())
}

func (p plan) writeZip(file io.Writer, dir string, members []member) error {
	out := zip.NewWriter(file)
	for _, m := range members {
		content, err := os.ReadFile(m.from)
		if err != nil {
			return err
		}
		header := &zip.FileHeader{Name: path.Join(dir, m.name), Method: zip.Deflate, Modified: p.source.time}
		header.SetMode(os.FileMode(m.mode))
		to, err := out.CreateHeader(header)
		if err != nil {
			return err
		}
		if _, err := to.Write(content); err != nil {
			return err
		}
	}
	return out.Close()
}
