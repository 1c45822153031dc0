package doctor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"selvage/core"
)

// Fabric is a fabric with the doors to all that is looked at.
type Fabric struct {
	Fabric core.Fabric
	Git    core.Source
	Live   core.Source
	Agents core.AgentReader
	// Engine is nil where there is none by the configuration. Named is set where the
	// configuration says that there is one.
	Engine core.EngineReader
	Named  bool
	Places []Place
	Logins []Login // of the cluster and the engine; those of places are with them
	Files  []File  // that hold secrets
}

// Place is one directory in Git, with what commits for it go through.
type Place struct {
	What string // for people: the address and the branch
	// Closed says why nothing is published from here, so that nobody is asked; ""
	// where something may be.
	Closed string
	Door   Knocker
	Login  core.LoginReader
}

// Knocker tells whether a commit would be let in, see
// [selvage/core/repo.Publisher.Knock].
type Knocker interface {
	Knock(ctx context.Context) error
}

// Login is what conversations with one server rest on.
type Login struct {
	Where  string // for people: "cluster", "engine"
	Reader core.LoginReader
}

// watchable is a live side that can tell which kinds it may not watch.
type watchable interface {
	Unwatched(ctx context.Context, want core.Scope) []core.Gap
}

// Config is what an examination takes from outside.
type Config struct {
	Now      func() time.Time
	Limit    int           // how many fabrics are looked at at once; 0 for 8
	Patience time.Duration // the longest that one fabric may take; 0 for a minute
}

// Examine looks at fabrics, several at once. What ctx's end kept from being looked
// at fails. The findings are in the order of the fabrics and of the areas.
func Examine(ctx context.Context, c Config, fabrics ...Fabric) []Finding {
	if c.Limit == 0 {
		c.Limit = 8
	}
	if c.Patience == 0 {
		c.Patience = time.Minute
	}
	found := make([][]Finding, len(fabrics))
	var all sync.WaitGroup
	slots := make(chan struct{}, c.Limit)
	for i, f := range fabrics {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			found[i] = c.examine(ctx, f)
		})
	}
	all.Wait()
	return slices.Concat(found...)
}

func (c Config) examine(ctx context.Context, f Fabric) []Finding {
	ctx, cancel := context.WithTimeout(ctx, c.Patience)
	defer cancel()
	now := c.Now()
	var sides, doors record
	sides.fabric, doors.fabric = f.Fabric.ID, f.Fabric.ID
	var both sync.WaitGroup
	both.Go(func() {
		want := core.Scope{
			Fabric: f.Fabric.ID, Namespace: f.Fabric.Namespace, Namespaces: []string{f.Fabric.Namespace}, Kinds: f.Fabric.Kinds,
		}
		git := f.Git.Read(ctx, want)
		sides.git(git, now)
		lost := sides.cluster(ctx, f, widened(want, git))
		if lost == "" {
			sides.switches(f.Agents.ReadAgents(ctx))
		}
		if f.Engine != nil {
			// What is read in the same place fails for the same reason.
			if e := f.Engine.ReadEngine(ctx); lost == "" || e.Access == core.AccessOK || e.Where != lost {
				sides.engine(e, f.Named)
			}
		}
	})
	both.Go(func() { doors.doors(ctx, f.Places) })
	both.Wait()
	// Logins are told after they were used: they know more then.
	for _, l := range f.Logins {
		sides.login(l.Where, l.Reader.ReadLogin(ctx), now)
	}
	for _, p := range f.Places {
		sides.login("git", p.Login.ReadLogin(ctx), now)
	}
	sides.files(f.Files)
	return sorted(unique(append(sides.all, doors.all...)))
}

// unique leaves findings out that say again what others said, as where two
// directories are of one server.
func unique(all []Finding) []Finding {
	var kept []Finding
	for _, f := range all {
		if !slices.Contains(kept, f) {
			kept = append(kept, f)
		}
	}
	return kept
}

// widened is a scope with what Git holds: those kinds and namespaces are listed.
func widened(want core.Scope, git *core.Snapshot) core.Scope {
	for _, n := range git.Namespaces() {
		if !slices.Contains(want.Namespaces, n) {
			want.Namespaces = append(want.Namespaces, n)
		}
	}
	for _, gk := range git.Kinds() {
		if gk.Group != "" && want.Kinds.Has(gk) {
			want.Expect = append(want.Expect, gk)
		}
	}
	return want
}

func (r *record) git(s *core.Snapshot, now time.Time) {
	wrong, unread := 0, false
	for _, f := range s.Findings {
		if !f.Unrendered {
			wrong++
		}
	}
	for _, g := range s.Readings {
		what := strings.TrimSpace(g.URL + " " + g.Branch + " " + g.Path)
		if g.Access != core.AccessOK {
			unread = true
			r.told(AreaGit, Fail, what, g.Error)
			continue
		}
		text := fmt.Sprintf("read, at %s", core.ShortCommit(g.Revision))
		if !g.RevisionTime.IsZero() {
			text += ", committed " + core.Age(now, g.RevisionTime) + " ago"
		}
		r.add(AreaGit, OK, what, text, "")
	}
	if s.Len() == 0 && !unread {
		r.add(AreaGit, Warn, "manifests", "there are none", "check git.path, git.include and scope")
	}
	if wrong > 0 {
		r.add(AreaGit, Warn, "manifests", fmt.Sprintf("%s cannot be read or accepted", core.Counted(wrong, "document")), "selvage status names them, with file and line")
	}
}

// cluster looks at the live side. Where nothing of it could be read, it gives the
// address or the path.
func (r *record) cluster(ctx context.Context, f Fabric, want core.Scope) (lost string) {
	live := f.Live.Read(ctx, want)
	g := live.Readings[0]
	what := g.URL
	if what == "" {
		what = strings.TrimSpace(g.Name + " " + g.Path)
	}
	switch {
	case g.Access == core.AccessOK:
		r.add(AreaCluster, OK, what, fmt.Sprintf("read: %s in %s", core.Counted(live.Len(), "object"), strings.Join(want.Namespaces, ", ")), "")
	case len(live.Gaps) == 0 || live.Len() == 0 && uniform(live.Gaps):
		r.told(AreaCluster, Fail, what, g.Error)
		live.Gaps, lost = nil, cmp.Or(g.URL, g.Path, "-") // it is told once
	}
	if g.Insecure {
		r.add(AreaCluster, Warn, what, "the server's certificate is not verified", "set ca_file to the cluster's authority, and take verify_ssl: false away")
	}
	for _, gap := range live.Gaps {
		at := gap.GroupKind.String()
		if gap.Namespace != "" {
			at += " in " + gap.Namespace
		}
		r.told(AreaCluster, Fail, at, gap.Reason)
	}
	if w, ok := f.Live.(watchable); ok && lost == "" {
		for _, gap := range w.Unwatched(ctx, want) {
			if slices.ContainsFunc(live.Gaps, func(g core.Gap) bool { return g.GroupKind == gap.GroupKind }) {
				continue // it cannot even be listed
			}
			text, hint := advice(gap.Reason)
			r.add(AreaCluster, Warn, gap.GroupKind.String(), text+"; changes are seen by the clock only", hint)
		}
	}
	return lost
}

// uniform tells whether gaps are all of one access: what is wrong is wrong with
// the whole, then.
func uniform(gaps []core.Gap) bool {
	for _, g := range gaps {
		if g.Access != gaps[0].Access || g.Unserved {
			return false
		}
	}
	return true
}

func (r *record) switches(a *core.Agents) {
	switch {
	case a.Access != core.AccessOK:
		r.told(AreaSwitches, Warn, "agents", a.Error)
	case len(a.All) == 0:
		r.add(AreaSwitches, OK, "agents", "there are none", "")
	default:
		r.add(AreaSwitches, OK, "agents", fmt.Sprintf("read: %s", core.Counted(len(a.All), "switch")), "")
	}
}

func (r *record) engine(e *core.Engine, named bool) {
	what := e.Where
	if e.App != "" {
		what = strings.TrimPrefix(e.Namespace+"/"+e.App, "/") + " at " + e.Where
	}
	switch {
	case e.Access != core.AccessOK && named:
		r.told(AreaEngine, Fail, what, e.Error)
		return
	case e.Access != core.AccessOK:
		text, hint := advice(e.Error)
		r.add(AreaEngine, Warn, what, text, hint+"; or set engine.type: none, if there is no engine")
		return
	case e.Type == "" && named:
		r.add(AreaEngine, Fail, what, "none was found", "correct engine.app and engine.namespace")
	case e.Type == "":
		r.add(AreaEngine, OK, what, "none was found", "")
	default:
		r.add(AreaEngine, OK, what, fmt.Sprintf("read: %s", e.Type), "")
	}
	for _, m := range e.Mismatch {
		r.add(AreaEngine, Fail, what, m, "correct the fabric's git section, or name its app in engine.app")
	}
	for _, t := range e.Troubles {
		r.add(AreaEngine, Warn, what, t, "")
	}
}

func (r *record) doors(ctx context.Context, places []Place) {
	for _, p := range places {
		if p.Closed != "" {
			r.add(AreaPublish, OK, p.What, "nothing is published: "+p.Closed, "")
			continue
		}
		err := p.Door.Knock(ctx)
		var known *core.Error
		switch {
		case err == nil:
			r.add(AreaPublish, OK, p.What, "a push would be let in, as far as the branch's own rules allow", "")
		case errors.As(err, &known):
			r.add(AreaPublish, Fail, p.What, (&core.Error{Op: known.Op, Err: known.Err}).Error(), known.Hint)
		default:
			r.add(AreaPublish, Fail, p.What, err.Error(), "")
		}
	}
}
