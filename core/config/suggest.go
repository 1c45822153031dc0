package config

import (
	"reflect"
	"slices"
	"strings"
)

// suggest says what an unknown key was perhaps meant to be: one of a like
// name, the same name in another place, or the list of what is known.
func (d *decoder) suggest(name, path string, keys []key) string {
	if do := near(name, names(keys)); do != "" {
		return do
	}
	if place := d.placeOf(name, reflect.TypeFor[file](), ""); place != "" && place != path {
		return "it belongs under " + place
	}
	return "known here: " + strings.Join(names(keys), ", ")
}

// placeOf finds the mapping that a key belongs to.
func (d *description) placeOf(name string, t reflect.Type, path string) string {
	for _, k := range d.keysOf(t) {
		if k.partial {
			continue
		}
		s, ok := k.structure()
		if !ok {
			continue
		}
		under := join(path, k.name)
		if slices.ContainsFunc(d.keysOf(s), func(k key) bool { return plain(k.name) == plain(name) }) {
			return under
		}
		if found := d.placeOf(name, s, under); found != "" {
			return found
		}
	}
	return ""
}

// Near asks about the word that a mistyped one is closest to, "did you mean x?"; ""
// where none is close.
func Near(word string, known []string) string { return near(word, known) }

// near asks about the word that a mistyped one is closest to; "" where none is
// close.
func near(word string, known []string) string {
	best, least := "", len(plain(word))/3+1
	for _, k := range known {
		if n := distance(plain(word), plain(k)); n < least {
			best, least = k, n
		}
	}
	if best == "" {
		return ""
	}
	return "did you mean " + best + "?"
}

// plain makes apiServer, api-server and api_server the same word.
func plain(s string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(s))
}

// distance counts the letters to add, take away, change or swap with their
// neighbour to make b of a.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x) > 100 || len(y) > 100 {
		return max(len(x), len(y))
	}
	rows := make([][]int, len(x)+1)
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			same := 1
			if x[i-1] == y[j-1] {
				same = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+same)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(x)][len(y)]
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
