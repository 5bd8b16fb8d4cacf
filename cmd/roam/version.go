package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"roam/session"
	"roam/ssp/wire"
)

// What the linker sets for a release:
// -ldflags "-X main.release=v1.2.3 -X main.commit=0123456789ab".
var (
	release = "devel"
	commit  = "" // empty: what the Go tool knows of the source
)

// A build says what this program is, as "roam version --json" prints it.
type build struct {
	Version      string            `json:"version"` // of the release, or devel
	Commit       string            `json:"commit,omitempty"`
	Modified     bool              `json:"modified,omitempty"` // the source was not quite that of the commit
	Go           string            `json:"go"`
	OS           string            `json:"os"`
	Arch         string            `json:"arch"`
	Protocol     int               `json:"protocol"`     // of mosh's instructions
	Capabilities map[string]uint32 `json:"capabilities"` // what two roams can agree on, each with its version
}

// thisBuild describes this program.
func thisBuild() build {
	b := build{
		Version: release, Commit: commit, Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH,
		Protocol: wire.Version, Capabilities: map[string]uint32{},
	}
	for _, c := range session.Supported() {
		b.Capabilities[c.Number.String()] = c.Version
	}
	if info, ok := debug.ReadBuildInfo(); ok && commit == "" {
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				b.Commit = s.Value[:min(len(s.Value), 12)]
			case "vcs.modified":
				b.Modified = s.Value == "true"
			}
		}
	}
	return b
}

// version returns the line that roam --version prints, and roam version prints first. Its
// second word is the release; other roams know the program by it.
func version() string {
	b := thisBuild()
	if b.Commit != "" {
		b.Version += " " + b.Commit
	}
	if b.Modified {
		b.Version += "+"
	}
	return fmt.Sprintf("roam %s (%s, %s/%s; speaks the protocol of mosh 1.4)", b.Version, b.Go, b.OS, b.Arch)
}

func (p *program) versionCommand() *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:   "version [options]",
		Short: "print the version",
		Long: `
Prints the version, the commit that it was built from, the platform, and what two roams can
agree on beyond the protocol of mosh 1.4, each with its version.

@options
`,
		Args: plainArgs(0),
		RunE: func(*cobra.Command, []string) error {
			if asJSON {
				return json.NewEncoder(p.out).Encode(thisBuild())
			}
			var capabilities []string
			for _, c := range session.Supported() {
				capabilities = append(capabilities, fmt.Sprintf("%v %d", c.Number, c.Version))
			}
			fmt.Fprintf(p.out, "%s\ncapabilities: %s\n", version(), strings.Join(capabilities, ", "))
			return nil
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cmd.Flags().AddFlag(newFlag("json", "", sectionOptions, "print an object for programs", func(string) error { asJSON = true; return nil }))
	addHelp(cmd, sectionOptions)
	return cmd
}
