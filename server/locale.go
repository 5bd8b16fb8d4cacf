//go:build unix

package server

import (
	"fmt"
	"slices"
	"strings"
)

// localeVars are the variables that make up a locale; stock's client sends
// these and no others.
var localeVars = []string{
	"LANG", "LANGUAGE", "LC_CTYPE", "LC_NUMERIC", "LC_TIME", "LC_COLLATE", "LC_MONETARY", "LC_MESSAGES",
	"LC_PAPER", "LC_NAME", "LC_ADDRESS", "LC_TELEPHONE", "LC_MEASUREMENT", "LC_IDENTIFICATION", "LC_ALL",
}

// localeEnv returns env with a locale that speaks UTF-8, if there is any: its
// own, else the client's variables, else C.UTF-8, else none. note says what was
// done where that is not what was asked for, and is "" otherwise. installed are
// the names of the host's locales; nil means that they are not known and that
// every name counts as one. A missing locale is never an error: roam itself
// needs none.
func localeEnv(env, client, installed []string) (out []string, note string) {
	own, ownName := charsetVar(env)
	if usable(ownName, installed) {
		return env, ""
	}
	bare := slices.DeleteFunc(slices.Clone(env), func(kv string) bool {
		name, _, _ := strings.Cut(kv, "=")
		return slices.Contains(localeVars, name)
	})
	withClient := setVars(bare, client)
	_, clientName := charsetVar(withClient)
	if usable(clientName, installed) {
		return withClient, ""
	}
	wanted := ownName
	if clientName != "" {
		own, _ = charsetVar(withClient)
		wanted = clientName
	}
	problem := "no UTF-8 locale is set"
	if isUTF8(wanted) {
		problem = fmt.Sprintf("the locale %s=%s is not installed here", own, wanted)
	}
	others := setVars(bare, slices.DeleteFunc(slices.Clone(client), func(kv string) bool {
		name, _, _ := strings.Cut(kv, "=")
		return slices.Contains(localeVars, name)
	}))
	if i := slices.IndexFunc(installed, isCUTF8); i >= 0 {
		return setVars(others, []string{"LANG=C.UTF-8"}), problem + ": using C.UTF-8"
	}
	return others, problem + ", nor is C.UTF-8: programs may show only ASCII (install a UTF-8 locale to cure it)"
}

// charsetVar returns the variable that decides on the character set, and its
// value; both are "" if none is set.
func charsetVar(env []string) (name, value string) {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := getVar(env, name); v != "" {
			return name, v
		}
	}
	return "", ""
}

// isUTF8 reports whether a locale's name says that its character set is UTF-8:
// en_US.UTF-8, de_DE.utf8@euro, or macOS's bare UTF-8.
func isUTF8(locale string) bool {
	_, charset, found := strings.Cut(locale, ".")
	if !found {
		charset = locale
	}
	charset, _, _ = strings.Cut(charset, "@")
	charset = strings.ToLower(charset)
	return charset == "utf-8" || charset == "utf8"
}

// isCUTF8 reports whether name is one of the spellings of C.UTF-8.
func isCUTF8(name string) bool { return canonicalLocale(name) == "C.utf8" }

// usable reports whether the locale speaks UTF-8 and the host has it, with or
// without its modifier: C libraries fall back to the latter.
func usable(locale string, installed []string) bool {
	plain, _, _ := strings.Cut(locale, "@")
	return isUTF8(locale) && (installed == nil || slices.ContainsFunc(installed, func(name string) bool {
		name = canonicalLocale(name)
		return name == canonicalLocale(locale) || name == canonicalLocale(plain)
	}))
}

// ambiguousWide reports whether the locale of env has East Asian ambiguous
// characters take two columns. Only the modifier @cjkwide says so, as mintty and
// tables of widths in its manner have it; UTF-8 locales of C libraries, those of
// Japan, Korea and China too, give them one.
func ambiguousWide(env []string) bool {
	_, locale := charsetVar(env)
	_, modifier, _ := strings.Cut(locale, "@")
	return strings.EqualFold(modifier, "cjkwide")
}

// canonicalLocale returns the name with the spelling of its character set that
// `locale -a` prints: en_US.utf8.
func canonicalLocale(name string) string {
	lang, rest, found := strings.Cut(name, ".")
	if !found {
		return name
	}
	charset, modifier, has := strings.Cut(rest, "@")
	charset = strings.ToLower(strings.ReplaceAll(charset, "-", ""))
	name = lang + "." + charset
	if has {
		name += "@" + modifier
	}
	return name
}

// getVar returns the value of a variable in an environment, "" if it is unset.
func getVar(env []string, name string) string {
	for i := len(env) - 1; i >= 0; i-- {
		if v, ok := strings.CutPrefix(env[i], name+"="); ok {
			return v
		}
	}
	return ""
}

// setVars returns env with each NAME=VALUE of vars in place of what NAME was.
// Words without a name are left out.
func setVars(env, vars []string) []string {
	env = slices.Clone(env)
	for _, kv := range vars {
		name, _, ok := strings.Cut(kv, "=")
		if !ok || name == "" {
			continue
		}
		env = append(unsetVar(env, name), kv)
	}
	return env
}

// unsetVar returns env without a variable. It may write to env.
func unsetVar(env []string, name string) []string {
	return slices.DeleteFunc(env, func(kv string) bool { return strings.HasPrefix(kv, name+"=") })
}
