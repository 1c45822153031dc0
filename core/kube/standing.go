package kube

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"selvage/core"
)

var (
	_ core.LoginReader = (*Source)(nil)
	_ core.LoginReader = (*Objects)(nil)
)

// ReadLogin implements [core.LoginReader]. What keeps the credentials from being
// found is told by Read and is left out here.
func (s *Source) ReadLogin(ctx context.Context) core.Login {
	c, err := s.open(ctx, never)
	if err != nil {
		return core.Login{}
	}
	l := core.Login{Credentials: s.config.credentials(c.login, s.config.Now())}
	c.shown.Load().Tell(&l, c.server.String())
	return l
}

// ReadLogin implements [core.LoginReader].
func (o *Objects) ReadLogin(ctx context.Context) core.Login { return o.source.ReadLogin(ctx) }

// credentials are those of a login that say when they end.
func (c Config) credentials(l login, now time.Time) []core.Credential {
	var all []core.Credential
	from := c.Kubeconfig
	switch {
	case c.TokenFile != "":
		from = c.TokenFile
	case c.TokenEnv != "":
		from = "$" + c.TokenEnv
	case c.Token != "":
		from = "cluster.token"
	}
	certificate, plugin := l.certificate, l.plugin
	if plugin.valid(now) {
		given := core.TokenCredential("the credential plugin", plugin.token)
		if plugin.token == "" {
			given.What = "client certificate"
		}
		if plugin.expires > 0 {
			given.Ends = time.Unix(plugin.expires, 0)
		}
		given.Renewed = true
		all = append(all, given)
	} else if l.token != "" {
		all = append(all, core.TokenCredential(from, l.token))
	}
	if certificate != "" {
		all = append(all, core.CertificateCredentials("client certificate", c.Kubeconfig, []byte(certificate))...)
	}
	if l.ca != "" {
		where := c.CAFile
		if where == "" {
			where = c.Kubeconfig
		}
		all = append(all, core.CertificateCredentials("certificate authority", where, []byte(l.ca))...)
	}
	return all
}

// Unwatched tells which kinds of a scope can be listed and not watched, as a gap
// each: they are found by asking again and again. Of each kind one watch is begun,
// and given up as soon as the server takes it. Kinds that the cluster does not serve,
// or of which it says nothing, are left out: Read tells of those.
func (s *Source) Unwatched(ctx context.Context, want core.Scope) []core.Gap {
	c, err := s.open(ctx, never)
	if err != nil {
		return nil
	}
	known, _, err := c.known(ctx, false)
	if err != nil {
		return nil
	}
	jobs := known.plan(want).jobs
	gaps := make([]*core.Gap, len(jobs))
	var running sync.WaitGroup
	slots := make(chan struct{}, requestsAtOnce)
	for i, j := range jobs {
		slots <- struct{}{}
		running.Go(func() {
			defer func() { <-slots }()
			gaps[i] = c.unwatched(ctx, j)
		})
	}
	running.Wait()
	var all []core.Gap
	for _, g := range gaps {
		if g != nil && !slices.ContainsFunc(all, func(o core.Gap) bool { return o.GroupKind == g.GroupKind }) {
			all = append(all, *g)
		}
	}
	return all
}

// unwatched tries a watch, and tells why the server refuses it; nil where it does
// not. Only a refusal counts: what is wrong with the connection is told elsewhere.
func (c *client) unwatched(ctx context.Context, j job) *core.Gap {
	stream, err := c.watch(ctx, j, "0", time.Second)
	if err == nil {
		stream.close()
		return nil
	}
	if !refusedWith(err, http.StatusForbidden) && !refusedWith(err, http.StatusMethodNotAllowed) {
		return nil
	}
	e := fault(fmt.Sprintf("watch %s at %s", j, c.server), err, "ask for watch beside get and list; README, Access")
	return &core.Gap{GroupKind: j.GroupKind, Namespace: j.namespace, Access: e.Access, Reason: e.Error()}
}
