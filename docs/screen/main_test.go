package main

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
)

func TestPicture(t *testing.T) {
	got := picture([]byte("\x1b[1;32mbold\x1b[0m a<b \x1b[7mback\x1b[0m 日本\n\x1b[38;5;208;4mx\x1b[0m\n\n"), 40, 3, `"me" & you`)
	for _, want := range []string{
		`fill="#8abd68" textLength="33.72" font-weight="bold">bold</text>`,
		`a&lt;b`, `fill="#d4d7d6" shape-rendering="crispEdges"/>`, `>back</text>`, `日本`, `fill="#ff8700"`, `text-decoration="underline"`, `&#34;me&#34; &amp; you`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	for d := xml.NewDecoder(strings.NewReader(got)); ; {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("%v in\n%s", err, got)
		}
	}
}
