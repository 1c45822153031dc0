package themes

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
)

// form is what a theme's file holds.
type form struct {
	About      string          `json:"about"`
	Base       string          `json:"base"`  // a built-in theme, for whatever the file leaves out
	Light      string          `json:"light"` // the theme to use instead on a light background
	Background Colour          `json:"background"`
	Selection  Colour          `json:"selection"` // or "reverse"
	Colours    map[Role]string `json:"colours"`
}

const reversed Colour = "reverse"

// parse reads and checks a theme, and gives the name of the one for light
// backgrounds; file is for its name and for errors.
func parse(file string, data []byte) (t Theme, pair string, err error) {
	f, err := decode(data)
	if err != nil {
		return Theme{}, "", fmt.Errorf("theme %s%w", file, err)
	}
	t = Theme{Looks: map[Role]Look{}}
	var faults []string
	if f.Base != "" {
		if t, _, err = find(f.Base, nil); err != nil {
			faults = append(faults, "base: "+err.Error())
			t.Looks = map[Role]Look{}
		}
	}
	t.Name = strings.TrimSuffix(filepath.Base(file), ".json")
	t.About = f.About
	if f.Background != "" {
		t.Background = f.Background
	}
	switch f.Selection {
	case "":
	case reversed:
		t.Selection = ""
	default:
		t.Selection = f.Selection
	}
	wrong, missing := t.dress(f)
	faults = append(faults, wrong...)
	if len(faults)+len(missing) == 0 {
		faults = t.faults()
	}
	slices.Sort(faults)
	switch n := len(missing); {
	case n == 1:
		faults = append(faults, fmt.Sprintf("no colour for %q (give it one, or name a base that has one)", missing[0]))
	case n > 1:
		faults = append(faults, fmt.Sprintf("no colour for %d roles (%s): give them some, or name a base", n, some(missing)))
	}
	if len(faults) > 0 {
		return Theme{}, "", fmt.Errorf("theme %s: %s", file, strings.Join(faults, "; "))
	}
	return t, f.Light, nil
}

// decode reads the JSON of a theme. Its error goes behind the file's name and
// begins with the line, where that is known.
func decode(data []byte) (form, error) {
	var f form
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	err := d.Decode(&f)
	offset := int64(0)
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &kind):
		offset = kind.Offset
	case err == nil:
		if _, err := d.Token(); !errors.Is(err, io.EOF) {
			return form{}, errors.New(": something follows the closing brace")
		}
		return f, nil
	}
	if offset == 0 {
		return form{}, fmt.Errorf(": %w", err)
	}
	line := 1 + bytes.Count(data[:min(int(offset), len(data))], []byte("\n"))
	return form{}, fmt.Errorf(":%d: %w", line, err)
}

// dress gives the roles their looks: those of the file, over what is there
// already, then what stands in. It returns what is wrong with them, and the roles
// that are left without one.
func (t *Theme) dress(f form) (faults []string, missing []Role) {
	for r, text := range f.Colours {
		l, err := parseLook(text)
		switch {
		case !slices.Contains(Roles(), r):
			faults = append(faults, fmt.Sprintf("no role %q", r))
		case err != nil:
			faults = append(faults, fmt.Sprintf("role %q: %v", r, err))
		}
		t.Looks[r] = l
	}
	for r, s := range standIns() {
		l, ok := t.Looks[s.role]
		if _, has := t.Looks[r]; ok && !has {
			t.Looks[r] = l.plus(s.with)
		}
	}
	for _, r := range Roles() {
		if _, ok := t.Looks[r]; !ok {
			missing = append(missing, r)
		}
	}
	return faults, missing
}

// some are the first few of several roles.
func some(all []Role) string {
	const few = 4
	words := []string{}
	for _, r := range all[:min(len(all), few)] {
		words = append(words, string(r))
	}
	if len(all) > few {
		words = append(words, "..")
	}
	return strings.Join(words, ", ")
}

// faults lists all that is wrong with the colours of a theme, so that it can be
// mended at once.
func (t *Theme) faults() []string {
	var faults []string
	say := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	_, painted := t.Background.RGB()
	if !painted && t.Background != Default {
		say("background %q is not #rrggbb or default", t.Background)
		return faults
	}
	fits := func(what string, c Colour) bool {
		if _, rgb := c.RGB(); rgb && painted || c.own() && !painted || c == "" {
			return true
		}
		if painted {
			say("%s: %q is not #rrggbb, as the background is", what, c)
		} else {
			say("%s: %q is not one of the terminal's own colours, as the background is (default, %s)", what, c, names(sixteen()))
		}
		return false
	}
	selectable := fits("selection", t.Selection)
	for _, r := range Roles() {
		l := t.Looks[r]
		name := fmt.Sprintf("role %q", r)
		if !fits(name, l.Fore) || !fits(name, l.Ground) || !painted {
			continue
		}
		on := func(what string, ground Colour) {
			if got := Contrast(l.Fore, ground); got < MinContrast {
				say("role %q is hard to read on the %s: contrast %.1f, at least %.1f is needed", r, what, got, MinContrast)
			}
		}
		if l.Ground != "" {
			on("colour that it has behind it", l.Ground)
			continue
		}
		on("background", t.Background)
		if selectable && t.Selection != "" {
			on("selection", t.Selection)
		}
	}
	return faults
}
