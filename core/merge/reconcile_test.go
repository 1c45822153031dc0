package merge_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/merge"
)

// outcome is a result on one line.
func outcome(r core.ReconciliationResult) string {
	var all []string
	for _, u := range r.Updated {
		all = append(all, fmt.Sprintf("%s %v becomes %s", u.Key, u.Paths, u.After))
	}
	for _, a := range r.Applied {
		all = append(all, fmt.Sprintf("applied %s %s", a.Path, a.Choice))
	}
	for _, v := range r.Void {
		all = append(all, fmt.Sprintf("void %s: %s", v.Resolution.Path, v.Reason))
	}
	for _, c := range r.Conflicts {
		all = append(all, fmt.Sprintf("conflict %s", c.Path))
	}
	for _, e := range r.Errors {
		all = append(all, fmt.Sprintf("error %s: %v", e.Key, e.Err))
	}
	return strings.Join(all, "; ")
}

func TestReconcileWritesWhatWasChosen(t *testing.T) {
	const git, live = `{"a":1,"b":{"x":1,"y":1},"c":1}`, `{"a":2,"b":{"x":2,"y":2},"c":2}`
	s := subject(t, git, live, change(".a", core.FieldConflict), change(".b.x", core.FieldDrift), change(".c", core.FieldConflict))
	at := now
	take := func(path core.Path, c core.Choice, edited any) core.Resolution {
		r, err := s.Sides.Decide(path, c, core.ValueOf(edited))
		if err != nil {
			t.Fatal(err)
		}
		at = at.Add(time.Second)
		r.Key, r.At = vpc, at
		return r
	}
	stale := take(".b.y", core.TakeLive, nil)
	stale.GitDigest = core.DigestJSON("before")
	stranger := take(".a", core.TakeLive, nil)
	stranger.Key.Name = "vpc-2"
	tests := []struct {
		name string
		r    []core.Resolution
		want string
	}{
		{"nothing", nil, "conflict .a; conflict .c"},
		{"one field", []core.Resolution{take(".a", core.TakeLive, nil)}, `VPC/vpc-1 [.a] becomes {"a":2,"b":{"x":1,"y":1},"c":1}; applied .a live; conflict .c`},
		{"git", []core.Resolution{take(".a", core.TakeGit, nil)}, "applied .a git; conflict .c"},
		{"a value of one's own", []core.Resolution{take(".c", core.TakeEdited, "z")}, `VPC/vpc-1 [.c] becomes {"a":1,"b":{"x":1,"y":1},"c":"z"}; applied .c edited; conflict .a`},
		{"what has moved on", []core.Resolution{stale, take(".a", core.TakeGit, nil)}, "applied .a git; void .b.y: git changed it since; conflict .c"},
		{"twice", []core.Resolution{take(".a", core.TakeLive, nil), take(".a", core.TakeEdited, int64(7))}, `VPC/vpc-1 [.a] becomes {"a":7,"b":{"x":1,"y":1},"c":1}; applied .a edited; conflict .c`},
		{"all, then a part of it", []core.Resolution{take(core.Root, core.TakeLive, nil), take(".b.x", core.TakeGit, nil)}, `VPC/vpc-1 [. .b.x] becomes {"a":2,"b":{"x":1,"y":2},"c":2}; applied . live; applied .b.x git`},
		{"a part, then all of it", []core.Resolution{take(".b.x", core.TakeGit, nil), take(core.Root, core.TakeLive, nil)}, `VPC/vpc-1 [.] becomes {"a":2,"b":{"x":2,"y":2},"c":2}; applied . live`},
		{"no such object", []core.Resolution{stranger}, "conflict .a; conflict .c; error VPC/vpc-2: nothing is known of the object"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := outcome(merge.Reconcile([]merge.Subject{s}, tt.r)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestObjectIsUpdatedWholeOrNotAtAll(t *testing.T) {
	s := subject(t, `{"a":1,"b":{"x":1}}`, `{"a":2,"b":{"x":2}}`)
	good, err := s.Sides.Decide(".a", core.TakeLive, core.Value{})
	if err != nil {
		t.Fatal(err)
	}
	gone, err := s.Sides.Decide(".b.x", core.TakeLive, core.Value{})
	if err != nil {
		t.Fatal(err)
	}
	whole, err := s.Sides.Decide(".b", core.TakeEdited, core.ValueOf("no map"))
	if err != nil {
		t.Fatal(err)
	}
	good.Key, whole.Key, gone.Key = vpc, vpc, vpc
	gone.At = now
	got := outcome(merge.Reconcile([]merge.Subject{s}, []core.Resolution{good, whole, gone}))
	if want := `error VPC/vpc-1: set .b.x: no place for a value: "x" is looked for in what is no map`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestNothingIsWrittenOverWhatWasNotRead(t *testing.T) {
	s := subject(t, `{"a":1}`, `{"a":2}`)
	r, err := s.Sides.Decide(".a", core.TakeLive, core.Value{})
	if err != nil {
		t.Fatal(err)
	}
	r.Key = vpc
	s.Sides.Git = core.Content{}
	got := outcome(merge.Reconcile([]merge.Subject{s}, []core.Resolution{r}))
	if want := "error VPC/vpc-1: git was not read"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestObjectIsAdoptedAndDropped(t *testing.T) {
	adopt := subject(t, ``, `{"a":2}`)
	r, err := adopt.Sides.Decide(core.Root, core.TakeLive, core.Value{})
	if err != nil {
		t.Fatal(err)
	}
	r.Key = vpc
	if got, want := outcome(merge.Reconcile([]merge.Subject{adopt}, []core.Resolution{r})), `VPC/vpc-1 [.] becomes {"a":2}; applied . live`; got != want {
		t.Errorf("adopted: got  %s\nwant %s", got, want)
	}
	drop := subject(t, `{"a":2}`, ``)
	if r, err = drop.Sides.Decide(core.Root, core.TakeLive, core.Value{}); err != nil {
		t.Fatal(err)
	}
	r.Key = vpc
	result := merge.Reconcile([]merge.Subject{drop}, []core.Resolution{r})
	if len(result.Updated) != 1 || result.Updated[0].After.Present() {
		t.Errorf("dropped: %s", outcome(result))
	}
}
