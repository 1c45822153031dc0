package tui

import (
	"slices"

	"selvage/tui/widget"
)

// Action is the name of something that a person can do. Names are for good:
// people will bind keys to them.
type Action string

// The actions.
const (
	ActHelp     Action = "app.help"
	ActBack     Action = "app.back"
	ActClose    Action = "app.close"
	ActQuit     Action = "app.quit"
	ActRedraw   Action = "app.redraw"
	ActSuspend  Action = "app.suspend"
	ActCheckAll Action = "fabric.check_all"

	ActDown     Action = "cursor.down"
	ActUp       Action = "cursor.up"
	ActTop      Action = "cursor.top"
	ActEnd      Action = "cursor.end"
	ActHalfDown Action = "cursor.half_down"
	ActHalfUp   Action = "cursor.half_up"
	ActPageDown Action = "cursor.page_down"
	ActPageUp   Action = "cursor.page_up"

	ActFilter  Action = "list.filter"
	ActNext    Action = "list.next_problem"
	ActPrev    Action = "list.previous_problem"
	ActShowAll Action = "list.show_all"

	ActOpen  Action = "fabric.open"
	ActCheck Action = "fabric.check"
	ActDiff  Action = "object.diff"

	ActResolve   Action = "fabric.resolve"
	ActPlan      Action = "fabric.sync"
	ActTakeGit   Action = "decide.git"
	ActTakeLive  Action = "decide.live"
	ActTakeBase  Action = "decide.base"
	ActEdit      Action = "decide.edit"
	ActAdopt     Action = "decide.adopt"
	ActDrop      Action = "decide.drop"
	ActUndo      Action = "decide.undo"
	ActRedo      Action = "decide.redo"
	ActAccept    Action = "decide.acknowledge"
	ActBringBack Action = "decide.bring_back"
	ActMark      Action = "list.mark"
	ActMarkAll   Action = "list.mark_all"
	ActUndecided Action = "resolve.all"

	ActButton   Action = "plan.button"
	ActPress    Action = "plan.press"
	ActLeaveOut Action = "plan.leave_out"
	ActTicket   Action = "plan.ticket"
	ActMessage  Action = "plan.message"
	ActWay      Action = "plan.way"
	ActAgain    Action = "plan.again"
	ActStop     Action = "run.stop"
	ActRetry    Action = "run.retry"

	ActExplain Action = "object.explain"
	ActSearch  Action = "text.search"
	ActNextHit Action = "text.next"
	ActPrevHit Action = "text.previous"

	ActNextChange  Action = "change.next"
	ActPrevChange  Action = "change.previous"
	ActNextObject  Action = "object.next"
	ActPrevObject  Action = "object.previous"
	ActView        Action = "diff.view"
	ActFlip        Action = "diff.flip"
	ActAside       Action = "diff.left_aside"
	ActFold        Action = "diff.fold"
	ActFoldAll     Action = "diff.fold_all"
	ActLessContext Action = "diff.less_context"
	ActMoreContext Action = "diff.more_context"
)

// scope is a family of screens in which a key has one meaning.
type scope string

const (
	everywhere scope = "everywhere"
	inAll      scope = "moving"
	inLists    scope = "lists"
	inFabrics  scope = "fabric list"
	inDetail   scope = "fabric"
	inDiff     scope = "diff"
	inExplain  scope = "explanation"
	inReading  scope = "texts"
	inFabric   scope = "one fabric"
	inTabs     scope = "tabs"
	inDecide   scope = "deciding"
	inDesk     scope = "drafts at hand"
	inResolve  scope = "resolve"
	inDrafts   scope = "drafts"
	inPlan     scope = "plan"
	inRun      scope = "run"
)

// binding gives an action its keys in a scope, a word for the footer and a few
// for the help.
type binding struct {
	scope  scope
	action Action
	keys   []string // as Bubble Tea names them
	hint   string   // in the footer; "" keeps it out
	help   string
}

// bindings is the one source of keys: footer, help and documents are made of it.
// Its order is the order of the footer.
//
// Two rules of the terminal hold for every key added here. Escape never quits
// or destroys: a slow line splits the escape sequences of other keys. For the
// same reason nothing that writes is bound to A B C D F H O P Q R S or [, the
// tails of such sequences.
func bindings() []binding {
	k := func(keys ...string) []string { return keys }
	return slices.Concat([]binding{
		{inFabrics, ActOpen, k("enter"), "open", "open the fabric"},
		{inFabrics, ActDiff, k("d"), "diff", "diff of its worst object"},
		{inFabrics, ActResolve, k("c"), "conflicts", "its conflicts, to be resolved"},
		{inFabrics, ActPlan, k("s"), "sync", "plan of a sync (nothing is sent yet)"},
	}, objectKeys(), recordKeys(), deskKeys(), runKeys(), []binding{
		{inDiff, ActNextChange, k("n"), "next", "next change"},
		{inDiff, ActPrevChange, k("N"), "", "previous change"},
		{inDiff, ActNextObject, k("J"), "next object", "next object"},
		{inDiff, ActPrevObject, k("K"), "", "previous object"},
		{inDiff, ActExplain, k("x"), "explain", "why the verdict is what it is"},
		{inDiff, ActView, k("t"), "view", "next view: fields, unified, split"},
		{inDiff, ActFlip, k("%"), "flip", "flip the direction"},
		{inDiff, ActAside, k("i"), "left aside", "what rules left aside"},
		{inDiff, ActFold, k("z"), "fold", "unfold or fold here"},
		{inDiff, ActFoldAll, k("Z"), "", "unfold or fold everything"},
		{inDiff, ActLessContext, k("{"), "", "less context"},
		{inDiff, ActMoreContext, k("}"), "", "more context"},

		{inExplain, ActNextObject, k("J"), "next object", "next object"},
		{inExplain, ActPrevObject, k("K"), "", "previous object"},
		{inExplain, ActFold, k("z"), "fold", "unfold or fold here"},
		{inExplain, ActFoldAll, k("Z"), "", "unfold or fold everything"},

		{inReading, ActNextHit, k("n"), "next", "next part, or next hit"},
		{inReading, ActPrevHit, k("N"), "", "previous part or hit"},
		{inReading, ActSearch, k("/"), "search", "search the text"},

		{inLists, ActFilter, k("/"), "filter", "filter"},
		{inLists, ActNext, k("n"), "next problem", "next problem"},
		{inLists, ActPrev, k("N"), "", "previous problem"},
	}, loginKeys(), markedKeys(), tabKeys(), listKeys(), []binding{
		{inFabric, ActCheck, k("r"), "check", "check this fabric now"},
		{everywhere, ActCheckAll, k("R"), "check all", "check all fabrics now"},

		{inAll, ActDown, k("j", "down"), "", "down"},
		{inAll, ActUp, k("k", "up"), "", "up"},
		{inAll, ActTop, k("g", "home"), "", "first"},
		{inAll, ActEnd, k("G", "end"), "", "last"},
		{inAll, ActHalfDown, k("ctrl+d"), "", "half a page down"},
		{inAll, ActHalfUp, k("ctrl+u"), "", "half a page up"},
		{inAll, ActPageDown, k("pgdown"), "", "a page down"},
		{inAll, ActPageUp, k("pgup"), "", "a page up"},
	}, lookKeys(), commandKeys(), []binding{
		{everywhere, ActBack, k("esc"), "back", "close, back (never quits)"},
		{everywhere, ActHelp, k("?"), "help", "this help"},
		{everywhere, ActClose, k("q"), "quit", "close, or quit"},
		{everywhere, ActQuit, k("ctrl+c"), "", "quit"},
		{everywhere, ActRedraw, k("ctrl+l"), "", "redraw the screen"},
		{everywhere, ActSuspend, k("ctrl+z"), "", "suspend"},
	}, sheetKeys(), ignoreKeys(), handKeys(), openerKeys())
}

// Keymap is which key means which action where.
type Keymap struct {
	bindings []binding
	actions  map[scope]map[string]Action
	own      map[Action][]string // the keys that a person chose
	tools    []Tool
	commands []command
}

func newKeymap(all []binding) *Keymap {
	k := &Keymap{bindings: all, actions: map[scope]map[string]Action{}}
	for _, b := range all {
		if k.actions[b.scope] == nil {
			k.actions[b.scope] = map[string]Action{}
		}
		for _, key := range b.keys {
			k.actions[b.scope][key] = b.action
		}
	}
	k.commands = commands(k)
	return k
}

// of are the bindings that hold in some scopes, in the order of the table.
func (k *Keymap) of(scopes []scope) []binding {
	own := []binding{}
	for _, b := range k.bindings {
		if slices.Contains(scopes, b.scope) {
			own = append(own, b)
		}
	}
	return own
}

// lookup finds what a key means in some scopes, the innermost first.
func (k *Keymap) lookup(scopes []scope, key string) (Action, bool) {
	for _, s := range scopes {
		if a, ok := k.actions[s][key]; ok {
			return a, true
		}
	}
	return "", false
}

// move carries out an action that moves the cursor; page is the height of what
// is seen. It tells whether the action is one.
func move(w *widget.Window, a Action, page int) bool {
	page = max(page, 1)
	switch a {
	case ActDown:
		w.Move(1)
	case ActUp:
		w.Move(-1)
	case ActTop:
		w.To(0)
	case ActEnd:
		w.To(w.Len() - 1)
	case ActHalfDown:
		w.Move(max(page/2, 1))
	case ActHalfUp:
		w.Move(-max(page/2, 1))
	case ActPageDown:
		w.Move(page)
	case ActPageUp:
		w.Move(-page)
	default:
		return false
	}
	return true
}
