package tui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// mostCommits is how many of the commits that an engine is behind are shown.
const mostCommits = 20

// newEngineText tells all that is known of a fabric's engine and its switches at
// a time.
func newEngineText(f core.FabricState, now time.Time, width int) *scroll {
	t := engineText{newScroll(width), f, now}
	if f.Report == nil {
		_, word := standing(f, now)
		t.say(themes.Dim, 1, safe.Lit("neither the engine nor the switches were read yet: ").Plus(word))
		return t.scroll
	}
	t.engine(f.Report)
	t.switches(f.Report.Agents)
	t.changes = len(t.heads)
	return t.scroll
}

// engineText writes what is told of an engine and of switches.
type engineText struct {
	*scroll
	f   core.FabricState
	now time.Time
}

// part begins a part under a heading.
func (t engineText) part(r themes.Role, heading safe.Text) {
	if len(t.lines) > 0 {
		t.add(scrollLine{fold: -1})
	}
	t.head()
	t.say(r, 0, heading)
}

// fact appends a named text, wrapped at its words; nothing where there is none.
func (t engineText) fact(r themes.Role, name, says string) {
	const indent = 11
	if says == "" {
		return
	}
	for i, l := range widget.Wrap(safe.Clean(says), max(t.width-1-indent, 1)) {
		if i > 0 {
			name = ""
		}
		t.add(scrollLine{fold: -1, left: []part{
			{role: themes.Title, text: safe.Sprintf("  %-*s", indent-2, name)}, {role: r, text: l},
		}})
	}
}

func (t engineText) ago(at time.Time) string { return core.Age(t.now, at) + " ago" }

// engine tells of the engine: what it is and does, what it applies, and what it
// says of the objects.
func (t engineText) engine(r *core.Report) {
	e := r.Engine
	switch {
	case e == nil:
		t.part(themes.Dim, safe.Lit("engine: nobody has looked for one"))
		return
	case e.Access == core.AccessOK && e.Type == "":
		t.part(themes.Text, safe.Lit("engine: none found"))
		t.notes(e)
		t.read(e)
		t.say(themes.Dim, 2, safe.Lit("Who applies git to this fabric is not known. If something does, name it: engine, in the configuration."))
		return
	}
	t.part(engineRole(r), safe.Clean(e.Line(r.Git)))
	for _, m := range e.Mismatch {
		t.fact(themes.Warn, "mismatch", m)
	}
	t.read(e)
	if !e.Known() {
		t.say(themes.Dim, 2, safe.Lit("What differs is read from git and live, and is as right as ever. What the engine makes of it is not known."))
		return
	}
	t.fact(themes.Warn, "beyond", e.Wider)
	t.fact(engineRole(r), "now", e.Progress(head(r)))
	t.fact(themes.Warn, "blocked", e.Blocked)
	t.fact(themes.Text, "health", joined(": ", e.Health, e.HealthMessage))
	if e.Sync != "" {
		t.fact(themes.Text, "sync", fmt.Sprintf("%s, compared %s", e.Sync, t.ago(e.ComparedAt)))
	}
	for _, trouble := range e.Troubles {
		t.fact(themes.Error, "trouble", trouble)
	}
	t.notes(e)
	if len(e.API) > 0 {
		t.fact(themes.Text, "can", "be asked for "+strings.Join(requests(e.API), " and "))
	}
	for _, s := range e.Sources {
		t.source(s)
	}
	t.operation(e)
	t.objects(e)
}

func (t engineText) notes(e *core.Engine) {
	for _, note := range e.Notes {
		t.fact(themes.Text, "note", note)
	}
}

func requests(all []core.EngineRequest) []string {
	words := make([]string, len(all))
	for i, r := range all {
		words[i] = string(r)
	}
	return words
}

// read tells where the engine was looked for, and when.
func (t engineText) read(e *core.Engine) {
	kind := map[core.EngineType]string{core.ArgoCD: "Application", core.Flux: "Kustomization"}[e.Type]
	what := ""
	if e.App != "" {
		what = joined(" ", kind, e.App)
		if e.Namespace != "" {
			what += " in " + e.Namespace
		}
	}
	from, when := ", from ", "never"
	if e.Access != core.AccessOK {
		from = ", at "
	}
	if !e.ReadAt.IsZero() {
		when = t.ago(e.ReadAt)
	}
	if e.Where != "" {
		when += from + e.Where
	}
	t.fact(themes.Text, "object", what)
	t.fact(themes.Text, "read", when)
}

// joined puts texts together that are there.
func joined(sep string, texts ...string) string {
	all := ""
	for _, s := range texts {
		if all != "" && s != "" {
			all += sep
		}
		all += s
	}
	return all
}

// source tells of one thing that the engine applies, and which commits it has
// still to apply.
func (t engineText) source(s core.EngineSource) {
	path := s.Path
	if path == "" {
		path = "."
	}
	t.part(themes.Header, safe.Sprintf("source %s of %s", path, s.URL))
	follows := s.Target
	if follows == "" || follows == "HEAD" {
		follows = "the default branch"
	}
	if s.Renders != "" {
		follows += ", rendered by " + s.Renders
	}
	t.fact(themes.Text, "follows", follows)
	applied := "nothing yet"
	if s.Applied != "" {
		applied = core.ShortCommit(s.Applied)
		if !s.AppliedAt.IsZero() {
			applied += ", " + t.ago(s.AppliedAt)
		}
	}
	t.fact(themes.Text, "applied", applied)
	if s.Wanted != "" {
		wanted := core.ShortCommit(s.Wanted)
		if at := t.f.Report.Engine.ComparedAt; !at.IsZero() {
			wanted += ", as of " + t.ago(at)
		}
		t.fact(themes.Text, "wants", wanted)
	}
	switch {
	case !s.Counted:
		t.fact(themes.Dim, "behind", "not known by how many commits")
	case len(s.Behind) == 0:
		t.fact(themes.Dim, "behind", "nothing")
	default:
		t.fact(themes.Text, "behind", plural(len(s.Behind), "commit"))
		t.commits(s.Behind)
	}
}

func (t engineText) commits(all []core.Commit) {
	author := 0
	shown := all[:min(len(all), mostCommits)]
	for _, c := range shown {
		author = min(max(author, widget.Width(safe.Clean(c.Author))), 20)
	}
	for _, c := range shown {
		by := widget.Fit(safe.Clean(c.Author), author, widget.CutEnd)
		lead := safe.Sprintf("    %s %4s  ", revision(c.ID), core.Age(t.now, c.Time)).Plus(by, safe.Sprintf("%*s  ", author-widget.Width(by), ""))
		summary := widget.Fit(safe.Clean(c.Summary), t.width-1-widget.Width(lead), widget.CutEnd)
		t.add(scrollLine{fold: -1, left: []part{{role: themes.Dim, text: lead}, {role: themes.Text, text: summary}}})
	}
	if n := len(all) - len(shown); n > 0 {
		t.say(themes.Dim, 4, safe.Sprintf("and %s more", grouped(n)))
	}
}

// operation tells of the last thing that the engine did, or does now, with all
// that it says of it.
func (t engineText) operation(e *core.Engine) {
	op := e.Operation
	if op == nil {
		t.part(themes.Dim, safe.Lit("operation: it tells of none"))
		return
	}
	is := themes.Header
	if op.Phase == core.EngineFailed {
		is = themes.Warn
	}
	t.part(is, safe.Sprintf("operation: %s, %s", op.Phase, core.ShortCommit(op.Revision)))
	switch {
	case op.Tries > 0 && op.Limit > 0:
		t.fact(themes.Text, "tries", fmt.Sprintf("repeated %d times, of %d", op.Tries, op.Limit))
	case op.Tries > 0:
		t.fact(themes.Text, "tries", fmt.Sprintf("repeated %d times", op.Tries))
	case op.Limit > 0 && op.Phase != core.EngineSucceeded:
		t.fact(themes.Text, "tries", fmt.Sprintf("the first, of %d", op.Limit+1))
	}
	if !op.Started.IsZero() {
		t.fact(themes.Text, "started", t.ago(op.Started))
	}
	if !op.Finished.IsZero() {
		t.fact(themes.Text, "finished", t.ago(op.Finished))
	}
	by := op.By
	if by == "" {
		by = "the engine itself"
	}
	t.fact(themes.Text, "by", by)
	t.fact(themes.Text, "says", op.Message)
}

// objects tells what the engine says of the objects where that needs a person:
// those that it refused, those that it would delete and may not, and those of
// which selvage says something else.
func (t engineText) objects(e *core.Engine) {
	if e.Objects == nil {
		t.part(themes.Dim, safe.Lit("what it says of each object is not kept: the next check reads it (r checks now)"))
	}
	keys := func(is func(core.EngineObject) bool) []core.Key {
		var all []core.Key
		for k, o := range e.Objects {
			if is(o) {
				all = append(all, k)
			}
		}
		slices.SortFunc(all, core.Key.Compare)
		return all
	}
	if refused := keys(func(o core.EngineObject) bool { return o.Refused }); len(refused) > 0 {
		t.part(role(core.Stuck), safe.Sprintf("refused: %s", plural(len(refused), "object")))
		for _, k := range refused {
			t.object(k, e.Objects[k].Message)
		}
	}
	if surplus := keys(func(o core.EngineObject) bool { return o.Surplus }); len(surplus) > 0 {
		t.part(themes.Header, safe.Sprintf("to be pruned by hand: %s", plural(len(surplus), "object")))
		for _, k := range surplus {
			t.object(k, "")
		}
	}
	first := true
	for _, v := range t.f.Report.Verdicts {
		if v.Opinion == "" {
			continue
		}
		if first {
			t.part(themes.Header, safe.Lit("seen otherwise than here"))
			first = false
		}
		t.object(v.Key, v.Opinion)
	}
}

func (t engineText) object(k core.Key, says string) {
	t.say(themes.Text, 2, objectName(t.f, k))
	if says != "" {
		t.say(themes.Dim, 4, safe.Clean(says))
	}
}
