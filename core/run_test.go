package core

import "testing"

func TestUndecidedIsWhatNeedsAPersonAndHasNoDraft(t *testing.T) {
	of := func(name string, s State) Verdict { return Verdict{Key: Key{Kind: "VPC", Name: name}, State: s} }
	f := FabricState{Report: &Report{Verdicts: []Verdict{
		of("a", Conflict), of("b", Drifted), of("c", Drifted), of("d", Drifted), of("e", Pending), of("f", Acknowledged), of("g", InSync),
	}}}
	for name, state := range map[string]DraftState{"b": DraftOpen, "c": DraftVoid, "d": DraftProposed} {
		f.Drafts = append(f.Drafts, DraftStanding{Draft: Draft{Resolution: Resolution{Key: Key{Kind: "VPC", Name: name}}}, State: state})
	}
	if got, want := f.Undecided().Words(), "1 conflict, 1 drifted"; got != want {
		t.Errorf("undecided is %q, want %q", got, want)
	}
	if got := (FabricState{}).Undecided().Words(); got != "" {
		t.Errorf("of a fabric that was not checked %q is undecided", got)
	}
	r := Run{Objects: []RunObject{{Key: Key{Kind: "VPC", Name: "a"}}, {Fabric: "other", Key: Key{Kind: "VPC", Name: "c"}}}}
	undecided, decided := r.Besides(f)
	if got, want := undecided.Words()+"; "+decided.Words(), "1 drifted; 2 drifted, 1 pending"; got != want {
		t.Errorf("besides the run there is %q, want %q", got, want)
	}
}

func TestAProposalLandsOnItsSideBranchOnly(t *testing.T) {
	for want, p := range map[string]PublicationState{
		"landed":                    {Phase: PublicationLanded, Outcome: Landed},
		"landed on the side branch": {Publication: Publication{Side: "selvage/x"}, Phase: PublicationLanded, Outcome: Landed},
		"dropped, race lost":        {Publication: Publication{Side: "selvage/x"}, Phase: PublicationDropped, Outcome: RaceLost},
	} {
		if got := p.Standing(); got != want {
			t.Errorf("a publication %+v is %q, want %q", p, got, want)
		}
	}
}
