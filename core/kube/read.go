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
// namespaces are listed once, and marked.
//
// The reading's access is the worst of what kept a kind from being read. A kind
// that is expected and not served is a gap, and does not count for that: the
// cluster was read.
func (s *Source) Read(ctx context.Context, want core.Scope) *core.Snapshot {
	started := s.config.Now()
	c, err := s.open(ctx, false)
	if err != nil {
		return s.unread(nil, err)
	}
	snapshot, refused := s.read(ctx, c, want, started)
	if !refused {
		return snapshot
	}
	renewed, err := s.open(ctx, true)
	if err == nil && renewed != c {
		snapshot, _ = s.read(ctx, renewed, want, started)
	}
	return snapshot
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

// read makes one attempt with one client. refused tells that the server did not
// take the credentials.
func (s *Source) read(ctx context.Context, c *client, want core.Scope, started time.Time) (snapshot *core.Snapshot, refused bool) {
	known, fresh, err := c.known(ctx, false)
	if err != nil {
		snapshot = s.unread(c, err)
		return snapshot, snapshot.Readings[0].Access == core.AccessUnauthorized
	}
	p := known.plan(want)
	if len(p.unserved) > 0 && !fresh {
		if known, _, err := c.known(ctx, true); err == nil {
			p, fresh = known.plan(want), true
		} else {
			p.doubt(err)
		}
	}
	w := work{client: c, results: map[job]result{}}
	w.run(ctx, p.jobs)
	if w.lost(p.jobs) && !fresh {
		if known, _, err := c.known(ctx, true); err == nil {
			p = known.plan(want)
			w.run(ctx, p.jobs)
		}
	}
	return s.report(c, p, w.results, started)
}

// work runs lists, several at a time.
type work struct {
	client  *client
	mu      sync.Mutex // guards results
	results map[job]result

	answered atomic.Bool // the server has answered
	silent   atomic.Bool // it has not, for as long as a request may take
}

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
			r := w.list(ctx, j)
			w.mu.Lock()
			defer w.mu.Unlock()
			w.results[j] = r
		})
	}
	running.Wait()
}

// list runs one job. Once a server has let a whole request's time pass without
// answering anything, the lists that wait for their turn are not sent after it.
func (w *work) list(ctx context.Context, j job) result {
	if w.silent.Load() && !w.answered.Load() {
		return result{err: errSlow{w.client.timeout}}
	}
	objects, err := w.client.list(ctx, j)
	var slow errSlow
	if errors.As(err, &slow) {
		w.silent.Store(true)
	} else {
		w.answered.Store(true)
	}
	return result{objects, err}
}

// lost tells whether a kind was not found where the catalog has it.
func (w *work) lost(jobs []job) bool {
	for _, j := range jobs {
		if notFound(w.results[j].err) {
			return true
		}
	}
	return false
}

func notFound(err error) bool {
	var refused *refusal
	return errors.As(err, &refused) && refused.code == http.StatusNotFound
}
