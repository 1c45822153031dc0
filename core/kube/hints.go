package kube

import (
	"context"
	"encoding/json"
	"net/url"
	"sync"
	"time"

	"selvage/core"
	"selvage/core/openapi"
)

// hintGrace is how long a check waits for the shapes of its kinds after its
// last list has come.
const hintGrace = time.Second

// hintTries is how often the shapes are asked for where a check did not wait
// until they came.
const hintTries = 3

// hints are the shapes of a cluster's kinds, as far as they were read. The zero
// hints is ready for use.
type hints struct {
	mu    sync.Mutex // guards what follows
	last  *catalog   // of when they were asked for last
	tries int        // since then
	docs  map[string]hint
}

// hint is what the document of one version of one group says.
type hint struct {
	hash  string // changes when the document does
	kinds map[string]*core.SchemaNode
}

// learn begins to ask for the shapes of a plan's kinds, where that was not done
// since the catalog was made. done is closed when that has come to its end.
func (c *client) learn(ctx context.Context, k *catalog, p plan) (done <-chan struct{}) {
	ended := make(chan struct{})
	if !c.hints.due(k, p) {
		close(ended)
		return ended
	}
	go func() {
		defer close(ended)
		c.readHints(ctx, p)
		if ctx.Err() == nil {
			c.hints.settle()
		}
	}()
	return ended
}

func (h *hints) due(k *catalog, p plan) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.last != k {
		h.last, h.tries = k, 0
	}
	if len(p.jobs) == 0 || h.tries >= hintTries {
		return false
	}
	h.tries++
	return true
}

// settle records that there is nothing more to ask for.
func (h *hints) settle() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.tries = hintTries
}

// readHints asks which documents there are and reads those that changed. What
// goes wrong leaves the shapes as they were: they are hints, and a server may
// have none.
func (c *client) readHints(ctx context.Context, p plan) {
	body, err := c.fetch(ctx, "/openapi/v3", nil, anyMedia) // API servers call it text
	if err != nil {
		c.log.Debug("no schema hints", "cluster", c.server.String(), "err", err)
		return
	}
	var index struct {
		Paths map[string]struct{ ServerRelativeURL string }
	}
	if err := json.Unmarshal(body, &index); err != nil {
		c.log.Debug("no schema hints", "cluster", c.server.String(), "err", notWhole(body, err))
		return
	}
	seen := map[string]bool{}
	var running sync.WaitGroup
	for _, j := range p.jobs {
		where := j.openapi()
		entry, ok := index.Paths[where]
		if !ok || seen[where] {
			continue
		}
		seen[where] = true
		hash := ""
		if u, err := url.Parse(entry.ServerRelativeURL); err == nil {
			hash = u.Query().Get("hash")
		}
		running.Go(func() { c.readHint(ctx, j.resource, hash) })
	}
	running.Wait()
}

func (c *client) readHint(ctx context.Context, r resource, hash string) {
	where := r.openapi()
	c.hints.mu.Lock()
	have, ok := c.hints.docs[where]
	c.hints.mu.Unlock()
	if ok && hash != "" && have.hash == hash {
		return
	}
	query := url.Values{}
	if hash != "" {
		query.Set("hash", hash) // the answer may then come from a cache
	}
	body, err := c.fetch(ctx, "/openapi/v3/"+where, query, "application/json")
	if err != nil {
		c.log.Debug("no schema hints", "group", r.Group, "err", err)
		return
	}
	kinds, err := openapi.Published(body, r.Group, r.version)
	if err != nil {
		c.log.Debug("no schema hints", "group", r.Group, "err", err)
		return
	}
	c.hints.mu.Lock()
	defer c.hints.mu.Unlock()
	if c.hints.docs == nil {
		c.hints.docs = map[string]hint{}
	}
	c.hints.docs[where] = hint{hash, kinds}
}

// openapi is the name of the document that has a resource's shape.
func (r resource) openapi() string {
	if r.Group == "" {
		return "api/" + r.version
	}
	return "apis/" + r.apiVersion()
}

// schemas are the shapes of a plan's kinds as far as they are known, and the
// versions that serve them.
func (c *client) schemas(k *catalog, p plan) map[core.GroupKind]core.Schema {
	c.hints.mu.Lock()
	defer c.hints.mu.Unlock()
	all := map[core.GroupKind]core.Schema{}
	for _, j := range p.jobs {
		all[j.GroupKind] = core.Schema{
			Versions: k.versions[j.GroupKind], Root: c.hints.docs[j.openapi()].kinds[j.Kind],
		}
	}
	return all
}
