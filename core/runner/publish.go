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

const (
	// races is how often a commit is made anew because somebody else was first.
	races = 50
	// tries is how often one publication is sent, or asked after, in one go.
	tries = 4
	// patience is how long a server may want to be left alone before it is asked
	// again. What takes longer is for another run.
	patience = time.Minute
	// grace is how long a push may go on that was under way when its run was
	// stopped: the program is to end within a second.
	grace = 700 * time.Millisecond
)

// publish publishes the commits of the plan one after the other.
func (at *progress) publish(ctx context.Context) error {
	at.run.Phase = core.RunPublishing
	for !at.plan.Empty() {
		if err := at.commit(ctx); err != nil {
			return err
		}
	}
	if slices.ContainsFunc(at.run.Publications, isProposal) {
		return at.to(ctx, core.RunProposed)
	}
	return nil
}

// commit publishes the first commit of the plan, which then is left out of it.
// Where somebody else was first, the plan is made anew on what the branch has
// become.
func (at *progress) commit(ctx context.Context) error {
	for lost := 1; !at.plan.Empty(); lost++ {
		err := at.step(ctx, "publish", at.send)
		if err == nil {
			at.past = append(at.past, at.plan.Commits[0])
			rest := *at.plan
			rest.Commits = rest.Commits[1:]
			at.plan = &rest
			return nil
		}
		if !errors.Is(err, core.ErrMoved) && !errors.Is(err, core.ErrStale) {
			return err
		}
		if lost == races {
			return refuse("somebody else was first %d times in a row: try again when the branch is quieter", lost)
		}
		if err := core.Pause(ctx, at.config.Backoff.Wait(lost)); err != nil {
			return err
		}
		if err := at.step(ctx, "plan again", at.again); err != nil {
			return err
		}
	}
	return nil // somebody else has done the same
}

// send makes the publication of the first commit, writes it down, and publishes
// it. The error is [core.ErrMoved] where the branch has moved.
func (at *progress) send(ctx context.Context) (string, error) {
	c := at.plan.Commits[0]
	place, err := at.place(c)
	if err != nil {
		return "", err
	}
	if place.Way == core.ToPatch {
		return "", refuse("git.publish is patch now for %s: selvage plan %s -o patch writes one", c.URL, at.plan.Fabrics[0])
	}
	pub, err := place.Publisher.Prepare(ctx, core.Publication{
		URL: place.URL, Branch: c.Branch, Side: at.side(place, c), Base: c.Base, Changes: c.Files,
		Subject: c.Subject, Body: c.Body, SyncID: at.run.ID, Fabrics: fabricsOf(c),
	})
	switch {
	case errors.Is(err, core.ErrNoChange):
		return "git says so already", nil
	case err != nil:
		return "", err
	}
	n := at.open(pub)
	if err := at.save(ctx); err != nil {
		return "", err
	}
	return at.push(ctx, place, n)
}

// open puts a publication into the run: in place of one for the same branch that
// was dropped.
func (at *progress) open(pub core.Publication) int {
	p := core.PublicationState{Publication: pub, Phase: core.PublicationPushing}
	for n, o := range at.run.Publications {
		if o.On(pub.URL, pub.Branch) {
			at.run.Publications[n] = p
			return n
		}
	}
	at.run.Publications = append(at.run.Publications, p)
	return len(at.run.Publications) - 1
}

// push sends a publication that is written down, until it is known what became of
// it, or nobody can tell for now.
func (at *progress) push(ctx context.Context, place *Place, n int) (string, error) {
	pub := at.run.Publications[n].Publication
	doubt := false // an earlier try may still arrive
	for try := 1; ; try++ {
		out := at.publishOnce(ctx, place.Publisher, pub)
		p := &at.run.Publications[n]
		p.Outcome, p.Says = out.Outcome, out.Says
		p.Review = reviewOf(place, pub, out)
		doubt = doubt || out.Outcome == core.Unclear
		switch out.Outcome {
		case core.Landed:
			return at.landed(ctx, n)
		case core.RaceLost:
			p.Phase = core.PublicationDropped
			if err := at.save(ctx); err != nil {
				return "", err
			}
			return "somebody else was first", core.ErrMoved
		case core.Refused, core.BranchGone, core.Rewound:
			if out.Outcome != core.Refused || !doubt {
				p.Phase = core.PublicationDropped
			}
			if err := at.save(ctx); err != nil {
				return "", err
			}
			return "", at.rejected(place, pub, out)
		case core.Unsent, core.Unclear:
		}
		if err := at.rest(ctx, out, try); err != nil {
			if !doubt {
				p.Phase = core.PublicationDropped
			}
			return "", errors.Join(at.save(ctx), err)
		}
	}
}

// rest ends the step of a try that came to nothing, waits, and begins the step of
// the next one, which it writes down. The error tells why there is to be none.
func (at *progress) rest(ctx context.Context, out core.Published, try int) error {
	why := unsent(out)
	if ctx.Err() != nil || try == tries || !mends(out.Err) || out.RetryAfter > patience {
		return why
	}
	now := at.config.Now()
	s := &at.run.Steps[len(at.run.Steps)-1]
	s.Ended, s.Err = now, core.OneLine(why)
	at.show()
	if err := core.Pause(ctx, max(at.config.Pace<<(try-1), out.RetryAfter)); err != nil {
		return err
	}
	at.run.Steps = append(at.run.Steps, core.RunStep{Name: s.Name, Started: at.config.Now()})
	return at.save(ctx)
}

// publishOnce sends a publication. A push that is under way when the run is
// stopped is not cut off at once.
func (at *progress) publishOnce(ctx context.Context, to core.Publisher, pub core.Publication) core.Published {
	pushing, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(nil)
	stop := context.AfterFunc(ctx, func() {
		time.AfterFunc(grace, func() { cancel(context.Cause(ctx)) })
	})
	defer stop()
	return to.Publish(pushing, pub)
}

// landed writes down that a publication is on its branch, and which drafts it has
// carried out with the same stroke.
func (at *progress) landed(ctx context.Context, n int) (string, error) {
	p := &at.run.Publications[n]
	p.Phase = core.PublicationLanded
	words := fmt.Sprintf("%s is on %s", core.ShortCommit(p.Commit), p.Branch)
	if p.Side == "" {
		carried, err := at.carriedOut(context.WithoutCancel(ctx), at.plan.Drafts, at.plan.Commits[0])
		if err != nil {
			return "", err
		}
		at.carried = append(at.carried, carried...)
		if err := at.save(ctx); err != nil {
			return "", err
		}
		return words, nil
	}
	words = fmt.Sprintf("%s is on %s", core.ShortCommit(p.Commit), p.Side)
	return words, at.save(ctx)
}

// carriedOut are the drafts of a plan that a commit of it carries out, those too that
// somebody has taken from the desk meanwhile: a step back must not have them published
// again. Those that overrule live are left on the desk for the check that sees live
// follow: until then they tell that it is to. One of an earlier plan that the commit
// takes back goes, for it is over.
func (r *Runner) carriedOut(ctx context.Context, of []int64, c core.PlannedCommit) ([]core.Carried, error) {
	var carried []core.Carried
	for _, id := range fabricsOf(c) {
		planned, err := r.config.Books.Unfinished(ctx, id, of...)
		if err != nil {
			return nil, err
		}
		lying, err := r.config.Books.Drafts(ctx, id)
		if err != nil {
			return nil, err
		}
		for _, ch := range c.Changes {
			is := func(d core.Draft) bool { return ch.Fabric == id && ch.Key == d.Key && ch.Path == d.Path }
			for _, d := range planned {
				if is(d) {
					carried = append(carried, core.Carried{Draft: d.ID, Awaits: d.Overrules()})
				}
			}
			for _, d := range lying {
				if is(d) && d.Overrules() && !slices.Contains(of, d.ID) && r.takesBack(ctx, ch, d) {
					carried = append(carried, core.Carried{Draft: d.ID})
				}
			}
		}
	}
	return carried, nil
}

// takesBack tells whether Git said before a change what a draft is to make it say.
func (r *Runner) takesBack(ctx context.Context, ch core.PlannedChange, d core.Draft) bool {
	if ch.Before.Equal(d.Value) {
		return true
	}
	s, err := r.config.World.Subjects(ctx, ch.Fabric, ch.Key)
	return err == nil && len(s) > 0 && ch.Before.Equal(s[0].Sides.Git.Formed(d.Path, d.Value))
}

// rejected tells why a server did not take a publication, and what to do.
func (at *progress) rejected(place *Place, pub core.Publication, out core.Published) error {
	reasons := []string{unsent(out).Error()}
	if out.Protected && pub.Side == "" && place.Way == core.ToBranch {
		reasons[0] += fmt.Sprintf("; propose it on a side branch instead: selvage sync %s --propose", join(pub.Fabrics))
	}
	return &core.NotAllowed{Reasons: reasons}
}

// unsent is the error of a publication that did not land.
func unsent(out core.Published) error {
	text := string(out.Outcome)
	if out.Err != nil {
		text = out.Err.Error()
	}
	if said := strings.Join(strings.Fields(out.Says), " "); said != "" && !strings.Contains(text, said) {
		text += " (the server says: " + said + ")"
	}
	return &failure{text, out}
}

// failure is a publication that did not land, with what is known of why.
type failure struct {
	text string
	out  core.Published
}

func (f *failure) Error() string { return f.text }

// Unwrap gives the cause.
func (f *failure) Unwrap() error {
	if f.out.Err == nil {
		return nil
	}
	return f.out.Err
}

// mends tells whether trying again can mend an error.
func mends(err *core.Error) bool {
	if err == nil {
		return true
	}
	return !slices.Contains([]core.Access{core.AccessUnauthorized, core.AccessForbidden, core.AccessInvalid, core.AccessLoginNeeded}, err.Access)
}

// side is the branch for a review, "" where a commit goes to its branch.
func (at *progress) side(place *Place, c core.PlannedCommit) string {
	narrow := slices.ContainsFunc(at.plan.Fabrics, func(id core.FabricID) bool { return at.state(id).Fabric.Mode == core.ModePropose })
	if !narrow && !at.run.Options.Propose && place.Way != core.ToPropose {
		return ""
	}
	id, _, _ := strings.Cut(at.run.ID, "-")
	names := fabricsOf(c)
	name := string(names[0])
	if len(names) > 1 {
		name += "-and-more"
	}
	return "selvage/" + name + "-" + id
}

// reviewOf is the address at which a proposal is reviewed.
func reviewOf(place *Place, pub core.Publication, out core.Published) string {
	if pub.Side != "" && place.ReviewURL != "" {
		return strings.ReplaceAll(place.ReviewURL, "{branch}", pub.Side)
	}
	return out.Review
}

func fabricsOf(c core.PlannedCommit) []core.FabricID {
	var all []core.FabricID
	for _, ch := range c.Changes {
		if !slices.Contains(all, ch.Fabric) {
			all = append(all, ch.Fabric)
		}
	}
	return all
}

func join(ids []core.FabricID) string {
	all := make([]string, len(ids))
	for i, id := range ids {
		all[i] = string(id)
	}
	return strings.Join(all, " ")
}
