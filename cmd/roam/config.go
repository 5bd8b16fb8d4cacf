package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"roam/bootstrap"
	"roam/config"
)

// noConfig is the name of no file of settings.
const noConfig = "none"

// unfit are the options that make no sense as settings.
var unfit = []string{"config", "local", "json", "version", "help"}

// envOf names the environment variables, without ROAM_ or MOSH_ in front, that go before
// settings: they are nearer to the command line.
var envOf = map[string]string{
	"predict": "PREDICTION_DISPLAY", "predict-overwrite": "PREDICTION_OVERWRITE", "predict-ahead": "PREDICT_AHEAD",
	"clipboard": "CLIPBOARD", "init": "NO_TERM_INIT",
}

// parseWithConfig reads a command line as parseWords does, with the user's settings for
// the host as if they stood before it.
func parseWithConfig(args []string, task bool) (roamArgs, error) {
	a, err := parseWords(args, task)
	if err != nil || a.help || a.version || a.onlySSH != "" {
		return a, err
	}
	words, err := configWords(&a)
	if err != nil || len(words) == 0 {
		return a, err
	}
	return parseWords(append(words, args...), task)
}

// configWords returns the options that the file of settings has for the host.
func configWords(a *roamArgs) (words []string, err error) {
	path, wanted := a.config, a.config != ""
	if !wanted {
		path = config.Path(os.Getenv)
	}
	if path == "" || path == noConfig {
		return nil, nil
	}
	file, err := config.Load(path, wanted, knownSetting)
	if err != nil {
		return nil, configError(err)
	}
	for _, s := range file.For(bootstrap.HostName(a.host)) {
		o := optionOf(s.Name)
		if isSet(envOf[o.name]) {
			continue
		}
		word, problem := o.word(s.Value)
		if problem == "" && word != "" {
			if _, err := (&roamArgs{}).long([]string{word}); err != nil {
				problem = strings.TrimPrefix(err.Error(), "--"+o.name+": ")
			}
		}
		if problem != "" {
			return nil, configError(file.Error(s, problem))
		}
		if word != "" {
			words = append(words, word)
		}
	}
	return words, nil
}

// settingOf returns the name, in lower case, of the setting that is an option.
func settingOf(o *longOption) string { return strings.ReplaceAll(o.name, "-", "") }

// optionOf returns the option that a setting is, nil if there is none. Those that take
// back another have none of their own: that is its "no".
func optionOf(setting string) *longOption {
	for i := range longOptions {
		if o := &longOptions[i]; settingOf(o) == setting && !strings.HasPrefix(o.name, "no-") && !slices.Contains(unfit, o.name) {
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
	best, limit := "", len(name)/2+1
	for i := range longOptions {
		if s := settingOf(&longOptions[i]); optionOf(s) != nil {
			if d := distance(name, s); d < limit {
				best, limit = s, d
			}
		}
	}
	if best != "" {
		problem += ": did you mean " + best + "?"
	}
	return problem
}

// word returns the option with a value, as on the command line; "" for what is so
// without it. problem says what is wrong with the value.
func (o *longOption) word(value string) (word, problem string) {
	if o.value != nil {
		return "--" + o.name + "=" + value, ""
	}
	switch strings.ToLower(value) {
	case "yes":
		return "--" + o.name, ""
	case "no":
		for i := range longOptions {
			if no := "no-" + o.name; longOptions[i].name == no {
				return "--" + no, ""
			}
		}
		return "", ""
	}
	return "", fmt.Sprintf("%q is neither yes nor no", value)
}

// configError is a mistake in the file of settings.
func configError(err error) error {
	return &usageError{
		problem: strings.TrimPrefix(err.Error(), "config: "),
		hint:    "settings are named like options: PredictAhead for --predict-ahead; --config=none does without",
	}
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
