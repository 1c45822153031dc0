package merge

import (
	"slices"

	"selvage/core"
)

// Policy settles differences by itself. It is pure: what it says depends on the
// case alone.
type Policy struct {
	Name string // in the configuration
	Doc  string // what it does, in a few words
	// Proposes is set where it brings into Git what nobody looked at. A fabric
	// may have it only where its changes are proposed and not pushed.
	Proposes bool
	// Settle is the side to take, "" for asking a person.
	Settle func(Case) core.Choice
}

// Case is one difference that a policy is asked about.
type Case struct {
	Key             core.Key
	Path            core.Path
	Verdict         core.FieldVerdict // [core.FieldConflict] or [core.FieldDrift]
	Base, Git, Live core.Value
}

// Policies is the table of policies. To add one, add a row: the configuration,
// its schema and its documentation go by it.
func Policies() []Policy {
	take := func(c core.Choice) func(Case) core.Choice {
		return func(Case) core.Choice { return c }
	}
	return []Policy{
		{"manual", "ask a person", false, take("")},
		{"prefer_git", "keep git", false, take(core.TakeGit)},
		{"prefer_live", "keep live", true, take(core.TakeLive)},
	}
}

// FindPolicy finds a policy by its name.
func FindPolicy(name string) (Policy, bool) {
	all := Policies()
	i := slices.IndexFunc(all, func(p Policy) bool { return p.Name == name })
	if i < 0 {
		return Policy{}, false
	}
	return all[i], true
}

// ruleFor finds the rule that settles a case, and what its policy says; false
// where none fits.
func ruleFor(rules []core.PolicyRule, c Case) (core.PolicyRule, core.Choice, bool) {
	for _, r := range rules {
		p, known := FindPolicy(r.Policy)
		if !known || !r.Matches(c.Key.GroupKind()) || r.Path != "" && !c.Path.Match(r.Path) {
			continue
		}
		if choice := p.Settle(c); fits(r, c, choice) {
			return r, choice, true
		}
	}
	return core.PolicyRule{}, "", false
}

// fits tells whether a rule is about what a case, settled so, comes to. A rule
// that would take something away has to say so, and its path to name the very
// place; one that leaves it to a person need not.
func fits(r core.PolicyRule, c Case, choice core.Choice) bool {
	on := core.OnDrift
	if c.Verdict == core.FieldConflict {
		on = core.OnConflict
	}
	exact := r.Path != "" && len(r.Path.Steps()) == len(c.Path.Steps())
	deletes := r.Has(core.OnDelete) && exact
	if choice == "" {
		return r.Has(on) || deletes
	}
	if c.deletes(choice) {
		return deletes
	}
	return r.Has(on)
}

// deletes tells whether to take a side is a decision about something that is
// gone: it takes away what the other side has, or settles whether to.
func (c Case) deletes(choice core.Choice) bool {
	if c.Verdict == core.FieldConflict && c.Git.Present() != c.Live.Present() {
		return true
	}
	if choice == core.TakeGit {
		return lacks(c.Git.Any(), c.Live.Any())
	}
	return lacks(c.Live.Any(), c.Git.Any())
}

// lacks tells whether a value is without an entry or an item that another one
// has. Scalars that differ lack nothing: one takes the place of the other. In a
// list none does, as nothing says which item would.
func lacks(v, other any) bool {
	switch o := other.(type) {
	case map[string]any:
		m, isMap := v.(map[string]any)
		if !isMap {
			return true
		}
		for k, e := range o {
			if e != nil && lacks(m[k], e) {
				return true
			}
		}
		return false
	case []any:
		list, isList := v.([]any)
		return !isList || slices.ContainsFunc(o, func(e any) bool {
			return count(list, e) < count(o, e)
		})
	}
	return v == nil && other != nil
}

func count(list []any, v any) int {
	n := 0
	for _, e := range list {
		if core.EqualJSON(e, v) {
			n++
		}
	}
	return n
}
