package client

import (
	"strings"
	"testing"

	"roam/terminal"
)

// screenOf returns a screen of the given size after some output.
func screenOf(cols, rows int, output string) *terminal.Screen {
	e := terminal.New(cols, rows, terminal.Options{})
	e.Write([]byte(output))
	return e.Snapshot()
}

func newTestDisplay(cols, rows int) *display {
	return &display{profile: terminal.UserProfile(xtermForTests().caps), prefix: "[roam] ", cols: cols, rows: rows}
}

func TestComposeWithoutOverlaysCopiesNothing(t *testing.T) {
	remote := screenOf(20, 3, "hello")
	if got := newTestDisplay(20, 3).compose(remote, nil, ""); got != remote {
		t.Error("the screen was copied")
	}
}

// TestNoticePlace: which row the notice takes, what it leaves alone.
func TestNoticePlace(t *testing.T) {
	for _, c := range []struct {
		name, output, notice string
		cols, rows           int
		want                 string
		hidden               bool
	}{
		{"top", "one\r\ntwo\r\n", "notice", 8, 3, "notice|two|", false},
		{"bottom, for the cursor", "one\r\ntwo\x1b[H", "notice", 8, 3, "one|two|notice", false},
		{"top, over a hidden cursor", "one\r\ntwo\x1b[H\x1b[?25l", "notice", 8, 3, "notice|two|", true},
		{"one row", "one", "notice", 8, 1, "notice", true},
		{"cut", "\r\n", "a long notice", 8, 2, "a long n|", false},
		{"cut before a wide character", "\r\n", "1234567漢字", 8, 2, "1234567|", false},
		{"wide character fits", "\r\n", "123456漢字", 8, 2, "123456漢|", false},
		{"combining", "\r\n", "e\u0301a", 8, 2, "e\u0301a|", false},
		{"one cell, wide", "x", "漢", 1, 1, "", true},
		{"over half of a wide character", "漢漢漢漢\r\n", "123", 3, 2, "123|", false},
		{"control characters are left out", "\r\n", "a\x1b[31mb", 8, 2, "a[31mb|", false},
	} {
		d := newTestDisplay(c.cols, c.rows)
		got := d.compose(screenOf(c.cols, c.rows, c.output), nil, c.notice)
		var rows []string
		for i := range c.rows {
			rows = append(rows, rowText(got, i))
		}
		if text := strings.Join(rows, "|"); text != c.want || got.Cursor().Hidden != c.hidden {
			t.Errorf("%s: %q, cursor hidden %v; want %q, %v", c.name, text, got.Cursor().Hidden, c.want, c.hidden)
		}
	}
}

// TestFrameOfAnotherSize: until the server knows of a new window size, its old
// screen is shown as far as it fits.
func TestFrameOfAnotherSize(t *testing.T) {
	remote := screenOf(10, 3, "0123456789\r\nsecond\r\nthird")
	for _, c := range []struct {
		cols, rows int
		want       string
	}{
		{5, 2, "01234\nsecon\n"},
		{12, 4, "0123456789\nsecond\nthird\n\n"},
		{1, 1, "0\n"},
	} {
		d := newTestDisplay(c.cols, c.rows)
		out := d.append(nil, d.compose(remote, nil, ""))
		reader := terminal.New(c.cols, c.rows, terminal.Options{})
		reader.Write(out)
		if got := screenText(reader.Snapshot()); got != c.want {
			t.Errorf("%dx%d shows %q, want %q", c.cols, c.rows, got, c.want)
		}
	}
}

func TestTitlePrefixAndIcon(t *testing.T) {
	for _, c := range []struct{ output, title, icon string }{
		{"", "", ""},
		{"\x1b]0;both\a", "[roam] both", "[roam] both"},
		{"\x1b]2;title\a\x1b]1;icon\a", "[roam] title", "icon"},
	} {
		title, icon, _ := newTestDisplay(10, 2).compose(screenOf(10, 2, c.output), nil, "").Title()
		if title != c.title || icon != c.icon {
			t.Errorf("after %q: title %q, icon %q; want %q, %q", c.output, title, icon, c.title, c.icon)
		}
	}
}
