package core

import (
	"fmt"
	"strings"
	"time"
)

// Standing is what a fabric shows wherever it is listed: the worst state of its
// objects, in a word of at most 16 letters. Where that state is [Unknown] the
// word tells, as far as it can, what kept the fabric from being read.
func (f FabricState) Standing(now time.Time) (State, string) {
	if f.Report == nil {
		switch {
		case f.Err != nil:
			return Unknown, "error"
		case !f.Checking.IsZero():
			return Unknown, "checking " + Age(now, f.Checking)
		}
		return Unknown, "not checked"
	}
	worst := f.Worst(now)
	if worst != Unknown {
		return worst, worst.Title()
	}
	switch live, git := f.Access(now), f.GitAccess(); {
	case live != AccessOK && live != "":
		return worst, live.Title()
	case f.Err != nil:
		return worst, "error"
	case f.Report.Freeze != nil:
		return worst, "frozen"
	case f.Report.Mismatched():
		return worst, "engine mismatch"
	case git != AccessOK && git != "":
		return worst, "git " + git.Title()
	case len(f.Report.Gaps) > 0:
		return worst, "incomplete"
	case f.Report.Empty():
		return worst, "empty"
	}
	return worst, worst.Title()
}

// Count is the number of a fabric's objects in some states; known is false
// where it is none and what would have to be counted was not read.
func (f FabricState) Count(states ...State) (n int, known bool) {
	if f.Report == nil {
		return 0, false
	}
	for _, s := range states {
		n += f.Report.Counts[s]
	}
	if n > 0 {
		return n, true
	}
	for _, g := range f.Report.Git {
		if g.ReadAt.IsZero() {
			return 0, false
		}
	}
	live := f.Report.Live.Access == AccessOK && len(f.Report.Gaps) == 0
	for _, s := range states {
		// Git alone decides what is invalid, and what it has and live may have is counted.
		counted := s == Invalid || s == Unknown && f.Report.Counts.Total() > 0
		if !counted && !live {
			return 0, false
		}
	}
	return 0, true
}

// Title is the access as people read it: "login needed". A side that is not
// valid is unreadable to them: a state of objects has the other word already.
func (a Access) Title() string {
	if a == AccessInvalid {
		return "unreadable"
	}
	return strings.ReplaceAll(string(a), "_", " ")
}

// Problem is one reason why a fabric could not be read whole, or why somebody
// has to look at how it was read.
type Problem struct {
	About string // "live", "git fabrics/dc1", or a kind; "" where Cause tells
	Age   string // of the last good reading, "never" without one; "" where that is no question
	Cause string // on one line; it stands on its own
}

// String is the problem in one sentence: "live, last read 14m ago: …".
func (p Problem) String() string {
	switch {
	case p.About == "":
		return p.Cause
	case p.Age == "":
		return p.About + ": " + p.Cause
	case p.Age == "never":
		return p.About + " was never read: " + p.Cause
	}
	return fmt.Sprintf("%s, last read %s ago: %s", p.About, p.Age, p.Cause)
}

// Problems are the reasons why a fabric could not be read whole at the time
// now, the one that matters most first, and last what does not keep its verdicts
// from being right but is to be looked at: rewritten histories.
func (f FabricState) Problems(now time.Time) []Problem {
	var all []Problem
	if f.Err != nil {
		all = append(all, Problem{Cause: f.Err.Error()})
	}
	if f.failed() {
		all = append(all, Problem{Cause: "sync " + f.Run.ID + ": " + f.Run.Err})
	}
	if f.Report == nil {
		return all
	}
	all = append(all, f.SideProblems(now)...)
	for _, g := range f.Report.Gaps {
		all = append(all, Problem{About: g.GroupKind.String(), Cause: g.Reason})
	}
	if z := f.Report.Freeze; z != nil {
		all = append(all, Problem{Cause: z.Sentence(f.Fabric.ID)})
	}
	all = append(all, f.Mismatches()...)
	for _, r := range f.Report.Rewrites {
		all = append(all, Problem{About: "git " + r.Path, Cause: r.Sentence(f.Fabric.ID)})
	}
	if len(all) == 0 && f.Report.Empty() {
		all = append(all, Problem{Cause: "nothing to compare: git holds no manifest of the compared kinds (check git.path, git.include and scope)"})
	}
	return all
}

// SideProblems are those of the problems that kept a whole side from being read at the time
// now.
func (f FabricState) SideProblems(now time.Time) []Problem {
	if f.Report == nil {
		return nil
	}
	var all []Problem
	seen := func(r Reading) string {
		if r.ReadAt.IsZero() {
			return "never"
		}
		return Age(now, r.ReadAt)
	}
	live := f.Report.Live
	switch {
	case live.Access != AccessOK && live.Access != "", live.Error != "":
		all = append(all, Problem{About: "live", Age: seen(live), Cause: live.Error})
	case f.Access(now) == AccessStale:
		all = append(all, Problem{About: "live", Age: seen(live), Cause: "the last answer is older than " + ShortAge(f.Fabric.StaleAfter)})
	}
	for _, g := range f.Report.Git {
		if g.Access != AccessOK {
			all = append(all, Problem{About: "git " + g.Path, Age: seen(g), Cause: g.Error})
		}
	}
	return all
}

// Mismatches are those of the problems for which no verdict can be given: what
// the engine applies is not what was compared.
func (f FabricState) Mismatches() []Problem {
	if f.Report == nil || !f.Report.Mismatched() {
		return nil
	}
	var all []Problem
	for _, m := range f.Report.Engine.Mismatch {
		all = append(all, Problem{Cause: m + " (correct git or engine in the configuration)"})
	}
	return all
}

// Label names an object where a fabric is shown. The namespace is told only
// where it is not the fabric's own; what is no object is the path of its file.
// Commands understand it as it is.
func (f Fabric) Label(k Key) string {
	switch {
	case k.IsFile():
		return k.Name
	case k.Namespace == "" || k.Namespace == f.Namespace:
		return k.String()
	}
	return k.Kind + "/" + k.Namespace + "/" + k.Name
}

// Stamp is a time as texts show it, in UTC and to the second.
func Stamp(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05Z") }

// Age is how long ago something was, as [ShortAge] has it; "?" where at is zero
// and so nobody knows.
func Age(now, at time.Time) string {
	if at.IsZero() {
		return "?"
	}
	return ShortAge(now.Sub(at))
}

// ShortAge is a duration as lists show it, in its largest unit and mostly in
// three characters: 8s, 14m, 3h, 5d, 2y. A negative one, of clocks that
// disagree, is 0s.
func ShortAge(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d < 0:
		return "0s"
	case d < time.Minute:
		return fmt.Sprintf("%ds", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%dm", d/time.Minute)
	case d < day:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d < 365*day:
		return fmt.Sprintf("%dd", d/day)
	}
	return fmt.Sprintf("%dy", d/(365*day))
}
