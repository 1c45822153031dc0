package kube

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"selvage/core"
)

// Read lists the wanted kinds in the wanted namespaces. Kinds without
// namespaces are listed once, and marked. While [Source.Watch] runs, a kind
// whose watch was proven to be alive lately is not listed but taken from it.
//
// The reading's access is the worst of what kept a kind from being read. A kind
// that is expected and not served is a gap, and does not count for that: the
// cluster was read.
func (s *Source) Read(ctx context.Context, want core.Scope) *core.Snapshot {
	q := question{want: want, started: s.config.Now(), follower: s.following.Load()}
	end, err := q.follower.turn(ctx)
	if err != nil {
		return s.unread(nil, err)
	}
	defer end()
	return s.report(q, s.look(ctx, q))
}

// question is what is asked of a cluster, and why.
type question struct {
	want     core.Scope
	started  time.Time
	follower *follower // nil while nobody watches
	aside    bool      // nobody waits for the answer: it is for the follower alone
}

// look is what a cluster answered.
type look struct {
	client  *client // nil where there is none
	err     error   // why nothing could be asked for
	catalog *catalog
	plan    plan
	results map[job]result
}

// look looks at a cluster. Where somebody waits and the server does not take the
// credentials, they are renewed and it looks once more.
func (s *Source) look(ctx context.Context, q question) look {
	renew := whenExpired
	if q.aside {
		renew = never
	}
	c, err := s.open(ctx, renew)
	if err != nil {
		return look{err: err}
	}
	l := ask(ctx, c, q)
	if q.aside || !l.unauthorized() {
		return l
	}
	if renewed := s.reopen(ctx, c); renewed != nil {
		return ask(ctx, renewed, q)
	}
	return l
}

func (l look) unauthorized() bool {
	if unauthorized(l.err) {
		return true
	}
	for _, u := range l.plan.unknown {
		if unauthorized(u.err) {
			return true
		}
	}
	for _, r := range l.results {
		if unauthorized(r.err) {
			return true
		}
	}
	return false
}

func unauthorized(err error) bool { return refusedWith(err, http.StatusUnauthorized) }

// ask makes one attempt with one client.
func ask(ctx context.Context, c *client, q question) look {
	known, fresh, err := c.known(ctx, false)
	if err != nil {
		return look{client: c, err: err}
	}
	p := known.plan(q.want)
	if len(p.unserved) > 0 && !fresh && !q.aside {
		if again, _, err := c.known(ctx, true); err == nil {
			known, p, fresh = again, again.plan(q.want), true
		} else {
			p.doubt(err)
		}
	}
	hinting, enough := context.WithCancel(ctx)
	defer enough()
	hinted := c.learn(hinting, known, p)
	w := work{client: c, question: q, results: map[job]result{}}
	w.run(ctx, p.jobs)
	if w.lost(p.jobs) && !fresh {
		if again, _, err := c.known(ctx, true); err == nil {
			known, p = again, again.plan(q.want)
			w.run(ctx, p.jobs)
		}
	}
	q.follower.keep(p)
	patience := time.NewTimer(hintGrace)
	defer patience.Stop()
	select {
	case <-hinted:
	case <-patience.C:
	}
	return look{client: c, catalog: known, plan: p, results: w.results}
}

// work runs lists, several at a time.
type work struct {
	client   *client
	question question
	mu       sync.Mutex // guards results
	results  map[job]result

	answered atomic.Bool // the server has answered
	silent   atomic.Bool // it has not, for as long as a request may take
}

// result is what came of a job. While somebody watches the objects are with the
// follower.
type result struct {
	objects []*core.Object
	err     error
}

// run runs those jobs that were not run yet or whose kind was not found.
func (w *work) run(ctx context.Context, jobs []job) {
	todo := slices.DeleteFunc(slices.Clone(jobs), func(j job) bool {
		r, done := w.results[j]
		return done && !notFound(r.err)
	})
	var running sync.WaitGroup
	slots := make(chan struct{}, requestsAtOnce)
	for _, j := range todo {
		slots <- struct{}{}
		running.Go(func() {
			defer func() { <-slots }()
			r := w.do(ctx, j)
			w.mu.Lock()
			defer w.mu.Unlock()
			w.results[j] = r
		})
	}
	running.Wait()
}

// do runs one job, where the follower does not have its outcome.
func (w *work) do(ctx context.Context, j job) result {
	f := w.question.follower
	if f == nil {
		l, err := w.list(ctx, j)
		return result{l.objects, err}
	}
	if f.prepare(j, w.question.aside) {
		return result{}
	}
	l, err := w.list(ctx, j)
	if err != nil && ctx.Err() != nil {
		return result{err: err} // that says nothing about the cluster
	}
	return result{err: f.listed(w.client, j, l, err)}
}

// list lists. Once a server has let a whole request's time pass without
// answering anything, the lists that wait for their turn are not sent after it.
func (w *work) list(ctx context.Context, j job) (listing, error) {
	if w.silent.Load() && !w.answered.Load() {
		return listing{}, errSlow{w.client.timeout}
	}
	l, err := w.client.list(ctx, j)
	var slow errSlow
	if errors.As(err, &slow) {
		w.silent.Store(true)
	} else {
		w.answered.Store(true)
	}
	return l, err
}

// lost tells whether a kind was not found where the catalog has it.
func (w *work) lost(jobs []job) bool {
	return slices.ContainsFunc(jobs, func(j job) bool { return notFound(w.results[j].err) })
}

func notFound(err error) bool { return refusedWith(err, http.StatusNotFound) }

func refusedWith(err error, code int) bool {
	var refused *refusal
	return errors.As(err, &refused) && refused.code == code
}

// unread is the snapshot of a cluster of which nothing could be read.
func (s *Source) unread(c *client, err error) *core.Snapshot {
	e := fault(s.operation(c), err, "ask for read access to this cluster; README, Access")
	r := s.reading(c)
	r.Access, r.Error = e.Access, e.Error()
	return core.NewSnapshot(r)
}

func (s *Source) operation(c *client) string {
	op := fmt.Sprintf("read cluster %q", s.config.ClusterName)
	if c != nil {
		op += " at " + c.server.String()
	}
	return op
}

func (s *Source) reading(c *client) core.Reading {
	r := core.Reading{Source: "kube", Name: s.config.ClusterName, Access: core.AccessOK}
	if c != nil {
		r.URL, r.Insecure = c.server.String(), c.insecure
	} else if u, err := serverURL(s.config.APIServer); err == nil {
		r.URL, r.Insecure = u.String(), s.config.Insecure
	}
	return r
}
