package doctor

import (
	"strings"
	"testing"

	"roam/server"
)

// FuzzHostFindings judges what a host may say of itself: whatever that is, there is a
// verdict, in one line that does nothing to a terminal.
func FuzzHostFindings(f *testing.F) {
	f.Add("clock 1800000000\ncharset UTF-8\nufw Status: active\nufw 60000:61000/udp ALLOW Anywhere\nufw Anywhere ALLOW 192.0.2.0/24", true)
	f.Add("firewalld running\nfirewalld 60001-60999/udp\niptables -P INPUT DROP\niptables -A INPUT -j REJECT", false)
	f.Add("nft table inet t {\nnft chain c {\nnft type filter hook input priority 0; policy drop;\nnft udp dport 1-2 drop\nnft table\nnft chain", true)
	f.Add("server\nversion roam\nclock x\nnft  hook \nufw ALLOW ALLOW", false)
	f.Fuzz(func(t *testing.T, said string, silence bool) {
		lines := strings.Split(strings.Map(printed, said), "\n")
		h := wellHost()
		h.Said = facts(lines...)
		if silence {
			h = silent(h, HearingUnknown, "")
		}
		for _, found := range h.Findings() {
			if found.Reason == "" || (found.Verdict != OK) != (found.Verdict == Warning || found.Verdict == Failed) || strings.ContainsAny(found.Reason+found.Mend, "\n\x1b") {
				t.Errorf("finding %+v of %q", found, said)
			}
		}
		if text := h.diagnosis([]server.Status{{Port: 60001}}, nil); strings.Contains(text, "\n") || text == "" {
			t.Errorf("diagnosis %q of %q", text, said)
		}
	})
}

// printed leaves what package bootstrap lets through, and the ends of lines.
func printed(c rune) rune {
	if c != '\n' && (c < ' ' || c >= 0x7f && c < 0xa0) {
		return '?'
	}
	return c
}
