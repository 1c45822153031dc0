package tui

import (
	"strings"
	"unicode"

	"selvage/core"
	"selvage/core/safe"
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
	if c.Path != core.Root || c.Git.Present() == c.Live.Present() {
		return safe.Clean(string(c.Verdict))
	}
	word := ""
	switch had := c.Base.Present(); {
	case c.Git.Present() && had:
		word = "deleted live"
	case c.Git.Present():
		word = "only in git"
	case had:
		word = "removed from git"
	default:
		word = "only live"
	}
	if v.State == core.Unknown {
		word = "was " + word
	}
	return safe.Clean(word)
}
