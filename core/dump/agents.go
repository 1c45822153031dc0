package dump

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"selvage/core"
)

var _ core.AgentReader = (*Source)(nil)

// ReadAgents gives the state of the switches in the fabric's namespace, as far as
// the dump holds their agents. It is as of the newest heartbeat, since nothing
// else tells when the dump was taken.
func (s *Source) ReadAgents(ctx context.Context) *core.Agents {
	agents := &core.Agents{Access: core.AccessOK}
	h, err := s.holding(ctx, "agent.githedgehog.com")
	if err == nil {
		agents.All, err = h.agents()
	}
	if err != nil {
		e := explain("read the agents of the dump", err)
		return &core.Agents{Access: e.Access, Error: e.Error()}
	}
	now := s.config.Now()
	for _, a := range agents.All {
		if a.Heartbeat.After(agents.ReadAt) && !a.Heartbeat.After(now) {
			agents.ReadAt = a.Heartbeat
		}
	}
	if agents.ReadAt.IsZero() {
		agents.ReadAt = now
	}
	return agents
}

// agents takes from the agents of a dump what may be known of them.
func (h *held) agents() ([]core.Agent, error) {
	var all []core.Agent
	for _, d := range h.documents {
		if d.kind != "Agent" || d.namespace != h.namespace && h.namespace != "" {
			continue
		}
		meta, _ := d.fields["metadata"].(map[string]any)
		spec, _ := d.fields["spec"].(map[string]any)
		status, _ := d.fields["status"].(map[string]any)
		a := core.Agent{Applied: -1}
		a.Name, _ = meta["name"].(string)
		a.Role, _ = spec["role"].(string)
		a.Description, _ = spec["description"].(string)
		a.Version, _ = status["version"].(string)
		a.Reboot, _ = status["rebootRequired"].(bool)
		var told bool
		if a.Current, told = meta["generation"].(int64); !told {
			return nil, fmt.Errorf("agent %q has no metadata.generation", a.Name)
		}
		if applied, told := status["lastAppliedGen"].(int64); told {
			a.Applied = applied
		}
		a.AppliedAt, _ = moment(status["lastAppliedTime"]) // what cannot be told is as if it was not
		var err error
		if a.Heartbeat, err = moment(status["lastHeartbeat"]); err != nil {
			a.HeartbeatError = err.Error()
		}
		all = append(all, a)
	}
	slices.SortFunc(all, func(a, b core.Agent) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
}

// moment is a time of a status, zero where there is none.
func moment(v any) (time.Time, error) {
	s, ok := v.(string)
	if !ok || s == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}, fmt.Errorf("%.40q is no time", s)
	}
	return at, nil
}
