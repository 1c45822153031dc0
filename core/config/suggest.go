package config

import (
	"reflect"
	"slices"
	"strings"

	"selvage/core"
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
		if n := core.Distance(plain(word), plain(k)); n < least {
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

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
