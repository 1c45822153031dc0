package tui

import (
	"charm.land/lipgloss/v2"

	"selvage/core"
	"selvage/themes"
	"selvage/tui/widget"
)

// Style holds the inks of a theme. This file is the only one that makes
// colours.
type Style struct {
	plain, selected, strong map[themes.Role]widget.Ink
}

// newStyle makes the inks of a theme. Without colours, bold tells headings and
// the selected row apart; what a colour would say is always said in a letter
// or a word too.
func newStyle(t themes.Theme, noColour bool) *Style {
	s := &Style{
		plain:    map[themes.Role]widget.Ink{},
		selected: map[themes.Role]widget.Ink{},
		strong:   map[themes.Role]widget.Ink{},
	}
	for _, r := range themes.Roles() {
		base := lipgloss.NewStyle().Bold(r == themes.Header)
		row := base
		if c, ok := t.Colours[r]; ok && !noColour {
			base = base.Foreground(lipgloss.Color(string(c)))
			row = base.Background(lipgloss.Color(string(t.Selection)))
		} else {
			row = row.Bold(true)
		}
		s.plain[r] = widget.NewInk(base)
		s.selected[r] = widget.NewInk(row)
		s.strong[r] = widget.NewInk(base.Bold(true).Underline(true))
	}
	return s
}

// ink draws a role.
func (s *Style) ink(r themes.Role) widget.Ink { return s.plain[r] }

// on draws a role in a row that may be the selected one.
func (s *Style) on(selected bool, r themes.Role) widget.Ink {
	if selected {
		return s.selected[r]
	}
	return s.plain[r]
}

// emphasis draws a role where part of a line matters most.
func (s *Style) emphasis(r themes.Role) widget.Ink { return s.strong[r] }

// role is the role that draws a state.
func role(s core.State) themes.Role { return themes.Role(s.String()) }
