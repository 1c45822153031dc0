package tui

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"selvage/core"
	"selvage/core/child"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// Sheets opens objects as texts in files, for an editor.
type Sheets interface {
	// Open writes an object into a file that nobody else may read: as its Git has it,
	// with the comments, or else as live does, and with what drafts have decided.
	Open(ctx context.Context, id core.FabricID, k core.Key) (Sheet, error)
}

// ErrNoSheet is what a [Sheet] says whose file is gone: nothing can be read of it, and
// nothing kept.
var ErrNoSheet = errors.New("the editor left no file: nothing was decided")

// Sheet is an object in a file.
type Sheet interface {
	// File is where the text is.
	File() string
	// Take lays down drafts for what the file now says otherwise, and drops those whose
	// places say again what Git says, in one step that can be undone. It gives how many
	// of either; 0 where the file says what it said. Where it cannot be taken it holds
	// the reasons on top, beside the text, and the first of them is the error;
	// [ErrNoSheet] where there is no file any more.
	Take(ctx context.Context, by string) (made, dropped int, err error)
	// Leave ends it. It removes the file, and keeps it where something was typed that
	// was not taken: then it gives its name.
	Leave() (kept string, err error)
}

// edits tells whether an object of a fabric can be opened in an editor.
func (e Env) edits(f core.FabricState, k core.Key) bool {
	return e.acts.Sheets != nil && e.decides(f) && f.Report != nil && k != (core.Key{}) && !k.IsFile()
}

// openSheet opens an object in the editor, and lays down what was made of it.
func openSheet(e Env, f core.FabricState, k core.Key) Outcome {
	s := &sheetWork{name: objectName(f, k), by: e.acts.By}
	sheets, id := e.acts.Sheets, e.Place.Fabric
	return Outcome{Deed: &Deed{
		Label: safe.Lit("edit ").Plus(s.name),
		Run: func(ctx context.Context) (done Done, err error) {
			s.sheet, err = sheets.Open(ctx, id, k)
			return Done{}, err
		},
		next: func(m *Model, _ Done, err error) (tea.Cmd, bool) {
			if err != nil {
				return nil, false
			}
			return s.open(m), true
		},
		abandoned: s.abandoned(safe.Lit("the screen was left before the editor opened")),
	}}
}

// sheetWork is an object while it is edited.
type sheetWork struct {
	sheet Sheet
	name  safe.Text
	by    string
	left  bool // all of it was taken
}

// open gives the terminal to the editor.
func (s *sheetWork) open(m *Model) tea.Cmd {
	visual, _ := m.cfg.env("VISUAL")
	editor, _ := m.cfg.env("EDITOR")
	editor = cmp.Or(strings.TrimSpace(visual), strings.TrimSpace(editor), "vi")
	return m.execute(Exec{
		Title: safe.Sprintf("edit %s in %q", s.name, editor),
		Argv:  child.Editor(editor, s.sheet.File()),
		Then: func(_ Env, end Ended) Outcome {
			if end.Err != nil {
				return s.leave(safe.Sprintf("%q: %v ($VISUAL or $EDITOR names another editor)", editor, end.Why()))
			}
			return s.take()
		},
		abandoned: func(Ended) Outcome { return s.leave(safe.Lit("the screen was left")) },
	})
}

// abandoned ends it where nobody is there any more to go on with it.
func (s *sheetWork) abandoned(why safe.Text) func(Done, error) Outcome {
	return func(_ Done, err error) Outcome {
		switch {
		case s.sheet == nil || s.left:
			return Outcome{}
		case err != nil:
			why = safe.Clean(err.Error())
		}
		return s.leave(why)
	}
}

// take has what was typed laid down. What cannot be taken can be mended.
func (s *sheetWork) take() Outcome {
	return Outcome{Deed: &Deed{
		Label: safe.Lit("take what was made of ").Plus(s.name),
		Run: func(ctx context.Context) (Done, error) {
			made, dropped, err := s.sheet.Take(ctx, s.by)
			if err != nil {
				return Done{}, err
			}
			s.left = true
			_, err = s.sheet.Leave()
			return Done{Says: s.came(made, dropped)}, err
		},
		next: func(m *Model, _ Done, err error) (tea.Cmd, bool) {
			if err == nil || errors.Is(err, ErrNoSheet) {
				return nil, false
			}
			m.prompt = newPrompt("", sheetLine{s, safe.Clean(err.Error())})
			return nil, true
		},
		abandoned: s.abandoned(safe.Text{}),
	}}
}

// came tells what came of a text.
func (s *sheetWork) came(made, dropped int) safe.Text {
	switch {
	case made == 0 && dropped == 0:
		return safe.Lit(" nothing was changed: ").Plus(s.name)
	case made == 0:
		return safe.Sprintf(" %s of %s dropped (u undoes it)", plural(dropped, "draft"), s.name)
	case dropped == 0:
		return safe.Sprintf(" %s of %s from the editor (u undoes it)", plural(made, "draft"), s.name)
	}
	return safe.Sprintf(" %s of %s from the editor, %d dropped (u undoes it)", plural(made, "draft"), s.name, dropped)
}

// leave ends it without taking anything.
func (s *sheetWork) leave(why safe.Text) Outcome {
	return Outcome{Deed: &Deed{
		Label: safe.Lit("edit ").Plus(s.name),
		Run: func(context.Context) (Done, error) {
			kept, err := s.sheet.Leave()
			if err == nil {
				err = fmt.Errorf("nothing was taken: %s", why)
			}
			if kept != "" {
				err = fmt.Errorf("%w; what was typed is in %s", err, kept)
			}
			return Done{}, err
		},
	}}
}

// sheetLine asks what is to become of a text that cannot be taken.
type sheetLine struct {
	work *sheetWork
	why  safe.Text
}

func (sheetLine) label() safe.Text {
	return safe.Lit("enter opens it again, esc leaves it (what was typed is kept) ")
}

func (sheetLine) changed(*Model, string) {}

// key lets nothing be typed: there is nothing to say but yes and no.
func (sheetLine) key(_ *Model, key string) (tea.Cmd, bool) {
	return nil, key != "enter" && key != "esc" && key != "ctrl+c"
}

func (l sheetLine) enter(m *Model, _ string) tea.Cmd { return l.work.open(m) }

func (l sheetLine) escape(m *Model) { m.follow(l.work.leave(safe.Lit("it was left"))) }

func (l sheetLine) above(m *Model, height int) []string {
	return toldLines(l.why, m.style.ink(themes.Error), m.width, height)
}

// toldLines are a sentence on at most so many lines of the screen.
func toldLines(t safe.Text, ink widget.Ink, width, most int) []string {
	lines := []string{}
	for _, l := range widget.Wrap(t, max(width, 1)) {
		lines = append(lines, widget.NewLine(width).Put(ink, l).Fill(widget.Ink{}).String())
	}
	return lines[:min(len(lines), max(most, 0))]
}
