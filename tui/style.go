package tui

import (
	"context"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// Style holds the inks of a theme. This file is the only one that makes
// colours.
type Style struct {
	plain, selected, strong map[themes.Role]widget.Ink
}

// newStyle makes the inks of a theme. Without colours, attributes tell
// headings, buttons and the selected row apart; what a colour would say is
// always said in a letter or a word too.
func newStyle(t themes.Theme, noColour bool) *Style {
	if noColour {
		t = t.Plain()
	}
	s := &Style{
		plain:    map[themes.Role]widget.Ink{},
		selected: map[themes.Role]widget.Ink{},
		strong:   map[themes.Role]widget.Ink{},
	}
	for _, r := range themes.Roles() {
		look := t.Looks[r]
		row := look
		switch {
		case look.Ground != "":
			// It stands out of any row by itself.
		case t.Selection != "":
			row.Ground = t.Selection
		default:
			// One bar. Reversed colours would make a patchwork of it, in which
			// nothing stands out.
			row = themes.Look{Bold: look.Bold, Reverse: true}
		}
		strong := look
		strong.Bold, strong.Underline = true, true
		s.plain[r] = widget.NewInk(drawn(look))
		s.selected[r] = widget.Bar(widget.NewInk(drawn(row)), s.plain[r])
		s.strong[r] = widget.NewInk(drawn(strong))
	}
	return s
}

// drawn is a look as the library draws it.
func drawn(l themes.Look) lipgloss.Style {
	s := lipgloss.NewStyle()
	// Only what is set, for the library writes a reset for what is set to false.
	if l.Bold {
		s = s.Bold(true)
	}
	if l.Underline {
		s = s.Underline(true)
	}
	if l.Reverse {
		s = s.Reverse(true)
	}
	if c := colour(l.Fore); c != "" {
		s = s.Foreground(lipgloss.Color(c))
	}
	if c := colour(l.Ground); c != "" {
		s = s.Background(lipgloss.Color(c))
	}
	return s
}

// colour is a colour as the library reads it; "" leaves the terminal's own.
func colour(c themes.Colour) string {
	if i, ok := c.Index(); ok {
		return strconv.Itoa(i)
	}
	if c == themes.Default {
		return ""
	}
	return string(c)
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

// emphasis draws a role where part of a line matters most. In the lines of a
// diff these are the words that differ.
func (s *Style) emphasis(r themes.Role) widget.Ink {
	switch r {
	case themes.Added:
		return s.plain[themes.AddedWord]
	case themes.Removed:
		return s.plain[themes.RemovedWord]
	case themes.Changed:
		return s.plain[themes.ChangedWord]
	default:
		return s.strong[r]
	}
}

// button draws a button: the one that the keys go to, and one that writes or
// deletes. What is focused is to be said by more than this, for a terminal may
// draw nothing but text.
func (s *Style) button(focused, danger bool) widget.Ink {
	switch {
	case focused && danger:
		return s.plain[themes.DangerFocused]
	case focused:
		return s.plain[themes.ButtonFocused]
	case danger:
		return s.plain[themes.Danger]
	}
	return s.plain[themes.Button]
}

// role is the role that draws a state.
func role(s core.State) themes.Role { return themes.Role(s.String()) }

// Themes is where the dashboard's themes come from; a [themes.Shelf] is.
type Themes interface {
	// Get is a theme that was loaded before. It must not read.
	Get(name string) (themes.Choice, bool)
	// Load reads a theme, for Get to have it.
	Load(name string) (themes.Choice, error)
	// List reads all themes that there are, for a person to choose from.
	List() []themes.Entry
	// Refresh reads those that were loaded again if their files changed, and
	// tells whether any did. It is called every second.
	Refresh() (bool, error)
}

// styles makes the style of a screen from three things: the theme of its
// fabric, what the terminal has told of itself, and what a person tries on.
type styles struct {
	themes   Themes
	common   string         // the theme of what has none of its own
	tried    *themes.Choice // shown instead of the common one while somebody chooses
	noColour bool
	light    bool                 // the terminal's background
	profile  colorprofile.Profile // how many colours it has
	made     map[string]*Style
}

// newStyles takes the name of the common theme. It and those of fabrics must
// have been loaded.
func newStyles(t Themes, common string, noColour bool) *styles {
	return &styles{themes: t, common: common, noColour: noColour, made: map[string]*Style{}}
}

// of is the style for a fabric that names a theme, or names none.
func (s *styles) of(own string) *Style {
	if _, ok := s.themes.Get(own); !ok {
		own = "" // why it could not be loaded was told at the start
	}
	if have := s.made[own]; have != nil {
		return have
	}
	name := own
	if own == "" {
		name = s.common
	}
	choice, _ := s.themes.Get(name)
	if own == "" && s.tried != nil {
		choice = *s.tried
	}
	theme := choice.Dark
	if s.light {
		theme = choice.Light
	}
	// With 256 colours the library takes the nearest. Of sixteen none is near.
	if s.profile == colorprofile.ANSI {
		theme = theme.Sixteen()
	}
	none := s.noColour || s.profile == colorprofile.ASCII || s.profile == colorprofile.NoTTY
	s.made[own] = newStyle(theme, none)
	return s.made[own]
}

// heard takes what the terminal tells of its colours, and tells whether the
// styles are others now.
func (s *styles) heard(msg tea.Msg) bool {
	light, profile := s.light, s.profile
	switch msg := msg.(type) {
	case tea.BackgroundColorMsg:
		light = !msg.IsDark()
	case tea.ColorProfileMsg:
		profile = msg.Profile
	}
	if light == s.light && profile == s.profile {
		return false
	}
	s.light, s.profile = light, profile
	s.renew()
	return true
}

// try shows a theme for as long as somebody looks at it; nil ends that.
func (s *styles) try(c *themes.Choice) {
	s.tried = c
	s.renew()
}

// use makes another theme the common one. It must have been loaded.
func (s *styles) use(name string) {
	s.common, s.tried = name, nil
	s.renew()
}

// renew has every style made anew, as when the files of themes changed.
func (s *styles) renew() { clear(s.made) }

// themesMsg tells that files of themes changed, and what is wrong with one.
type themesMsg struct{ err error }

// take draws with what the files say now.
func (msg themesMsg) take(m *Model) tea.Cmd {
	m.styles.renew()
	if msg.err != nil {
		m.say(themes.Error, safe.Clean(msg.err.Error()))
	}
	return m.styles.follow(m.ctx, time.Second)
}

// follow waits until the files of themes change, looking so often. It sends
// nothing until then, so that nothing is drawn for it.
func (s *styles) follow(ctx context.Context, every time.Duration) tea.Cmd {
	shelf := s.themes
	return func() tea.Msg {
		look := time.NewTicker(every)
		defer look.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-look.C:
			}
			if changed, err := shelf.Refresh(); changed || err != nil {
				return themesMsg{err}
			}
		}
	}
}
