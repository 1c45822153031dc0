package lines

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"selvage/core"
	"selvage/core/safe"
	"selvage/tui"
)

const (
	// logged is how much of the log is told, in lines.
	logged = 200
	// examining is how many fabrics are looked at at the same time.
	examining = 8
)

// engine tells all about what applies Git to a fabric, and about its switches.
func (t *talk) engine(_ context.Context, g given) error {
	f, err := t.fabricOf(g)
	if err != nil {
		return err
	}
	t.text(tui.EngineText(f, t.cfg.Now()))
	return nil
}

// info tells how a fabric is set up and read.
func (t *talk) info(ctx context.Context, g given) error {
	f, err := t.fabricOf(g)
	if err != nil {
		return err
	}
	return t.readOut(ctx, safe.Sprintf("reading the configuration of %s", f.Fabric.ID), func(ctx context.Context) (string, error) {
		return tui.InfoText(ctx, t.cfg.Acts, t.mode(f), f, t.cfg.Now())
	})
}

// handover tells what is open on all fabrics.
func (t *talk) handover(ctx context.Context, _ given) error {
	return t.readOut(ctx, safe.Lit("reading what is handed over"), func(ctx context.Context) (string, error) {
		return tui.HandoverText(ctx, t.cfg.Acts, t.cfg.Engine.Fleet(), t.cfg.Now())
	})
}

// events tells what happened to all fabrics.
func (t *talk) events(ctx context.Context, g given) error {
	return t.past(ctx, Query{Since: g.flags["since"], Object: g.flags["object"]})
}

// log tells what the program wrote down, the latest last.
func (t *talk) log(ctx context.Context, _ given) error {
	if t.cfg.Acts.Journal == nil {
		return errors.New("no log is kept here")
	}
	return t.readOut(ctx, safe.Lit("reading the log"), func(ctx context.Context) (string, error) {
		path, tail, err := t.cfg.Acts.Journal.Tail(ctx, logged)
		if err != nil {
			return "", err
		}
		slices.Reverse(tail) // what is read out first is what happened last
		return fmt.Sprintf("log %s, %s, latest first\n%s\n", path, core.Counted(len(tail), "line"), strings.Join(tail, "\n")), nil
	})
}

// readOut reads a text that may take a while, and tells it.
func (t *talk) readOut(ctx context.Context, label safe.Text, read func(context.Context) (string, error)) error {
	var text string
	err := t.during(ctx, label, func(ctx context.Context) (err error) {
		text, err = read(ctx)
		return err
	})
	if err == nil {
		t.text(text)
	}
	return err
}

// fabricOf is the fabric that a command without other words is about.
func (t *talk) fabricOf(g given) (core.FabricState, error) {
	switch len(g.args) {
	case 0:
		f, _, err := t.about(nil)
		return f, err
	case 1:
		return t.fabric(core.FabricID(g.args[0]))
	}
	return core.FabricState{}, errors.New("name one fabric")
}

// lint tells what a fabric would refuse of its files in Git.
func (t *talk) lint(ctx context.Context, g given) error {
	f, err := t.fabricOf(g)
	switch {
	case err != nil:
		return err
	case t.cfg.Acts.Linter == nil:
		return errors.New("nothing is linted here (selvage lint does)")
	case f.Report == nil:
		return unread(f)
	}
	var found []core.LintFinding
	err = t.during(ctx, safe.Sprintf("looking through the files of %s", f.Fabric.ID), func(ctx context.Context) (err error) {
		found, err = t.cfg.Acts.Linter.Lint(ctx, f.Fabric.ID)
		return err
	})
	if err != nil {
		return err
	}
	count := map[core.LintLevel]int{}
	lines := make([]safe.Text, 1, len(found)+1)
	for _, x := range found {
		count[x.Level]++
		lines = append(lines, finding(f, x))
	}
	lines[0] = safe.Sprintf("%s: %s, %s, %s", f.Fabric.ID, core.Counted(count[core.LintError], "error"),
		core.Counted(count[core.LintWarning], "warning"), core.Counted(count[core.LintNote], "note"))
	if len(found) == 0 {
		lines[0] = safe.Sprintf("%s: lint finds nothing that a fabric would refuse", f.Fabric.ID)
	}
	t.print(lines)
	return nil
}

// finding is one thing that lint found, as a sentence.
func finding(f core.FabricState, x core.LintFinding) safe.Text {
	who := ""
	if x.Key != (core.Key{}) {
		who = f.Fabric.Label(x.Key)
		if x.Path != "" && x.Path != core.Root {
			who += " at " + string(x.Path)
		}
		who += ": "
	}
	return safe.Sprintf("%s: %s%s (%s), in %s", x.Level, who, x.Message, x.Rule, x.Origin.Place())
}

// looked is what was found of one fabric; of "" what concerns none.
type looked struct {
	of    core.FabricID
	found []tui.Symptom
	err   error
}

// doctor tells what keeps fabrics from being read or published to. Of one fabric it
// tells all that it looked at, of several what is not well.
func (t *talk) doctor(ctx context.Context, g given) error {
	if t.cfg.Acts.Doctor == nil {
		return errors.New("nothing is examined here (selvage doctor does)")
	}
	all := []looked{{}}
	whole := len(g.args) > 0 || t.open != ""
	if whole {
		f, err := t.fabricOf(g)
		if err != nil {
			return err
		}
		all = []looked{{of: f.Fabric.ID}}
	} else {
		for _, f := range t.cfg.Engine.Fleet().Fabrics {
			all = append(all, looked{of: f.Fabric.ID})
		}
	}
	err := t.during(ctx, safe.Sprintf("looking at %s", core.Counted(len(all), "part")), func(ctx context.Context) error {
		t.examine(ctx, all)
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	t.print(diagnosis(all, whole))
	return nil
}

// examine fills in what is found, of some at the same time.
func (t *talk) examine(ctx context.Context, all []looked) {
	free := make(chan struct{}, examining)
	var busy sync.WaitGroup
	for i := range all {
		busy.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			all[i].found, all[i].err = t.cfg.Acts.Doctor.Examine(ctx, all[i].of)
		})
	}
	busy.Wait()
}

// diagnosis tells what was found, and counts it first; what is well only where the
// whole of it is wanted.
func diagnosis(all []looked, whole bool) []safe.Text {
	count := map[string]int{}
	lines := []safe.Text{{}}
	for _, l := range all {
		name := string(l.of)
		if l.of == "" {
			name = "selvage"
		}
		if l.err != nil {
			count["fail"]++
			lines = append(lines, safe.Sprintf("%s: fail: %v", name, l.err))
		}
		for _, level := range []string{"fail", "warn", "ok"} {
			for _, s := range l.found {
				if s.Level != level {
					continue
				}
				count[level]++
				if level == "ok" && !whole {
					continue
				}
				hint := ""
				if s.Hint != "" {
					hint = ". What to do: " + s.Hint
				}
				lines = append(lines, safe.Sprintf("%s: %s: %s, %s: %s%s", name, level, s.Area, s.What, s.Text, hint))
			}
		}
	}
	lines[0] = safe.Sprintf("%d failed, %d to look at, %d well", count["fail"], count["warn"], count["ok"])
	return lines
}

// listNotes reads the notes of the hand-over out, with their numbers.
func (t *talk) listNotes(ctx context.Context, _ given) error {
	if t.cfg.Acts.Handover == nil {
		return errors.New("no notes are kept here")
	}
	err := t.during(ctx, safe.Lit("reading the notes"), func(ctx context.Context) (err error) {
		t.notes, err = t.cfg.Acts.Handover.Notes(ctx)
		return err
	})
	if err != nil {
		return err
	}
	lines := []safe.Text{}
	for i, n := range t.notes {
		lines = append(lines, safe.Sprintf("%d. %s, by %s, %s ago", i+1, n.Text, n.By, core.Age(t.cfg.Now(), n.At)))
	}
	if len(lines) == 0 {
		lines = append(lines, safe.Lit("no notes (note leaves one)"))
	}
	t.print(lines)
	return nil
}

// note leaves a note for whoever comes next, or takes one away.
func (t *talk) note(ctx context.Context, g given) error {
	keeper := t.cfg.Acts.Handover
	if keeper == nil {
		return errors.New("no notes are kept here")
	}
	if said, ok := g.flags["done"]; ok {
		n, err := strconv.Atoi(said)
		if err != nil || n < 1 || n > len(t.notes) {
			return fmt.Errorf("no note has the number %q (notes reads them out)", said)
		}
		err = t.during(ctx, safe.Lit("taking the note away"), func(ctx context.Context) error {
			return keeper.TakeAway(ctx, t.cfg.Acts.By, t.notes[n-1].ID)
		})
		if err == nil {
			t.say(safe.Lit("the note is taken away"))
		}
		return err
	}
	leave := func(ctx context.Context, text string) error {
		if text == "" {
			return errors.New("no note was left")
		}
		err := t.during(ctx, safe.Lit("leaving a note"), func(ctx context.Context) error { return keeper.Leave(ctx, t.cfg.Acts.By, text) })
		if err == nil {
			t.say(safe.Lit("the note is left"))
		}
		return err
	}
	if len(g.args) > 0 {
		return leave(ctx, strings.Join(g.args, " "))
	}
	t.ask(safe.Lit("what is the note?"), leave)
	return nil
}

// theme tells why there is none.
func (t *talk) theme(context.Context, given) error {
	t.say(safe.Lit("nothing is drawn here, so there are no colours to choose: theme in the configuration is that of the dashboard"))
	return nil
}

// keys tells that there are none.
func (t *talk) keys(ctx context.Context, _ given) error {
	t.say(safe.Lit("no key does anything here, commands are typed as lines:"))
	return t.help(ctx, given{})
}

// export tells what takes its place.
func (t *talk) export(context.Context, given) error {
	return errors.New("what is printed here is text already: selvage --accessible | tee FILE keeps all of it, and selvage status, diff and history -o json give documents")
}
