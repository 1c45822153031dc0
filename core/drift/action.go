package drift

import "selvage/core"

// The actions that shape both sides before they are compared.
type (
	// Set marks a list whose order and repetitions mean nothing.
	Set struct{}
	// Keyed marks a list whose items are identified by some of their fields.
	Keyed struct{ Fields []string }
	// Dict marks a map with free keys: that an entry is there counts even
	// where it is empty. Elsewhere an empty value is the same as none.
	Dict struct{}
	// Optional marks a place where an empty or zero value differs from none (a
	// pointer in the server's Go types).
	Optional struct{}
	// Ignored leaves the place out on both sides.
	Ignored struct{}
	// IgnoredKeys leaves out the entries of a map whose key the server owns.
	IgnoredKeys struct{ Owned func(key string) bool }
	// Rewritten brings a string into the form that the server stores.
	Rewritten struct{ To func(string) string }
	// Rekeyed brings a map's keys into the form that the server stores.
	Rekeyed struct{ To func(string) string }
	// Completed fills into a map what the server derives from the rest of it.
	// It may change the map that it is given.
	Completed struct{ By func(map[string]any) }
)

func (Set) mark(n *node, _ Row)         { n.set, n.keys = true, nil }
func (a Keyed) mark(n *node, _ Row)     { n.set, n.keys = false, a.Fields }
func (Dict) mark(n *node, _ Row)        { n.dict = true }
func (Optional) mark(n *node, _ Row)    { n.optional = true }
func (Ignored) mark(n *node, _ Row)     { n.ignored = true }
func (IgnoredKeys) mark(n *node, r Row) { n.owners = append(n.owners, r) }
func (a Rewritten) mark(n *node, _ Row) { n.rewrite = a.To }
func (a Rekeyed) mark(n *node, _ Row)   { n.rekey = a.To }
func (a Completed) mark(n *node, _ Row) { n.complete = a.By }

// The actions that explain a difference that is left.
type (
	// Default is the value that the server sets where there is none.
	Default struct{ Value any }
	// Computed is a default that depends on the object.
	Computed struct{ Value func(View) (any, bool) }
	// Assigned is a value that the server or the installer chooses where Git
	// leaves it open.
	Assigned struct{}
	// Dropped is a value that the server removes while When holds for the
	// object that has it.
	Dropped struct{ When func(View) bool }
	// Kept is a value that a server keeps for itself, and may change at any time.
	Kept struct{}
	// Disregarded is what somebody does not want to be told of.
	Disregarded struct{}
)

func (Default) mark(n *node, r Row)     { n.explain = append(n.explain, r) }
func (Computed) mark(n *node, r Row)    { n.explain = append(n.explain, r) }
func (Assigned) mark(n *node, r Row)    { n.explain = append(n.explain, r) }
func (Dropped) mark(n *node, r Row)     { n.explain = append(n.explain, r) }
func (Kept) mark(n *node, r Row)        { n.explain = append(n.explain, r) }
func (Disregarded) mark(n *node, r Row) { n.explain = append(n.explain, r) }

// sides tells which side has a value.
type sides uint8

const (
	bothSides sides = iota
	gitOnly
	liveOnly
)

// reason is an [Action] that accounts for a difference.
type reason interface {
	Action
	// explains tells whether the action accounts for a value that only one side
	// has; of a difference between two values the value is absent. A default
	// accounts for it only where live has it: what Git spells out an engine has
	// written, so live lacks it because somebody took it away.
	explains(only core.Value, side sides, at View) bool
}

func (a Default) explains(only core.Value, side sides, _ View) bool {
	return side == liveOnly && core.EqualJSON(a.Value, only.Any())
}

func (a Computed) explains(only core.Value, side sides, at View) bool {
	if side != liveOnly {
		return false
	}
	v, ok := a.Value(at)
	return ok && core.EqualJSON(v, only.Any())
}

func (Assigned) explains(_ core.Value, side sides, _ View) bool { return side == liveOnly }

func (a Dropped) explains(_ core.Value, side sides, at View) bool {
	return side == gitOnly && a.When(at)
}

func (Kept) explains(_ core.Value, side sides, _ View) bool { return side == liveOnly }

func (Disregarded) explains(core.Value, sides, View) bool { return true }
