package tui

import (
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// splitWidth is how many columns two texts need to stand beside each other.
const splitWidth = 100

// splitDiff writes both sides of an object beside each other: line by line, with
// their numbers, and with who set what differs.
type splitDiff struct {
	*scroll
	half    int // columns of one side
	numbers int // columns of a line's number
	sides   [2]splitSide
}

// splitSide is one of the two texts.
type splitSide struct {
	mark  string
	role  themes.Role
	paths []core.Path // of each line of the text
	next  int         // the line that is to be written next, from 0
	by    func(core.Change) (safe.Text, time.Time)
	told  map[core.Path]bool
}

// newSplitDiff shows both sides of an object as two YAML texts beside each other,
// with the lines that differ marked and those that do not folded. It is folded and
// stepped through as the unified one is, and ends as that does.
func newSplitDiff(f core.FabricState, v *core.Verdict, document func(map[string]any) ([]byte, error), o diffOptions, width int) *scroll {
	return newTextDiff(f, v, document, o, width, func(d *scroll, before, after string) {
		live := splitSide{by: liveBy, told: map[core.Path]bool{}}
		git := splitSide{by: gitBy, told: map[core.Path]bool{}}
		s := splitDiff{scroll: d, half: (width - len(splitBar)) / 2, sides: [2]splitSide{live, git}}
		if o.flip {
			s.sides = [2]splitSide{git, live}
		}
		s.sides[0].mark, s.sides[0].role, s.sides[0].paths = "- ", themes.Removed, linePaths(before)
		s.sides[1].mark, s.sides[1].role, s.sides[1].paths = "+ ", themes.Added, linePaths(after)
		s.numbers = max(len(strconv.Itoa(max(len(s.sides[0].paths), len(s.sides[1].paths)))), 3)
		s.document(v, docLines(before, after), o)
	})
}

const splitBar = " | "

// document appends the rows, with long runs that are the same folded.
func (d *splitDiff) document(v *core.Verdict, lines []docLine, o diffOptions) {
	for from := 0; from < len(lines); {
		to := from
		for to < len(lines) && (lines[to].mark == ' ') == (lines[from].mark == ' ') {
			to++
		}
		run := lines[from:to]
		if run[0].mark == ' ' {
			at := [2]int{d.sides[0].next, d.sides[1].next}
			d.same(len(run), from > 0, to < len(lines), o, func(i, fold int) {
				d.sides[0].next, d.sides[1].next = at[0]+i, at[1]+i
				d.row(scrollLine{fold: fold}, v, &run[i].text, &run[i].text, true)
			})
			d.sides[0].next, d.sides[1].next = at[0]+len(run), at[1]+len(run)
		} else {
			d.head()
			d.changed(v, run)
		}
		from = to
	}
}

// changed appends lines that differ, the first of the one side beside the first of
// the other.
func (d *splitDiff) changed(v *core.Verdict, run []docLine) {
	var texts [2][]*safe.Text
	for i := range run {
		side := 0
		if run[i].mark == '+' {
			side = 1
		}
		texts[side] = append(texts[side], &run[i].text)
	}
	for i := range max(len(texts[0]), len(texts[1])) {
		var left, right *safe.Text
		if i < len(texts[0]) {
			left = texts[0][i]
		}
		if i < len(texts[1]) {
			right = texts[1][i]
		}
		d.row(scrollLine{fold: -1}, v, left, right, false)
	}
}

// row appends one line of each side, nil where that has none, on as many lines as
// the longer of them takes.
func (d *splitDiff) row(l scrollLine, v *core.Verdict, left, right *safe.Text, same bool) {
	var stressed [2][]part
	if left != nil && right != nil && !same {
		stressed[0], stressed[1] = stress(*left, *right)
	}
	halves := [2][][]part{
		d.side(&d.sides[0], v, left, stressed[0], same),
		d.side(&d.sides[1], v, right, stressed[1], same),
	}
	empty := []part{{role: themes.Text, text: safe.Sprintf("%*s", d.half-1, "")}}
	for i := range max(len(halves[0]), len(halves[1])) {
		parts := [2][]part{empty, nil}
		for side, lines := range halves {
			if i < len(lines) {
				parts[side] = lines[i]
			}
		}
		if n := len(parts[1]); n > 0 && blank(parts[1][n-1]) {
			parts[1] = parts[1][:n-1]
		}
		line := l
		line.left = append(parts[0][:len(parts[0]):len(parts[0])], part{role: themes.Rule, text: safe.Lit(splitBar)})
		line.bar = len(parts[0])
		line.left = append(line.left, parts[1]...)
		d.add(line)
	}
}

// side is one line of a side: its number, its mark, the text, and who set it where
// there is room. A text that is too long goes on below.
func (d *splitDiff) side(s *splitSide, v *core.Verdict, t *safe.Text, stressed []part, same bool) [][]part {
	if t == nil {
		return nil
	}
	number := safe.Sprintf("%*d ", d.numbers, s.next+1)
	mark, role, by := "  ", themes.Text, part{role: themes.Dim}
	var at time.Time
	if !same {
		mark, role = s.mark, s.role
		by.text, at = s.who(v)
	}
	s.next++
	room := d.half - 1 - d.numbers - 1 - len(mark)
	lead := []part{{role: themes.Dim, text: number}, {role: role, text: safe.Clean(mark)}}
	if widget.Width(*t) <= room {
		body := stressed
		if len(body) == 0 {
			body = []part{{role: role, text: *t}}
		}
		return [][]part{append(append(lead, body...), tail(room-widget.Width(*t), by, at)...)}
	}
	pieces := safe.Multi(ansi.Hardwrap(t.String(), max(room-1, 1), true))
	lines := [][]part{}
	for i, piece := range pieces {
		if i > 0 {
			lead = []part{{role: role, text: safe.Sprintf("%*s", d.numbers+1+len(mark), "")}}
		}
		line := append(lead[:len(lead):len(lead)], part{role: role, text: piece})
		left := room - widget.Width(piece)
		if i < len(pieces)-1 {
			line, left = append(line, part{role: themes.Dim, text: safe.Lit(`\`)}), left-1
		}
		lines = append(lines, append(line, tail(left, part{}, time.Time{})...))
	}
	return lines
}

// tail fills the rest of a half with who set a value, where that fits.
func tail(room int, by part, at time.Time) []part {
	need := widget.Width(by.text) + 1
	if !at.IsZero() {
		need += 5
	}
	if by.text.Len() == 0 || need > room {
		return []part{{role: themes.Text, text: safe.Sprintf("%*s", room, "")}}
	}
	parts := []part{{role: themes.Text, text: safe.Sprintf("%*s", room-need+1, "")}, by}
	if !at.IsZero() {
		parts = append(parts, part{role: themes.Dim, text: safe.Lit(" ")}, part{role: themes.Dim, at: at})
	}
	return parts
}

// who is who set the value that the next line is of, told of each change once.
func (s *splitSide) who(v *core.Verdict) (safe.Text, time.Time) {
	if s.next >= len(s.paths) {
		return safe.Text{}, time.Time{}
	}
	for _, c := range v.Changes {
		if s.paths[s.next].Under(c.Path) && !s.told[c.Path] {
			s.told[c.Path] = true
			return s.by(c)
		}
	}
	return safe.Text{}, time.Time{}
}

// linePaths are the paths of the lines of a YAML text as this program writes it:
// two blanks for each level, one key or one item on a line. What cannot be told
// so, as within a text of several lines, has the path of what it lies in.
func linePaths(text string) []core.Path {
	type level struct {
		indent int
		path   core.Path
		items  int  // of the list that is here, so far
		item   bool // of the list that is above
	}
	stack := []level{{indent: -1, path: core.Root}}
	top := func() *level { return &stack[len(stack)-1] }
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	paths := make([]core.Path, len(lines))
	for i, l := range lines {
		rest := strings.TrimLeft(l, " ")
		indent := len(l) - len(rest)
		for strings.HasPrefix(rest, "- ") {
			// Items may stand as far to the left as the key of their list.
			for top().indent > indent || top().indent == indent && top().item {
				stack = stack[:len(stack)-1]
			}
			at := level{indent: indent, path: top().path.Index(top().items), item: true}
			top().items++
			stack = append(stack, at)
			rest, indent = rest[2:], indent+2
		}
		if key, ok := yamlKey(rest); ok {
			for top().indent >= indent {
				stack = stack[:len(stack)-1]
			}
			stack = append(stack, level{indent: indent, path: top().path.Key(key)})
		}
		paths[i] = top().path
	}
	return paths
}

// yamlKey is the key that a line of YAML begins with.
func yamlKey(line string) (string, bool) {
	if quoted, err := strconv.QuotedPrefix(line); err == nil {
		key, err := strconv.Unquote(quoted)
		return key, err == nil && strings.HasPrefix(line[len(quoted):], ":")
	}
	if key, ok := strings.CutSuffix(line, ":"); ok {
		return key, true
	}
	key, _, ok := strings.Cut(line, ": ")
	return key, ok
}
