package tui

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"selvage/core"
	"selvage/core/safe"
	"selvage/tui/widget"
)

// lately is an age that need not be known by the second: what a row of the list
// counts already.
func lately(now, at time.Time) safe.Text {
	if !at.IsZero() && now.Sub(at) < time.Minute {
		return safe.Lit("<1m")
	}
	return age(now, at)
}

// age is how long ago something was: 8s, 14m, 3h, 5d, 2y; "?" where nobody
// knows.
func age(now, at time.Time) safe.Text { return safe.Clean(core.Age(now, at)) }

// short is a count in at most three characters.
func short(n int) safe.Text {
	switch {
	case n < 1_000:
		return safe.Sprintf("%d", n)
	case n < 100_000:
		return safe.Sprintf("%dk", n/1_000)
	}
	return safe.Lit("+++")
}

// grouped is a count for a sentence: 1,904.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// plural is a count with its noun.
func plural(n int, noun string) string { return grouped(n) + " " + core.Noun(n, noun) }

// revision is a commit's name, shortened as git does.
func revision(rev string) safe.Text {
	if rev == "" {
		return safe.Lit("?")
	}
	return safe.Clean(rev[:min(len(rev), 7)])
}

// revisions names the commits of all directories of a fabric.
func revisions(r *core.Report) safe.Text {
	if r == nil || len(r.Git) == 0 {
		return safe.Lit("?")
	}
	first, others := r.Git[0].Revision, 0
	for _, g := range r.Git[1:] {
		if g.Revision != first {
			others++
		}
	}
	if others > 0 {
		return revision(first).Plus(safe.Sprintf("+%d", others))
	}
	return revision(first)
}

// standing is what a fabric shows: a state, and in one or two words why.
func standing(f core.FabricState, now time.Time) (core.State, safe.Text) {
	state, word := f.Standing(now)
	return state, safe.Clean(word)
}

// tallied sums a fabric's objects up: "12 not in sync, 291 unknown, 0 in sync".
// What is not known counts neither as this nor as that.
func tallied(f core.FabricState) string {
	c := f.Report.Counts
	off := []core.State{}
	for _, s := range core.States()[:core.InSync] {
		if s != core.Unknown {
			off = append(off, s)
		}
	}
	return fmt.Sprintf("%s not in sync%s, %s in sync", counted(f, off...), unknowns(c), agreeing(f))
}

// agreeing is how many objects are in sync; "?" where no object is known, not even as
// unknown.
func agreeing(f core.FabricState) string {
	if f.Report.Counts.Total() > 0 {
		return grouped(f.Report.Counts[core.InSync])
	}
	return counted(f, core.InSync)
}

// counted is how many objects of a fabric are in some states; "?" where that is none
// and not all was read.
func counted(f core.FabricState, states ...core.State) string {
	n, known := f.Count(states...)
	if !known {
		return "?"
	}
	return grouped(n)
}

// objectCount is how many objects a fabric has, with the noun.
func objectCount(f core.FabricState) string {
	if n := counted(f, core.States()...); n == "?" {
		return "? objects"
	}
	return plural(f.Report.Counts.Total(), "object")
}

// unknowns tells how many objects are unknown, where any are: ", 291 unknown".
func unknowns(c core.Counts) string {
	if c[core.Unknown] == 0 {
		return ""
	}
	return fmt.Sprintf(", %s unknown", grouped(c[core.Unknown]))
}

// changedBy tells who changed the live side of an object, and when: the
// program that did so last, or where nobody recorded one the reason of the
// verdict and since when it holds. Of a stuck object it is what the engine did.
func changedBy(v core.Verdict) (who safe.Text, at time.Time, program bool) {
	names := map[string]bool{}
	last := ""
	for _, c := range v.Changes {
		if c.Manager == "" {
			continue
		}
		names[c.Manager] = true
		if last == "" || c.ManagerTime.After(at) {
			last, at = c.Manager, c.ManagerTime
		}
	}
	switch {
	case v.State == core.Stuck:
		// Who changed live is not what keeps it from following Git.
		what, _, _ := strings.Cut(v.Reason, ": ")
		return safe.Clean(what), v.Since, false
	case v.State == core.Unknown && v.LastKnown:
		return safe.Sprintf("was %s", v.Last.Title()), v.Since, false
	case last == "":
		return safe.Clean(v.Reason), v.Since, false
	case len(names) > 1:
		return safe.Sprintf("%s +%d", last, len(names)-1), at, true
	}
	return safe.Clean(last), at, true
}

// fieldCount is how many fields of an object are not in sync.
func fieldCount(v core.Verdict) safe.Text {
	off, _ := split(&v)
	switch {
	case len(off) == 0:
		return safe.Lit(".")
	case len(off) == 1 && off[0].Path == core.Root:
		return safe.Lit("all")
	}
	return safe.Sprintf("%d", len(off))
}

// place is where in Git an object stands: file:line.
func place(o core.Origin) safe.Text {
	if o.Line > 0 {
		return safe.Sprintf("%s:%d", o.Path, o.Line)
	}
	return safe.Clean(o.Path)
}

// nameCut is how an object's name is cut: the end of a file's path tells most.
func nameCut(k core.Key) widget.Cut {
	if k.IsFile() {
		return widget.CutStart
	}
	return widget.CutMiddle
}

// objectName names an object of a fabric on screen.
func objectName(f core.FabricState, k core.Key) safe.Text { return safe.Clean(f.Fabric.Label(k)) }

// sortedKinds orders kinds by how many there are, then by name.
func sortedKinds(n map[core.GroupKind]int) []core.GroupKind {
	return slices.SortedFunc(maps.Keys(n), func(a, b core.GroupKind) int {
		return cmp.Or(cmp.Compare(n[b], n[a]), cmp.Compare(a.String(), b.String()))
	})
}
