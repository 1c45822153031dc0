package tui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// infoText writes what is told of a fabric.
type infoText struct{ engineText }

// fact appends a named text; the names of kinds are long.
func (t infoText) fact(r themes.Role, name, says string) {
	if says == "" {
		return
	}
	indent := 20
	if t.width < 60 {
		indent = 11
	}
	for i, l := range widget.Wrap(safe.Clean(says), max(t.width-1-indent, 1)) {
		if i > 0 {
			name = ""
		}
		label := safe.Sprintf("  %-*s ", indent-3, name)
		t.add(scrollLine{fold: -1, left: []part{{role: themes.Title, text: label}, {role: r, text: l}}})
	}
}

// newInfoText tells how a fabric is set up and read, part by part.
func newInfoText(e Env, f core.FabricState, a *informed, fault string, width int) *scroll {
	t := infoText{engineText{newScroll(width), f, e.Now}}
	t.fabric(e)
	t.sides()
	t.rules()
	t.kinds()
	t.limits()
	t.configuration(a, fault)
	t.changes = len(t.heads)
	return t.scroll
}

// fabric tells what it is, what may be done to it, and who watches it.
func (t infoText) fabric(e Env) {
	f := t.f.Fabric
	t.part(themes.Header, safe.Clean(string(f.ID)))
	t.fact(themes.Text, "about", f.Description)
	t.fact(themes.Text, "cluster", joined(", ", f.Cluster, "namespace "+f.Namespace))
	mode := string(e.modeOf(t.f))
	if f.Protected {
		mode += ", protected: its name has to be typed to publish"
	}
	t.fact(themes.Text, "mode", mode)
	t.fact(themes.Text, "theme", f.Theme)
	every := "only when asked"
	if f.CheckEvery > 0 {
		every = "every " + core.ShortAge(f.CheckEvery)
	}
	if f.StaleAfter > 0 {
		every += ", stale after " + core.ShortAge(f.StaleAfter)
	}
	t.fact(themes.Text, "checked", every)
	if !t.f.LastCheck.IsZero() {
		last := t.ago(t.f.LastCheck)
		if t.f.Took > 0 {
			last += fmt.Sprintf(", took %s", t.f.Took.Round(time.Millisecond))
		}
		t.fact(themes.Text, "last", last)
	}
	t.watcher(t.f.Watcher)
	if t.f.Err != nil {
		t.fact(themes.Error, "error", t.f.Err.Error())
	}
}

// watcher tells which process checks the fabric by the clock.
func (t infoText) watcher(h core.Holder) {
	if h.ID == "" {
		t.fact(themes.Dim, "watcher", "not known, or nobody")
		return
	}
	text := fmt.Sprintf("%s@%s, process %d, since %s", h.User, h.Host, h.PID, core.Stamp(h.Since))
	if !h.Seen.IsZero() {
		text += ", heard of " + t.ago(h.Seen)
	}
	t.fact(themes.Text, "watcher", text)
}

// sides tells where both are read from, and how that went.
func (t infoText) sides() {
	r := t.f.Report
	if r == nil {
		_, word := standing(t.f, t.now)
		t.part(themes.Dim, safe.Lit("nothing was read yet: ").Plus(word))
		return
	}
	access := t.f.Access(t.now)
	t.part(themes.Title, safe.Lit("live"))
	t.fact(themes.Text, "source", joined(" ", r.Live.Source, r.Live.Name))
	t.fact(themes.Text, "address", r.Live.URL)
	t.reading(r.Live, access)
	if r.Live.Insecure {
		t.fact(themes.Warn, "trust", "the server's certificate is not verified (verify_ssl: false)")
	}
	t.fact(themes.Text, "release", r.Release)
	for _, g := range r.Gaps {
		t.fact(themes.Error, "not read", g.GroupKind.String()+": "+g.Reason)
	}
	for _, g := range r.Git {
		t.part(themes.Title, safe.Sprintf("git %s", g.Path))
		t.fact(themes.Text, "address", g.URL)
		t.fact(themes.Text, "branch", g.Branch)
		if g.Revision != "" {
			t.fact(themes.Text, "commit", fmt.Sprintf("%s, of %s", g.Revision, core.Stamp(g.RevisionTime)))
		}
		t.reading(g, g.Access)
	}
	t.part(themes.Title, safe.Lit("engine and switches"))
	says := r.Engine.Line(r.Git)
	t.fact(engineRole(r), "engine", cmp.Or(says, "nobody has looked for one"))
	t.fact(switchesWord(r).role, "switches", r.Agents.Line(t.now))
}

func (t infoText) reading(r core.Reading, access core.Access) {
	is := themes.Text
	if access != core.AccessOK {
		is = themes.Warn
	}
	word := access.Title()
	if access == core.AccessInvalid {
		word += fmt.Sprintf(" (%s in JSON)", access)
	}
	t.fact(is, "access", word)
	read := "never"
	if !r.ReadAt.IsZero() {
		read = t.ago(r.ReadAt)
	}
	t.fact(themes.Text, "read", read)
	t.fact(themes.Error, "error", r.Error)
}

// rules tells which rules the comparison follows.
func (t infoText) rules() {
	f, r := t.f.Fabric, t.f.Report
	t.part(themes.Title, safe.Lit("rules"))
	if r != nil {
		t.fact(themes.Text, "release", cmp.Or(rulesFor(r), "not known"))
	}
	t.fact(themes.Text, "manager", f.EngineManager)
	for _, i := range f.Ignore {
		t.fact(themes.Text, "ignore", joined(" ", cmp.Or(i.Kind, "*"), string(i.Path)))
	}
	for _, u := range f.Rules {
		t.fact(themes.Text, string(u.Is), joined("  ", joined(" ", cmp.Or(u.Kind, "*"), string(u.Path)), u.Why))
	}
	if r == nil {
		return
	}
	folded := map[string]int{}
	for _, v := range r.Verdicts {
		for _, x := range v.Folded {
			folded[x.Rule]++
		}
	}
	for _, id := range frequentIn(folded) {
		t.fact(themes.Dim, "folded", fmt.Sprintf("%s by %s", plural(folded[id], "field"), id))
	}
}

func frequentIn(n map[string]int) []string {
	ids := []string{}
	for id := range n {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b string) int { return cmp.Or(n[b]-n[a], cmp.Compare(a, b)) })
	return ids
}

// kinds tells what is compared, kind by kind and with the versions of the API, and
// what Git never held.
func (t infoText) kinds() {
	r := t.f.Report
	if r == nil {
		return
	}
	total, versions := map[core.GroupKind]int{}, map[core.GroupKind][]string{}
	for _, v := range r.Verdicts {
		gk := core.GroupKind{Group: v.Key.Group, Kind: v.Key.Kind}
		total[gk]++
		if v.Version != "" && !slices.Contains(versions[gk], v.Version) {
			versions[gk] = append(versions[gk], v.Version)
		}
	}
	t.part(themes.Title, safe.Sprintf("%s of %s", plural(r.Counts.Total(), "object"), plural(len(total), "kind")))
	for _, gk := range sortedKinds(total) {
		slices.Sort(versions[gk])
		t.fact(themes.Text, gk.Kind, joined("  ", grouped(total[gk]), joined("/", gk.Group, strings.Join(versions[gk], ", "))))
	}
	for _, gk := range sortedKinds(r.NotInGit) {
		t.fact(themes.Dim, gk.Kind, fmt.Sprintf("%s live, not in git and not compared", grouped(r.NotInGit[gk])))
	}
}

// limits tells what trips, and what policies settle.
func (t infoText) limits() {
	f := t.f.Fabric
	t.part(themes.Title, safe.Lit("limits and policies"))
	t.fact(themes.Text, "deletes", fmt.Sprintf("more than %d objects, and more than %d %% of all, are too many at once", f.Limits.Count, f.Limits.Percent))
	if f.PendingLimit > 0 {
		t.fact(themes.Text, "pending", fmt.Sprintf("a change in git that is not live after %s is stuck", core.ShortAge(f.PendingLimit)))
	}
	if len(f.Policy) == 0 {
		t.fact(themes.Text, "policy", "manual: a person decides")
	}
	for _, p := range f.Policy {
		t.fact(themes.Text, "policy", policySays(p))
	}
}

func policySays(p core.PolicyRule) string {
	on := make([]string, len(p.On))
	for i, o := range p.On {
		on[i] = string(o)
	}
	return joined(" ", p.Policy, "for", cmp.Or(p.Kind, "*"), string(p.Path), "on", strings.Join(on, ", "))
}

// configuration tells what the files say, and where all is kept.
func (t infoText) configuration(a *informed, fault string) {
	switch {
	case fault != "":
		t.part(themes.Title, safe.Lit("configuration"))
		t.say(themes.Error, 2, safe.Clean(fault))
	case a != nil:
		t.part(themes.Title, safe.Lit("store"))
		size := ""
		if a.info.StoreSize > 0 {
			size = fmt.Sprintf("%.1f MiB", float64(a.info.StoreSize)/(1<<20))
		}
		t.fact(themes.Text, "file", joined("  ", a.info.Store, size))
		t.fact(themes.Text, "cache", a.info.Cache)
		t.part(themes.Title, safe.Lit("configuration, with all defaults and without credentials"))
		for _, file := range a.info.Files {
			t.fact(themes.Dim, "read from", file)
		}
		for _, l := range safe.Multi(strings.TrimRight(a.info.Configuration, "\n")) {
			t.marked(themes.Text, "  ", l, scrollLine{fold: -1})
		}
	}
}
