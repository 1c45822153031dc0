package widget

import (
	"slices"

	"selvage/core/safe"
)

// Column is one column of a table.
type Column struct {
	Title safe.Text
	Width int  // wished for
	Min   int  // given where the room is short; 0 stands for Width
	Grow  bool // takes the room that is left
	Right bool // aligned to the right
	Cut   Cut
	Rank  int // where the room is short, columns of the highest rank leave first; those of rank 0 stay
}

// Table lays columns out over a width. It holds no rows: each is drawn when it
// is seen.
type Table struct {
	width   int
	columns []Column
	widths  []int // 0 where the column has left
}

const cursorWidth = 2 // "> " before every row

// NewTable lays columns out over width, with one blank between any two.
func NewTable(width int, columns []Column) *Table {
	t := &Table{width: width, columns: columns, widths: make([]int, len(columns))}
	for i, c := range columns {
		t.widths[i] = c.Width
	}
	for t.total(Column.least) > width && t.drop() {
	}
	short := t.total(nil) - width
	for i, c := range slices.Backward(columns) {
		if t.widths[i] > 0 && short > 0 {
			take := min(short, t.widths[i]-c.least())
			t.widths[i] -= take
			short -= take
		}
	}
	for i, c := range columns {
		if c.Grow && t.widths[i] > 0 && short < 0 {
			t.widths[i] -= short
			short = 0
		}
	}
	return t
}

// Natural is the width at which nothing is left out or cut.
func Natural(columns []Column) int {
	n := cursorWidth - 1
	for _, c := range columns {
		n += c.Width + 1
	}
	return n
}

// total is the width of the columns that have not left: as they are, or what
// width makes of each.
func (t *Table) total(width func(Column) int) int {
	n := cursorWidth - 1
	for i, w := range t.widths {
		switch {
		case w == 0:
		case width != nil:
			n += width(t.columns[i]) + 1
		default:
			n += w + 1
		}
	}
	return n
}

func (c Column) least() int {
	if c.Min > 0 {
		return min(c.Min, c.Width)
	}
	return c.Width
}

// drop lets the column leave that can best be missed; false if all must stay.
func (t *Table) drop() bool {
	next := -1
	for i, c := range t.columns {
		if t.widths[i] > 0 && c.Rank > 0 && (next < 0 || c.Rank >= t.columns[next].Rank) {
			next = i
		}
	}
	if next >= 0 {
		t.widths[next] = 0
	}
	return next >= 0
}

// Head draws the titles.
func (t *Table) Head(ink Ink) string {
	cells := make([]Span, len(t.columns))
	for i, c := range t.columns {
		cells[i] = Span{ink, c.Title}
	}
	return t.draw(ink, safe.Lit("  "), cells)
}

// Row draws one row, one cell for each column, exactly as wide as the table.
// The cursor stands before the row that is selected; base is the ink of what
// lies between the cells.
func (t *Table) Row(base Ink, selected bool, cells []Span) string {
	cursor := safe.Lit("  ")
	if selected {
		cursor = safe.Lit("> ")
	}
	return t.draw(base, cursor, cells)
}

func (t *Table) draw(base Ink, cursor safe.Text, cells []Span) string {
	l := NewLine(t.width).Put(base, cursor)
	first := true
	for i, c := range t.columns {
		if t.widths[i] == 0 || i >= len(cells) {
			continue
		}
		if !first {
			l.Gap(base, 1)
		}
		first = false
		l.Cell(cells[i].Ink, cells[i].Text, t.widths[i], c.Right, c.Cut)
	}
	return l.Fill(base).String()
}
