package repo_test

import (
	"fmt"
	"net/http/httptest"
	"testing"

	"selvage/core"
	"selvage/core/coretest"
	"selvage/core/manifest"
	"selvage/core/repo"
)

// TestSourceKeepsItsPromises runs what every source must do, over a repository
// on this machine, over https and over ssh.
func TestSourceKeepsItsPromises(t *testing.T) {
	for name, location := range map[string]func(*testing.T, *world) (repo.Location, func(*repo.Config)){
		"this machine": func(_ *testing.T, w *world) (repo.Location, func(*repo.Config)) {
			return repo.Location{URL: w.dir}, func(*repo.Config) {}
		},
		"https": func(t *testing.T, w *world) (repo.Location, func(*repo.Config)) {
			s := serveHTTP(t, w, (*httptest.Server).StartTLS)
			return repo.Location{URL: s.URL + "/work"}, trusting(s)
		},
		"ssh": func(t *testing.T, w *world) (repo.Location, func(*repo.Config)) {
			s := serveSSH(t)
			return repo.Location{URL: "ssh://git@" + s.address + w.dir, SSHKeyFile: s.client, KnownHostsFile: s.knownHosts(t, s.hostKey)}, func(*repo.Config) {}
		},
	} {
		t.Run(name, func(t *testing.T) {
			open := func(t *testing.T, branch string, objects []*core.Object) core.Source {
				t.Helper()
				w := with(t, map[string]string{"README.md": "x"})
				for i, o := range objects {
					text, err := manifest.Render(core.Document(o.Key, o.Version, o.Fields))
					if err != nil {
						t.Fatal(err)
					}
					w.write(fmt.Sprintf("%d.yaml", i), string(text))
				}
				w.commit()
				l, config := location(t, w)
				l.Branch = branch
				return pool(config).Source([]repo.Location{l})
			}
			coretest.Source(t, coretest.SourceWorld{
				Holding: func(t *testing.T, objects ...*core.Object) core.Source { t.Helper(); return open(t, "main", objects) },
				Broken:  func(t *testing.T, objects ...*core.Object) core.Source { t.Helper(); return open(t, "gone", objects) },
			})
		})
	}
}
