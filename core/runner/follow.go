package runner

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"selvage/core"
)

// stuckFor is how long the engine may refuse what a run waits for before the run
// gives up waiting: an engine tries a few times before it does.
const stuckFor = 30 * time.Second

// follow waits until the engines, live and the switches agree with what was
// published and decided. What takes too long is no fault of the run.
func (at *progress) follow(ctx context.Context) error {
	at.run.Phase = core.RunFollowing
	at.targets()
	missing := at.missing(now())
	if len(missing) == 0 && !at.kept {
		at.run.Phase = core.RunAgreed
		return nil
	}
	if err := at.save(ctx); err != nil {
		return err
	}
	if at.run.Options.NoWait {
		return at.waits()
	}
	at.urge(ctx)
	err := at.step(ctx, "follow", func(ctx context.Context) (string, error) {
		return at.watch(ctx, missing)
	})
	switch {
	case err == nil:
		at.run.Phase = core.RunAgreed
	case errors.Is(err, errWaits), errors.Is(context.Cause(ctx), errTimeout):
		return at.waits()
	}
	return err
}

// waits ends the run with what it is still waiting for, and why that will not come.
func (at *progress) waits() error {
	at.run.Phase, at.run.Err = core.RunWaiting, strings.Join(at.missing(then()), "; ")
	if n := len(at.run.Steps); n > 0 && at.run.Steps[n-1].Detail == strings.Join(at.missing(now()), "; ") {
		at.run.Steps[n-1].Detail = at.run.Err
	}
	if why := at.hopeless(); why != "" && !strings.Contains(at.run.Err, why) {
		at.run.Err += ": " + why
	}
	return errOver
}

// errWaits tells that nothing that a run waits for will happen by itself.
var errWaits = errors.New("it will not happen by itself")

// watch looks, and looks again ever more rarely, until nothing is missing.
func (at *progress) watch(ctx context.Context, missing []string) (string, error) {
	for wait := time.Duration(0); len(missing) > 0; wait = min(max(wait*3/2, at.config.Pace), 10*at.config.Pace) {
		if err := core.Pause(ctx, wait); err != nil {
			return strings.Join(missing, "; "), err
		}
		for _, id := range at.run.Fabrics {
			if err := at.config.World.Check(ctx, id); err != nil && ctx.Err() != nil {
				return strings.Join(missing, "; "), context.Cause(ctx)
			}
		}
		at.targets()
		missing = at.missing(now())
		if err := at.tell(ctx, strings.Join(missing, "; ")); err != nil {
			return "", err
		}
		if why := at.hopeless(); why != "" && len(missing) > 0 {
			return why, errWaits
		}
	}
	return at.agreed(), nil
}

// agreed names what agrees, and what else of the run's fabrics does not. An engine and
// switches are among it only where each of the fabrics has them in sight, and something
// was published that they could have followed.
func (at *progress) agreed() string {
	engine, switches := len(at.past) > 0, len(at.past) > 0
	for _, id := range at.run.Fabrics {
		report := at.state(id).Report
		engine = engine && report != nil && at.asked(report)
		switches = switches && report != nil && report.Agents.Known() && report.Agents.Access == core.AccessOK
	}
	sides := "git and live"
	switch {
	case engine && switches:
		sides = "git, engine, live and switches"
	case engine:
		sides = "git, engine and live"
	case switches:
		sides = "git, live and switches"
	}
	besides := at.besides()
	switch {
	case besides == "":
		return sides + " agree"
	case len(at.past) > 0:
		return fmt.Sprintf("what it published agrees (%s); %s", sides, besides)
	}
	return fmt.Sprintf("what it waited for agrees (%s); %s", sides, besides)
}

// besides tells what does not agree that the run was not about; "" for nothing.
func (at *progress) besides() string {
	var all []string
	for _, id := range at.run.Fabrics {
		of := ""
		if len(at.run.Fabrics) > 1 {
			of = " of " + string(id)
		}
		undecided, decided := at.run.Besides(at.state(id))
		for _, part := range []struct {
			is     string
			counts core.Counts
		}{{"undecided", undecided}, {"decided, and not in sync yet", decided}} {
			if words := part.counts.Words(); words != "" {
				all = append(all, fmt.Sprintf("%s%s: %s", part.is, of, words))
			}
		}
	}
	return strings.Join(all, "; ")
}

// asked tells whether an engine can tell that it has applied what was published.
func (at *progress) asked(report *core.Report) bool {
	return report.Engine.Known() && slices.ContainsFunc(report.Git, func(place core.Reading) bool {
		_, ok := report.Engine.Of(place)
		return ok && at.publishedTo(place)
	})
}

// tense is whether something is told as it is, or as it was when a run saw it last:
// what a run ended with is read long after.
type tense struct{ is, run string }

func now() tense  { return tense{"is", "run"} }
func then() tense { return tense{"was", "ran"} }

// tell tells how far the last step has come: in the books, too, where others read it,
// when that is another than before.
func (at *progress) tell(ctx context.Context, detail string) error {
	if n := len(at.run.Steps); n > 0 && at.run.Steps[n-1].Detail != detail {
		at.run.Steps[n-1].Detail = detail
		return at.save(ctx)
	}
	at.show()
	return nil
}

// urge has the engines look at Git, or apply it, where they may be asked. To apply
// it they are asked only where the run has published: a plan has told then what
// that undoes.
func (at *progress) urge(ctx context.Context) {
	for _, id := range at.run.Fabrics {
		report := at.state(id).Report
		if report == nil {
			continue
		}
		for _, what := range []core.EngineRequest{core.EngineSync, core.EngineRefresh} {
			if !report.Engine.May(what) || what == core.EngineSync && len(at.past) == 0 {
				continue
			}
			err := at.config.Board.Ask(ctx, id, what)
			if err == nil {
				break
			}
			at.config.Log.Warn("ask the engine", "fabric", id, "for", what, "err", err)
		}
	}
}

// targets are the objects that the run waits for, as they stand now. A run that
// publishes nothing waits for all that is on its way.
func (at *progress) targets() {
	var all []core.RunObject
	add := func(id core.FabricID, k core.Key) {
		if !slices.ContainsFunc(all, func(o core.RunObject) bool { return o.Fabric == id && o.Key == k }) {
			all = append(all, at.target(id, k))
		}
	}
	for _, c := range append(slices.Clone(at.past), at.plan.Commits...) {
		for _, ch := range c.Changes {
			add(ch.Fabric, ch.Key)
		}
	}
	for _, f := range at.plan.Followed {
		add(f.Fabric, f.Key)
	}
	if len(at.past) == 0 && at.plan.Empty() {
		for _, o := range at.run.Objects {
			add(o.Fabric, o.Key)
		}
		for _, id := range at.run.Fabrics {
			for _, v := range at.verdicts(id) {
				if v.State == core.Pending || v.State == core.Stuck {
					add(id, v.Key)
				}
			}
		}
	}
	at.run.Objects = all
}

// verdicts are those of the last check of a fabric.
func (at *progress) verdicts(id core.FabricID) []core.Verdict {
	report := at.state(id).Report
	if report == nil {
		return nil
	}
	return report.Verdicts
}

// target is how one object stands. What neither side has any more agrees.
func (at *progress) target(id core.FabricID, k core.Key) core.RunObject {
	o := core.RunObject{Fabric: id, Key: k, State: core.InSync, Since: at.config.Now()}
	for _, v := range at.verdicts(id) {
		if v.Key == k {
			o.State, o.Reason = v.State, v.Reason
		}
	}
	for _, d := range at.state(id).Drafts {
		if c := d.Keeping.Command; d.Key == k && c != "" {
			if why, ok := strings.CutSuffix(o.Reason, " ("+c+")"); ok {
				o.Reason, o.Command = why, c
			}
		}
	}
	for _, was := range at.run.Objects {
		if was.Fabric == id && was.Key == k && was.State == o.State {
			o.Since = was.Since
		}
	}
	return o
}

// missing tells what still does not agree, a few words each.
func (at *progress) missing(t tense) []string {
	var all []string
	for _, o := range at.run.Objects {
		if o.State == core.InSync || o.State == core.Acknowledged {
			continue
		}
		words := fmt.Sprintf("%s of %s %s %s", at.state(o.Fabric).Fabric.Label(o.Key), o.Fabric, t.is, o.State.Title())
		if o.Reason != "" {
			words += " (" + o.Reason + ")"
		}
		all = append(all, words)
	}
	for _, id := range at.run.Fabrics {
		report := at.state(id).Report
		if report == nil {
			continue
		}
		if why := at.unread(report); why != "" {
			all = append(all, fmt.Sprintf("%s: %s", id, why))
			continue
		}
		if why := at.behind(report, t); why != "" {
			all = append(all, fmt.Sprintf("%s: %s", id, why))
		}
		if a := report.Agents; len(at.past) > 0 && a.Known() && a.Access == core.AccessOK && a.Converged() < len(a.All) {
			all = append(all, fmt.Sprintf("%s: %d of %d switches %s it", id, a.Converged(), len(a.All), t.run))
		}
	}
	return all
}

// unread tells that a fabric's Git is still known as it was before the run
// published to it; "" where it was read since.
func (at *progress) unread(report *core.Report) string {
	for _, place := range report.Git {
		if !slices.ContainsFunc(at.past, func(c core.PlannedCommit) bool { return isOn(c, place) && c.Base == place.Revision }) {
			continue
		}
		if place.Error != "" {
			return "git was not read since it was published: " + place.Error
		}
		return "git was not read since it was published"
	}
	return ""
}

// behind tells that an engine has not applied what was published yet; "" where it
// has, or cannot be asked.
func (at *progress) behind(report *core.Report, t tense) string {
	if len(at.past) == 0 || !report.Engine.Known() {
		return ""
	}
	for _, place := range report.Git {
		s, ok := report.Engine.Of(place)
		if !ok || !at.publishedTo(place) {
			continue
		}
		if s.Counted && len(s.Behind) == 0 || s.Applied == place.Revision {
			continue
		}
		return fmt.Sprintf("%s %s at %s, and not at %s yet", report.Engine.Type, t.is, core.ShortCommit(s.Applied), core.ShortCommit(place.Revision))
	}
	return ""
}

func (at *progress) publishedTo(place core.Reading) bool {
	return slices.ContainsFunc(at.past, func(c core.PlannedCommit) bool { return isOn(c, place) })
}

// isOn tells whether a commit is on the branch that was read.
func isOn(c core.PlannedCommit, r core.Reading) bool {
	return c.On(r.URL, r.Branch)
}

// hopeless tells that nothing of what is missing will happen by itself; "" while
// something may.
func (at *progress) hopeless() string {
	var why []string
	for _, o := range at.run.Objects {
		if o.State == core.InSync || o.State == core.Acknowledged {
			continue
		}
		if o.State == core.Stuck && at.config.Now().Sub(o.Since) >= stuckFor {
			why = append(why, o.Reason)
			continue
		}
		report := at.state(o.Fabric).Report
		if report == nil || at.unread(report) != "" {
			return ""
		}
		e := report.Engine
		switch {
		case at.stays(o) != "":
			why = append(why, at.stays(o))
		case e == nil || e.Access == core.AccessOK && e.Type == "":
			why = append(why, "nothing is known to apply git to "+string(o.Fabric))
		case e.Waits(false) != "" && !e.May(core.EngineSync):
			why = append(why, fmt.Sprintf("%s %s", o.Fabric, e.Waits(false)))
		default:
			return ""
		}
	}
	if len(why) == 0 {
		return ""
	}
	return why[0]
}

// stays tells that live keeps what a decision for Git was to take away; "" where
// it does not.
func (at *progress) stays(o core.RunObject) string {
	for _, f := range at.plan.Followed {
		if f.Fabric == o.Fabric && f.Key == o.Key && f.Effect == core.KeepStays {
			return f.Sentence
		}
	}
	return ""
}
