package merge_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"selvage/core"
	"selvage/core/merge"
)

// TestMain makes thousands of cases the rule for every property, unless the
// command line says how many.
func TestMain(m *testing.M) {
	flag.Parse()
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == "rapid.checks" })
	if !asked {
		if err := flag.Set("rapid.checks", "2000"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// property runs a law over generated sides.
func property(t *testing.T, law func(sides) error) {
	t.Helper()
	rapid.Check(t, func(t *rapid.T) {
		s := draw(t)
		if err := law(s); err != nil {
			t.Fatalf("%v\n%s", err, s)
		}
	})
}

// TestSideThatDidNotMoveYields is P2: what one side leaves as it was, the other
// decides, and what both made alike stays.
func TestSideThatDidNotMoveYields(t *testing.T) { property(t, unmovedYields) }

func unmovedYields(s sides) error {
	for _, tt := range []struct {
		name string
		in   sides
		want core.Value
	}{
		{"ours did not move", sides{s.base, s.git, s.base}, s.git},
		{"git did not move", sides{s.base, s.base, s.ours}, s.ours},
		{"both moved alike", sides{s.base, s.ours, s.ours}, s.ours},
	} {
		r := tt.in.merge()
		if len(r.Disputes) > 0 || !alike(r.Value, tt.want) {
			return fmt.Errorf("%s: got %s with disputes %v, want %s", tt.name, r.Value, r.Disputes, tt.want)
		}
	}
	return nil
}

// TestSidesMayBeSwapped is P3: which side is called git changes no dispute and
// nothing that is undisputed.
func TestSidesMayBeSwapped(t *testing.T) { property(t, symmetric) }

func symmetric(s sides) error {
	one, two := s.merge(), s.swapped().merge()
	if len(one.Disputes) != len(two.Disputes) {
		return fmt.Errorf("disputes %v, swapped %v", one.Disputes, two.Disputes)
	}
	for i, d := range one.Disputes {
		e := two.Disputes[i]
		if d.Path != e.Path || !d.Git.Equal(e.Ours) || !d.Ours.Equal(e.Git) {
			return fmt.Errorf("dispute %v, swapped %v", d, e)
		}
	}
	a, err := settled(one, core.TakeBase)
	if err != nil {
		return err
	}
	b, err := settled(two, core.TakeBase)
	if err != nil {
		return err
	}
	if !alike(a, b) {
		return fmt.Errorf("undisputed %s, swapped %s", a, b)
	}
	return nil
}

// TestResultIsMadeOfTheSides is P4: no place of the result says what neither side
// says there.
func TestResultIsMadeOfTheSides(t *testing.T) { property(t, complete) }

func complete(s sides) error {
	r := s.merge()
	for _, p := range places(r.Value, s.git, s.ours) {
		v := r.Value.At(p)
		if !agree(p, v, s.git.At(p)) && !agree(p, v, s.ours.At(p)) {
			return fmt.Errorf("%s is %s, git %s, ours %s", p, v, s.git.At(p), s.ours.At(p))
		}
	}
	return nil
}

// TestNoChangeIsLost is P5: what a side changed is in the result, or disputed.
func TestNoChangeIsLost(t *testing.T) { property(t, nothingLost) }

func nothingLost(s sides) error {
	r := s.merge()
	for name, side := range map[string]core.Value{"git": s.git, "ours": s.ours} {
		for _, p := range places(s.base, side) {
			to := side.At(p)
			if agree(p, s.base.At(p), to) || agree(p, r.Value.At(p), to) {
				continue
			}
			if !slices.ContainsFunc(r.Disputes, func(d core.Dispute) bool { return d.Path.Overlaps(p) }) {
				return fmt.Errorf("%s made %s of %s, the result says %s, and nothing is disputed", name, to, p, r.Value.At(p))
			}
		}
	}
	return nil
}

// TestSettledForOneSideKeepsTheOther is P6: with every dispute settled for git,
// the result is git with the undisputed changes of ours; for ours mirrored.
func TestSettledForOneSideKeepsTheOther(t *testing.T) { property(t, settles) }

func settles(s sides) error {
	r := s.merge()
	got, err := settled(r, core.TakeGit)
	if err != nil || !alike(got, r.Value) {
		return fmt.Errorf("settled for git %s, %v, want %s", got, err, r.Value)
	}
	mirrored := s.swapped().merge().Value
	if got, err = settled(r, core.TakeLive); err != nil || !alike(got, mirrored) {
		return fmt.Errorf("settled for ours %s, %v, want %s", got, err, mirrored)
	}
	return nil
}

// TestMergingAgainChangesNothing is P7.
func TestMergingAgainChangesNothing(t *testing.T) { property(t, idempotent) }

func idempotent(s sides) error {
	r := s.merge()
	for name, in := range map[string]sides{
		"ours merged again":        {s.base, r.Value, s.ours},
		"the result as the base":   {r.Value, r.Value, r.Value},
		"git merged into a result": {s.base, r.Value, s.git},
	} {
		again := in.merge()
		if !alike(again.Value, r.Value) {
			return fmt.Errorf("%s: %s, want %s", name, again.Value, r.Value)
		}
		if in.base.Equal(r.Value) && len(again.Moves)+len(again.Disputes) > 0 {
			return fmt.Errorf("%s: moves %v, disputes %v", name, again.Moves, again.Disputes)
		}
	}
	return nil
}

// TestOrderOfIdentifiedItemsMeansNothing is the first half of P8.
func TestOrderOfIdentifiedItemsMeansNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := draw(t)
		shuffled := sides{shuffle(t, s.base), shuffle(t, s.git), shuffle(t, s.ours)}
		one, two := s.merge(), shuffled.merge()
		if !alike(one.Value, two.Value) || !slices.Equal(paths(one.Disputes), paths(two.Disputes)) {
			t.Fatalf("got %s, disputes %v\nshuffled %s, disputes %v\n%s\nshuffled:\n%s",
				one.Value, paths(one.Disputes), two.Value, paths(two.Disputes), s, shuffled)
		}
	})
}

// TestUnidentifiedItemsMakeTheListOne is the second half of P8.
func TestUnidentifiedItemsMakeTheListOne(t *testing.T) { property(t, degenerate) }

func degenerate(s sides) error {
	r := s.merge()
	check := func(p core.Path) error {
		for at := p; at != core.Root; at = at.Parent() {
			list := at.Parent()
			for _, v := range []core.Value{s.base, s.git, s.ours} {
				if l, ok := v.At(list).Any().([]any); ok && !identified(l, shapeAt(list)) {
					return fmt.Errorf("%s lies in the list %s, whose items cannot be told apart", p, list)
				}
			}
		}
		return nil
	}
	for _, m := range r.Moves {
		if err := check(m.Path); err != nil {
			return err
		}
	}
	for _, d := range r.Disputes {
		if err := check(d.Path); err != nil {
			return err
		}
	}
	return nil
}

// TestOnlyWhatOursMovedIsWritten: the result is git with the moves of ours, one
// by one, and no input changes under it.
func TestOnlyWhatOursMovedIsWritten(t *testing.T) { property(t, written) }

func written(s sides) error {
	before := s.String()
	r := s.merge()
	if s.String() != before {
		return fmt.Errorf("an input changed; it was\n%s", before)
	}
	v := s.git
	for _, m := range r.Moves {
		if m.By != merge.FromOurs {
			continue
		}
		var err error
		if v, err = v.With(m.Path, m.To); err != nil {
			return err
		}
	}
	if !alike(v, r.Value) {
		return fmt.Errorf("git with the moves of ours is %s, the result %s", v, r.Value)
	}
	if !slices.ContainsFunc(r.Moves, func(m merge.Move) bool { return m.By == merge.FromOurs }) && s.git.Any() != nil && !r.Value.Equal(s.git) {
		return fmt.Errorf("ours moved nothing, and git became %s", r.Value)
	}
	return nil
}

// FuzzThreeWay holds every property over JSON of any kind.
func FuzzThreeWay(f *testing.F) {
	for _, seed := range [][3]string{
		{`{"a":1}`, `{"a":2}`, `{"a":3}`},
		{`{"keyed":[{"id":1,"a":1},{"id":2}]}`, `{"keyed":[{"id":2},{"id":1,"a":2}]}`, `{"keyed":[{"id":1,"a":1}]}`},
		{`{"keyed":[{"id":1}]}`, `{"keyed":[{"id":1},{"id":1}]}`, `{"keyed":[{"id":1},{}]}`},
		{`{"two":[{"id":1,"at":"x"}]}`, `{"two":[{"id":1,"at":"y"}]}`, `{"two":[{"id":1,"at":"x","a":null}]}`},
		{`{"set":["a","b"]}`, `{"set":["b","a","c"]}`, `{"set":["a"]}`},
		{`{"set":[null]}`, `{"set":[[1]]}`, `{"set":["a","a"]}`},
		{`{"a":{"b":1}}`, `{}`, `{"a":{"b":2}}`},
		{`{"a":{"b":1}}`, `{"a":[]}`, `{"a":null}`},
		{`null`, `{"a":{}}`, `{"a":{"b":{}}}`},
		{`{"list":[{"id":1},{"id":1}]}`, `{"list":[1]}`, `{"list":[]}`},
		{`{"a":9007199254740993}`, `{"a":9007199254740993.0}`, `{"a":1e400}`},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, base, git, ours string) {
		var s sides
		for text, into := range map[string]*core.Value{base: &s.base, git: &s.git, ours: &s.ours} {
			v, err := core.DecodeJSON([]byte(text))
			if err != nil {
				return
			}
			*into = core.ValueOf(v)
		}
		for name, law := range map[string]func(sides) error{
			"unmoved": unmovedYields, "symmetric": symmetric, "complete": complete, "nothing lost": nothingLost,
			"settles": settles, "idempotent": idempotent, "degenerate": degenerate, "written": written,
		} {
			if err := law(s); err != nil {
				t.Errorf("%s: %v\n%s", name, err, s)
			}
		}
	})
}
