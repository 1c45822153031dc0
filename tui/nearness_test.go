package tui

import (
	"testing"

	"selvage/core"
)

// TestLineThatIsNoCommandSaysWhatIsNear and stays as it was typed.
func TestLineThatIsNoCommandSaysWhatIsNear(t *testing.T) {
	for line, want := range map[string]string{
		"bogus":             `there is no command "bogus"; there are fabric, filter, sync, check and `,
		"histroy":           `there is no command "histroy"; near to it: history`,
		"fabric nope":       `fabric: there is no "nope"; there are dc2-dr, dc3-lab, `,
		"fabric dc1-porod":  `fabric: there is no "dc1-porod"; near to it: dc1-prod`,
		"check dc1-prod xy": `check: there is no "xy"; there are `,
		"sync dc1-prd":      `sync: there is no "dc1-prd"; near to it: dc1-prod`,
		"screen":            `"screen" is no command: down goes to one of these`,
		"quit now":          "quit takes no argument",
	} {
		t.Run(line, func(t *testing.T) {
			d := drive(t, core.Fleet{Fabrics: append(fullFleet().Fabrics[1:], desk())}, 120, 30).press("G", ":")
			d.typed(line).press("enter").shows(want)
			d.shows(":" + line + "_")
			if d.press("backspace"); len(d.model.prompt.line.(*palette).wrong.String()) > 0 {
				t.Error("it says so of another line")
			}
		})
	}
}
