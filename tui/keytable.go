package tui

// KeyHelp says what some keys do on a family of screens.
type KeyHelp struct {
	Scope  string // "fabric list", "moving", …
	Keys   []string
	Action Action
	Help   string
}

// KeyTable lists every key, for documents that are made outside of the
// dashboard. It is the keymap that the dashboard itself uses, in its order.
func KeyTable() []KeyHelp {
	all := bindings()
	table := make([]KeyHelp, len(all))
	for i, b := range all {
		table[i] = KeyHelp{Scope: string(b.scope), Keys: b.keys, Action: b.action, Help: b.help}
	}
	return table
}
