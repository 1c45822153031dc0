package lines

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"selvage/core"
	"selvage/core/safe"
)

// Who listens to all that has changed with an outage would hear nothing else for
// minutes: so many lines are told of the objects of a fabric at once, each with so
// many names.
const (
	mostNews  = 12
	mostNames = 3
)

// changed tells what is another than before, a line for each thing. What me has
// decided is left out: that was answered.
func changed(before core.Fleet, then time.Time, after core.Fleet, now time.Time, me string) []safe.Text {
	lines := []safe.Text{}
	for _, f := range after.Fabrics {
		was, known := before.Fabric(f.Fabric.ID)
		if !known {
			lines = append(lines, standing(f, now))
			continue
		}
		n := news{was: was, is: f}
		n.stands(then, now)
		n.objects()
		n.drafts(me)
		n.run(now, me)
		for _, l := range n.lines {
			lines = append(lines, safe.Sprintf("%s: %s", f.Fabric.ID, l))
		}
	}
	return lines
}

// news is what has changed about a fabric.
type news struct {
	was, is core.FabricState
	lines   []string
}

func (n *news) say(format string, args ...any) {
	n.lines = append(n.lines, fmt.Sprintf(format, args...))
}

// stands tells of a fabric that stands otherwise, and of new reasons why it could
// not be read.
func (n *news) stands(then, now time.Time) {
	if n.is.Report == nil && n.is.Err == nil {
		return // it is being checked for the first time
	}
	_, was := n.was.Standing(then)
	_, word := n.is.Standing(now)
	switch {
	case n.was.Report == nil && n.is.Report != nil:
		n.say("%s. %s", word, counted(n.is))
	case was != word:
		n.say("%s, was %s. %s", word, was, counted(n.is))
	}
	before := n.was.Problems(then)
	for _, p := range n.is.Problems(now) {
		same := func(o core.Problem) bool { return o.About == p.About && o.Cause == p.Cause }
		if !slices.ContainsFunc(before, same) && !n.ofRun(p) {
			n.say("%s", p)
		}
	}
}

// ofRun tells whether a problem is that the run went wrong, which is told with it.
func (n *news) ofRun(p core.Problem) bool {
	return n.is.Run != nil && p.About == "" && strings.HasPrefix(p.Cause, "sync "+n.is.Run.ID+": ")
}

// objects tells of objects that are said to be something else.
func (n *news) objects() {
	if n.was.Report == nil || n.is.Report == nil || n.was.Report == n.is.Report {
		return
	}
	before := make(map[core.Key]*core.Verdict, len(n.was.Report.Verdicts))
	for i := range n.was.Report.Verdicts {
		v := &n.was.Report.Verdicts[i]
		before[v.Key] = v
	}
	told := telling{by: map[string]int{}}
	for i := range n.is.Report.Verdicts {
		v := &n.is.Report.Verdicts[i]
		told.add(n.is.Fabric.Label(v.Key), become(before[v.Key], v))
		delete(before, v.Key)
	}
	for _, v := range n.was.Report.Verdicts { // in their order
		if before[v.Key] != nil {
			told.add(n.is.Fabric.Label(v.Key), "gone, was "+v.State.Title())
		}
	}
	for i, w := range told.what {
		if i == mostNews {
			n.say("and more has changed (objects %s reads out what is not in sync)", n.is.Fabric.ID)
			return
		}
		n.say("%s: %s", named(told.names[i]), w)
	}
}

// telling puts objects together of which the same is told.
type telling struct {
	by    map[string]int
	what  []string
	names [][]string
}

func (t *telling) add(name, what string) {
	if what == "" {
		return
	}
	i, ok := t.by[what]
	if !ok {
		i = len(t.what)
		t.by[what] = i
		t.what, t.names = append(t.what, what), append(t.names, nil)
	}
	t.names[i] = append(t.names[i], name)
}

// named are objects by name, the first of many.
func named(names []string) string {
	if len(names) > mostNames+1 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:mostNames], ", "), len(names)-mostNames)
	}
	return strings.Join(names, ", ")
}

// become tells what has become of an object; "" where it stands as before.
func become(was, is *core.Verdict) string {
	state, why := is.State.Title(), ""
	if is.Reason != "" {
		why = ": " + is.Reason
	}
	switch {
	case was == nil:
		return "new, " + state + why
	case was.State != is.State:
		return state + ", was " + was.State.Title() + why
	case is.State == core.InSync:
	case was.Reason != is.Reason:
		return "still " + state + why
	case len(is.Changes) > 0 && !slices.EqualFunc(was.Changes, is.Changes, sameChange):
		return "still " + state + ", " + at(is.Changes)
	}
	return ""
}

func sameChange(a, b core.Change) bool {
	return a.Path == b.Path && a.Git.Equal(b.Git) && a.Live.Equal(b.Live)
}

// drafts tells what others have decided, and what has become of any draft.
func (n *news) drafts(me string) {
	for _, d := range n.is.Drafts {
		i := slices.IndexFunc(n.was.Drafts, func(o core.DraftStanding) bool { return o.ID == d.ID })
		switch {
		case i < 0 && d.By != me, i >= 0 && n.was.Drafts[i].State != d.State:
			n.lines = append(n.lines, draft(n.is, d))
		}
	}
}

// run tells how a run goes on: that somebody else began it, each step that is begun or has
// ended, and its end.
func (n *news) run(now time.Time, me string) {
	r, before := n.is.Run, n.was.Run
	switch {
	case r == nil || r == before:
		return
	case before == nil || before.ID != r.ID:
		before = &core.Run{}
		if r.By != me {
			n.say("run %s of %s", shortRun(r.ID), r.By)
		}
	}
	for i, s := range r.Steps {
		var was core.RunStep
		if i < len(before.Steps) {
			was = before.Steps[i]
		}
		n.step(was, s)
	}
	switch {
	case before.Phase == r.Phase:
	case r.Phase == core.RunRetrying:
		n.say("run %s is tried again in %s: %s", shortRun(r.ID), core.ShortAge(r.RetryAt.Sub(now)), r.Err)
	case r.Phase == core.RunProposed:
		n.say("run %s is proposed and waits for a review %s", shortRun(r.ID), reviews(r))
	case r.Phase.Over() && r.Err != "":
		n.say("run %s has ended, %s: %s", shortRun(r.ID), r.Phase, r.Err)
	case r.Phase.Over():
		n.say("run %s has ended, %s", shortRun(r.ID), r.Phase)
	}
}

func reviews(r *core.Run) string {
	all := []string{}
	for _, p := range r.Publications {
		if p.Review != "" {
			all = append(all, p.Review)
		}
	}
	return strings.Join(all, " ")
}

func (n *news) step(was, is core.RunStep) {
	s := is.Name
	if is.Detail != "" {
		s += ", " + is.Detail
	}
	switch {
	case is.Ended.IsZero() && (was.Started.IsZero() || was.Detail != is.Detail):
		n.say("%s, goes on", s)
	case is.Ended.IsZero() || !was.Ended.IsZero():
	case is.Err != "":
		n.say("%s, not done: %s", s, is.Err)
	default:
		n.say("%s, done", s)
	}
}
