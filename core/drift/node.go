package drift

import (
	"slices"

	"selvage/core"
)

// node is the rules table of a kind as a tree over path steps, so that a walk
// over an object finds the rules of a place without searching. A nil node is a
// place without rules.
type node struct {
	kids map[string]*node
	any  *node

	set, dict, optional, ignored bool
	plain                        bool // nothing at or below the place shapes a value, but that null says nothing
	keys                         []string
	rewrite, rekey               func(string) string
	complete                     func(map[string]any)
	always                       map[string]any // entries, where there are none of these keys; shared

	owners  []Row // of [IgnoredKeys]
	explain []Row // each a [reason], in the order in which they are asked
	shape   []Row // the others, for who wants to know why a value became another
}

// compile makes a tree of rows. Hints are rows that hold where no other row
// speaks of the same.
func compile(rows, hints []Row) *node {
	root := &node{}
	root.contains()
	all := slices.Concat(rows, hints)
	for grew := true; grew; {
		// What one row names may be one more place of another row's *.
		grew = false
		for _, r := range all {
			grew = root.grow(tableSteps(r.Path)) || grew
		}
	}
	for _, r := range rows {
		root.each(tableSteps(r.Path), func(n *node) { n.mark(r) })
	}
	for _, r := range hints {
		root.each(tableSteps(r.Path), func(n *node) {
			if !n.settled(r.Action) {
				n.mark(r)
			}
		})
	}
	root.settle()
	return root
}

// contains makes the node the root of an object's rules. The containers that every
// object has are always there, so that a difference inside them is reported at
// the entry that differs.
func (n *node) contains() {
	meta := map[string]any{"labels": map[string]any{}, "annotations": map[string]any{}}
	n.always = map[string]any{"metadata": meta, "spec": map[string]any{}}
	n.kids = map[string]*node{"metadata": {always: meta}}
}

// settle finds out which places are plain.
func (n *node) settle() bool {
	n.plain = !n.set && !n.ignored && n.rewrite == nil && n.rekey == nil && n.complete == nil && n.always == nil && len(n.owners) == 0
	for _, below := range n.kids {
		n.plain = below.settle() && n.plain
	}
	if n.any != nil {
		n.plain = n.any.settle() && n.plain
	}
	return n.plain
}

func (n *node) mark(r Row) {
	r.Why = r.reason()
	r.Action.mark(n, r)
	if _, explains := r.Action.(reason); !explains {
		n.shape = append(n.shape, r)
	}
}

// settled tells whether a row of the node speaks of the same as an action: what
// a list's items are known by, or what is there where nobody put anything.
func (n *node) settled(a Action) bool {
	switch a.(type) {
	case Set, Keyed:
		return n.set || len(n.keys) > 0
	case Default:
		return slices.ContainsFunc(n.explain, func(r Row) bool {
			_, fixed := r.Action.(Default)
			_, computed := r.Action.(Computed)
			return fixed || computed
		})
	}
	return false
}

// tableSteps are the steps of a row's path as the tree names them: map keys
// bare, [*] for any item of a list and .* for any key of a map.
func tableSteps(p core.Path) []string {
	steps := p.Steps()
	for i, s := range steps {
		if s != anyKey {
			steps[i] = tableStep(s)
		}
	}
	return steps
}

const (
	anyKey  = ".*"
	anyItem = "[*]"
)

// grow makes nodes for a place, and tells whether there were not all of them.
func (n *node) grow(steps []string) (grew bool) {
	if len(steps) == 0 {
		return false
	}
	first, rest := steps[0], steps[1:]
	if first == anyKey {
		if n.any == nil {
			n.any, grew = &node{}, true
		}
		for _, kid := range n.kids {
			grew = kid.grow(rest) || grew
		}
		return n.any.grow(rest) || grew
	}
	if n.kids[first] == nil {
		if n.kids == nil {
			n.kids = map[string]*node{}
		}
		n.kids[first], grew = &node{}, true
	}
	return n.kids[first].grow(rest) || grew
}

// each calls do for every node that a path means.
func (n *node) each(steps []string, do func(*node)) {
	if len(steps) == 0 {
		do(n)
		return
	}
	first, rest := steps[0], steps[1:]
	if first != anyKey {
		n.kids[first].each(rest, do)
		return
	}
	n.any.each(rest, do)
	for _, kid := range n.kids {
		kid.each(rest, do)
	}
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
func (n *node) item() *node        { return n.step(anyItem) }

// owner is the row by which a server owns the entry of a key, nil if none does.
func (n *node) owner(key string) *Row {
	if n == nil {
		return nil
	}
	for i := range n.owners {
		if a, ok := n.owners[i].Action.(IgnoredKeys); ok && a.Owned(key) {
			return &n.owners[i]
		}
	}
	return nil
}

// shaper is the row whose action of this kind shaped a place; the last one, as
// it is the one that counts.
func shaper[A Action](n *node) Row {
	for _, r := range slices.Backward(n.shape) {
		if _, ok := r.Action.(A); ok {
			return r
		}
	}
	return Row{}
}
