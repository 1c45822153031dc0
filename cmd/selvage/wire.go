package main

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"selvage/core"
	"selvage/core/config"
	"selvage/core/dump"
	"selvage/core/gitops"
	"selvage/core/kube"
	"selvage/core/loop"
	"selvage/core/repo"
	"selvage/core/runner"
	"selvage/core/safe"
	"selvage/store"
)

// atOnce is how many checks begin at the same time, see [loop.Config].
const atOnce = 8

// session is the program plugged together: a store, a loop over the fabrics of a
// configuration, and what carries out decisions on them.
type session struct {
	config *config.Config
	store  *store.Store
	loop   *loop.Loop
	runner *runner.Runner
	git    map[core.FabricID]*repo.Source
	units  []loop.Unit

	// late is set as soon as Git's history has kept a command waiting too long.
	late bool
}

// open opens the store and plugs the rooms together.
func (a *app) open(ctx context.Context, c *config.Config, log *slog.Logger) (*session, error) {
	history, err := a.openStore(ctx, c)
	if err != nil {
		return nil, err
	}
	return a.plug(ctx, c, history, log), nil
}

// openStore opens the store. It makes the state folder, with the rights that
// state.group asks for, and so has to come before whatever else lies there.
func (a *app) openStore(ctx context.Context, c *config.Config) (*store.Store, error) {
	s, err := store.Open(ctx, store.Config{Dir: c.State.Dir, Group: c.State.Group, Now: a.now})
	if err != nil {
		return nil, usage(err)
	}
	return s, nil
}

// plug plugs the rooms together. No network is touched before the first check.
func (a *app) plug(ctx context.Context, c *config.Config, history *store.Store, log *slog.Logger) *session {
	kube.Quiet(log)
	slog.SetDefault(log) // net/http logs there, and the dashboard owns the terminal
	pool := repo.NewPool(a.gitConfig(c, log))
	units, git := make([]loop.Unit, len(c.Fabrics)), map[core.FabricID]*repo.Source{}
	for i := range c.Fabrics {
		f := &c.Fabrics[i]
		git[f.Name] = pool.Source(locations(f))
		units[i] = a.unit(f, otherClusters(c.Fabrics, f), git[f.Name], log)
	}
	me := holder()
	l := loop.New(a.loopConfig(units, history, history, me, log))
	if err := l.Restore(ctx); err != nil {
		a.complain(err)
	}
	return &session{config: c, store: history, loop: l, runner: runner.New(a.runnerConfig(c, pool, l, history, me, log)), git: git, units: units}
}

// close ends the session; there is nothing to be done about an error by then
// but to tell it.
func (s *session) close(a *app) {
	if s.runner != nil { // a session that only reads the history has none
		s.runner.Close()
	}
	if err := s.store.Close(); err != nil {
		a.complain(err)
	}
}

// complain tells an error beside the output of a command.
func (a *app) complain(err error) {
	fmt.Fprintln(a.errs, "selvage: "+safe.Clean(err.Error()).String())
}

func (a *app) gitConfig(c *config.Config, log *slog.Logger) repo.Config {
	return repo.Config{Now: a.now, Log: log, LookupEnv: a.env, Home: a.home, CacheDir: c.Cache}
}

func (a *app) loopConfig(units []loop.Unit, history core.History, others loop.Company, me core.Holder, log *slog.Logger) loop.Config {
	return loop.Config{
		Units: units, History: history, Now: a.now, Limit: atOnce, Jitter: jitter, Log: log,
		Company: others, Holder: me,
	}
}

// cluster is what is read of a fabric's cluster, its API or a dump of it.
type cluster interface {
	core.Source
	core.AgentReader
}

// unit is a fabric with all that is read of it.
func (a *app) unit(f *config.Fabric, others []gitops.Cluster, git *repo.Source, log *slog.Logger) loop.Unit {
	live, objects := a.cluster(f, log)
	u := loop.Unit{Fabric: f.Core(), Git: git, Live: live, Agents: live}
	if e := f.Engine; e == nil || e.Type != "none" {
		engine := gitops.New(a.engineConfig(f, objects, others, log))
		u.Engine, u.Asker = engine, engine
	}
	return u
}

func (a *app) cluster(f *config.Fabric, log *slog.Logger) (cluster, gitops.Objects) {
	if c := f.Cluster; c.Dump != "" {
		s := dump.New(dump.Config{Path: c.Dump, ClusterName: c.ClusterName, Namespace: c.Namespace, Now: a.now})
		return s, s.Objects()
	}
	s := kube.New(a.clusterConfig(f, log))
	return s, s.Objects()
}

// engineConfig says where a fabric's engine is read: in the fabric's own API,
// unless another one is named.
func (a *app) engineConfig(f *config.Fabric, own gitops.Objects, others []gitops.Cluster, log *slog.Logger) gitops.Config {
	c := gitops.Config{
		Objects: own,
		Cluster: gitops.Cluster{
			Name: f.Cluster.ClusterName, Server: f.Cluster.APIServer, Namespace: f.Cluster.Namespace,
			Here: f.Engine == nil || f.Engine.Kubeconfig == "" && f.Engine.API == nil, Where: own.Where, Others: others,
		},
		UserAgent: userAgent(), Home: a.home, LookupEnv: a.env, Now: a.now, Log: log,
	}
	for _, g := range f.Git {
		c.Places = append(c.Places, gitops.Place{URL: g.URL, Branch: g.Branch, Path: g.Path, Include: g.Include, Exclude: g.Exclude})
	}
	e := f.Engine
	if e == nil {
		return c
	}
	c.Type, c.App, c.Namespace = core.EngineType(e.Type), e.App, e.Namespace
	if e.Kubeconfig != "" {
		c.Objects = kube.NewObjects(kube.Config{
			ClusterName: e.Context, Kubeconfig: e.Kubeconfig, Context: e.Context,
			UserAgent: userAgent(), Now: a.now, LookupEnv: a.env, Jitter: jitter, Log: log,
		})
	}
	if e.API != nil {
		c.API = &gitops.API{Server: e.API.Server, TokenFile: e.API.TokenFile}
		for _, what := range e.API.Allow {
			c.API.Allow = append(c.API.Allow, core.EngineRequest(what))
		}
		if e.Kubeconfig == "" {
			c.Objects = nil
		}
	}
	return c
}

// otherClusters are those of the other fabrics that are certainly not the one of a
// fabric: two fabrics may share one, each with a part of it.
func otherClusters(all []config.Fabric, f *config.Fabric) []gitops.Cluster {
	var others []gitops.Cluster
	for i := range all {
		a, b := &f.Cluster, &all[i].Cluster
		one := a.ClusterName == b.ClusterName || a.APIServer != "" && a.APIServer == b.APIServer ||
			a.Kubeconfig != "" && a.Kubeconfig == b.Kubeconfig && a.Context == b.Context || b.Dump != ""
		if !one {
			others = append(others, gitops.Cluster{Name: b.ClusterName, Server: b.APIServer})
		}
	}
	return others
}

func userAgent() string { return "selvage/" + version() }

func (a *app) clusterConfig(f *config.Fabric, log *slog.Logger) kube.Config {
	c := f.Cluster
	return kube.Config{
		ClusterName: c.ClusterName, Namespace: c.Namespace, APIServer: c.APIServer, Kubeconfig: c.Kubeconfig, Context: c.Context,
		Token: c.Token.Reveal(), TokenEnv: c.TokenEnv, TokenFile: c.TokenFile,
		CAFile: c.CAFile, Insecure: !c.VerifySSL, TLSServerName: c.TLSServerName, ProxyURL: c.ProxyURL,
		UserAgent: userAgent(), FreshFor: freshFor(f.Check.StaleAfter), Now: a.now, LookupEnv: a.env, Jitter: jitter, Log: log,
	}
}

// freshFor is how old the last sign of life of a watch may be: so that it is
// renewed before what it tells counts as stale. 0 is kube's own choice.
func freshFor(stale time.Duration) time.Duration { return min(90*time.Second, stale/2) }

func locations(f *config.Fabric) []repo.Location {
	all := make([]repo.Location, len(f.Git))
	for i, g := range f.Git {
		all[i] = repo.Location{
			URL: g.URL, Branch: g.Branch, Path: g.Path, Include: g.Include, Exclude: g.Exclude,
			Username: g.Username, PasswordEnv: g.PasswordEnv, PasswordFile: g.PasswordFile,
			SSHKeyFile: g.SSHKeyFile, KnownHostsFile: g.KnownHostsFile, ProxyURL: g.ProxyURL,
		}
	}
	return all
}

// jitter spreads checks, and the retries of watches, over a tenth of their
// pause either way.
func jitter(d time.Duration) time.Duration {
	return d + time.Duration((rand.Float64()-0.5)*0.2*float64(d))
}
