package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"selvage/core"
	"selvage/core/disk"
	"selvage/core/sheet"
	"selvage/tui"
)

// sheets opens objects for the editor of the dashboard.
type sheets struct {
	app     *app
	session *session
}

// Open writes an object into a file.
func (d sheets) Open(ctx context.Context, id core.FabricID, k core.Key) (tui.Sheet, error) {
	page, err := d.session.runner.Sheet(ctx, id, k)
	if err != nil {
		return nil, err
	}
	return d.lay(page, k)
}

// lay writes a sheet into a file.
func (d sheets) lay(page sheet.Sheet, k core.Key) (*openSheet, error) {
	file, err := d.app.editFile(d.session.config, k)
	if err != nil {
		return nil, err
	}
	if file, err = filepath.Abs(file); err != nil {
		return nil, err
	}
	s := &openSheet{session: d.session, page: page, file: file}
	if err := s.write(page.Text()); err != nil {
		return nil, errors.Join(err, os.Remove(file))
	}
	return s, nil
}

// openSheet is an object in a file.
type openSheet struct {
	session *session
	page    sheet.Sheet
	file    string
	wrote   []byte // into the file, by this program
}

func (s *openSheet) File() string { return s.file }

func (s *openSheet) write(text []byte) error {
	s.wrote = text
	return disk.Replace(s.file, text, 0o600)
}

// Take lays down what the file says.
func (s *openSheet) Take(ctx context.Context, by string) (made, dropped int, err error) {
	t, problem, err := s.take(ctx, by)
	if problem != nil && err == nil {
		err = errors.New(problem.String())
	}
	return len(t.made), t.dropped, err
}

// taken is what came of a sheet.
type taken struct {
	made    []core.Draft
	dropped int // drafts whose places say again what Git says
}

// take lays down what the file says and tells what came of that, or what keeps it
// from being taken, which then stands in the file too.
func (s *openSheet) take(ctx context.Context, by string) (t taken, _ *sheet.Problem, _ error) {
	typed, err := os.ReadFile(s.file)
	if errors.Is(err, fs.ErrNotExist) {
		return t, nil, tui.ErrNoSheet
	}
	if err != nil {
		return t, nil, err
	}
	decisions, dropped, problems := s.page.Decisions(typed)
	if len(problems) == 0 {
		if len(decisions)+len(dropped) > 0 {
			t.made, err = s.session.runner.Revise(ctx, s.page.Fabric, by, dropped, decisions...)
		}
		if err == nil {
			s.wrote, t.dropped = typed, len(dropped)
			return t, nil, nil
		}
		problems = []sheet.Problem{{Reason: err.Error()}}
	}
	// Not remembered as written: it holds what was typed.
	return taken{}, &s.page.Within(problems...)[0], disk.Replace(s.file, s.page.Again(typed, problems...), 0o600)
}

// Leave removes the file, unless something is in it that was typed and not taken.
func (s *openSheet) Leave() (string, error) {
	has, err := os.ReadFile(s.file)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err == nil && !bytes.Equal(has, s.wrote) {
		return s.file, nil
	}
	return "", os.Remove(s.file)
}

// hinter tells what the schemas of clusters say.
type hinter struct{ session *session }

// Hint is what is said of the values at a place.
func (h hinter) Hint(ctx context.Context, id core.FabricID, k core.Key, path core.Path) (core.SchemaHint, error) {
	all, err := h.session.loop.Subjects(ctx, id, k)
	if err != nil || len(all) == 0 {
		return core.SchemaHint{}, err
	}
	if at := all[0].Schema.Below(path); at != nil && at.Hint != nil {
		return *at.Hint, nil
	}
	return core.SchemaHint{}, nil
}
