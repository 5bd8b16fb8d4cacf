package crypto

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

func TestParseKeyVectors(t *testing.T) {
	var v keyVectors
	readVectors(t, "keys.json", &v)
	if len(v.Accept) == 0 || len(v.Reject) == 0 {
		t.Fatal("no vectors")
	}
	for _, c := range v.Accept {
		k, err := ParseKey(c.String)
		if err != nil || !bytes.Equal(k[:], c.Key) {
			t.Errorf("ParseKey(%q) = %x, %v, want %x", c.String, k[:], err, c.Key)
		}
		if got := k.Encode(); got != c.String {
			t.Errorf("Encode of %x = %q, want %q", c.Key, got, c.String)
		}
	}
	for _, c := range v.Reject {
		if k, err := ParseKey(c.String); err == nil || k != (Key{}) {
			t.Errorf("ParseKey(%q) = %x, %v; want an error (%s)", c.String, k[:], err, c.Why)
		}
	}
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	valid := v.LastCharacters
	for _, last := range alphabet {
		_, err := ParseKey("PYExlOntawmhrjAbg7/dn" + string(last))
		if ok := strings.ContainsRune(valid, last); (err == nil) != ok {
			t.Errorf("ParseKey with last character %q: %v, want accepted: %t", last, err, ok)
		}
	}
}

func TestParseKeyTellsWhatIsWrong(t *testing.T) {
	for _, c := range []struct {
		in   string
		want error
	}{
		{"", ErrKeyLength},
		{"PYExlOntawmhrjAbg7/dn", ErrKeyLength},
		{"PYExlOntawmhrjAbg7/dnA==", ErrKeyLength},
		{"PYExlOntawmhrjAbg7/dn=", ErrKeyCharacter},
		{"PYExlOntaw-hrjAbg7/dnA", ErrKeyCharacter},
		{"PYExlOntawmhrjAbg7\r\nnA", ErrKeyCharacter}, // the decoder of std passes over these
		{"PYExlOntawmhrjAbg7/dn\n", ErrKeyCharacter},
		{"PYExlOntawmhrjAbg7/dnB", ErrKeySpareBits},
	} {
		_, err := ParseKey(c.in)
		if !errors.Is(err, c.want) {
			t.Errorf("ParseKey(%q): %v, want %v", c.in, err, c.want)
		}
	}
}

func TestNewKey(t *testing.T) {
	k, err := NewKey(bytes.NewReader([]byte("0123456789abcdefrest")))
	if err != nil || string(k[:]) != "0123456789abcdef" {
		t.Errorf("NewKey = %q, %v", k[:], err)
	}
	if _, err := NewKey(strings.NewReader("too short")); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("NewKey of 9 bytes: %v, want ErrUnexpectedEOF", err)
	}
}

func TestEraseKey(t *testing.T) {
	k := testKey
	k.Erase()
	if k != (Key{}) {
		t.Errorf("key after Erase: %x", k[:])
	}
}

// spellings are the ways in which a leaked key would show.
func spellings(k Key) []string {
	numbers := strings.Trim(fmt.Sprint(k[:]), "[]")
	return []string{
		hex.EncodeToString(k[:4]), strings.ToUpper(hex.EncodeToString(k[:4])),
		strings.Join(strings.Fields(numbers)[:4], " "), strings.Join(strings.Fields(numbers)[:4], ","),
		k.Encode()[:8], base64.StdEncoding.EncodeToString(k[:])[:8], string(k[:4]), "0x9b",
	}
}

func TestFormattingShowsNoKey(t *testing.T) {
	session, _ := newPair(t)
	if _, err := session.Seal(nil, []byte("hello")); err != nil {
		t.Fatal(err)
	}
	holder := struct {
		Key     Key
		Pointer *Key
		session *Session
		List    []Key
	}{testKey, &testKey, session, []Key{testKey}}
	var shown []string
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%b", "%o", "%c", "%U", "%t", "%10.3v"} {
		for _, v := range []any{testKey, &testKey, session, holder, &holder, []any{testKey}} {
			shown = append(shown, fmt.Sprintf(verb, v))
		}
	}
	for _, v := range []any{testKey, &testKey, map[string]Key{"k": testKey}} {
		b, err := json.Marshal(v)
		if err != nil {
			t.Errorf("json.Marshal: %v", err)
		}
		shown = append(shown, string(b))
	}
	shown = append(shown, testKey.String(), testKey.GoString(), fmt.Sprint((*Session)(nil)))
	for _, s := range shown {
		for _, leak := range spellings(testKey) {
			if strings.Contains(s, leak) {
				t.Errorf("%q shows the key as %q", s, leak)
			}
		}
	}
	// Without the exported names above, the session's tables must not show either.
	table := fmt.Sprint(session.cipher.lStar.front)
	for _, s := range shown {
		if strings.Contains(s, table) {
			t.Errorf("%q shows L_*", s)
		}
	}
}

func FuzzParseKey(f *testing.F) {
	var v keyVectors
	readVectors(f, "keys.json", &v)
	for _, c := range v.Accept {
		f.Add(c.String)
	}
	for _, c := range v.Reject {
		f.Add(c.String)
	}
	f.Add("AAAAAAAAAAAAAAAAAAAA\r\n")
	f.Fuzz(func(t *testing.T, s string) {
		k, err := ParseKey(s)
		if err != nil {
			if k != (Key{}) {
				t.Errorf("ParseKey(%q) = %x with %v", s, k[:], err)
			}
			return
		}
		if k.Encode() != s {
			t.Errorf("ParseKey(%q) = %x, which encodes to %q", s, k[:], k.Encode())
		}
	})
}
