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
	Rank  int // where the room is short, columns of the highest rank leave first, all at once; those of rank 0 stay
}

// Table lays columns out over a width. It holds no rows: each is drawn when it
// is seen.
type Table struct {
	width   int
	columns []Column
	widths  []int // 0 where the column has left
}

const (
	cursorWidth = 2 // "> " before every row
	noCursor    = "  "
)

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

// Least is the width that the columns of at most a rank need.
func Least(columns []Column, rank int) int {
	n := cursorWidth - 1
	for _, c := range columns {
		if c.Rank <= rank {
			n += c.least() + 1
		}
	}
	return n
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

// drop lets the columns leave that can best be missed; false if all must stay.
func (t *Table) drop() bool {
	worst := 0
	for i, c := range t.columns {
		if t.widths[i] > 0 {
			worst = max(worst, c.Rank)
		}
	}
	for i, c := range t.columns {
		if c.Rank == worst && worst > 0 {
			t.widths[i] = 0
		}
	}
	return worst > 0
}

// Head draws the titles.
func (t *Table) Head(ink Ink) string {
	cells := make([]Span, len(t.columns))
	for i, c := range t.columns {
		cells[i] = Span{ink, c.Title}
	}
	return t.draw(ink, noCursor, Span{}, cells)
}

// Row draws one row, one cell for each column, exactly as wide as the table.
// The cursor stands before the row that is selected; base is the ink of what
// lies between the cells. A [Bar] goes as far as the column that grows, else over
// the first one.
func (t *Table) Row(base Ink, selected bool, cells []Span) string {
	return t.MarkedRow(base, selected, Span{}, cells)
}

// MarkedRow draws a row with a mark of one column behind the place of the cursor;
// no text stands for none.
func (t *Table) MarkedRow(base Ink, selected bool, mark Span, cells []Span) string {
	cursor := noCursor
	if selected {
		cursor = "> "
	}
	return t.draw(base, cursor, mark, cells)
}

// RowOver draws a row, marked or not, whose cells first to last are taken together: the first
// of them and right behind it the last, in the room of all.
func (t *Table) RowOver(base Ink, selected bool, mark Span, cells []Span, first, last int) string {
	over := &Table{width: t.width, columns: slices.Clone(t.columns), widths: slices.Clone(t.widths)}
	room := -1
	for i := first; i <= last; i++ {
		if t.widths[i] > 0 {
			room += t.widths[i] + 1
		}
		over.widths[i] = 0
	}
	over.widths[first] = min(Width(cells[first].Text), max(t.widths[first], 0))
	if left := room - over.widths[first] - 1; left > 0 {
		over.widths[last], over.columns[last].Right = left, false
	} else {
		over.widths[first] = room
	}
	return over.MarkedRow(base, selected, mark, cells)
}

// Note draws a sentence in place of rows, as wide as the table.
func (t *Table) Note(ink Ink, text safe.Text) string {
	return NewLine(t.width).Put(ink, text).Fill(Ink{}).String()
}

// ColumnWidth is the width of a column as it was laid out, 0 where it has left.
func (t *Table) ColumnWidth(i int) int { return t.widths[i] }

func (t *Table) draw(base Ink, cursor string, mark Span, cells []Span) string {
	l, last := NewLine(t.width), t.bar()
	switch {
	case mark.Text.Len() > 0:
		l.Put(base, safe.Clean(cursor[:1])).Spans(mark)
	case cursor == noCursor:
		l.Gap(base, cursorWidth)
	default:
		l.Put(base, safe.Clean(cursor))
	}
	first := true
	for i, c := range t.columns {
		if t.widths[i] == 0 || i >= len(cells) {
			continue
		}
		ink := cells[i].Ink
		if i > last {
			base, ink = base.Behind(), ink.Behind()
		}
		if !first {
			l.Gap(base, 1)
		}
		first = false
		l.Cell(ink, cells[i].Text, t.widths[i], c.Right, c.Cut)
	}
	return l.Fill(base.Behind()).String()
}

// bar is the column that the bar of the cursor ends with.
func (t *Table) bar() int {
	return max(slices.IndexFunc(t.columns, func(c Column) bool { return c.Grow }), 0)
}
