package crypto

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// hexBytes is a byte string written in hexadecimal.
type hexBytes []byte

func (h *hexBytes) UnmarshalText(text []byte) error {
	b, err := hex.DecodeString(string(text))
	*h = b
	return err
}

// ocbVectors is the form of testdata/ocb.json.
type ocbVectors struct {
	Key       hexBytes `json:"rfc7253_key"`
	WideCheck hexBytes `json:"wide_check"`
	RFC7253   []struct {
		Nonce      hexBytes `json:"nonce"`
		AD         hexBytes `json:"ad"`
		Plaintext  hexBytes `json:"plaintext"`
		Ciphertext hexBytes `json:"ciphertext_and_tag"`
	} `json:"rfc7253"`
	Datagrams []struct {
		Key       string   `json:"key"`
		NonceWord hexBytes `json:"nonce_word"`
		Plaintext hexBytes `json:"plaintext"`
		Datagram  hexBytes `json:"datagram"`
	} `json:"datagrams"`
	Reject []struct {
		Why      string   `json:"why"`
		Key      string   `json:"key"`
		Datagram hexBytes `json:"datagram"`
	} `json:"reject"`
}

// keyVectors is the form of testdata/keys.json.
type keyVectors struct {
	Accept []struct {
		String string   `json:"string"`
		Key    hexBytes `json:"key_hex"`
	} `json:"accept"`
	Reject []struct {
		String string `json:"string"`
		Why    string `json:"why"`
	} `json:"reject"`
	LastCharacters string `json:"valid_last_characters"`
}

// readVectors decodes the file name of testdata into v.
func readVectors(t testing.TB, name string, v any) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	if err := d.Decode(v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// mustKey returns the key that s encodes.
func mustKey(t testing.TB, s string) Key {
	t.Helper()
	k, err := ParseKey(s)
	if err != nil {
		t.Fatalf("ParseKey(%q): %v", s, err)
	}
	return k
}

// testKey is a key that no session uses.
var testKey = Key{0x9b, 0x1c, 0x7d, 0xe3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}

// newPair returns the client's and the server's Session of testKey.
func newPair(t testing.TB) (client, server *Session) {
	t.Helper()
	client, err := NewSession(testKey, ToServer)
	if err != nil {
		t.Fatal(err)
	}
	server, err = NewSession(testKey, ToClient)
	if err != nil {
		t.Fatal(err)
	}
	return client, server
}
