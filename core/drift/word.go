package drift

import (
	"fmt"

	"selvage/core"
)

// acceptedBase is the base that a person took, where both sides still say what
// they said then and no later base is known; else the one that is known.
func (s subject) acceptedBase() *core.Base {
	base := s.base
	a, ok := s.accepted[s.key]
	switch {
	case !ok, s.git.Object == nil || s.live.Object == nil,
		a.GitDigest != s.git.Object.Digest || a.LiveDigest != s.live.Object.Digest,
		base != nil && !a.At.After(base.At):
		return base
	}
	return &core.Base{
		Key: s.key, Git: s.git.Object, Live: s.live.Object, At: a.At, Source: core.FromAcceptance,
		Evidence: "accepted by " + a.By,
	}
}

// agreement is the base that both sides make by what they say now, leaving aside what
// was folded. Of what a person accepted that word stays the reason.
func (s subject) agreement(folds []core.Fold) *core.Base {
	base := &core.Base{Key: s.key, Git: s.git.Object, Live: s.live.Object, At: s.Now, Source: core.FromAgreement}
	for _, f := range folds {
		if f.Rule == core.FoldAccepted {
			base.Evidence = f.Why
		}
	}
	return base
}

// accepted is by whom what both halves of a base differ by was accepted, in words; ""
// for nobody.
func accepted(b *core.Base) string {
	if b.Source == core.FromAcceptance || b.Source == core.FromAgreement {
		return b.Evidence
	}
	return ""
}

// acknowledge makes an object acknowledged whose differences a person has
// accepted for now, all of them as they are.
func (s subject) acknowledge(v *core.Verdict, open []core.Change) {
	if word := s.accepts(open); word != nil {
		v.State, v.Acknowledged = core.Acknowledged, word
		v.Reason = fmt.Sprintf("accepted by %s: %s", word.By, word.Reason)
	}
}

// accepts is a person's word that covers differences, all of them; of several the
// one that ends first. It is nil where there is none.
func (s subject) accepts(open []core.Change) *core.Acknowledgement {
	words := s.acks[s.key]
	if len(words) == 0 {
		return nil
	}
	var first *core.Acknowledgement
	for _, word := range core.Accepted(s.key, open, words, s.Now) {
		if word == nil {
			return nil
		}
		if first == nil || word.Until.Before(first.Until) {
			first = word
		}
	}
	return first
}

// terminating is the verdict on an object that Git has and that is being
// deleted live: neither there nor gone, and somebody's doing past Git.
func (s subject) terminating(v *core.Verdict) {
	v.State, v.Reason = core.Drifted, "being deleted live"
	verdict := core.FieldDrift
	if base := s.base; base != nil && len(s.moves(base.Git, s.git.Object)) > 0 {
		v.State, v.Reason = core.Conflict, "being deleted live, and git changed it"
		verdict = core.FieldConflict
	}
	s.whole(v, verdict, core.OpRemoved)
}
