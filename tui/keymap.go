package tui

import (
	"slices"

	"selvage/tui/widget"
)

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
