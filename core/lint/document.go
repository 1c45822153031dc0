package lint

import (
	"slices"
	"strings"

	"selvage/core"
)

// documents passes on what the reader of Git found of one sort.
func documents(rule string) func(*world, say) {
	return func(w *world, s say) {
		for _, f := range w.git.Findings {
			if ruleOf(f) == rule {
				s(core.LintFinding{Origin: f.Origin, Key: f.Key}, "%s", f.Reason)
			}
		}
	}
}

// unrendered tells once of all documents that are left aside for one reason: a
// kustomize root may have hundreds.
func unrendered(w *world, s say) {
	count := map[string]int{}
	for _, f := range w.git.Findings {
		if ruleOf(f) == "unrendered" {
			count[f.Reason]++
		}
	}
	for _, f := range w.git.Findings {
		n := count[f.Reason]
		delete(count, f.Reason)
		switch {
		case ruleOf(f) != "unrendered" || n == 0:
		case n == 1:
			s(core.LintFinding{Origin: f.Origin, Key: f.Key}, "%s", f.Reason)
		default:
			s(core.LintFinding{Origin: f.Origin}, "%s; %d documents", f.Reason, n)
		}
	}
}

// ruleOf is the rule that a finding of the reader belongs to: told by what it
// says of the document, and not by its words.
func ruleOf(f core.Finding) string {
	switch {
	case f.Unrendered:
		return "unrendered"
	case f.Opaque && f.Text == nil:
		return "unread"
	case f.Key.Name == "":
		return "syntax"
	case !core.Known(f.Key.GroupKind()), !core.HedgehogGroup(f.Key.Group) && strings.Contains(f.Key.Group, "hedgehog"):
		return "unknown-kind"
	case f.Text != nil:
		return "syntax"
	}
	return "duplicate"
}

// version finds what no API server of the fabric's serves.
func version(w *world, s say) {
	for _, o := range w.objects {
		served := w.options.Schemas[o.Key.GroupKind()].Versions
		if known := core.KindOf(o.Key.GroupKind()).Version; len(served) == 0 && known != "" {
			served = []string{known}
		}
		if len(served) > 0 && !slices.Contains(served, o.Version) {
			at := field{o, core.Root.Key("apiVersion"), nil}
			s.at(at, "%s is served at %s, not at %q", o.Key.Kind, strings.Join(served, ", "), o.Version)
		}
	}
}
