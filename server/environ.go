//go:build unix

package server

import "strconv"

// trueColors is the number of colours from which on a terminal is said to have
// 24 bits of them.
const trueColors = 1 << 24

// sessionVar tells programs in a session its id, by which roam attach knows that it
// runs in it.
const sessionVar = "ROAM_SESSION"

// childEnv returns the environment of the program: env, which has its locale
// already, as docs say for the server called by this name. home is its working
// directory.
func childEnv(env []string, o *Options, home string) []string {
	term := "xterm"
	if o.Colors == 256 || o.roam() && o.Colors > 256 {
		term = "xterm-256color"
	}
	vars := []string{
		"TERM=" + term,
		"NCURSES_NO_UTF8_ACS=1", // line drawing as UTF-8: shift sequences have no place in a screen of cells
		"PWD=" + home,
	}
	if o.roam() && o.Colors >= trueColors {
		vars = append(vars, "COLORTERM=truecolor")
	}
	env = setVars(env, vars)
	for _, name := range []string{
		"STY",     // a screen(1) that surrounds ssh's terminal does not surround ours
		"SSH_TTY", // that terminal is gone
		"MOSH_KEY",
		"ROAM_TRACE", // was for this session
		daemonVar,
	} {
		env = unsetVar(env, name)
	}
	return env
}

// seconds reads a time-out from the environment: ROAM_name, else MOSH_name.
// problem says what is wrong with its value, which then counts as 0: no time-out.
func seconds(env []string, name string) (n int, problem string) {
	for _, prefix := range []string{"ROAM_", "MOSH_"} {
		value := getVar(env, prefix+name)
		if value == "" {
			continue
		}
		n, err := strconv.Atoi(value)
		switch {
		case err != nil:
			return 0, prefix + name + "=" + strconv.Quote(value) + " is not a valid integer, ignoring"
		case n < 0:
			return 0, prefix + name + "=" + value + " is negative, ignoring"
		}
		return min(n, maxTimeout), ""
	}
	return 0, ""
}

// maxTimeout is the most seconds of a time-out: 50 years, far from the end of
// a time.Duration, and within an int of 32 bits.
const maxTimeout = 50 * 365 * 24 * 3600
