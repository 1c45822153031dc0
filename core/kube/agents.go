package kube

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"selvage/core"
)

var _ core.AgentReader = (*Source)(nil)

// ReadAgents reads the state of the switches in the fabric's namespace, as the
// table that kubectl get agents prints. Where the cluster does not serve agents
// there are none, and that is no error.
func (s *Source) ReadAgents(ctx context.Context) *core.Agents {
	a := asked{
		verb: "list", what: schema.GroupResource{Group: agentGroup, Resource: agentPlural},
		namespace: s.config.Namespace,
	}
	var agents *core.Agents
	c, err := s.ask(ctx, a, func(c *client, j job) (err error) {
		if agents, err = c.agents(ctx, j, pageSize); gone(err) {
			agents, err = c.agents(ctx, j, 0)
		}
		return err
	})
	var e *core.Error
	switch {
	case err == nil:
		return agents
	case errors.Is(err, core.ErrUnserved):
		return &core.Agents{Access: core.AccessOK, ReadAt: c.catalog.Load().at}
	case errors.As(err, &e):
		return &core.Agents{Access: e.Access, Error: e.Error()}
	}
	return &core.Agents{Access: core.AccessInvalid, Error: err.Error()}
}

// agents reads the table of a cluster's agents. Ages in it are counted from when
// its pages came.
func (c *client) agents(ctx context.Context, j job, limit int) (*core.Agents, error) {
	agents := &core.Agents{Access: core.AccessOK}
	f := form{limit: limit, accept: asTable, query: url.Values{"includeObject": {"None"}}}
	err := c.walk(ctx, j, f, func(body []byte, at time.Time) (next string, err error) {
		t, err := decodeTable(body)
		if err != nil {
			return "", err
		}
		if agents.ReadAt.IsZero() {
			agents.ReadAt = at
		}
		more, err := t.agents(at)
		agents.All = append(agents.All, more...)
		return t.Metadata.Continue, err
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(agents.All, func(a, b core.Agent) int { return strings.Compare(a.Name, b.Name) })
	return agents, nil
}

// agents are the rows of a table of agents that came at a time. Columns are
// known by their names: releases of fabric differ in which there are, in their
// order and in their types.
func (t *table) agents(at time.Time) ([]core.Agent, error) {
	applied, current := t.column("AppliedG"), t.column("CurrentG")
	if len(t.Rows) > 0 && (applied < 0 || current < 0) {
		return nil, wrongAnswer("the table of agents has no columns AppliedG and CurrentG; it has %s", t.names())
	}
	name, role, descr := t.column("Name"), t.column("Role"), t.column("Descr")
	appliedAt, heartbeat := t.column("Applied"), t.column("Heartbeat")
	version, reboot := t.column("Version"), t.column("RebootReq")
	all := make([]core.Agent, 0, len(t.Rows))
	for i, row := range t.Rows {
		if len(row.Cells) != len(t.ColumnDefinitions) {
			return nil, wrongAnswer("row %d of the table of agents has %d cells for %d columns", i, len(row.Cells), len(t.ColumnDefinitions))
		}
		a := core.Agent{
			Name: row.text(name), Role: row.text(role), Description: row.text(descr), Version: row.text(version),
			Reboot: strings.EqualFold(row.text(reboot), "true"),
		}
		if a.Name == "" {
			return nil, wrongAnswer("row %d of the table of agents has no name", i)
		}
		var err error
		if a.Applied, err = row.number(applied); err == nil {
			a.Current, err = row.number(current)
		}
		if err != nil {
			return nil, wrongAnswer("the generation of agent %q is no number: %s", oneLine(a.Name), oneLine(err.Error()))
		}
		a.AppliedAt, _ = row.time(appliedAt, at) // what cannot be told is as if it was not
		if a.Heartbeat, err = row.time(heartbeat, at); err != nil {
			a.HeartbeatError = err.Error()
		}
		all = append(all, a)
	}
	return all, nil
}
