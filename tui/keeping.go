package tui

import (
	"cmp"
	"slices"
	"strings"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// keeping tells what becomes of a change where Git's value is kept; false where
// that is no question, for Git has decided already and the engine acts, or where
// there is nothing to say: nobody has looked for an engine, or the change is not
// known to be one.
func keeping(f core.Fabric, e *core.Engine, v *core.Verdict, c core.Change) (core.Keeping, bool) {
	removal := c.Path == core.Root && !c.Git.Present()
	switch {
	case e == nil, v.State == core.Unknown, v.State == core.Invalid, nowhere(c):
		return core.Keeping{}, false
	case c.Verdict == core.FieldDrift, c.Verdict == core.FieldConflict, c.Verdict == core.FieldDiffers:
	case c.Verdict == core.FieldGitAhead && e.Waits(removal) != "":
	default:
		return core.Keeping{}, false
	}
	return core.Keep(f, e, *v, c), true
}

// keepings are those of an object's changes, each told once, of the worst change
// first.
func keepings(f core.Fabric, e *core.Engine, v *core.Verdict) []core.Keeping {
	changes := slices.Clone(v.Changes)
	slices.SortStableFunc(changes, func(a, b core.Change) int {
		return cmp.Compare(fieldState(a.Verdict), fieldState(b.Verdict))
	})
	all := []core.Keeping{}
	for _, c := range changes {
		if k, ok := keeping(f, e, v, c); ok && !slices.Contains(all, k) {
			all = append(all, k)
		}
	}
	return all
}

// keep appends what becomes of a change where Git's value is kept, and the
// command that brings it about. A command is about the whole object and told
// once; so is what is said of every change because nobody knows an engine.
func (d *scroll) keep(e *core.Engine, k core.Keeping, told map[string]bool) {
	if e.Known() || !told[k.Sentence] {
		d.say(themes.Dim, 5, safe.Sprintf("keeping git: %s", k.Sentence))
	}
	told[k.Sentence] = true
	if k.Command != "" && !told[k.Command] {
		told[k.Command] = true
		d.command(5, k.Command)
	}
}

// keepAll appends what becomes of the changes of an object that is shown whole.
func (d *scroll) keepAll(f core.Fabric, e *core.Engine, v *core.Verdict) {
	told := map[string]bool{}
	for i, k := range keepings(f, e, v) {
		if i == 0 {
			d.add(scrollLine{fold: -1})
		}
		d.keep(e, k, told)
	}
}

// command appends a line to be copied: whole where it fits, if need be by
// leaving out its indentation, else broken as a shell takes it.
func (d *scroll) command(indent int, line string) {
	for _, l := range commandLines(safe.Clean(line), indent, d.width-1) {
		d.add(scrollLine{fold: -1, left: []part{{role: themes.Key, text: l}}})
	}
}

// commandLines are a command as it is to be copied, in lines of at most width
// columns.
func commandLines(line safe.Text, indent, width int) []safe.Text {
	if room := width - widget.Width(line); room >= 0 {
		return []safe.Text{safe.Sprintf("%*s", min(indent, room), "").Plus(line)}
	}
	rest := line.String()
	lines := widget.Wrap(line, max(width-2, 1))
	for i, l := range lines[:len(lines)-1] {
		rest = strings.TrimPrefix(rest, l.String())
		more := safe.Lit(`\`)
		if strings.HasPrefix(rest, " ") {
			rest, more = rest[1:], safe.Lit(` \`)
		}
		lines[i] = l.Plus(more)
	}
	return lines
}

// keepLines are what becomes of an object's changes where Git's values are kept,
// on a line each, and the first command that brings it about: that is shown whole
// or not at all, for people copy it.
func keepLines(e Env, f core.FabricState, v *core.Verdict, width int) (says, commands []string) {
	for _, k := range keepings(f.Fabric, engineOf(f), v) {
		says = append(says, widget.NewLine(width).Put(e.Style.ink(themes.Dim), safe.Sprintf(" keeping git: %s", k.Sentence)).String())
		if k.Command != "" && len(commands) == 0 {
			for _, l := range commandLines(safe.Clean(k.Command), 1, width) {
				commands = append(commands, widget.NewLine(width).Put(e.Style.ink(themes.Key), l).String())
			}
		}
	}
	return says, commands
}

// tracked says of an object that only live has whether the engine owns it; ""
// where the reason of its verdict tells.
func tracked(e *core.Engine, v *core.Verdict) string {
	switch {
	case v.State != core.OnlyLive:
		return ""
	case !v.Tracked:
		return "untracked: no engine deletes it"
	case strings.Contains(v.Reason, "tracks it"):
		return ""
	case e != nil && e.Type != "":
		return string(e.Type) + " tracks it"
	}
	return "an engine tracks it"
}
