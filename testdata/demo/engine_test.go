package demo

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/dump"
	"selvage/core/gitops"
	"selvage/testdata/hedgehog"
)

// engineOf reads a fabric's engine as the program does.
func engineOf(t *testing.T, w *World, fabric string, now time.Time) *core.Engine {
	t.Helper()
	s, err := w.site(fabric)
	if err != nil {
		t.Fatal(err)
	}
	source := dump.New(dump.Config{Path: filepath.Join(w.dir, filepath.FromSlash(s.dumpFile())), ClusterName: s.cluster, Namespace: "default", Now: func() time.Time { return now }})
	place := gitops.Place{URL: filepath.Join(w.dir, "fabrics.git"), Branch: "main", Path: s.dir}
	if s.layout == hedgehog.Mixed {
		place.Exclude = []string{"examples/**"}
	}
	return gitops.New(gitops.Config{
		Places: []gitops.Place{place}, Cluster: gitops.Cluster{Name: s.cluster, Here: true, Namespace: "default"},
		Objects: source.Objects(), Now: func() time.Time { return now },
	}).ReadEngine(t.Context())
}

func TestEngineTellsWhatIsOpen(t *testing.T) {
	w := world(t, 1)
	for _, tt := range []struct {
		fabric       string
		known, heals bool
		phase        core.EnginePhase
		refused      int
	}{
		{"dc1-backend-a", true, false, core.EngineSucceeded, 0},
		{"dc1-backend-b", true, false, core.EngineRunning, 1},
		{"edge-fra", true, true, core.EngineSucceeded, 0},
		{"edge-lon", false, false, "", 0},
	} {
		e := engineOf(t, w, tt.fabric, noon())
		if e.Access != core.AccessOK || e.Known() != tt.known || e.SelfHeal != tt.heals || len(e.Mismatch) > 0 || e.Wider != "" || len(e.Troubles) > 0 {
			t.Errorf("%s: engine %+v", tt.fabric, e)
		}
		if e.Known() && (e.Operation == nil || e.Operation.Phase != tt.phase) {
			t.Errorf("%s: operation %+v, want %s", tt.fabric, e.Operation, tt.phase)
		}
		var refused []core.Key
		for k, o := range e.Objects {
			if o.Refused {
				refused = append(refused, k)
			}
		}
		want, _ := w.Wants(tt.fabric)
		if len(refused) != tt.refused || slices.ContainsFunc(refused, func(k core.Key) bool { return want.States[hedgehog.Ref(k)] != stuck }) {
			t.Errorf("%s: refused %v, want %d that are to be stuck", tt.fabric, refused, tt.refused)
		}
	}
}

func TestEngineIsWhereGitIsWhenNothingWaits(t *testing.T) {
	w := world(t, 1)
	at := noon()
	for i := range len(beats()) {
		at = at.Add(14 * time.Second)
		told, err := w.Step(i, at)
		if err != nil {
			t.Fatal(err)
		}
		for _, fabric := range []string{"dc1-backend-a", "dc1-backend-b", "edge-fra"} {
			e := engineOf(t, w, fabric, at)
			want, _ := w.Wants(fabric)
			if s := e.Sources[0]; (s.Applied == s.Wanted) != (len(want.States) == 0) || s.Wanted != w.repo.head.String() {
				t.Errorf("after %q %s: applied %s of %s with %v open", told, fabric, s.Applied, s.Wanted, want.States)
			}
			if strings.Contains(strings.Join(e.Troubles, " "), "could not be read") {
				t.Errorf("%s: %v", fabric, e.Troubles)
			}
		}
	}
}

func TestSwitchesAreNotAllWell(t *testing.T) {
	w := world(t, 1)
	s, _ := w.site("dc1-backend-b")
	a := dump.New(dump.Config{Path: filepath.Join(w.dir, filepath.FromSlash(s.dumpFile())), Namespace: "default", Now: noon}).ReadAgents(t.Context())
	if a.Access != core.AccessOK || a.Converged() != len(a.All)-1 || len(a.Late()) != 1 {
		t.Errorf("switches %+v, want one behind and one silent", a)
	}
}
