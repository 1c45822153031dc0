package labtest

import (
	"testing"

	"selvage/testdata/labtest/agent"
)

// AgentSpec is what a switch is told, AgentStatus what it reports.
type (
	AgentSpec   = agent.Spec
	AgentStatus = agent.Status
)

// Agent makes the agent of a switch in the test's namespace, or changes what it
// is told, and gives the generation that the switch is to run.
func (c *Cluster) Agent(t testing.TB, name string, s AgentSpec) (generation int64) {
	t.Helper()
	generation, err := agent.Make(t.Context(), c.Dynamic(), c.Namespace, name, s)
	if err != nil {
		t.Fatalf("labtest: %v", err)
	}
	return generation
}

// Report has the agent of a switch report its status.
func (c *Cluster) Report(t testing.TB, name string, s AgentStatus) {
	t.Helper()
	if err := agent.Report(t.Context(), c.Dynamic(), c.Namespace, name, s); err != nil {
		t.Fatalf("labtest: %v", err)
	}
}
