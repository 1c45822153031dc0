package tui

import (
	"slices"
	"strings"
)

// KeyHelp says what some keys do on a family of screens.
type KeyHelp struct {
	Scope  string // "fabric list", "moving", …
	Keys   []string
	Action Action
	Help   string
}

// KeyTable lists every key, one family of screens after the other, for documents
// that are made outside of the dashboard. It is the keymap that the dashboard itself
// uses.
func KeyTable() []KeyHelp {
	all := byScope(bindings())
	table := make([]KeyHelp, len(all))
	for i, b := range all {
		table[i] = KeyHelp{Scope: string(b.scope), Keys: b.keys, Action: b.action, Help: b.help}
	}
	return table
}

// byScope puts the bindings of each scope together.
func byScope(all []binding) []binding {
	var order []scope
	of := map[scope][]binding{}
	for _, b := range all {
		if of[b.scope] == nil {
			order = append(order, b.scope)
		}
		of[b.scope] = append(of[b.scope], b)
	}
	together := make([]binding, 0, len(all))
	for _, s := range order {
		together = append(together, of[s]...)
	}
	return slices.Clip(together)
}

// CommandHelp says what can be typed behind a colon.
type CommandHelp struct{ Usage, Help string }

// CommandTable lists the commands of the dashboard, for the same documents. Every
// action is one besides, by its name.
func CommandTable() []CommandHelp {
	var table []CommandHelp
	for _, c := range newKeymap(bindings()).commands {
		table = append(table, CommandHelp{Usage: strings.TrimSpace(":" + c.name + " " + c.args), Help: c.help})
	}
	return table
}

// ToolWords are what can stand in braces in the line of a [Tool].
func ToolWords() []string { return toolWords() }
