package lines

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"selvage/core"
	"selvage/core/safe"
	"selvage/tui"
)

// ignore makes a rule that leaves a field of an object out, and asks whether to add it
// to the configuration.
func (t *talk) ignore(ctx context.Context, g given) error {
	f, rest, err := t.about(g.args)
	switch {
	case err != nil:
		return err
	case t.cfg.Acts.Ignorer == nil:
		return errors.New("no rule can be made here")
	case len(rest) == 0 || len(rest) > 2:
		return errors.New("name one object, and the path of a field of it that differs")
	}
	f, v, err := t.single(append([]string{string(f.Fabric.ID)}, rest[0]))
	if err != nil {
		return err
	}
	path, err := ignorable(v, rest[1:])
	if err != nil {
		return fmt.Errorf("%s: %w", f.Fabric.Label(v.Key), err)
	}
	var rule tui.IgnoreRule
	err = t.during(ctx, safe.Sprintf("a rule that ignores %s", path), func(ctx context.Context) (err error) {
		rule, err = t.cfg.Acts.Ignorer.Rule(ctx, f.Fabric.ID, v.Key, path)
		return err
	})
	if err != nil {
		return err
	}
	if rule.Add == nil {
		t.say(safe.Sprintf("an item for the ignore list of %s in the configuration:", f.Fabric.ID))
	} else {
		t.say(safe.Sprintf("a rule for %s, at %s:", f.Fabric.ID, rule.Where))
	}
	t.say(safe.Clean(rule.Item))
	t.say(tui.Reach(f, rule.Rule))
	if rule.Add == nil {
		return fmt.Errorf("it has to be added by hand: %s", rule.Why)
	}
	t.ask(safe.Lit("Type yes to add it to the configuration; anything else adds nothing."), func(ctx context.Context, line string) error {
		if line != "yes" {
			return errors.New("no rule was added")
		}
		if err := t.during(ctx, safe.Lit("adding the rule"), rule.Add); err != nil {
			return err
		}
		t.say(safe.Lit("added: it counts from the next start of selvage on"))
		return nil
	})
	return nil
}

// ignorable is the field of an object that a rule is to leave out: the one that is
// named, else its only one.
func ignorable(v core.Verdict, named []string) (core.Path, error) {
	var differ []core.Path
	for _, c := range v.Changes {
		if c.Path != core.Root && c.Verdict != core.FieldPruned && !v.Key.IsFile() {
			differ = append(differ, c.Path)
		}
	}
	switch {
	case len(differ) == 0:
		return "", errors.New("no single field of it differs")
	case len(named) == 0 && len(differ) == 1:
		return differ[0], nil
	case len(named) == 1 && slices.Contains(differ, core.Path(named[0])):
		return core.Path(named[0]), nil
	}
	all := make([]string, len(differ))
	for i, p := range differ {
		all[i] = string(p)
	}
	return "", fmt.Errorf("name one of its fields that differ: %s", strings.Join(all, ", "))
}
