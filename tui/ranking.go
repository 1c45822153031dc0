package tui

import (
	"cmp"
	"slices"
	"strings"
)

// ranked are those of some things that fit what was typed, the likeliest first and
// else in their order. Of each thing a name and a sentence are known.
func ranked[T any](all []T, typed string, about func(T) (name, help string)) []T {
	type hit struct {
		thing T
		rank  int
	}
	words := strings.Fields(strings.ToLower(typed))
	hits := make([]hit, 0, len(all))
	for _, thing := range all {
		name, help := about(thing)
		total, fits := 0, true
		for _, w := range words {
			r, ok := rank(w, strings.ToLower(name), strings.ToLower(help))
			total, fits = total+r, fits && ok
		}
		if fits {
			hits = append(hits, hit{thing, total})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(a.rank, b.rank) })
	found := make([]T, len(hits))
	for i, h := range hits {
		found[i] = h.thing
	}
	return found
}

// partBegins is the worst rank of a name of which a part begins with the word.
const partBegins = 3

// rank tells how well a word fits a name or what is said of it, 0 being best; false
// where it does not. All are in lower case.
func rank(word, name, help string) (int, bool) {
	parts := strings.FieldsFunc(name, func(r rune) bool { return r == '.' || r == '_' || r == '-' })
	begins := func(s string) bool { return strings.HasPrefix(s, word) }
	switch {
	case name == word:
		return 0, true
	case begins(name):
		return 1, true
	case slices.Contains(parts, word):
		return 2, true
	case slices.ContainsFunc(parts, begins):
		return partBegins, true
	case strings.Contains(name, word):
		return 4, true
	case slices.ContainsFunc(strings.Fields(help), begins):
		return 5, true
	case subsequence(word, name):
		return 6, true
	case strings.Contains(help, word):
		return 7, true
	}
	return 0, false
}

// subsequence tells whether the letters of a word are in a name in their order.
func subsequence(word, name string) bool {
	rest := []rune(word)
	for _, r := range name {
		if len(rest) > 0 && rest[0] == r {
			rest = rest[1:]
		}
	}
	return len(rest) == 0
}
