package tui

import (
	"slices"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
)

// Why an action can do nothing now.

// decider is a pane on which something is decided about differences.
type decider interface {
	// Matters are those that an action is about; where there are none, why.
	Matters(Env) (about []matter, none safe.Text)
}

// reasoner is a pane that knows why some of its actions can do nothing now.
type reasoner interface {
	// Why is the reason; nothing where it is none of the pane.
	Why(Env, Action) safe.Text
}

// unable says that a key does nothing now, and why. What moves the cursor, and going
// back, say nothing: that there is nowhere to go is seen.
func (m *Model) unable(a Action) {
	moves := slices.ContainsFunc(m.keymap.bindings, func(b binding) bool { return b.action == a && b.scope == inAll })
	if moves && !m.waits(a) || a == ActBack {
		return
	}
	m.say(themes.Dim, m.why(a))
}

// idle says of an action by its name why it can do nothing now; what is wrong with a
// tool names it already.
func (m *Model) idle(a Action) safe.Text {
	if fault := m.toolFault(a); fault.Len() > 0 {
		return fault
	}
	return safe.Sprintf("%s: ", string(a)).Plus(m.why(a))
}

// toolFault is why a tool cannot be run now; nothing of any other action.
func (m *Model) toolFault(a Action) (fault safe.Text) {
	for _, t := range m.keymap.tools {
		if t.action() == a {
			_, fault = m.toolLine(t)
		}
	}
	return fault
}

// why says why an action can do nothing now: for a reason that it has by itself, for
// what the mode forbids, for what it is about; "nothing to do here" where none of
// these is known.
func (m *Model) why(a Action) safe.Text {
	if m.waits(a) {
		return safe.Lit("not before this is done (esc leaves it)")
	}
	if fault := m.toolFault(a); fault.Len() > 0 {
		return fault
	}
	if text := whyByItself(a); text.Len() > 0 {
		return text
	}
	p, e := m.current()
	if text := m.whyReadOnly(e, a); text.Len() > 0 {
		return text
	}
	switch a {
	case ActOther:
		return m.whyNoOther()
	case ActWay:
		return m.sends()
	default:
	}
	if r, ok := p.(reasoner); ok {
		if text := r.Why(e, a); text.Len() > 0 {
			return text
		}
	}
	if d, ok := p.(decider); ok && m.binds(a) {
		about, none := d.Matters(e)
		if text := whyUndecided(a, about, none); text.Len() > 0 {
			return text
		}
	}
	return safe.Lit("nothing to do here")
}

func whyByItself(a Action) safe.Text {
	switch a {
	case ActPreview:
		return safe.Lit("no room for a preview here")
	case ActPreviewMove:
		return safe.Lit("no room to move the preview")
	case ActView:
		return safe.Lit("no other view of this here")
	case ActLogin:
		return safe.Lit("nobody has to log in here")
	case ActNext, ActPrev, ActNextChange, ActPrevChange, ActNextHit, ActPrevHit, ActNextObject, ActPrevObject:
		return safe.Lit("there is no other")
	case ActShowAll:
		return safe.Lit("all of it is shown")
	case ActGroup:
		return safe.Lit("no two objects differ in the same way")
	case ActAside:
		return safe.Lit("nothing was left aside")
	case ActFold, ActFoldAll:
		return safe.Lit("nothing is folded")
	default:
		return safe.Text{}
	}
}

// whyReadOnly says that the mode of a fabric forbids what an action does.
func (m *Model) whyReadOnly(e Env, a Action) safe.Text {
	switch a {
	case ActTakeGit, ActTakeLive, ActTakeBase, ActEdit, ActAdopt, ActDrop, ActUndo, ActRedo, ActSheet, ActBringBack,
		ActResolve, ActPlan, ActPlanAgain, ActLeaveOut, ActButton, ActPress, ActWay:
	default:
		return safe.Text{}
	}
	id, _ := m.selection()
	f, ok := e.Fleet.Fabric(id)
	if !ok || e.modeOf(f) != core.ModeRead {
		return safe.Text{}
	}
	return safe.Sprintf("read-only: nothing of %s is decided or published here", id)
}

// whyUndecided says why an action decides nothing about some differences.
func whyUndecided(a Action, about []matter, none safe.Text) safe.Text {
	choice := choiceOf(a)
	switch a {
	case ActUndo:
		return safe.Lit("nothing to undo")
	case ActRedo:
		return safe.Lit("nothing was undone")
	case ActAccept, ActIgnore, ActSheet, ActDrop:
	default:
		if choice == "" {
			return safe.Text{}
		}
	}
	switch {
	case len(about) == 0:
		return none
	case len(about) > 1 && (a == ActEdit || a == ActIgnore):
		return safe.Lit("only one at a time, and several are marked")
	}
	first := about[0]
	switch a {
	case ActDrop:
		return safe.Lit("nothing is decided about it")
	case ActAccept:
		return whyNotAccepted(first.verdict.State)
	case ActIgnore:
		if first.change.Path == core.Root {
			return safe.Lit("it is the whole object: a rule leaves a field out")
		}
		return safe.Text{}
	case ActSheet:
		if first.verdict.Key.IsFile() {
			return safe.Lit("it is a file that cannot be read, and no object: mend it in git")
		}
		return safe.Text{}
	default:
		return first.refuses(choice)
	}
}

// refuses says why a choice decides nothing about a difference; nothing where it does.
func (m matter) refuses(c core.Choice) safe.Text {
	switch is := m.change; {
	case m.change.Path != "" && m.offers(c):
		return safe.Text{}
	case m.verdict.State == core.Unknown:
		return safe.Lit("unknown: a side was not read, so that nothing can be decided")
	case m.verdict.State == core.Invalid:
		return safe.Lit("invalid: git's side cannot be read, mend the file in git")
	case is.Path == "":
		return safe.Lit("git and live do not differ in it")
	case is.Verdict == core.FieldPruned:
		return safe.Lit("the schema drops it: live cannot have it")
	case nowhere(is):
		return safe.Lit("neither side has it now")
	case c == core.TakeGit:
		return safe.Lit("git decides it already, and live is to follow")
	case c == core.TakeLive:
		return safe.Lit("git says what live says")
	case c == core.TakeBase && !is.Base.Present():
		return safe.Lit("it has no base: nobody saw both sides agree there")
	case c == core.TakeBase:
		return safe.Lit("git says what the base says: take git")
	}
	return safe.Lit("it is the whole object: one side is taken (E edits it in $EDITOR)")
}

// whyNotAccepted says why there is nothing to accept about an object in a state.
func whyNotAccepted(s core.State) safe.Text {
	switch s {
	case core.Pending:
		return safe.Lit("pending: git has decided, and live is to follow; there is nothing to accept")
	case core.InSync:
		return safe.Lit("in sync: there is nothing to accept")
	case core.Unknown:
		return safe.Lit("unknown: a side was not read, so that there is nothing to accept")
	case core.Invalid:
		return safe.Lit("invalid: what cannot be read is not accepted, mend the file in git")
	case core.Stuck, core.Conflict, core.Drifted, core.Differs, core.OnlyGit, core.OnlyLive, core.Acknowledged:
	}
	return safe.Text{}
}

// Matters are the difference under the cursor, which only one view knows.
func (p *diffPane) Matters(Env) (about []matter, none safe.Text) {
	about = p.matter()
	switch {
	case len(about) > 0:
	case p.gone:
		none = p.none
	case len(p.about.Changes) == 0:
		return []matter{{verdict: &p.about}}, none
	case p.chosen != viewFields:
		none = safe.Lit("a difference is decided in the fields view: t goes there")
	default:
		none = safe.Lit("the cursor is on no difference: n goes to the next")
	}
	return about, none
}

// Matters are the differences that are marked, else the one under the cursor.
func (p *resolvePane) Matters(Env) (about []matter, none safe.Text) {
	return p.chosen().matters, safe.Lit("there is no difference here")
}

// Matters are the differences of the objects that are marked, else those of the row.
func (p *detailPane) Matters(e Env) (about []matter, none safe.Text) {
	f, _ := e.fabric()
	is := p.chosen(f)
	if len(is.matters) == 0 && len(is.objects) > 0 {
		return []matter{{verdict: is.objects[0]}}, none
	}
	return is.matters, safe.Lit("the cursor is on no object")
}
