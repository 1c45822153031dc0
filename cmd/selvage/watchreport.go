package main

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"selvage/core"
)

// reporter writes a line for what is another than before.
type reporter struct {
	log   *slog.Logger
	now   func() time.Time
	found map[core.FabricID]finding
	runs  map[string]ending // by their ids
}

// finding is what a line about a check tells.
type finding struct {
	status   core.SyncStatus
	worst    core.State
	counts   core.Counts
	commit   string
	why      string
	watcher  string
	lastSeen time.Time // the end of the last check
}

// ending is where a run stands that nothing is done about just now.
type ending struct {
	phase    core.RunPhase
	attempts int
}

// newReporter makes one that knows how everything stands already.
func newReporter(log *slog.Logger, now func() time.Time, fleet core.Fleet) *reporter {
	r := &reporter{log: log, now: now, found: map[core.FabricID]finding{}, runs: map[string]ending{}}
	for _, f := range fleet.Fabrics {
		if f.Run != nil {
			r.runs[f.Run.ID] = ending{f.Run.Phase, f.Run.Attempts}
		}
	}
	return r
}

// tell tells what is new about a fabric.
func (r *reporter) tell(ctx context.Context, f core.FabricState) {
	was := r.found[f.Fabric.ID]
	if f.Watcher.ID != "" && f.Watcher.ID != was.watcher {
		w := f.Watcher
		r.log.InfoContext(ctx, "watched", "fabric", f.Fabric.ID, "by", w.User, "host", w.Host, "pid", w.PID)
		was.watcher = w.ID
		r.found[f.Fabric.ID] = was
	}
	if f.Run != nil {
		r.run(ctx, f.Run)
		if f.Run.Phase.Active() {
			return // what is in motion is told when it has come to rest
		}
	}
	r.check(ctx, f, was)
}

// check tells what a check found, where that is another than before. Otherwise it
// is told for debugging only.
func (r *reporter) check(ctx context.Context, f core.FabricState, was finding) {
	if f.LastCheck.IsZero() || !f.Checking.IsZero() && f.LastCheck.Equal(was.lastSeen) {
		return // the check that is under way will tell
	}
	now := r.now()
	is := finding{
		status: f.SyncStatus(now), worst: f.Worst(now), commit: commitsAt(f.Report), watcher: was.watcher, lastSeen: f.LastCheck,
	}
	if f.Report != nil {
		is.counts = f.Report.Counts
	}
	if all := f.Problems(now); len(all) > 0 {
		is.why = all[0].Cause
	}
	level := slog.LevelInfo
	if was.lastSeen = is.lastSeen; was == is {
		if r.found[f.Fabric.ID].lastSeen.Equal(is.lastSeen) {
			return
		}
		level = slog.LevelDebug
	}
	r.found[f.Fabric.ID] = is
	about := []any{"fabric", f.Fabric.ID, "sync_status", is.status, "worst", is.worst.String(), slog.GroupAttrs("counts", countsOf(is.counts)...)}
	about = append(about, "commit", is.commit, "duration", f.Took.Round(time.Millisecond))
	if is.why != "" {
		about = append(about, "why", is.why)
	}
	r.log.Log(ctx, level, "check", about...)
}

// run tells of a run that has ended, or waits for something.
func (r *reporter) run(ctx context.Context, run *core.Run) {
	is := ending{run.Phase, run.Attempts}
	if run.Phase.Active() || r.runs[run.ID] == is {
		return
	}
	r.runs[run.ID] = is
	level := slog.LevelInfo
	switch run.Phase {
	case core.RunFailed, core.RunRefused, core.RunRetrying:
		level = slog.LevelWarn
	default:
	}
	names := make([]string, len(run.Fabrics))
	for i, id := range run.Fabrics {
		names[i] = string(id)
	}
	about := []any{"fabric", strings.Join(names, ","), "run", run.ID, "phase", run.Phase, "by", run.By}
	if run.Attempts > 1 {
		about = append(about, "attempt", run.Attempts)
	}
	for _, p := range run.Publications {
		if p.Phase == core.PublicationLanded {
			about = append(about, "commit", core.ShortCommit(p.Commit))
		}
		if p.Review != "" {
			about = append(about, "review", p.Review)
		}
	}
	if !run.Ended.IsZero() {
		about = append(about, "duration", run.Ended.Sub(run.Started).Round(time.Millisecond))
	}
	if !run.RetryAt.IsZero() {
		about = append(about, "again", core.Stamp(run.RetryAt))
	}
	if run.Err != "" {
		about = append(about, "why", run.Err)
	}
	r.log.Log(ctx, level, "sync", about...)
}

// commitsAt are the commits that a report rests on.
func commitsAt(r *core.Report) string {
	if r == nil {
		return ""
	}
	all := make([]string, len(r.Git))
	for i, g := range r.Git {
		all[i] = core.ShortCommit(g.Revision)
	}
	return strings.Join(all, ",")
}

// countsOf are the counts of those states that there are.
func countsOf(c core.Counts) []slog.Attr {
	var all []slog.Attr
	for _, s := range core.States() {
		if c[s] > 0 {
			all = append(all, slog.Int(s.String(), c[s]))
		}
	}
	return all
}
