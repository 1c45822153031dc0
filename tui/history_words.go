package tui

import (
	"fmt"
	"strings"
	"time"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
)

// happened is an entry of the history as a line tells it.
type happened struct {
	entry core.Entry
	what  string     // in one word, as the filter finds it
	word  part       // what happened
	who   string     // did it: a person or a program; "" where nobody did
	about []core.Key // the objects
	says  safe.Text  // what came of it
	rev   string     // the commit; "" for none
	text  string     // all that a plain word of a filter is looked for in
}

// tell makes the line of an entry. label names an object of its fabric.
func tell(e core.Entry, label func(core.Key) string) happened {
	h := happened{entry: e, what: e.What.Word()}
	h.word = part{role: themes.Text, text: safe.Clean(strings.ReplaceAll(h.what, "_", " "))}
	switch x := e.What.(type) {
	case core.Checked:
		h.word.role, h.says = themes.Dim, foundText(x)
	case core.Transition:
		h.verdict(x)
	case core.Overwritten:
		h.overwritten(x)
	case core.Blind:
		h.word.role, h.says = themes.Dim, blindText(x)
		if x.Reason == core.Polled {
			h.word.text = safe.Lit(core.Polled)
		}
	case core.Acceptance:
		h.who, h.about, h.says = x.By, x.Keys, acceptedText(x)
	case core.Acknowledgement:
		h.acknowledged(x)
	case core.Decided:
		h.who, h.about = x.By, []core.Key{x.Draft.Key}
		d := core.DraftStanding{Draft: x.Draft}
		h.says = safe.Sprintf("%s: %s ", x.What, spot(x.Draft.Path)).Plus(draftWord(&d))
	case core.Run:
		h.run(x)
	}
	names := make([]string, len(h.about))
	for i, k := range h.about {
		names[i] = label(k)
	}
	h.text = strings.Join([]string{h.what, h.word.text.String(), h.who, strings.Join(names, " "), h.says.String(), h.rev, string(e.Fabric)}, " ")
	return h
}

func (h *happened) verdict(t core.Transition) {
	h.about = []core.Key{t.Key}
	h.word = part{role: role(t.To), text: safe.Sprintf("%c %s", t.To.Letter(), t.To.Title())}
	h.says = safe.Clean(t.Reason)
	switch was := safe.Sprintf("was %s", t.From.Title()); {
	case t.First || t.From == t.To:
	case t.Reason == "":
		h.says = was
	default:
		h.says = h.says.Plus(safe.Lit(" ("), was, safe.Lit(")"))
	}
	// A program that wrote live did what happened only where live has moved by that, and
	// not where a person is known to have brought the change about.
	h.who = t.By
	moved := t.By == "" && (t.To == core.Drifted || t.To == core.Conflict || t.To == core.OnlyLive)
	for _, c := range t.Changes {
		if c.Manager != "" && moved {
			h.who = c.Manager
		}
		if c.Commit.Known() {
			h.rev = c.Commit.ID
		}
	}
}

func (h *happened) acknowledged(a core.Acknowledgement) {
	h.who, h.about = a.Actor(), []core.Key{a.Key}
	switch {
	case a.Ends():
		h.says = safe.Sprintf("%s no longer: %s", spot(a.Path), a.Reason)
	case a.Restored != "" && a.Restored != a.By:
		h.says = safe.Sprintf("%s again until %s, as %s said: %s", spot(a.Path), core.Stamp(a.Until), a.By, a.Reason)
	case a.Restored != "":
		h.says = safe.Sprintf("%s again until %s: %s", spot(a.Path), core.Stamp(a.Until), a.Reason)
	default:
		h.says = safe.Sprintf("%s until %s: %s", spot(a.Path), core.Stamp(a.Until), a.Reason)
	}
}

func (h *happened) overwritten(o core.Overwritten) {
	h.who, h.about, h.rev = o.ReplacedBy, []core.Key{o.Key}, o.Commit.ID
	h.word = part{role: themes.Warn, text: safe.Lit("overwrote")}
	h.says = safe.Sprintf("%s ", spot(o.Path)).Plus(editText(o.Live), safe.Lit(" -> "), editText(o.Now))
}

func (h *happened) run(r core.Run) {
	h.who = r.By
	for _, o := range r.Objects {
		if o.Fabric == h.entry.Fabric {
			h.about = append(h.about, o.Key)
		}
	}
	commits, files := published(&r)
	if len(commits) > 0 {
		h.rev = commits[0]
	}
	words := []string{string(r.Phase)}
	if files > 0 {
		words[0] += ", " + plural(files, "file")
	}
	if !r.Ended.IsZero() {
		words = append(words, took(r.Ended.Sub(r.Started)))
	}
	if r.Reverts != "" {
		words = append(words, "takes back "+shortRun(&core.Run{ID: r.Reverts}).String())
	}
	if r.Err != "" {
		words = append(words, r.Err)
	}
	h.word = part{role: runRole(r.Phase), text: safe.Sprintf("%s ", h.what).Plus(shortRun(&r))}
	h.says = safe.Clean(strings.Join(words, "  "))
}

// published are the commits of a run that are on their branches, or may be, and
// how many files they changed.
func published(r *core.Run) (commits []string, files int) {
	for _, p := range r.Publications {
		if p.Phase == core.PublicationLanded || p.Phase == core.PublicationPushing {
			commits = append(commits, p.Commit)
			files += len(p.Changes)
		}
	}
	return commits, files
}

// foundText sums up what a check found.
func foundText(c core.Checked) safe.Text {
	switch {
	case c.Err != "":
		return safe.Sprintf("failed: %s", c.Err)
	case !c.Reported:
		return safe.Lit("failed")
	}
	words := []string{}
	for _, side := range []struct {
		name string
		is   core.Access
	}{{"git", c.Git}, {"live", c.Live}} {
		if side.is != core.AccessOK {
			words = append(words, side.name+" "+side.is.Title())
		}
	}
	for _, s := range core.States() {
		if c.Counts[s] > 0 {
			words = append(words, fmt.Sprintf("%s %s", grouped(c.Counts[s]), s.Title()))
		}
	}
	if len(words) == 0 {
		return safe.Lit("nothing to compare")
	}
	return safe.Clean(strings.Join(words, ", "))
}

func blindText(b core.Blind) safe.Text {
	switch {
	case b.From.IsZero():
		return safe.Clean(b.Reason)
	case b.Reason == core.Polled: // which the word before it says
		return safe.Sprintf("for %s", core.ShortAge(b.Until.Sub(b.From)))
	}
	return safe.Sprintf("for %s: %s", core.ShortAge(b.Until.Sub(b.From)), b.Reason)
}

func acceptedText(a core.Acceptance) safe.Text {
	switch a.What {
	case core.AcceptMass:
		return safe.Lit("that they vanished")
	case core.AcceptRewrite:
		return safe.Lit("that ").Plus(revision(a.From), safe.Lit(" was rewritten to "), revision(a.To))
	case core.AcceptBase:
		return safe.Lit("as the base")
	}
	return safe.Clean(string(a.What))
}

// spot is a path as people read it.
func spot(p core.Path) string {
	if p == core.Root {
		return "the whole object"
	}
	return string(p)
}

// editText is a value that somebody had put there, or taken away.
func editText(v core.Value) safe.Text {
	if !v.Present() {
		return safe.Lit("(removed)")
	}
	return quoted(v)
}

// clockOf is the time of day, or the day where it is not today.
func clockOf(now, at time.Time) safe.Text {
	switch {
	case at.IsZero():
		return safe.Lit("?")
	case now.UTC().Format(time.DateOnly) == at.UTC().Format(time.DateOnly):
		return safe.Clean(at.UTC().Format("15:04"))
	}
	return safe.Clean(at.UTC().Format("01-02"))
}
