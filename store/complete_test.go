package store

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"selvage/core"
)

// filler sets every field of a value to something that is not its zero value,
// and to something else each time. Whatever has a key is about one object.
type filler struct {
	t   testing.TB
	key core.Key
	n   int
}

func (f *filler) next() int {
	f.n++
	return f.n
}

func (f *filler) fill(v reflect.Value) {
	switch p := v.Addr().Interface().(type) {
	case *time.Time:
		*p = noon.Add(time.Duration(f.next()) * time.Second)
		return
	case *core.Value:
		*p = core.ValueOf(map[string]any{"n": int64(f.next())})
		return
	case *core.State:
		*p = core.State(f.next() % int(core.InSync+1))
		return
	case *core.Key:
		*p = f.key
		return
	case *core.FabricID:
		*p = "dc1"
		return
	case *core.RunPhase:
		*p = core.RunAgreed
		return
	case *error:
		*p = errors.New(fmt.Sprint("error ", f.next()))
		return
	case *float64:
		*p = float64(f.next()) / 3
		return
	case *core.Person:
		*p = core.Person{Name: fmt.Sprint("name ", f.next()), Email: fmt.Sprint("email ", f.next()), When: noon.Add(time.Duration(f.next()) * time.Second).Truncate(time.Second)}
		return
	case **core.Object:
		*p = f.object()
		return
	case **core.Snapshot:
		*p = core.NewSnapshot(filled[[]core.Reading](f)...)
		(*p).Findings = filled[[]core.Finding](f)
		(*p).Add(f.object())
		return
	case *map[string]any:
		*p = map[string]any{fmt.Sprint("f:", f.next()): map[string]any{}}
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprint("text ", f.next()))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(f.next()))
	case reflect.Uint8:
		v.SetUint(uint64(f.next()%255 + 1))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			f.fill(v.Field(i))
		}
	case reflect.Array:
		for i := range v.Len() {
			f.fill(v.Index(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			f.fill(v.Index(i))
		}
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		f.fill(key)
		f.fill(value)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Func: // nothing that can be kept
	default:
		f.t.Fatalf("no value for a %s", v.Type())
	}
}

func (f *filler) object() *core.Object {
	var o core.Object
	f.fill(reflect.ValueOf(&o).Elem())
	o.Digest = core.DigestJSON(o.Fields)
	return &o
}

func filled[T any](f *filler) (v T) {
	f.fill(reflect.ValueOf(&v).Elem())
	return v
}

// TestNoFieldIsForgotten gives every field of what the store keeps a value. A
// field that is added to core fails here until the store keeps it too.
func TestNoFieldIsForgotten(t *testing.T) {
	f := &filler{t: t, key: core.Key{Group: "g", Kind: "K", Namespace: "ns", Name: "n"}}
	c := filled[core.Check](f)
	c.Fabric, c.Gone, c.Changed = "dc1", nil, c.Changed[:1]
	verdict := &c.Changed[0].Verdict
	verdict.Git, verdict.Live, verdict.Folded, verdict.Opinion = nil, nil, nil, "" // made anew by every comparison
	c.Report.Engine.Objects, c.Report.Engine.API = nil, nil                        // read anew with every engine
	c.Report.Verdicts = []core.Verdict{*verdict}
	c.Report.Counts = core.Counts{}
	c.Report.Counts[verdict.State]++
	accepted, acknowledged := filled[[]core.Acceptance](f), filled[[]core.Acknowledgement](f)

	dir := t.TempDir()
	s := openAt(t, dir)
	record(t, s, c)
	memory(t, s, "dc1")
	if err := s.Accept(t.Context(), "dc1", accepted...); err != nil {
		t.Fatal(err)
	}
	for _, a := range acknowledged { // each is of somebody else
		acknowledge(t, s, a)
	}
	followed := memory(t, s, "dc1")
	m := memory(t, openAt(t, dir), "dc1")
	if !reflect.DeepEqual(followed, m) {
		t.Errorf("followed %+v\n    read %+v", followed, m)
	}
	sameGit(t, m.Git, c.Git)
	m.Git, m.Drafts, m.Report = nil, nil, m.Told()
	same(t, "memory", *m, core.Memory{
		Objects:  map[core.Key]*core.Remembered{f.key: &c.Changed[0]},
		GitKinds: c.GitKinds, Report: c.Report, LastSync: c.Report.At, LastCheck: c.Finished,
		Acceptances: accepted, Acknowledgements: acknowledged,
	})

	all := entries(t, s, Filter{Fabrics: []core.FabricID{"dc1"}})
	slices.Reverse(all) // the filler's clock goes forward
	same(t, "transitions", past[core.Transition](all), withoutStart(c.Transitions))
	same(t, "overwritten edits", past[core.Overwritten](all), c.Overwritten)
	same(t, "times in which nobody watched", past[core.Blind](all), []core.Blind{*c.Blind})
	same(t, "acceptances of the past", past[core.Acceptance](all), accepted)
	same(t, "acknowledgements of the past", past[core.Acknowledgement](all), acknowledged)
	same(t, "checks", past[core.Checked](all), []core.Checked{{
		Started: c.Started, Finished: c.Finished, Duration: c.Finished.Sub(c.Started), Reported: true,
		Git: c.Report.Git[0].Access, Live: c.Report.Live.Access, Counts: c.Report.Counts, Err: c.Err,
	}})
}

// TestNoFieldOfADecisionIsForgotten is likewise for what is decided and
// published because of it.
func TestNoFieldOfADecisionIsForgotten(t *testing.T) {
	f := &filler{t: t, key: core.Key{Group: "g", Kind: "K", Namespace: "ns", Name: "n"}}
	dir := t.TempDir()
	s := openAt(t, dir)
	decided := filled[[]core.Draft](f)
	for i := range decided {
		decided[i].ID, decided[i].By, decided[i].Choice = int64(i+1), "kim", core.TakeGit
	}
	put(t, s, decided...)
	cold := openAt(t, dir)
	drafts, err := cold.Drafts(t.Context(), "dc1")
	if err != nil {
		t.Fatal(err)
	}
	same(t, "drafts", drafts, decided)
	same(t, "drafts in memory", memory(t, cold, "dc1").Drafts, decided)
	told := past[core.Decided](entries(t, cold, Filter{Fabrics: []core.FabricID{"dc1"}}))
	same(t, "decisions of the past", told, []core.Decided{{Draft: decided[0], What: core.DecidedMade, By: "kim"}, {Draft: decided[1], What: core.DecidedMade, By: "kim"}})

	plan := filled[*core.Plan](f)
	savePlan(t, s, plan)
	planned, err := cold.Plan(t.Context(), plan.ID)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "plan", planned, plan)

	run := filled[*core.Run](f)
	run.Fabrics = []core.FabricID{"dc1"}
	save(t, s, run)
	kept, err := cold.Run(t.Context(), run.ID)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "run", kept, run)

	pins, heats := filled[[]core.Pin](f), filled[[]core.Heat](f)
	pins[1].Path = ".another"
	if err := errors.Join(s.Pin(t.Context(), "dc1", pins...), s.Heat(t.Context(), "dc1", heats)); err != nil {
		t.Fatal(err)
	}
	gotPins, gotHeats := tempers(t, cold)
	same(t, "pins", gotPins, pins)
	same(t, "heats", gotHeats, heats)

	h := filled[core.Holder](f)
	if held, _, err := s.Acquire(t.Context(), "dc1", h); err != nil || !held {
		t.Fatal(held, err)
	}
	holder, ok, err := cold.Holder(t.Context(), "dc1", h.Duty)
	if h.Since, h.Seen = noon, noon; err != nil || !ok {
		t.Fatal(ok, err)
	}
	same(t, "holder", holder, h)
}

// withoutStart are transitions of objects that were not known before: from what
// means nothing.
func withoutStart(all []core.Transition) []core.Transition {
	all = slices.Clone(all)
	for i := range all {
		all[i].From = 0
	}
	return all
}

func same[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s\n got %+v\nwant %+v", what, got, want)
	}
}
