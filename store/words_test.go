package store

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"selvage/core"
)

// holding are the words of dc1 that hold at noon, each as "vpc-1 .spec kim", as one
// handle and a cold one tell them.
func holding(t testing.TB, s *Store, what string, want ...string) {
	t.Helper()
	for name, h := range map[string]*Store{"same": s, "cold": openAt(t, filepath.Dir(s.path))} {
		var got []string
		for _, a := range memory(t, h, "dc1").Acknowledgements {
			if a.Until.After(noon) {
				got = append(got, fmt.Sprintf("%s %s %s", a.Key.Name, a.Path, a.By))
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s, %s handle: %q hold, want %q", what, name, got, want)
		}
	}
}

func spokenBy(person string, a core.Acknowledgement) core.Acknowledgement {
	a.By = person
	return a
}

// What a person decided and what one accepted is one history: the last of it is taken
// back, whatever it was, and nothing of anybody else.
func TestWordsAndDecisionsAreUndoneInTheirOrder(t *testing.T) {
	s := openAt(t, t.TempDir())
	put(t, s, draft(1, ".a", "first"))
	acknowledge(t, s, word(1, ".spec", noon), word(2, ".spec", noon))
	acknowledge(t, s, spokenBy("lee", word(3, ".spec", noon)))
	put(t, s, draft(2, ".a", "last"))
	holding(t, s, "at first", "vpc-1 .spec kim", "vpc-2 .spec kim", "vpc-3 .spec lee")
	for _, want := range []string{"take live on .a of VPC/vpc-2", "accept VPC/vpc-1 and 1 more difference", "take live on .a of VPC/vpc-1", ""} {
		if words := undone(t, s, "kim"); words != want {
			t.Errorf("Undo = %q, want %q", words, want)
		}
	}
	lies(t, s, "all undone")
	holding(t, s, "all undone", "vpc-3 .spec lee")
	past := past[core.Acknowledgement](entries(t, s, Filter{Fabrics: []core.FabricID{"dc1"}, Object: func(k core.Key) bool { return k == vpcKey(1) }}))
	if n := len(past); n != 2 || !past[1].Ends() || past[1].By != "kim" || past[1].Reason != "taken back" {
		t.Errorf("the history tells %+v, want that it was taken back", past)
	}
}

// What does not hold any more is passed over.
func TestAWordThatIsOverIsNotUndone(t *testing.T) {
	for name, over := range map[string]func(*testing.T, *Store){
		"a value changed": func(t *testing.T, s *Store) {
			c := empty("dc1", noon)
			c.Void = []core.Acknowledgement{word(1, ".spec", noon)}
			record(t, s, c)
		},
		"its time is over": func(t *testing.T, s *Store) { mend(t, s, "UPDATE acknowledgements SET until = at") },
		"lee said another": func(t *testing.T, s *Store) { acknowledge(t, s, spokenBy("lee", word(1, ".spec", noon))) },
		"lee ended it": func(t *testing.T, s *Store) {
			acknowledge(t, s, core.Ended([]core.Acknowledgement{word(1, ".spec", noon)}, "lee", "no", noon)...)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := openAt(t, t.TempDir())
			record(t, s, inSync(t, "dc1", 2))
			put(t, s, draft(1, ".a", "first"))
			acknowledge(t, s, word(1, ".spec", noon))
			over(t, s)
			if words := undone(t, s, "kim"); words != "take live on .a of VPC/vpc-1" {
				t.Errorf("Undo = %q, want the step before", words)
			}
		})
	}
}

func TestTwoPeopleDoNotSayOneStep(t *testing.T) {
	s := openAt(t, t.TempDir())
	if err := s.Acknowledge(t.Context(), "dc1", word(1, ".a", noon), spokenBy("lee", word(1, ".b", noon))); err == nil {
		t.Error("two people made one step")
	}
	if err := s.Acknowledge(t.Context(), "dc1"); err != nil {
		t.Error(err)
	}
	if rows := tables(t, s); rows["acknowledgements"]+rows["desk_steps"] != 0 {
		t.Errorf("something was kept: %v", rows)
	}
}

// TestWordsOfAnOlderStoreAreUndone: what was accepted before a program knew of such
// steps is one, as far as nothing was decided since.
func TestWordsOfAnOlderStoreAreUndone(t *testing.T) {
	dir := t.TempDir()
	all, err := migrations(schema)
	if err != nil {
		t.Fatal(err)
	}
	old, err := open(t.Context(), Config{Dir: dir, Now: (&clock{noon}).Now}, all[:7])
	if err != nil {
		t.Fatal(err)
	}
	mend(t, old, `INSERT INTO fabrics (id, name) VALUES (1, 'dc1');
		INSERT INTO objects (id, fabric, grp, kind, namespace, name) VALUES (1, 1, 'vpc.githedgehog.com', 'VPC', 'default', 'vpc-1'), (2, 1, 'vpc.githedgehog.com', 'VPC', 'default', 'vpc-2')`)
	write := func(object int, path, person string, at, until time.Time, void bool) {
		mend(t, old, `INSERT INTO acknowledgements (fabric, object, at, path, reason, person, until, git_digest, live_digest, void)
			VALUES (1, ?, ?, ?, 'later', ?, ?, zeroblob(32), zeroblob(32), ?)`, object, stamp(at), path, person, stamp(until), void)
	}
	day := noon.AddDate(0, 0, 1)
	write(1, ".early", "kim", noon.Add(-3*time.Hour), day, false)
	mend(t, old, "INSERT INTO desk_steps (fabric, person, at) VALUES (1, 'kim', ?)", stamp(noon.Add(-2*time.Hour)))
	mend(t, old, "INSERT INTO desk_steps (fabric, person, at, undone) VALUES (1, 'kim', ?, 1)", stamp(noon))
	write(1, ".a", "kim", noon.Add(-time.Hour), day, false)
	write(1, ".void", "kim", noon.Add(-time.Hour), day, true)
	write(1, ".b", "kim", noon.Add(-time.Minute), day, false)
	write(2, ".b", "kim", noon.Add(-time.Minute), day, false)
	write(2, ".c", "lee", noon.Add(-time.Minute), day, false)
	write(2, ".d", "kim", noon, noon, false) // it ended another one
	finish(t, old)

	s := openAt(t, dir)
	for _, want := range []string{"accept VPC/vpc-1 and 1 more difference", "accept VPC/vpc-1", ""} {
		if words := undone(t, s, "kim"); words != want {
			t.Errorf("Undo = %q, want %q", words, want)
		}
	}
	holding(t, s, "undone", "vpc-1 .early kim", "vpc-2 .c lee")
	if words := undone(t, s, "lee"); words != "accept VPC/vpc-2" {
		t.Errorf("Undo by lee = %q", words)
	}
}

// What was taken back is said again, and tells who did that; and what was ended is
// brought back.
func TestWordsAreSaidAgain(t *testing.T) {
	s := openAt(t, t.TempDir())
	acknowledge(t, s, word(1, ".spec", noon))
	acknowledge(t, s, core.Ended([]core.Acknowledgement{word(1, ".spec", noon)}, "kim", "no", noon)...)
	for range 2 {
		holding(t, s, "ended")
		for _, want := range []string{"accept VPC/vpc-1 no longer", "accept VPC/vpc-1", ""} {
			if words := undone(t, s, "kim"); words != want {
				t.Errorf("Undo = %q, want %q", words, want)
			}
		}
		holding(t, s, "all undone")
		if words := redone(t, s, "kim"); words != "accept VPC/vpc-1" {
			t.Errorf("Redo = %q", words)
		}
		holding(t, s, "said again", "vpc-1 .spec kim")
		if words := redone(t, s, "kim"); words != "accept VPC/vpc-1 no longer" {
			t.Errorf("Redo = %q", words)
		}
		if words := redone(t, s, "kim"); words != "" {
			t.Errorf("Redo of nothing = %q", words)
		}
	}
	undone(t, s, "kim")
	want := word(1, ".spec", noon)
	want.Restored = "kim"
	told := past[core.Acknowledgement](entries(t, s, Filter{Fabrics: []core.FabricID{"dc1"}}))
	same(t, "the last word", told[len(told)-1], want)
	forth, err := s.Redo(t.Context(), "dc1", "kim")
	if err != nil || len(forth.Said) != 1 || !forth.Said[0].Ends() {
		t.Errorf("Redo = %+v, %v, want what it said again", forth, err)
	}
}

// A word that stood in place of another person's gives it back, and that is still the
// other's to undo.
func TestAWordGivesBackWhatItReplaced(t *testing.T) {
	s := openAt(t, t.TempDir())
	acknowledge(t, s, spokenBy("lee", word(1, ".spec", noon)))
	acknowledge(t, s, word(1, ".spec", noon))
	if words := undone(t, s, "lee"); words != "" {
		t.Errorf("Undo by lee below the word of kim = %q", words)
	}
	undone(t, s, "kim")
	holding(t, s, "kim's undone", "vpc-1 .spec lee")
	redone(t, s, "kim")
	holding(t, s, "kim's said again", "vpc-1 .spec kim")
	undone(t, s, "kim")
	if words := undone(t, s, "lee"); words != "accept VPC/vpc-1" {
		t.Errorf("Undo by lee = %q", words)
	}
	holding(t, s, "both undone")
	if words := redone(t, s, "kim"); words != "" {
		t.Errorf("Redo by kim where lee has spoken since = %q", words)
	}
	redone(t, s, "lee")
	holding(t, s, "lee's said again", "vpc-1 .spec lee")
	redone(t, s, "kim")
	holding(t, s, "at last", "vpc-1 .spec kim")
}

// Nothing is said again whose time is over, or where others have spoken since.
func TestAWordThatCannotHoldIsNotSaidAgain(t *testing.T) {
	for name, since := range map[string]func(*testing.T, *Store){
		"its time is over": func(t *testing.T, s *Store) { mend(t, s, "UPDATE acknowledgements SET until = min(until, at + 1)") },
		"lee said another": func(t *testing.T, s *Store) { acknowledge(t, s, spokenBy("lee", word(1, ".spec", noon))) },
		"lee said and ended it": func(t *testing.T, s *Store) {
			acknowledge(t, s, spokenBy("lee", word(1, ".spec", noon)))
			undone(t, s, "lee")
		},
		"kim decided something": func(t *testing.T, s *Store) { put(t, s, draft(1, ".a", "first")) },
	} {
		t.Run(name, func(t *testing.T) {
			now := &clock{noon}
			s, err := Open(t.Context(), Config{Dir: t.TempDir(), Now: now.Now})
			if err != nil {
				t.Fatal(err)
			}
			defer finish(t, s)
			acknowledge(t, s, word(1, ".spec", noon))
			undone(t, s, "kim")
			since(t, s)
			now.now = noon.Add(time.Second)
			if words := redone(t, s, "kim"); words != "" {
				t.Errorf("Redo = %q, want nothing", words)
			}
		})
	}
}
