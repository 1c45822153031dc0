package lines

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"selvage/core"
	"selvage/core/safe"
)

// desk is the fabric of a command that decides, where that is allowed.
func (t *talk) desk(args []string) (core.FabricState, []string, error) {
	f, rest, err := t.about(args)
	switch {
	case err != nil:
		return f, nil, err
	case t.cfg.Acts.Decider == nil:
		return f, nil, errors.New("nothing can be decided here")
	}
	return f, rest, t.writable(f)
}

// resolve is the command of the program: it decides on what its flags name, or
// without any goes through an object, or reads the drafts out.
func (t *talk) resolve(ctx context.Context, g given) error {
	f, rest, err := t.desk(g.args)
	switch decides := g.has("take") || g.has("value"); {
	case err != nil:
		return err
	case g.has("undo"):
		return t.undo(ctx, given{args: g.args})
	case g.has("redo"):
		return t.redo(ctx, given{args: g.args})
	case g.has("drop"):
		return t.drop(ctx, f, rest, g)
	case !decides && len(rest) == 0:
		return t.listDrafts(ctx, given{args: g.args})
	case !decides:
		return t.decideOn(ctx, given{args: g.args})
	case g.has("take") && g.has("value"):
		return errors.New("--take or --value: one of the two")
	}
	_, v, err := t.single(g.args)
	if err != nil {
		return err
	}
	d := core.Decision{Key: v.Key, Path: core.Root, Choice: core.Choice(g.flags["take"])}
	if g.has("field") {
		if d.Path, err = core.ParsePath(g.flags["field"]); err != nil {
			return fmt.Errorf("--field %q: %w", g.flags["field"], err)
		}
	}
	if g.has("value") {
		if d.Value, err = value(g.flags["value"]); err != nil {
			return err
		}
		d.Choice = core.TakeEdited
	} else if !slices.Contains(sides(), d.Choice) {
		return fmt.Errorf("--take %q: it is one of git, live, base", d.Choice)
	}
	return t.decide(ctx, f, d)
}

func sides() []core.Choice { return []core.Choice{core.TakeGit, core.TakeLive, core.TakeBase} }

// value reads a value of a person's own. What stands for a secret is refused: it
// would be written in its place.
func value(text string) (core.Value, error) {
	v, err := core.DecodeJSON([]byte(text))
	switch {
	case err != nil:
		return core.Value{}, fmt.Errorf(`the value is no JSON: %w (a text is quoted: "l3vni")`, err)
	case strings.Contains(string(core.CanonicalJSON(v)), `"<masked `):
		return core.Value{}, errors.New("it stands for a secret that is not shown: type all of the new value")
	case v == nil:
		return core.Value{}, nil // to have nothing there
	}
	return core.ValueOf(v), nil
}

// decide lays a decision down.
func (t *talk) decide(ctx context.Context, f core.FabricState, d core.Decision) error {
	label := core.Resolution{Path: d.Path, Choice: d.Choice}.Sentence(f.Fabric.Label(d.Key))
	err := t.during(ctx, safe.Clean(label), func(ctx context.Context) error {
		_, err := t.cfg.Acts.Decider.Decide(ctx, f.Fabric.ID, t.cfg.Acts.By, d)
		return err
	})
	if err != nil {
		return err
	}
	t.say(safe.Sprintf("draft: %s", label))
	after, err := t.fabric(f.Fabric.ID)
	if err != nil {
		return err
	}
	for _, s := range draftsOn(after, d.Key) {
		if s.Path == d.Path && s.Keeping.Sentence != "" {
			t.say(safe.Sprintf("live: %s", s.Keeping.Sentence))
			if s.Keeping.Command != "" {
				t.say(safe.Clean(s.Keeping.Command))
			}
		}
	}
	return nil
}

// decideOn goes through the differences of an object.
func (t *talk) decideOn(ctx context.Context, g given) error {
	if _, _, err := t.desk(g.args); err != nil {
		return err
	}
	f, v, err := t.single(g.args)
	if err != nil {
		return err
	}
	open := slices.DeleteFunc(slices.Clone(v.Changes), func(c core.Change) bool { return c.Verdict == core.FieldPruned })
	if len(open) == 0 {
		return fmt.Errorf("%s does not differ", f.Fabric.Label(v.Key))
	}
	t.step(ctx, f, v, open, 0)
	return nil
}

// step asks about one difference of an object, and then about the next one.
func (t *talk) step(ctx context.Context, f core.FabricState, v core.Verdict, open []core.Change, i int) {
	if i == len(open) {
		t.say(safe.Sprintf("that was all of %s (plan %s tells what publishing would do)", f.Fabric.Label(v.Key), f.Fabric.ID))
		return
	}
	c := open[i]
	t.say(safe.Sprintf("%d of %d: %s", i+1, len(open), difference(f, v, c)))
	for _, d := range draftsOn(f, v.Key) {
		if c.Path.Under(d.Path) || d.Path.Under(c.Path) {
			t.say(safe.Sprintf("decided already: %s", d.Sentence(f.Fabric.Label(d.Key))))
		}
	}
	t.ask(safe.Lit("Type git, live or base to take what it says, an equals sign and a JSON value to set your own, skip to go on without deciding, or stop."), func(ctx context.Context, line string) error {
		d := core.Decision{Key: v.Key, Path: c.Path, Choice: core.Choice(strings.ToLower(line))}
		typed, edits := strings.CutPrefix(line, "=")
		var err error
		switch {
		case line == "stop" || line == "":
			t.say(safe.Lit("stopped: what was decided stays a draft"))
			return nil
		case line == "skip":
			t.step(ctx, f, v, open, i+1)
			return nil
		case edits:
			d.Choice = core.TakeEdited
			d.Value, err = value(strings.TrimSpace(typed))
		case !slices.Contains(sides(), d.Choice):
			err = fmt.Errorf("%q is none of these", line)
		}
		if err == nil {
			err = t.decide(ctx, f, d)
		}
		if err != nil {
			t.tell(err)
			t.step(ctx, f, v, open, i)
			return nil
		}
		t.step(ctx, f, v, open, i+1)
		return nil
	})
}

// difference is one difference as a sentence.
func difference(f core.FabricState, v core.Verdict, c core.Change) string {
	where := string(c.Path)
	if c.Path == core.Root {
		where = "the whole object"
	}
	s := fmt.Sprintf("%s of %s, %s.", where, f.Fabric.Label(v.Key), strings.ReplaceAll(string(c.Verdict), "_", " "))
	if c.Base.Present() && c.Path != core.Root {
		s += fmt.Sprintf(" Base %s.", said(c.Base))
	}
	if c.Path == core.Root {
		side := map[bool]string{true: "has it", false: "does not have it"}
		s += fmt.Sprintf(" Git %s, live %s.", side[c.Git.Present()], side[c.Live.Present()])
	} else {
		s += fmt.Sprintf(" Git %s, live %s.", said(c.Git), said(c.Live))
	}
	if c.Manager != "" {
		s += fmt.Sprintf(" Live by %s.", c.Manager)
	}
	if c.Unit != "" && c.Unit != c.Path {
		s += fmt.Sprintf(" It is decided with all of %s.", c.Unit)
	}
	return s
}

func said(v core.Value) string {
	if !v.Present() {
		return "has nothing"
	}
	return "says " + core.Inline(v.Any())
}

// drop takes drafts away: those on an object, or at a field and below, or all.
func (t *talk) drop(ctx context.Context, f core.FabricState, names []string, g given) error {
	all, field := g.has("all"), core.Root
	if all == (len(names) > 0) {
		return errors.New("--drop: name an object, or say --all: one of the two")
	}
	if g.has("field") {
		var err error
		if field, err = core.ParsePath(g.flags["field"]); err != nil {
			return fmt.Errorf("--field %q: %w", g.flags["field"], err)
		}
	}
	about := map[core.Key]bool{}
	if !all {
		found, err := t.found(f, names)
		if err != nil {
			return err
		}
		for _, v := range found {
			about[v.Key] = true
		}
	}
	var ids []int64
	for _, d := range f.Drafts {
		if all || about[d.Key] && d.Path.Under(field) {
			ids = append(ids, d.ID)
		}
	}
	if len(ids) == 0 {
		return errors.New("there is no such draft (drafts reads them out)")
	}
	var gone core.Dropped
	err := t.during(ctx, safe.Lit("dropping"), func(ctx context.Context) (err error) {
		gone, err = t.cfg.Acts.Decider.Drop(ctx, f.Fabric.ID, t.cfg.Acts.By, ids...)
		return err
	})
	if err != nil {
		return err
	}
	t.say(safe.Clean(gone.Sentence("undo brings back")))
	return nil
}

// listDrafts reads the drafts out.
func (t *talk) listDrafts(_ context.Context, g given) error {
	f, _, err := t.about(g.args)
	if err != nil {
		return err
	}
	lines := []safe.Text{}
	for _, d := range f.Drafts {
		lines = append(lines, safe.Clean(draft(f, d)))
	}
	if len(lines) == 0 {
		lines = append(lines, safe.Sprintf("%s: no drafts", f.Fabric.ID))
	}
	t.print(lines)
	return nil
}

// draft is a draft as a sentence.
func draft(f core.FabricState, d core.DraftStanding) string {
	s := fmt.Sprintf("draft %d: %s", d.ID, d.Sentence(f.Fabric.Label(d.Key)))
	if d.Choice == core.TakeEdited && d.Path != core.Root {
		to := "nothing"
		if d.Value.Present() {
			to = core.Inline(d.Value.Any())
		}
		s += " to " + to
	}
	s += fmt.Sprintf(", by %s, %s", d.By, d.State)
	if d.Why != "" {
		s += ": " + d.Why
	}
	return s
}

func (t *talk) undo(ctx context.Context, g given) error {
	return t.back(ctx, g, "undone", "undo", func(ctx context.Context, id core.FabricID) (core.Stepped, error) {
		return t.cfg.Acts.Decider.Undo(ctx, id, t.cfg.Acts.By)
	})
}

func (t *talk) redo(ctx context.Context, g given) error {
	return t.back(ctx, g, "done again", "do again", func(ctx context.Context, id core.FabricID) (core.Stepped, error) {
		return t.cfg.Acts.Decider.Redo(ctx, id, t.cfg.Acts.By)
	})
}

// back goes back or forth by one step.
func (t *talk) back(ctx context.Context, g given, did, word string, do func(context.Context, core.FabricID) (core.Stepped, error)) error {
	f, _, err := t.desk(g.args)
	if err != nil {
		return err
	}
	var what core.Stepped
	err = t.during(ctx, safe.Lit("going a step back"), func(ctx context.Context) (err error) {
		what, err = do(ctx, f.Fabric.ID)
		return err
	})
	if err == nil {
		t.say(safe.Clean(what.Sentence(did, word)))
	}
	return err
}

// ack accepts a difference for a while, and asks for what was not said.
func (t *talk) ack(ctx context.Context, g given) error {
	f, v, err := t.single(g.args)
	switch {
	case err != nil:
		return err
	case t.cfg.Acts.Accepter == nil:
		return errors.New("nothing can be accepted here")
	}
	path := core.Root
	if g.has("field") {
		if path, err = core.ParsePath(g.flags["field"]); err != nil {
			return fmt.Errorf("--field %q: %w", g.flags["field"], err)
		}
	}
	// Before anything is asked, what was given already.
	if given := g.flags["for"]; strings.TrimSpace(given) != "" {
		if err := t.cfg.Acts.SpanFault(given); err != nil {
			return err
		}
	}
	for _, missing := range []struct{ flag, question string }{
		{"for", "for how long (8h, 2d, 3w)?"}, {"reason", "why may it stay?"},
	} {
		if strings.TrimSpace(g.flags[missing.flag]) != "" {
			continue
		}
		t.ask(safe.Clean(missing.question), func(ctx context.Context, line string) error {
			if line == "" {
				return errors.New("nothing was accepted: it takes an end and a reason")
			}
			if missing.flag == "for" {
				if err := t.cfg.Acts.SpanFault(line); err != nil {
					t.tell(err)
					return t.ack(ctx, g)
				}
			}
			g.flags[missing.flag] = line
			return t.ack(ctx, g)
		})
		return nil
	}
	name := f.Fabric.Label(v.Key)
	var until time.Time
	err = t.during(ctx, safe.Sprintf("accepting %s", name), func(ctx context.Context) (err error) {
		until, err = t.cfg.Acts.Accepter.Accept(ctx, f.Fabric.ID, v.Key, path, g.flags["for"], g.flags["reason"])
		return err
	})
	if err != nil {
		return err
	}
	t.say(safe.Sprintf("%s is accepted until %s", name, core.Stamp(until)))
	return nil
}

// restore makes a draft of an edit that was overwritten.
func (t *talk) restore(ctx context.Context, g given) error {
	f, rest, err := t.desk(g.args)
	if err != nil {
		return err
	}
	n := 0
	if len(rest) == 1 {
		n, _ = strconv.Atoi(rest[0])
	}
	if n < 1 || n > len(t.edits) || f.Fabric.ID != t.open {
		return errors.New("which one? (overwritten reads them out with their numbers)")
	}
	e := t.edits[n-1]
	err = t.during(ctx, safe.Lit("bringing it back"), func(ctx context.Context) error {
		return t.cfg.Acts.Ledger.BringBack(ctx, f.Fabric.ID, t.cfg.Acts.By, e.ID)
	})
	if err != nil {
		return err
	}
	t.say(safe.Sprintf("draft: %s of %s as it was", e.Path, f.Fabric.Label(e.Key)))
	return nil
}
