package main

import "strings"

// A sshUse says what roam does about one of ssh's options.
type sshUse uint8

const (
	useUnknown sshUse = iota // ssh has no such option
	usePass                  // given to the ssh that starts the server
	useFamily                // decides the family of roam's own datagrams too
	useDrop                  // means nothing to the start, or what roam does anyway
	useSSH                   // only ssh can do it
)

// sshOption describes one option letter of ssh(1).
type sshOption struct {
	value bool // takes a value, in the same word or the next
	use   sshUse
}

// sshOptions returns what ssh makes of letter.
func sshOptionOf(letter byte) sshOption {
	switch {
	case strings.IndexByte("46", letter) >= 0:
		return sshOption{false, useFamily}
	case strings.IndexByte("aCgKkMqvxy", letter) >= 0:
		return sshOption{false, usePass}
	case strings.IndexByte("BbcEFIiJlmoPpS", letter) >= 0:
		return sshOption{true, usePass}
	case letter == 't': // a session always has a terminal
		return sshOption{false, useDrop}
	case letter == 'e': // ssh's escape character is not used by a command's run
		return sshOption{true, useDrop}
	case strings.IndexByte("AfGNnsTVXY", letter) >= 0:
		return sshOption{false, useSSH}
	case strings.IndexByte("DLOQRWw", letter) >= 0:
		return sshOption{true, useSSH}
	}
	return sshOption{}
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
