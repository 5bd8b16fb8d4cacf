package client

import (
	"encoding/base64"
	"strconv"
	"strings"
	"unicode/utf8"

	"roam/terminal"
)

// maxNotice is the most bytes of a notification's title, text or metadata that reach
// the terminal: more than any desktop shows.
const maxNotice = 1024

// A notifier shows notifications in the form that the user's terminal takes.
type notifier struct {
	form terminal.NotifyForm
	last uint64 // number of the last one

	// Parts of an OSC 99 notification that is not complete, for terminals with
	// another form.
	id          string
	title, text string
}

// append appends a notification, as a bell for terminals that have none.
func (n *notifier) append(dst []byte, title, text string) []byte {
	title, text = noticeText(title), noticeText(text)
	if title == "" && text == "" {
		return dst
	}
	switch n.form {
	case terminal.Notify99:
		n.last++
		id := "i=roam" + strconv.FormatUint(n.last, 10)
		if title == "" {
			title, text = text, ""
		}
		if text != "" {
			dst = append(dst, "\x1b]99;"+id+":d=0:p=title;"+title+"\x1b\\"...)
			return append(dst, "\x1b]99;"+id+":p=body;"+text+"\x1b\\"...)
		}
		return append(dst, "\x1b]99;"+id+";"+title+"\x1b\\"...)
	case terminal.Notify777:
		if text == "" {
			title, text = "", title
		}
		return append(dst, "\x1b]777;notify;"+strings.ReplaceAll(title, ";", ",")+";"+text+"\x1b\\"...)
	case terminal.Notify9:
		switch {
		case title == "":
		case text == "":
			text = title
		default:
			text = title + ": " + text
		}
		if c := text[0]; '0' <= c && c <= '9' {
			text = " " + text // a number would be another command
		}
		return append(dst, "\x1b]9;"+text+"\x1b\\"...)
	}
	return append(dst, '\a')
}

// appendKitty appends a notification, or a part of one, by kitty's protocol
// (OSC 99): as it is where the terminal has that, and otherwise once it is
// complete. What would make the terminal answer is left out.
func (n *notifier) appendKitty(dst []byte, meta, payload string) []byte {
	m, ok := parseKittyMeta(meta)
	if !ok {
		return dst
	}
	if m.encoded { // plain text is as good, once it is clean
		b, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(payload, "="))
		if err != nil {
			return dst
		}
		payload = string(b)
	}
	payload = noticeText(payload)
	if n.form == terminal.Notify99 {
		return append(dst, "\x1b]99;"+m.kept+";"+payload+"\x1b\\"...)
	}
	if m.id != n.id {
		n.id, n.title, n.text = m.id, "", ""
	}
	switch m.part {
	case "title":
		n.title = noticeText(n.title + payload)
	case "body":
		n.text = noticeText(n.text + payload)
	}
	if m.more {
		return dst
	}
	title, text := n.title, n.text
	n.id, n.title, n.text = "", "", ""
	return n.append(dst, title, text)
}

// kittyMeta is the metadata of OSC 99, as far as it is kept.
type kittyMeta struct {
	id, part string
	more     bool // d=0: another part follows
	encoded  bool // e=1: the payload is base64
	kept     string
}

// kittyKeys are the keys of the metadata that only say how the notification looks.
// The others make the terminal answer (a, c), or name files and sounds.
const kittyKeys = "dfiotuwp"

// parseKittyMeta reads key=value pairs between colons. It is not ok for parts that are
// no text, questions and commands among them.
func parseKittyMeta(s string) (m kittyMeta, ok bool) {
	m.part = "title"
	var kept []string
	for pair := range strings.SplitSeq(s, ":") {
		key, value, found := strings.Cut(pair, "=")
		if !found || len(key) != 1 || !plainValue(value) {
			continue
		}
		switch key {
		case "i":
			m.id = value
		case "p":
			m.part = value
		case "d":
			m.more = value == "0"
		case "e":
			m.encoded = value == "1"
		}
		if strings.Contains(kittyKeys, key) {
			kept = append(kept, pair)
		}
	}
	m.kept = strings.Join(kept, ":")
	return m, (m.part == "title" || m.part == "body") && len(m.kept) <= maxNotice
}

// plainValue reports whether s has only the characters of values in the metadata.
func plainValue(s string) bool {
	return len(s) <= 256 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_/+.,(){}[]*&^%$#@!`~=?") == ""
}

// noticeText returns s as a line of text, of at most maxNotice bytes.
func noticeText(s string) string {
	var b strings.Builder
	for _, r := range s {
		if !terminal.InLine(r) || b.Len()+utf8.RuneLen(r) > maxNotice {
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}
