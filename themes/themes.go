package themes

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed *.json
var builtin embed.FS

// Names of themes that something here rests on.
const (
	// Auto is the choice that follows the terminal's background.
	Auto = "auto"

	dark          = "dark"
	light         = "light"
	terminal      = "terminal"       // the sixteen colours, on dark
	terminalLight = "terminal-light" // the same on light
)

// Theme gives every role its look.
type Theme struct {
	Name  string // that of its file
	About string // in one line
	// Background is what the theme is made for; it is not painted. With
	// [Default] the theme knows no colours but the terminal's own.
	Background Colour
	// Selection is behind the selected row. "" stands for a row that is
	// reversed and shows no colours.
	Selection Colour
	Looks     map[Role]Look
}

// Choice is what to use on a terminal with a dark background and on one with a
// light background. Both are the same where one theme is for both.
type Choice struct{ Dark, Light Theme }

// Entry is a theme that can be chosen, or why it cannot.
type Entry struct {
	Name, About string
	Path        string // of the user's own; "" for a built-in theme
	Choice      Choice // not set where Err is
	Err         error
}

// Names lists what [Load] takes: [Auto], then the themes that are built in or
// in one of the directories, sorted.
func Names(userDirs ...string) []string {
	all := []string{}
	read := func(entries []fs.DirEntry, err error) {
		if err != nil {
			return // what keeps a directory from being read, Load tells
		}
		for _, e := range entries {
			name, ok := strings.CutSuffix(e.Name(), ".json")
			if ok && plain(name) == nil && name != Auto {
				all = append(all, name)
			}
		}
	}
	read(builtin.ReadDir("."))
	for _, dir := range userDirs {
		read(os.ReadDir(dir))
	}
	slices.Sort(all)
	return append([]string{Auto}, slices.Compact(all)...)
}

// List loads all themes of [Names].
func List(userDirs ...string) []Entry {
	entries := []Entry{}
	for _, name := range Names(userDirs...) {
		e := Entry{Name: name, About: "dark or light, as the terminal's background is"}
		e.Choice, e.Err = Load(name, userDirs...)
		if name != Auto {
			e.About = e.Choice.Dark.About
			_, e.Path, _ = source(name, userDirs)
		}
		entries = append(entries, e)
	}
	return entries
}

// Load finds a theme by its name: NAME.json in one of the directories, the
// first that has it, else a built-in one. "" and [Auto] stand for the dark and
// the light theme. An error names the file and all that is wrong with it, or
// the names that there are.
func Load(name string, userDirs ...string) (Choice, error) {
	first, second := name, ""
	if name == "" || name == Auto {
		first, second = dark, light
	}
	t, pair, err := find(first, userDirs)
	if err != nil {
		return Choice{}, err
	}
	if second == "" {
		second = pair
	}
	if second == "" {
		return Choice{Dark: t, Light: t}, nil
	}
	other, _, err := find(second, userDirs)
	if err != nil {
		return Choice{}, fmt.Errorf("theme %q on a light background: %w", name, err)
	}
	return Choice{Dark: t, Light: other}, nil
}

// find reads one theme, and the name of the one to use instead of it on a
// light background.
func find(name string, userDirs []string) (t Theme, pair string, err error) {
	data, file, err := source(name, userDirs)
	if err != nil {
		return Theme{}, "", err
	}
	if file == "" {
		file = name + ".json"
	}
	return parse(file, data)
}

// source reads the file of a theme. The path of a built-in one is "".
func source(name string, userDirs []string) (data []byte, file string, err error) {
	if err := plain(name); err != nil {
		return nil, "", err
	}
	for _, dir := range userDirs {
		file := filepath.Join(dir, name+".json")
		data, err := readFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, file, fmt.Errorf("read theme: %w", err)
		}
		return data, file, nil
	}
	data, err = builtin.ReadFile(path.Base(name) + ".json")
	if err != nil {
		return nil, "", unknown(name, userDirs)
	}
	return data, "", nil
}

// maxSize is far more than a theme takes, in bytes.
const maxSize = 64 << 10

// readFile reads a file that a theme may be in: a pipe would keep the program
// waiting for ever.
func readFile(file string) ([]byte, error) {
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no file", file)
	case info.Size() > maxSize:
		return nil, fmt.Errorf("%s has %d bytes, and a theme at most %d", file, info.Size(), maxSize)
	}
	return os.ReadFile(file)
}

// plain checks that a name names a file in a directory and nothing else.
func plain(name string) error {
	if name == "" || name != filepath.Base(name) || strings.HasPrefix(name, ".") {
		return fmt.Errorf("%q is no name of a theme (it is that of a file without .json, with no folder)", name)
	}
	return nil
}

func unknown(name string, userDirs []string) error {
	own := ""
	if len(userDirs) > 0 {
		own = fmt.Sprintf("; one of your own is %s.json in %s", name, strings.Join(userDirs, " or "))
	}
	return fmt.Errorf("no theme %q (there are %s%s)", name, strings.Join(Names(userDirs...), ", "), own)
}

// Sixteen is the theme on a terminal that has no more than sixteen colours: the
// looks of the theme that is made of them, and what the theme itself sets off
// by a colour behind it is reversed. A theme of the terminal's own colours
// stays as it is.
func (t Theme) Sixteen() Theme {
	if t.Background == Default {
		return t
	}
	name := terminal
	if l, ok := t.Background.luminance(); ok && l > 0.5 {
		name = terminalLight
	}
	few, _, err := find(name, nil)
	if err != nil {
		return t.Plain() // cannot be: a test loads every built-in theme
	}
	few.Name, few.About = t.Name, t.About
	for role, l := range t.Looks {
		few.Looks[role] = few.Looks[role].plus(Look{Reverse: l.attributes().Reverse})
	}
	return few
}

// Plain is the theme without colours. What a colour would say is still said by
// letters and words; what it sets off is bold, underlined or reversed.
func (t Theme) Plain() Theme {
	t.Background, t.Selection = Default, ""
	looks := make(map[Role]Look, len(t.Looks))
	for role, l := range t.Looks {
		looks[role] = l.attributes()
	}
	t.Looks = looks
	return t
}
