package main

import (
	"slices"
	"strings"
	"testing"

	"selvage/core"
	"selvage/core/config"
	"selvage/tui"
)

func TestInfoTellsTheConfigurationAndNoCredential(t *testing.T) {
	a, _ := demoWorld(t, 1)
	s := demoSession(t, a)
	c := *s.config
	c.Fabrics = slices.Clone(c.Fabrics)
	f := &c.Fabrics[0]
	id := f.Core().ID
	f.Cluster.Token = config.NewSecret("s3cr3t")
	s.config = &c
	info, err := a.acts(s).Informer.Inform(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{string(id), "publish: ", "check:", "limits:"} {
		if !strings.Contains(info.Configuration, want) {
			t.Errorf("the configuration does not hold %q:\n%s", want, info.Configuration)
		}
	}
	if strings.Contains(info.Configuration, "s3cr3t") || strings.Contains(info.Configuration, string(c.Fabrics[1].Core().ID)) {
		t.Errorf("it tells a credential, or another fabric:\n%s", info.Configuration)
	}
	if info.StoreSize == 0 || len(info.Files) == 0 {
		t.Errorf("info %+v", info)
	}
	if _, err := a.acts(s).Informer.Inform(t.Context(), "nowhere"); err == nil {
		t.Error("a fabric that is not configured was told of")
	}
}

// TestManyAreAcceptedAtOnce accepts all that differs in a fabric, or none of it.
func TestManyAreAcceptedAtOnce(t *testing.T) {
	a, _ := demoWorld(t, 1)
	s := demoSession(t, a)
	id := core.FabricID("dc1-frontend")
	if err := s.loop.Check(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	f, _ := s.loop.Fleet().Fabric(id)
	keys := []core.Key{}
	for _, v := range f.Report.Verdicts {
		if v.State == core.Drifted {
			keys = append(keys, v.Key)
		}
	}
	if len(keys) < 2 {
		t.Fatalf("%d objects drifted, want some", len(keys))
	}
	accept := a.acts(s).Accepter
	if _, err := accept.AcceptAll(t.Context(), id, append(slices.Clone(keys), core.Key{Group: keys[0].Group, Kind: keys[0].Kind, Name: "nobody"}), "2d", "CHG-1"); err == nil {
		t.Error("an object that is not there was accepted")
	}
	if f, _ := s.loop.Fleet().Fabric(id); f.Report.Counts[core.Acknowledged] > 0 {
		t.Errorf("%d were accepted although one could not be", f.Report.Counts[core.Acknowledged])
	}
	if _, err := accept.AcceptAll(t.Context(), id, keys, "2d", "CHG-1"); err != nil {
		t.Fatal(err)
	}
	if f, _ := s.loop.Fleet().Fabric(id); f.Report.Counts[core.Acknowledged] != len(keys) {
		t.Errorf("%d are accepted, want %d", f.Report.Counts[core.Acknowledged], len(keys))
	}
}

func TestReferencesOfTheDemonstrationAreTold(t *testing.T) {
	a, _ := demoWorld(t, 1)
	s := demoSession(t, a)
	id := core.FabricID("dc1-frontend")
	if err := s.loop.Check(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	f, _ := s.loop.Fleet().Fabric(id)
	found := a.acts(s).Referrer.References(f.Report.Verdicts)
	if !slices.ContainsFunc(found, func(r tui.Reference) bool { return r.From.Kind == "VPCAttachment" && r.To.Kind == "VPC" }) {
		t.Errorf("%d references, and no attachment names its VPC", len(found))
	}
}
