package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// release is the version of a released binary, which the linker sets
// (-ldflags "-X main.release=v1.2.3").
var release = "devel"

// version returns the line that roam version prints. It begins with "roam ",
// by which other roams know the program.
func version() string {
	commit := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision" && len(s.Value) >= 12:
				commit = " " + s.Value[:12] + commit
			case s.Key == "vcs.modified" && s.Value == "true":
				commit += "+"
			}
		}
	}
	return fmt.Sprintf("roam %s%s (%s, %s/%s; speaks the protocol of mosh 1.4)",
		release, commit, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
