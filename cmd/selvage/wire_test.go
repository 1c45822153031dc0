package main

import (
	"log/slog"
	"reflect"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/config"
)

// TestEveryRoomIsPluggedIn: a log, or a function, that is left out is one that a
// room does without, and nobody notices.
func TestEveryRoomIsPluggedIn(t *testing.T) {
	a, _, _ := bareApp(t)
	log := slog.New(slog.DiscardHandler)
	for _, c := range []any{
		a.gitConfig(&config.Config{}, log),
		a.clusterConfig(&config.Fabric{}, log),
		a.loopConfig(nil, nil, nil, core.Holder{}, log),
	} {
		made := reflect.ValueOf(c)
		logs := 0
		for _, f := range reflect.VisibleFields(made.Type()) {
			field := made.FieldByIndex(f.Index)
			switch {
			case f.Type == reflect.TypeFor[*slog.Logger]():
				if logs++; field.Interface() != log {
					t.Errorf("%s has another %s", made.Type(), f.Name)
				}
			case f.Type.Kind() == reflect.Func && f.Name != "Dial": // what a test puts in its place
				if field.IsNil() {
					t.Errorf("%s has no %s", made.Type(), f.Name)
				}
			}
		}
		if logs != 1 {
			t.Errorf("%s has %d logs, want one", made.Type(), logs)
		}
	}
}

// TestFabricsOfOneClusterAreNotOthers: an application that names it may be of each.
func TestFabricsOfOneClusterAreNotOthers(t *testing.T) {
	f := config.Fabric{Cluster: config.Cluster{ClusterName: "dc1", APIServer: "https://10.9.1.10:6443", Kubeconfig: "k", Context: "dc1"}}
	all := []config.Fabric{
		f,
		{Cluster: config.Cluster{ClusterName: "dc1", APIServer: "https://10.9.1.11:6443"}},
		{Cluster: config.Cluster{ClusterName: "dc1-lab", APIServer: "https://10.9.1.10:6443"}},
		{Cluster: config.Cluster{ClusterName: "dc1-prod", Kubeconfig: "k", Context: "dc1"}},
		{Cluster: config.Cluster{ClusterName: "dc1-was", Dump: "d"}},
		{Cluster: config.Cluster{ClusterName: "dc2", Kubeconfig: "k", Context: "dc2"}},
		{Cluster: config.Cluster{ClusterName: "dc3", APIServer: "https://10.9.3.10:6443"}},
	}
	got := otherClusters(all, &f)
	if len(got) != 2 || got[0].Name != "dc2" || got[1].Name != "dc3" || got[1].Server != "https://10.9.3.10:6443" {
		t.Errorf("others %+v", got)
	}
}

func TestJitterStaysNearItsPause(t *testing.T) {
	other := false
	for range 100 {
		d := jitter(time.Minute)
		other = other || d != time.Minute
		if d < 54*time.Second || d > 66*time.Second {
			t.Errorf("jitter(1m) = %s", d)
		}
	}
	if !other {
		t.Error("a hundred times the same pause")
	}
}
