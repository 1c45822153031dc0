package core

import (
	"fmt"
	"strings"
	"time"
)

// Behind is how many commits of a place in Git the engine has still to apply;
// false where nobody knows.
func (e *Engine) Behind(place Reading) (int, bool) {
	s, ok := e.Of(place)
	return len(s.Behind), ok && s.Counted
}

// Word is the engine in a list: its type, and in a few letters what is the
// matter with it. It is "none" where none was found, and "?" where nobody could
// look.
func (e *Engine) Word(git []Reading) string {
	switch {
	case e == nil:
		return ""
	case e.Access != AccessOK && e.Type != "":
		return string(e.Type) + " ?"
	case e.Access != AccessOK:
		return "?"
	case e.Type == "":
		return "none"
	case len(e.Mismatch) > 0:
		return string(e.Type) + " else"
	}
	head, behind := "", 0
	for i, place := range git {
		if n, ok := e.Behind(place); ok {
			behind = max(behind, n)
		}
		if i == 0 {
			head = place.Revision
		}
	}
	if op := e.Operation; op != nil {
		switch {
		case op.Phase == EngineRunning && op.Tries > 0:
			return fmt.Sprintf("%s %s", e.Type, op.tries())
		case op.Phase == EngineFailed && op.About(head) && !op.Partial:
			return string(e.Type) + " failed"
		}
	}
	switch {
	case e.Blocked != "":
		return strings.Fields(e.Blocked)[0]
	case !e.Auto && behind > 0:
		return fmt.Sprintf("manual -%d", behind)
	case !e.Auto:
		return "manual"
	case behind > 0:
		return fmt.Sprintf("%s -%d", e.Type, behind)
	}
	return string(e.Type)
}

// Line is the engine in one sentence: "argocd dc1: auto on, self-heal OFF, prune
// on, at 9b1d0aa (3 behind)". What it does not do by itself stands in capitals.
func (e *Engine) Line(git []Reading) string {
	switch {
	case e == nil:
		return ""
	case e.Access != AccessOK && e.Type != "":
		return fmt.Sprintf("%s %s: unknown: %s", e.Type, e.App, e.Error)
	case e.Access != AccessOK:
		return "engine: unknown: " + e.Error
	case e.Type == "":
		return strings.Join(append([]string{"engine: none found"}, e.Notes...), "; ")
	}
	does := func(what string, on bool) string {
		if on {
			return what + " on"
		}
		return what + " OFF"
	}
	parts := []string{does("auto", e.Auto), does("self-heal", e.SelfHeal), does("prune", e.Prune)}
	if e.Blocked != "" {
		parts = append(parts, strings.ToUpper(e.Blocked[:1])+e.Blocked[1:])
	}
	for _, place := range git {
		s, ok := e.Of(place)
		if !ok {
			continue
		}
		at := "nothing applied yet"
		if s.Applied != "" {
			at = "at " + ShortCommit(s.Applied)
		}
		if n, known := e.Behind(place); known && n > 0 {
			at += fmt.Sprintf(" (%d behind)", n)
		}
		if len(git) > 1 {
			at = s.Path + " " + at
		}
		parts = append(parts, at)
	}
	return fmt.Sprintf("%s %s: %s", e.Type, e.App, strings.Join(parts, ", "))
}

// Word is the switches in a list: how many of them run what they are to run, as
// "41/42". It is "?" where that was never read, and "" where there are none.
func (a *Agents) Word() string {
	switch {
	case a == nil:
		return ""
	case a.Known() && a.Access != AccessOK:
		return fmt.Sprintf("%d/%d?", a.Converged(), len(a.All))
	case a.Known():
		return fmt.Sprintf("%d/%d", a.Converged(), len(a.All))
	case a.Access != AccessOK:
		return "?"
	}
	return ""
}

// Line is the switches in one sentence: how many run what they are to run, and
// what the matter is with the others.
func (a *Agents) Line(now time.Time) string {
	if a == nil || a.Access == AccessOK && len(a.All) == 0 {
		return ""
	}
	if !a.Known() {
		return "switches: unknown: " + a.Error
	}
	var off []string
	for _, s := range a.All {
		if what := s.Matter(a.ReadAt); what != "" {
			off = append(off, s.Name+" "+what)
		}
	}
	line := fmt.Sprintf("%d/%d switches run what live says", a.Converged(), len(a.All))
	if len(off) > 0 {
		line += ": " + some(off)
	}
	if a.Access != AccessOK {
		line += fmt.Sprintf(" (%s ago; since then: %s)", Age(now, a.ReadAt), a.Error)
	}
	return line
}

// Matter says what the matter is with a switch at the time of its last look; ""
// where all is well.
func (s Agent) Matter(readAt time.Time) string {
	var all []string
	switch {
	case s.Applied < 0:
		all = append(all, "has not told what it runs")
	case s.Applied != s.Current:
		all = append(all, fmt.Sprintf("runs %d of %d", s.Applied, s.Current))
	}
	if s.Reboot {
		all = append(all, "has to be rebooted")
	}
	switch {
	case s.HeartbeatError != "":
		all = append(all, "tells no heartbeat")
	case s.Heartbeat.IsZero():
		all = append(all, "was never heard of")
	case readAt.Sub(s.Heartbeat) > LateHeartbeat:
		all = append(all, fmt.Sprintf("was heard of %s before", ShortAge(readAt.Sub(s.Heartbeat))))
	}
	return strings.Join(all, ", ")
}

// some names a few and counts the rest.
func some(names []string) string {
	const most = 3
	if len(names) <= most {
		return strings.Join(names, "; ")
	}
	return fmt.Sprintf("%s; and %d more", strings.Join(names[:most], "; "), len(names)-most)
}
