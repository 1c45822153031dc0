package widget

import (
	"slices"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
	_ "github.com/charmbracelet/x/exp/golden" // go test ./tui/... -update gives this package the flag too

	"selvage/core/safe"
)

func TestFit(t *testing.T) {
	tests := []struct {
		in    string
		width int
		cut   Cut
		want  string
	}{
		{"short", 5, CutEnd, "short"},
		{"a sentence", 6, CutEnd, "a se.."},
		{"srv-07--unbundled--leaf-03", 13, CutMiddle, "srv-0..eaf-03"},
		{".spec.subnets.web.dhcp", 12, CutStart, "..s.web.dhcp"},
		{"abcdef", 3, CutMiddle, "a.."},
		{"abcdef", 2, CutEnd, ".."},
		{"abcdef", 1, CutStart, "."},
		{"abcdef", 0, CutEnd, ""},
		{"abcdef", -1, CutEnd, ""},
		{"機機機機", 5, CutEnd, "機.."},
		{"機機機機機", 7, CutStart, "..機機"},
	}
	for _, tt := range tests {
		got := Fit(safe.Clean(tt.in), tt.width, tt.cut)
		if got.String() != tt.want || Width(got) > max(tt.width, 0) {
			t.Errorf("Fit(%q, %d, %d) = %q, want %q", tt.in, tt.width, tt.cut, got, tt.want)
		}
	}
}

func TestWrapKeepsEveryWord(t *testing.T) {
	const text = "list vpcs.vpc.githedgehog.com: dial tcp 10.9.3.10:6443: i/o timeout"
	for width := 1; width < 80; width++ {
		joined := ""
		for _, l := range Wrap(safe.Clean(text), width) {
			if Width(l) > width {
				t.Fatalf("Wrap(%d) made %q", width, l)
			}
			joined += l.String()
		}
		if got := strings.ReplaceAll(joined, " ", ""); got != strings.ReplaceAll(text, " ", "") {
			t.Fatalf("Wrap(%d) lost something: %q", width, got)
		}
	}
}

func TestInkPaintsOnlyTheText(t *testing.T) {
	ink := NewInk(lipgloss.NewStyle().Bold(true).Foreground(lipgloss.Color("#ff0000")).Padding(3).Width(20))
	got := ink.Paint(safe.Lit("hi"))
	if ansi.Strip(got) != "hi" || !strings.HasPrefix(got, "\x1b[") || !strings.HasSuffix(got, "m") {
		t.Errorf("Paint = %q", got)
	}
	if got := (Ink{}).Paint(safe.Lit("hi")); got != "hi" {
		t.Errorf("Paint without ink = %q", got)
	}
}

func TestLineNeverGetsWiderThanItsWidth(t *testing.T) {
	long := safe.Clean("機機 a long text that does not fit anywhere")
	ink := NewInk(lipgloss.NewStyle().Bold(true))
	for width := -1; width < 60; width++ {
		lines := []string{
			NewLine(width).Put(ink, long).Put(ink, long).Fill(ink).String(),
			NewLine(width).Cell(ink, long, 7, true, CutMiddle).Gap(ink, 3).Cell(ink, long, 9, false, CutStart).String(),
			Rule(width, ink, Span{ink, long}, Span{ink, long}),
			Rule(width, ink, Span{}, Span{ink, safe.Lit("note")}),
			Ends(width, ink, []Span{{ink, long}}, []Span{{ink, long}, {ink, safe.Lit("end")}}),
		}
		for i, l := range lines {
			if got := ansi.StringWidth(l); got > max(width, 0) {
				t.Errorf("width %d: line %d takes %d columns: %q", width, i, got, ansi.Strip(l))
			}
		}
		if got := ansi.StringWidth(lines[0]); got != max(width, 0) {
			t.Errorf("width %d: a filled line takes %d columns", width, got)
		}
	}
}

func TestEndsLeavesTheFirstFactsOutFirst(t *testing.T) {
	text := func(s string) Span { return Span{Ink{}, safe.Clean(s)} }
	left, right := []Span{text("left")}, []Span{text("one "), text("two")}
	tests := []struct {
		width int
		want  string
	}{
		{20, "left         one two"},
		{10, "left   two"},
		{8, "left    "},
		{4, "left"},
		{3, "l.."},
	}
	for _, tt := range tests {
		if got := Ends(tt.width, Ink{}, left, right); got != tt.want {
			t.Errorf("Ends(%d) = %q, want %q", tt.width, got, tt.want)
		}
	}
}

func columns() []Column {
	return []Column{
		{Title: safe.Lit("S"), Width: 1},
		{Title: safe.Lit("NAME"), Width: 12, Min: 6, Grow: true, Cut: CutMiddle},
		{Title: safe.Lit("N"), Width: 3, Right: true, Rank: 1},
		{Title: safe.Lit("AGE"), Width: 4, Right: true, Rank: 2},
	}
}

func TestTableLayout(t *testing.T) {
	cells := []Span{{Ink{}, safe.Lit("~")}, {Ink{}, safe.Lit("a-long-name-03")}, {Ink{}, safe.Lit("12")}, {Ink{}, safe.Lit("3h")}}
	for width := range 40 {
		got := NewTable(width, columns()).Row(Ink{}, true, cells)
		if ansi.StringWidth(got) != width {
			t.Errorf("width %d: row takes %d columns: %q", width, ansi.StringWidth(got), got)
		}
	}
	if got := NewTable(Natural(columns()), columns()).Row(Ink{}, false, cells); got != "  ~ a-lon..me-03  12   3h" {
		t.Errorf("natural row = %q", got)
	}
	if got := NewTable(14, columns()).Row(Ink{}, false, cells); strings.Contains(got, "3h") || !strings.Contains(got, "12") {
		t.Errorf("of two columns that can leave, the wrong one did: %q", got)
	}
	if got := NewTable(30, columns()).Head(Ink{}); got != "  S NAME                N  AGE" {
		t.Errorf("head = %q", got)
	}
}

func TestWindowShowsTheCursor(t *testing.T) {
	var w Window
	w.SetLen(100)
	for _, step := range []struct{ to, from int }{{0, 0}, {9, 0}, {10, 1}, {50, 41}, {45, 41}, {40, 40}, {99, 90}, {500, 90}, {-5, 0}} {
		w.To(step.to)
		from, to := w.See(10)
		if from != step.from || to != from+10 || w.Cursor() < from || w.Cursor() >= to {
			t.Errorf("after To(%d): lines %d to %d with the cursor on %d, want from %d", step.to, from, to, w.Cursor(), step.from)
		}
	}
	w.SetLen(0)
	if from, to := w.See(10); from != 0 || to != 0 || w.Cursor() != 0 {
		t.Errorf("empty window shows %d to %d, cursor %d", from, to, w.Cursor())
	}
	if from, to := w.See(0); from != 0 || to != 0 {
		t.Errorf("window without height shows %d to %d", from, to)
	}
}

func TestWindowShowsWhatFollowsTheCursor(t *testing.T) {
	var w Window
	w.SetLen(100)
	w.To(20)
	w.Show(25, 10)
	if from, to := w.See(10); from != 16 || to != 26 {
		t.Errorf("lines %d to %d, want 16 to 26", from, to)
	}
	w.To(50)
	w.Show(80, 10)
	if from, _ := w.See(10); from != 50 {
		t.Errorf("of a part that does not fit, lines from %d are shown, want from its beginning, 50", from)
	}
}

func TestListCursorFollowsItsThing(t *testing.T) {
	var l List[string]
	l.SetKeys(strings.Fields("a b c d e"))
	l.To(2)
	tests := []struct{ keys, want string }{
		{"e d c b a", "c"},
		{"x y c", "c"},
		{"y z", "y"}, // c is gone and nothing came after it
		{"", ""},
		{"q r", "q"},
	}
	for _, tt := range tests {
		l.SetKeys(strings.Fields(tt.keys))
		got, ok := l.Selected()
		if got != tt.want || ok != (tt.want != "") {
			t.Errorf("with %q the cursor is on %q, want %q", tt.keys, got, tt.want)
		}
	}
	if !l.Select("r") || l.Select("nowhere") {
		t.Error("Select does not tell what is there")
	}
	if got, _ := l.Selected(); got != "r" {
		t.Errorf("selected %q, want r", got)
	}
	if !slices.Equal(l.Keys(), []string{"q", "r"}) {
		t.Errorf("Keys = %q", l.Keys())
	}
}

func TestBesideKeepsColumnsApart(t *testing.T) {
	got := Beside(3, 4, Ink{}, []string{"left"}, []string{"r1", "r2"})
	want := []string{"left | r1", "     | r2", "     | "}
	if !slices.Equal(got, want) {
		t.Errorf("Beside = %q, want %q", got, want)
	}
}

func TestFitApartKeepsDifferentTextsApart(t *testing.T) {
	texts := []safe.Text{}
	for _, s := range []string{"機", "srv-07--unbundled--leaf-03", "srv-08--unbundled--leaf-03", "srv-07--bundled----leaf-03", "srv-07--unbundled--leaf-03", "srv-é7--unbundled--leaf-03", "srv-è7--unbundled--leaf-03"} {
		texts = append(texts, safe.Clean(s))
	}
	middle := func(int) Cut { return CutMiddle }
	for width := 12; width < 30; width++ {
		seen := map[string]string{}
		for i, got := range FitApart(texts, width, middle) {
			if Width(got) > width {
				t.Errorf("width %d: %q is wider", width, got)
			}
			if other, ok := seen[got.String()]; ok && other != texts[i].String() {
				t.Errorf("width %d: %q and %q both look like %q", width, other, texts[i], got)
			}
			seen[got.String()] = texts[i].String()
		}
	}
	for width := -1; width < 12; width++ {
		for _, got := range FitApart(texts, width, middle) {
			if Width(got) > max(width, 0) {
				t.Errorf("width %d: %q is wider", width, got)
			}
		}
	}
}

func TestRowOverGivesTheLastCellAllRoom(t *testing.T) {
	cells := []Span{{Ink{}, safe.Lit("x")}, {Ink{}, safe.Lit("name")}, {Ink{}, safe.Lit("7")}, {Ink{}, safe.Lit("a long reason")}}
	if got := NewTable(30, columns()).RowOver(Ink{}, false, Span{}, cells, 1, 3); got != "  x name a long reason        " {
		t.Errorf("row = %q", got)
	}
	for width := range 40 {
		if got := ansi.StringWidth(NewTable(width, columns()).RowOver(Ink{}, true, Span{}, cells, 1, 3)); got != width {
			t.Errorf("width %d: row takes %d columns", width, got)
		}
	}
}

func TestWrapBreaksAtSpacesOnly(t *testing.T) {
	for _, tt := range []struct {
		text  string
		width int
		want  []string
	}{
		{"selvage accept dc1 --mass-change", 20, []string{"selvage accept dc1", "--mass-change"}},
		{"until 2026-11-29: all", 12, []string{"until", "2026-11-29:", "all"}},
		{"0123456789ab cd", 5, []string{"01234", "56789", "ab cd"}},
		{"機機 x", 3, []string{"機", "機 x"[:len("機")], "x"}},
		{"", 5, []string{""}},
		{"a", 0, nil},
	} {
		var got []string
		for _, l := range Wrap(safe.Clean(tt.text), tt.width) {
			got = append(got, l.String())
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("Wrap(%q, %d) = %q, want %q", tt.text, tt.width, got, tt.want)
		}
	}
}

func TestWrapEndsWhereNoCharacterFits(t *testing.T) {
	if got := Wrap(safe.Clean("機機"), 1); len(got) == 0 {
		t.Error("nothing is drawn")
	}
}

// Blanks that look the same are drawn in the ink before them; a bar's are not.
func TestBlanksTakeNoInkOfTheirOwn(t *testing.T) {
	red := NewInk(lipgloss.NewStyle().Foreground(lipgloss.Color("1")))
	blue := NewInk(lipgloss.NewStyle().Foreground(lipgloss.Color("4")).Bold(true))
	bar := NewInk(lipgloss.NewStyle().Background(lipgloss.Color("7")))
	for _, c := range []struct {
		line *Line
		want string
	}{
		{NewLine(9).Put(red, safe.Lit("a")).Gap(blue, 2).Put(blue, safe.Lit("b")), "\x1b[31ma  \x1b[m\x1b[1;34mb\x1b[m"},
		{NewLine(9).Put(red, safe.Lit("a")).Put(red, safe.Lit("b")), "\x1b[31mab\x1b[m"},
		{NewLine(9).Gap(red, 2).Put(red, safe.Lit("a")), "  \x1b[31ma\x1b[m"},
		{NewLine(9).Put(red, safe.Lit("a")).Gap(bar, 2), "\x1b[31ma\x1b[m\x1b[47m  \x1b[m"},
		{NewLine(4).Put(red, safe.Lit("a")).Fill(blue), "\x1b[31ma\x1b[m   "},
		{NewLine(4).Put(red, safe.Lit("a")).Fill(bar), "\x1b[31ma\x1b[m\x1b[47m   \x1b[m"},
	} {
		if got := c.line.String(); got != c.want {
			t.Errorf("drew %q, want %q", got, c.want)
		}
	}
}

// The bar of the cursor covers what names a row, and not what stands behind it.
func TestABarEndsWithTheColumnThatGrows(t *testing.T) {
	plain := NewInk(lipgloss.NewStyle().Foreground(lipgloss.Color("1")))
	bar := Bar(NewInk(lipgloss.NewStyle().Background(lipgloss.Color("7"))), plain)
	table := NewTable(12, []Column{{Width: 1}, {Width: 3, Grow: true}, {Width: 2}})
	got := table.Row(bar, true, []Span{{bar, safe.Lit("x")}, {bar, safe.Lit("one")}, {bar, safe.Lit("2")}})
	if want := "\x1b[47m> x one  \x1b[m\x1b[31m 2 \x1b[m"; got != want {
		t.Errorf("drew %q, want %q", got, want)
	}
}
