package engine

import "time"

// Type is a kind of GitOps engine.
type Type string

// The types. A plain engine applies and shows nothing of it in a cluster.
const (
	Plain  Type = ""
	ArgoCD Type = "argocd"
	Flux   Type = "flux"
)

// Options say what an engine does by itself. They may be changed while it runs.
type Options struct {
	// Auto syncs by itself when the branch moves. Flux always does.
	Auto bool
	// SelfHeal undoes changes in the cluster; with Argo CD only where Auto is set.
	// Flux undoes them each Interval.
	SelfHeal bool
	// HealAfter is how long a change in the cluster is left alone before it is
	// healed, as Argo CD does between two healings of one application.
	HealAfter time.Duration
	// Prune deletes what left Git.
	Prune bool
	// Suspend stops what it would do by itself: spec.syncPolicy.automated.enabled
	// is false with Argo CD, spec.suspend true with Flux.
	Suspend bool

	// Poll is the time between two looks at the branch; 0 for a short one.
	Poll time.Duration
	// Interval is Flux's time between two reconciliations of one commit; 0 for ten
	// minutes.
	Interval time.Duration
	// Retry says how often a failed sync is tried again; nil for what the type does
	// where nothing is said.
	Retry *Retry

	// Target is what is applied instead of the engine's branch: another branch, a
	// tag, a commit or HEAD.
	Target string
	// Flat leaves directories in the engine's directory out: directory.recurse is
	// false. Flux has no such setting.
	Flat bool
	// Include and Exclude are Argo CD's globs over paths in the directory.
	Include, Exclude string

	// Windows are the sync windows of the project.
	Windows []Window
	// Health is what the object says of the application's health; "" for Healthy.
	Health, HealthMessage string
}

// Retry says how often and when a failed sync is tried again: Duration after the
// first try, and Factor times longer after each further one, Max at most.
type Retry struct {
	Limit    int64 // of repeated tries; below 0 for no limit
	Duration time.Duration
	Factor   int64
	Max      time.Duration
	Refresh  bool // try the branch as it is then, and not the same commit again
}

// What Argo CD does where nothing is said, by its documentation.
const (
	retryLimit    = 5
	retryDuration = 5 * time.Second
	retryFactor   = 2
	retryMax      = 3 * time.Minute
)

// wait is the time before a try, after so many that were repeated already.
func (r Retry) wait(repeated int64) time.Duration {
	wait, factor, limit := r.Duration, r.Factor, r.Max
	if wait == 0 {
		wait = retryDuration
	}
	if factor == 0 {
		factor = retryFactor
	}
	if limit == 0 {
		limit = retryMax
	}
	for range repeated {
		if wait >= limit {
			return limit
		}
		wait *= time.Duration(factor)
	}
	return min(wait, limit)
}

// allows tells whether one more try is to be made.
func (r Retry) allows(repeated int64) bool { return r.Limit < 0 || repeated < r.Limit }
