package tui

import (
	"fmt"
	"strings"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
)

// aroundChange is how many lines stand around what changes in an object.
const aroundChange = 3

// objectChange shows what becomes of a whole object, line by line: of one that stays
// what changes and what stands around it, of one that comes or goes all of it.
func (d *scroll) objectChange(before, after core.Value) {
	lines := docLines(objectText(before), objectText(after))
	last := -1 // the line that was shown last
	for i, l := range lines {
		near := false
		for _, o := range lines[max(i-aroundChange, 0):min(i+aroundChange+1, len(lines))] {
			near = near || o.mark != ' '
		}
		if !near {
			continue
		}
		if last >= 0 && last < i-1 {
			d.marked(themes.Dim, "     ", safe.Lit("  .."), scrollLine{fold: -1})
		}
		last = i
		d.marked(l.role(themes.Dim), fmt.Sprintf("     %c ", l.mark), l.text, scrollLine{fold: -1})
	}
}

// objectText is an object as YAML; "" for none.
func objectText(v core.Value) string {
	if !v.Present() {
		return ""
	}
	return strings.Join(core.BlockObject(v), "\n") + "\n"
}
