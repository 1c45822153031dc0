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

// age is how long ago something was, in at most three characters or so: 8s,
// 14m, 3h, 5d, 2y; "?" where nobody knows.
func age(now, at time.Time) safe.Text {
	if at.IsZero() {
		return safe.Lit("?")
	}
	return elapsed(now.Sub(at))
}

func elapsed(d time.Duration) safe.Text {
	const day = 24 * time.Hour
	switch {
	case d < 0:
		return safe.Lit("0s")
	case d < time.Minute:
		return safe.Sprintf("%ds", d/time.Second)
	case d < time.Hour:
		return safe.Sprintf("%dm", d/time.Minute)
	case d < day:
		return safe.Sprintf("%dh", d/time.Hour)
	case d < 365*day:
		return safe.Sprintf("%dd", d/day)
	}
	return safe.Sprintf("%dy", d/(365*day))
}

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
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if stem, ok := strings.CutSuffix(noun, "y"); ok {
		return grouped(n) + " " + stem + "ies"
	}
	return grouped(n) + " " + noun + "s"
}

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

// standing is what a fabric shows: the worst state of its objects, or what
// keeps it from being read, in one or two words.
func standing(f core.FabricState, now time.Time) (core.State, safe.Text) {
	if f.Report == nil {
		switch {
		case f.Err != nil:
			return core.Unknown, safe.Lit("error")
		case !f.Checking.IsZero():
			return core.Unknown, safe.Sprintf("checking %s", age(now, f.Checking))
		}
		return core.Unknown, safe.Lit("not checked")
	}
	worst := f.Worst(now)
	if worst != core.Unknown {
		return worst, safe.Clean(worst.Title())
	}
	switch live, git := f.Access(now), f.GitAccess(); {
	case live != core.AccessOK && live != "":
		return worst, accessWord(live)
	case f.Err != nil:
		return worst, safe.Lit("error")
	case git != core.AccessOK:
		return worst, safe.Lit("git unread")
	case len(f.Report.Gaps) > 0:
		return worst, safe.Lit("incomplete")
	}
	return worst, safe.Clean(worst.Title())
}

// accessWord is an access as people read it, in the width of a state. A side
// that is no valid YAML has another word than a document in Git that is not.
func accessWord(a core.Access) safe.Text {
	if a == core.AccessInvalid {
		return safe.Lit("unreadable")
	}
	return safe.Clean(strings.ReplaceAll(string(a), "_", " "))
}

// count is a fabric's number of objects in some states; ok is false where it
// is not known, because what would have to be counted was not read.
func count(f core.FabricState, states ...core.State) (n int, ok bool) {
	if f.Report == nil {
		return 0, false
	}
	for _, s := range states {
		n += f.Report.Counts[s]
	}
	if n > 0 {
		return n, true
	}
	live := f.Report.Live.Access == core.AccessOK && len(f.Report.Gaps) == 0
	for _, s := range states {
		// Git alone decides what is invalid, and what is not read is counted.
		if s != core.Invalid && s != core.Unknown && !live {
			return 0, false
		}
	}
	return 0, true
}

// changedBy tells who changed the live side of an object, and when: the
// program that did so last, or where nobody recorded one the reason of the
// verdict and since when it holds.
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
	switch {
	case len(v.Changes) == 0:
		return safe.Lit(".")
	case len(v.Changes) == 1 && v.Changes[0].Path == core.Root:
		return safe.Lit("all")
	}
	return safe.Sprintf("%d", len(v.Changes))
}

// place is where in Git an object stands: file:line.
func place(o core.Origin) safe.Text {
	if o.Line > 0 {
		return safe.Sprintf("%s:%d", o.Path, o.Line)
	}
	return safe.Clean(o.Path)
}

// fileKind is the kind of a document that has no identity of its own.
const fileKind = "File"

// nameCut is how an object's name is cut: the end of a file's path tells most.
func nameCut(k core.Key) widget.Cut {
	if k.Kind == fileKind {
		return widget.CutStart
	}
	return widget.CutMiddle
}

// objectName names an object on screen. The namespace is told only where it is
// not the fabric's own; a file that holds no readable object is its path.
func objectName(k core.Key, namespace string) safe.Text {
	if k.Kind == fileKind {
		return safe.Clean(k.Name)
	}
	if k.Namespace == "" || k.Namespace == namespace {
		return safe.Clean(k.String())
	}
	return safe.Clean(fmt.Sprintf("%s/%s/%s", k.Kind, k.Namespace, k.Name))
}

// sortedKinds orders kinds by how many there are, then by name.
func sortedKinds(n map[core.GroupKind]int) []core.GroupKind {
	return slices.SortedFunc(maps.Keys(n), func(a, b core.GroupKind) int {
		return cmp.Or(cmp.Compare(n[b], n[a]), cmp.Compare(a.String(), b.String()))
	})
}
