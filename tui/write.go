package tui

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"selvage/core/disk"
	"selvage/core/safe"
	"selvage/themes"
)

// File is what a screen is as a file.
type File struct {
	Ext string // ".patch"
	// Content makes it. It may take a while, and ends with ctx.
	Content func(ctx context.Context) ([]byte, error)
}

// filer is a pane that has a better form for a file than its text; false where it
// has none now.
type filer interface{ File(Env) (File, bool) }

// asCSV are rows as a table for spreadsheets and scripts.
func asCSV(rows [][]string) File {
	return File{Ext: ".csv", Content: func(context.Context) ([]byte, error) {
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		err := w.WriteAll(rows)
		return b.Bytes(), err
	}}
}

// file is what the screen on top is as a file.
func (m *Model) file() File {
	p, e := m.current()
	if w, ok := p.(filer); ok {
		if f, ok := w.File(e); ok {
			return f
		}
	}
	text := m.wholeText()
	return File{Ext: ".txt", Content: func(context.Context) ([]byte, error) { return []byte(text), nil }}
}

// fileName is a name for it that says what it is and when it was.
func (m *Model) fileName(ext string) string {
	at := m.top().place
	parts := []string{"selvage"}
	for _, part := range []string{string(at.Fabric), at.Screen, at.Object.Kind, at.Object.Name, m.now.UTC().Format("20060102-150405")} {
		if part = plainName(part); part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, "-") + ext
}

// plainName is a text as a part of the name of a file.
func plainName(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_', r == '.':
			return r
		}
		return '_'
	}, s)
	return strings.Trim(s[:min(len(s), 60)], ".")
}

// askFile asks where to write what is shown.
func (m *Model) askFile() tea.Cmd {
	file := m.file()
	m.prompt = newPrompt(m.fileName(file.Ext), fileLine{file: file})
	return nil
}

// fileLine is the name of a file while it is typed, or the word that an existing
// one is to be replaced.
type fileLine struct {
	file File
	over string // the file that is there already; "" as long as none is known to be
}

func (l fileLine) label() safe.Text {
	if l.over != "" {
		return safe.Sprintf("%s is there already: to replace it type yes: ", l.over)
	}
	return safe.Lit("write to file: ")
}

func (fileLine) changed(*Model, string) {}

func (fileLine) key(*Model, string) (tea.Cmd, bool) { return nil, false }

func (l fileLine) enter(m *Model, text string) tea.Cmd {
	text = strings.TrimSpace(text)
	switch {
	case l.over != "" && text != "yes", text == "":
		m.say(themes.Dim, safe.Lit("nothing was written"))
		return nil
	case l.over != "":
		m.write(l.file, l.over, true)
		return nil
	}
	if rest, ok := strings.CutPrefix(text, "~/"); ok {
		if home, ok := m.cfg.env("HOME"); ok && home != "" {
			text = filepath.Join(home, rest)
		}
	}
	m.write(l.file, text, false)
	return nil
}

func (fileLine) escape(*Model) {}

func (fileLine) above(*Model, int) []string { return nil }

// write has a file written.
func (m *Model) write(file File, name string, over bool) {
	m.deeds = append(m.deeds, errand{Deed{
		Label: safe.Sprintf("write %s", name),
		Run: func(ctx context.Context) (Done, error) {
			content, err := file.Content(ctx)
			if err != nil {
				return Done{}, err
			}
			if err := writeFile(name, content, over); err != nil {
				return Done{}, err
			}
			if whole, err := filepath.Abs(name); err == nil {
				name = whole
			}
			return Done{Says: safe.Sprintf("wrote %s to %s", plural(bytes.Count(content, []byte("\n")), "line"), name)}, nil
		},
		next: func(m *Model, _ Done, err error) (tea.Cmd, bool) {
			if !errors.Is(err, fs.ErrExist) {
				return nil, false
			}
			m.prompt = newPrompt("", fileLine{file, name})
			return nil, true
		},
	}, m.top(), m.now})
}

// writeFile writes a file that nobody else may read. One that is there already is
// replaced as a whole, and only if that is wanted.
func writeFile(name string, content []byte, over bool) error {
	if over {
		return disk.Replace(name, content, 0o600)
	}
	return disk.Create(name, content)
}
