package drift

import (
	"selvage/core"
)

// Row is one thing that is known about how the server treats one place of a
// kind's objects.
type Row struct {
	ID     string    // names the row in folded fields and explanations: "vpc.gateway"
	Path   core.Path // where it holds, with * for any map key and [*] for any list item
	Action Action
	Why    string // in a few words, for people
}

// Action is what a row does; the set is closed.
type Action interface{ action() }

// The actions. The first group shapes both sides before they are compared, the
// second explains a difference that is left.
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
)

func (Set) action()         {}
func (Keyed) action()       {}
func (Dict) action()        {}
func (Optional) action()    {}
func (Ignored) action()     {}
func (IgnoredKeys) action() {}
func (Rewritten) action()   {}
func (Rekeyed) action()     {}
func (Completed) action()   {}
func (Default) action()     {}
func (Computed) action()    {}
func (Assigned) action()    {}
func (Dropped) action()     {}

// View is an object as a rule sees it from one place inside it.
type View struct {
	root  map[string]any
	steps []string
}

// Up is the map that holds the place, n levels up: 1 is the one directly
// around it. It is nil where there is no map.
func (v View) Up(n int) map[string]any {
	if n > len(v.steps) {
		return nil
	}
	at, _ := get(v.root, v.steps[:len(v.steps)-n])
	m, _ := at.(map[string]any)
	return m
}

// Root is the whole object.
func (v View) Root() map[string]any { return v.root }

// node is the rules table of a kind as a tree over path steps, so that a walk
// over an object finds the rules of a place without searching. A nil node is a
// place without rules.
type node struct {
	kids map[string]*node
	any  *node

	set, dict, optional, ignored bool
	keys                         []string
	owned                        []func(string) bool
	rewrite, rekey               func(string) string
	complete                     func(map[string]any)
	explain                      []Row
}

func (n *node) step(s string) *node {
	if n == nil {
		return nil
	}
	if k, ok := n.kids[s]; ok {
		return k
	}
	return n.any
}

// key is the node of a map entry, item that of any list item.
func (n *node) key(k string) *node { return n.step(k) }
func (n *node) item() *node        { return n.step("[*]") }

func (n *node) owns(key string) bool {
	if n == nil {
		return false
	}
	for _, owned := range n.owned {
		if owned(key) {
			return true
		}
	}
	return false
}

func compile(rows []Row) *node {
	root := &node{}
	for _, r := range rows {
		n := root
		for _, s := range r.Path.Steps() {
			n = n.grow(s)
		}
		n.apply(r)
	}
	return root
}

func (n *node) grow(step string) *node {
	if step == ".*" {
		if n.any == nil {
			n.any = &node{}
		}
		return n.any
	}
	if step[0] == '.' {
		step = step[1:]
	}
	if n.kids == nil {
		n.kids = map[string]*node{}
	}
	if n.kids[step] == nil {
		n.kids[step] = &node{}
	}
	return n.kids[step]
}

func (n *node) apply(r Row) {
	switch a := r.Action.(type) {
	case Set:
		n.set = true
	case Keyed:
		n.keys = a.Fields
	case Dict:
		n.dict = true
	case Optional:
		n.optional = true
	case Ignored:
		n.ignored = true
	case IgnoredKeys:
		n.owned = append(n.owned, a.Owned)
	case Rewritten:
		n.rewrite = a.To
	case Rekeyed:
		n.rekey = a.To
	case Completed:
		n.complete = a.By
	default:
		n.explain = append(n.explain, r)
	}
}
