package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"roam/bootstrap"
	"roam/config"
)

// noConfig is the name of no file of settings.
const noConfig = "none"

// getenv is os.Getenv with the home directory where the system names it otherwise.
func getenv(name string) string {
	value := os.Getenv(name)
	if value == "" && name == "HOME" {
		value, _ = os.UserHomeDir()
	}
	return value
}

// readSettings sets the flags for which the command line says nothing to what the
// user's file has for the host.
func (a *roamArgs) readSettings(flags *pflag.FlagSet) error {
	path := a.configPath()
	if path == "" {
		return nil
	}
	file, err := config.Load(path, a.config != "", knownSetting)
	if err != nil {
		return a.configError(err)
	}
	for _, s := range file.For(bootstrap.HostName(a.host)) {
		o := optionOf(s.Name)
		if isSet(o.env) {
			continue
		}
		value, problem := o.valueOf(s.Value)
		if problem == "" {
			if err := o.set(newArgs(inAll), value); err != nil {
				problem = err.Error()
			}
		}
		switch {
		case problem != "":
			return a.configError(file.Error(s, o.setting()+": "+problem))
		case o.in&a.in != 0 && !o.changed(flags):
			o.set(a, value)
			a.taken = append(a.taken, s)
		}
	}
	return nil
}

// changed reports whether the command line decides what o is about.
func (o *option) changed(flags *pflag.FlagSet) bool {
	for _, name := range append([]string{o.name, "no-" + o.name}, o.also...) {
		if flags.Changed(name) {
			return true
		}
	}
	return false
}

// setting returns the name of the setting that is an option, as people write it.
func (o *option) setting() string {
	var name strings.Builder
	for word := range strings.SplitSeq(o.name, "-") {
		if word == "ssh" || word == "pty" {
			name.WriteString(strings.ToUpper(word))
		} else {
			name.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return name.String()
}

// optionOf returns the option that a setting, in lower case, is; nil if there is none.
func optionOf(setting string) *option {
	for i := range options {
		if o := &options[i]; !o.fixed && strings.ToLower(o.setting()) == setting {
			return o
		}
	}
	return nil
}

// knownSetting returns what is wrong with the name of a setting, "" if nothing is.
func knownSetting(name string) string {
	if optionOf(name) != nil {
		return ""
	}
	problem := "unknown setting " + name
	var names []string
	for i := range options {
		if o := &options[i]; !o.fixed {
			names = append(names, strings.ToLower(o.setting()))
		}
	}
	if near := nearest(name, names); near != "" {
		problem += ": did you mean " + optionOf(near).setting() + "?"
	}
	return problem
}

// valueOf returns what a setting's value is to the option. problem says what is wrong
// with it.
func (o *option) valueOf(value string) (v, problem string) {
	if o.value != "" {
		return value, ""
	}
	if v = strings.ToLower(value); v != yes && v != no {
		return "", fmt.Sprintf("%q is neither yes nor no", value)
	}
	return v, ""
}

// configError is a mistake in the file of settings, or one that cannot be read.
func (a *roamArgs) configError(err error) error {
	problem := strings.TrimPrefix(err.Error(), "config: ")
	var line *config.Error
	switch {
	case errors.As(err, &line):
		return &usageError{problem, "correct that line; roam-config(5) says what there is, and --config=none does without the file"}
	case errors.Is(err, fs.ErrNotExist):
		return &usageError{"--config: there is no file " + a.config, "name one that is there, or none"}
	}
	return &usageError{problem, "roam reads a file only if no one else can have written it; --config=none does without"}
}

// isSet reports whether the environment has a variable, ROAM_name or MOSH_name.
func isSet(name string) bool {
	if name == "" {
		return false
	}
	_, roam := os.LookupEnv("ROAM_" + name)
	_, mosh := os.LookupEnv("MOSH_" + name)
	return roam || mosh
}
