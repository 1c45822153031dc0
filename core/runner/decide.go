package runner

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"selvage/core"
	"selvage/core/merge"
)

// Decide lays decisions on the desk as drafts, all of them in one step that can
// be undone, and gives the drafts. It goes by the last check. Nothing is laid
// down where one of them cannot be.
func (r *Runner) Decide(ctx context.Context, id core.FabricID, by string, decisions ...core.Decision) ([]core.Draft, error) {
	return r.Revise(ctx, id, by, nil, decisions...)
}

// Revise drops drafts and lays decisions down in one step.
func (r *Runner) Revise(ctx context.Context, id core.FabricID, by string, dropped []int64, decisions ...core.Decision) ([]core.Draft, error) {
	state := r.state(id)
	if state.Fabric.Mode == core.ModeRead {
		return nil, undecidable(id)
	}
	drafts := make([]core.Draft, 0, len(decisions))
	for _, d := range decisions {
		s, err := r.subject(ctx, id, d.Key)
		if err != nil {
			return nil, err
		}
		res, err := r.resolve(state, s, d)
		if err != nil {
			return nil, fmt.Errorf("decide on %s of %s: %w", d.Path, state.Fabric.Label(d.Key), err)
		}
		res.Key, res.By, res.At = d.Key, by, r.config.Now()
		drafts = append(drafts, core.Draft{Fabric: id, Resolution: res, From: d.From})
	}
	if err := r.lay(ctx, id, by, dropped, drafts...); err != nil {
		return nil, err
	}
	return drafts, nil
}

// lay does one step at the desk. What a policy had laid there is pinned where it is
// dropped: no policy decides that place again.
func (r *Runner) lay(ctx context.Context, id core.FabricID, by string, dropped []int64, drafts ...core.Draft) error {
	var pins []core.Pin
	if len(dropped) > 0 && by != byPolicy {
		lying, err := r.config.Books.Drafts(ctx, id)
		if err != nil {
			return err
		}
		for _, d := range lying {
			if slices.Contains(dropped, d.ID) && d.By == byPolicy {
				pins = append(pins, core.Pin{Key: d.Key, Path: d.Path, Rule: d.Rule, At: r.config.Now()})
			}
		}
	}
	if err := r.config.Books.Step(ctx, id, by, dropped, drafts...); err != nil {
		return err
	}
	if len(pins) > 0 {
		if err := r.config.Books.Pin(ctx, id, pins...); err != nil {
			return err
		}
	}
	r.reconsider(ctx, id)
	return nil
}

func (r *Runner) subject(ctx context.Context, id core.FabricID, k core.Key) (merge.Subject, error) {
	all, err := r.config.World.Subjects(ctx, id, k)
	if err != nil {
		return merge.Subject{}, err
	}
	if len(all) == 0 {
		return merge.Subject{}, refuse("%s is not known in %s (selvage status %s --all lists what there is)", r.state(id).Fabric.Label(k), id, id)
	}
	return all[0], nil
}

// resolve makes a decision on an object, where that can be decided.
func (r *Runner) resolve(state core.FabricState, s merge.Subject, d core.Decision) (core.Resolution, error) {
	sides := s.Sides
	switch {
	case !sides.Git.Read || !sides.Live.Read:
		return core.Resolution{}, refuse("a side of it was not read: check again when both can be%s", because(s))
	case d.Choice == core.TakeBase && !sides.Base.Present():
		return core.Resolution{}, refuse("git and live were never seen to agree on it, so there is no base to go back to")
	case d.Choice == core.TakeLive && s.Live.Object != nil && !s.Live.Object.Deleting.IsZero():
		return core.Resolution{}, refuse("live is about to delete it: there is nothing to adopt")
	}
	if at := identity(d.Path); at != "" {
		return core.Resolution{}, refuse("%s is set by the server, or says which object it is: no decision can change it (adopt or remove the object as a whole)", at)
	}
	res, err := sides.Decide(d.Path, d.Choice, d.Value)
	if err != nil {
		return res, err
	}
	git, live := sides.Git.Value.At(res.Path), sides.Live.Value.At(res.Path)
	switch {
	case d.Choice != core.TakeGit && sides.Git.Says(res.Path, res.Value):
		return res, refuse("git says so already")
	case d.Choice == core.TakeGit && git.Equal(live):
		return res, refuse("git and live say the same there")
	}
	if d.Choice != core.TakeGit && res.Path != core.Root {
		if _, err := sides.Git.Value.With(res.Path, res.Value); err != nil {
			return res, fmt.Errorf("%w: decide on the object it belongs to (leave --field out)", err)
		}
	}
	return res, nil
}

// because is why a side of an object was not read, to be put behind what is told.
func because(s merge.Subject) string {
	if s.Verdict.State != core.Unknown || s.Verdict.Reason == "" {
		return ""
	}
	return " (" + s.Verdict.Reason + ")"
}

// identity is the place that a path lies at or in which no manifest decides: what
// says which object it is, and what the server keeps. "" for none.
func identity(p core.Path) core.Path {
	for _, at := range []core.Path{
		".apiVersion", ".kind", ".status", ".metadata.name", ".metadata.generateName", ".metadata.namespace", ".metadata.uid", ".metadata.resourceVersion",
		".metadata.generation", ".metadata.creationTimestamp", ".metadata.deletionTimestamp", ".metadata.managedFields", ".metadata.selfLink",
	} {
		if p.Under(at) {
			return at
		}
	}
	return ""
}

// Drop takes drafts from the desk, as one step that can be undone. What was published
// stays there until live has followed.
func (r *Runner) Drop(ctx context.Context, id core.FabricID, by string, drafts ...int64) (core.Dropped, error) {
	lying, err := r.config.Books.Drafts(ctx, id)
	if err != nil {
		return core.Dropped{}, err
	}
	over := map[int64]bool{} // that wait for nothing
	for _, d := range r.state(id).Drafts {
		over[d.ID] = d.State == core.DraftVoid || d.State == core.DraftDone
	}
	var to core.Dropped
	for _, d := range lying {
		switch {
		case !slices.Contains(drafts, d.ID):
		case d.Published.Run != "" && !over[d.ID]:
			to.Published = d.Published.Run
		default:
			to.Drafts = append(to.Drafts, d.ID)
		}
	}
	if len(to.Drafts) == 0 {
		return to, nil
	}
	return to, r.lay(ctx, id, by, to.Drafts)
}

// Acknowledge says of differences that they are to stay for a while, or no longer, as
// one step that can be undone, and shows what comes of it.
func (r *Runner) Acknowledge(ctx context.Context, id core.FabricID, said ...core.Acknowledgement) error {
	if err := r.config.Books.Acknowledge(ctx, id, said...); err != nil {
		return err
	}
	return r.config.Board.Reconsider(ctx, id)
}

// Undo takes back the last step of a person at the desk. Redo does it again.
func (r *Runner) Undo(ctx context.Context, id core.FabricID, by string) (core.Stepped, error) {
	return r.step(ctx, id, by, r.config.Books.Undo)
}

// Redo does the step again that was undone last.
func (r *Runner) Redo(ctx context.Context, id core.FabricID, by string) (core.Stepped, error) {
	return r.step(ctx, id, by, r.config.Books.Redo)
}

func (r *Runner) step(ctx context.Context, id core.FabricID, by string, do func(context.Context, core.FabricID, string) (core.Stepped, error)) (core.Stepped, error) {
	what, err := do(ctx, id, by)
	if err != nil || what.Words == "" {
		return what, err
	}
	what.Void = r.void(ctx, id, what.Said)
	r.reconsider(ctx, id)
	return what, nil
}

// void tells why the first of some words does not hold by the last check; "" where all
// do, or that cannot be told. A word is kept for all that: the next check ends it.
func (r *Runner) void(ctx context.Context, id core.FabricID, said []core.Acknowledgement) string {
	for _, a := range said {
		if a.Ends() {
			continue
		}
		about, err := r.config.World.Subjects(ctx, id, a.Key)
		if err != nil || len(about) > 0 && (about[0].Verdict.State == core.Unknown || about[0].Verdict.State == core.Invalid) {
			continue
		}
		why := "nothing differs there any more"
		for _, s := range about {
			if i := slices.IndexFunc(s.Changes, func(c core.Change) bool { return c.Path == a.Path }); i >= 0 {
				why = a.Void(s.Changes[i], r.config.Now())
			}
		}
		if why != "" {
			return why
		}
	}
	return ""
}

// reconsider has a fabric compared again by what is on the desk now, and does not
// wait for that: what was decided is written down, and a plan goes by the desk.
func (r *Runner) reconsider(ctx context.Context, id core.FabricID) {
	ctx = context.WithoutCancel(ctx)
	r.shown.begin(func() {
		if err := r.config.Board.Reconsider(ctx, id); err != nil {
			r.config.Log.Warn("show what was decided", "fabric", id, "err", err)
		}
	})
}

// Shown waits until all that was decided is shown.
func (r *Runner) Shown() { r.shown.wait() }

// Close has nothing compared any more, and waits for what is: after that the store
// may be closed. What is decided later is not shown.
func (r *Runner) Close() {
	r.shown.close()
	r.shown.wait()
}

// showing are the comparisons that are under way after decisions. Other than of a
// [sync.WaitGroup], more may begin while somebody waits for them.
type showing struct {
	mu     sync.Mutex
	under  int
	none   chan struct{} // is closed when none is under way any more
	closed bool
}

func (s *showing) begin(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	if s.under++; s.under == 1 {
		s.none = make(chan struct{})
	}
	go func() {
		defer s.end()
		do()
	}()
}

func (s *showing) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.under--; s.under == 0 {
		close(s.none)
	}
}

func (s *showing) wait() {
	s.mu.Lock()
	none := s.none
	s.mu.Unlock()
	if none != nil {
		<-none
	}
}

func (s *showing) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
}
