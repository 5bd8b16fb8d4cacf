package install

import (
	"fmt"
	"strings"
)

// bases are where the remote sh makes roam/bin, in the order in which they are tried.
// Some systems mount the first two without the right to run what is there; the last one
// is memory, and is lost when the user has logged out.
var bases = []string{`"${XDG_CACHE_HOME:-$HOME/.cache}"`, `"$HOME/.local/lib"`, `"$XDG_RUNTIME_DIR"`}

// kept is how many versions stay on a host, newest first: this client's, that before, and
// one of another machine's client.
const kept = 3

// The start lines of the remote sh (docs/protocol.md, "Start lines").
const (
	tagOffer     = "ROAM OFFER"     // NAME=VALUE...: what there is; a line for sh is awaited
	tagReady     = "ROAM READY"     // the program's bytes are awaited
	tagFile      = "ROAM FILE"      // SIZE, and then so many bytes, whose hash is awaited
	tagTrouble   = "ROAM TROUBLE"   // CODE WORDS...: what is wrong there
	tagFailed    = "ROAM FAILED"    // the program was not put there
	tagInstalled = "ROAM INSTALLED" // PATH: the program is there
)

// The patterns of what ls says of a directory or file that only its owner may touch, and
// of one that others may not write.
const (
	privateDir     = `"drwx------*"`
	privateProgram = `"-rwx------*"`
	unwritableDir  = `"d????-??-*"`
)

// functions returns the definitions of sh functions for Find and the upload. They need
// _t, which prints a start line. talk says that standard input leads here.
//
// All that stands in the login shell's word (bootstrap, remoteScript) has no single quote,
// line feed, exclamation mark, or backslash before a quote or backslash.
func functions(talk bool) []string {
	// Without a program that hashes, the bytes come here to be hashed.
	query := `false`
	if talk {
		query = `{ _t "` + tagFile + ` $(wc -c <"$1")"; cat "$1"; IFS= read -r _a; }`
	}
	return []string{
		// _own PATH PATTERN [UID]: whether PATH is as PATTERN and the user's own, or UID's. _me is who that is.
		`_own() ( _w=$1; _x=$2; _z=${3:-$_me}; set -f; set -- $(ls -ldn "$_w" 2>/dev/null); ` +
			`case "$1 $3" in $_x" $_me"|$_x" $_z") exit 0;; esac; _t "` + tagTrouble + ` unsafe ${1:-none} ${3:-none} $_me $_w"; exit 1 )`,
		// _s FILE: the file's hash among other words.
		`_s() { { sha256sum <"$1" || shasum -a 256 <"$1" || openssl dgst -sha256 <"$1" || sha256 -q <"$1"; } 2>/dev/null; }`,
		// _h FILE HASH: whether the file has the hash.
		`_h() { _a=$(_s "$1") || ` + query + ` || { _t "` + tagTrouble + ` nohash $1"; return 1; }; ` +
			`if [ ${#2} = 64 ]; then case $_a in *"$2"*) return 0;; esac; fi; _t "` + tagTrouble + ` damaged $1"; return 1; }`,
		// _i NAME HASH: sets _r to the program in the directory NAME, if all is as it was put there.
		`_i() { for _b in ` + strings.Join(bases, " ") + `; do _y=$_b/roam/bin/$1; ` +
			`if [ -f "$_y/roam" ] && _me=$(id -u) && _own "$_b/." ` + unwritableDir + ` 0 && _own "$_b/roam" ` + privateDir + ` && _own "$_b/roam/bin" ` + privateDir +
			` && _own "$_y" ` + privateDir + ` && _own "$_y/roam" ` + privateProgram + ` && _h "$_y/roam" "$2"; then ` +
			`case $("$_y/roam" version 2>/dev/null </dev/null) in "roam "*) _r=$_y/roam; return 0;; esac; _t "` + tagTrouble + ` norun $_y/roam"; fi; done; return 1; }`,
		// _j: sets _r to the program of another version, the newest that there is.
		`_j() { for _l in ` + strings.Join(bases, " ") + `; do for _n in $(cd "$_l/roam/bin" 2>/dev/null && ls -t); do ` +
			`if _i "$_n" "${_n##*-}"; then return 0; fi; done; done; return 1; }`,
	}
}

// Older returns a command for sh that succeeds if the version word in $_v is that of a
// release before ours. Only two releases can be compared, and only by their three
// numbers: whoever built another roam, or put it there, knows why.
func (in *Installer) Older() string {
	major, minor, patch, ok := numbers(in.cfg.Release)
	if !ok {
		return `false`
	}
	return fmt.Sprintf(`( case $_v in v[0-9]*.[0-9]*.[0-9]*) ;; *) exit 1;; esac; set -f; IFS=.-+; set -- ${_v#v}; for _x in %s %s %s; do `+
		`if [ "$1" -lt $_x ]; then exit 0; fi; if [ "$1" -eq $_x ]; then shift; else exit 1; fi; done; exit 1 ) 2>/dev/null`, major, minor, patch)
}

// numbers returns the three numbers of a release such as v1.2.3 or v1.2.3-rc1.
func numbers(release string) (major, minor, patch string, ok bool) {
	text, isRelease := strings.CutPrefix(release, "v")
	words := strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune(".-+", c) })
	if !isRelease || len(words) < 3 {
		return "", "", "", false
	}
	for _, w := range words[:3] {
		if strings.Trim(w, "0123456789") != "" || len(w) > 9 { // sh's numbers have 31 bits at least
			return "", "", "", false
		}
	}
	return words[0], words[1], words[2], true
}

// Find returns commands for sh that, if _r is empty, set it to a program that was put
// there, or if there is none, to what is put there now; and if that is nothing, to what
// _o says, an older roam, or one that was put there by another version. They need _t, and
// _f, which sets _r to a program of the PATH. talk says that standard input leads here,
// and offer that something may be put there.
func (in *Installer) Find(talk, offer bool) []string {
	commands := functions(talk)
	if len(in.programs) > 0 {
		cases := ""
		for _, p := range in.programs {
			cases += fmt.Sprintf(` %s) _i %s %s;;`, p.pattern(), in.dirName(p), p.hash)
		}
		commands = append(commands, `if [ -z "$_r" ]; then case $(uname -s)/$(uname -m) in`+cases+` esac; fi`)
	}
	if talk && offer && in.Willing() {
		commands = append(commands, `if [ -z "$_r" ]; then _t "`+tagOffer+` system=$(uname -s) machine=$(uname -m) roam=${_o:+$_v}`+
			` stock=$(_f mosh-server && printf yes) gzip=$(command -v gzip >/dev/null && printf yes)"; IFS= read -r _a && eval "$_a"; fi`)
	}
	return append(commands, `if [ -z "$_r" ]; then _r=$_o; fi`, `if [ -z "$_r" ]; then _j; fi`)
}

// dirName returns the directory of a program: one a version and hash, which is what it
// ends in.
func (in *Installer) dirName(p program) string {
	version := strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '.' {
			return c
		}
		return '_'
	}, in.cfg.Release)
	return version + "-" + p.hash
}

// uploadLine returns the line for sh that takes a program from standard input: size bytes,
// of gzip if packed. token is for names that no other upload has. It sets _r.
//
// The program gets its name, and the right to run, after its hash was found right; what
// is there before is private to the user and cannot run. Each step says what it lacks.
func (in *Installer) uploadLine(p program, size int, packed bool, token string) string {
	unpack := "cat"
	if packed {
		unpack = "gzip -dc"
	}
	line := strings.Join([]string{
		`_m=$(umask)`, `umask 077`, `_d=`, `_me=$(id -u)`,
		// _e CODE: says what is in _a.
		`_e() { _t "` + tagTrouble + ` $1 $(printf %s "$_a" | tr "\n" " ")"; }`,
		// _g BASE: sets _d to the directory, if a program can be run there.
		`_g() { case $1 in /*) ;; *) return 1;; esac; _a=$(mkdir -p "$1" 2>&1) || { _e write; return 1; }; _own "$1/." ` + unwritableDir + ` 0 || return 1; ` +
			`for _w in "$1/roam" "$1/roam/bin" "$1/roam/bin/NAME"; do _a=$(mkdir "$_w" 2>&1) || [ -d "$_w" ] || { _e write; return 1; }; _own "$_w" ` + privateDir + ` || return 1; done; ` +
			`_y=$_w/.new.TOKEN; _a=$( { printf "#!/bin/sh\nexit 0\n" | cat >"$_y" && chmod 700 "$_y" && "$_y" </dev/null; } 2>&1 ); _x=$?; rm -f "$_y"; ` +
			`case $_x in 0) _d=$_w; return 0;; 126) _a=$_w; _e noexec;; *) _e write;; esac; rmdir "$_w" 2>/dev/null; return 1; }`,
		// _u: takes the bytes and gives them their name. head is not in every POSIX with -c; dd is, and slow.
		`_u() { _a=$( { if [ "$(printf ab | head -c 1 2>/dev/null)" = a ]; then head -c SIZE; else dd bs=1 count=SIZE 2>/dev/null; fi | UNPACK >"$_y"; } 2>&1 ) || ` +
			`{ rm -f "$_y"; _e write; return 1; }; _h "$_y" HASH || return 1; chmod 700 "$_y"; ` +
			`_a=$("$_y" version 2>&1 </dev/null); case $_a in "roam "*) ;; *) _e norun; return 1;; esac; _a=$(mv -f "$_y" "$_d/roam" 2>&1) || { _e write; return 1; }; }`,
		`for _l in ` + strings.Join(bases, " ") + `; do if _g "$_l"; then break; fi; done`,
		`if [ -z "$_d" ]; then _t "` + tagFailed + `"; else trap 'rm -f "$_y"; exit 1' HUP INT PIPE TERM; _t "` + tagReady + `"; ` +
			`if _u; then _r=$_d/roam; _x=0; ` +
			// What is old or was never ended goes. A program that runs goes on without its name.
			`for _n in $(cd "$_l/roam/bin" && ls -t); do _x=$((_x+1)); if [ $_x -gt KEPT ]; then rm -rf "$_l/roam/bin/$_n"; fi; done; ` +
			`find "$_d" -name ".new.*" -mtime +0 -exec rm -f {} +; _t "` + tagInstalled + ` $_r"; ` +
			`else rm -f "$_y"; rmdir "$_d" 2>/dev/null; _t "` + tagFailed + `"; fi; trap - HUP INT PIPE TERM; fi`,
		`umask $_m`,
	}, "; ")
	return strings.NewReplacer("NAME", in.dirName(p), "HASH", p.hash, "SIZE", fmt.Sprint(size), "UNPACK", unpack, "TOKEN", token, "KEPT", fmt.Sprint(kept)).Replace(line)
}
