package tui

import (
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// listPane is what the screens have in common that show a list of rows; K is by what a
// row is known again when the list is another.
type listPane[K comparable, R any] struct {
	list widget.List[K]
	rows []R
	page int // how many of them are seen
}

// selected is the row under the cursor; false where there is none.
func (p *listPane[K, R]) selected() (row R, ok bool) {
	if len(p.rows) == 0 {
		return row, false
	}
	return p.rows[p.list.Cursor()], true
}

// position is where in the list the cursor is: 1/12; nothing where that is empty.
func (p *listPane[K, R]) position() safe.Text {
	if len(p.rows) == 0 {
		return safe.Text{}
	}
	return safe.Sprintf("%d/%d", p.list.Cursor()+1, len(p.rows))
}

// titled tells whether there is room for titles over the rows.
func titled(height int) bool { return height > 2 }

// see tells which rows are seen in height lines: from and all before to.
func (p *listPane[K, R]) see(height int) (from, to int) {
	if height <= 0 {
		return 0, 0
	}
	if titled(height) {
		height--
	}
	p.page = height
	return p.list.See(height)
}

// draw draws in height lines the rows that are seen, each by row, which is given what
// its ink is in a role; over them their titles, where there is room for those.
func (p *listPane[K, R]) draw(e Env, t *widget.Table, height int, row func(i int, selected bool, ink inks) string) []string {
	if height <= 0 {
		return nil
	}
	lines := []string{}
	if titled(height) {
		lines = append(lines, t.Head(e.Style.ink(themes.Title)))
	}
	from, to := p.see(height)
	for i := from; i < to; i++ {
		selected := i == p.list.Cursor()
		lines = append(lines, row(i, selected, func(r themes.Role) widget.Ink { return e.Style.on(selected, r) }))
	}
	return lines
}

// inks are those of a row, by role.
type inks func(themes.Role) widget.Ink
