package kube

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"selvage/core"
)

// version makes an object as the cluster has it at a revision.
func version(name, uid string, revision, vlan int) *core.Object {
	o, err := core.NewObject(map[string]any{
		"apiVersion": "vpc.githedgehog.com/v1beta1", "kind": "VPC", "spec": map[string]any{"vlan": int64(vlan)},
		"metadata": map[string]any{
			"name": name, "namespace": "default", "uid": uid, "resourceVersion": strconv.Itoa(revision),
		},
	})
	if err != nil {
		panic(err)
	}
	return o
}

// world is a model of what a cluster holds and held, and of one connection to
// it through which lists and events come.
type world struct {
	t        *rapid.T
	now      time.Time
	revision int
	objects  map[string]*core.Object
	history  []event // of each revision, without bookmarks
	states   []map[string]*core.Object

	feed    *feed
	journal *journal
	open    bool // a watch is open
	sent    int  // up to which revision it has brought events
}

func newWorld(t *rapid.T) *world {
	j := newJournal()
	return &world{
		t: t, now: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC), journal: j, feed: newFeed(j),
		objects: map[string]*core.Object{}, states: []map[string]*core.Object{{}},
	}
}

func (w *world) happen(what string, o *core.Object) {
	w.history = append(w.history, event{what, o, strconv.Itoa(w.revision)})
	w.states = append(w.states, maps.Clone(w.objects))
}

func (w *world) write() {
	name := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(w.t, "name")
	w.revision++
	what, uid := "ADDED", fmt.Sprint("u", w.revision)
	if o := w.objects[name]; o != nil {
		what, uid = "MODIFIED", o.UID
	}
	w.objects[name] = version(name, uid, w.revision, rapid.IntRange(1, 3).Draw(w.t, "vlan"))
	w.happen(what, w.objects[name])
}

func (w *world) erase() {
	if len(w.objects) == 0 {
		return
	}
	name := rapid.SampledFrom(slices.Sorted(maps.Keys(w.objects))).Draw(w.t, "name")
	w.revision++
	last := *w.objects[name]
	last.ResourceVersion = strconv.Itoa(w.revision)
	delete(w.objects, name)
	w.happen("DELETED", &last)
}

// list gives the feed the list of a state: the latest or, where a server lags,
// an earlier one.
func (w *world) list() {
	at := w.revision
	if rapid.IntRange(0, 3).Draw(w.t, "lag") == 0 {
		at = rapid.IntRange(0, w.revision).Draw(w.t, "state")
	}
	l := listing{revision: strconv.Itoa(at), at: w.now}
	for _, o := range w.states[at] {
		l.objects = append(l.objects, o)
	}
	w.open = false
	behind := older(l.revision, w.feed.position) || older(l.revision, w.feed.listed)
	err := w.feed.list(l, time.Hour)
	if errors.Is(err, errBehind) != behind {
		w.t.Fatalf("list at %d after %s: %v", at, w.feed.position, err)
	}
	if err == nil && rapid.Bool().Draw(w.t, "forgotten") {
		w.feed.skip()
	}
}

// watch opens a watch where the feed is.
func (w *world) watch() {
	if w.feed.position != "" {
		w.sent, _ = strconv.Atoi(w.feed.position)
		w.open = true
	}
}

// deliver brings some of the events that are due, and repeats earlier ones as a
// server does that is behind.
func (w *world) deliver() {
	if !w.open {
		return
	}
	if w.sent > 0 && rapid.IntRange(0, 4).Draw(w.t, "repeat") == 0 {
		old := w.history[rapid.IntRange(0, w.sent-1).Draw(w.t, "old")]
		if w.feed.event(old, w.now) {
			w.t.Fatalf("the repeated event %+v counts as a proof", old)
		}
	}
	for range rapid.IntRange(0, 3).Draw(w.t, "events") {
		if w.sent < len(w.history) {
			w.feed.event(w.history[w.sent], w.now)
			w.sent++
		}
	}
}

func (w *world) bookmark() {
	if w.open && w.sent == w.revision && !w.feed.event(event{what: "BOOKMARK", revision: strconv.Itoa(w.revision)}, w.now) {
		w.t.Fatal("a bookmark is no proof")
	}
}

// shows checks that what the feed holds is what was there at the revision that
// it has come to.
func (w *world) shows() {
	if w.feed.listed == "" {
		return
	}
	position, _ := strconv.Atoi(w.feed.position)
	listed, _ := strconv.Atoi(w.feed.listed)
	want := w.states[max(position, listed)]
	have := map[string]*core.Object{}
	for k, e := range w.feed.entries {
		if e.object != nil {
			have[k.Name] = e.object
		}
	}
	if len(have) != len(want) {
		w.t.Fatalf("at %d: %v, want %v", max(position, listed), have, want)
	}
	for name, o := range want {
		if h := have[name]; h == nil || h.Digest != o.Digest || h.UID != o.UID || older(h.ResourceVersion, o.ResourceVersion) {
			w.t.Fatalf("at %d: %s = %+v, want %+v", max(position, listed), name, have[name], o)
		}
	}
}

// TestFeedShowsWhatTheClusterHeld has lists and events come in every order, late,
// twice, from the past and with holes between. Whatever comes, the feed shows a
// state that was, never goes back to an earlier one, and is not fresher or older
// than what proved it.
func TestFeedShowsWhatTheClusterHeld(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		var proof, since time.Time
		step := func(do func()) func(*rapid.T) {
			return func(*rapid.T) {
				w.now = w.now.Add(time.Second)
				do()
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"write": step(w.write), "write again": step(w.write), "erase": step(w.erase), "list": step(w.list),
			"watch": step(w.watch), "deliver": step(w.deliver), "deliver more": step(w.deliver), "bookmark": step(w.bookmark),
			"lose": step(func() { w.open = false }), "read": step(func() { w.feed.tell(); w.journal.tell() }),
			"": func(*rapid.T) {
				w.shows()
				f := w.feed
				if f.proof.Before(proof) || f.since.Before(since) || f.proof.After(w.now) || f.since.After(f.proof) {
					w.t.Fatalf("proof %s after %s, since %s after %s", f.proof, proof, f.since, since)
				}
				proof, since = f.proof, f.since
			},
		})
	})
}

// TestEveryContentOfAWatchIsToldOnce: while nothing was missed, what reads give
// in passages and in the end is the whole history, in its order.
func TestEveryContentOfAWatchIsToldOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		w.list()
		w.watch()
		told := map[string][]string{}
		say := func(name string, o *core.Object) {
			if text := fmt.Sprint(vlanOf(o)); len(told[name]) == 0 || told[name][len(told[name])-1] != text {
				told[name] = append(told[name], text)
			}
		}
		passages := func() {
			for _, p := range w.journal.tell() {
				say(p.Key.Name, p.Object)
			}
		}
		read := func() {
			passages()
			objects := w.feed.tell()
			if len(w.feed.entries) != len(objects) {
				w.t.Fatalf("%d entries for %d objects", len(w.feed.entries), len(objects))
			}
			for _, name := range []string{"a", "b", "c"} {
				var now *core.Object
				for _, o := range objects {
					if o.Key.Name == name {
						now = o
					}
				}
				say(name, now)
			}
		}
		read()
		t.Repeat(map[string]func(*rapid.T){
			"write": func(*rapid.T) { w.write() }, "erase": func(*rapid.T) { w.erase() },
			"deliver": func(*rapid.T) { w.deliver() }, "read": func(*rapid.T) { read() },
			"read where the kind is a gap": func(*rapid.T) { passages() },
			"break": func(*rapid.T) { // the server still knows what was missed
				at := w.states[w.revision]
				l := listing{revision: strconv.Itoa(w.revision), at: w.now}
				for _, o := range at {
					l.objects = append(l.objects, o)
				}
				w.drain() // else the order of what comes after the list is not that of the history
				if err := w.feed.list(l, time.Hour); err != nil {
					w.t.Fatal(err)
				}
				w.watch()
			},
		})
		w.drain()
		read()
		for name, have := range told {
			want := []string{"<nil>"}
			for _, state := range w.states {
				if text := fmt.Sprint(vlanOf(state[name])); want[len(want)-1] != text {
					want = append(want, text)
				}
			}
			if !slices.Equal(have, want) {
				w.t.Fatalf("%s: told %q, it was %q", name, have, want)
			}
		}
	})
}

func (w *world) drain() {
	for ; w.sent < len(w.history); w.sent++ {
		w.feed.event(w.history[w.sent], w.now)
	}
}

// TestEventsFromBeforeAListAreTold: a watch was lost, a list has shown what is
// there now, and the server then tells what happened in between.
func TestEventsFromBeforeAListAreTold(t *testing.T) {
	j := newJournal()
	f := newFeed(j)
	at := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	if err := f.list(listing{[]*core.Object{version("a", "u", 1, 1)}, "1", at}, time.Hour); err != nil {
		t.Fatal(err)
	}
	f.tell()
	j.tell()
	later := at.Add(time.Minute)
	if err := f.list(listing{[]*core.Object{version("a", "u", 4, 4)}, "5", later}, time.Hour); err != nil {
		t.Fatal(err)
	}
	for i, e := range []event{
		{"MODIFIED", version("a", "u", 2, 2), "2"},
		{"ADDED", version("b", "v", 3, 3), "3"},
		{"MODIFIED", version("a", "u", 4, 4), "4"},
		{"DELETED", version("b", "v", 5, 3), "5"},
	} {
		if !f.event(e, later) {
			t.Errorf("event %d is no proof", i)
		}
	}
	var have []string
	for _, p := range j.tell() {
		have = append(have, fmt.Sprint(p.Key.Name, "=", vlanOf(p.Object)))
		if !p.From.Equal(later) || !p.Until.Equal(later) {
			t.Errorf("%+v, want the time of the list", p)
		}
	}
	if want := []string{"a=2", "b=3"}; !slices.Equal(have, want) {
		t.Errorf("passages %q, want %q", have, want)
	}
	if objects := f.tell(); len(objects) != 1 || vlanOf(objects[0]) != int64(4) || !f.since.Equal(at) {
		t.Errorf("objects %+v, since %s", objects, f.since)
	}
}

func TestListThatStaysBehindIsBelievedInTheEnd(t *testing.T) {
	f := newFeed(newJournal())
	at := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	if err := f.list(listing{[]*core.Object{version("a", "u", 90, 1)}, "100", at}, time.Minute); err != nil {
		t.Fatal(err)
	}
	old := listing{[]*core.Object{version("a", "u", 9, 2)}, "10", at}
	for i := range 7 {
		old.at = at.Add(time.Duration(i+1) * 10 * time.Second)
		err := f.list(old, time.Minute)
		if believed := i == 6; believed != (err == nil) {
			t.Errorf("after %s: %v", old.at.Sub(at), err)
		}
	}
	if objects := f.tell(); vlanOf(objects[0]) != int64(2) || f.position != "10" || !f.since.Equal(old.at) {
		t.Errorf("objects %+v at %s since %s", objects[0], f.position, f.since)
	}
}

func TestRevisionsAreOrdered(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"9", "10", true},
		{"10", "9", false},
		{"10", "10", false},
		{"99999999999999999999", "100000000000000000000", true},
		{"", "1", false},
		{"1", "", false},
		{"a", "b", false},
		{"1", "b", false},
		{"0", "1", true},
		{"01", "2", false},
	} {
		if older(test.a, test.b) != test.want {
			t.Errorf("older(%q, %q) = %v", test.a, test.b, !test.want)
		}
	}
}

func TestJournalKeepsTheLatestPassages(t *testing.T) {
	j := newJournal()
	at := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	passage := func(name string, i int) core.Passage {
		return core.Passage{Key: vpcKey(name), From: at, Until: at.Add(time.Duration(i) * time.Second)}
	}
	for i := range maxPassagesPerObject + 7 {
		j.add(passage("hot", i))
		j.add(passage(fmt.Sprint("cold-", i), i))
	}
	n := 0
	for _, p := range j.passages {
		if p.Key.Name == "hot" {
			n++
		}
	}
	if n != maxPassagesPerObject || len(j.passages) != 2*maxPassagesPerObject+7 || !j.dropped.Equal(at.Add(6*time.Second)) {
		t.Errorf("%d passages of one object, %d in all, dropped until %s", n, len(j.passages), j.dropped)
	}
	for i := range maxPassages {
		j.add(passage(fmt.Sprint("more-", i), 1000+i))
	}
	if told := j.tell(); len(told) != maxPassages || told[0].Key.Name != "more-0" {
		t.Errorf("%d passages, the first %+v", len(told), told[0])
	}
	if len(j.tell()) != 0 {
		t.Error("they are told twice")
	}
}

func TestSuspendedMachineAges(t *testing.T) {
	then := time.Now()
	now := then.Add(time.Second)
	asleep := now.Round(0).Add(time.Hour) // by the wall, an hour more than the other clock says
	if got := age(now, then); got != time.Second {
		t.Errorf("age = %s", got)
	}
	if got := age(asleep, then); got != time.Hour+time.Second {
		t.Errorf("after a sleep: age = %s", got)
	}
}
