package repo_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"selvage/core"
)

// TestProposalIsABranchAside goes the way of a review, until somebody merged or
// removed it.
func TestProposalIsABranchAside(t *testing.T) {
	for _, way := range []string{"http", "ssh", "file"} {
		t.Run(way, func(t *testing.T) {
			w := bare(t, map[string]string{"a.yaml": vpc("a")})
			l := ways(t, w)[way]
			door := pool().Publisher(l, ops())
			base := w.tip("main")
			pub := changing(t, door, l.URL, base, "a.yaml", vpc("a")+"# x\n")
			pub.Side = "selvage/dc1-7f"
			pub = prepared(t, door, pub)
			wantOutcome(t, door.Settle(t.Context(), pub), core.Unsent)
			w.hook("post-receive", "printf '\\n\\033[1mCreate a pull request\\033[0m for selvage/dc1-7f:\\n   https://evil.invalid/x https://127.0.0.1/net/pull/new/selvage/dc1-7f.\\n\\n' >&2\n")
			out := published(t, door, pub, core.Landed)
			if want := "Create a pull request for selvage/dc1-7f:\nhttps://evil.invalid/x https://127.0.0.1/net/pull/new/selvage/dc1-7f."; out.Says != want {
				t.Errorf("the server says %q, want %q", out.Says, want)
			}
			if want := "https://127.0.0.1/net/pull/new/selvage/dc1-7f"; way != "file" && out.Review != want || way == "file" && out.Review != "" {
				t.Errorf("the review is at %q", out.Review)
			}
			if w.tip("main") != base || w.tip("selvage/dc1-7f") != pub.Commit {
				t.Error("the branches are wrong")
			}
			published(t, door, pub, core.Landed) // again
			w.elsewhere("selvage/dc1-7f", "b.yaml", "more\n")
			wantOutcome(t, door.Settle(t.Context(), pub), core.Landed)
			w.git("update-ref", "refs/heads/main", "selvage/dc1-7f")
			w.git("update-ref", "-d", "refs/heads/selvage/dc1-7f")
			wantOutcome(t, door.Settle(t.Context(), pub), core.Landed)
		})
	}
}

func TestProposalDoesNotTouchABranchOfOthers(t *testing.T) {
	for name, c := range map[string]struct {
		happens func(w *world)
		want    core.Outcome
	}{
		"the name is taken": {func(w *world) {
			w.git("update-ref", "refs/heads/aside", w.elsewhere("main", "x", "1"))
			w.git("update-ref", "refs/heads/main", "main~1")
		}, core.Refused},
		"the branch moved": {func(w *world) { w.elsewhere("main", "x", "1") }, core.RaceLost},
		"the branch is gone": {func(w *world) {
			w.git("update-ref", "refs/heads/keep", "main")
			w.git("update-ref", "-d", "refs/heads/main")
		}, core.BranchGone},
		"the name is in the way": {func(w *world) { w.git("update-ref", "refs/heads/aside/x", "main") }, core.Refused},
	} {
		for _, way := range []string{"http", "ssh", "file"} {
			w := bare(t, map[string]string{"a.yaml": vpc("a")})
			l := ways(t, w)[way]
			door := pool().Publisher(l, ops())
			pub := changing(t, door, l.URL, w.tip("main"), "a.yaml", vpc("a")+"# x\n")
			pub.Side = "aside"
			pub = prepared(t, door, pub)
			c.happens(w)
			before := w.git("for-each-ref")
			published(t, door, pub, c.want)
			if after := w.git("for-each-ref"); after != before {
				t.Errorf("%s, %s: references\n%s\nwere\n%s", name, way, after, before)
			}
		}
	}
}

// TestProposalThatSomebodyMakesAtTheSameTimeIsNotOverwritten has the name taken
// between the two requests.
func TestProposalThatSomebodyMakesAtTheSameTimeIsNotOverwritten(t *testing.T) {
	w := bare(t, map[string]string{"a.yaml": vpc("a")})
	l := ways(t, w)["file"]
	h := serveHTTP(t, w, (*httptest.Server).Start)
	l.URL = h.URL + "/work"
	door := pool().Publisher(l, ops())
	pub := changing(t, door, l.URL, w.tip("main"), "a.yaml", "x: 1\n")
	pub.Side = "aside"
	pub = prepared(t, door, pub)
	h.set(func() {
		h.fault = onPush(func(rw http.ResponseWriter, r *http.Request, next http.Handler) {
			w.git("update-ref", "refs/heads/aside", "main")
			next.ServeHTTP(rw, r)
		})
	})
	out := published(t, door, pub, core.Refused)
	if w.tip("aside") != pub.Base || !strings.Contains(out.Err.Error(), "already") {
		t.Errorf("aside is at %s, %v", w.tip("aside"), out.Err)
	}
}
