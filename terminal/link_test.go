package terminal

import (
	"bytes"
	"testing"
)

// TestLinksThatPass holds which links reach a user's terminal, and that what does not leaves
// its text and the link before it as they should be.
func TestLinksThatPass(t *testing.T) {
	user := UserProfile(Capabilities{Links: true})
	for uri, passes := range map[string]bool{
		"http://example.test/a?b=c#d": true, "HTTPS://EXAMPLE.TEST": true, "mailto:a@example.test": true, "vscode://file/x": true,
		"x-a+b.c1:d": true, "ssh://h": true, "file://h/etc/passwd": true, "FILE://H/x;y{z}|": true, "tel:+1": true,
		"javascript:alert(1)": false, "JavaScript:alert(1)": false, "vbscript:x": false, "data:text/html,x": false, "DATA:,": false,
		"file:///etc/passwd": false, "file:/etc/passwd": false, "file:x": false, "file:": false, "File://LocalHost/x": false, "file://localhost": false, "file://": false,
		"example.test": false, "/etc/passwd": false, "//h/x": false, ":x": false, "1a:x": false, "a_b:x": false, "-a:x": false,
		"http://a b": false, "http://a\"b": false, "http://<a>": false, "http://a\\b": false, "http://a`b`": false,
	} {
		e := New(20, 2, Options{})
		blank := e.Snapshot()
		e.Write([]byte("\x1b]8;;http://before.test/\x1b\\a\x1b]8;id=x;" + uri + "\x1b\\b\x1b]8;;\x1b\\c"))
		want := "\x1b]8;id=x;" + uri + "\x1b\\b"
		for name, p := range map[string]*Profile{"user": user, "stock": StockProfile} {
			got := AppendDiff(nil, blank, e.Snapshot(), p)
			got = bytes.ReplaceAll(got, []byte("\a"), []byte("\x1b\\"))
			if bytes.Contains(got, []byte(want)) != passes || !passes && !bytes.Contains(got, []byte("a\x1b]8;;\x1b\\bc")) {
				t.Errorf("%s: a link to %s gives %q", name, uri, got)
			}
		}
		got := AppendDiff(nil, blank, e.Snapshot(), RichProfile)
		if !bytes.Contains(got, []byte(uri)) {
			t.Errorf("a roam client hears nothing of a link to %s: %q", uri, got)
		}
	}
}
