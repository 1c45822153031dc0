package tui

import (
	"selvage/core"
	"selvage/core/safe"
)

// inline shows a value on one line.
func inline(v any) safe.Text { return safe.Clean(core.Inline(v)) }

// block shows a value as YAML does, a line for each of its leaves; a scalar is
// one line.
func block(v any) []safe.Text {
	lines := core.Block(v)
	texts := make([]safe.Text, len(lines))
	for i, l := range lines {
		texts[i] = safe.Clean(l)
	}
	return texts
}
