package store

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"selvage/core"
)

func accept(t testing.TB, s *Store, said ...core.Acceptance) {
	t.Helper()
	if err := s.Accept(t.Context(), "dc1", said...); err != nil {
		t.Fatal(err)
	}
}

func acknowledge(t testing.TB, s *Store, said ...core.Acknowledgement) {
	t.Helper()
	if err := s.Acknowledge(t.Context(), "dc1", said...); err != nil {
		t.Fatal(err)
	}
}

// word is an acknowledgement of a path of vpc-i that was given at a time and
// holds for a day.
func word(i int, path core.Path, at time.Time) core.Acknowledgement {
	return core.Acknowledgement{
		Key: vpcKey(i), Path: path, Reason: "until the migration", By: "kim", At: at, Until: at.Add(24 * time.Hour),
		GitDigest: core.DigestJSON("l2vni"), LiveDigest: core.DigestJSON("l3vni"),
	}
}

func TestWhatPeopleSaidIsSeenByEveryProcess(t *testing.T) {
	dir := t.TempDir()
	a, b := openAt(t, dir), openAt(t, dir)
	record(t, a, inSync(t, "dc1", 2))
	before := memory(t, a, "dc1")
	memory(t, b, "dc1")
	mass := core.Acceptance{What: core.AcceptMass, By: "kim", At: noon, Keys: []core.Key{vpcKey(1), vpcKey(77)}}
	accept(t, a, mass)
	acknowledge(t, a, word(0, ".spec.mode", noon), word(1, core.Root, noon))
	for name, s := range map[string]*Store{"same": a, "other": b, "cold": openAt(t, dir)} {
		m := memory(t, s, "dc1")
		same(t, name+" handle, accepted", m.Acceptances, []core.Acceptance{mass})
		same(t, name+" handle, acknowledged", m.Acknowledgements, []core.Acknowledgement{word(0, ".spec.mode", noon), word(1, core.Root, noon)})
		if len(m.Objects) != 2 || m.Report == nil {
			t.Errorf("%s handle: the rest of the memory is gone: %+v", name, m)
		}
	}
	if before.Acceptances != nil || before.Acknowledgements != nil {
		t.Error("a memory that was handed out has changed")
	}
}

func TestANewWordStandsInPlaceOfTheOldOne(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, dir)
	record(t, s, inSync(t, "dc1", 2))
	memory(t, s, "dc1")
	acknowledge(t, s, word(0, ".spec.mode", noon), word(0, ".spec", noon))
	later := word(0, ".spec.mode", noon.Add(time.Hour))
	acknowledge(t, s, later)
	for _, h := range []*Store{s, openAt(t, dir)} {
		same(t, "acknowledged", memory(t, h, "dc1").Acknowledgements, []core.Acknowledgement{word(0, ".spec", noon), later})
	}
	if all := past[core.Acknowledgement](entries(t, s, Filter{Fabrics: []core.FabricID{"dc1"}})); len(all) != 3 {
		t.Errorf("history tells %d words, want 3", len(all))
	}
}

func TestAnAcknowledgementEnds(t *testing.T) {
	for name, end := range map[string]func(*core.Check){
		"a value changed":    func(c *core.Check) { c.Void = []core.Acknowledgement{word(1, ".spec.mode", noon)} },
		"the object is gone": func(c *core.Check) { c.Gone = []core.Key{vpcKey(1)} },
		"its time is over":   func(c *core.Check) { c.Finished = noon.Add(24 * time.Hour) },
	} {
		dir := t.TempDir()
		s := openAt(t, dir)
		record(t, s, inSync(t, "dc1", 3))
		memory(t, s, "dc1")
		other := word(2, ".spec.mode", noon.Add(time.Minute))
		acknowledge(t, s, word(1, ".spec.mode", noon), other)
		record(t, s, empty("dc1", noon.Add(time.Minute)))
		if n := len(memory(t, s, "dc1").Acknowledgements); n != 2 {
			t.Errorf("%s: %d hold before it, want 2", name, n)
		}
		c := empty("dc1", noon.Add(2*time.Minute))
		end(&c)
		record(t, s, c)
		for _, h := range []*Store{s, openAt(t, dir)} {
			same(t, name, memory(t, h, "dc1").Acknowledgements, []core.Acknowledgement{other})
		}
		if all := past[core.Acknowledgement](entries(t, s, Filter{Fabrics: []core.FabricID{"dc1"}})); len(all) != 2 {
			t.Errorf("%s: history tells %d words, want 2", name, len(all))
		}
	}
}

func TestAnAcceptanceIsSpent(t *testing.T) {
	revision := empty("dc1", noon).Report.Git[0].Revision
	mass := core.Acceptance{What: core.AcceptMass, At: noon, Keys: []core.Key{vpcKey(1)}}
	base := core.Acceptance{What: core.AcceptBase, At: noon, Keys: []core.Key{vpcKey(0)}}
	here := core.Acceptance{What: core.AcceptRewrite, At: noon, From: "ab", To: revision}
	left := core.Acceptance{What: core.AcceptRewrite, At: noon, From: "ab", To: "cd"}
	for _, tt := range []struct {
		name   string
		after  time.Duration
		change func(*core.Check)
		want   []core.Acceptance
	}{
		{"a check that began before", time.Minute, func(c *core.Check) { c.Started = noon.Add(-time.Second) }, []core.Acceptance{mass, base, here, left}},
		{"a comparison of what was seen before", 2 * acceptedFor, func(c *core.Check) { c.Seen = noon.Add(-time.Second) }, []core.Acceptance{mass, base, here, left}},
		{"another process's may be under way", acceptedFor - time.Minute, nil, []core.Acceptance{mass, base, here, left}},
		{"live was not read", 2 * acceptedFor, func(c *core.Check) { c.Report.Live.Access = core.AccessUnreachable }, []core.Acceptance{mass, base, here, left}},
		{"git was not read", 2 * acceptedFor, func(c *core.Check) { c.Report.Git[0].Access = core.AccessUnreachable }, []core.Acceptance{mass, base, here, left}},
		{"no report", 2 * acceptedFor, func(c *core.Check) { c.Report = nil }, []core.Acceptance{mass, base, here, left}},
		{"still frozen", 2 * acceptedFor, func(c *core.Check) { c.Report.Freeze = &core.Freeze{Gone: mass.Keys} }, []core.Acceptance{mass, here}},
		{"all is done", 2 * acceptedFor, nil, []core.Acceptance{here}},
	} {
		dir := t.TempDir()
		s := openAt(t, dir)
		record(t, s, inSync(t, "dc1", 3))
		memory(t, s, "dc1")
		accept(t, s, mass, base, here, left)
		c := empty("dc1", noon.Add(tt.after))
		if tt.change != nil {
			tt.change(&c)
		}
		record(t, s, c)
		for _, h := range []*Store{s, openAt(t, dir)} {
			same(t, tt.name, memory(t, h, "dc1").Acceptances, tt.want)
		}
	}
}

func TestHalfAWordIsRefusedWhole(t *testing.T) {
	s := openAt(t, t.TempDir())
	record(t, s, inSync(t, "dc1", 1))
	before := memory(t, s, "dc1")
	endless := word(1, ".spec", noon)
	endless.Until = time.Time{}
	nobody := word(1, ".spec", noon)
	nobody.Key = core.Key{}
	for want, err := range map[string]error{
		"when it ends":      s.Acknowledge(t.Context(), "dc1", word(0, ".spec", noon), endless),
		"without a key":     s.Acknowledge(t.Context(), "dc1", word(0, ".spec", noon), nobody),
		"when it was given": s.Accept(t.Context(), "dc1", core.Acceptance{What: core.AcceptMass, At: noon}, core.Acceptance{What: core.AcceptMass}),
	} {
		var e *core.Error
		if !errors.As(err, &e) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want something about %q", err, want)
		}
	}
	if rows := tables(t, s); rows["acknowledgements"] != 0 || rows["acceptances"] != 0 || memory(t, s, "dc1") != before {
		t.Errorf("half of it was kept: %v", rows)
	}
}

func TestAWordOnAnUnknownFabricIsKept(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, dir)
	acknowledge(t, s, word(0, ".spec", noon))
	for _, h := range []*Store{s, openAt(t, dir)} {
		m := memory(t, h, "dc1")
		if !reflect.DeepEqual(m.Acknowledgements, []core.Acknowledgement{word(0, ".spec", noon)}) || m.Report != nil {
			t.Errorf("Memory = %+v", m)
		}
	}
	record(t, s, inSync(t, "dc1", 2))
	same(t, "memory after a check", memory(t, s, "dc1"), memory(t, openAt(t, dir), "dc1"))
}
