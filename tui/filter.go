package tui

import (
	"slices"
	"strings"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// filter is what a person typed after /: words that must all match, each of
// them part of the text, or of one field in the form field=word. A word after
// ! must not match.
type filter struct {
	text  string
	terms []term
	fault string // why a word of it is not followed, "" where all are
}

type term struct {
	field string // "" for the text
	word  string // in lower case
	not   bool
}

// filterWords are the fields that the filter of a screen can name, and the
// words that state= can be looked for in.
type filterWords struct {
	text     bool // nothing is filtered: what was typed is looked for as it is
	fields   []string
	states   []string
	examples []string
}

// fabricWords are those of the fabric list, where state= also finds the words
// that tell why a fabric is unknown.
func fabricWords() *filterWords {
	states := []string{"checking", "not_checked", "error", "frozen", "engine_mismatch", "incomplete", "empty"}
	for _, a := range []core.Access{
		core.AccessStale, core.AccessUnreachable, core.AccessLoginNeeded, core.AccessUnauthorized, core.AccessForbidden, core.AccessInvalid,
	} {
		states = append(states, stateWord(a.Title()), stateWord("git "+a.Title()))
	}
	return &filterWords{
		fields: []string{"state", "name", "engine", "changed"}, states: append(states, objectWords().states...),
		examples: []string{"state=drifted", "state=unreachable", "name=dc1", "engine=manual"},
	}
}

// objectWords are those of the objects of a fabric.
func objectWords() *filterWords {
	states := []string{}
	for _, s := range core.States() {
		states = append(states, s.String())
	}
	return &filterWords{
		fields: []string{"state", "kind", "name", "by", "changed"}, states: states,
		examples: []string{"state=drifted", "kind=VPC", "name=leaf", "by=kubectl"},
	}
}

// matterWords are those of the differences of a fabric.
func matterWords() *filterWords {
	w := objectWords()
	w.fields = append(slices.DeleteFunc(w.fields, func(f string) bool { return f == "changed" }), "path")
	w.examples = []string{"state=conflict", "kind=Switch", "path=.spec.vlan", "by=kubectl"}
	return w
}

// searchWords are those of a screen that shows a text.
func searchWords() *filterWords { return &filterWords{text: true} }

// stateWord is a word on screen as state= finds it.
func stateWord(title string) string { return strings.ReplaceAll(strings.ToLower(title), " ", "_") }

// parseFilter reads what was typed. A word that can match nothing because the
// screen has no such field or state is told and not followed: an empty list
// would look like an answer.
func parseFilter(text string, words *filterWords) filter {
	f := filter{text: strings.Join(strings.Fields(text), " ")}
	if words.text && f.text != "" {
		f.terms = []term{{word: strings.ToLower(f.text)}}
		return f
	}
	for _, w := range strings.Fields(strings.ToLower(text)) {
		t := term{word: w}
		if rest, ok := strings.CutPrefix(t.word, "!"); ok {
			t.not, t.word = true, rest
		}
		if field, word, ok := strings.Cut(t.word, "="); ok {
			t.field, t.word = field, word
		}
		switch {
		case t.field != "" && !slices.Contains(words.fields, t.field):
			f.fault = "no filter word " + t.field + "="
		case t.field == "state" && !slices.ContainsFunc(words.states, func(s string) bool { return strings.HasPrefix(s, t.word) }):
			f.fault = "no state " + t.word
		case t.word != "":
			f.terms = append(f.terms, t)
		}
	}
	return f
}

// note shows the filter over its list. A low screen has no other line to say
// what is wrong with it.
func (f filter) note(s *Style, height int) widget.Span {
	if f.fault != "" && height < 12 {
		return f.trouble(s)
	}
	return widget.Span{Ink: s.ink(themes.Match), Text: safe.Sprintf("/%s", f.text)}
}

// trouble says which word of the filter is not followed; nothing where all are.
func (f filter) trouble(s *Style) widget.Span {
	return widget.Span{Ink: s.ink(themes.Warn), Text: safe.Clean(f.fault)}
}

// subject is something that a filter may match.
type subject struct {
	text   string              // all that a plain word is looked for in
	fields map[string][]string // what each field holds, by its name
}

func (f filter) empty() bool { return len(f.terms) == 0 && f.fault == "" }

func (f filter) matches(s subject) bool {
	for _, t := range f.terms {
		texts := []string{s.text}
		if t.field != "" {
			texts = s.fields[t.field]
		}
		hit := slices.ContainsFunc(texts, func(text string) bool {
			switch text = strings.ToLower(text); t.field {
			case "kind":
				return text == t.word
			case "state":
				return strings.HasPrefix(stateWord(text), t.word)
			}
			return strings.Contains(text, t.word)
		})
		if hit == t.not {
			return false
		}
	}
	return true
}
