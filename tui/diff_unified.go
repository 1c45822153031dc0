package tui

import (
	"fmt"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
)

// newUnifiedDiff shows both sides of an object as one YAML text, with the
// lines that differ marked and those that do not folded. Below it says what the
// fabric's engine makes of the differences where Git's values are kept.
func newUnifiedDiff(f core.FabricState, v *core.Verdict, document func(map[string]any) ([]byte, error), o diffOptions, width int) *scroll {
	return newTextDiff(f, v, document, o, width, func(d *scroll, before, after string) {
		d.document(docLines(before, after), o)
	})
}

// newTextDiff shows an object by its two YAML texts, as write lays them over each
// other.
func newTextDiff(f core.FabricState, v *core.Verdict, document func(map[string]any) ([]byte, error), o diffOptions, width int,
	write func(d *scroll, before, after string),
) *scroll {
	d := newScroll(width)
	switch {
	case v.Git != nil || v.Live != nil:
	case len(v.Changes) == 0:
		d.unchanged(v)
		return d
	default:
		says := safe.Lit("neither side is at hand as a whole: the next check reads them")
		if !o.within {
			says = says.Plus(safe.Lit(" (t shows the fields)"))
		}
		d.say(themes.Dim, 2, says)
		return d
	}
	before, err := text(v, v.Live, document)
	if err == nil {
		var after string
		after, err = text(v, v.Git, document)
		if o.flip {
			before, after = after, before
		}
		if err == nil {
			write(d, before, after)
			d.missing(v)
		}
	}
	if err != nil {
		d.say(themes.Error, 2, safe.Sprintf("draw as YAML: %v", err))
	}
	d.changes = len(d.heads)
	d.keepAll(f, v)
	if o.aside {
		d.aside(v.Folded)
	}
	return d
}

// text is one side as YAML; empty where there is none.
func text(v *core.Verdict, fields map[string]any, document func(map[string]any) ([]byte, error)) (string, error) {
	if fields == nil || document == nil {
		return "", nil
	}
	data, err := document(core.Document(v.Key, v.Version, fields))
	if err != nil {
		return "", fmt.Errorf("%s: %w", v.Key, err)
	}
	return string(data), nil
}

// docLine is one line of both texts laid over each other: with ' ' in both,
// with - in the first only, with + in the second only.
type docLine struct {
	mark byte
	text safe.Text
}

// role is how the line is drawn: one that is in both texts in the role same.
func (l docLine) role(same themes.Role) themes.Role {
	switch l.mark {
	case '-':
		return themes.Removed
	case '+':
		return themes.Added
	}
	return same
}

func docLines(before, after string) []docLine {
	lines := []docLine{}
	add := func(mark byte, s string) {
		for _, t := range safe.Multi(s) {
			lines = append(lines, docLine{mark, t})
		}
	}
	at := 0
	edits := udiff.Lines(before, after)
	udiff.SortEdits(edits)
	for _, e := range edits {
		add(' ', before[at:e.Start])
		add('-', before[e.Start:e.End])
		add('+', e.New)
		at = e.End
	}
	add(' ', before[at:])
	return lines
}

// document appends the lines, with long runs that are the same on both sides
// folded.
func (d *scroll) document(lines []docLine, o diffOptions) {
	for from := 0; from < len(lines); {
		to := from
		for to < len(lines) && (lines[to].mark == ' ') == (lines[from].mark == ' ') {
			to++
		}
		if lines[from].mark == ' ' {
			run := lines[from:to]
			d.same(len(run), from > 0, to < len(lines), o, func(i, fold int) { d.docLine(run[i], fold) })
		} else {
			d.head()
			for _, l := range lines[from:to] {
				d.docLine(l, -1)
			}
		}
		from = to
	}
}

// missing tells what two texts cannot show: that they are the same, and what is
// gone from both.
func (d *scroll) missing(v *core.Verdict) {
	off, _ := split(v)
	if len(off) == 0 && len(d.heads) == 0 {
		d.say(themes.Dim, 2, safe.Clean(v.Agreement()))
	}
	for _, c := range off {
		if nowhere(c) {
			d.add(scrollLine{fold: -1})
			d.head()
			d.say(themes.Dim, 2, safe.Sprintf("%s is gone from live, and not in git (t shows what it was)", c.Path))
		}
	}
}

// same appends a run of n lines that are the same on both sides: its ends as
// context for the changes before and after it, its middle folded.
func (d *scroll) same(n int, before, after bool, o diffOptions, write func(i, fold int)) {
	fold := d.folds
	d.folds++
	head, tail := 0, 0
	if before {
		head = o.context
	}
	if after {
		tail = o.context
	}
	if o.all || o.open[fold] || head+tail+1 >= n {
		mark := fold
		if head+tail+1 >= n {
			mark = -1
		}
		for i := range n {
			write(i, mark)
		}
		return
	}
	for i := range head {
		write(i, -1)
	}
	d.folded(fold, n-head-tail, "unchanged line")
	for i := n - tail; i < n; i++ {
		write(i, -1)
	}
}

func (d *scroll) docLine(l docLine, fold int) {
	if strings.TrimSpace(l.text.String()) == "" {
		l.text = safe.Lit(" ")
	}
	d.marked(l.role(themes.Text), string(l.mark)+" ", l.text, scrollLine{fold: fold})
}
