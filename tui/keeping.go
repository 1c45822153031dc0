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
//
// Of a change for which Git was chosen, all that were so chosen are told together.
func keeping(f core.Fabric, e *core.Engine, v *core.Verdict, c core.Change, chosen ...core.Change) (core.Keeping, bool) {
	removal := c.Path == core.Root && !c.Git.Present()
	switch {
	case e == nil, v.State == core.Unknown, v.State == core.Invalid, nowhere(c):
		return core.Keeping{}, false
	case c.Verdict == core.FieldDrift, c.Verdict == core.FieldConflict, c.Verdict == core.FieldDiffers:
	case c.Verdict == core.FieldGitAhead && e.Waits(removal) != "":
	default:
		return core.Keeping{}, false
	}
	return core.Keep(f, e, *v, c, chosen...), true
}

// choseGit are the changes of an object for which Git was chosen, where a change is one
// of them; nothing where it is not.
func (all decided) choseGit(v *core.Verdict, c core.Change) []core.Change {
	chosen := slices.DeleteFunc(slices.Clone(v.Changes), func(c core.Change) bool {
		d := all.on(matter{v, c})
		return d == nil || d.Choice != core.TakeGit || d.State == core.DraftVoid || c.Verdict == core.FieldPruned || nowhere(c)
	})
	if !slices.ContainsFunc(chosen, func(o core.Change) bool { return o.Path == c.Path }) {
		return nil
	}
	return chosen
}

// keepings are those of an object's changes, each told once, of the worst change
// first. Of a change about which somebody has decided otherwise there is none.
func keepings(f core.FabricState, v *core.Verdict, desk decided) []core.Keeping {
	changes := slices.Clone(v.Changes)
	slices.SortStableFunc(changes, func(a, b core.Change) int {
		return cmp.Compare(fieldState(a.Verdict), fieldState(b.Verdict))
	})
	all := []core.Keeping{}
	for _, c := range changes {
		if d := desk.on(matter{v, c}); d != nil && d.Choice != core.TakeGit {
			continue
		}
		if k, ok := keeping(f.Fabric, engineOf(f), v, c, desk.choseGit(v, c)...); ok && !slices.Contains(all, k) {
			all = append(all, k)
		}
	}
	return all
}

// keep appends what becomes of a change where Git's value is kept, and the
// command that brings it about. A command is told once; so is what is said of every
// change because nobody knows an engine.
func (d *scroll) keep(e *core.Engine, k core.Keeping, told map[string]bool) {
	if e.Known() || !told[k.Sentence] {
		d.say(themes.Dim, 5, safe.Sprintf("keeping git: %s", k.Sentence))
	}
	told[k.Sentence] = true
	d.bring(k, told)
}

// bring appends the command by which a person keeps Git's value.
func (d *scroll) bring(k core.Keeping, told map[string]bool) {
	if k.Command != "" && !told[k.Command] {
		told[k.Command] = true
		d.command(5, k.Command)
	}
}

// keepAll appends what becomes of the changes of an object that is shown whole.
func (d *scroll) keepAll(f core.FabricState, v *core.Verdict) {
	told := map[string]bool{}
	for i, k := range keepings(f, v, decidedOn(f.Drafts)) {
		if i == 0 {
			d.add(scrollLine{fold: -1})
		}
		d.keep(engineOf(f), k, told)
	}
}

// command appends a line to be copied: whole where it fits, if need be by
// leaving out its indentation, else broken as a shell takes it. Each of its lines
// copies all of it, and where it is written out it is one line again.
func (d *scroll) command(indent int, line string) {
	whole, cut := safe.Clean(line), false
	for _, l := range commandLines(whole, indent, d.width-1) {
		cut = cut || widget.Width(l) > d.width-1
		text := widget.Fit(l, d.width-1, widget.CutEnd)
		d.add(scrollLine{fold: -1, command: whole, left: []part{{role: themes.Key, text: text}}})
	}
	if cut {
		d.add(scrollLine{fold: -1, command: whole, left: []part{{role: themes.Dim, text: safe.Sprintf("%*s(y on these lines copies it whole)", indent, "")}}})
	}
}

// commandLines are a command as it is to be copied, in lines of at most width
// columns. It is broken between words only, for within quotes a shell takes a
// backslash for what it is: a word that is wider than that has a line of its own,
// which is wider too.
func commandLines(line safe.Text, indent, width int) []safe.Text {
	if room := width - widget.Width(line); room >= 0 {
		return []safe.Text{safe.Sprintf("%*s", min(indent, room), "").Plus(line)}
	}
	lines, now := []safe.Text{}, safe.Text{}
	for i, w := range shellWords(line.String()) {
		word := safe.Clean(w)
		switch {
		case i == 0:
			now = word
		case widget.Width(now)+1+widget.Width(word) <= width-2:
			now = now.Plus(safe.Lit(" "), word)
		default:
			lines = append(lines, now.Plus(safe.Lit(` \`)))
			now = word
		}
	}
	return append(lines, now)
}

// shellWords are the words of a line, with their quotes.
func shellWords(line string) []string {
	var words []string
	word, open := "", false
	for piece := range strings.SplitSeq(line, " ") {
		if open {
			word += " "
		}
		word += piece
		if open = quotedIn(word); !open {
			words, word = append(words, word), ""
		}
	}
	if open {
		words = append(words, word)
	}
	return words
}

// commandShown draws a command in lines of a width: whole, or not at all where that
// is too narrow, for people copy it.
func commandShown(e Env, command string, width int) (lines []string, ok bool) {
	whole := safe.Clean(command)
	if e.text {
		return []string{" " + whole.String()}, true
	}
	for _, l := range commandLines(whole, 1, width) {
		if widget.Width(l) > width {
			return nil, false
		}
		lines = append(lines, widget.NewLine(width).Put(e.Style.ink(themes.Key), l).String())
	}
	return lines, true
}

// keepLines are what becomes of an object's changes where Git's values are kept,
// on a line each, and the first command that brings it about.
func keepLines(e Env, f core.FabricState, v *core.Verdict, width int) (says, commands []string) {
	for _, k := range keepings(f, v, e.decided(f)) {
		says = append(says, widget.NewLine(width).Put(e.Style.ink(themes.Dim), safe.Sprintf(" keeping git: %s", k.Sentence)).String())
		if k.Command != "" && len(commands) == 0 {
			commands, _ = commandShown(e, k.Command, width)
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
