package store

import (
	"crypto/sha256"
	"fmt"
	"os"
	"testing"
	"time"

	"selvage/core"
)

// TestAStoreOfTheFirstSchemaIsBroughtUpToDate reads what a program of that time
// wrote: nothing of it is lost, and the history goes on.
func TestAStoreOfTheFirstSchemaIsBroughtUpToDate(t *testing.T) {
	dir := t.TempDir()
	all, err := migrations(schema)
	if err != nil {
		t.Fatal(err)
	}
	old, err := open(t.Context(), Config{Dir: dir, Now: (&clock{noon}).Now}, all[:1])
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("testdata/v1.sql")
	if err != nil {
		t.Fatal(err)
	}
	mend(t, old, string(text))
	finish(t, old)

	s := openAt(t, dir)
	if version := count(t, s, "PRAGMA user_version"); version != len(all) {
		t.Errorf("version %d, want %d", version, len(all))
	}
	if _, err := os.Stat(s.path + ".v1.bak"); err != nil {
		t.Error(err)
	}
	first := inSync(t, "dc1", 2)
	m := memory(t, s, "dc1")
	same(t, "an object that is in sync", *m.Objects[vpcKey(0)], settled(first.Changed[0]))
	drifted := m.Objects[vpcKey(1)]
	same(t, "base and Git of another", core.Remembered{Base: drifted.Base, Git: drifted.Git}, core.Remembered{Base: first.Changed[1].Base, Git: first.Changed[1].Git})
	if v := drifted.Verdict; v.State != core.Drifted || len(v.Changes) != 1 || v.Changes[0].Manager != "kubectl-edit" || v.Notes != nil || v.Acknowledged != nil {
		t.Errorf("the verdict on a drifted object is %+v", v)
	}
	if len(m.Git.Findings) != 1 || m.Git.Findings[0].Unrendered || m.Git.Len() != 2 || !m.LastSync.Equal(noon) {
		t.Errorf("%d objects in Git, findings %+v, last sync %s", m.Git.Len(), m.Git.Findings, m.LastSync)
	}
	told := entries(t, s, Filter{Fabrics: []core.FabricID{"dc1"}})
	if len(past[core.Checked](told)) != 3 || len(past[core.Transition](told)) != 3 {
		t.Errorf("history %+v, want three checks and three transitions", told)
	}
	record(t, s, edited(t, "dc1", m, 0, noon.Add(time.Hour)))
	put(t, s, git(draft(1, ".spec.mode", "l2vni")))
	save(t, s, ran("9b1d", core.RunQueued))
	same(t, "memory after one more check and a decision", memory(t, s, "dc1"), memory(t, openAt(t, dir), "dc1"))
	if m := memory(t, s, "dc1"); len(m.Drafts) != 1 || len(m.Objects) != 2 {
		t.Errorf("%d drafts, %d objects", len(m.Drafts), len(m.Objects))
	}
}

// TestMigrationsAreNeverChanged: what a program did to people's files it has to do
// to them ever after. Whoever adds a migration adds its sum with the release.
func TestMigrationsAreNeverChanged(t *testing.T) {
	all, err := migrations(schema)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"0e9f789cb2656c1d", "490fb4eed766bc6b", "d130482de980216d"} {
		if got := fmt.Sprintf("%.8x", sha256.Sum256([]byte(all[i].text))); got != want {
			t.Errorf("%s has sum %s, want %s: add another migration instead", all[i].name, got, want)
		}
	}
}
