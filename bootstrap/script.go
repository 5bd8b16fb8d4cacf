package bootstrap

import (
	"fmt"
	"strings"
)

// searchPath is where a server is looked for after the PATH that sshd gives:
// non-interactive shells often lack the places of users and package managers.
const searchPath = "$HOME/bin:$HOME/.local/bin:$HOME/go/bin:/usr/local/bin:/opt/homebrew/bin:/opt/local/bin:/usr/pkg/bin:/usr/bin:/bin"

// remoteScript returns the one word that ssh hands to the remote login shell,
// whichever that is: sh -c and a POSIX script in single quotes.
//
// Inside single quotes, sh, bash, ksh, zsh, fish and tcsh agree on all bytes
// but these: the quote itself, a line feed and an exclamation mark (tcsh), a
// backslash before a quote or a backslash (fish). The script has none of them;
// what users give is written in octal (see octal) and decoded there.
//
// The script says where ssh arrived, finds a server, says which, runs it with
// its errors on standard output too, and says how it ended. command is a
// fragment for sh that starts a server; if empty, roam or else mosh-server is
// searched, and from says what may be put there. facts has the host say what it is like.
func remoteScript(command string, prog Program, localTarget bool, from source, facts bool) string {
	s := newScript()
	s.add(`if [ -n "$SSH_CONNECTION" ]; then _t "` + tagConnection + ` $SSH_CONNECTION"; fi`)
	if facts {
		s.hostFacts()
	}
	if command == "" {
		s.search(prog.Attach, from, prog.roamWords()...)
		if facts {
			s.serverFacts()
		}
	} else {
		s.add(`_k=`, `set --`)
	}
	s.arguments(prog, localTarget)
	s.addresses(prog.Bind, command == "")
	if command == "" {
		s.add(`_t "`+tagServer+` $_r"`, `"$@" 2>&1 </dev/null`)
	} else {
		s.add(`_t "` + tagServer + ` ` + givenServer + `"`)
		s.decode(command + ` "$@"`)
		s.add(`(eval "$_v") 2>&1`) // a subshell: the command may exit
	}
	return s.finish()
}

// givenServer stands in a ROAM SERVER line for the user's own command.
const givenServer = "--server"

// A script is a list of shell commands without the bytes that remoteScript
// forbids. In it, _t prints a start line and _d decodes octal into _v; the names
// are such that no program and no exported variable has them.
type script struct{ commands []string }

func newScript() *script {
	return &script{[]string{
		`_t() { printf "\n%s\n" "$1"; }`,
		`_d() { _v=$(printf %b_ "$1"); _v=${_v%_}; }`,
	}}
}

// finish makes the script say how its last command ended, and returns it as the word
// for the login shell.
func (s *script) finish() string {
	s.add(`_t "` + tagExit + ` $?"`)
	return "sh -c '" + strings.Join(s.commands, "; ") + "'"
}

func (s *script) add(commands ...string) { s.commands = append(s.commands, commands...) }

// search sets _r to the path of a server, _k to roam if it is ours, and the positional
// parameters to the start of its command line; it ends the script if there is none.
// roamOnly says that stock's will not do, and options are for roam's server.
//
// A roam of the PATH goes before one that roam has put there, if it is not older.
func (s *script) search(roamOnly bool, from source, options ...string) {
	s.add(`_k=`, `_p=$PATH:`+searchPath, `_o=`,
		`_f() { _r=$(PATH=$_p; command -v "$1"); }`,
		// Another program may be called roam: ask this one who it is.
		`if _f roam; then _v=$("$_r" version 2>/dev/null </dev/null); case $_v in "roam "*) ;; *) _r=;; esac; _v=${_v#roam }; _v=${_v%% *}; fi`)
	s.add(from.find()...)
	s.add(`if [ -n "$_r" ]; then _k=roam; set -- "$_r" server` + words(options) + `; fi`)
	if !roamOnly {
		s.add(`if [ -z "$_r" ] && _f mosh-server; then set -- "$_r"; fi`)
	}
	s.add(`if [ -z "$_r" ]; then _t "` + tagNoServer + `"; exit 127; fi`)
}

// words returns options, which have no byte that a shell could take for more than
// itself, as words of a command.
func words(options []string) (text string) {
	for _, o := range options {
		text += ` "` + octal(o) + `"`
	}
	return text
}

// arguments appends prog's words to the positional parameters.
func (s *script) arguments(prog Program, localTarget bool) {
	var bind []string
	switch prog.Bind {
	case BindAny:
	case "", BindSSH:
		// The loopback address at which sshd was reached through a forwarded
		// port is of no use to datagrams, unless the client is there too.
		loopback := `127.*|::1|::ffff:127.*) ;; `
		if localTarget {
			loopback = ``
		}
		word := `$3`
		if prog.Bind == "" { // a server of roam's listens everywhere
			word, loopback = `$_k$3`, `roam*) ;; `+loopback
		}
		s.add(`_b() { case ` + word + ` in ` + loopback + `?*) printf %s -s;; esac; }`)
		bind = []string{bindWord}
	default:
		bind = []string{"-i", prog.Bind}
	}
	words := prog.words(bind...)
	switch {
	case prog.Shell != "":
		s.append(append(words, "--"))
		s.decode(prog.Shell)
		s.add(`set -- "$@" "${SHELL:-/bin/sh}" -c "$_v"`)
	case len(prog.Argv) > 0:
		s.append(append(append(words, "--"), prog.Argv...))
	default:
		s.append(words)
	}
}

// bindWord is the one word that the script expands: to -s, or to nothing.
const bindWord = "$(_b $SSH_CONNECTION)"

// append appends words to the positional parameters: those that need no
// decoding together, others one by one.
func (s *script) append(words []string) {
	plain := ""
	flush := func() {
		if plain != "" {
			s.add(`set -- "$@"` + plain)
			plain = ""
		}
	}
	for _, word := range words {
		switch {
		case word == bindWord:
			plain += " " + word
		case octal(word) == word:
			plain += ` "` + word + `"`
		default:
			flush()
			s.decode(word)
			s.add(`set -- "$@" "$_v"`)
		}
	}
	flush()
}

// addresses says which addresses the host has, where the server listens on all of them;
// searched says that search has found it. A kilobyte of them will do.
func (s *script) addresses(bind string, searched bool) {
	when := `roam`
	switch {
	case bind == BindAny:
		when = `*`
	case bind != "" || !searched:
		return
	}
	s.add(`_l() { PATH=$PATH:/sbin:/usr/sbin; { ip -o addr show up scope global || ifconfig -a || for _w in $(hostname -I); do echo inet $_w; done; } 2>/dev/null; }`,
		`_i=`, `_a=`,
		`case $_k in `+when+`) for _w in $(_l); do`+
			` case $_i,${#_a} in *,????*) ;; inet,*|inet6,*|addr:,*) _a="$_a ${_w#addr:}";; esac; _i=$_w; done;`+
			` _t "`+tagAddresses+`$_a";; esac`)
}

// decode sets _v to text.
func (s *script) decode(text string) { s.add(`_d "` + octal(text) + `"`) }

// octal returns s as an argument of printf's %b in which all bytes stand for
// themselves within single quotes of any login shell and within double quotes
// of sh: printable ASCII without quotes, dollar, backslash and exclamation mark;
// others become a backslash, 0 and three digits (POSIX, printf).
func octal(s string) string {
	var out strings.Builder
	for _, c := range []byte(s) {
		if c < ' ' || c > '~' || strings.IndexByte("\"'$`\\!", c) >= 0 {
			fmt.Fprintf(&out, `\0%03o`, c)
		} else {
			out.WriteByte(c)
		}
	}
	return out.String()
}

// quote returns s as one word of a POSIX shell, in single quotes.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// moshCommand returns what stock mosh has the remote login shell run: command,
// a fragment, with prog's words in single quotes after it. announce makes it
// say first where ssh arrived.
func moshCommand(command string, prog Program, announce bool) string {
	var bind []string
	switch prog.Bind {
	case BindAny:
	case "", BindSSH:
		bind = []string{"-s"}
	default:
		bind = []string{"-i", prog.Bind}
	}
	line := fragment(command, prog, bind...)
	if announce {
		say := `[ -n "$SSH_CONNECTION" ] && printf "\n` + tagConnection + ` %s\n" "$SSH_CONNECTION"`
		line = "sh -c " + quote(say) + "; " + line
	}
	return line
}

// fragment returns command, a fragment for a shell, followed by prog's words.
func fragment(command string, prog Program, bind ...string) string {
	words := prog.words(bind...)
	if len(prog.Argv) > 0 {
		words = append(append(words, "--"), prog.Argv...)
	}
	for _, word := range words {
		command += " " + quote(word)
	}
	return command
}
