package terminal

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"
)

// A richVector is a diff of RichProfile: it leads from the screen of one program
// to that of another (docs/terminal.md).
type richVector struct {
	Name       string
	Cols, Rows int
	Base       string // what a program wrote before
	More       string // what it wrote after that
	Diff       string // in hexadecimal
}

// screens returns what the programs of v show.
func (v *richVector) screens() (from, to *Screen) {
	e := New(v.Cols, v.Rows, Options{Clusters: true, KittyKeys: true, OtherKeys: true})
	e.Write([]byte(v.Base))
	from = e.Snapshot()
	e.Write([]byte(v.More))
	return from, e.Snapshot()
}

func richVectors(t testing.TB) (found []richVector) {
	t.Helper()
	b, err := os.ReadFile("testdata/rich.json")
	if err == nil {
		err = json.Unmarshal(b, &found)
	}
	if err != nil || len(found) == 0 {
		t.Fatalf("testdata/rich.json: %d vectors, %v", len(found), err)
	}
	return found
}

// A reader makes of each vector's diff what its program shows, and so it does of
// the diff that is written now, which may be another.
func TestRichVectors(t *testing.T) {
	for _, v := range richVectors(t) {
		from, to := v.screens()
		diff, err := hex.DecodeString(v.Diff)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range [][]byte{diff, AppendDiff(nil, from, to, RichProfile)} {
			if err := richError(Apply(from, d, RichReader), to); err != nil {
				t.Errorf("%s: %q: %v", v.Name, d, err)
			}
		}
	}
}
