package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"selvage/core"
	"selvage/core/kube"
	"selvage/tui"
)

// logins knows the credential plugins of a session's clusters.
type logins struct{ session *session }

// oneLogin is a login and the clusters that it is for.
type oneLogin struct {
	kube.PersonLogin
	fabrics []core.FabricID
	sources []*kube.Source
}

// Logins are those plugins, each once: a command is asked for once, whatever the
// number of clusters. Where it is told of the cluster its answer is for the first
// alone; for the others it is run again without anybody, for it remembers.
func (l logins) Logins(_ context.Context, ids ...core.FabricID) ([]tui.Login, error) {
	var all []oneLogin
	var why error
	for _, u := range l.session.units {
		source, ok := u.Live.(*kube.Source)
		if !ok || !slices.Contains(ids, u.Fabric.ID) {
			continue
		}
		p, err := source.PersonLogin()
		if err != nil {
			why = errors.Join(why, fmt.Errorf("%s: %w", u.Fabric.ID, err))
			continue
		}
		i := slices.IndexFunc(all, func(o oneLogin) bool { return o.Same(p) })
		if i < 0 {
			i = len(all)
			all = append(all, oneLogin{PersonLogin: p})
		}
		all[i].fabrics = append(all[i].fabrics, u.Fabric.ID)
		if len(all[i].sources) == 0 || !p.ForCluster {
			all[i].sources = append(all[i].sources, source)
		}
	}
	if len(all) == 0 {
		return nil, why
	}
	var out []tui.Login
	for _, o := range all {
		out = append(out, tui.Login{
			Name: filepath.Base(o.Argv[0]), Argv: o.Argv, Env: o.Env, Fabrics: o.fabrics,
			Take: func(ctx context.Context, output []byte) error {
				for _, s := range o.sources {
					if err := s.TakeLogin(ctx, output); err != nil {
						return err
					}
				}
				return nil
			},
		})
	}
	return out, nil
}
