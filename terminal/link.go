package terminal

import "strings"

// unsafeSchemes are those of URIs that are a program or a document in themselves, which
// whoever printed the link wrote: no address of anything.
var unsafeSchemes = []string{"javascript", "vbscript", "data"}

// link returns l as the reader is to have it: no link, if it shows none or must not
// have this one.
func (p *Profile) link(l Link) Link {
	if p.links == linksNone || !p.rich && l.URI != "" && !passes(l.URI) {
		return Link{}
	}
	return l
}

// passes reports whether a link may reach the user's terminal: a URI (RFC 3986, 3.1) without
// spaces, quotes and the like, whose scheme is not of unsafeSchemes, and that is no file without
// a host, which would name one of the user's machine (docs/security.md).
func passes(uri string) bool {
	scheme, rest, found := strings.Cut(uri, ":")
	if !found || !isScheme(scheme) || strings.ContainsAny(rest, " \"<>\\`") {
		return false
	}
	for _, s := range unsafeSchemes {
		if strings.EqualFold(scheme, s) {
			return false
		}
	}
	if !strings.EqualFold(scheme, "file") {
		return true
	}
	host, ok := strings.CutPrefix(rest, "//")
	host, _, _ = strings.Cut(host, "/")
	return ok && host != "" && !strings.EqualFold(host, "localhost")
}

// isScheme reports whether s is the scheme of a URI.
func isScheme(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		if letter := c >= 'a' && c <= 'z'; !letter && (i == 0 || !(s[i] >= '0' && s[i] <= '9') && strings.IndexByte("+-.", s[i]) < 0) {
			return false
		}
	}
	return s != ""
}
