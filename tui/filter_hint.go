package tui

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// valued is a pane that can tell what the fields of its rows hold now, whatever
// the filter lets through: the most frequent first.
type valued interface {
	Values(e Env, field string) []string
}

// frequent counts words and gives them, the most frequent first.
func frequent(all func(yield func(string) bool)) []string {
	n := map[string]int{}
	for w := range all {
		if w != "" {
			n[w]++
		}
	}
	return slices.SortedFunc(maps.Keys(n), func(a, b string) int { return cmp.Or(cmp.Compare(n[b], n[a]), cmp.Compare(a, b)) })
}

// lastToken parts what was typed into what is finished and the term that is being
// typed, which is nothing behind a blank.
func lastToken(text string) (before, token string) {
	quoted, at := false, 0
	for i, r := range text {
		switch {
		case r == '"':
			quoted = !quoted
		case r == ' ' && !quoted:
			at = i + 1
		}
	}
	return text[:at], text[at:]
}

// candidates are what the term that is being typed could become: a field, or
// behind it one of the values that it has now.
func (w *filterWords) candidates(token string, values func(field string) []string) []string {
	typed, not := strings.CutPrefix(token, "!")
	mark := ""
	if not {
		mark = "!"
	}
	all := []string{}
	field, part, ok := strings.Cut(typed, "=")
	if !ok {
		for _, f := range w.named() {
			if strings.HasPrefix(f, strings.ToLower(typed)) {
				all = append(all, mark+f)
			}
		}
		return all
	}
	part = strings.ToLower(strings.Trim(part, `"`))
	if !slices.Contains(w.fields, field) && !strings.HasPrefix(field, "label:") {
		return nil
	}
	for _, v := range values(field) {
		if field == "state" {
			v = stateWord(v)
		}
		if !strings.Contains(strings.ToLower(v), part) {
			continue
		}
		if strings.ContainsAny(v, " \t") {
			v = `"` + v + `"`
		}
		all = append(all, mark+field+"="+v)
	}
	return all
}

// named are the fields as one begins to type them.
func (w *filterWords) named() []string {
	all := []string{}
	for _, f := range w.fields {
		all = append(all, f+"=")
	}
	for _, f := range slices.Concat(w.counts, w.spans) {
		all = append(all, f+">")
	}
	if w.labels {
		all = append(all, "label:")
	}
	return all
}

// suggestions are the candidates for the filter that is being typed.
func (m *Model) suggestions() []string {
	words := m.top().spec.filter
	if words == nil || words.text {
		return nil
	}
	_, token := lastToken(m.prompt.value())
	return words.candidates(token, func(field string) []string {
		p, e := m.current()
		if v, ok := p.(valued); ok {
			return v.Values(e, field)
		}
		return nil
	})
}

// above shows what could be typed next, in place of the status line, and what is
// wrong with what was typed.
func (filterLine) above(m *Model, height int) []string {
	if height < 1 || !m.chrome().status {
		return nil
	}
	l, s := widget.NewLine(m.width).Gap(widget.Ink{}, 1), m.style
	if m.top().filter.fault != "" {
		trouble := m.top().filter.trouble(s)
		l.Put(trouble.Ink, trouble.Text).Gap(widget.Ink{}, 3)
	}
	all := m.suggestions()
	if len(all) == 0 && m.top().filter.fault == "" {
		return nil
	}
	for i, c := range all {
		text := safe.Clean(c)
		if room := l.Room() - widget.Width(text); room < 5 && i < len(all)-1 || room < 0 {
			l.Put(s.ink(themes.Dim), safe.Lit(".."))
			break
		}
		l.Put(s.ink(themes.Dim), text).Gap(widget.Ink{}, 2)
	}
	return []string{l.Fill(widget.Ink{}).String()}
}

// complete goes on with what all candidates begin with.
func (m *Model) complete() {
	all := m.suggestions()
	if len(all) == 0 {
		return
	}
	common := all[0]
	for _, c := range all[1:] {
		for !strings.HasPrefix(c, common) {
			common = common[:len(common)-1]
		}
	}
	common = strings.ToValidUTF8(common, "")
	before, token := lastToken(m.prompt.value())
	if len(common) <= len(token) && len(all) > 1 {
		return
	}
	if len(all) == 1 && !strings.HasSuffix(common, "=") && !strings.HasSuffix(common, ">") && !strings.HasSuffix(common, ":") {
		common += " "
	}
	m.prompt.input.SetValue(before + common)
	m.prompt.input.CursorEnd()
	m.prompt.line.changed(m, m.prompt.value())
}
