package predict

import (
	"testing"

	"roam/terminal"
)

// TestAmbiguousCharactersTakeWhatTheServerGivesThem types characters to which a
// server in a locale like ja_JP.UTF-8@cjkwide gives two columns.
func TestAmbiguousCharactersTakeWhatTheServerGivesThem(t *testing.T) {
	for _, wide := range []bool{false, true} {
		st := newStory(t, Options{Mode: Always}, 20, 3, "")
		st.server = terminal.New(20, 3, terminal.Options{AmbiguousWide: wide})
		st.settled("§ ")
		st.typed("α")
		st.settled("α")
		st.typed("βγ")
		s := st.paint()
		if got := rowText(s, 0); got != "§ αβγ" {
			t.Errorf("wide %t: shown is %q", wide, got)
		}
		want := 5
		if wide {
			want = 9
		}
		if c := s.Cursor().Col; c != want {
			t.Errorf("wide %t: the cursor is in column %d, want %d", wide, c, want)
		}
		st.settled("βγ")
		st.wantServer()
	}
}
