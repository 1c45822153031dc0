package tui

import (
	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// head is the commit that Git is compared at, of the first of its directories.
func head(r *core.Report) string {
	if len(r.Git) == 0 {
		return ""
	}
	return r.Git[0].Revision
}

// engineRole draws the engine: what needs a person stands out, what nobody knows
// and what is as it should be does not.
func engineRole(r *core.Report) themes.Role {
	e := r.Engine
	if !e.Known() {
		return themes.Dim
	}
	if len(e.Mismatch) > 0 || e.Blocked != "" || !e.Auto {
		return themes.Warn
	}
	if op := e.Operation; op != nil {
		again := op.Phase == core.EngineRunning && op.Tries > 0
		if again || op.Phase == core.EngineFailed && op.About(head(r)) {
			return themes.Warn
		}
	}
	for _, place := range r.Git {
		if n, ok := e.Behind(place); ok && n > 0 {
			return themes.Text
		}
	}
	return themes.Dim
}

// engineWord is the engine in a list.
func engineWord(r *core.Report) part {
	if r == nil {
		return part{role: themes.Dim}
	}
	return part{role: engineRole(r), text: safe.Clean(r.Engine.Word(r.Git))}
}

// switchesWord is how many switches run what live says, in a list.
func switchesWord(r *core.Report) part {
	if r == nil {
		return part{role: themes.Dim}
	}
	is := themes.Dim
	if a := r.Agents; a.Known() && (a.Converged() < len(a.All) || len(a.Late()) > 0) {
		is = themes.Warn
	}
	return part{role: is, text: safe.Clean(r.Agents.Word())}
}

// well tells whether all switches were read and nothing is the matter with any.
func well(a *core.Agents) bool {
	if !a.Known() || a.Access != core.AccessOK {
		return false
	}
	for _, s := range a.All {
		if s.Matter(a.ReadAt) != "" {
			return false
		}
	}
	return true
}

// engineLines tell of the engine and the switches on a line each: what the
// engine does by itself and where it is, what it does now, and the switches
// where not all is well with them. The engine's screen has all of it.
func engineLines(e Env, f core.FabricState) []string {
	r, lines := f.Report, []string{}
	one := func(role themes.Role, t safe.Text, right ...widget.Span) {
		if t.Len() > 0 {
			left := widget.Span{Ink: e.Style.ink(role), Text: safe.Lit(" ").Plus(t)}
			lines = append(lines, widget.Ends(e.Width, widget.Ink{}, []widget.Span{left}, right))
		}
	}
	beside, says := []widget.Span{}, safe.Clean(r.Engine.Line(r.Git))
	if r.Engine.Known() && f.Fabric.StaleAfter > 0 && e.Now.Sub(r.Engine.ReadAt) > f.Fabric.StaleAfter {
		says = safe.Sprintf("%s ago: ", age(e.Now, r.Engine.ReadAt)).Plus(says)
	}
	if well(r.Agents) {
		beside = append(beside, widget.Span{Ink: e.Style.ink(themes.Dim), Text: safe.Sprintf("  %s switches ", r.Agents.Word())})
	}
	one(engineRole(r), says, beside...)
	if r.Engine.Known() {
		one(engineRole(r), safe.Clean(r.Engine.Progress(head(r))))
	}
	if r.Agents != nil && !well(r.Agents) {
		role := themes.Warn
		if !r.Agents.Known() {
			role = themes.Dim
		}
		one(role, safe.Clean(r.Agents.Line(e.Now)))
	}
	return lines
}
