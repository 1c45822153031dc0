package tui

import (
	"fmt"
	"slices"
	"strings"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// fabricColumn is a column of the list: how it is laid out, and what it says of
// a fabric.
type fabricColumn struct {
	widget.Column
	cell func(Env, fabricRow) (themes.Role, safe.Text)
}

// nameColumn is the index of the column that names the fabrics.
const nameColumn = 2

// The columns leave in this order, from the last one, where the room is short; the
// state and its age are the first.
const (
	engineRank = 2 + iota
	commitRank
	switchRank
)

// steady is what the columns had to hold since the screen has its width. They do not
// come and go with what they hold: who looks for one finds it where it was.
type steady struct {
	width                          int
	news, brief, sw                bool // what has a column, or shares one
	word, engine, switches, counts int  // the widest
	count                          int
}

// fit takes in what the rows hold now.
func (s *steady) fit(width int, rows []fabricRow) {
	if s.width != width {
		*s = steady{width: width}
	}
	for _, r := range rows {
		s.news = s.news || r.fresh > 0
		s.word = max(s.word, widget.Width(r.word))
		s.counts = max(s.counts, widget.Width(letters(r.FabricState)))
		s.switches = max(s.switches, widget.Width(r.switches.text))
		if r.engine.text.String() != noEngine {
			s.engine = max(s.engine, widget.Width(r.engine.text))
		}
	}
	s.count = max(s.count, widestCount(width, rows))
}

// fabricColumns are the columns of the list. What no fabric had anything to tell
// of has none.
func fabricColumns(e Env, rows []fabricRow, s *steady) []fabricColumn {
	s.fit(e.Width, rows)
	lead, tail := slices.Concat(leadColumns(rows, s), newsColumn(s)), slices.Concat(asideColumns(s), endColumns())
	counts := []fabricColumn{countsColumn(s)}
	// A name is whole before an engine or a commit is told, if it is not a long one.
	name := &lead[nameColumn].Column
	least := name.Min
	name.Min = max(least, longestName(rows, 16))
	if widget.Least(layout(slices.Concat(lead, counts, tail)), 1) > e.Width {
		name.Min = least
	}
	all := slices.Concat(lead, tallyColumns(e.Width, 3), tail)
	if widget.Natural(layout(all)) > e.Width && s.count < 3 {
		all = slices.Concat(lead, tallyColumns(e.Width, 2), tail)
	}
	// Where a column for each letter would push the commit out, or more than that, or
	// the switches that were there before, they share one, if that is of use.
	brief := slices.Concat(lead, counts, tail)
	chosen, forms, ranks := brief, [][]fabricColumn{all, brief}, []int{commitRank, engineRank}
	if s.brief {
		forms = forms[1:]
	}
	if s.sw {
		ranks = append([]int{switchRank}, ranks...)
	}
choose:
	for _, rank := range ranks {
		for _, columns := range forms {
			if widget.Least(layout(columns), rank) <= e.Width {
				chosen = columns
				break choose
			}
		}
	}
	s.brief = len(chosen) == len(brief)
	s.sw = s.switches > 0 && widget.Least(layout(chosen), switchRank) <= e.Width
	return chosen
}

// longestName is how many columns the longest name takes, of those that take no more
// than most.
func longestName(rows []fabricRow, most int) int {
	longest := 0
	for _, f := range rows {
		if n := widget.Width(fabricName(f.FabricState)); n <= most {
			longest = max(longest, n)
		}
	}
	return longest
}

func layout(columns []fabricColumn) []widget.Column {
	all := make([]widget.Column, len(columns))
	for i, c := range columns {
		all[i] = c.Column
	}
	return all
}

func leadColumns(rows []fabricRow, s *steady) []fabricColumn {
	name, word := len("FABRIC"), max(12, s.word)
	for _, f := range rows {
		name = max(name, widget.Width(fabricName(f.FabricState)))
	}
	return []fabricColumn{
		{
			widget.Column{Title: safe.Lit(" "), Width: 1},
			func(_ Env, r fabricRow) (themes.Role, safe.Text) {
				return role(r.state), safe.Clean(string(r.state.Letter()))
			},
		},
		{
			widget.Column{Title: safe.Lit("STATE"), Width: min(word, 16), Min: 11, Rank: 1},
			func(_ Env, r fabricRow) (themes.Role, safe.Text) { return role(r.state), r.word },
		},
		{
			widget.Column{Title: safe.Lit("FABRIC"), Width: min(max(name, 12), 30), Min: leastName(rows), Grow: true, Cut: widget.CutMiddle},
			func(_ Env, r fabricRow) (themes.Role, safe.Text) { return themes.Text, fabricName(r.FabricState) },
		},
	}
}

// leastName is how many columns the names need at least: so many that no two look
// the same, none is cut to a stump, and what is said behind one is seen.
func leastName(rows []fabricRow) int {
	const most = 20
	longest, least := len("dc-1"), 10
	for _, f := range rows {
		name := fabricName(f.FabricState)
		longest = max(longest, widget.Width(name))
		if name != safe.Clean(string(f.Fabric.ID)) {
			least = 16
		}
	}
	for width := min(longest, least); width < min(longest, most); width++ {
		seen := map[safe.Text]bool{}
		for _, f := range rows {
			seen[widget.Fit(fabricName(f.FabricState), width, widget.CutMiddle)] = true
		}
		if len(seen) == len(rows) {
			return width
		}
	}
	return min(longest, most)
}

// endColumns say at which commit Git was read, and how old the live answer is.
func endColumns() []fabricColumn {
	return []fabricColumn{
		{
			widget.Column{Title: safe.Lit("GIT"), Width: 9, Min: 7, Rank: commitRank},
			func(_ Env, r fabricRow) (themes.Role, safe.Text) {
				if r.Report != nil && r.GitAccess() != core.AccessOK {
					return themes.Warn, revisions(r.Report)
				}
				return themes.Dim, revisions(r.Report)
			},
		},
		{
			widget.Column{Title: safe.Lit("SEEN"), Width: 4, Right: true, Rank: 1},
			func(e Env, r fabricRow) (themes.Role, safe.Text) {
				is, at := themes.Dim, safe.Lit("?")
				if a := r.Access(e.Now); a != core.AccessOK && a != "" {
					is = themes.Warn
				}
				if r.Report != nil {
					at = age(e.Now, r.Report.Live.ReadAt)
				}
				return is, at
			},
		},
	}
}

// asideColumns are those of the engine and of the switches.
func asideColumns(s *steady) []fabricColumn {
	engine, switches := s.engine, s.switches
	columns := []fabricColumn{}
	if engine > 0 {
		columns = append(columns, fabricColumn{
			widget.Column{Title: safe.Lit("ENGINE"), Width: min(max(engine, len("ENGINE")), 13), Rank: engineRank},
			func(_ Env, r fabricRow) (themes.Role, safe.Text) { return r.engine.role, r.engine.text },
		})
	}
	if switches > 0 {
		columns = append(columns, fabricColumn{
			widget.Column{Title: safe.Lit("SW"), Width: min(max(switches, len("SW")), 9), Right: true, Rank: switchRank},
			func(_ Env, r fabricRow) (themes.Role, safe.Text) { return r.switches.role, r.switches.text },
		})
	}
	return columns
}

// noEngine is the word of [core.Engine] where none was found.
const noEngine = "none"

// tally is a column that counts objects. Where room is short, states that are
// close to each other share one.
type tally struct {
	title  string
	states []core.State
}

func tallies(width int) []tally {
	if width >= 140 {
		all := []tally{}
		for _, s := range core.States()[:core.InSync] {
			all = append(all, tally{string(s.Letter()), []core.State{s}})
		}
		return all
	}
	return []tally{
		{"xs", []core.State{core.Invalid, core.Stuck}},
		{"!", []core.State{core.Conflict}},
		{"?", []core.State{core.Unknown}},
		{"~", []core.State{core.Drifted}},
		{"*", []core.State{core.Differs}},
		{"+", []core.State{core.OnlyGit}},
		{"-", []core.State{core.OnlyLive}},
		{"^#", []core.State{core.Pending, core.Acknowledged}},
	}
}

// tallyColumns count objects, each in so many columns.
func tallyColumns(width, each int) []fabricColumn {
	columns := []fabricColumn{}
	for _, t := range tallies(width) {
		columns = append(columns, fabricColumn{
			widget.Column{Title: safe.Clean(t.title), Width: each, Right: true},
			func(_ Env, r fabricRow) (themes.Role, safe.Text) {
				n, known := r.Count(t.states...)
				switch {
				case !known:
					return themes.Dim, safe.Lit("?")
				case n == 0:
					return themes.Dim, safe.Lit(".")
				}
				return role(t.states[0]), short(n)
			},
		})
	}
	return columns
}

// widestCount is how many columns the largest count takes.
func widestCount(width int, rows []fabricRow) int {
	widest := 0
	for _, t := range tallies(width) {
		for _, r := range rows {
			if n, _ := r.Count(t.states...); n > widest {
				widest = n
			}
		}
	}
	return widget.Width(short(widest))
}

// countsColumn has all counts in one cell.
func countsColumn(s *steady) fabricColumn {
	counts := max(len("COUNTS"), s.counts)
	return fabricColumn{
		widget.Column{Title: safe.Lit("COUNTS"), Width: counts, Min: min(counts, 24)},
		func(_ Env, r fabricRow) (themes.Role, safe.Text) { return role(r.state), letters(r.FabricState) },
	}
}

// letters are a fabric's counts in one word each, none of them zero: 2~ 1+. A
// question mark alone stands for the numbers that are not known, where none with a
// number says so.
func letters(f core.FabricState) safe.Text {
	words, unread := []string{}, false
	for _, s := range core.States()[:core.InSync] {
		n, known := f.Count(s)
		unread = unread || !known
		if n > 0 {
			words = append(words, fmt.Sprintf("%s%c", short(n), s.Letter()))
		}
	}
	if n, _ := f.Count(core.Unknown); unread && n == 0 {
		words = append(words, "?")
	}
	if len(words) == 0 {
		words = append(words, ".")
	}
	return safe.Clean(strings.Join(words, " "))
}

// fabricName is a fabric's name in a list. That its cluster's certificate is
// not verified must be seen as long as it lasts.
func fabricName(f core.FabricState) safe.Text {
	if f.Report != nil && f.Report.Live.Insecure {
		return safe.Sprintf("%s [insecure]", f.Fabric.ID)
	}
	return safe.Clean(string(f.Fabric.ID))
}
