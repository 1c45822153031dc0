package drift

import (
	"fmt"
	"slices"

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

// acknowledge makes an object acknowledged whose differences a person has
// accepted for now, all of them as they are. The word that ends first is told.
func (s subject) acknowledge(v *core.Verdict) {
	switch v.State {
	case core.Stuck, core.Conflict, core.Drifted, core.Differs, core.OnlyGit, core.OnlyLive:
	default:
		return
	}
	words := s.acks[s.key]
	if len(words) == 0 {
		return
	}
	open := slices.DeleteFunc(slices.Clone(v.Changes), func(c core.Change) bool { return c.Verdict == core.FieldPruned })
	var first *core.Acknowledgement
	for _, word := range core.Accepted(s.key, open, words, s.Now) {
		if word == nil {
			return
		}
		if first == nil || word.Until.Before(first.Until) {
			first = word
		}
	}
	if first != nil {
		v.State, v.Acknowledged = core.Acknowledged, first
		v.Reason = fmt.Sprintf("accepted by %s: %s", first.By, first.Reason)
	}
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
