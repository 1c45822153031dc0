package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"selvage/core"
)

// planText tells a plan to people.
type planText struct {
	app     *app
	session *session
	plan    *core.Plan // without secrets
	b       strings.Builder
}

func (a *app) planText(s *session, p *core.Plan) *planText {
	return &planText{app: a, session: s, plan: maskedPlan(p)}
}

func (a *app) planTable(ctx context.Context, s *session, p *core.Plan) error {
	t := a.planText(s, p)
	t.whole(ctx)
	return a.printf("%s", t.b.String())
}

// whole tells all of it.
func (t *planText) whole(ctx context.Context) {
	p := t.plan
	t.head()
	for _, c := range p.Commits {
		t.commit(c)
	}
	t.effects()
	t.followed()
	t.lint()
	t.keptOut(ctx)
	t.waiting(ctx)
	t.undecided()
	t.reasons()
	switch names := fabricNames(p.Fabrics); {
	case len(p.Stop) > 0:
	case !p.Empty():
		t.line("", "", "next: selvage sync %s --plan %s", names, p.ID)
	case len(p.Followed) > 0:
		t.line("", "", "next: selvage sync %s follows live", names)
	}
}

// short tells what a person agrees to: what is committed, what is lost by it, and
// what is left out.
func (t *planText) short(ctx context.Context) {
	t.head()
	for _, c := range t.plan.Commits {
		t.commit(c)
	}
	t.losses()
	t.followed()
	t.lint()
	t.keptOut(ctx)
}

// line adds a line, with foreign text in it made inert; before, where it is not
// "", is the heading that comes before the first one of its part.
func (t *planText) line(heading, indent, format string, args ...any) {
	if heading != "" {
		t.b.WriteString("\n" + heading + "\n")
	}
	fmt.Fprintf(&t.b, "%s%s\n", indent, cleaned(fmt.Sprintf(format, args...)))
}

func (t *planText) head() {
	p := t.plan
	changes, files := 0, 0
	for _, c := range p.Commits {
		changes += len(c.Changes)
		files += len(c.Files)
	}
	switch about := list(p.Fabrics); {
	case p.Nothing():
		t.line("", "", "%s: nothing to publish", about)
	case p.Empty():
		t.line("", "", "plan %s for %s: nothing to commit", p.ID, about)
	default:
		t.line("", "", "plan %s for %s: %s, %s in %s", p.ID, about, core.Counted(len(p.Commits), "commit"), core.Counted(changes, "change"), core.Counted(files, "file"))
	}
}

// commit tells what one commit changes.
func (t *planText) commit(c core.PlannedCommit) {
	t.line("", "", "")
	t.line("", "", "%s of %s, on %s: %s", c.Branch, c.URL, core.ShortCommit(c.Base), c.Subject)
	for _, ch := range c.Changes {
		by := ""
		if ch.By != "" {
			by = "  by " + ch.By
		}
		where := ch.Origin.Place()
		name := t.label(ch.Fabric, ch.Key)
		switch {
		case ch.Path == core.Root && !ch.Before.Present():
			verb := "adopted"
			if t.plan.Asked.Reverts != "" {
				verb = "put back"
			}
			t.line("", "  ", "+ %s  %s into %s%s", name, verb, where, by)
			t.values(core.Value{}, ch.After)
		case ch.Path == core.Root && !ch.After.Present():
			t.line("", "  ", "- %s  removed from %s%s", name, where, by)
		default:
			t.line("", "  ", "~ %s  %s  %s%s", name, spot(ch.Path), where, by)
			t.values(ch.Before, ch.After)
		}
	}
}

// values tells what was and what is to be; of what both have parts of, only the
// parts that change, and what stands around them.
func (t *planText) values(before, after core.Value) {
	_, was := before.Any().(map[string]any)
	_, is := after.Any().(map[string]any)
	if !was || !is {
		if before.Present() {
			valueLines(&t.b, "      - ", before, "", "")
		}
		if after.Present() {
			valueLines(&t.b, "      + ", after, "", "")
		}
		return
	}
	for _, l := range difference(block(before), block(after)) {
		t.line("", "      ", "%s", l)
	}
}

// effects tells what the engines will do, fabric by fabric. What is undone that
// nobody decided about stands out, with how to keep it.
func (t *planText) effects() {
	t.effectsOf(t.plan.Effects, "then the engines, because of it:", "")
}

// losses tells only what the engines take away, and how much else they do.
func (t *planText) losses() {
	var lost []core.Effect
	rest := map[core.EffectOp]int{}
	for _, e := range t.plan.Effects {
		if e.Op == core.EffectUndo || e.Op == core.EffectDelete {
			lost = append(lost, e)
		} else {
			rest[e.Op]++
		}
	}
	var parts []string
	for _, op := range []core.EffectOp{core.EffectCreate, core.EffectUpdate, core.EffectNone} {
		switch n := rest[op]; {
		case n > 0 && op == core.EffectNone:
			parts = append(parts, fmt.Sprintf("%d left as it is", n))
		case n > 0:
			parts = append(parts, core.Counted(n, string(op)))
		}
	}
	more := ""
	if len(parts) > 0 {
		more = fmt.Sprintf("%s (all of it: selvage plan %s)", joined(parts), fabricNames(t.plan.Fabrics))
		if of := t.plan.Asked.Reverts; of != "" {
			more = fmt.Sprintf("%s (all of it: selvage plan --revert %s)", joined(parts), of)
		}
	}
	t.effectsOf(lost, "then the engines, in short, because of it:", more)
}

// effectsOf tells of some effects below a heading, and then what more there is.
func (t *planText) effectsOf(effects []core.Effect, heading, more string) {
	for _, id := range t.fabrics() {
		first := true
		for _, e := range effects {
			if e.Fabric != id {
				continue
			}
			if first {
				t.line(heading, "  ", "%s", id)
				heading, first = "", false
			}
			t.effect(e)
		}
	}
	switch {
	case more != "" && len(effects) > 0:
		t.line("", "  ", "besides %s", more)
	case more != "":
		t.line(heading, "  ", "nothing is taken away; %s", more)
		heading = ""
	}
	for _, why := range t.plan.Unseen {
		t.line(heading, "  ? ", "%s", why)
		heading = ""
	}
}

func (t *planText) effect(e core.Effect) {
	words := fmt.Sprintf("%-6s  %s", e.Op, t.bare(e.Fabric, e.Key))
	if e.Path != core.Root {
		words += fmt.Sprintf("  %s  %s -> %s", e.Path, value(e.From), value(e.To))
	}
	words += "  (" + e.Why + ")"
	if e.Op != core.EffectUndo && (e.Op != core.EffectDelete || e.Manager == "") {
		t.line("", "    ", "%s", words)
		return
	}
	who := "somebody"
	if e.Manager != "" {
		who = e.Manager
	}
	if !e.ManagerTime.IsZero() {
		who += ", " + core.Age(t.app.now(), e.ManagerTime) + " ago"
	}
	t.line("", "  ! ", "%s", words)
	keep := fmt.Sprintf("selvage resolve %s %s --take live", core.ShellWord(string(e.Fabric)), core.ShellWord(t.bare(e.Fabric, e.Key)))
	if e.Path != core.Root {
		keep += " --field " + core.ShellWord(string(e.Path))
	}
	t.line("", "      ", "WARNING: an edit on the cluster goes, by %s; to keep it: %s", who, keep)
}

// fabrics are those that the plan is for, and then those that it also concerns.
func (t *planText) fabrics() []core.FabricID {
	all := slices.Clone(t.plan.Fabrics)
	for _, e := range t.plan.Effects {
		if !slices.Contains(all, e.Fabric) {
			all = append(all, e.Fabric)
		}
	}
	return all
}

// followed tells which decisions need no commit, and what becomes of them.
func (t *planText) followed() {
	heading := "live is to follow git, without a commit:"
	for _, f := range t.plan.Followed {
		t.line(heading, "  ", "%s  %s  %s", t.label(f.Fabric, f.Key), spot(f.Path), f.Sentence)
		heading = ""
		if command := t.command(f); command != "" {
			t.line("", "      ", "%s", command)
		}
	}
}

// command brings about what was decided for Git: of a whole object it is that of
// what differs in it.
func (t *planText) command(f core.PlannedFollow) string {
	if f.Command != "" {
		return f.Command
	}
	state, _ := t.session.loop.Fleet().Fabric(f.Fabric)
	for _, d := range state.Drafts {
		if d.Key == f.Key && d.Path == f.Path && d.Keeping.Effect == f.Effect {
			return d.Keeping.Command
		}
	}
	return ""
}

func (t *planText) lint() {
	heading := "lint says of git as it would be:"
	for _, f := range t.plan.Lint {
		t.line(heading, "  ", "%s %s: %s (%s)", f.Level, f.Place(), f.Message, f.Rule)
		heading = ""
	}
}

// reasons tells why the plan cannot be published.
func (t *planText) reasons() {
	heading := "it cannot be published:"
	for _, why := range t.plan.Stop {
		t.line(heading, "  ", "%s", why)
		heading = ""
	}
}

// label names an object, with its fabric where the plan is about several.
func (t *planText) label(id core.FabricID, k core.Key) string {
	if len(t.plan.Fabrics) > 1 {
		return string(id) + " " + t.bare(id, k)
	}
	return t.bare(id, k)
}

func (t *planText) bare(id core.FabricID, k core.Key) string {
	f, _ := t.session.loop.Fleet().Fabric(id)
	return f.Fabric.Label(k)
}

// fabricNames are fabrics as a command line names them.
func fabricNames(ids []core.FabricID) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = core.ShellWord(string(id))
	}
	return strings.Join(names, " ")
}
