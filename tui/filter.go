package tui

import (
	"slices"
	"strings"
)

// filter is what a person typed after /: words that must all match, each of
// them part of the text, or of one field in the form field=word. A word after
// ! must not match.
type filter struct {
	text  string
	terms []term
}

type term struct {
	field string // "" for the text
	word  string // in lower case
	not   bool
}

// filterFields are the fields that a filter can name.
func filterFields() []string { return []string{"state", "kind", "name", "by"} }

func parseFilter(text string) filter {
	f := filter{text: strings.Join(strings.Fields(text), " ")}
	for _, w := range strings.Fields(strings.ToLower(text)) {
		t := term{word: w}
		if rest, ok := strings.CutPrefix(t.word, "!"); ok {
			t.not, t.word = true, rest
		}
		if field, word, ok := strings.Cut(t.word, "="); ok && slices.Contains(filterFields(), field) {
			t.field, t.word = field, word
		}
		if t.word != "" {
			f.terms = append(f.terms, t)
		}
	}
	return f
}

// subject is something that a filter may match.
type subject struct {
	text   string            // all that a plain word is looked for in
	fields map[string]string // by the names of filterFields
}

func (f filter) empty() bool { return len(f.terms) == 0 }

func (f filter) matches(s subject) bool {
	for _, t := range f.terms {
		text := s.text
		if t.field != "" {
			text = s.fields[t.field]
		}
		text = strings.ToLower(text)
		hit := strings.Contains(text, t.word)
		switch t.field {
		case "kind":
			hit = text == t.word
		case "state":
			hit = strings.HasPrefix(strings.ReplaceAll(text, " ", "_"), t.word)
		}
		if hit == t.not {
			return false
		}
	}
	return true
}
