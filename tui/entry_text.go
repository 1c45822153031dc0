package tui

import (
	"strings"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// newEntryText tells all that is known of what happened on one row.
func newEntryText(r *historyRow, f core.FabricState, e Env, width int) *scroll {
	d := newScroll(width)
	if e.Width >= sideBySide {
		d.add(scrollLine{fold: -1, left: []part{{role: r.word.role, text: r.word.text}, {role: themes.Dim, text: safe.Sprintf("  %s", core.Stamp(r.entry.At))}}})
	}
	switch x := r.entry.What.(type) {
	case core.Run:
		d.pastRun(&x)
		d.objects(r.about, f)
	case core.Overwritten:
		d.objects(r.objects(), f)
		d.edit(x)
	case core.Transition:
		d.objects(r.objects(), f)
		d.say(themes.Dim, 1, r.says)
		for _, c := range x.Changes {
			d.pastChange(c)
		}
	case core.Checked:
		d.say(themes.Text, 1, r.says)
		d.say(themes.Dim, 1, safe.Sprintf("it took %s", took(x.Duration)))
		if n := len(r.others); n > 0 {
			d.say(themes.Dim, 1, safe.Sprintf("%s found the same since %s", plural(n+1, "check"), core.Stamp(r.others[n-1].entry.At)))
		}
	case core.Decided:
		d.objects(r.objects(), f)
		d.say(themes.Text, 1, r.says)
		if x.Draft.From != "" {
			d.say(themes.Dim, 1, safe.Sprintf("from %s", x.Draft.From))
		}
		d.by(x.By)
	case core.Acceptance:
		d.objects(r.objects(), f)
		d.say(themes.Text, 1, safe.Lit("accepted ").Plus(r.says))
		d.by(x.By)
	case core.Acknowledgement:
		d.objects(r.objects(), f)
		d.say(themes.Text, 1, r.says)
		d.by(x.Actor())
	case core.Blind:
		d.say(themes.Text, 1, r.says)
		d.say(themes.Dim, 1, safe.Sprintf("from %s until %s; what came and went in it was not seen", core.Stamp(x.From), core.Stamp(x.Until)))
	}
	return d
}

func (d *scroll) by(who string) {
	if who != "" {
		d.say(themes.Dim, 1, safe.Sprintf("by %s", who))
	}
}

// objects names what something was about.
func (d *scroll) objects(keys []core.Key, f core.FabricState) {
	const most = 12
	names := []string{}
	for i, k := range keys {
		if i == most {
			names = append(names, grouped(len(keys)-most)+" more")
			break
		}
		names = append(names, f.Fabric.Label(k))
	}
	if len(names) > 0 {
		d.say(themes.Header, 1, safe.Clean(strings.Join(names, ", ")))
	}
}

// edit tells of an edit that was overwritten what it was, and what took its place.
func (d *scroll) edit(o core.Overwritten) {
	d.say(themes.Text, 1, safe.Clean(spot(o.Path)))
	by := ""
	if o.Manager != "" {
		by = strings.TrimRight("  by "+o.Manager+" "+core.Stamp(o.ManagerTime), " ")
	}
	d.marked(themes.Removed, " - ", editText(o.Live), scrollLine{fold: -1})
	d.say(themes.Dim, 3, safe.Sprintf("seen for %s%s", core.ShortAge(o.Lived()), by))
	d.marked(themes.Added, " + ", editText(o.Now), scrollLine{fold: -1})
	why := "replaced"
	if o.ReplacedBy != "" {
		why = "replaced by " + o.ReplacedBy
	}
	d.say(themes.Dim, 3, safe.Sprintf("%s %s", why, o.Replaced.Sentence()))
	if o.Commit.Known() {
		d.say(themes.Dim, 3, safe.Lit("git ").Plus(revision(o.Commit.ID), safe.Sprintf(" %s: %s", o.Commit.Author, o.Commit.Summary)))
	}
}

// pastChange tells of a change what both sides said.
func (d *scroll) pastChange(c core.Change) {
	if c.Path == core.Root {
		return // the state says which side had it
	}
	before, after := valueText(c.Live), valueText(c.Git)
	if one := safe.Sprintf("%s  live ", c.Path).Plus(before, safe.Lit("  git "), after); widget.Width(one) <= d.width-4 {
		d.marked(themes.Text, "   ", one, scrollLine{fold: -1})
	} else {
		d.say(themes.Text, 3, safe.Clean(string(c.Path)))
		d.marked(themes.Removed, "   - ", before, scrollLine{fold: -1})
		d.marked(themes.Added, "   + ", after, scrollLine{fold: -1})
	}
	if c.Manager != "" {
		d.say(themes.Dim, 5, safe.Clean(strings.TrimRight("live by "+c.Manager+" "+core.Stamp(c.ManagerTime), " ")))
	}
	if c.Commit.Known() {
		d.say(themes.Dim, 5, safe.Lit("git ").Plus(revision(c.Commit.ID), safe.Sprintf(" %s: %s", c.Commit.Author, c.Commit.Summary)))
	}
}

// pastRun tells of a run how it ended, who began it and where, and what it was
// asked.
func (d *scroll) pastRun(r *core.Run) {
	line := func(name, text string) {
		const indent = 12
		if text == "" {
			return
		}
		lead := safe.Sprintf(" %-*s", indent-1, name)
		for _, l := range widget.Wrap(safe.Clean(text), max(d.width-1-indent, 1)) {
			d.add(scrollLine{fold: -1, left: []part{{role: themes.Dim, text: lead}, {role: themes.Text, text: l}}})
			lead = safe.Sprintf("%*s", indent, "")
		}
	}
	is := runWord(r, r.Ended)
	d.marked(is.role, " ", safe.Sprintf("run %s ", r.ID).Plus(is.text), scrollLine{fold: -1})
	if r.Err != "" {
		d.say(themes.Error, 1, safe.Clean(r.Err))
	}
	line("by", strings.TrimSpace(r.By+"  "+r.Host))
	line("began", core.Stamp(r.Started))
	if r.Attempts > 1 {
		line("attempts", grouped(r.Attempts))
	}
	line("plan", r.Plan)
	line("takes back", r.Reverts)
	line("asked", runOptions(r.Options))
	for _, p := range r.Publications {
		where := p.Branch
		if p.Side != "" {
			where = p.Side + ", proposed for " + p.Branch
		}
		line("commit", strings.TrimSpace(revision(p.Commit).String()+" on "+where+", "+p.Standing()+": "+p.Subject))
	}
}

// runOptions are what whoever began a run asked for; "" for nothing.
func runOptions(o core.RunOptions) string {
	words := []string{}
	for _, x := range []struct {
		is   bool
		word string
	}{
		{o.NoWait, "not to wait"},
		{o.Propose, "a proposal"},
		{o.AllowDelete > 0, "to delete " + grouped(o.AllowDelete)},
		{o.Ticket != "", "ticket " + o.Ticket},
		{o.Message != "", "message " + o.Message},
	} {
		if x.is {
			words = append(words, x.word)
		}
	}
	return strings.Join(words, ", ")
}
