//go:build unix

package main

import (
	"strings"
	"testing"
)

// TestSettingsAreFlags holds that each setting is a flag and each flag that is about a
// session a setting; what takes back a switch is its "no".
func TestSettingsAreFlags(t *testing.T) {
	fixed := map[string]bool{"config": true, "local": true, "json": true, "version": true, "help": true}
	for _, cmd := range append((&program{}).tree().Commands(), (&program{}).tree()) {
		for _, e := range pageOf(cmd).options {
			name, _, _ := strings.Cut(strings.TrimPrefix(e.left, "-h, "), noBreak)
			name, _, _ = strings.Cut(name, "[=")
			name, negatable := strings.CutPrefix(name, "--[no-]")
			name = strings.TrimPrefix(name, "--")
			o := optionOf(strings.ReplaceAll(name, "-", ""))
			switch {
			case o == nil && !fixed[name]:
				t.Errorf("%s: --%s is no setting", cmd.Name(), name)
			case o != nil && (o.value == "") != negatable:
				t.Errorf("%s: --%s cannot be set back", cmd.Name(), name)
			}
		}
	}
	root := (&program{}).tree()
	for i := range options {
		if o := &options[i]; !o.fixed && o.in&inSession != 0 && root.Flags().Lookup(o.name) == nil {
			t.Errorf("the setting %s is no flag", o.setting())
		}
	}
}
