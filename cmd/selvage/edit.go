package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"

	"selvage/core"
	"selvage/core/child"
)

// edit opens an object in the person's editor, and lays down what they made of it.
// It is opened again with the reasons where that cannot be taken, until it can be,
// or nothing is changed any more: then the text is kept in its file, which is told.
func (a *app) edit(ctx context.Context, s *session, f core.FabricState, object string, flags resolveFlags) error {
	if f.Report == nil {
		return exit{code: exitUnread, err: f.Err}
	}
	k, err := one(f, object, a.now())
	if err != nil {
		return err
	}
	page, err := s.runner.Sheet(ctx, f.Fabric.ID, k)
	if err != nil {
		return notAllowed(err)
	}
	open, err := sheets{a, s}.lay(page, k)
	if err != nil {
		return exit{code: exitRefused, err: fmt.Errorf("edit %s: %w", page.Name, err)}
	}
	came, err := a.editing(ctx, open)
	kept, leaving := open.Leave()
	var e exit
	switch {
	case kept != "":
		return exit{code: exitRefused, err: fmt.Errorf("edit %s of %s: %w (what was typed is in %s)", page.Name, f.Fabric.ID, err, kept)}
	case errors.As(err, &e):
		return err
	case err != nil:
		return exit{code: exitRefused, err: fmt.Errorf("edit %s of %s: %w", page.Name, f.Fabric.ID, err)}
	case leaving != nil:
		return leaving
	case len(came.made) == 0 && came.dropped == 0:
		fmt.Fprintf(a.errs, "%s: nothing was changed, and nothing is decided\n", cleaned(page.Name))
		return nil
	}
	if came.dropped > 0 {
		fmt.Fprintf(a.errs, "%s: drafts dropped, as their places say again what git says: %d\n", cleaned(page.Name), came.dropped)
	}
	if len(came.made) == 0 {
		return nil
	}
	return a.tellDecided(ctx, s, f.Fabric.ID, came.made, flags)
}

// editing has a person edit a sheet until what they made of it lies on the desk, and
// tells what came of it; nothing where there is nothing to be decided.
func (a *app) editing(ctx context.Context, s *openSheet) (taken, error) {
	for {
		before, err := os.ReadFile(s.file)
		if err != nil {
			return taken{}, err
		}
		if err := a.openEditor(ctx, s.file); err != nil {
			return taken{}, err
		}
		came, problem, err := s.take(ctx, username())
		if err != nil || problem == nil {
			return came, err
		}
		if again, err := os.ReadFile(s.file); err != nil || bytes.Equal(again, before) {
			return taken{}, errors.Join(fmt.Errorf("it was left with what cannot be taken: %s", problem.Reason), err)
		}
	}
}

// openEditor runs the editor of the environment on a file, as git does: the variable
// is a command line for the shell. It waits for its end.
func (a *app) openEditor(ctx context.Context, file string) error {
	visual, _ := a.env("VISUAL")
	editor, _ := a.env("EDITOR")
	editor = cmp.Or(strings.TrimSpace(visual), strings.TrimSpace(editor))
	if editor == "" {
		if !term.IsTerminal(int(os.Stdin.Fd())) {
			return usage(errors.New("--edit needs a terminal, or an EDITOR that needs none"))
		}
		editor = "vi"
	}
	screen := os.Stdout
	if !a.interactive() {
		screen = os.Stderr // what is printed goes elsewhere
	}
	_, err := child.Front{Argv: child.Editor(editor, file), In: os.Stdin, Out: screen, Err: os.Stderr}.Run(ctx)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil:
		return fmt.Errorf("the editor %q ended with %w (VISUAL or EDITOR names another one)", editor, err)
	}
	return nil
}
