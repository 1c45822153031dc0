package merge_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/merge"
)

var now = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

var vpc = core.Key{Group: "vpc.githedgehog.com", Kind: "VPC", Namespace: "default", Name: "vpc-1"}

func change(path core.Path, verdict core.FieldVerdict) core.Change {
	return core.Change{Path: path, Verdict: verdict}
}

// subject is a VPC with both sides read and a base, in the state that its
// changes make.
func subject(t testing.TB, git, live string, changes ...core.Change) merge.Subject {
	t.Helper()
	s := merge.Subject{
		Remembered: core.Remembered{Base: &core.Base{Key: vpc}, Live: core.Sight{Object: &core.Object{Key: vpc}}},
		Sides:      merge.Sides{Git: read(t, git), Live: read(t, live), Base: value(t, git)},
	}
	s.Verdict.Key, s.Verdict.State = vpc, core.Drifted
	for _, c := range changes {
		c.Git, c.Live = s.Sides.Git.Value.At(c.Path), s.Sides.Live.Value.At(c.Path)
		if c.Verdict == core.FieldConflict {
			s.Verdict.State = core.Conflict
		}
		s.Changes = append(s.Changes, c)
	}
	return s
}

// occasion is a fabric that was just read whole.
func occasion(rules []core.PolicyRule, subjects ...merge.Subject) merge.Occasion {
	return merge.Occasion{
		Fabric:   core.Fabric{Mode: core.ModeWrite, StaleAfter: 3 * time.Minute, Policy: rules},
		Proposes: true,
		Report: &core.Report{
			Git:  []core.Reading{{Access: core.AccessOK}},
			Live: core.Reading{Access: core.AccessOK, ReadAt: now.Add(-time.Minute)},
		},
		Subjects: subjects, Now: now,
	}
}

func on(policy, kind string, path core.Path, triggers ...core.Trigger) core.PolicyRule {
	return core.PolicyRule{Kind: kind, Path: path, On: triggers, Policy: policy}
}

func always(policy string) []core.PolicyRule {
	return []core.PolicyRule{on(policy, "*", core.Root, core.OnConflict, core.OnDrift)}
}

// rulings is what the rules say, one after the other.
func rulings(o merge.Occasion) string {
	var all []string
	for _, r := range merge.Rulings(o) {
		what := "held: " + r.Held
		if r.Held == "" {
			what = string(r.Resolution.Choice)
		}
		if r.Held == "" && !r.Resolution.Value.Present() {
			what += " deletes"
		}
		all = append(all, fmt.Sprintf("%s %s", r.Path, what))
	}
	return strings.Join(all, "; ")
}

func TestFirstRuleThatFitsSettles(t *testing.T) {
	const conflict, drift, deletes = core.OnConflict, core.OnDrift, core.OnDelete
	git := `{"a":1,"m":{"x":1},"l":[1,2]}`
	tests := []struct {
		name  string
		rules []core.PolicyRule
		live  string
		c     core.Change
		want  string
	}{
		{"no rule", nil, `{"a":2}`, change(".a", core.FieldDrift), ""},
		{"conflict alone", []core.PolicyRule{on("prefer_git", "", "", conflict)}, `{"a":2}`, change(".a", core.FieldDrift), ""},
		{"a conflict", []core.PolicyRule{on("prefer_git", "", "", conflict)}, `{"a":2}`, change(".a", core.FieldConflict), ".a git"},
		{"drift", []core.PolicyRule{on("prefer_live", "vpcs", core.Root, drift)}, `{"a":2}`, change(".a", core.FieldDrift), ".a live"},
		{"another kind", []core.PolicyRule{on("prefer_live", "Switch", core.Root, drift)}, `{"a":2}`, change(".a", core.FieldDrift), ""},
		{"another path", []core.PolicyRule{on("prefer_live", "VPC", ".b", drift)}, `{"a":2}`, change(".a", core.FieldDrift), ""},
		{"the first of two", []core.PolicyRule{on("manual", "VPC", ".a", drift), on("prefer_git", "*", core.Root, drift)}, `{"a":2}`, change(".a", core.FieldDrift), ".a held: the rule leaves it to a person"},
		{"the second of two", []core.PolicyRule{on("manual", "VPC", ".a", conflict), on("prefer_git", "*", core.Root, drift)}, `{"a":2}`, change(".a", core.FieldDrift), ".a git"},
		{"a policy that there is not", []core.PolicyRule{on("prefer_me", "*", core.Root, drift)}, `{"a":2}`, change(".a", core.FieldDrift), ""},
		{"git moved", always("prefer_live"), `{"a":2}`, change(".a", core.FieldGitAhead), ""},

		{"an entry that live added, back to git", always("prefer_git"), `{"a":1,"b":1}`, change(".b", core.FieldDrift), ""},
		{"an entry that live added, into git", always("prefer_live"), `{"a":1,"b":1}`, change(".b", core.FieldDrift), ".b live"},
		{"an entry that live removed, restored", always("prefer_git"), `{}`, change(".a", core.FieldDrift), ".a git"},
		{"an entry that live removed, out of git", always("prefer_live"), `{}`, change(".a", core.FieldDrift), ""},
		{"a map that lost an entry", always("prefer_live"), `{"m":{"y":1}}`, change(".m", core.FieldConflict), ""},
		{"a list that lost an item", always("prefer_live"), `{"l":[1,3]}`, change(".l", core.FieldConflict), ""},
		{"a list that gained an item", always("prefer_live"), `{"l":[1,2,3]}`, change(".l", core.FieldConflict), ".l live"},
		{"a delete against a change", always("prefer_git"), `{}`, change(".a", core.FieldConflict), ""},
		{"a delete that a rule names", []core.PolicyRule{on("prefer_live", "VPC", ".a", deletes)}, `{}`, change(".a", core.FieldDrift), ".a live deletes"},
		{"any entry that a rule names", []core.PolicyRule{on("prefer_live", "VPC", ".m.*", deletes)}, `{"m":{}}`, change(".m.x", core.FieldDrift), ".m.x live deletes"},
		{"a delete below what a rule names", []core.PolicyRule{on("prefer_live", "VPC", ".m", deletes)}, `{"m":{}}`, change(".m.x", core.FieldDrift), ""},
		{"a delete anywhere", []core.PolicyRule{on("prefer_live", "VPC", "", deletes)}, `{}`, change(".a", core.FieldDrift), ""},
		{"no delete under a rule for deletes", []core.PolicyRule{on("prefer_live", "VPC", ".a", deletes)}, `{"a":2}`, change(".a", core.FieldDrift), ""},
		{"what both sides lack", always("prefer_git"), `{}`, change(".never", core.FieldDrift), ""},
		{"the object deleted, restored", always("prefer_git"), ``, change(core.Root, core.FieldDrift), ". git"},
		{"the object deleted, out of git", always("prefer_live"), ``, change(core.Root, core.FieldDrift), ""},
		{"the object deleted, as a rule says", []core.PolicyRule{on("prefer_live", "VPC", core.Root, deletes)}, ``, change(core.Root, core.FieldDrift), ". live deletes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := rulings(occasion(tt.rules, subject(t, git, tt.live, tt.c))); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestListDecidedAsOneIsOneRuling(t *testing.T) {
	s := subject(t, `{"l":[{"a":1},{"b":1}]}`, `{"l":[{"a":2},{"b":2}]}`)
	for _, p := range []core.Path{".l[0].a", ".l[1].b"} {
		c := change(p, core.FieldDrift)
		c.Unit = ".l"
		s.Changes = append(s.Changes, c)
	}
	s.Changes[1].Verdict, s.Verdict.State = core.FieldConflict, core.Conflict
	rules := []core.PolicyRule{on("prefer_git", "VPC", ".l", core.OnDelete)}
	all := merge.Rulings(occasion(rules, s))
	if len(all) != 1 || all[0].Path != ".l" || all[0].Resolution.Value.String() != `[{"a":1},{"b":1}]` {
		t.Errorf("Rulings = %+v", all)
	}
}

// TestPolicyStaysOffWhatIsUncertain turns one thing at a time wrong.
func TestPolicyStaysOffWhatIsUncertain(t *testing.T) {
	tests := []struct {
		want string
		spin func(*merge.Occasion)
	}{
		{"the fabric was not checked", func(o *merge.Occasion) { o.Report = nil }},
		{"the mode is read", func(o *merge.Occasion) { o.Fabric.Mode = core.ModeRead }},
		{"the fabric is frozen after a mass disappearance", func(o *merge.Occasion) { o.Report.Freeze = &core.Freeze{} }},
		{"the history of the branch was rewritten", func(o *merge.Occasion) { o.Report.Rewrites = []core.Rewrite{{}} }},
		{"git is unreachable", func(o *merge.Occasion) { o.Report.Git[0].Access = core.AccessUnreachable }},
		{"live is forbidden", func(o *merge.Occasion) { o.Report.Live.Access = core.AccessForbidden }},
		{"live is stale", func(o *merge.Occasion) { o.Report.Live.ReadAt = now.Add(-time.Hour) }},
		{"git and live were never seen to agree on the object", func(o *merge.Occasion) { o.Subjects[0].Base = nil }},
		{"a side of the object was not read", func(o *merge.Occasion) { o.Subjects[0].Sides.Live.Read = false }},
		{"the object is being deleted", func(o *merge.Occasion) { o.Subjects[0].Live.Object.Deleting = now }},
		{"nothing says who moved a part of the object", func(o *merge.Occasion) {
			o.Subjects[0].Changes = append(o.Subjects[0].Changes, change(".b", core.FieldDiffers))
		}},
		{".c keeps changing back and forth", func(o *merge.Occasion) { o.Heats = []core.Heat{{Key: vpc, Path: ".c", Paused: true}} }},
		{"a person took back what a policy had done there", func(o *merge.Occasion) { o.Pins = []core.Pin{{Key: vpc, Path: core.Root}} }},
		{"the policy needs publish: propose", func(o *merge.Occasion) { o.Proposes = false }},
	}
	for _, s := range core.States() {
		if s != core.Conflict && s != core.Drifted {
			tests = append(tests, struct {
				want string
				spin func(*merge.Occasion)
			}{"the object is " + s.Title(), func(o *merge.Occasion) { o.Subjects[0].Verdict.State = s }})
		}
	}
	for _, tt := range tests {
		t.Run(tt.want, func(t *testing.T) {
			o := occasion(always("prefer_live"), subject(t, `{"a":1}`, `{"a":2}`, change(".a", core.FieldDrift)))
			if got := rulings(o); got != ".a live" {
				t.Fatalf("with everything right: %q", got)
			}
			tt.spin(&o)
			if got := rulings(o); got != ".a held: "+tt.want {
				t.Errorf("got %q, want it held: %s", got, tt.want)
			}
			for _, r := range merge.Rulings(o) {
				if r.Resolution.Choice != "" {
					t.Errorf("a held ruling decides: %+v", r.Resolution)
				}
			}
		})
	}
}

func TestAcceptedDifferenceIsNoCase(t *testing.T) {
	s := subject(t, `{"a":1,"b":1}`, `{"a":2,"b":2}`, change(".a", core.FieldDrift), change(".b", core.FieldDrift))
	o := occasion(always("prefer_git"), s)
	o.Acknowledgements = []core.Acknowledgement{{
		Key: vpc, Path: ".a", Until: now.Add(time.Hour),
		GitDigest: core.DigestJSON(int64(1)), LiveDigest: core.DigestJSON(int64(2)),
	}}
	if got := rulings(o); got != ".b git" {
		t.Errorf("got %q", got)
	}
}

func TestRulingCarriesItsRuleAndWhatItRestsOn(t *testing.T) {
	rules := []core.PolicyRule{on("prefer_live", "VPC", ".a", core.OnConflict, core.OnDrift)}
	all := merge.Rulings(occasion(rules, subject(t, `{"a":1}`, `{"a":2}`, change(".a", core.FieldDrift))))
	if len(all) != 1 {
		t.Fatalf("Rulings = %+v", all)
	}
	r := all[0].Resolution
	if r.Key != vpc || r.By != "policy" || !r.At.Equal(now) || r.Rule != "prefer_live VPC .a on conflict, drift" ||
		r.Value.String() != "2" || r.GitDigest != core.DigestJSON(int64(1)) || r.LiveDigest != core.DigestJSON(int64(2)) {
		t.Errorf("resolution = %+v", r)
	}
}

func TestRevertedDecisionPinsItsPath(t *testing.T) {
	s := merge.Sides{Git: read(t, `{"a":1}`), Live: read(t, `{"a":2}`)}
	r, err := s.Decide(".a", core.TakeLive, core.Value{})
	if err != nil {
		t.Fatal(err)
	}
	r.Key, r.Rule = vpc, "prefer_live"
	commit := core.Commit{ID: "c0ffee"}
	tests := []struct {
		name string
		r    func(core.Resolution) core.Resolution
		git  core.Content
		want bool
	}{
		{"git still says it", same, read(t, `{"a":2}`), false},
		{"git went on", same, read(t, `{"a":3}`), false},
		{"git is back", same, read(t, `{"a":1,"b":1}`), true},
		{"git was not read", same, core.Content{}, false},
		{"a person's own decision", func(r core.Resolution) core.Resolution { r.Rule = ""; return r }, read(t, `{"a":1}`), false},
		{"nothing was written", func(r core.Resolution) core.Resolution { r.Choice = core.TakeGit; return r }, read(t, `{"a":1}`), false},
	}
	for _, tt := range tests {
		pin, got := merge.TakenBack(tt.r(r), tt.git, commit, now)
		if got != tt.want || got && (pin.Key != vpc || pin.Path != ".a" || pin.Commit != commit || pin.Rule != "prefer_live") {
			t.Errorf("%s: TakenBack = %+v, %v, want %v", tt.name, pin, got, tt.want)
		}
	}
}

func same(r core.Resolution) core.Resolution { return r }

func TestPoliciesAreTold(t *testing.T) {
	for _, p := range merge.Policies() {
		if p.Name == "" || p.Doc == "" || p.Settle == nil {
			t.Errorf("%+v is not whole", p)
		}
		if got, ok := merge.FindPolicy(p.Name); !ok || got.Doc != p.Doc {
			t.Errorf("FindPolicy(%q) = %+v, %v", p.Name, got, ok)
		}
	}
}
