package main

import "strings"

// A sshUse says what roam does about one of ssh's options.
type sshUse uint8

const (
	usePass   sshUse = iota + 1 // given to the ssh that starts the server
	useFamily                   // decides the family of roam's own datagrams too
	useDrop                     // means nothing to the start, or what roam does anyway
	useSSH                      // only ssh can do it
)

// A sshOption describes one option letter of ssh(1).
type sshOption struct {
	letter string
	value  string // what ssh's manual calls its value, which is in the same word or the next; "" if it takes none
	use    sshUse
}

// sshOptions are all of them, in the order of the help.
var sshOptions = []sshOption{
	{"4", "", useFamily}, {"6", "", useFamily},
	{"p", "PORT", usePass}, {"l", "USER", usePass}, {"i", "FILE", usePass}, {"J", "HOST", usePass}, {"F", "FILE", usePass}, {"o", "OPTION", usePass},
	{"v", "", usePass}, {"q", "", usePass}, {"C", "", usePass},
	{"t", "", useDrop},     // a session always has a terminal
	{"e", "CHAR", useDrop}, // ssh's escape character is not used by a command's run
	{"b", "ADDRESS", usePass}, {"B", "INTERFACE", usePass}, {"c", "CIPHERS", usePass}, {"E", "FILE", usePass}, {"I", "LIBRARY", usePass},
	{"m", "MACS", usePass}, {"P", "TAG", usePass}, {"S", "SOCKET", usePass},
	{"a", "", usePass}, {"g", "", usePass}, {"K", "", usePass}, {"k", "", usePass}, {"M", "", usePass}, {"x", "", usePass}, {"y", "", usePass},
	{"A", "", useSSH}, {"D", "PORT", useSSH}, {"f", "", useSSH}, {"G", "", useSSH}, {"L", "FORWARD", useSSH}, {"N", "", useSSH}, {"n", "", useSSH},
	{"O", "COMMAND", useSSH}, {"Q", "WHAT", useSSH}, {"R", "FORWARD", useSSH}, {"s", "", useSSH}, {"T", "", useSSH}, {"V", "", useSSH},
	{"W", "TARGET", useSSH}, {"w", "TUNNEL", useSSH}, {"X", "", useSSH}, {"Y", "", useSSH},
}

// sshLetters returns ssh's options as text, with the names of their values: those that only
// ssh can serve, without these names, or the others.
func sshLetters(only bool) string {
	var words []string
	for _, o := range sshOptions {
		switch {
		case only != (o.use == useSSH):
		case o.value == "" || only:
			words = append(words, "-"+o.letter)
		default:
			words = append(words, "-"+o.letter+noBreak+o.value)
		}
	}
	return strings.Join(words, " ")
}

// needsSSHConfig holds the keywords of ssh_config(5) that ask, on the command
// line, for what only ssh can do, in lower case, with the values that do not.
var needsSSHConfig = map[string][]string{
	"localforward": {}, "remoteforward": {}, "dynamicforward": {},
	"forwardagent": {"no"}, "forwardx11": {"no"}, "tunnel": {"no"},
	"sessiontype": {"default"}, "forkafterauthentication": {"no"}, "stdinnull": {"no"}, "requesttty": {"yes", "force", "auto"},
}

// onlySSH reports whether -o setting asks for what only ssh can do. The
// keyword and its value are parted by blanks or an equals sign, as ssh reads it.
func onlySSH(setting string) bool {
	setting = strings.ToLower(strings.TrimSpace(setting))
	i := strings.IndexAny(setting, " \t=")
	if i < 0 {
		return false
	}
	harmless, known := needsSSHConfig[setting[:i]]
	if !known {
		return false
	}
	value := strings.Trim(setting[i:], " \t=\"")
	for _, v := range harmless {
		if value == v {
			return false
		}
	}
	return true
}
