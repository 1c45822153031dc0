package tui

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
)

// Ignorer knows the configuration in which fabrics have fields left out.
type Ignorer interface {
	// Rule is a rule for a field of a fabric's objects of a kind, and where it goes.
	// Nothing is written.
	Rule(ctx context.Context, id core.FabricID, k core.Key, path core.Path) (IgnoreRule, error)
}

// IgnoreRule is a line for the configuration that has a field left out.
type IgnoreRule struct {
	Rule  core.IgnoreRule // what it leaves out
	Item  string          // the line, as an item of the fabric's ignore list
	Where string          // file and line where it goes; "" where it cannot be added there
	Text  string          // the lines that are new there
	Why   string          // why it cannot be added; "" where it can
	Add   func(context.Context) error
}

// ignores tells whether a difference is a field that a rule can leave out.
func (e Env) ignores(about []matter) bool {
	return e.acts.Ignorer != nil && len(about) == 1 && about[0].change.Path != core.Root && !about[0].verdict.Key.IsFile()
}

// ignoring asks where the rule goes, and whether to put it there.
func ignoring(e Env, m matter) Outcome {
	id, key, path, ignorer := e.Place.Fabric, m.verdict.Key, m.change.Path, e.acts.Ignorer
	var rule IgnoreRule
	return Outcome{Deed: &Deed{
		Label: safe.Sprintf("a rule that ignores %s", path),
		Run: func(ctx context.Context) (done Done, err error) {
			rule, err = ignorer.Rule(ctx, id, key, path)
			return Done{}, err
		},
		next: func(m *Model, _ Done, err error) (tea.Cmd, bool) {
			if err != nil {
				return nil, false
			}
			var cmd tea.Cmd
			if m.copies() {
				cmd = m.copy(pasteable(rule.Item))
			}
			f, _ := m.env().Fleet.Fabric(id)
			m.prompt = newPrompt("", ignoreLine{id, rule, Reach(f, rule.Rule)})
			return cmd, true
		},
	}}
}

// ignoreLine asks whether a rule is to be added to the configuration.
type ignoreLine struct {
	fabric core.FabricID
	rule   IgnoreRule
	reach  safe.Text // how far the rule goes
}

// Reach tells which objects of a fabric a rule is about, and of how many of them it
// leaves a difference out now, as far as the fabric's report tells.
func Reach(f core.FabricState, rule core.IgnoreRule) safe.Text {
	about := safe.Sprintf("for every %s of %s, later ones too", rule.Kind, f.Fabric.ID)
	if f.Report == nil {
		return about
	}
	objects, differ := 0, 0
	for _, v := range f.Report.Verdicts {
		if v.Key.IsFile() || !rule.Matches(v.Key.GroupKind()) {
			continue
		}
		objects++
		if slices.ContainsFunc(v.Changes, func(c core.Change) bool { return c.Path.Match(rule.Path) }) {
			differ++
		}
	}
	return about.Plus(safe.Sprintf(": %s now, this path differs in %s", grouped(objects), grouped(differ)))
}

func (l ignoreLine) label() safe.Text {
	if l.rule.Add == nil {
		return safe.Lit("add it by hand; enter closes ")
	}
	return safe.Lit("to add it there type yes: ")
}

func (ignoreLine) changed(*Model, string) {}

func (ignoreLine) key(*Model, string) (tea.Cmd, bool) { return nil, false }

func (l ignoreLine) enter(m *Model, text string) tea.Cmd {
	if text != "yes" || l.rule.Add == nil {
		m.say(themes.Dim, safe.Lit("no rule was added"))
		return nil
	}
	rule := l.rule
	return m.follow(Outcome{Deed: &Deed{
		Label: safe.Lit("add a rule"),
		Run: func(ctx context.Context) (Done, error) {
			return Done{Says: safe.Sprintf("added: it counts from the next start of selvage on (%s)", rule.Where)}, rule.Add(ctx)
		},
	}})
}

func (ignoreLine) escape(*Model) {}

// above shows the rule, and where it goes.
func (l ignoreLine) above(m *Model, height int) []string {
	lines, copied := []string{}, ""
	if m.copies() {
		copied = " (copied)"
	}
	say := func(r themes.Role, t safe.Text) {
		lines = append(lines, toldLines(t, m.style.ink(r), m.width, height)...)
	}
	if l.rule.Why != "" {
		say(themes.Text, safe.Sprintf("an item for the ignore list of %s in the configuration%s:", l.fabric, copied))
		say(themes.Warn, l.reach)
		say(themes.Key, safe.Clean(l.rule.Item))
		say(themes.Warn, safe.Clean(l.rule.Why))
	} else {
		say(themes.Text, safe.Sprintf("a rule for %s, at %s%s:", l.fabric, l.rule.Where, copied))
		say(themes.Warn, l.reach)
		for _, t := range safe.Multi(l.rule.Text) {
			say(themes.Added, safe.Lit("+ ").Plus(t))
		}
	}
	return lines[:min(len(lines), max(height, 0))]
}
