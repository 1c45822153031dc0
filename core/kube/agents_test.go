package kube

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/util/duration"

	"selvage/core"
)

const agentsPath = "/apis/" + agentGroup + "/v1beta1/namespaces/default/" + agentPlural

// withAgents is a cluster that answers a request for its agents with a table of
// these columns and rows, and a source of it whose clock stands still.
func withAgents(t *testing.T, columns string, rows ...[]any) (c *cluster, s *Source, now time.Time) {
	t.Helper()
	c = newCluster(t)
	c.answer(agentsPath, func(w http.ResponseWriter, _ *http.Request) { reply(w, tableOf(columns, rows...)) })
	now = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	config := c.config()
	config.Namespace, config.Now = "default", func() time.Time { return now }
	return c, New(config), now
}

func tableOf(columns string, rows ...[]any) map[string]any {
	doc := map[string]any{"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": map[string]any{"resourceVersion": "7"}}
	var heads []any
	for _, name := range strings.Fields(columns) {
		heads = append(heads, map[string]any{"name": name, "type": "string", "format": "", "description": "", "priority": 0})
	}
	cells := []any{}
	for _, row := range rows {
		cells = append(cells, map[string]any{"cells": row, "object": nil})
	}
	doc["columnDefinitions"], doc["rows"] = heads, cells
	return doc
}

func TestAgentsAreReadFromTheirTable(t *testing.T) {
	c, s, now := withAgents(t, "Name Profile Role Descr Heartbeat Applied AppliedG CurrentG Version RebootReq Age",
		[]any{"leaf-2", "vs", "server-leaf", "rack 2", "2m3s", "3h5m", 4, 5, "v0.129.1", true, "40d"},
		[]any{"leaf-1", "vs", "server-leaf", "rack 1", "12s", "4d3h", 7, 7, "v0.129.1", false, "2y40d"},
		[]any{"spine-1", "vs", "spine", nil, nil, nil, nil, 1, nil, nil, "3s"},
	)
	got := s.ReadAgents(t.Context())
	want := []core.Agent{
		{Name: "leaf-1", Role: "server-leaf", Description: "rack 1", Applied: 7, Current: 7, AppliedAt: now.Add(-99 * time.Hour), Heartbeat: now.Add(-12 * time.Second), Version: "v0.129.1"},
		{Name: "leaf-2", Role: "server-leaf", Description: "rack 2", Applied: 4, Current: 5, AppliedAt: now.Add(-185 * time.Minute), Heartbeat: now.Add(-123 * time.Second), Version: "v0.129.1", Reboot: true},
		{Name: "spine-1", Role: "spine", Applied: -1, Current: 1},
	}
	if got.Access != core.AccessOK || got.Error != "" || !got.ReadAt.Equal(now) || !slices.Equal(got.All, want) {
		t.Errorf("ReadAgents = %+v, want %+v", got, want)
	}
	if got.Converged() != 1 || len(got.Late()) != 2 {
		t.Errorf("%d converged, late are %+v", got.Converged(), got.Late())
	}
	if oldest, ok := got.Oldest(); !ok || oldest.Name != "spine-1" {
		t.Errorf("the oldest is %+v", oldest)
	}
	for _, r := range c.seen() {
		if strings.Contains(r, agentPlural) && r != "GET "+agentsPath+"?includeObject=None&limit=500" {
			t.Errorf("it was asked for %s", r)
		}
	}
}

// TestReleasesHaveOtherColumns reads tables as older releases of fabric make
// them: text in place of numbers, fewer columns, another order.
func TestReleasesHaveOtherColumns(t *testing.T) {
	_, s, now := withAgents(t, "Name AppliedG CurrentG Role HWSKU Heartbeat RebootReq", []any{"leaf-1", "4", "5", "spine", "x", "59s", "true"})
	want := core.Agent{Name: "leaf-1", Role: "spine", Applied: 4, Current: 5, Heartbeat: now.Add(-59 * time.Second), Reboot: true}
	if got := s.ReadAgents(t.Context()); len(got.All) != 1 || got.All[0] != want {
		t.Errorf("ReadAgents = %+v, want %+v", got, want)
	}
	_, s, _ = withAgents(t, "Name AppliedG CurrentG", []any{"leaf-1", 4, 4})
	got := s.ReadAgents(t.Context())
	if len(got.All) != 1 || got.All[0].HeartbeatError == "" || len(got.Late()) > 0 || !got.All[0].Converged() {
		t.Errorf("without heartbeats: %+v", got)
	}
	if oldest, ok := got.Oldest(); ok {
		t.Errorf("without heartbeats the oldest is %+v", oldest)
	}
	_, s, _ = withAgents(t, "Name HWSKU Heartbeat Applied Current", []any{"leaf-1", "x", "3s", "3s", "4"})
	if got := s.ReadAgents(t.Context()); got.Access != core.AccessInvalid || len(got.All) > 0 || !strings.Contains(got.Error, "Name, HWSKU") {
		t.Errorf("without generations: %+v", got)
	}
}

func TestHeartbeatsThatAreNoAge(t *testing.T) {
	for cell, test := range map[string]struct {
		at      string
		unclear bool
	}{
		"<unknown>":            {},
		"":                     {},
		"2026-11-23T09:59:50Z": {at: "2026-11-23T09:59:50Z"},
		"<invalid>":            {unclear: true},
		"soon":                 {unclear: true},
		"-5s":                  {unclear: true},
	} {
		_, s, _ := withAgents(t, "Name AppliedG CurrentG Heartbeat", []any{"leaf-1", 1, 1, cell})
		got := s.ReadAgents(t.Context())
		if len(got.All) != 1 {
			t.Errorf("%q: %+v", cell, got)
			continue
		}
		a := got.All[0]
		at := ""
		if !a.Heartbeat.IsZero() {
			at = a.Heartbeat.Format(time.RFC3339)
		}
		if at != test.at || (a.HeartbeatError != "") != test.unclear {
			t.Errorf("%q: %+v", cell, a)
		}
	}
}

// TestAgesAreReadAsTheyAreWritten writes ages as API servers do, and reads them.
func TestAgesAreReadAsTheyAreWritten(t *testing.T) {
	for d := time.Duration(0); d < 8*365*24*time.Hour; d += d/50 + time.Second {
		text := duration.HumanDuration(d)
		got, ok := parseAge(text)
		if !ok || got > d || d-got > d/20+time.Second && d-got > 24*time.Hour {
			t.Errorf("%s is written %q and read %s, %v", d, text, got, ok)
		}
		if d < 10*time.Minute && got != d.Truncate(time.Second) {
			t.Errorf("%s is written %q and read %s", d, text, got)
		}
	}
	for _, text := range []string{"", "s", "5", "5s3m", "1.5h", "5 s", "99999999999999999999s", "<none>"} {
		if age, ok := parseAge(text); ok {
			t.Errorf("%q is read as %s", text, age)
		}
	}
}

func TestAgentsThatAreNotServed(t *testing.T) {
	c := newCluster(t)
	c.drop(core.GroupKind{Group: agentGroup, Kind: "Agent"})
	if got := New(c.config()).ReadAgents(t.Context()); got.Access != core.AccessOK || got.Error != "" || got.Known() || got.ReadAt.IsZero() {
		t.Errorf("ReadAgents = %+v", got)
	}
}

func TestAgentsThatCannotBeRead(t *testing.T) {
	const row = `{"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":{%s},"columnDefinitions":[{"name":"Name"},{"name":"AppliedG"},{"name":"CurrentG"}],"rows":[{"cells":[%s]}]}`
	raw := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { reply(w, json.RawMessage(text)) }
	}
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		access core.Access
		text   string
	}{
		"forbidden": {
			func(w http.ResponseWriter, _ *http.Request) { refuse(w, 403, "agents is forbidden") },
			core.AccessForbidden, "ask for get and list on agents.agent.githedgehog.com",
		},
		"whole agents":       {raw(`{"kind":"AgentList","apiVersion":"agent.githedgehog.com/v1beta1","metadata":{},"items":[]}`), core.AccessInvalid, `no Table of meta.k8s.io/v1 but "AgentList"`},
		"no rows":            {raw(`{"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":{},"columnDefinitions":[{"name":"Name"}]}`), core.AccessInvalid, "no rows"},
		"the end is missing": {raw(fmt.Sprintf(row, `"remainingItemCount":3`, `"a",1,1`)), core.AccessInvalid, "ends early"},
		"too few cells":      {raw(fmt.Sprintf(row, "", `"a",1`)), core.AccessInvalid, "2 cells for 3 columns"},
		"a row without name": {raw(fmt.Sprintf(row, "", `null,1,1`)), core.AccessInvalid, "no name"},
		"a generation that is no number": {
			raw(fmt.Sprintf(row, "", `"a","one",1`)), core.AccessInvalid, `agent "a" is no number`,
		},
		"a web page": {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") }, core.AccessInvalid, "web page"},
		"slow": {
			func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
			core.AccessUnreachable, "no whole answer within 1s",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCluster(t)
			c.answer(agentsPath, test.answer)
			config := c.config()
			config.Namespace, config.RequestTimeout = "default", time.Second
			got := New(config).ReadAgents(t.Context())
			if got.Access != test.access || !strings.Contains(got.Error, test.text) || len(got.All) > 0 || strings.Contains(got.Error, "\n") {
				t.Errorf("ReadAgents = %+v, want %s, %q", got, test.access, test.text)
			}
		})
	}
	c := newCluster(t)
	s := New(c.config())
	c.server.Close()
	if got := s.ReadAgents(t.Context()); got.Access != core.AccessUnreachable || got.Error == "" {
		t.Errorf("an unreachable cluster: %+v", got)
	}
}

func TestReadAgentsEndsWithItsContext(t *testing.T) {
	c := newCluster(t)
	asked := make(chan struct{})
	c.answer(agentsPath, func(_ http.ResponseWriter, r *http.Request) {
		close(asked)
		<-r.Context().Done()
	})
	config := c.config()
	config.Namespace = "default"
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-asked
		cancel()
	}()
	if got := New(config).ReadAgents(ctx); got.Access != core.AccessUnreachable {
		t.Errorf("ReadAgents = %+v", got)
	}
}

func TestAgentsAreReadInPages(t *testing.T) {
	c := newCluster(t)
	const columns = "Name AppliedG CurrentG"
	c.answer(agentsPath, func(w http.ResponseWriter, r *http.Request) {
		doc := tableOf(columns, []any{"leaf-2", 1, 1})
		if r.URL.Query().Get("continue") == "" {
			doc = tableOf(columns, []any{"leaf-1", 1, 1})
			doc["metadata"] = map[string]any{"continue": "next", "remainingItemCount": 1}
		}
		reply(w, doc)
	})
	config := c.config()
	config.Namespace = "default"
	if got := New(config).ReadAgents(t.Context()); len(got.All) != 2 || got.All[0].Name != "leaf-1" {
		t.Errorf("ReadAgents = %+v", got)
	}
}

// TestAgentsAreAskedForAsABareTableOnly sends requests for agents past all that
// makes them the right ones: the guard itself has to refuse them.
func TestAgentsAreAskedForAsABareTableOnly(t *testing.T) {
	const table = asTable
	list := "/apis/agent.githedgehog.com/v1beta1/namespaces/default/agents"
	cases := []struct {
		name, path string
		header     http.Header
		passes     bool
	}{
		{"a table of all", "/apis/agent.githedgehog.com/v1beta1/agents?includeObject=None", http.Header{"Accept": {table}}, true},
		{"a table", list + "?includeObject=None&limit=500", http.Header{"Accept": {table}}, true},
		{"a table of one", list + "/leaf-1?includeObject=None", http.Header{"Accept": {table}}, true},
		{"the resources of the group", "/apis/agent.githedgehog.com/v1beta1", http.Header{"Accept": {"application/json"}}, true},
		{"catalogs", "/apis/agent.githedgehog.com/v1beta1/catalogs", http.Header{"Accept": {"application/json"}}, true},
		{"agents of another group", "/apis/example.net/v1/agents", http.Header{"Accept": {"application/json"}}, true},
		{"objects", list, http.Header{"Accept": {"application/json"}}, false},
		{"one object", list + "/leaf-1", http.Header{"Accept": {"application/json"}}, false},
		{"anything", list, nil, false},
		{"objects of another version", "/apis/agent.githedgehog.com/v1/agents", http.Header{"Accept": {"application/json"}}, false},
		{"objects, in other letters", "/apis/Agent.GitHedgehog.com/v1beta1/Agents", http.Header{"Accept": {"application/json"}}, false},
		{"objects, with a slash at the end", list + "/", http.Header{"Accept": {"application/json"}}, false},
		{"objects, with an escaped letter", "/apis/agent.githedgehog.com/v1beta1/agent%73", http.Header{"Accept": {"application/json"}}, false},
		{"a table with its objects", list + "?includeObject=Object", http.Header{"Accept": {table}}, false},
		{"a table with metadata", list, http.Header{"Accept": {table}}, false},
		{"a table, said twice", list + "?includeObject=None&includeObject=Object", http.Header{"Accept": {table}}, false},
		{"a table, or else objects", list + "?includeObject=None", http.Header{"Accept": {table + ",application/json"}}, false},
		{"a table, or else objects, on two lines", list + "?includeObject=None", http.Header{"Accept": {table, "application/json"}}, false},
		{"a table, and objects by a second header", list + "?includeObject=None", http.Header{"Accept": {table}, "accept": {"application/json"}}, false},
		{"another form without objects", list + "?includeObject=None", http.Header{"Accept": {"application/json"}}, false},
		{"metadata alone", list, http.Header{"Accept": {"application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"}}, false},
		{"a watch", list + "?watch=true", http.Header{"Accept": {"application/json"}}, false},
		{"a watch of a table", list + "?includeObject=None&watch=true", http.Header{"Accept": {table}}, false},
		{"a table, behind a semicolon", list + "?x=1;includeObject=None", http.Header{"Accept": {table}}, false},
	}
	for _, base := range []string{"", "/k8s/clusters/c-x"} {
		c, _, arrived := counted(t, base)
		for _, test := range cases {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.server.String()+test.path, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			r.Header = test.header.Clone()
			if r.Header == nil {
				r.Header = http.Header{}
			}
			response, err := c.http.Do(r)
			if err == nil {
				_ = response.Body.Close()
			}
			if refused := errors.Is(err, errBareTable) || errors.Is(err, errReadOnly); refused == test.passes || (arrived.Swap(0) == 1) != test.passes {
				t.Errorf("base %q, %s: %v, want it to pass: %v", base, test.name, err, test.passes)
			}
		}
	}
}
