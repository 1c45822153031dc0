package tui

import (
	"strings"
	"time"
	"unicode"

	"selvage/core"
	"selvage/core/safe"
	"selvage/tui/widget"
)

// inline shows a value on one line.
func inline(v any) safe.Text { return safe.Clean(core.Inline(v)) }

// block shows a value as YAML does, a line for each of its leaves; a scalar is
// one line.
func block(v any) []safe.Text {
	lines := core.Block(v)
	texts := make([]safe.Text, len(lines))
	for i, l := range lines {
		texts[i] = safe.Clean(l)
	}
	return texts
}

// quoted is a value among other words on one line: a string with blanks is put
// in quotes, or it would read as some of them.
func quoted(v core.Value) safe.Text {
	if s, ok := v.Any().(string); ok && strings.ContainsFunc(s, unicode.IsSpace) {
		return safe.Clean(string(core.CanonicalJSON(s)))
	}
	return inline(v.Any())
}

// whole is the change of an object that one side does not have as a whole.
func whole(v *core.Verdict) (core.Change, bool) {
	if len(v.Changes) != 1 || v.Changes[0].Path != core.Root {
		return core.Change{}, false
	}
	c := v.Changes[0]
	return c, c.Git.Present() != c.Live.Present()
}

// absent tells which sides are proven to be without an object. What was not
// read is not absent.
func absent(v *core.Verdict) (git, live bool) {
	if v.State == core.Unknown {
		return false, false
	}
	if c, ok := whole(v); ok {
		return !c.Git.Present(), !c.Live.Present()
	}
	return v.State == core.OnlyLive, v.State == core.OnlyGit
}

// changeWord says what a change is: of a field who moved it, of an object which
// side has it. Of one that is unknown now it is what was found last.
func changeWord(v *core.Verdict, c core.Change) safe.Text {
	return safe.Clean(v.Says(c))
}

// split tells the differences of an object from what is told with them and is
// none: what the fabric's schema drops.
func split(v *core.Verdict) (differences, dropped []core.Change) {
	for _, c := range v.Changes {
		if c.Verdict == core.FieldPruned {
			dropped = append(dropped, c)
		} else {
			differences = append(differences, c)
		}
	}
	return differences, dropped
}

// nowhere tells of a change that neither side has a value now: live had one,
// and it is gone.
func nowhere(c core.Change) bool { return !c.Git.Present() && !c.Live.Present() }

// liveBy is who set the live value, a program, and when. Where live moved and
// nobody is recorded, it says so.
func liveBy(c core.Change) (who safe.Text, at time.Time) {
	moved := c.Verdict == core.FieldDrift || c.Verdict == core.FieldConflict
	switch {
	case c.Manager != "":
		return safe.Clean(c.Manager), c.ManagerTime
	case moved && !c.Live.Present():
		return safe.Lit("removed live; nobody recorded who"), time.Time{}
	case moved:
		return safe.Lit("nobody recorded who"), time.Time{}
	}
	return safe.Text{}, time.Time{}
}

// gitBy is the commit that last changed what Git says, its author and time;
// nothing where it is not known.
func gitBy(c core.Change) (who safe.Text, at time.Time) {
	if !c.Commit.Known() {
		return safe.Text{}, time.Time{}
	}
	return revision(c.Commit.ID).Plus(safe.Lit(" "), widget.Fit(safe.Clean(c.Commit.Author), 20, widget.CutEnd)), c.Commit.Time
}
