package tui

import (
	"fmt"
	"strings"
	"testing"

	"selvage/themes"
)

// TestEveryRoleIsOnSomeScreen draws all golden frames in a theme that has a colour
// of its own for each role: one that nobody draws is none that a theme needs.
func TestEveryRoleIsOnSomeScreen(t *testing.T) {
	// What both sides have otherwise is told as a line of each.
	unused := map[themes.Role]bool{themes.Changed: true, themes.ChangedWord: true}
	theme, code := themes.Theme{Looks: map[themes.Role]themes.Look{}}, map[themes.Role]string{}
	for i, r := range themes.Roles() {
		theme.Looks[r] = themes.Look{Fore: themes.Colour(fmt.Sprintf("#0000%02x", i+1))}
		code[r] = fmt.Sprintf("38;2;0;0;%d", i+1)
	}
	style := newStyle(theme, false)
	var all strings.Builder
	for _, f := range frames() {
		d := drive(t, f.fleet, f.width, f.height)
		d.model.styles.made[""] = style
		all.WriteString(d.press(f.keys...).model.View().Content)
	}
	for _, r := range themes.Roles() {
		seen := strings.Contains(all.String(), code[r]+"m") || strings.Contains(all.String(), code[r]+";")
		if seen == unused[r] {
			t.Errorf("role %s: on some screen: %v", r, seen)
		}
	}
}
