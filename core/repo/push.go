package repo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"

	"selvage/core"
	"selvage/core/changeset"
)

// Publish implements [core.Publisher]. The branch is moved only if it is at the
// base at the moment the server moves it. Of a side branch it is asked that
// nobody made it before, and that the branch is still at the base as well.
func (p *Publisher) Publish(ctx context.Context, pub core.Publication) core.Published {
	return p.guarded(ctx, pub, p.publish)
}

// Settle implements [core.Publisher].
func (p *Publisher) Settle(ctx context.Context, pub core.Publication) core.Published {
	return p.guarded(ctx, pub, func(ctx context.Context, d door, o order) core.Published {
		return p.look(ctx, d, o)
	})
}

// order is a publication in Git's terms.
type order struct {
	core.Publication
	base, commit plumbing.Hash
	branch, side string // without refs/heads/
}

// target is the branch that is to be moved, and where it has to be.
func (o order) target() update {
	if o.side != "" {
		return update{branch: o.side, now: o.commit}
	}
	return update{branch: o.branch, old: o.base, now: o.commit}
}

// guarded gives the work a deadline, and its panics a voice.
func (p *Publisher) guarded(ctx context.Context, pub core.Publication, work func(context.Context, door, order) core.Published) (out core.Published) {
	c := p.pool.config
	if !plumbing.IsHash(pub.Commit) || !plumbing.IsHash(pub.Base) || pub.Branch == "" {
		return p.failed(core.Refused, "", invalid("it was not prepared", ""))
	}
	o := order{
		Publication: pub, base: plumbing.NewHash(pub.Base), commit: plumbing.NewHash(pub.Commit),
		branch: branchName(pub.Branch), side: branchName(pub.Side),
	}
	d, ok := p.mirror.origin.(door)
	if !ok {
		_, err := p.mirror.origin.head(ctx, nil)
		return p.failed(core.Refused, "", err)
	}
	if pub.URL != d.shown() {
		return p.failed(core.Refused, "", invalid(fmt.Sprintf("it is for %q, and this is %q", pub.URL, d.shown()), ""))
	}
	ctx, cancel := context.WithTimeout(ctx, 15*c.Timeout)
	defer cancel()
	err := c.guarded(func() error {
		out = work(ctx, d, o)
		return nil
	})
	if err != nil {
		return p.failed(core.Unclear, "", err)
	}
	p.mirror.passed(out.Head)
	return out
}

func (p *Publisher) publish(ctx context.Context, d door, o order) core.Published {
	w, refs, err := d.knock(ctx)
	switch {
	case errors.Is(err, errNoBranches):
		return p.gone(o)
	case err != nil:
		return p.failed(outcomeOf(err), "", err)
	}
	defer w.close()
	before := p.where(ctx, d, o, refs)
	if before.Outcome != core.Unsent {
		return before
	}
	objects, err := p.objects(ctx, o.Publication)
	switch {
	case errors.Is(err, core.ErrMoved):
		return p.look(ctx, d, o)
	case err != nil:
		return p.failed(outcomeOf(err), before.Head, err)
	}
	sent, err := p.send(ctx, w, refs, o, changeset.Pack(objects))
	if errors.As(err, new(*unsentError)) {
		return p.failed(outcomeOf(err), before.Head, err)
	}
	return p.verify(ctx, d, o, sent, err)
}

// sent is what the server said to a push.
type sent struct {
	report report
	says   []byte
}

func (p *Publisher) send(ctx context.Context, w wire, refs *packp.AdvRefs, o order, pack []byte) (s sent, err error) {
	request, err := o.target().request(refs.Capabilities, pack)
	if err != nil {
		return s, &unsentError{err}
	}
	answer, err := w.pack(ctx, request)
	if err != nil {
		return s, err
	}
	s.report, s.says, err = reportOf(answer, refs.Capabilities, o.target())
	return s, because(ctx, err)
}

// protects tells whether a refusal may be about the branch: not where the server
// says that it cannot write at all.
func protects(reason string) bool {
	reason = strings.ToLower(reason)
	return !slices.ContainsFunc([]string{"unpack", "unable to", "no space", "read-only", "quota"}, func(word string) bool {
		return strings.Contains(reason, word)
	})
}

// verify finds out by the branch what became of a push. What the server said
// counts only where the branch does not speak for itself.
func (p *Publisher) verify(ctx context.Context, d door, o order, s sent, err error) core.Published {
	if err == nil && !s.report.moved && !s.report.raced() {
		out := stated(core.Refused, "", &core.Error{
			Access: core.AccessForbidden, Op: p.op(o), Err: errors.New("the server refused it: " + line(s.report.reason)),
			Hint: "read what it says; if the branch is protected, publish for a review",
		})
		out.Protected = o.side == "" && protects(s.report.reason+" "+string(s.says))
		return p.spoken(out, s.says)
	}
	var out core.Published
	for try := 1; ; try++ {
		out = p.look(ctx, d, o)
		// A server may have several faces, of which one does not know yet.
		if err != nil || !s.report.moved || out.Outcome == core.Landed || try == looks || core.Pause(ctx, time.Duration(try)*200*time.Millisecond) != nil {
			break
		}
	}
	switch {
	case out.Outcome != core.Unsent:
	case err != nil:
		out = p.failed(afterSending(err), out.Head, err)
	case s.report.moved:
		out = stated(core.Unclear, out.Head, &core.Error{
			Access: core.AccessInvalid, Op: p.op(o), Err: errors.New("the server said that it moved the branch, and the branch is where it was"), Hint: "something between here and the server answers in its name",
		})
	default:
		out.Err = &core.Error{Access: core.AccessUnreachable, Op: p.op(o), Err: errors.New("the server could not move the branch: " + line(s.report.reason)), Hint: "somebody else is publishing: try again"}
	}
	return p.spoken(out, s.says)
}

// looks is how often the branch is looked at after a server said that it moved it.
const looks = 4

// look asks where the branch is, and tells what that means.
func (p *Publisher) look(ctx context.Context, d door, o order) core.Published {
	refs, err := d.tips(ctx)
	if errors.Is(err, errNoBranches) {
		return p.gone(o)
	}
	if err != nil {
		return p.failed(core.Unclear, "", err)
	}
	return p.where(ctx, d, o, refs)
}

// where tells what became of a publication by where the branches are.
func (p *Publisher) where(ctx context.Context, d door, o order, refs *packp.AdvRefs) core.Published {
	if side, there := refs.References["refs/heads/"+o.side]; there && o.side != "" {
		return p.proposed(ctx, d, o, side)
	}
	if other := inTheWay(refs, o.side); other != "" {
		return stated(core.Refused, "", &core.Error{
			Access: core.AccessInvalid, Op: p.op(o), Err: fmt.Errorf("the branch %q is there, beside which there can be none of this name", other), Hint: "choose another name",
		})
	}
	tip, there := refs.References["refs/heads/"+o.branch]
	switch {
	case !there:
		return p.gone(o)
	case tip == o.commit:
		return core.Published{Outcome: core.Landed, Head: tip.String()}
	case tip == o.base:
		return core.Published{Outcome: core.Unsent, Head: tip.String(), Err: &core.Error{
			Access: core.AccessUnreachable, Op: p.op(o), Err: errors.New("the branch does not have it"), Hint: "publish it again",
		}}
	}
	found, err := d.lineage(ctx, tip, []plumbing.Hash{o.base, o.commit})
	switch {
	case err != nil:
		return p.failed(core.Unclear, tip.String(), err)
	case found[o.commit]:
		return core.Published{Outcome: core.Landed, Head: tip.String()}
	case found[o.base]:
		return stated(core.RaceLost, tip.String(), &core.Error{
			Op: p.op(o), Err: fmt.Errorf("the branch moved from %s to %s meanwhile", core.ShortCommit(o.Base), core.ShortCommit(tip.String())), Hint: "plan again",
		})
	}
	return stated(core.Rewound, tip.String(), &core.Error{
		Op: p.op(o), Err: fmt.Errorf("the branch was moved by force from %s to %s", core.ShortCommit(o.Base), core.ShortCommit(tip.String())), Hint: "check the repository, then plan again",
	})
}

// inTheWay is a branch that lies above or below a name, since for Git these are
// folders; "" for none.
func inTheWay(refs *packp.AdvRefs, side string) string {
	for name := range refs.References {
		other, ok := strings.CutPrefix(name, "refs/heads/")
		if ok && side != "" && (strings.HasPrefix(other, side+"/") || strings.HasPrefix(side, other+"/")) {
			return other
		}
	}
	return ""
}

// proposed tells what a side branch that is there means.
func (p *Publisher) proposed(ctx context.Context, d door, o order, tip plumbing.Hash) core.Published {
	found := map[plumbing.Hash]bool{tip: true}
	if tip != o.commit {
		var err error
		if found, err = d.lineage(ctx, tip, []plumbing.Hash{o.base, o.commit}); err != nil {
			return p.failed(core.Unclear, tip.String(), err)
		}
	}
	if found[o.commit] {
		return core.Published{Outcome: core.Landed, Head: tip.String()}
	}
	return stated(core.Refused, tip.String(), &core.Error{
		Access: core.AccessInvalid, Op: p.op(o), Err: fmt.Errorf("there is a branch %q already, and it is another one", o.side), Hint: "choose another name",
	})
}

func (p *Publisher) gone(o order) core.Published {
	return stated(core.BranchGone, "", &core.Error{
		Access: core.AccessInvalid, Op: p.op(o), Err: fmt.Errorf("the branch %q is not there any more", o.branch), Hint: "fix git.branch; it is not made anew",
	})
}

func (p *Publisher) op(o order) string {
	return fmt.Sprintf("publish to %s branch %q", p.mirror.origin.shown(), o.target().branch)
}
