package manifest

import (
	"cmp"
	"slices"

	"selvage/core"
)

// alignment tells for each item of a list that is wanted which item of the list
// that is there becomes it.
type alignment struct {
	from  []int  // its index, -1 where the item is new
	moved []bool // it stands elsewhere among those that stay
	taken []bool // by the items that are there: one becomes of it
}

// align pairs up the items of two lists: those that are the same, wherever they
// stand, as many of them in their order as can be; and of the others between
// those the ones that have most in common.
func align(have, want []any) alignment {
	a := alignment{from: make([]int, len(want)), moved: make([]bool, len(want)), taken: make([]bool, len(have))}
	for j := range a.from {
		a.from[j] = -1
	}
	h, w := 0, 0
	for h < len(have) && w < len(want) && core.EqualJSON(have[h], want[w]) {
		a.pair(h, w)
		h, w = h+1, w+1
	}
	he, we := len(have), len(want)
	for he > h && we > w && core.EqualJSON(have[he-1], want[we-1]) {
		he, we = he-1, we-1
		a.pair(he, we)
	}
	a.twins(gap{h, he, w, we}, have, want)
	var pairs [][2]int
	for j := w; j < we; j++ {
		if a.from[j] >= 0 {
			pairs, a.moved[j] = append(pairs, [2]int{a.from[j], j}), true
		}
	}
	still := rising(pairs)
	for _, p := range still {
		a.moved[p[1]] = false
	}
	for _, run := range gaps(still, gap{h, he, w, we}) {
		a.settle(run, have, want)
	}
	return a
}

func (a alignment) pair(i, j int) { a.from[j], a.taken[i] = i, true }

// left are the items of a run that are not paired.
func (a alignment) left(run gap) (have, want []int) {
	for i := run.have; i < run.toHave; i++ {
		if !a.taken[i] {
			have = append(have, i)
		}
	}
	for j := run.want; j < run.toWant; j++ {
		if a.from[j] < 0 {
			want = append(want, j)
		}
	}
	return have, want
}

// twins pairs those items of a run that are the same: that have a name in common
// where each has one of its own, else that are equal.
func (a alignment) twins(run gap, have, want []any) {
	if there, ok := names(have); ok {
		if wanted, ok := names(want); ok {
			for name, j := range wanted {
				if i, ok := there[name]; ok {
					a.pair(i, j)
				}
			}
			return
		}
	}
	for _, p := range equal(have[run.have:run.toHave], want[run.want:run.toWant]) {
		a.pair(run.have+p[0], run.want+p[1])
	}
	hs, ws := a.left(run)
	if len(hs) == 0 || len(ws) == 0 {
		return
	}
	at := map[core.Digest][]int{}
	for _, i := range hs {
		d := core.DigestJSON(have[i])
		at[d] = append(at[d], i)
	}
	for _, j := range ws {
		d := core.DigestJSON(want[j])
		if all := at[d]; len(all) > 0 {
			a.pair(all[0], j)
			at[d] = all[1:]
		}
	}
}

// names are the items of a list by what their entry "name" says; false where one
// has none, or two have the same.
func names(list []any) (map[string]int, bool) {
	by := make(map[string]int, len(list))
	for i, e := range list {
		m, _ := e.(map[string]any)
		name, ok := m["name"].(string)
		if _, twice := by[name]; !ok || twice {
			return nil, false
		}
		by[name] = i
	}
	return by, true
}

// settle pairs up what is left of a run, in order.
func (a alignment) settle(run gap, have, want []any) {
	hs, ws := a.left(run)
	pairs := longest(len(hs), len(ws), func(i, j int) int { return alikeness(have[hs[i]], want[ws[j]]) })
	if len(pairs) == 0 && len(hs) == len(ws) {
		for i := range hs {
			pairs = append(pairs, [2]int{i, i})
		}
	}
	for _, p := range pairs {
		a.pair(hs[p[0]], ws[p[1]])
	}
}

// alikeness is how much two maps or two lists have in common: for a map twice
// the entries that are the same and once those that are alike, for a list the
// items that both have.
func alikeness(a, b any) int {
	n := 0
	switch x := a.(type) {
	case map[string]any:
		y, _ := b.(map[string]any)
		for k, v := range x {
			switch w, has := y[k]; {
			case has && core.EqualJSON(v, w):
				n += 2
			case has && alikeness(v, w) > 0:
				n++
			}
		}
	case []any:
		y, _ := b.([]any)
		if len(x)*len(y) > few {
			return 0
		}
		for _, v := range x {
			if slices.ContainsFunc(y, func(w any) bool { return core.EqualJSON(v, w) }) {
				n++
			}
		}
	}
	return n
}

// equal are the pairs of equal items of two lists, in order, as many as there
// are; in long lists as many as there are of items that each list has once.
func equal(have, want []any) [][2]int {
	if len(have)*len(want) <= square {
		return longest(len(have), len(want), func(i, j int) int {
			if core.EqualJSON(have[i], want[j]) {
				return 1
			}
			return 0
		})
	}
	at := map[core.Digest]int{}
	for i, v := range have {
		d := core.DigestJSON(v)
		if _, twice := at[d]; twice {
			i = -1
		}
		at[d] = i
	}
	var pairs [][2]int
	for j, v := range want {
		d := core.DigestJSON(v)
		if i, ok := at[d]; ok && i >= 0 {
			at[d] = -1
			pairs = append(pairs, [2]int{i, j})
		}
	}
	return rising(pairs)
}

// rising are as many pairs as can be of which both halves rise, of pairs of which
// the second half does.
func rising(pairs [][2]int) [][2]int {
	// ends holds, by length, the pair that the lowest such sequence ends with, and
	// before what it came from.
	var ends []int
	before := make([]int, len(pairs))
	for k, p := range pairs {
		n, _ := slices.BinarySearchFunc(ends, p[0], func(k, i int) int { return cmp.Compare(pairs[k][0], i) })
		before[k] = -1
		if n > 0 {
			before[k] = ends[n-1]
		}
		if n == len(ends) {
			ends = append(ends, 0)
		}
		ends[n] = k
	}
	if len(ends) == 0 {
		return nil
	}
	var out [][2]int
	for k := ends[len(ends)-1]; k >= 0; k = before[k] {
		out = append(out, pairs[k])
	}
	slices.Reverse(out)
	return out
}

// What aligning two lists may cost, and telling whether two items are alike.
const (
	square = 1 << 18
	few    = 1 << 8
)

// longest are the pairs of two sequences, in order, with the highest sum of
// scores; none where finding them would take too long.
func longest(n, m int, score func(i, j int) int) [][2]int {
	if n == 0 || m == 0 || n*m > square {
		return nil
	}
	best := make([]int, (n+1)*(m+1))
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			b := max(best[(i+1)*(m+1)+j], best[i*(m+1)+j+1])
			if s := score(i, j); s > 0 {
				b = max(b, s+best[(i+1)*(m+1)+j+1])
			}
			best[i*(m+1)+j] = b
		}
	}
	var pairs [][2]int
	for i, j := 0, 0; i < n && j < m; {
		here := best[i*(m+1)+j]
		if s := score(i, j); s > 0 && here == s+best[(i+1)*(m+1)+j+1] {
			pairs = append(pairs, [2]int{i, j})
			i, j = i+1, j+1
		} else if here == best[(i+1)*(m+1)+j] {
			i++
		} else {
			j++
		}
	}
	return pairs
}

// gap is a run of items of both lists.
type gap struct{ have, toHave, want, toWant int }

// gaps are the runs between pairs, which lie in order in a run.
func gaps(pairs [][2]int, run gap) []gap {
	var out []gap
	i, j := run.have, run.want
	for _, p := range pairs {
		out = append(out, gap{i, p[0], j, p[1]})
		i, j = p[0]+1, p[1]+1
	}
	return append(out, gap{i, run.toHave, j, run.toWant})
}
