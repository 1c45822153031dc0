package kube

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"selvage/core"
)

var peering = core.GroupKind{Group: "vpc.githedgehog.com", Kind: "VPCPeering"}

// told makes a source whose clock the test moves.
func told(c *cluster) (s *Source, pass func(time.Duration)) {
	config := c.config()
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	config.Now = func() time.Time { return now }
	return New(config), func(d time.Duration) { now = now.Add(d) }
}

func (c *cluster) discoveries() (n int) {
	for _, r := range c.seen() {
		if r == "GET /apis" {
			n++
		}
	}
	return n
}

func TestKindThatIsNotServed(t *testing.T) {
	c := newCluster(t)
	c.drop(peering)
	k := core.Key{Group: peering.Group, Kind: peering.Kind, Namespace: "default", Name: "a--b"}
	got := New(c.config()).Read(t.Context(), scope())
	if side := got.Side(k); side.Presence != core.Absent || len(got.Gaps) != 0 {
		t.Errorf("where nobody expects it: %+v, gaps %+v", side, got.Gaps)
	}
	want := scope()
	want.Expect = []core.GroupKind{peering}
	got = New(c.config()).Read(t.Context(), want)
	side := got.Side(k)
	if side.Presence != core.Unread || !strings.HasPrefix(side.Reason, "the cluster does not serve VPCPeering (vpc.githedgehog.com") {
		t.Errorf("where git holds some: %+v", side)
	}
	if r := got.Readings[0]; r.Access != core.AccessOK || r.Error != "" {
		t.Errorf("reading = %+v, want ok: the cluster was read", r)
	}
}

func TestKindThatIsRemovedAndComesBack(t *testing.T) {
	c := newCluster(t)
	k := c.put("VPCPeering", "default", "a--b")
	s, _ := told(c)
	want := scope()
	want.Expect = []core.GroupKind{peering}
	if side := s.Read(t.Context(), want).Side(k); side.Presence != core.Present {
		t.Fatalf("side = %+v", side)
	}
	served := c.kinds[peering]
	c.drop(peering)
	if side := s.Read(t.Context(), want).Side(k); side.Presence != core.Unread || !strings.Contains(side.Reason, "does not serve") {
		t.Errorf("after its CRD was dropped: %+v", side)
	}
	if side := s.Read(t.Context(), scope()).Side(k); side.Presence != core.Absent {
		t.Errorf("after its CRD was dropped and nobody expects it: %+v", side)
	}
	c.serve(served)
	if side := s.Read(t.Context(), want).Side(k); side.Presence != core.Present {
		t.Errorf("after its CRD came back: %+v", side)
	}
}

func TestDiscoveryIsKeptForAWhile(t *testing.T) {
	c := newCluster(t)
	s, pass := told(c)
	for range 3 {
		s.Read(t.Context(), scope())
		pass(time.Minute)
	}
	if n := c.discoveries(); n != 1 {
		t.Errorf("%d discoveries within three minutes, want 1", n)
	}
	pass(10 * time.Minute)
	s.Read(t.Context(), scope())
	if n := c.discoveries(); n != 2 {
		t.Errorf("%d discoveries after ten minutes more, want 2", n)
	}
}

func TestOldDiscoveryIsUnderstood(t *testing.T) {
	c := newCluster(t)
	c.legacy = true
	k := c.put("VPC", "default", "vpc-1")
	got := New(c.config()).Read(t.Context(), scope())
	if got.Side(k).Presence != core.Present || got.Readings[0].Access != core.AccessOK {
		t.Errorf("reading = %+v", got.Readings[0])
	}
}

func TestStaleGroupIsAGapAndItsMappingIsKept(t *testing.T) {
	c := newCluster(t)
	vpc, conn := c.put("VPC", "default", "vpc-1"), c.put("Connection", "default", "c")
	c.stale["vpc.githedgehog.com"] = true
	got := New(c.config()).Read(t.Context(), scope())
	if got.Side(vpc).Presence != core.Unread || got.Side(conn).Presence != core.Present {
		t.Errorf("vpc: %+v, connection: %+v", got.Side(vpc), got.Side(conn))
	}
	if got.Readings[0].Access == core.AccessOK {
		t.Error("the reading is ok")
	}

	c.stale["vpc.githedgehog.com"] = false
	s, pass := told(c)
	s.Read(t.Context(), scope())
	c.with(func() { c.stale["vpc.githedgehog.com"] = true })
	pass(time.Hour)
	if side := s.Read(t.Context(), scope()).Side(vpc); side.Presence != core.Present || c.discoveries() < 2 {
		t.Errorf("after %d discoveries, the last one stale: %+v", c.discoveries(), side)
	}
}

func TestFailedDiscoveryProvesNothing(t *testing.T) {
	const aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		access core.Access
	}{
		"403":          {answering(403, "application/json", `{"kind":"Status","message":"no","code":403}`), core.AccessForbidden},
		"500":          {answering(500, "application/json", `{"kind":"Status","message":"no","code":500}`), core.AccessUnreachable},
		"HTML":         {answering(200, "text/html", "<html>log in</html>"), core.AccessInvalid},
		"HTML as JSON": {answering(200, "application/json", "<html>log in</html>"), core.AccessInvalid},
		"{}":           {answering(200, "application/json", "{}"), core.AccessInvalid},
		"nothing":      {answering(200, "application/json", ""), core.AccessInvalid},
		"truncated":    {answering(200, aggregated, `{"items":[{"metadata":{"na`), core.AccessInvalid},
		"no groups":    {answering(200, aggregated, `{"kind":"APIGroupDiscoveryList","items":[]}`), core.AccessInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCluster(t)
			vpc := c.put("VPC", "default", "vpc-1")
			c.answer("/api", test.answer)
			c.answer("/apis", test.answer)
			got := New(c.config()).Read(t.Context(), scope())
			if r := got.Readings[0]; r.Access != test.access || r.Error == "" {
				t.Errorf("reading = %+v, want %s", r, test.access)
			}
			gone := vpc
			gone.Name = "gone"
			if got.Side(vpc).Presence != core.Unread || got.Side(gone).Presence != core.Unread {
				t.Errorf("sides = %+v, %+v, want both unread", got.Side(vpc), got.Side(gone))
			}
		})
	}
}

// TestHalfDiscoveryProvesNothing has only one of the two documents answer.
func TestHalfDiscoveryProvesNothing(t *testing.T) {
	for _, answer := range []http.HandlerFunc{
		answering(200, "application/json", "{}"),
		answering(404, "text/plain", "404 page not found"),
		answering(200, "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList", `{"items":[]}`),
	} {
		c := newCluster(t)
		vpc := c.put("VPC", "default", "vpc-1")
		c.answer("/apis", answer)
		got := New(c.config()).Read(t.Context(), scope())
		if side := got.Side(vpc); side.Presence != core.Unread || got.Readings[0].Access == core.AccessOK {
			t.Errorf("side = %+v, reading = %+v", side, got.Readings[0])
		}
	}
}

func TestGroupThatServesNothingProvesNothing(t *testing.T) {
	c := newCluster(t)
	c.legacy = true
	vpc := c.put("VPC", "default", "vpc-1")
	c.answer("/apis/vpc.githedgehog.com/v1beta1", answering(200, "application/json", `{}`))
	got := New(c.config()).Read(t.Context(), scope())
	if side := got.Side(vpc); side.Presence != core.Unread {
		t.Errorf("side = %+v", side)
	}
}
