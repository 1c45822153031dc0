package tui

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

const (
	examining = 8                      // fabrics that are looked at at the same time
	gather    = 200 * time.Millisecond // for how long findings are put together before they are shown
)

// doctorPane tells what keeps fabrics from being read or published to, as it is
// found out, and what the terminal has said of itself.
type doctorPane struct {
	textPane[doctorMade]
	exam    *exam // nil before the first, and between two
	exams   int   // that were begun
	results map[core.FabricID]examined
}

// exam is one look at everything: it goes on over several jobs, each of which takes
// what is known by then.
type exam struct {
	number int
	left   int // results that nobody has taken, known to the pane alone

	// The rest is the jobs'.
	results chan examined
	begun   sync.Once
	cancel  context.CancelFunc
}

// examined is what was found of one fabric; "" stands for what concerns none.
type examined struct {
	fabric core.FabricID
	found  []Symptom
	err    error
}

// doctorAbout is what a job is about: the results of an exam that come next.
type doctorAbout struct{ exam, left int }

// doctorMade is what the text was made of.
type doctorMade struct {
	found, exam, width int
	said               terminalSaid
}

func newDoctorPane() Pane { return &doctorPane{results: map[core.FabricID]examined{}} }

// Job begins the exam, or waits for more of it.
func (p *doctorPane) Job(e Env) (Job, bool) {
	doctor := e.acts.Doctor
	if doctor == nil {
		return Job{}, false
	}
	ids := append([]core.FabricID{""}, fabricIDs(e.Fleet)...)
	if p.exam == nil {
		p.exam = &exam{number: p.exams + 1, left: len(ids), results: make(chan examined, len(ids))}
		p.exams++
	}
	x, left := p.exam, p.exam.left
	if left == 0 {
		return Job{}, false
	}
	return Job{
		Label: safe.Lit("look at every fabric"), About: doctorAbout{x.number, x.left},
		Run: func(ctx context.Context) (tea.Msg, error) {
			x.begun.Do(func() { x.begin(ctx, doctor, ids) })
			return x.next(ctx, left)
		},
	}, true
}

// begin looks at everything, some of it at the same time. That goes on after the
// job which began it, until next is no longer waited for.
func (x *exam) begin(ctx context.Context, doctor Doctor, ids []core.FabricID) {
	ctx, x.cancel = context.WithCancel(context.WithoutCancel(ctx))
	free := make(chan struct{}, examining)
	var all sync.WaitGroup
	for _, id := range ids {
		all.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			found, err := doctor.Examine(ctx, id)
			x.results <- examined{id, found, err}
		})
	}
	go func() {
		all.Wait()
		x.cancel()
	}()
}

// next gives those of the results that are left which are there within a moment of
// the first one.
func (x *exam) next(ctx context.Context, left int) (tea.Msg, error) {
	all := []examined{}
	var until <-chan time.Time
	for left > len(all) {
		select {
		case r := <-x.results:
			if all = append(all, r); until == nil {
				pause := time.NewTimer(gather)
				defer pause.Stop()
				until = pause.C
			}
			continue
		case <-until:
		case <-ctx.Done():
			x.cancel() // nobody looks any more
			return nil, ctx.Err()
		}
		break
	}
	return all, nil
}

// Take is given results.
func (p *doctorPane) Take(msg tea.Msg) {
	all, ok := msg.([]examined)
	if !ok || p.exam == nil {
		return
	}
	if slices.ContainsFunc(all, func(r examined) bool { return errors.Is(r.err, context.Canceled) }) {
		p.exam = nil // it ended when the screen was left
		return
	}
	for _, r := range all {
		p.results[r.fabric] = r
	}
	p.exam.left -= len(all)
}

// load brings the text up to date.
func (p *doctorPane) load(e Env) {
	made := doctorMade{found: len(p.results), width: e.Width, said: e.terminal}
	if p.exam != nil {
		made.exam = p.exam.number
	}
	if first := p.text == nil; p.anew(made) {
		p.show(p.compose(e), false)
		if first {
			p.window.To(0) // where the text begins, whichever result came first
		}
	}
	p.search(e.Filter)
}

// compose makes the text.
func (p *doctorPane) compose(e Env) *scroll {
	text := newScroll(min(e.Width, fieldsWidth))
	p.terminal(text, e)
	if e.acts.Doctor == nil {
		text.say(themes.Dim, 1, safe.Lit("nothing is examined here (selvage doctor does)"))
	}
	for _, id := range p.worstFirst(append([]core.FabricID{""}, fabricIDs(e.Fleet)...)) {
		p.fabric(text, id)
	}
	text.changes = len(text.heads)
	return text
}

// worstFirst sorts fabrics by the worst that was found of each; those that nobody has
// looked at yet come where all is well.
func (p *doctorPane) worstFirst(ids []core.FabricID) []core.FabricID {
	worst := func(id core.FabricID) int {
		r, least := p.results[id], severity(Symptom{Level: "ok"})
		if r.err != nil {
			return severity(Symptom{Level: "fail"})
		}
		for _, s := range r.found {
			least = min(least, severity(s))
		}
		return least
	}
	slices.SortStableFunc(ids, func(a, b core.FabricID) int { return worst(a) - worst(b) })
	return ids
}

// fabric appends what was found of one fabric. Each thing that is not well is a part.
func (p *doctorPane) fabric(d *scroll, id core.FabricID) {
	r, there := p.results[id]
	name := safe.Clean(string(id))
	if id == "" {
		name = safe.Lit("selvage")
	}
	d.add(scrollLine{fold: -1})
	switch {
	case !there:
		d.add(scrollLine{fold: -1, left: []part{{role: themes.Title, text: name}, {role: themes.Dim, text: safe.Lit("  looking")}}})
		return
	case r.err != nil:
		d.head()
		d.add(scrollLine{fold: -1, left: []part{{role: themes.Title, text: name}}})
		d.say(themes.Error, 3, safe.Sprintf("%v", r.err))
		return
	}
	well := 0
	for _, s := range r.found {
		if s.Level == "ok" {
			well++
		}
	}
	d.add(scrollLine{fold: -1, left: []part{{role: themes.Title, text: name}, {role: themes.Dim, text: safe.Sprintf("  %d of %s well", well, plural(len(r.found), "matter"))}}})
	found := slices.Clone(r.found)
	slices.SortStableFunc(found, func(a, b Symptom) int { return severity(a) - severity(b) })
	for _, s := range found {
		d.symptom(s)
	}
}

// severity orders symptoms, the worst first.
func severity(s Symptom) int { return slices.Index([]string{"fail", "warn", "ok"}, s.Level) }

// symptom appends one thing that was looked at, and what to do about it.
func (d *scroll) symptom(s Symptom) {
	is := map[string]themes.Role{"fail": themes.Error, "warn": themes.Warn}[s.Level]
	if is == "" {
		is = themes.Dim
	} else {
		d.head()
	}
	const indent = 18
	lead := safe.Sprintf(" %-4s %-11s ", safe.Clean(s.Level), safe.Clean(s.Area))
	for _, l := range widget.Wrap(safe.Sprintf("%s: %s", s.What, s.Text), max(d.width-1-indent, 1)) {
		d.add(scrollLine{fold: -1, left: []part{{role: is, text: lead.Plus(l)}}})
		lead = safe.Sprintf("%*s", indent, "")
	}
	if s.Hint != "" {
		d.say(themes.Key, indent, safe.Lit("> ").Plus(safe.Clean(s.Hint)))
	}
}

func (p *doctorPane) Can(e Env, a Action) bool {
	if a == ActExamine {
		return e.acts.Doctor != nil && p.exam != nil && p.exam.left == 0
	}
	return p.textPane.Can(e, a)
}

func (p *doctorPane) Do(e Env, a Action) Outcome {
	if a == ActExamine {
		p.exam, p.results = nil, map[core.FabricID]examined{}
		return Outcome{Note: safe.Lit("looking at everything again")}
	}
	return p.textPane.Do(e, a)
}

func (p *doctorPane) View(e Env) Frame {
	s := e.Style
	bad := map[string]int{}
	for _, x := range e.terminal.symptoms() {
		bad[x.Level]++
	}
	for _, r := range p.results {
		for _, x := range r.found {
			bad[x.Level]++
		}
		if r.err != nil {
			bad["fail"]++
		}
	}
	sum := safe.Sprintf("%d failed, %d to look at, %d well", bad["fail"], bad["warn"], bad["ok"])
	note := widget.Span{}
	if p.exam != nil && p.exam.left > 0 {
		note = widget.Span{Ink: s.ink(themes.Dim), Text: safe.Sprintf("%s to go", grouped(p.exam.left))}
	}
	title := crumbs(e, safe.Lit("doctor"))
	return p.under(e, headRule(e, widget.Span{Ink: s.ink(themes.Title), Text: sum}, note), Frame{
		Title: title,
		Brief: then(title, widget.Span{Ink: s.ink(themes.Text), Text: safe.Lit("  ").Plus(sum)}),
	})
}
