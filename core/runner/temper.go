package runner

import (
	"context"
	"slices"

	"selvage/core"
	"selvage/core/merge"
)

// temper keeps what holds the policies of the fabric back up to date: how often its
// differences came back, and what people took back of what policies had done.
func (w *ward) temper(ctx context.Context, state core.FabricState) error {
	pins, before, err := w.config.Books.Tempers(ctx, w.fabric.ID)
	if err != nil {
		return err
	}
	subjects, err := w.config.World.Subjects(ctx, w.fabric.ID, differing(state.Report)...)
	if err != nil {
		return err
	}
	var found []merge.Difference
	for _, s := range subjects {
		found = append(found, s.Differences()...)
	}
	after := merge.Seen(before, found, readBy(state.Report), w.config.Now())
	if !slices.EqualFunc(before, after, sameTemper) {
		if err := w.config.Books.Heat(ctx, w.fabric.ID, after); err != nil {
			return err
		}
	}
	return w.takenBack(ctx, pins, state)
}

// sameTemper tells whether nothing but time has passed between two heats of a
// place: that need not be written down.
func sameTemper(a, b core.Heat) bool {
	return a.Key == b.Key && a.Path == b.Path && a.Git == b.Git && a.Live == b.Live && a.Paused == b.Paused
}

// readBy tells which objects a report says something about: what it does not name
// is on neither side.
func readBy(r *core.Report) func(core.Key) bool {
	unread := map[core.Key]bool{}
	for _, v := range r.Verdicts {
		unread[v.Key] = v.State == core.Unknown || v.State == core.Invalid
	}
	return func(k core.Key) bool { return !unread[k] }
}

// takenBack pins the places at which Git says again what it said before a policy
// decided: somebody reverted that.
func (w *ward) takenBack(ctx context.Context, pins []core.Pin, state core.FabricState) error {
	if state.GitAccess() != core.AccessOK {
		return nil
	}
	if !w.loaded {
		if err := w.load(ctx); err != nil {
			return err
		}
	}
	var fresh []core.Pin
	for _, r := range w.ruled {
		if slices.ContainsFunc(pins, func(p core.Pin) bool { return p.Key == r.Key && p.Path == r.Path }) {
			continue
		}
		s, err := w.config.World.Subjects(ctx, w.fabric.ID, r.Key)
		if err != nil {
			return err
		}
		git, commit := core.Content{Read: true}, core.Commit{}
		if len(s) > 0 {
			git = s[0].Sides.Git
			for _, c := range s[0].Changes {
				if c.Path.Overlaps(r.Path) && c.Commit.Known() {
					commit = c.Commit
				}
			}
		}
		if pin, ok := merge.TakenBack(r, git, commit, w.config.Now()); ok {
			fresh = append(fresh, pin)
			w.config.Log.Info("policy taken back", "fabric", w.fabric.ID, "object", r.Key.String(), "path", r.Path, "rule", r.Rule)
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	return w.config.Books.Pin(ctx, w.fabric.ID, fresh...)
}

// load reads what policies have brought into Git. Of decisions on one place only
// the last one counts.
func (w *ward) load(ctx context.Context) error {
	runs, err := w.config.Books.Ruled(ctx, w.fabric.ID)
	if err != nil {
		return err
	}
	w.ruled, w.loaded = nil, true
	for _, run := range runs {
		for _, r := range run.Result.Applied {
			if !slices.ContainsFunc(w.ruled, func(o core.Resolution) bool { return o.Key == r.Key && o.Path.Overlaps(r.Path) }) {
				w.ruled = append(w.ruled, r)
			}
		}
	}
	return nil
}
