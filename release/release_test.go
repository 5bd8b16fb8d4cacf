package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// must runs a command and returns what it prints.
func must(t *testing.T, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
	return string(out)
}

// TestRelease makes a release for this machine, twice, the second time from a clone
// elsewhere. It installs the deb and uses it.
func TestRelease(t *testing.T) {
	i := slices.IndexFunc(targets, target.isHere)
	if i < 0 || targets[i].deb == "" {
		t.Fatal("the tests run on Linux, on a machine that releases are made for")
	}
	here := targets[i]
	dir := t.TempDir()
	make := func(source, out string) string {
		t.Helper()
		out = filepath.Join(dir, out)
		if err := run(t.Context(), []string{"-dirty", "-source", source, "-o", out, "-only", here.name(), "v1.2.3"}); err != nil {
			t.Fatal(err)
		}
		return out
	}
	clone := filepath.Join(dir, "clone", "roam")
	must(t, nil, "git", "clone", "-q", "--no-hardlinks", "..", clone)
	first := make(clone, "first")

	t.Run("sums", func(t *testing.T) { checkSums(t, first) })
	t.Run("program", func(t *testing.T) { checkProgram(t, filepath.Join(first, here.file()), clone) })
	t.Run("bill of materials", func(t *testing.T) { checkSBOM(t, first, here) })
	t.Run("archive", func(t *testing.T) { checkArchive(t, first, here) })
	t.Run("deb", func(t *testing.T) { checkDeb(t, filepath.Join(first, "roam_1.2.3_"+here.deb+".deb")) })
	t.Run("rpm", func(t *testing.T) { checkRpm(t, filepath.Join(first, "roam-1.2.3."+here.rpm+".rpm")) })

	t.Run("the same bytes", func(t *testing.T) {
		other := filepath.Join(dir, "another place")
		must(t, nil, "git", "clone", "-q", "--no-hardlinks", clone, other)
		second := make(other, "second")
		a, err1 := os.ReadFile(filepath.Join(first, sumsFile))
		b, err2 := os.ReadFile(filepath.Join(second, sumsFile))
		if err1 != nil || err2 != nil || !bytes.Equal(a, b) {
			t.Errorf("%v %v\n%s\nand\n%s", err1, err2, a, b)
		}
	})
}

func checkSums(t *testing.T, dir string) {
	text, err := os.ReadFile(filepath.Join(dir, sumsFile))
	if err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.Name() == sumsFile {
			continue
		}
		content, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if want := fmt.Sprintf("%x  %s\n", sha256.Sum256(content), f.Name()); err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s lacks %s, %v", sumsFile, want, err)
		}
	}
	cmd := exec.Command("sha256sum", "--check", "--strict", sumsFile)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("sha256sum: %v\n%s", err, out)
	}
}

// checkProgram wants a static program that says which release it is, and knows no path of
// the machine that built it.
func checkProgram(t *testing.T, path, clone string) {
	commit := strings.TrimSpace(must(t, nil, "git", "-C", clone, "rev-parse", "--short=12", "HEAD"))
	if said := must(t, nil, path, "version"); !strings.HasPrefix(said, "roam v1.2.3 "+commit+" (") {
		t.Errorf("it says %q", said)
	}
	if said := must(t, []string{"LC_ALL=C"}, "sh", "-c", `ldd "$1" 2>&1 || true`, "sh", path); !strings.Contains(said, "not a dynamic executable") {
		t.Errorf("ldd says %q", said)
	}
	content, err := os.ReadFile(path)
	if err != nil || bytes.Contains(content, []byte(clone)) {
		t.Errorf("it has the path of its source, or %v", err)
	}
}

func checkSBOM(t *testing.T, dir string, here target) {
	var doc document
	text, err := os.ReadFile(filepath.Join(dir, sbomFile))
	if err == nil {
		err = json.Unmarshal(text, &doc)
	}
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, c := range doc.Packages {
		listed[c.Name+" "+c.Version] = true
	}
	info, err := buildinfo.ReadFile(filepath.Join(dir, here.file()))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range info.Deps {
		if !listed[m.Path+" "+m.Version] {
			t.Errorf("%s %s is not listed", m.Path, m.Version)
		}
	}
	if len(info.Deps) == 0 || len(doc.Relationships) != len(doc.Packages) {
		t.Errorf("%d modules, %d packages, %d relationships", len(info.Deps), len(doc.Packages), len(doc.Relationships))
	}
}

// checkArchive has tar unpack the archive, and uses what is there.
func checkArchive(t *testing.T, dir string, here target) {
	to := t.TempDir()
	name := "roam-1.2.3-" + here.name()
	must(t, nil, "tar", "-xzf", filepath.Join(dir, name+".tar.gz"), "-C", to)
	root := filepath.Join(to, name)
	if a, b := must(t, nil, filepath.Join(root, "roam"), "version"), must(t, nil, filepath.Join(dir, here.file()), "version"); a != b {
		t.Errorf("%q is not %q", a, b)
	}
	for shell, file := range map[string]string{"bash": "roam.bash", "zsh": "_roam", "fish": "roam.fish", "powershell": "roam.ps1"} {
		script, err := os.ReadFile(filepath.Join(root, "completions", file))
		if want := must(t, nil, filepath.Join(root, "roam"), "completion", shell); err != nil || string(script) != want {
			t.Errorf("%s is not what the program prints, or %v", file, err)
		}
	}
	for _, file := range []string{"LICENSE", "README.md", "CHANGELOG.md", "man/roam.1", "man/roam-config.5"} {
		if info, err := os.Stat(filepath.Join(root, file)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v, %v", file, info, err)
		}
	}
}

// TestZip wants the same bytes each time, and the files with their time and mode.
func TestZip(t *testing.T) {
	content := filepath.Join(t.TempDir(), "content")
	if err := os.WriteFile(content, []byte("a program"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := plan{source: source{time: time.Unix(1_700_000_000, 0).UTC()}}
	var first, second bytes.Buffer
	members := []member{{"roam.exe", content, 0o755}, {"man/roam.1", content, 0o644}}
	if err := errors.Join(p.writeZip(&first, "dir", members), p.writeZip(&second, "dir", members)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("two archives differ")
	}
	read, err := zip.NewReader(bytes.NewReader(first.Bytes()), int64(first.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range read.File {
		text, err := fs.ReadFile(read, f.Name)
		if f.Name != "dir/"+members[i].name || string(text) != "a program" || !f.Modified.Equal(p.source.time) || f.Mode() != os.FileMode(members[i].mode) {
			t.Errorf("%s %q %v %v, %v", f.Name, text, f.Modified, f.Mode(), err)
		}
	}
	if len(read.File) != len(members) {
		t.Errorf("%d files", len(read.File))
	}
}

// checkDeb installs the package below a directory, by dpkg, and uses what is there.
func checkDeb(t *testing.T, path string) {
	root := t.TempDir()
	for _, dir := range []string{"info", "updates"} {
		if err := os.MkdirAll(filepath.Join(root, "var/lib/dpkg", dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(root, "var/lib/dpkg/status"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	dpkg := func(args ...string) string {
		return must(t, nil, "dpkg", append([]string{"--root=" + root}, args...)...)
	}
	dpkg("-i", path)
	if said := dpkg("-s", "roam"); !strings.Contains(said, "Status: install ok installed") || !strings.Contains(said, "Version: 1.2.3") {
		t.Errorf("dpkg says\n%s", said)
	}
	roam := filepath.Join(root, "usr/bin/roam")
	if said := must(t, nil, roam, "version"); !strings.HasPrefix(said, "roam v1.2.3 ") {
		t.Errorf("it says %q", said)
	}
	// A session on a terminal, whose command's status comes back. script is of util-linux.
	cmd := exec.Command("script", "-qec", roam+" --local 127.0.0.1 sh -c 'echo in a session; exit 7'", "/dev/null")
	cmd.Env = append(os.Environ(), "TERM=xterm", "SHELL=/bin/sh", "LANG=C.UTF-8", "XDG_RUNTIME_DIR="+t.TempDir())
	if out, err := cmd.CombinedOutput(); cmd.ProcessState.ExitCode() != 7 {
		t.Errorf("a session ended with %v\n%s", err, out)
	}
	for name, section := range map[string]string{"roam": "1", "roam-config": "5"} {
		if said := must(t, []string{"MANPATH=" + root + "/usr/share/man"}, "man", "-w", section, name); !strings.HasPrefix(said, root) {
			t.Errorf("man finds %s", said)
		}
	}
	for shell, file := range completions {
		script, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		if want := must(t, nil, roam, "completion", shell); string(script) != want {
			t.Errorf("%s is not what the program prints", file)
		}
	}
	for _, name := range []string{"mosh", "mosh-server", "mosh-client"} {
		if to, err := os.Readlink(root + linkDir + "/" + name); to != "/usr/bin/roam" {
			t.Errorf("%s leads to %q, %v", name, to, err)
		}
	}
	dpkg("-r", "roam")
	if _, err := os.Stat(roam); !os.IsNotExist(err) {
		t.Errorf("after its removal: %v", err)
	}
}

// checkRpm has rpm itself look at the package.
func checkRpm(t *testing.T, path string) {
	said := must(t, nil, "rpm", "-qp", "--nosignature", "-l", "-i", path)
	for _, want := range []string{"Version     : 1.2.3", "License     : MIT", "/usr/bin/roam\n", "/usr/share/man/man1/roam.1", linkDir + "/mosh-server\n"} {
		if !strings.Contains(said, want) {
			t.Errorf("rpm does not say %q:\n%s", want, said)
		}
	}
}

func TestPick(t *testing.T) {
	if all, err := pick(""); err != nil || len(all) != len(targets) {
		t.Errorf("%v, %v", all, err)
	}
	if two, err := pick("linux-armv7,windows-amd64"); err == nil && two[1].file() != "roam-windows-amd64.exe" {
		t.Error(two)
	}
	if two, err := pick("linux-armv7,darwin-arm64"); err != nil || len(two) != 2 || two[0].file() != "roam-linux-armv7" {
		t.Errorf("%v, %v", two, err)
	}
	if _, err := pick("linux-amd64,plan9-386"); err == nil {
		t.Error("want an error")
	}
}

// TestBadArguments wants an error and nothing done.
func TestBadArguments(t *testing.T) {
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "letter.txt"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{}, {"1.2.3"}, {"v1.2"}, {"v1.2.3", "v1.2.4"}, {"v1.2.3 -X evil"}, {"-only", "cp/m", "v1.2.3"}, {"-source", full, "v1.2.3"},
		{"-dirty", "-o", full, "v1.2.3"},
	} {
		if err := run(t.Context(), args); err == nil {
			t.Errorf("%q: want an error", args)
		}
	}
	if _, err := os.Stat(filepath.Join(full, "letter.txt")); err != nil {
		t.Error(err)
	}
}
