package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// table is text in columns, aligned by the cells that a terminal gives it: a
// fabric may be called by letters that take two. Whoever fills it cleans what is
// not its own.
type table struct{ rows [][]string }

// row adds a line.
func (t *table) row(cells ...any) {
	words := make([]string, len(cells))
	for i, c := range cells {
		words[i] = fmt.Sprint(c)
	}
	t.rows = append(t.rows, words)
}

// print writes the lines, each column as wide as its widest cell. Nothing is
// filled up behind the last cell of a line.
func (t *table) print(w io.Writer) error {
	var wide []int
	for _, r := range t.rows {
		for i, c := range r[:max(len(r)-1, 0)] {
			if i == len(wide) {
				wide = append(wide, 0)
			}
			wide[i] = max(wide[i], ansi.StringWidth(c))
		}
	}
	var b strings.Builder
	for _, r := range t.rows {
		for i, c := range r {
			b.WriteString(c)
			if i < len(r)-1 {
				b.WriteString(strings.Repeat(" ", wide[i]-ansi.StringWidth(c)+2))
			}
		}
		b.WriteByte('\n')
	}
	_, err := io.WriteString(w, b.String())
	return err
}
