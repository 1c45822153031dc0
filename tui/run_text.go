package tui

import (
	"fmt"
	"strings"
	"time"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// runWord says how a run stands: for how long it goes on, or how it ended.
func runWord(r *core.Run, now time.Time) part {
	text := safe.Clean(string(r.Phase))
	switch {
	case r.Phase == core.RunRetrying:
		text = text.Plus(safe.Sprintf(" in %s", core.ShortAge(r.RetryAt.Sub(now))))
	case !r.Phase.Over():
		text = text.Plus(safe.Sprintf(" for %s", core.ShortAge(now.Sub(r.Started))))
	case !r.Ended.IsZero():
		text = text.Plus(safe.Sprintf(" after %s", took(r.Ended.Sub(r.Started))))
	}
	return part{role: runRole(r.Phase), text: text}
}

// shortRun is the id of a run as people read it.
func shortRun(r *core.Run) safe.Text { return safe.Clean(core.ShortRun(r.ID)) }

func runRole(p core.RunPhase) themes.Role {
	switch p {
	case core.RunAgreed, core.RunMerged, core.RunPublished:
		return role(core.InSync)
	case core.RunFailed, core.RunRefused, core.RunInterrupted:
		return themes.Error
	case core.RunWaiting, core.RunRetrying, core.RunDeclined:
		return themes.Warn
	case core.RunQueued, core.RunChecking, core.RunPublishing, core.RunFollowing, core.RunProposed:
	}
	return role(core.Pending)
}

// begunBy names who began a run: one that goes on in another session of the same
// person is not this one's.
func begunBy(e Env, r *core.Run) safe.Text {
	switch {
	case r.By != e.acts.By || r.Phase.Over() || e.mine[r.ID]:
		return safe.Clean(r.By)
	case r.Host == "" || r.Host == e.acts.Whence:
		return safe.Sprintf("%s, in another session", r.By)
	}
	return safe.Sprintf("%s, on %s", r.By, r.Host)
}

// runHead is a bar of how many of the objects have followed, and how the run
// stands.
func runHead(e Env, r *core.Run, is part) []string {
	s := e.Style
	title := widget.Span{Ink: s.ink(is.role), Text: is.text}
	by := begunBy(e, r).Plus(safe.Sprintf("  %s ago", age(e.Now, r.Started)))
	lines := []string{rule(e, title, widget.Span{Ink: s.ink(themes.Dim), Text: by})}
	settled := 0
	for _, o := range r.Objects {
		if o.State == core.InSync {
			settled++
		}
	}
	if n := len(r.Objects); n > 0 {
		word := safe.Sprintf("  %d of %s in sync", settled, plural(n, "object"))
		room := max(min(e.Width-widget.Width(word)-4, 50), 1)
		done := room * settled / n
		lines = append(lines, widget.NewLine(e.Width).Gap(widget.Ink{}, 1).
			Put(s.ink(themes.Rule), safe.Lit("[")).Put(s.ink(themes.Progress), safe.Clean(strings.Repeat("#", done))).
			Put(s.ink(themes.Rule), safe.Clean(strings.Repeat("-", room-done)+"]")).Put(s.ink(themes.Text), word).String())
	}
	return lines
}

// runText is a run as a text; the objects are its parts.
type runText struct {
	*scroll
	e     Env
	keys  []core.Key
	going int // the line about what goes on: a step, then the first object that has not followed
}

// newRunText says what a run has done, what went wrong, and what it waits for.
func newRunText(f core.FabricState, e Env, width int) runText {
	t := runText{scroll: newScroll(width), e: e}
	r := f.Run
	if r == nil {
		t.say(themes.Dim, 1, safe.Lit("no run was begun here since the program started (s plans one; selvage history tells of earlier ones)"))
		return t
	}
	if r.Err != "" {
		t.say(themes.Error, 1, safe.Clean(r.Err))
		if text := t.unpublished(f, r); text != "" {
			t.say(themes.Dim, 1, safe.Clean(text))
		}
		t.add(scrollLine{fold: -1})
	}
	t.title(safe.Lit("steps"))
	for _, s := range r.Steps {
		if r.Phase == core.RunWaiting && strings.Contains(r.Err, s.Detail) {
			s.Detail = "" // told above
		}
		t.step(s, r.Phase)
	}
	for _, p := range r.Publications {
		t.publication(p)
	}
	t.objects(f, r)
	t.changes = len(t.heads)
	return t
}

// unpublished says what has become of what a run that ended did not publish; "" where
// it published all of it.
func (t *runText) unpublished(f core.FabricState, r *core.Run) string {
	switch r.Phase {
	case core.RunRefused, core.RunFailed, core.RunInterrupted, core.RunDeclined:
	case core.RunQueued, core.RunChecking, core.RunPublishing, core.RunFollowing, core.RunRetrying, core.RunProposed,
		core.RunAgreed, core.RunPublished, core.RunMerged, core.RunWaiting:
		return ""
	}
	stand := map[core.DraftState]int{}
	for _, id := range r.Fabrics {
		of, _ := t.e.Fleet.Fabric(id)
		if id == f.Fabric.ID {
			of = f
		}
		for _, d := range of.Drafts {
			stand[d.State]++
		}
	}
	switch {
	case stand[core.DraftOpen] > 0:
		return "what was not published is still a draft (r plans it again)"
	case stand[core.DraftVoid] > 0:
		return "nothing of it can be published: no draft stands any more (the drafts tell why)"
	}
	return "nothing of it is left to publish"
}

func (t *runText) title(text safe.Text) {
	t.add(scrollLine{fold: -1, left: []part{{role: themes.Title, text: text}}})
}

// step appends one step: for how long it took or takes, and what came of it.
func (t *runText) step(s core.RunStep, phase core.RunPhase) {
	end, word, r := s.Ended, "ok", themes.Text
	switch {
	case s.Ended.IsZero():
		end, word, r = t.e.Now, "...", role(core.Pending)
		t.going = len(t.lines)
	case s.Err != "" && phase == core.RunWaiting:
		word, r = "waits", themes.Warn
	case s.Err != "" && phase == core.RunPublished && s.Name == "follow":
		word, r = "stopped", themes.Warn
	case s.Err != "":
		word, r = "failed", themes.Error
	}
	label := fmt.Sprintf("   %-12s %-7s %7s  ", safe.Clean(s.Name), word, took(end.Sub(s.Started)))
	for _, l := range widget.Wrap(safe.Clean(s.Detail), max(t.width-1-len(label), 1)) {
		t.marked(r, label, l, scrollLine{fold: -1})
		label = strings.Repeat(" ", len(label))
	}
	if s.Err != "" {
		t.say(r, 5, safe.Clean(s.Err))
	}
}

// took is a duration in tenths of a second, or as [core.ShortAge] has it.
func took(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%.1fs", max(d, 0).Seconds())
	}
	return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
}

// publication appends a commit: where it goes, what the server said.
func (t *runText) publication(p core.PublicationState) {
	t.add(scrollLine{fold: -1})
	where := p.Branch
	if p.Side != "" {
		where = p.Side + ", proposed for " + p.Branch
	}
	r := themes.Text
	if p.Phase == core.PublicationDropped {
		r = themes.Warn
	}
	t.title(safe.Sprintf("commit %s on %s", revision(p.Commit), where))
	t.marked(r, "   ", safe.Clean(p.Standing()), scrollLine{fold: -1})
	t.marked(themes.Dim, "   message  ", safe.Clean(p.Subject), scrollLine{fold: -1})
	if p.Says != "" {
		for i, line := range safe.Multi(p.Says) {
			label := "   server   "
			if i > 0 {
				label = "            "
			}
			t.marked(themes.Dim, label, line, scrollLine{fold: -1})
		}
	}
	if p.Review != "" {
		t.say(themes.Key, 3, safe.Clean(p.Review))
	}
}

// objects appends what the run waits for.
func (t *runText) objects(f core.FabricState, r *core.Run) {
	if len(r.Objects) == 0 {
		return
	}
	t.add(scrollLine{fold: -1})
	t.title(safe.Lit("objects"))
	waits := false
	for _, o := range r.Objects {
		if o.State != core.InSync && !waits && r.Phase == core.RunFollowing {
			waits, t.going = true, len(t.lines)
		}
		t.head()
		t.keys = append(t.keys, o.Key)
		name := objectName(f, o.Key)
		if of, ok := t.e.Fleet.Fabric(o.Fabric); ok && o.Fabric != f.Fabric.ID {
			name = safe.Sprintf("%s: ", o.Fabric).Plus(objectName(of, o.Key))
		}
		is := part{role: role(o.State), text: safe.Clean(o.State.Title())}
		t.marked(role(o.State), fmt.Sprintf(" %c ", o.State.Letter()), name, scrollLine{fold: -1, right: []part{is}, at: o.Since})
		if o.State == core.InSync {
			continue
		}
		if o.Reason != "" && !strings.Contains(r.Err, o.Reason) {
			t.say(themes.Dim, 5, safe.Clean(o.Reason))
		}
		if o.Command != "" {
			t.command(5, o.Command)
		}
	}
}
