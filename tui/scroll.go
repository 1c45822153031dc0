package tui

import (
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// folding is which folds of a scroll are open.
type folding struct {
	all  bool         // nothing is folded
	open map[int]bool // those that were opened, by their number
}

// scroll is a long text as lines, without the ink: it is made once for an
// object and drawn line by line when one is seen. What it is made of, the
// changes of a diff or the parts of an explanation, can be stepped through.
type scroll struct {
	lines   []scrollLine
	heads   []int // the first line of each change
	changes int   // how many of them are told apart in numbers
	folds   int
	width   int
}

// scrollLine is one line of a scroll.
type scrollLine struct {
	change int // the change that it belongs to, -1 for none
	row    int // the how-manieth of its change it is
	fold   int // the fold that it stands for or ends, -1 for none
	left   []part
	bar    int // how many parts of left the cursor's bar covers, 0 for all
	right  []part
	at     time.Time // its age is drawn at the right end

	command safe.Text // the command for a shell that the line is of
	whole   safe.Text // the text that it is a piece of, or behind its mark; empty for neither

	// A row of a table has these in place of left, right and at.
	table *widget.Table
	cells []part
}

// part is a piece of a line in one role.
type part struct {
	role   themes.Role
	text   safe.Text
	at     time.Time // its age is the text where this is set
	strong bool
}

// blank tells whether a part only keeps room free.
func blank(p part) bool { return p.at.IsZero() && strings.Trim(p.text.String(), " ") == "" }

func newScroll(width int) *scroll { return &scroll{width: max(width, 1)} }

// head starts a change.
func (d *scroll) head() { d.heads = append(d.heads, len(d.lines)) }

// add appends a line to the change that was started last.
func (d *scroll) add(l scrollLine) {
	l.change = len(d.heads) - 1
	if l.change >= 0 {
		l.row = len(d.lines) - d.heads[l.change]
	}
	d.lines = append(d.lines, l)
}

// say appends a sentence, indented and wrapped at its words.
func (d *scroll) say(r themes.Role, indent int, t safe.Text) {
	lead := safe.Sprintf("%*s", indent, "")
	for _, l := range widget.Wrap(t, max(d.width-1-indent, 1)) {
		d.add(scrollLine{fold: -1, left: []part{{role: r, text: lead.Plus(l)}}, whole: t})
	}
}

// marked appends a text behind a mark, on as many lines as it takes: a diff
// must not hide the end of a value. A backslash marks a line that goes on. What
// belongs on the right goes below where there is no room.
func (d *scroll) marked(r themes.Role, mark string, t safe.Text, l scrollLine) {
	room := d.width - 1 - len(mark) - partsWidth(l.right)
	if !l.at.IsZero() {
		room -= 6
	}
	whole := d.width - 1 - len(mark)
	if long := widget.Width(t) > room && widget.Width(t) <= whole; len(l.right) > 0 && (long || room < min(16, widget.Width(t))) {
		right, at := l.right, l.at
		l.right, l.at = nil, time.Time{}
		d.marked(r, mark, t, l)
		d.below(len(mark), right, at)
		return
	}
	if widget.Width(t) <= room {
		if len(l.left) == 0 {
			l.left = []part{{role: r, text: t}}
		}
		l.left, l.whole = append([]part{{role: r, text: safe.Clean(mark)}}, l.left...), t
		d.add(l)
		return
	}
	pieces := safe.Multi(ansi.Hardwrap(t.String(), max(room-1, 1), true))
	for i, piece := range pieces {
		line := scrollLine{fold: -1, left: []part{{role: r, text: safe.Clean(mark)}, {role: r, text: piece}}, whole: t}
		if i < len(pieces)-1 {
			line.left = append(line.left, part{role: themes.Dim, text: safe.Lit(`\`)})
		}
		if i == 0 {
			line.right, line.at, line.fold = l.right, l.at, l.fold
		}
		d.add(line)
	}
}

// below appends what had no room on the right of the line before.
func (d *scroll) below(indent int, right []part, at time.Time) {
	if len(right) == 0 {
		return
	}
	l := scrollLine{fold: -1, left: []part{{role: themes.Dim, text: safe.Sprintf("%*s", indent, "")}}, at: at}
	for i, p := range right {
		if i > 0 {
			l.left = append(l.left, part{role: themes.Dim, text: safe.Lit(" ")})
		}
		l.left = append(l.left, p)
	}
	d.add(l)
}

// folded appends the line that stands for n hidden ones.
func (d *scroll) folded(fold, n int, what string) {
	text := safe.Sprintf(" -- %s hidden (z unfolds, Z all) --", plural(n, what))
	d.add(scrollLine{fold: fold, left: []part{{role: themes.Rule, text: text}}})
}

func partsWidth(parts []part) int {
	n := 0
	for _, p := range parts {
		n += widget.Width(p.text) + 1
	}
	return n
}

// draw paints a line, with the cursor before it where it is selected.
func (l scrollLine) draw(s *Style, now time.Time, selected bool, width int) string {
	ink := func(p part) widget.Ink {
		if p.strong && !selected {
			return s.emphasis(p.role)
		}
		return s.on(selected, p.role)
	}
	if l.table != nil {
		cells := make([]widget.Span, len(l.cells))
		for i, p := range l.cells {
			cells[i] = widget.Span{Ink: ink(p), Text: p.text}
		}
		return l.table.Row(s.on(selected, themes.Text), selected, cells)
	}
	line := widget.NewLine(width)
	if selected {
		line.Put(s.on(true, themes.Text), safe.Lit(">"))
	} else {
		line.Gap(widget.Ink{}, 1)
	}
	for i, p := range l.left {
		if !p.at.IsZero() {
			p.text, p.at = safe.Sprintf("%4s", age(now, p.at)), time.Time{}
		}
		is := ink(p)
		if l.bar > 0 && i >= l.bar {
			is = is.Behind()
		}
		if blank(p) {
			line.Gap(is, p.text.Len())
			continue
		}
		line.Put(is, p.text)
	}
	right := l.right
	if !l.at.IsZero() {
		right = append(right[:len(right):len(right)], part{role: themes.Dim, text: safe.Sprintf("%4s", age(now, l.at))})
	}
	if n := partsWidth(right); n > 0 && n < line.Room() {
		line.Gap(widget.Ink{}, line.Room()-n+1)
		for i, p := range right {
			if i > 0 {
				line.Gap(s.ink(p.role), 1)
			}
			line.Put(ink(p).Behind(), p.text)
		}
	}
	return line.String()
}
