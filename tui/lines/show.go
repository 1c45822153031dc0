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
	"selvage/tui"
)

// list reads the fabrics out.
func (t *talk) list(context.Context, given) error {
	t.print(t.listed())
	return nil
}

// listed are the fabrics, worst first, with their numbers.
func (t *talk) listed() []safe.Text {
	now := t.cfg.Now()
	fabrics := slices.Clone(t.cfg.Engine.Fleet().Fabrics)
	slices.SortStableFunc(fabrics, func(a, b core.FabricState) int {
		x, _ := a.Standing(now)
		y, _ := b.Standing(now)
		return int(x) - int(y)
	})
	t.fabrics = t.fabrics[:0]
	lines := []safe.Text{}
	for _, f := range fabrics {
		if t.only.Fabric(f, now) {
			t.fabrics = append(t.fabrics, f.Fabric.ID)
			lines = append(lines, safe.Sprintf("%d. %s", len(t.fabrics), standing(f, now)))
		}
	}
	return append(fitting(t.only, len(t.fabrics), len(fabrics)), lines...)
}

// standing is a fabric in one sentence.
func standing(f core.FabricState, now time.Time) safe.Text {
	state, word := f.Standing(now)
	s := fmt.Sprintf("%s: %s (%c)", f.Fabric.ID, word, state.Letter())
	if f.Report == nil {
		return safe.Clean(s)
	}
	s += ". " + counted(f)
	if !f.LastCheck.IsZero() {
		s += fmt.Sprintf(", checked %s ago", core.Age(now, f.LastCheck))
	}
	if n := len(f.Drafts); n > 0 {
		s += ", " + core.Counted(n, "draft")
	}
	if r := f.Run; r != nil && !r.Phase.Over() {
		s += ", a run is " + string(r.Phase)
	}
	if f.Fabric.Protected {
		s += ", protected"
	}
	return safe.Clean(s)
}

// counted counts the objects of a fabric by their states, worst first. What was
// not read is not counted as none.
func counted(f core.FabricState) string {
	parts := []string{}
	for _, s := range core.States() {
		if n, _ := f.Count(s); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s.Title()))
		}
	}
	if len(parts) == 0 {
		return "no object is known"
	}
	return strings.Join(parts, ", ")
}

// openFabric goes to a fabric and reads out what of it is not in sync; that of the one
// that is open where none is named.
func (t *talk) openFabric(ctx context.Context, g given) error {
	if len(g.args) == 0 && t.open != "" {
		g.args = []string{string(t.open)}
	}
	if len(g.args) != 1 {
		return errors.New("open which one? (list names the fabrics)")
	}
	id := core.FabricID(g.args[0])
	if _, err := t.fabric(id); err != nil {
		n, notNumber := strconv.Atoi(g.args[0])
		if notNumber != nil || n < 1 || n > len(t.fabrics) {
			return err
		}
		id = t.fabrics[n-1]
	}
	if id != t.open {
		t.onlyObjects = tui.Filter{}
	}
	t.open, t.edits = id, nil
	f, err := t.fabric(id)
	if err != nil {
		return err
	}
	now := t.cfg.Now()
	t.say(standing(f, now))
	for _, p := range f.Problems(now) {
		t.say(safe.Clean(p.String()))
	}
	if f.Report == nil {
		return nil
	}
	if engine := f.Report.Engine.Line(f.Report.Git); engine != "" {
		t.say(safe.Clean(engine))
	}
	if agents := f.Report.Agents.Line(now); agents != "" {
		t.say(safe.Clean(agents))
	}
	return t.listObjects(ctx, given{})
}

func (t *talk) closeFabric(context.Context, given) error {
	if t.open == "" {
		return errors.New("no fabric is open (quit leaves the program)")
	}
	t.say(safe.Sprintf("%s is closed", t.open))
	t.open = ""
	return nil
}

// listObjects reads objects out, with their numbers: those that are not in sync, or
// all.
func (t *talk) listObjects(_ context.Context, g given) error {
	return t.numbered(g, "no object that is known is out of sync", func(v core.Verdict) bool { return v.State != core.InSync || g.has("all") })
}

// listConflicts reads those out on which both sides have moved.
func (t *talk) listConflicts(_ context.Context, g given) error {
	return t.numbered(g, "no conflict is known", func(v core.Verdict) bool { return v.State == core.Conflict })
}

// numbered reads those objects of a fabric out which are asked for, and says so where
// there are none.
func (t *talk) numbered(g given, none string, wanted func(core.Verdict) bool) error {
	f, rest, err := t.about(g.args)
	switch {
	case err != nil:
		return err
	case len(rest) > 0:
		return fmt.Errorf("no fabric %q (diff and explain take an object)", rest[0])
	case f.Report == nil:
		return unread(f)
	}
	now := t.cfg.Now()
	t.objects = numbered{fabric: f.Fabric.ID}
	only := t.onlyObjects
	if f.Fabric.ID != t.open {
		only = tui.Filter{}
	}
	lines, of := []safe.Text{}, 0
	for _, v := range f.Report.Verdicts {
		if !wanted(v) {
			continue
		}
		if of++; !only.Object(v, now) {
			continue
		}
		t.objects.keys = append(t.objects.keys, v.Key)
		lines = append(lines, safe.Sprintf("%d. %s", len(t.objects.keys), object(f, v, now)))
	}
	if of == 0 {
		lines = append(lines, safe.Sprintf("%s: %s", f.Fabric.ID, none))
	}
	t.print(append(fitting(only, len(t.objects.keys), of), lines...))
	return nil
}

// object is an object in one sentence.
func object(f core.FabricState, v core.Verdict, now time.Time) string {
	s := fmt.Sprintf("%s: %s (%c)", f.Fabric.Label(v.Key), v.State.Title(), v.State.Letter())
	if v.Reason != "" {
		s += ", " + v.Reason
	}
	if v.State == core.Unknown && v.LastKnown {
		s += ", was " + v.Last.Title()
	}
	if n := len(v.Changes); n > 0 && v.State != core.InSync {
		s += ", " + at(v.Changes)
	}
	var who []string
	for _, c := range v.Changes {
		if c.Manager != "" && !slices.Contains(who, c.Manager) {
			who = append(who, c.Manager)
		}
	}
	if len(who) > 0 {
		s += ", by " + strings.Join(who, ", ")
	}
	if !v.Since.IsZero() {
		s += ", for " + core.Age(now, v.Since)
	}
	if n := len(draftsOn(f, v.Key)); n > 0 {
		s += ", " + core.Counted(n, "draft")
	}
	return s
}

// at tells where changes are.
func at(changes []core.Change) string {
	switch first := changes[0].Path; {
	case len(changes) > 2:
		return core.Counted(len(changes), "field")
	case len(changes) == 2:
		return fmt.Sprintf("at %s and %s", first, changes[1].Path)
	case first == core.Root:
		return "the whole object"
	default:
		return fmt.Sprintf("at %s", first)
	}
}

func draftsOn(f core.FabricState, k core.Key) []core.DraftStanding {
	return slices.DeleteFunc(slices.Clone(f.Drafts), func(d core.DraftStanding) bool { return d.Key != k })
}

// diff tells what differs.
func (t *talk) diff(_ context.Context, g given) error {
	f, names, err := t.about(g.args)
	if err != nil {
		return err
	}
	output := g.flags["output"]
	if output != "" && output != "fields" && output != "unified" {
		return fmt.Errorf("-o %q: it is one of fields, unified", output)
	}
	if f.Report == nil {
		return unread(f)
	}
	of := slices.DeleteFunc(slices.Clone(f.Report.Verdicts), func(v core.Verdict) bool { return v.State == core.InSync })
	if len(names) > 0 {
		if of, err = t.found(f, names); err != nil {
			return err
		}
	}
	text, err := t.cfg.Printer.Diff(f, of, output == "unified")
	if err != nil {
		return err
	}
	if text == "" {
		text = string(f.Fabric.ID) + ": nothing that is known differs\n"
	}
	t.text(text)
	return nil
}

// explain tells why the verdict on an object is what it is.
func (t *talk) explain(ctx context.Context, g given) error {
	f, v, err := t.single(g.args)
	if err != nil {
		return err
	}
	var x core.Explanation
	err = t.during(ctx, safe.Sprintf("explaining %s", f.Fabric.Label(v.Key)), func(ctx context.Context) (err error) {
		x, err = t.cfg.Engine.Explain(ctx, f.Fabric.ID, v.Key)
		return err
	})
	if err != nil {
		return err
	}
	t.text(tui.ExplanationText(x, f.Fabric, t.cfg.Document))
	return nil
}

// problems tells what could not be read.
func (t *talk) problems(_ context.Context, g given) error {
	f, _, err := t.about(g.args)
	if err != nil {
		return err
	}
	lines := []safe.Text{}
	for _, p := range f.Problems(t.cfg.Now()) {
		lines = append(lines, safe.Clean(p.String()))
	}
	switch {
	case len(lines) == 0 && f.Report == nil:
		return unread(f)
	case len(lines) == 0:
		lines = append(lines, safe.Sprintf("%s: both sides were read whole", f.Fabric.ID))
	}
	t.print(lines)
	return nil
}

// history tells what happened.
func (t *talk) history(ctx context.Context, g given) error {
	q := Query{Fabric: t.open, Since: g.flags["since"], Object: g.flags["object"]}
	if len(g.args) > 0 {
		f, err := t.fabric(core.FabricID(g.args[0]))
		if err != nil {
			return err
		}
		q.Fabric = f.Fabric.ID
	}
	return t.past(ctx, q)
}

// past tells what is asked for of what happened.
func (t *talk) past(ctx context.Context, q Query) error {
	if q.Since == "" {
		q.Since = "1d"
	}
	return t.readOut(ctx, safe.Lit("reading the history"), func(ctx context.Context) (string, error) {
		return t.cfg.Printer.History(ctx, q)
	})
}

// check asks for a check; what it finds is told as news.
func (t *talk) check(_ context.Context, g given) error {
	if len(g.args) == 0 && t.open == "" || everyOne(g.args) {
		t.cfg.Engine.Refresh()
		t.say(safe.Lit("checking all fabrics: what has changed is told when it is known"))
		return nil
	}
	all, err := t.several(g.args)
	if err != nil {
		return err
	}
	for _, f := range all {
		t.cfg.Engine.Refresh(f.Fabric.ID)
		t.say(safe.Sprintf("checking %s: what has changed is told when it is known", f.Fabric.ID))
	}
	return nil
}

// listOverwritten reads out the edits that were overwritten.
func (t *talk) listOverwritten(ctx context.Context, g given) error {
	f, _, err := t.about(g.args)
	switch {
	case err != nil:
		return err
	case t.cfg.Acts.Ledger == nil:
		return errors.New("no history is kept here")
	}
	err = t.during(ctx, safe.Lit("reading the history"), func(ctx context.Context) (err error) {
		t.edits, err = t.cfg.Acts.Ledger.Overwritten(ctx, f.Fabric.ID)
		return err
	})
	if err != nil {
		return err
	}
	t.open = f.Fabric.ID // the numbers are of it
	now := t.cfg.Now()
	lines := []safe.Text{}
	for i, e := range t.edits {
		said := "removed"
		if e.Live.Present() {
			said = core.Inline(e.Live.Any())
		}
		by := e.Manager
		if by == "" {
			by = "somebody"
		}
		lines = append(lines, safe.Sprintf("%d. %s at %s: %s by %s, overwritten %s ago", i+1, f.Fabric.Label(e.Key), e.Path, said, by, core.Age(now, e.Replaced.Before)))
	}
	if len(lines) == 0 {
		lines = append(lines, safe.Sprintf("%s: no edit was overwritten in the last 30 days", f.Fabric.ID))
	}
	t.print(lines)
	return nil
}
