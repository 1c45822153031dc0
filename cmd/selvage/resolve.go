package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"selvage/core"
)

type resolveFlags struct {
	field      string
	take       string
	value      string
	edit       bool
	drop, all  bool
	undo, redo bool
	cached     bool
	output     string
}

func (a *app) resolveCommand() *cobra.Command {
	var flags resolveFlags
	cmd := &cobra.Command{
		Use:   "resolve FABRIC [KIND/NAME]",
		Short: "Decide what is to become of a difference, as a draft",
		Long: `Check a fabric, and lay down what is to become of an object that differs, or of
one field of it: as a draft, which selvage sync publishes. Nothing is written but
the drafts, which last until they are published or dropped.

  --take git    what git says stays, and live is to follow; this needs no commit
  --take live   what live says goes into git: of an object that only live has, all
                of it; of one that live has no more, its removal
  --take base   git goes back to what it said when both sides last agreed
  --value JSON  this goes into git; null to have nothing there
  --edit        open the object in $VISUAL or $EDITOR (else vi), as git has it, or
                live where git does not: what you change goes into git

Without KIND/NAME it lists the drafts, and what has become of each.`,
		Args: cobra.RangeArgs(1, 2),
		PreRunE: func(cmd *cobra.Command, _ []string) error {
			return only(cmd, false, "take", "value", "edit", "drop", "undo", "redo", "cached")
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.resolve(cmd, args, flags)
		},
	}
	f := cmd.Flags()
	f.StringVar(&flags.field, "field", "", "only the field at this `path`: .spec.subnets.default.vlan")
	f.StringVar(&flags.take, "take", "", "whose word counts: git, live or base")
	f.StringVar(&flags.value, "value", "", "a value of your own, as `JSON`")
	f.BoolVar(&flags.edit, "edit", false, "edit the object as YAML, in $VISUAL or $EDITOR")
	f.BoolVar(&flags.drop, "drop", false, "take the drafts on the object, or at the field and below, away again")
	f.BoolVar(&flags.all, "all", false, "with --drop: all drafts of the fabric")
	f.BoolVar(&flags.undo, "undo", false, "take back what you decided or accepted last")
	f.BoolVar(&flags.redo, "redo", false, "do again what you took back last")
	f.BoolVar(&flags.cached, "cached", false, "list by what was last known, without any network")
	f.StringVarP(&flags.output, "output", "o", "table", "table or json")
	cmd.MarkFlagsMutuallyExclusive("take", "value", "edit", "drop", "undo", "redo", "cached")
	return cmd
}

// resolve finds out which of its forms the command has, and does it.
func (a *app) resolve(cmd *cobra.Command, args []string, flags resolveFlags) error {
	changed := cmd.Flags().Changed
	decides := changed("take") || changed("value") || flags.edit
	switch object := len(args) == 2; {
	case flags.output != "table" && flags.output != "json":
		return usage(fmt.Errorf("--output %q: it is one of table, json", flags.output))
	case flags.all && !flags.drop:
		return usage(errors.New("--all goes with --drop; decide on one object after the other"))
	case flags.drop && object == flags.all:
		return usage(errors.New("--drop: name an object as KIND/NAME, or say --all: one of the two"))
	case decides && !object:
		return usage(errors.New("name the object to decide on, as KIND/NAME (selvage diff lists those that differ)"))
	case object && !decides && !flags.drop:
		return usage(errors.New("say what is to become of it: --take git, --take live, --take base, --value JSON, --edit, or --drop"))
	case changed("field") && flags.edit:
		return usage(errors.New("--edit opens the whole object: leave --field out"))
	case changed("field") && (!object || !decides && !flags.drop):
		return usage(errors.New("--field goes with KIND/NAME and a decision"))
	}
	ctx, fabric := cmd.Context(), args[:1]
	if !decides {
		// What lies on the desk is there without a check.
		return a.survey(ctx, fabric, flags.drop || flags.undo || flags.redo || flags.cached, func(s *session, fabrics []core.FabricState) error {
			switch id := fabrics[0].Fabric.ID; {
			case flags.drop:
				return a.drop(ctx, s, fabrics[0], args[1:], flags)
			case flags.undo:
				return a.step(ctx, s, id, flags, "undone", "undo", s.runner.Undo)
			case flags.redo:
				return a.step(ctx, s, id, flags, "done again", "do again", s.runner.Redo)
			}
			return a.listDrafts(fabrics[0], flags)
		})
	}
	if flags.edit {
		return a.survey(ctx, fabric, false, func(s *session, fabrics []core.FabricState) error {
			return a.edit(ctx, s, fabrics[0], args[1], flags)
		})
	}
	d, err := flags.decision(changed("value"))
	if err != nil {
		return usage(err)
	}
	return a.survey(ctx, fabric, false, func(s *session, fabrics []core.FabricState) error {
		return a.decide(ctx, s, fabrics[0], args[1], d, flags)
	})
}

// decision is what the flags say, but for the object.
func (f resolveFlags) decision(edited bool) (d core.Decision, err error) {
	d.Path, d.Choice = core.Root, core.Choice(f.take)
	if f.field != "" {
		if d.Path, err = core.ParsePath(f.field); err != nil {
			return d, fmt.Errorf("--field %q: %w", f.field, err)
		}
	}
	if !edited {
		if !slices.Contains([]core.Choice{core.TakeGit, core.TakeLive, core.TakeBase}, d.Choice) {
			return d, fmt.Errorf("--take %q: it is one of git, live, base", f.take)
		}
		return d, nil
	}
	d.Choice = core.TakeEdited
	v, err := core.DecodeJSON([]byte(f.value))
	if err != nil {
		return d, fmt.Errorf(`--value: it is no JSON: %w (a text is quoted twice: --value '"l3vni"')`, err)
	}
	if v != nil {
		d.Value = core.ValueOf(v)
	}
	return d, nil
}

// decide lays a decision on an object down, and tells what it will do.
func (a *app) decide(ctx context.Context, s *session, f core.FabricState, object string, d core.Decision, flags resolveFlags) error {
	if f.Report == nil {
		return exit{code: exitUnread, err: f.Err}
	}
	v, err := one(f, object, a.now())
	if err != nil {
		return err
	}
	d.Key = v
	if err := a.fits(ctx, s, f, &d); err != nil {
		return err
	}
	made, err := s.runner.Decide(ctx, f.Fabric.ID, username(), d)
	if err != nil {
		return notAllowed(err)
	}
	return a.tellDecided(ctx, s, f.Fabric.ID, made, flags)
}

// tellDecided tells what drafts that were just made will do.
func (a *app) tellDecided(ctx context.Context, s *session, id core.FabricID, made []core.Draft, flags resolveFlags) error {
	after := s.after(id)
	laid, err := a.laid(ctx, s, after, made)
	if err != nil {
		return err
	}
	if err := a.printDrafts(after, laid, flags.output); err != nil {
		return err
	}
	a.next(after)
	return a.partial(after)
}

// fits tells why a decision is not about what differs, and reads the manifest that
// is to be a whole object.
func (a *app) fits(ctx context.Context, s *session, f core.FabricState, d *core.Decision) error {
	name := f.Fabric.Label(d.Key)
	switch {
	case d.Choice == core.TakeEdited && d.Path == core.Root && d.Value.Present():
		fields, err := contentOf(d.Key, d.Value)
		if err != nil {
			return usage(fmt.Errorf("--value: %w", err))
		}
		d.Value = core.ValueOf(fields)
		return nil
	case d.Choice == core.TakeEdited:
		return nil
	}
	changes, err := s.loop.Values(ctx, f.Fabric.ID, d.Key)
	if err != nil {
		return exit{code: exitUnread, err: err}
	}
	about := func(c core.Change) bool { return c.Path.Overlaps(d.Path) || c.Unit != "" && c.Unit.Overlaps(d.Path) }
	switch {
	case len(changes) == 0 && unknown(f.Report, d.Key):
		return nil // the runner tells what was not read
	case len(changes) == 0:
		return exit{code: exitRefused, err: fmt.Errorf("decide on %s of %s: %s, so there is no side to take (--value puts in a value of your own)", name, f.Fabric.ID, verdictOf(f.Report, d.Key).Agreement())}
	case !slices.ContainsFunc(changes, about):
		for _, fold := range verdictOf(f.Report, d.Key).Folded {
			if fold.Path.Overlaps(d.Path) {
				return exit{code: exitRefused, err: fmt.Errorf("decide on %s of %s of %s: live differs from git there, but that is left aside: %s (--value puts in a value of your own)", d.Path, name, f.Fabric.ID, fold.Why)}
			}
		}
		return usage(fmt.Errorf("%s of %s does not differ at %s, but at %s", name, f.Fabric.ID, d.Path, shownPaths(changes)))
	}
	return nil
}

// verdictOf is what the last check says of an object; the zero Verdict where it says
// nothing.
func verdictOf(r *core.Report, k core.Key) core.Verdict {
	i := slices.IndexFunc(r.Verdicts, func(v core.Verdict) bool { return v.Key == k })
	if i < 0 {
		return core.Verdict{}
	}
	return r.Verdicts[i]
}

// unknown tells whether a side of an object was not read.
func unknown(r *core.Report, k core.Key) bool {
	return verdictOf(r, k).State == core.Unknown
}

// contentOf is what a value says of a whole object: a manifest of it, or only
// what stands below apiVersion, kind and the name.
func contentOf(k core.Key, v core.Value) (map[string]any, error) {
	fields, ok := v.Any().(map[string]any)
	if !ok {
		return nil, errors.New("a whole object is a JSON object (--field decides on a single value)")
	}
	if fields["kind"] == nil && fields["apiVersion"] == nil {
		return fields, nil
	}
	o, err := core.NewObject(core.CloneJSON(fields))
	if err != nil {
		return nil, err
	}
	if o.Key.GroupKind() != k.GroupKind() || o.Key.Name != k.Name || o.Key.Namespace != "" && o.Key.Namespace != k.Namespace {
		return nil, fmt.Errorf("it is a manifest of %s, and not of %s", o.Key, k)
	}
	return o.Fields, nil
}

// drop takes the drafts on an object, at a field and below, or all away.
func (a *app) drop(ctx context.Context, s *session, f core.FabricState, objects []string, flags resolveFlags) error {
	at := core.Root
	if flags.field != "" {
		var err error
		if at, err = core.ParsePath(flags.field); err != nil {
			return usage(fmt.Errorf("--field %q: %w", flags.field, err))
		}
	}
	id := f.Fabric.ID
	drafts, err := s.store.Drafts(ctx, id)
	if err != nil {
		return exit{code: exitRefused, err: err}
	}
	var ids []int64
	for _, d := range drafts {
		if flags.all || newMatcher(objects[0]).matches(d.Key) && d.Path.Under(at) {
			ids = append(ids, d.ID)
		}
	}
	if len(ids) == 0 {
		about := "there"
		if !flags.all {
			about = "on " + objects[0]
			if at != core.Root {
				about += fmt.Sprintf(" at %s or below", at)
			}
		}
		return usage(fmt.Errorf("%s has no draft %s (selvage resolve %s lists them)", id, about, id))
	}
	went, err := s.runner.Drop(ctx, id, username(), ids...)
	if err == nil && len(went.Drafts) == 0 {
		err = fmt.Errorf("drop a decision of %s: %s", id, went.Sentence(""))
	}
	if err != nil {
		return exit{code: exitRefused, err: err}
	}
	after := s.after(id)
	if flags.output == "json" {
		return a.listDrafts(after, flags)
	}
	gone := slices.DeleteFunc(slices.Clone(f.Drafts), func(d core.DraftStanding) bool { return !slices.Contains(went.Drafts, d.ID) })
	for _, d := range gone {
		if err := a.printf("dropped: %s\n", sentence(f.Fabric, d.Resolution)); err != nil {
			return err
		}
	}
	if went.Published != "" {
		a.complain(fmt.Errorf("%s: %s", id, went.Sentence("--undo brings back")))
	}
	a.next(after)
	return nil
}

// step goes back or forth by one step of whoever asks.
func (a *app) step(ctx context.Context, s *session, id core.FabricID, flags resolveFlags, did, word string, do func(context.Context, core.FabricID, string) (core.Stepped, error)) error {
	what, err := do(ctx, id, username())
	if err != nil {
		return exit{code: exitRefused, err: err}
	}
	after := s.after(id)
	if flags.output == "json" {
		return a.listDrafts(after, flags)
	}
	said := cleaned(what.Sentence(did, word))
	if what.Words == "" {
		return a.printf("%s: %s\n", cleaned(string(id)), said)
	}
	if err := a.printf("%s\n", said); err != nil {
		return err
	}
	a.next(after)
	return nil
}

// notAllowed is the error of what the runner does not allow, with the code that
// it stands for.
func notAllowed(err error) error {
	var no *core.NotAllowed
	switch {
	case errors.As(err, &no):
		return exit{code: exitRefused, err: err}
	case errors.Is(err, core.ErrNoPlace):
		return usage(err)
	}
	var e *core.Error
	if errors.As(err, &e) && e.Access != "" && e.Access != core.AccessOK && e.Access != core.AccessInvalid {
		return exit{code: exitUnread, err: err}
	}
	return exit{code: exitRefused, err: err}
}

// shownPaths names the places of changes, as people may see them.
func shownPaths(changes []core.Change) string {
	all := make([]string, len(changes))
	for i, c := range changes {
		all[i] = string(shownPath(c.Path))
	}
	return strings.Join(all, ", ")
}
