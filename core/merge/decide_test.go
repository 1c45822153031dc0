package merge_test

import (
	"errors"
	"testing"

	"selvage/core"
	"selvage/core/merge"
)

func read(t testing.TB, text string) core.Content {
	return core.Content{Read: true, Value: value(t, text)}
}

const (
	someGit  = `{"spec":{"subnets":{"one":{"vlan":1001}},"links":[{"a":1},{"a":2}]}}`
	someLive = `{"spec":{"subnets":{"one":{"vlan":1005,"dhcp":{"enable":true}}},"links":[{"a":1},{"a":3}]}}`
)

func decided(t *testing.T, path core.Path, choice core.Choice, edited core.Value) core.Resolution {
	t.Helper()
	s := merge.Sides{Git: read(t, someGit), Live: read(t, someLive), Base: value(t, someGit)}
	r, err := s.Decide(path, choice, edited)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestDecisionHoldsWhatItWasMadeOn(t *testing.T) {
	const vlan = ".spec.subnets.one.vlan"
	r := decided(t, vlan, core.TakeLive, core.Value{})
	want := core.Resolution{
		Path: vlan, Choice: core.TakeLive, Value: core.ValueOf(int64(1005)), Anchor: vlan,
		GitDigest: core.DigestJSON(int64(1001)), LiveDigest: core.DigestJSON(int64(1005)), BaseDigest: core.DigestJSON(int64(1001)),
	}
	if !r.Value.Equal(want.Value) || r.Anchor != want.Anchor || r.GitDigest != want.GitDigest || r.LiveDigest != want.LiveDigest || r.BaseDigest != want.BaseDigest {
		t.Errorf("Decide = %+v, want %+v", r, want)
	}
	added := decided(t, ".spec.subnets.one.dhcp", core.TakeLive, core.Value{})
	if added.Anchor != ".spec.subnets.one" || added.GitDigest != (core.Digest{}) {
		t.Errorf("Decide on what only live has = %+v", added)
	}
}

func TestListWithoutIdentitiesIsDecidedWhole(t *testing.T) {
	live := decided(t, ".spec.links[1].a", core.TakeLive, core.Value{})
	if live.Path != ".spec.links" || live.Value.String() != `[{"a":1},{"a":3}]` {
		t.Errorf("take live at %s: %s", live.Path, live.Value)
	}
	edited := decided(t, ".spec.links[1].a", core.TakeEdited, core.ValueOf(int64(9)))
	if edited.Path != ".spec.links" || edited.Value.String() != `[{"a":1},{"a":9}]` {
		t.Errorf("edited at %s: %s", edited.Path, edited.Value)
	}
	s := merge.Sides{Git: read(t, someGit), Live: read(t, someLive)}
	if _, err := s.Decide(".spec.links[7]", core.TakeEdited, core.ValueOf(int64(9))); !errors.Is(err, core.ErrNoPlace) {
		t.Errorf("an item that is not there: %v, want %v", err, core.ErrNoPlace)
	}
}

func TestWhatBecomesOfADecision(t *testing.T) {
	const vlan, dhcp = ".spec.subnets.one.vlan", ".spec.subnets.one.dhcp"
	tests := []struct {
		name      string
		path      core.Path
		choice    core.Choice
		git, live string // "" means that it was not read
		state     core.DraftState
		reason    string
	}{
		{"nothing moved", vlan, core.TakeLive, someGit, someLive, core.DraftOpen, "it waits to be published"},
		{"live moved on", vlan, core.TakeLive, someGit, `{"spec":{}}`, core.DraftOpen, "it waits to be published"},
		{"live is away", vlan, core.TakeLive, someGit, "", core.DraftOpen, "it waits to be published"},
		{"git is away", vlan, core.TakeLive, "", someLive, core.DraftOpen, "git was not read"},
		{"git has it", vlan, core.TakeLive, someLive, someLive, core.DraftDone, "git says so"},
		{"git moved at the path", vlan, core.TakeLive, `{"spec":{"subnets":{"one":{"vlan":7}}}}`, someLive, core.DraftVoid, "git changed it since"},
		{"git moved beside it", vlan, core.TakeLive, `{"spec":{"subnets":{"one":{"vlan":1001,"x":1}}},"links":[]}`, someLive, core.DraftOpen, "it waits to be published"},
		{"git moved above it", vlan, core.TakeLive, `{"spec":{"subnets":{}}}`, someLive, core.DraftVoid, "git changed it since"},
		{"git moved below it", ".spec.subnets", core.TakeLive, `{"spec":{"subnets":{"one":{"vlan":7}}}}`, someLive, core.DraftVoid, "git changed it since"},
		{"git took away what it lies in", dhcp, core.TakeLive, `{"spec":{"subnets":{}}}`, someLive, core.DraftVoid, "git changed it since"},
		{"git made something else of what it lies in", dhcp, core.TakeLive, `{"spec":{"subnets":{"one":"x"}}}`, someLive, core.DraftVoid, "git changed it since"},
		{"the object went", vlan, core.TakeLive, `null`, someLive, core.DraftVoid, "git changed it since"},
		{"back to the base", vlan, core.TakeBase, someGit, someLive, core.DraftDone, "git says so"},

		{"git taken, live as it was", vlan, core.TakeGit, someGit, someLive, core.DraftPending, "live has not followed yet"},
		{"git taken, live followed", vlan, core.TakeGit, someGit, someGit, core.DraftDone, "live says the same"},
		{"git taken, live moved again", vlan, core.TakeGit, someGit, `{"spec":{"subnets":{"one":{"vlan":1006}}}}`, core.DraftVoid, "live changed it again"},
		{"git taken, git moved", vlan, core.TakeGit, `{"spec":{"subnets":{"one":{"vlan":7}}}}`, someLive, core.DraftVoid, "git changed it since"},
		{"git taken, live is away", vlan, core.TakeGit, someGit, "", core.DraftPending, "live was not read"},
		{"git taken, git is away", vlan, core.TakeGit, "", someLive, core.DraftPending, "live has not followed yet"},
		{"git taken for what only live has", dhcp, core.TakeGit, someGit, someGit, core.DraftDone, "live says the same"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var s merge.Sides
			if tt.git != "" {
				s.Git = read(t, tt.git)
			}
			if tt.live != "" {
				s.Live = read(t, tt.live)
			}
			if state, reason := s.Judge(decided(t, tt.path, tt.choice, core.Value{})); state != tt.state || reason != tt.reason {
				t.Errorf("Judge = %s, %q, want %s, %q", state, reason, tt.state, tt.reason)
			}
		})
	}
}
