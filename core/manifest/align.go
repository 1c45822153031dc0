package manifest

import (
	"cmp"
	"slices"

	"selvage/core"
)

// align tells for each item of a list that is wanted which item of the list that
// is there becomes it, -1 where it is new. The items keep their order, as many
// stay as they are as can, and of the others those pair up that have most in
// common.
func align(have, want []any) []int {
	from := make([]int, len(want))
	for j := range from {
		from[j] = -1
	}
	h, w := 0, 0
	for h < len(have) && w < len(want) && core.EqualJSON(have[h], want[w]) {
		from[w] = h
		h, w = h+1, w+1
	}
	he, we := len(have), len(want)
	for he > h && we > w && core.EqualJSON(have[he-1], want[we-1]) {
		he, we = he-1, we-1
		from[we] = he
	}
	found := func(i, j int) { from[w+j] = h + i }
	for _, run := range gaps(equal(have[h:he], want[w:we]), he-h, we-w, found) {
		pair(run, have[h:he], want[w:we], found)
	}
	return from
}

// pair settles a run of items of which none is the same.
func pair(run gap, have, want []any, found func(i, j int)) {
	n, m := run.toHave-run.have, run.toWant-run.want
	if n == 0 || m == 0 {
		return
	}
	score := func(i, j int) int { return alikeness(have[run.have+i], want[run.want+j]) }
	pairs := longest(n, m, score)
	if len(pairs) == 0 && n == m {
		for i := range n {
			pairs = append(pairs, [2]int{i, i})
		}
	}
	for _, p := range pairs {
		found(run.have+p[0], run.want+p[1])
	}
}

// alikeness is how many entries two maps share.
func alikeness(a, b any) int {
	x, ok := a.(map[string]any)
	y, also := b.(map[string]any)
	if !ok || !also {
		return 0
	}
	n := 0
	for k, v := range x {
		if w, has := y[k]; has && core.EqualJSON(v, w) {
			n++
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
	// The longest rising sequence of indices: ends holds, by length, the pair
	// that the lowest such sequence ends with, and before what it came from.
	var pairs [][2]int
	var ends, before []int
	for j, v := range want {
		d := core.DigestJSON(v)
		i, ok := at[d]
		if !ok || i < 0 {
			continue
		}
		at[d] = -1
		n, _ := slices.BinarySearchFunc(ends, i, func(p, i int) int { return cmp.Compare(pairs[p][0], i) })
		last := -1
		if n > 0 {
			last = ends[n-1]
		}
		if n == len(ends) {
			ends = append(ends, 0)
		}
		ends[n] = len(pairs)
		pairs, before = append(pairs, [2]int{i, j}), append(before, last)
	}
	if len(ends) == 0 {
		return nil
	}
	var out [][2]int
	for p := ends[len(ends)-1]; p >= 0; p = before[p] {
		out = append(out, pairs[p])
	}
	slices.Reverse(out)
	return out
}

// square bounds what aligning two lists may cost.
const square = 1 << 18

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

// gap is a run of items of both lists that no pair covers.
type gap struct{ have, toHave, want, toWant int }

func gaps(pairs [][2]int, n, m int, found func(i, j int)) []gap {
	var out []gap
	i, j := 0, 0
	for _, p := range pairs {
		found(p[0], p[1])
		out = append(out, gap{i, p[0], j, p[1]})
		i, j = p[0]+1, p[1]+1
	}
	return append(out, gap{i, n, j, m})
}
