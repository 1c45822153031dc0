package store

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"selvage/core"
)

func news(t testing.TB, s *Store, person string) []string {
	t.Helper()
	all, err := s.News(t.Context(), person, "dc1", "nobody-knows-it")
	if err != nil {
		t.Fatal(err)
	}
	return named(all["dc1"])
}

func visit(t testing.TB, s *Store, person string, upto time.Time) []string {
	t.Helper()
	n, err := s.Visit(t.Context(), "dc1", person, upto)
	if err != nil {
		t.Fatal(err)
	}
	return named(n)
}

func named(n core.News) []string {
	var names []string
	for _, k := range n.Keys {
		names = append(names, k.Name)
	}
	slices.Sort(names)
	return names
}

// TestNewsAreWhatChangedSinceOneLooked, of each person alone, and shown for as long
// as the visit lasts.
func TestNewsAreWhatChangedSinceOneLooked(t *testing.T) {
	c := &clock{noon}
	s := openBy(t, t.TempDir(), c)
	record(t, s, inSync(t, "dc1", 3))
	if got := news(t, s, "kim"); len(got) != 0 {
		t.Errorf("to who never looked, %v is new", got)
	}
	if got := visit(t, s, "kim", noon); len(got) != 0 {
		t.Errorf("on the first visit %v is new", got)
	}
	if got, err := s.Visit(t.Context(), "dc1", "kim", time.Time{}); err != nil || len(got.Keys) != 0 {
		t.Errorf("before the first check: %v, %v", got, err)
	}
	changed := edited(t, "dc1", memory(t, s, "dc1"), 1, noon.Add(time.Hour))
	record(t, s, changed)
	want := []string{changed.Transitions[0].Key.Name}
	c.now = noon.Add(2 * time.Hour)
	if got := news(t, s, "kim"); !slices.Equal(got, want) {
		t.Errorf("new is %v, want %v", got, want)
	}
	if got := news(t, s, "bob"); len(got) != 0 {
		t.Errorf("to who never looked, %v is new", got)
	}
	for _, after := range []time.Duration{0, 9 * time.Minute, 18 * time.Minute} {
		c.now = noon.Add(2*time.Hour + after)
		if got := visit(t, s, "kim", noon.Add(time.Hour)); !slices.Equal(got, want) {
			t.Errorf("%s into the visit %v is new, want %v", after, got, want)
		}
		if got := news(t, s, "kim"); len(got) != 0 {
			t.Errorf("what is being looked at is new: %v", got)
		}
	}
	c.now = noon.Add(3 * time.Hour)
	if got := visit(t, s, "kim", noon.Add(time.Hour)); len(got) != 0 {
		t.Errorf("on the next visit %v is new", got)
	}
}

// TestOnesOwnWordIsNoNews, but what others say of the same object is, and what it does
// by itself.
func TestOnesOwnWordIsNoNews(t *testing.T) {
	c := &clock{noon}
	s := openBy(t, t.TempDir(), c)
	record(t, s, inSync(t, "dc1", 3))
	for _, person := range []string{"kim", "bob"} {
		visit(t, s, person, noon)
	}
	acknowledge(t, s, word(1, ".spec.mode", noon.Add(time.Minute)))
	moves := func(at time.Time, from, to core.State) {
		check := empty("dc1", at)
		check.Transitions = []core.Transition{{Key: vpcKey(1), At: at, From: from, To: to}}
		record(t, s, check)
	}
	moves(noon.Add(2*time.Minute), core.Drifted, core.Acknowledged)
	want := []string{vpcKey(1).Name}
	if got := news(t, s, "kim"); len(got) != 0 {
		t.Errorf("to who said it, %v is new", got)
	}
	if got := news(t, s, "bob"); !slices.Equal(got, want) {
		t.Errorf("to another one %v is new, want %v", got, want)
	}
	moves(noon.Add(3*time.Minute), core.Acknowledged, core.Conflict)
	if got := news(t, s, "kim"); !slices.Equal(got, want) {
		t.Errorf("once it changed by itself %v is new, want %v", got, want)
	}
}

// TestWhatWasUnreadForATimeIsNoNews once it is what it was; what came out as something
// else is, and what is still unread.
func TestWhatWasUnreadForATimeIsNoNews(t *testing.T) {
	c := &clock{noon}
	s := openBy(t, t.TempDir(), c)
	record(t, s, inSync(t, "dc1", 3))
	visit(t, s, "kim", noon)
	minute := 0
	moves := func(from, to core.State, live int64) {
		minute++
		at := noon.Add(time.Duration(minute) * time.Minute)
		check := empty("dc1", at)
		x := core.Transition{Key: vpcKey(1), At: at, From: from, To: to, Reason: at.String()}
		if live != 0 {
			x.Changes = []core.Change{{Path: ".spec.vlan", Verdict: core.FieldDrift, Live: core.ValueOf(live)}}
		}
		check.Transitions = []core.Transition{x}
		record(t, s, check)
	}
	for _, step := range []struct {
		from, to core.State
		live     int64
		fresh    bool
	}{
		{core.InSync, core.Unknown, 0, true},
		{core.Unknown, core.Unknown, 0, true},
		{core.Unknown, core.InSync, 0, false},
		{core.InSync, core.Unknown, 0, true},
		{core.Unknown, core.Drifted, 1005, true},
	} {
		moves(step.from, step.to, step.live)
		if got := news(t, s, "kim"); len(got) > 0 != step.fresh {
			t.Errorf("from %s to %s in minute %d: %v is new", step.from, step.to, minute, got)
		}
	}
	c.now = noon.Add(time.Hour)
	visit(t, s, "kim", noon.Add(30*time.Minute))
	minute = 60
	moves(core.Drifted, core.Unknown, 1005)
	moves(core.Unknown, core.Drifted, 1005)
	if got := news(t, s, "kim"); len(got) != 0 {
		t.Errorf("drifted as before: %v is new", got)
	}
	moves(core.Drifted, core.Unknown, 1005)
	moves(core.Unknown, core.Drifted, 1006)
	if got := news(t, s, "kim"); len(got) != 1 {
		t.Errorf("drifted to another value meanwhile: %v is new", got)
	}
}

func TestNotesLieThereUntilSomebodyTakesThemAway(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, dir)
	for _, text := range []string{"leaf-07 is being recabled", "call\nthe\x1b[31m ISP"} {
		if err := s.Leave(t.Context(), "kim", text); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Leave(t.Context(), "kim", " \n"); err == nil || !strings.Contains(err.Error(), "says nothing") {
		t.Errorf("a note without a text: %v", err)
	}
	notes, err := openAt(t, dir).Notes(t.Context())
	if err != nil || len(notes) != 2 || notes[0].Text != "call\nthe\x1b[31m ISP" || notes[1].By != "kim" || !notes[1].At.Equal(noon) {
		t.Fatalf("notes %+v, %v", notes, err)
	}
	if err := s.TakeAway(t.Context(), "bob", notes[1].ID); err != nil {
		t.Fatal(err)
	}
	if left, err := s.Notes(t.Context()); err != nil || len(left) != 1 || left[0].ID != notes[0].ID {
		t.Errorf("left are %+v, %v", left, err)
	}
	if n := count(t, s, "SELECT count(*) FROM notes WHERE done_by = 'bob'"); n != 1 {
		t.Errorf("%d notes are kept with who took them away", n)
	}
}

// TestLooksLeaveOutWhatSaysNothing: of checks in a row that changed nothing the
// first and the last are told, and where nobody watched for longer than the gap
// two looks are not joined.
func TestLooksLeaveOutWhatSaysNothing(t *testing.T) {
	s := openAt(t, t.TempDir())
	first := inSync(t, "dc1", 2)
	record(t, s, first)
	add := func(minutes int, quiet bool, counts, git, live string) {
		mend(t, s, "INSERT INTO checks (fabric, finished, duration, quiet, git, live, counts, error) VALUES (1, "+
			strconv.FormatInt(noon.Add(time.Duration(minutes)*time.Minute).UnixNano(), 10)+", 0, "+map[bool]string{true: "1", false: "0"}[quiet]+", '"+git+"', '"+live+"', '"+counts+"', '')")
	}
	for i := 1; i <= 50; i++ {
		add(i, true, `{"in_sync":2}`, "ok", "ok")
	}
	add(51, false, `{"in_sync":1,"drifted":1}`, "ok", "ok")
	add(52, true, `{"in_sync":1,"drifted":1}`, "ok", "ok")
	add(90, true, `{"in_sync":1,"drifted":1}`, "ok", "ok")
	add(91, false, `{"unknown":2}`, "ok", "unreachable")
	looks, err := s.Looks(t.Context(), "dc1", noon.Add(-time.Hour), 3*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, l := range looks {
		got += string(l.State.Letter())
		if !l.Read {
			got += "?"
		}
		if l.Joined {
			got += "-"
		}
		got += l.At.Sub(noon).String() + " "
	}
	if want := "=0s ~-51m0s ~-52m0s ~1h30m0s ??-1h31m0s "; got != want {
		t.Errorf("looks\n%s\nwant\n%s", got, want)
	}
}

func TestAnEntryIsFoundByItsID(t *testing.T) {
	s := openAt(t, t.TempDir())
	record(t, s, inSync(t, "dc1", 2))
	for _, e := range entries(t, s, Filter{Fabrics: []core.FabricID{"dc1"}}) {
		got, ok, err := s.Entry(t.Context(), "dc1", e.ID)
		if err != nil || !ok {
			t.Fatalf("%s: %v, %v", e.ID, ok, err)
		}
		same(t, e.ID, got, e)
		if _, ok, err := s.Entry(t.Context(), "dc2", e.ID); ok || err != nil {
			t.Errorf("%s of another fabric: %v, %v", e.ID, ok, err)
		}
	}
	if _, ok, err := s.Entry(t.Context(), "dc1", "overwritten-99"); ok || err != nil {
		t.Errorf("an entry that is gone: %v, %v", ok, err)
	}
	if _, _, err := s.Entry(t.Context(), "dc1", "nonsense"); err == nil {
		t.Error("an ID that is none was taken")
	}
}
