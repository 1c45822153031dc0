package themes

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

//go:embed *.json
var builtin embed.FS

// Auto is the name of the choice that follows the terminal's background.
const Auto = "auto"

// MinContrast is the least contrast of a colour against its background.
const MinContrast = 4.5

// Role is what a colour is used for.
type Role string

// The roles beside those of the states.
const (
	Text    Role = "text"    // whatever has no other role
	Dim     Role = "dim"     // what matters less
	Header  Role = "header"  // the first line, names of what is looked at
	Rule    Role = "rule"    // lines of dashes, dividers
	Title   Role = "title"   // titles of columns and groups
	Key     Role = "key"     // keys in hints and help
	Hint    Role = "hint"    // what the keys do
	Warn    Role = "warn"    // what asks for care: protected, stale, insecure
	Error   Role = "error"   // why something could not be read
	Added   Role = "added"   // lines that git adds
	Removed Role = "removed" // lines that live has and git has not
	Match   Role = "match"   // the filter
)

// Roles lists every role that a theme must have: those above, then one for
// each state, under the word that the state has in JSON.
func Roles() []Role {
	return []Role{
		Text, Dim, Header, Rule, Title, Key, Hint, Warn, Error, Added, Removed, Match,
		"invalid", "stuck", "conflict", "unknown", "drifted", "differs",
		"only_git", "only_live", "pending", "acknowledged", "in_sync",
	}
}

// Colour is "#rrggbb".
type Colour string

// Theme gives every role its colour.
type Theme struct {
	Name       string          `json:"name"`
	Background Colour          `json:"background"` // what the theme is made for; not painted
	Selection  Colour          `json:"selection"`  // behind the selected row
	Colours    map[Role]Colour `json:"colours"`
}

// Choice is what to use on a terminal with a dark background and on one with a
// light background. Both are the same unless the terminal is to decide.
type Choice struct{ Dark, Light Theme }

// Names lists the built-in themes, sorted, after [Auto].
func Names() []string {
	entries, err := builtin.ReadDir(".")
	if err != nil {
		return nil // cannot be: the directory is compiled in
	}
	names := []string{}
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".json"))
	}
	slices.Sort(names)
	return append([]string{Auto}, names...)
}

// Load finds a theme by its name: NAME.json in one of the directories, the
// first that has it, else a built-in one. "" and [Auto] stand for the built-in
// dark and light themes.
func Load(name string, userDirs ...string) (Choice, error) {
	if name != "" && name != Auto {
		t, err := find(name, userDirs)
		return Choice{Dark: t, Light: t}, err
	}
	dark, err := find("dark", userDirs)
	if err != nil {
		return Choice{}, err
	}
	light, err := find("light", userDirs)
	return Choice{Dark: dark, Light: light}, err
}

func find(name string, userDirs []string) (Theme, error) {
	if name != filepath.Base(name) || strings.HasPrefix(name, ".") {
		return Theme{}, fmt.Errorf("theme %q: not a plain name", name)
	}
	for _, dir := range userDirs {
		path := filepath.Join(dir, name+".json")
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return Theme{}, fmt.Errorf("read theme: %w", err)
		}
		return parse(path, data)
	}
	data, err := builtin.ReadFile(name + ".json")
	if err != nil {
		return Theme{}, fmt.Errorf("no theme %q (there are %s)", name, strings.Join(Names(), ", "))
	}
	return parse(name+".json", data)
}

// parse reads and checks a theme; path is for the error.
func parse(path string, data []byte) (Theme, error) {
	var t Theme
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&t); err != nil {
		return Theme{}, fmt.Errorf("theme %s: %w", path, err)
	}
	if faults := t.faults(); len(faults) > 0 {
		return Theme{}, fmt.Errorf("theme %s: %s", path, strings.Join(faults, "; "))
	}
	return t, nil
}

// faults lists all that is wrong with a theme, so that it can be mended at
// once.
func (t Theme) faults() []string {
	var faults []string
	say := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	for what, c := range map[string]Colour{"background": t.Background, "selection": t.Selection} {
		if !c.valid() {
			say("%s %q is not #rrggbb", what, c)
		}
	}
	for _, r := range Roles() {
		c, ok := t.Colours[r]
		switch {
		case !ok:
			say("no colour for %q", r)
		case !c.valid():
			say("%q has %q, which is not #rrggbb", r, c)
		case len(faults) == 0:
			for what, ground := range map[string]Colour{"background": t.Background, "selection": t.Selection} {
				if got := Contrast(c, ground); got < MinContrast {
					say("%q is hard to read on the %s: contrast %.1f, at least %.1f is needed", r, what, got, MinContrast)
				}
			}
		}
	}
	for r := range t.Colours {
		if !slices.Contains(Roles(), r) {
			say("no role %q", r)
		}
	}
	slices.Sort(faults)
	return faults
}

func (c Colour) valid() bool {
	_, err := strconv.ParseUint(strings.TrimPrefix(string(c), "#"), 16, 32)
	return err == nil && len(c) == 7 && c[0] == '#'
}

// Contrast is how well two colours can be told apart, from 1 to 21, as WCAG 2
// defines it.
func Contrast(a, b Colour) float64 {
	x, y := a.luminance(), b.luminance()
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func (c Colour) luminance() float64 {
	rgb, err := strconv.ParseUint(strings.TrimPrefix(string(c), "#"), 16, 32)
	if err != nil {
		return 0
	}
	channel := func(shift uint) float64 {
		v := float64(rgb>>shift&0xff) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(16) + 0.7152*channel(8) + 0.0722*channel(0)
}
