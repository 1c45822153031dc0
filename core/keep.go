package core

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Keeping is what becomes of a difference when Git's value is kept, which needs
// no commit: it is told before anybody chooses it.
type Keeping struct {
	Effect   KeepEffect
	Sentence string
	// Command brings it about where nothing does so by itself, for this object
	// alone; "" where there is none to copy.
	Command string
}

// KeepEffect is the outcome of keeping Git's value, in a word.
type KeepEffect string

// The outcomes.
const (
	KeepRestored KeepEffect = "restored"             // the engine sets Git's value by itself
	KeepStays    KeepEffect = "stays"                // nothing takes live's value away
	KeepWaits    KeepEffect = "waits"                // it is set with the next commit, or when somebody syncs
	KeepDepends  KeepEffect = "depends on self-heal" // nobody could ask the engine
)

// Keep tells what becomes of a change of an object of a fabric when Git's value is kept. An
// apply, client-side and server-side alike, sets what a manifest has and leaves
// what it never had: an addition that only live has survives it.
//
// Where Git was taken for several changes of the object, the change among them, those
// are all of chosen: the command brings all of them about, or there is none.
func Keep(f Fabric, e *Engine, v Verdict, c Change, chosen ...Change) Keeping {
	switch {
	case e == nil || e.Access == AccessOK && e.Type == "":
		if len(chosen) == 0 {
			chosen = []Change{c}
		}
		return Keeping{KeepStays, "nothing is known to apply git: live stays as it is until somebody does", f.kubectl(v, chosen...)}
	case !e.Known():
		return Keeping{Effect: KeepDepends, Sentence: "the engine could not be read: a self-healing one puts git's value back, another one does not before the next commit"}
	case c.Path == Root && !c.Git.Present():
		return e.keepGone(v)
	case !c.Git.Present() && !c.Base.Present() && c.Unit == "" && !inside(c.Path):
		return Keeping{Effect: KeepStays, Sentence: fmt.Sprintf("stays: git never had it, and %s leaves alone what is in no manifest", e.Type)}
	case e.Blocked != "":
		return Keeping{KeepWaits, fmt.Sprintf("waits: %s is %s", e.Type, e.Blocked), e.command(v.Key, false)}
	case e.halted():
		return Keeping{KeepWaits, fmt.Sprintf("%s does not get there at present: %s", e.Type, cmp.Or(e.Operation.Message, e.Progress(e.Operation.Revision))), e.command(v.Key, false)}
	case e.Auto && !e.SelfHeal && e.late():
		return Keeping{KeepRestored, fmt.Sprintf("%s undoes it with the commit that it has still to apply", e.Type), ""}
	case e.Auto && !e.SelfHeal && e.untried():
		return Keeping{KeepRestored, fmt.Sprintf("%s undoes it soon although self-heal is off: it has not synced the last commit yet, which changed nothing for it", e.Type), ""}
	case e.Auto && e.SelfHeal && e.Type == Flux:
		return Keeping{KeepRestored, "flux puts it back at its next interval", e.command(v.Key, false)}
	case e.Auto && e.SelfHeal:
		return Keeping{Effect: KeepRestored, Sentence: fmt.Sprintf("%s puts it back within seconds: self-heal is on", e.Type)}
	case e.Auto:
		return Keeping{KeepWaits, fmt.Sprintf("nothing happens before the next commit, which undoes it: %s's self-heal is off", e.Type), e.command(v.Key, false)}
	}
	return Keeping{KeepWaits, fmt.Sprintf("nothing happens before somebody syncs %s by hand", e.App), e.command(v.Key, false)}
}

// halted tells whether the engine is held up by what it could not apply, so that
// it heals nothing either.
func (e *Engine) halted() bool {
	op := e.Operation
	return op != nil && !op.Partial && (op.Phase == EngineRunning && op.Tries > 0 ||
		op.Phase == EngineFailed && slices.ContainsFunc(e.Sources, func(s EngineSource) bool { return op.About(s.Wanted) }))
}

// late tells whether a commit waits for the engine.
func (e *Engine) late() bool {
	return slices.ContainsFunc(e.Sources, func(s EngineSource) bool {
		return len(s.Behind) > 0 || s.Applied != "" && s.Wanted != "" && s.Wanted != s.Applied
	})
}

// untried tells whether Argo CD holds live for what the last commit says without
// ever having synced that: then the next difference is reason enough to, with
// self-heal off as well (alreadyAttemptedSync in its controller/appcontroller.go).
func (e *Engine) untried() bool {
	return e.Type == ArgoCD && slices.ContainsFunc(e.Sources, func(s EngineSource) bool {
		return s.Wanted != "" && (e.Operation == nil || !e.Operation.About(s.Wanted))
	})
}

// inside tells whether a path leads into a list: an apply replaces lists whole.
func inside(p Path) bool { return slices.ContainsFunc(p.Steps(), inList) }

// keepGone is what becomes of an object that only live has.
func (e *Engine) keepGone(v Verdict) Keeping {
	switch {
	case !v.Tracked:
		return Keeping{Effect: KeepStays, Sentence: fmt.Sprintf("stays: %s does not track it and will not delete it", e.Type)}
	case e.Acts(true):
		return Keeping{Effect: KeepRestored, Sentence: fmt.Sprintf("%s deletes it: it prunes what git has no more", e.Type)}
	case !e.Prune:
		return Keeping{KeepWaits, fmt.Sprintf("stays until somebody has it pruned: %s's prune is off", e.Type), e.command(v.Key, true)}
	}
	return Keeping{KeepWaits, "waits for somebody to sync: it does not act by itself at present", e.command(v.Key, true)}
}

// command is how the engine's own program is told to see to one object. Names
// come from outside, and a person gives the line to a shell.
func (e *Engine) command(k Key, prune bool) string {
	if !argument(e.App) {
		return ""
	}
	if e.Type == Flux {
		return fmt.Sprintf("flux reconcile kustomization %s --namespace %s --with-source", shellWord(e.App), shellWord(e.Namespace))
	}
	name := k.Name
	if k.Namespace != "" {
		name = k.Namespace + "/" + k.Name
	}
	line := fmt.Sprintf("argocd app sync %s --resource %s", shellWord(e.App), shellWord(k.Group+":"+k.Kind+":"+name))
	if prune {
		line += " --prune"
	}
	if e.Namespace != "" && e.Namespace != "argocd" {
		line += " --app-namespace " + shellWord(e.Namespace)
	}
	return line
}

// shellWord writes a text so that a shell takes it as one word and as nothing
// else.
func shellWord(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:@", r)
	}
	if s != "" && !strings.HasPrefix(s, "-") && !strings.ContainsFunc(s, func(r rune) bool { return !plain(r) }) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
