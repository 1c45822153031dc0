package drift

import (
	"fmt"

	"selvage/core"
)

// acceptedBase is the base that a person took, where both sides still say what
// they said then and no later base is known; else the one that is known.
func (s subject) acceptedBase() *core.Base {
	base := s.before.Base
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
// accepted for now, all of them as they are.
func (s subject) acknowledge(v *core.Verdict) {
	switch v.State {
	case core.Stuck, core.Conflict, core.Drifted, core.Differs, core.OnlyGit, core.OnlyLive:
	default:
		return
	}
	var word *core.Acknowledgement
	for _, c := range v.Changes {
		a := s.acknowledged(c)
		if a == nil {
			return
		}
		if word == nil || a.Until.Before(word.Until) {
			word = a
		}
	}
	if word != nil {
		v.State, v.Acknowledged = core.Acknowledged, word
		v.Reason = fmt.Sprintf("accepted by %s: %s", word.By, word.Reason)
	}
}

// acknowledged is the word that a change was accepted with, nil without one
// that still holds.
func (s subject) acknowledged(c core.Change) *core.Acknowledgement {
	var last *core.Acknowledgement
	for i, a := range s.acks[s.key] {
		if (a.Path == core.Root || c.Path == a.Path) && s.Now.Before(a.Until) && a.Accepts(c) {
			last = &s.acks[s.key][i]
		}
	}
	return last
}

// terminating is the verdict on an object that Git has and that is being
// deleted live: neither there nor gone, and somebody's doing past Git.
func (s subject) terminating(v *core.Verdict) {
	v.State, v.Reason = core.Drifted, "being deleted live"
	verdict := core.FieldDrift
	if base := s.before.Base; base != nil && len(s.moves(base.Git, s.git.Object)) > 0 {
		v.State, v.Reason = core.Conflict, "being deleted live, and git changed it"
		verdict = core.FieldConflict
	}
	s.whole(v, verdict, core.OpRemoved)
}
