package merge

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"selvage/core"
)

// Subject is one object as a policy may look at it.
type Subject struct {
	// Remembered is what is known of the object as of the report.
	core.Remembered
	// Changes are those of its verdict, with the values before masking.
	Changes []core.Change
	// Sides are both sides as they were compared, and Git's half of the base.
	Sides Sides
	// Shape tells how the items of the kind's lists are identified, Schema what
	// fields the cluster keeps. Either is nil where nothing is known.
	Shape, Schema *core.SchemaNode
}

// Occasion is all that the policies of a fabric may go by.
type Occasion struct {
	Fabric core.Fabric
	// Proposes tells that every change of the fabric's Git is proposed, and not
	// pushed.
	Proposes bool
	Report   *core.Report
	Subjects []Subject

	Acknowledgements []core.Acknowledgement
	Pins             []core.Pin
	Heats            []core.Heat // as [Seen] left them
	Now              time.Time
}

// Ruling is what the rules of a fabric say about one difference.
type Ruling struct {
	Key  core.Key
	Path core.Path // that is decided
	Rule core.PolicyRule
	// Resolution is the decision; its Choice is "" where a person is to decide.
	Resolution core.Resolution
	Held       string // why a person is to decide, in a few words
}

// Rulings tells what the rules of a fabric say about the differences of its
// report, in the order of keys and paths. Differences that no rule fits are left
// out. It decides nothing for a fabric or an object of which it is not certain
// how it stands: the rulings on it are held, with the reason.
func Rulings(o Occasion) []Ruling {
	stop := o.stop()
	var all []Ruling
	for _, s := range o.Subjects {
		hold := cmp.Or(stop, o.hold(s))
		for _, c := range o.cases(s) {
			r, choice, ok := ruleFor(o.Fabric.Policy, c)
			if !ok {
				continue
			}
			all = append(all, o.ruling(s, c, r, choice, hold))
		}
	}
	slices.SortStableFunc(all, func(a, b Ruling) int {
		return cmp.Or(a.Key.Compare(b.Key), cmp.Compare(a.Path, b.Path))
	})
	return all
}

func (o Occasion) ruling(s Subject, c Case, r core.PolicyRule, choice core.Choice, hold string) Ruling {
	out := Ruling{Key: c.Key, Path: c.Path, Rule: r}
	if out.Held = cmp.Or(hold, o.pinned(c), o.forbidden(r, choice)); out.Held != "" {
		return out
	}
	res, err := s.Sides.Decide(c.Path, choice, core.Value{})
	if err != nil {
		out.Held = err.Error()
		return out
	}
	res.Key, res.By, res.At, res.Rule = c.Key, "policy", o.Now, r.String()
	out.Resolution = res
	return out
}

// stop is why no policy acts on the fabric at all; "" if they may.
func (o Occasion) stop() string {
	if o.Report == nil {
		return "the fabric was not checked"
	}
	state := core.FabricState{Fabric: o.Fabric, Report: o.Report}
	live, git := state.Access(o.Now), state.GitAccess()
	switch {
	case o.Fabric.Mode == core.ModeRead:
		return "the mode is read"
	case o.Report.Freeze != nil:
		return "the fabric is frozen after a mass disappearance"
	case len(o.Report.Rewrites) > 0:
		return "the history of the branch was rewritten"
	case git != core.AccessOK:
		return "git is " + git.Title()
	case live != core.AccessOK:
		return "live is " + live.Title()
	}
	return ""
}

// hold is why no policy acts on an object; "" if they may.
func (o Occasion) hold(s Subject) string {
	v := s.Verdict
	switch {
	case v.State != core.Conflict && v.State != core.Drifted:
		return "the object is " + v.State.Title()
	case s.Base == nil:
		return "git and live were never seen to agree on the object"
	case !s.Sides.Git.Read || !s.Sides.Live.Read:
		return "a side of the object was not read"
	case s.Live.Object != nil && !s.Live.Object.Deleting.IsZero():
		return "the object is being deleted"
	case slices.ContainsFunc(s.Changes, func(c core.Change) bool { return c.Verdict == core.FieldDiffers }):
		return "nothing says who moved a part of the object"
	}
	for _, h := range o.Heats {
		if h.Key == v.Key && h.Paused {
			return fmt.Sprintf("%s keeps changing back and forth", h.Path)
		}
	}
	return ""
}

// pinned is why no policy acts on a place whose decision a person took back.
func (o Occasion) pinned(c Case) string {
	for _, p := range o.Pins {
		if p.Key == c.Key && p.Path.Overlaps(c.Path) {
			return "a person took back what a policy had done there"
		}
	}
	return ""
}

func (o Occasion) forbidden(r core.PolicyRule, choice core.Choice) string {
	switch p, _ := FindPolicy(r.Policy); {
	case choice == "":
		return "the rule leaves it to a person"
	case p.Proposes && !o.Proposes:
		return "the policy needs publish: propose"
	}
	return ""
}

// cases are the differences of an object that a policy may be asked about: those
// that somebody made and nobody has accepted. Changes within a list that is
// decided as one are one case.
func (o Occasion) cases(s Subject) []Case {
	accepted := core.Accepted(s.Verdict.Key, s.Changes, o.Acknowledgements, o.Now)
	var all []Case
	for i, c := range s.Changes {
		if accepted[i] != nil || c.Verdict != core.FieldConflict && c.Verdict != core.FieldDrift {
			continue
		}
		path := unit(cmp.Or(c.Unit, c.Path))
		if s.Sides.Git.Value.At(path).Equal(s.Sides.Live.Value.At(path)) {
			continue // as where live lost what Git never had: there is nothing to choose
		}
		at := slices.IndexFunc(all, func(x Case) bool { return x.Path == path })
		if at < 0 {
			at = len(all)
			all = append(all, Case{
				Key: s.Verdict.Key, Path: path, Verdict: c.Verdict,
				Base: s.Sides.Base.At(path), Git: s.Sides.Git.Value.At(path), Live: s.Sides.Live.Value.At(path),
			})
		}
		if c.Verdict == core.FieldConflict {
			all[at].Verdict = core.FieldConflict
		}
	}
	return all
}

// TakenBack tells whether Git says again at the path of a published decision of
// a policy what it said before it: then somebody reverted it, and the path is
// pinned. Commit is the one that Git's value is of, where it is known.
func TakenBack(published core.Resolution, git core.Content, commit core.Commit, now time.Time) (core.Pin, bool) {
	r := published
	if r.Rule == "" || r.Choice == core.TakeGit || !git.Read || r.Value.Digest() == r.GitDigest {
		return core.Pin{}, false
	}
	pin := core.Pin{Key: r.Key, Path: r.Path, Rule: r.Rule, At: now, Commit: commit}
	return pin, git.Value.At(r.Path).Digest() == r.GitDigest
}
