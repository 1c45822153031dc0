package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"selvage/core"
	"selvage/core/config"
	"selvage/core/safe"
)

// glance is how often a run's progress is looked at: one atomic load.
const glance = 100 * time.Millisecond

// progress tells on standard error how the run of a fabric goes on, a line for
// each step, once it takes longer than a moment and where somebody is looking. It
// does so until end is called.
func (a *app) progress(s *session, id core.FabricID) (end func()) {
	if !a.interactive() {
		return func() {}
	}
	t := &teller{app: a, begun: a.now()}
	if f, ok := s.loop.Fleet().Fabric(id); ok {
		t.before = f.Run
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		clock := time.NewTicker(glance)
		defer clock.Stop()
		for {
			select {
			case <-stop:
				return
			case <-clock.C:
				f, _ := s.loop.Fleet().Fabric(id)
				t.tell(f.Run)
			}
		}
	}()
	return func() {
		close(stop)
		<-stopped
	}
}

// teller tells the steps of a run, each when it ends, and the one that goes on
// whenever there is something new to say of it.
type teller struct {
	app    *app
	begun  time.Time
	before *core.Run // an earlier one, which is not told
	told   int       // steps that are told to their end
	going  string    // what was said last of the one after them
}

func (t *teller) tell(r *core.Run) {
	now := t.app.now()
	if r == nil || r == t.before || now.Sub(t.begun) < patience {
		return
	}
	for ; t.told < len(r.Steps); t.told++ {
		s := r.Steps[t.told]
		if s.Ended.IsZero() {
			if line := joinedBy("  ", s.Name, s.Detail); line != t.going {
				t.going = line
				t.line(now.Sub(r.Started), line+" …")
			}
			return
		}
		t.going = ""
		t.line(s.Ended.Sub(r.Started), joinedBy("  ", joinedBy("  ", s.Name, s.Detail), s.Err))
	}
}

func (t *teller) line(since time.Duration, text string) {
	fmt.Fprintf(t.app.errs, "%6s  %s\n", short(since), cleaned(text))
}

// short is a duration to the tenth of a second, or to the second where it is long.
func short(d time.Duration) string {
	if d < 10*time.Second {
		return fmt.Sprintf("%.1fs", max(0, d.Seconds()))
	}
	return config.FormatDuration(d.Round(time.Second))
}

// runDocument is a run, as history has it, with the fabrics that it was for.
type runDocument struct {
	APIVersion string          `json:"apiVersion"`
	Kind       string          `json:"kind"`
	Fabrics    []core.FabricID `json:"fabrics"`
	*syncEntry
	KeptOut *planKeptOut  `json:"kept_out,omitempty"`
	Besides []besidesPart `json:"besides,omitempty"`
}

// besidesPart is what does not agree in a fabric and the run was not about, by state:
// what nobody has decided about, and what was decided and is not in sync yet.
type besidesPart struct {
	Fabric    core.FabricID  `json:"fabric"`
	Undecided map[string]int `json:"undecided,omitempty"`
	Decided   map[string]int `json:"decided,omitempty"`
}

func besidesOf(s *session, r *core.Run) []besidesPart {
	var all []besidesPart
	for _, f := range states(s.loop.Fleet(), r.Fabrics) {
		undecided, decided := r.Besides(f)
		if undecided.Total()+decided.Total() > 0 {
			all = append(all, besidesPart{f.Fabric.ID, occurring(undecided), occurring(decided)})
		}
	}
	return all
}

// occurring are the states that occur, by their words.
func occurring(c core.Counts) map[string]int {
	all := map[string]int{}
	for _, s := range core.States() {
		if c[s] > 0 {
			all[s.String()] = c[s]
		}
	}
	return all
}

// planKeptOut are the decisions that the run did not carry out.
type planKeptOut struct {
	Conflicts []planDispute `json:"conflicts,omitempty"`
	Void      []planVoid    `json:"void,omitempty"`
	Refused   []planRefusal `json:"refused,omitempty"`
}

// printRun prints what came of a run.
func (a *app) printRun(ctx context.Context, s *session, p *core.Plan, r *core.Run, output string) error {
	if output == "json" {
		doc := runDocument{APIVersion: "selvage/v1", Kind: "SyncRun", Fabrics: r.Fabrics, syncEntry: syncDocument(*r), Besides: besidesOf(s, r)}
		if keptOut(p) {
			d := planDocumentOf(p)
			doc.KeptOut = &planKeptOut{d.Conflicts, d.Void, d.Refused}
		}
		return a.printJSON("run", doc)
	}
	var b strings.Builder
	if p.Nothing() {
		for _, f := range states(s.loop.Fleet(), p.Fabrics) {
			fmt.Fprintf(&b, "%s: nothing to publish\n", cleaned(string(f.Fabric.ID)))
			for _, words := range s.reviews(ctx, f.Fabric.ID) {
				fmt.Fprintf(&b, "%s\n", cleaned(words))
			}
		}
		if r.Err != "" {
			fmt.Fprintf(&b, "%s: %s\n", r.Phase, cleaned(r.Err))
		}
	} else {
		a.runLines(&b, s, r)
	}
	for _, f := range states(s.loop.Fleet(), r.Fabrics) {
		if words := f.Undecided().Words(); words != "" {
			fmt.Fprintf(&b, "%s: nobody has decided about %s (selvage diff %s)\n", cleaned(string(f.Fabric.ID)), words, cleaned(string(f.Fabric.ID)))
		}
	}
	return a.printf("%s", b.String())
}

// runLines tell a run: how it ended, what it published, and how the objects stand
// that it was about.
func (a *app) runLines(b *strings.Builder, s *session, r *core.Run) {
	id, _, _ := strings.Cut(r.ID, "-")
	fmt.Fprintf(b, "%s after %s: run %s", r.Phase, short(r.Ended.Sub(r.Started)), id)
	if r.Ended.IsZero() {
		b.Reset()
		fmt.Fprintf(b, "%s: run %s", r.Phase, id)
	}
	if r.Plan != "" {
		fmt.Fprintf(b, " of plan %s", r.Plan)
	}
	b.WriteString("\n")
	waits := r.Phase == core.RunWaiting // for what the lines below tell
	if r.Err != "" && !waits {
		fmt.Fprintf(b, "  %s\n", cleaned(r.Err))
	}
	for _, p := range r.Publications {
		tellPublication(b, p)
		tellServer(b, p, r.Err)
	}
	objects := slices.Clone(r.Objects)
	slices.SortStableFunc(objects, func(x, y core.RunObject) int { return int(x.State) - int(y.State) })
	for _, o := range objects {
		f, _ := s.loop.Fleet().Fabric(o.Fabric)
		words := f.Fabric.Label(o.Key) + "  " + o.State.Title()
		if says := o.Says(); says != "" {
			words += ": " + says
		}
		if len(r.Fabrics) > 1 {
			words = string(o.Fabric) + " " + words
		}
		fmt.Fprintf(b, "  %c %s\n", o.State.Letter(), cleaned(words))
	}
	for _, f := range states(s.loop.Fleet(), r.Fabrics) {
		if report := f.Report; waits && report != nil {
			for _, line := range []string{report.Engine.Line(report.Git), report.Agents.Line(a.now())} {
				if line != "" {
					fmt.Fprintf(b, "  %s: %s\n", cleaned(string(f.Fabric.ID)), cleaned(line))
				}
			}
		}
	}
}

// tellServer tells what a server said, in its lines, unless why the run ended tells
// it already.
func tellServer(b *strings.Builder, p core.PublicationState, why string) {
	if strings.Contains(why, strings.Join(strings.Fields(p.Says), " ")) {
		return
	}
	lines := safe.Multi(p.Says)
	if len(lines) == 1 {
		fmt.Fprintf(b, "  the server says: %s\n", lines[0])
		return
	}
	b.WriteString("  the server says:\n")
	for _, line := range lines {
		fmt.Fprintf(b, "    %s\n", line)
	}
}

func tellPublication(b *strings.Builder, p core.PublicationState) {
	branch := p.Branch
	if p.Side != "" {
		branch = p.Side
	}
	words := fmt.Sprintf("%s of %s", branch, p.URL)
	if p.Phase == core.PublicationLanded {
		words = fmt.Sprintf("%s on %s, %s: %s", core.ShortCommit(p.Commit), words, core.Counted(len(p.Changes), "file"), p.Subject)
	} else {
		words = fmt.Sprintf("not on %s: %s", words, joinedBy(", ", string(p.Phase), string(p.Outcome)))
	}
	fmt.Fprintf(b, "  %s\n", cleaned(words))
	if p.Review != "" && p.Side != "" {
		fmt.Fprintf(b, "  review: %s\n", cleaned(p.Review))
	}
}
