package kube

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"selvage/core"
	"selvage/testdata/labtest"
)

func labAgents(c *labtest.Cluster) Config {
	config := labConfig(c)
	config.Namespace = c.Namespace
	return config
}

// TestRealAgentsAreReadAsATable meets the agents of the lab, and those of the
// releases whose definitions are at hand: their columns differ.
func TestRealAgentsAreReadAsATable(t *testing.T) {
	lab := labtest.Start(t)
	t.Run("lab", func(t *testing.T) { agentsAreReadAsATable(t, lab.Cluster(t)) })
	releases, err := filepath.Glob("../../../shared/domain/crds/*/agent.githedgehog.com_agents.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range releases {
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) {
			definition := write(t, 0o600, "agents.yaml", mustRead(t, file))
			agentsAreReadAsATable(t, lab.NewClusterOf(t, filepath.Dir(definition)))
		})
	}
}

func agentsAreReadAsATable(t *testing.T, c *labtest.Cluster) {
	t.Helper()
	s := New(labAgents(c))
	if got := s.ReadAgents(t.Context()); got.Access != core.AccessOK || got.Known() || got.ReadAt.IsZero() {
		t.Fatalf("without agents: %+v", got)
	}
	told := map[string]int64{}
	for _, name := range []string{"leaf-1", "leaf-2", "leaf-3", "leaf-4", "leaf-5"} {
		told[name] = c.Agent(t, name, labtest.AgentSpec{Description: "rack of " + name})
	}
	told["leaf-2"] = c.Agent(t, "leaf-2", labtest.AgentSpec{Description: "moved"})
	began := time.Now()
	ages := map[string]time.Duration{
		"leaf-1": 12 * time.Second, "leaf-2": 125 * time.Second, "leaf-3": 26 * time.Hour, "leaf-5": -10 * time.Minute,
	}
	for name, age := range ages {
		c.Report(t, name, labtest.AgentStatus{
			Applied: 1, AppliedAt: began.Add(-2 * time.Hour), Heartbeat: began.Add(-age), Reboot: name == "leaf-3",
		})
	}
	got := s.ReadAgents(t.Context())
	if got.Access != core.AccessOK || len(got.All) != len(told) || got.ReadAt.Before(began) {
		t.Fatalf("ReadAgents = %+v", got)
	}
	for _, a := range got.All {
		want := core.Agent{
			Name: a.Name, Role: "server-leaf", Description: "rack of " + a.Name, Applied: 1, Current: told[a.Name],
			Version: "v0.129.1", Reboot: a.Name == "leaf-3",
			AppliedAt: a.AppliedAt, Heartbeat: a.Heartbeat, HeartbeatError: a.HeartbeatError,
		}
		switch a.Name {
		case "leaf-2":
			want.Description = "moved"
		case "leaf-4":
			want.Applied, want.Version = -1, ""
		}
		if a != want {
			t.Errorf("agent %+v, want %+v", a, want)
		}
		// An age is cut to what people care for: hours of a day and more.
		truth, slack := began.Add(-ages[a.Name]), 3*time.Second
		if a.Name == "leaf-3" {
			slack = time.Hour
		}
		switch off := a.Heartbeat.Sub(truth); {
		case a.Name == "leaf-4" && (!a.Heartbeat.IsZero() || a.HeartbeatError != "" || !a.AppliedAt.IsZero()):
			t.Errorf("one that never reported: %+v", a)
		case a.Name == "leaf-5" && a.HeartbeatError == "":
			t.Errorf("one whose clock is ahead: %+v", a)
		case a.Name < "leaf-4" && (off < -slack || off > slack || a.HeartbeatError != ""):
			t.Errorf("%s was heard of at %s, %s off", a.Name, a.Heartbeat, off)
		}
	}
	if got.Converged() != 2 || len(got.Late()) != 3 {
		t.Errorf("%d converged, late are %+v", got.Converged(), got.Late())
	}
	asked := 0
	for _, e := range c.Audit(t, labtest.ReaderUser) {
		if !strings.Contains(e.RequestURI, agentPlural) {
			continue
		}
		if asked++; e.Verb != "list" || !strings.Contains(e.RequestURI, "includeObject=None") || e.Code != 200 {
			t.Errorf("the audit log has %+v", e)
		}
	}
	if asked != 2 {
		t.Errorf("agents were asked for %d times, want 2", asked)
	}
}

func TestRealClusterRefusesAgentsOrHasNone(t *testing.T) {
	c := labtest.Start(t).NewCluster(t)
	config := labAgents(c)
	config.Token = c.Grant(t, "nobody").Token
	if got := New(config).ReadAgents(t.Context()); got.Access != core.AccessForbidden || !strings.Contains(got.Error, "ask for get and list on agents.agent.githedgehog.com") {
		t.Errorf("without the right: %+v", got)
	}
	s := New(labAgents(c))
	c.Agent(t, "leaf-1", labtest.AgentSpec{})
	if got := s.ReadAgents(t.Context()); len(got.All) != 1 {
		t.Errorf("ReadAgents = %+v", got)
	}
	c.Unplug()
	if got := s.ReadAgents(t.Context()); got.Access != core.AccessUnreachable || got.Known() {
		t.Errorf("after the plug was pulled: %+v", got)
	}
	c.Plug()
	c.DropCRD("agents.agent.githedgehog.com")
	if got := s.ReadAgents(t.Context()); got.Access != core.AccessOK || got.Known() {
		t.Errorf("after the kind went: %+v", got)
	}
}

// TestRealObjectsAreRead reads a kind that the lab has; engines have the same
// shape.
func TestRealObjectsAreRead(t *testing.T) {
	c := labtest.Start(t).Cluster(t)
	for _, name := range []string{"vpc-1", "vpc-2"} {
		c.Apply(t, "argocd-controller", fmt.Sprintf(labVPC, name, c.Namespace))
	}
	o := New(labConfig(c)).Objects()
	all, err := o.List(t.Context(), "vpc.githedgehog.com", "vpcs", c.Namespace)
	if err != nil || len(all) != 2 || o.Where() != c.Server {
		t.Fatalf("List = %v, %v at %s", all, err, o.Where())
	}
	one, err := o.Get(t.Context(), "vpc.githedgehog.com", "vpcs", c.Namespace, "vpc-1")
	meta, _ := one["metadata"].(map[string]any)
	if err != nil || meta["uid"] == nil || meta["managedFields"] != nil || one["spec"] == nil {
		t.Errorf("Get = %v, %v", one, err)
	}
	if _, err := o.Get(t.Context(), "vpc.githedgehog.com", "vpcs", c.Namespace, "gone"); !errors.Is(err, core.ErrNotFound) {
		t.Errorf("Get of what is not there = %v", err)
	}
	if _, err := o.List(t.Context(), "nobody.example", "engines", ""); !errors.Is(err, core.ErrUnserved) {
		t.Errorf("List of what is not served = %v", err)
	}
	var refused *core.Error
	if _, err := o.List(t.Context(), "", "configmaps", c.Namespace); !errors.As(err, &refused) || refused.Access != core.AccessForbidden {
		t.Errorf("List of what is forbidden = %v", err)
	}
}
