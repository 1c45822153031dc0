package tui

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"selvage/core"
)

// fakeSheets opens objects as one line of text, and takes lines that say so.
type fakeSheets struct {
	tb    testing.TB
	dir   string
	taken []string
	wrong string // what cannot be taken
	drops int    // drafts that go, each time
}

type fakeSheet struct {
	*fakeSheets
	file  string
	wrote []byte
}

func (s *fakeSheets) Open(_ context.Context, id core.FabricID, k core.Key) (Sheet, error) {
	one := &fakeSheet{s, filepath.Join(s.dir, "sheet.yaml"), []byte(string(id) + " " + k.Name + "\n")}
	return one, os.WriteFile(one.file, one.wrote, 0o600)
}

func (s *fakeSheet) File() string { return s.file }

func (s *fakeSheet) read() []byte {
	text, err := os.ReadFile(s.file)
	if err != nil {
		s.tb.Fatal(err)
	}
	return text
}

func (s *fakeSheet) Take(context.Context, string) (made, dropped int, err error) {
	if !s.left() {
		return 0, 0, ErrNoSheet
	}
	text := s.read()
	switch {
	case bytes.Equal(text, s.wrote):
		return 0, 0, nil
	case s.wrong != "" && strings.Contains(string(text), s.wrong):
		return 0, 0, errors.New("line 2: no value of a VLAN: 5000")
	}
	s.taken, s.wrote = append(s.taken, string(text)), text
	return 2, s.drops, nil
}

func (s *fakeSheet) Leave() (string, error) {
	if !bytes.Equal(s.read(), s.wrote) {
		return s.file, nil
	}
	return "", os.Remove(s.file)
}

// editing is a dashboard on a desk with an editor.
func editingWith(t *testing.T, editor string) (*driver, *fakeSheets) {
	t.Helper()
	d := drive(t, deskFleet(), 120, 30)
	sheets := &fakeSheets{tb: t, dir: t.TempDir()}
	d.model.cfg.Acts.Sheets = sheets
	d.model.cfg.Env = func(name string) (string, bool) { return editor, name == "EDITOR" }
	return d, sheets
}

func (s *fakeSheets) left() bool {
	_, err := os.Stat(filepath.Join(s.dir, "sheet.yaml"))
	return err == nil
}

func TestEOpensTheObjectInTheEditor(t *testing.T) {
	for name, keys := range map[string][]string{
		"detail": {"enter"}, "diff": {"enter", "d"}, "resolve": {"c", "m"}, "drafts": {"enter", "7"},
	} {
		t.Run(name, func(t *testing.T) {
			d, sheets := editingWith(t, `printf 'vlan: 1002\n' >>`)
			d.press(keys...).press("E")
			if len(sheets.taken) != 1 || !strings.HasPrefix(sheets.taken[0], "dc1-prod ") || !strings.HasSuffix(sheets.taken[0], "\nvlan: 1002\n") {
				t.Fatalf("it takes %q:\n%s", sheets.taken, d.screen())
			}
			d.shows("2 drafts of ")
			if sheets.left() {
				t.Error("the file is left")
			}
		})
	}
}

func TestVisualComesBeforeEditor(t *testing.T) {
	d, sheets := editingWith(t, "false")
	d.model.cfg.Env = func(name string) (string, bool) {
		return map[string]string{"VISUAL": "echo visual >>", "EDITOR": "false"}[name], true
	}
	if d.press("enter", "E"); len(sheets.taken) != 1 {
		t.Errorf("it takes %q:\n%s", sheets.taken, d.screen())
	}
}

func TestWhatWasNotChangedDecidesNothing(t *testing.T) {
	d, sheets := editingWith(t, "true")
	d.press("enter", "E")
	d.shows("nothing was changed")
	if len(sheets.taken) > 0 || sheets.left() {
		t.Errorf("it takes %q", sheets.taken)
	}
}

func TestDraftsThatTheEditorTookBackAreTold(t *testing.T) {
	d, sheets := editingWith(t, "echo vlan: 1002 >>")
	sheets.drops = 1
	d.press("enter", "E")
	d.shows("2 drafts of ")
	d.shows("from the editor, 1 dropped")
	said := (&sheetWork{}).came(0, 1)
	if !strings.Contains(said.String(), "1 draft of  dropped (u undoes it)") {
		t.Errorf("it says %q", said)
	}
}

// TestWhatCannotBeTakenIsMendedOrKept, and never lost.
func TestWhatCannotBeTakenIsMendedOrKept(t *testing.T) {
	d, sheets := editingWith(t, "echo vlan: 5000 >>")
	sheets.wrong = "5000"
	d.press("enter", "E")
	d.shows("line 2: no value of a VLAN: 5000")
	d.shows("enter opens it again")
	d.press("x", "q") // no answer
	d.shows("enter opens it again")
	d.model.cfg.Env = func(name string) (string, bool) { return "sed -i s/5000/500/", name == "EDITOR" }
	d.press("enter")
	if len(sheets.taken) != 1 || !strings.HasSuffix(sheets.taken[0], "\nvlan: 500\n") {
		t.Errorf("it takes %q:\n%s", sheets.taken, d.screen())
	}

	d, sheets = editingWith(t, "echo vlan: 5000 >>")
	sheets.wrong = "5000"
	d.press("enter", "E", "esc")
	if told := strings.Join(strings.Fields(d.screen()), " "); !strings.Contains(told, "what was typed is in "+sheets.dir) {
		t.Errorf("it does not tell where what was typed is:\n%s", d.screen())
	}
	if !sheets.left() {
		t.Error("what was typed is gone")
	}
}

func TestAnEditorThatFailsTakesNothing(t *testing.T) {
	d, sheets := editingWith(t, "no-such-editor")
	d.press("enter", "E")
	d.shows(`nothing was taken: "no-such-editor": exit status 127`)
	d.shows("$VISUAL or $EDITOR names")
	if sheets.left() {
		t.Error("the file is left")
	}
	d, sheets = editingWith(t, "echo half >>")
	d.model.cfg.Env = func(name string) (string, bool) { return `sh -c 'echo half >> "$0"; exit 1'`, name == "EDITOR" }
	d.press("enter", "E")
	if told := strings.Join(strings.Fields(d.screen()), " "); !strings.Contains(told, "what was typed is in "+sheets.dir) {
		t.Errorf("it does not tell where what was typed is:\n%s", d.screen())
	}
	if len(sheets.taken) > 0 {
		t.Errorf("it takes %q", sheets.taken)
	}
}

// TestAnEditorThatRemovedItsFileDecidesNothing, and nothing is said to be kept.
func TestAnEditorThatRemovedItsFileDecidesNothing(t *testing.T) {
	d, sheets := editingWith(t, "rm")
	d.press("enter", "E")
	d.shows("the editor left no file: nothing was decided")
	d.hides("kept")
	if d.model.prompt != nil || len(sheets.taken) > 0 {
		t.Errorf("it takes %q, and asks:\n%s", sheets.taken, d.screen())
	}
}

func TestEIsNotOfferedWhereNothingCanBeDecided(t *testing.T) {
	d, sheets := editingWith(t, "echo x >>")
	d.model.cfg.Mode = core.ModeRead
	if d.press("enter", "E"); len(d.model.deeds) > 0 || sheets.left() {
		t.Error("it is opened")
	}
}
