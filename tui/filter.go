package tui

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// filter is what a person typed after /: terms that must all match. A term is a
// word that is part of the text, or names a field: field=word, field~regexp,
// field<5 or field>2h. One after ! must not match.
type filter struct {
	text  string
	terms []term
	fault string // why a term of it is not followed, "" where all are
	known string // the words that it could have named in its place, "" for none
	timed bool   // what it lets through changes with time alone
}

// term is one of them.
type term struct {
	field string // "" for the text
	op    byte   // one of = ~ < >; 0 for a word alone
	word  string // in lower case
	like  *regexp.Regexp
	than  float64 // what a number, or an age in seconds, is compared with
	sized bool    // it is compared with than
	not   bool
}

// filterWords are the fields that the filter of a screen can name, and the
// words that state= can be looked for in.
type filterWords struct {
	text     bool     // nothing is filtered: what was typed is looked for as it is
	fields   []string // that hold words
	counts   []string // that hold a number
	spans    []string // that hold an age
	labels   bool     // label:KEY holds a word
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
		fields: []string{"state", "name", "engine", "mode", "changed"}, states: append(states, objectWords().states...),
		counts:   []string{"drift", "conflict", "objects", "drafts"},
		spans:    []string{"seen", "synced", "checked"},
		examples: []string{"state=drifted", "state=unknown", "name~^dc1", "engine=manual", "drift>5", "seen>5m", "synced<1h", "changed=me"},
	}
}

// objectWords are those of the objects of a fabric.
func objectWords() *filterWords {
	states := []string{}
	for _, s := range core.States() {
		states = append(states, s.String())
	}
	return &filterWords{
		fields: []string{"state", "kind", "name", "by", "namespace", "file", "changed"}, states: states,
		counts: []string{"fields"}, spans: []string{"since", "when"}, labels: true,
		examples: []string{"state=drifted", "kind=VPC", "name~^leaf", "by=kubectl", "since<1h", "fields>2", "label:env=prod"},
	}
}

// matterWords are those of the differences of a fabric.
func matterWords() *filterWords {
	w := objectWords()
	w.fields = append(slices.DeleteFunc(w.fields, func(f string) bool { return f == "changed" }), "path")
	w.examples = []string{"state=conflict", "kind=Switch", "path=.spec.vlan", "by=kubectl", "when<1h"}
	return w
}

// searchWords are those of a screen that shows a text.
func searchWords() *filterWords { return &filterWords{text: true} }

// stateWord is a word on screen as state= finds it.
func stateWord(title string) string { return strings.ReplaceAll(strings.ToLower(title), " ", "_") }

// parseFilter reads what was typed. A term that can match nothing, because the
// screen has no such field or state, or that cannot be read, is told and not
// followed: an empty list would look like an answer.
func parseFilter(text string, words *filterWords) filter {
	f := filter{text: strings.Join(strings.Fields(text), " ")}
	if words.text && f.text != "" {
		f.terms = []term{{word: strings.ToLower(f.text)}}
		return f
	}
	for _, w := range filterTokens(text) {
		t, fault := words.term(w)
		switch {
		case fault != "":
			f.fault, f.known = fault, words.instead(t)
		case t.word != "":
			f.terms = append(f.terms, t)
			f.timed = f.timed || slices.Contains(words.spans, t.field)
		}
	}
	return f
}

// instead are the words that a term could have named which is not followed.
func (w *filterWords) instead(t term) string {
	switch fields := slices.Concat(w.fields, w.counts, w.spans); {
	case t.field == "state" && t.like == nil && t.op == '=':
		return strings.Join(w.states, " ")
	case slices.Contains(fields, t.field), t.field == "":
		return ""
	case w.labels:
		return strings.Join(fields, " ") + " label:KEY"
	default:
		return strings.Join(fields, " ")
	}
}

// filterTokens parts what was typed at its blanks, but not within quotes. A quote
// that is not closed yet goes on to the end.
func filterTokens(text string) []string {
	tokens, quoted, token, begun := []string{}, false, strings.Builder{}, false
	for _, r := range text {
		switch {
		case r == '"':
			quoted, begun = !quoted, true
		case !quoted && (r == ' ' || r == '\t'):
			if begun {
				tokens = append(tokens, token.String())
			}
			token.Reset()
			begun = false
		default:
			token.WriteRune(r)
			begun = true
		}
	}
	if begun {
		tokens = append(tokens, token.String())
	}
	return tokens
}

var fieldTerm = regexp.MustCompile(`^([A-Za-z][A-Za-z_]*(?::[^=~<>]*)?)([=~<>])(.*)$`)

// term reads one word that was typed, or says why it cannot be followed.
func (w *filterWords) term(typed string) (t term, fault string) {
	rest, not := strings.CutPrefix(typed, "!")
	t = term{not: not, word: strings.ToLower(rest)}
	if like, ok := strings.CutPrefix(rest, "~"); ok && like != "" {
		t.op, t.word = '~', like
		return w.regexp(t)
	}
	parts := fieldTerm.FindStringSubmatch(rest)
	if parts == nil {
		return t, ""
	}
	t.field, t.op, t.word = strings.ToLower(parts[1]), parts[2][0], strings.ToLower(parts[3])
	count, span := slices.Contains(w.counts, t.field), slices.Contains(w.spans, t.field)
	switch label := strings.HasPrefix(t.field, "label:"); {
	case !slices.Contains(w.fields, t.field) && !count && !span && (!label || !w.labels):
		return t, fmt.Sprintf("no filter word %s%c", t.field, t.op)
	case t.word == "":
		return t, ""
	case count || span:
		return t.amount(span)
	case t.op == '<' || t.op == '>':
		return t, fmt.Sprintf("%s takes = or ~, not %c", t.field, t.op)
	case t.op == '~':
		t.word = parts[3]
		return w.regexp(t)
	case t.field == "state" && !slices.ContainsFunc(w.states, func(s string) bool { return strings.HasPrefix(s, t.word) }):
		return t, "no state " + t.word
	}
	return t, ""
}

func (w *filterWords) regexp(t term) (_ term, fault string) {
	like, err := regexp.Compile("(?i)" + t.word)
	if err != nil {
		return t, fmt.Sprintf("%s~%s is no regular expression", t.field, t.word)
	}
	t.like = like
	return t, ""
}

// amount reads what a number or an age is compared with.
func (t term) amount(span bool) (_ term, fault string) {
	if span {
		d, ok := spanOf(t.word)
		if !ok || t.op != '<' && t.op != '>' {
			return t, fmt.Sprintf("%s takes < or > and an age: %s<2h, %s>5m, %s>3d", t.field, t.field, t.field, t.field)
		}
		t.than, t.sized = d.Seconds(), true
		return t, ""
	}
	n, err := strconv.Atoi(t.word)
	if err != nil || t.op == '~' {
		return t, fmt.Sprintf("%s takes <, > or = and a number: %s>5", t.field, t.field)
	}
	t.than, t.sized = float64(n), true
	return t, ""
}

// spanOf reads a span of time: 30s, 5m, 2h, 3d, 1w.
func spanOf(text string) (time.Duration, bool) {
	units := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}
	last := len(text) - 1
	if last < 1 || units[text[last]] == 0 {
		return 0, false
	}
	n, err := strconv.ParseFloat(text[:last], 64)
	if err != nil || n < 0 || n > 1e6 {
		return 0, false
	}
	return time.Duration(n * float64(units[text[last]])), true
}

// note shows the filter over its list: what is wrong with it before what it says,
// for a list that looks filtered and is not would be misread.
func (f filter) note(s *Style) widget.Span {
	if f.fault != "" {
		return widget.Span{Ink: s.ink(themes.Warn), Text: safe.Clean(f.fault)}
	}
	return widget.Span{Ink: s.ink(themes.Match), Text: safe.Sprintf("/%s", f.text)}
}

// trouble says which word of the filter is not followed, and which ones there are;
// nothing where all are followed.
func (f filter) trouble(s *Style) widget.Span {
	text := f.fault
	if f.known != "" {
		text += "; there are: " + f.known
	}
	return widget.Span{Ink: s.ink(themes.Warn), Text: safe.Clean(text)}
}

func (f filter) empty() bool { return len(f.terms) == 0 && f.fault == "" }

// matchable is something that a filter may match. It is asked for what the filter
// names and nothing else: a list may have ten thousand.
type matchable interface {
	// whole is all that a plain word is looked for in.
	whole() string
	// words are what a field holds.
	words(field string) []string
	// amount is the number that a field holds, or its age in seconds; false where
	// nobody knows it.
	amount(field string) (float64, bool)
}

// subject is something of which all of that is known beforehand.
type subject struct {
	text   string
	fields map[string][]string
}

func (s subject) whole() string               { return s.text }
func (s subject) words(field string) []string { return s.fields[field] }
func (subject) amount(string) (float64, bool) { return 0, false }

func (f filter) matches(s matchable) bool {
	for _, t := range f.terms {
		if t.hits(s) == t.not {
			return false
		}
	}
	return true
}

func (t term) hits(s matchable) bool {
	if t.sized {
		return t.compares(s.amount(t.field))
	}
	if t.field == "" {
		return t.fits(s.whole())
	}
	return slices.ContainsFunc(s.words(t.field), t.fits)
}

// fits tells whether a text is one that the term looks for.
func (t term) fits(text string) bool {
	if t.field == "state" {
		text = stateWord(text)
	}
	if t.like != nil {
		return t.like.MatchString(text)
	}
	switch text = strings.ToLower(text); {
	case t.field == "kind", strings.HasPrefix(t.field, "label:"):
		return text == t.word
	case t.field == "state":
		return strings.HasPrefix(text, t.word)
	}
	return strings.Contains(text, t.word)
}

// compares tells whether an amount is as the term wants it. One that nobody knows
// is neither more nor less than another.
func (t term) compares(is float64, known bool) bool {
	switch {
	case !known:
		return false
	case t.op == '<':
		return is < t.than
	case t.op == '>':
		return is > t.than
	}
	return is == t.than
}
