package install

import (
	"runtime"
	"slices"
	"strings"
)

// A platform is a kind of machine as Go names it, with what uname says there.
type platform struct {
	os, arch string
	system   string   // uname -s
	machines []string // uname -m
}

// platforms are those that roam is built for as a server. Each armv7 machine runs what is
// built for older ones; armv8l is a 64-bit machine that has only 32-bit programs.
var platforms = []platform{
	{"linux", "amd64", "Linux", []string{"x86_64"}},
	{"linux", "arm64", "Linux", []string{"aarch64", "arm64"}},
	{"linux", "armv7", "Linux", []string{"armv7l", "armv8l"}},
	{"linux", "riscv64", "Linux", []string{"riscv64"}},
	{"linux", "386", "Linux", []string{"i386", "i586", "i686"}},
	{"darwin", "amd64", "Darwin", []string{"x86_64"}},
	{"darwin", "arm64", "Darwin", []string{"arm64"}},
	{"freebsd", "amd64", "FreeBSD", []string{"amd64"}},
	{"freebsd", "arm64", "FreeBSD", []string{"arm64"}},
}

// here returns the platform of this program itself; ok is false if none of those is it.
func here() (p platform, ok bool) {
	arch := runtime.GOARCH
	if arch == "arm" {
		arch = "armv7"
	}
	i := slices.IndexFunc(platforms, func(p platform) bool { return p.os == runtime.GOOS && p.arch == arch })
	if i < 0 {
		return platform{}, false
	}
	return platforms[i], true
}

// file returns the name that the platform's program has in a directory of a release.
func (p platform) file() string { return "roam-" + p.os + "-" + p.arch }

// is reports whether uname says that a machine is of the platform.
func (p platform) is(system, machine string) bool {
	return p.system == system && slices.Contains(p.machines, machine)
}

// pattern returns the platform as a pattern of sh's case, for "$(uname -s)/$(uname -m)".
func (p platform) pattern() string {
	var words []string
	for _, m := range p.machines {
		words = append(words, p.system+"/"+m)
	}
	return strings.Join(words, "|")
}
