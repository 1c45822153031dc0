package drift

import "selvage/core"

// userRows are the rows that a fabric's configuration adds for a kind: those
// that say what is at a place, and those that explain a place with all below it.
func userRows(f core.Fabric, gk core.GroupKind) (at, below []Row) {
	for _, r := range f.Ignore {
		if r.Matches(gk) {
			below = append(below, Row{"user.ignore", always, r.Path, Disregarded{}, "the configuration ignores " + string(r.Path)})
		}
	}
	for _, r := range f.Rules {
		if !r.Matches(gk) {
			continue
		}
		row := func(id string, a Action, why string) Row {
			if r.Why != "" {
				why = r.Why
			}
			return Row{id, always, r.Path, a, why}
		}
		switch r.Is {
		case core.RuleSet:
			at = append(at, row("user.set", Set{}, "the configuration says that its order means nothing"))
		case core.RuleKeyed:
			at = append(at, row("user.keys", Keyed{r.Keys}, "the configuration says what an item is known by"))
		case core.RuleDefault:
			at = append(at, row("user.default", Default{r.Default.Any()}, "the configuration says that servers fill it in"))
		case core.RuleServer:
			below = append(below, row("user.server", Kept{}, "the configuration says that servers own it"))
		case core.RuleIgnored:
			below = append(below, row("user.ignore", Disregarded{}, "the configuration ignores "+string(r.Path)))
		}
	}
	return at, below
}
