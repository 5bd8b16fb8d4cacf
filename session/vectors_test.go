package session

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// unhex decodes a vector's bytes.
func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// number decodes a vector's 64-bit number.
func number(t testing.TB, s string) uint64 {
	t.Helper()
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// readJSON reads a file of testdata.
func readJSON(t testing.TB, name string, into any) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// A wantItem is what a vector says that one item of a message is.
type wantItem struct {
	Kind          string
	Bytes         string
	Width, Height int
	Num           string
}

// A messageVector is a message with its encoding.
type messageVector struct {
	name    string
	items   []wantItem
	encoded []byte
}

// messageVectors returns the messages of one kind in messages.json.
func messageVectors(t testing.TB, kind string) (found []messageVector) {
	t.Helper()
	var file struct {
		Messages []struct {
			Name, Message, Encoded string
			Instructions           []wantItem
		}
	}
	readJSON(t, "messages.json", &file)
	for _, m := range file.Messages {
		if m.Message == kind {
			found = append(found, messageVector{m.Name, m.Instructions, unhex(t, m.Encoded)})
		}
	}
	return found
}

// malformedDiffs returns what each reader of a diff must refuse.
func malformedDiffs(t testing.TB) (found [][]byte) {
	t.Helper()
	var file struct {
		Malformed []struct{ Encoded string } `json:"malformed_diffs"`
	}
	readJSON(t, "messages.json", &file)
	for _, m := range file.Malformed {
		found = append(found, unhex(t, m.Encoded))
	}
	return found
}

// A recorded session of stock's client and server.
type recording struct {
	Name         string
	Window       [2]int `json:"initial_window"`
	Instructions []struct {
		Dir   string
		Old   string `json:"old_num"`
		New   string `json:"new_num"`
		Diff  string
		Items []wantItem `json:"messages"`
	}
}

// recordings returns the recorded sessions.
func recordings(t testing.TB) (found []recording) {
	t.Helper()
	names, err := filepath.Glob("testdata/session-*.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("no recorded sessions: %v", err)
	}
	for _, name := range names {
		var r recording
		readJSON(t, filepath.Base(name), &r)
		found = append(found, r)
	}
	return found
}
