package tui

import (
	"cmp"
	"slices"
	"strings"

	"selvage/core"
	"selvage/core/safe"
)

// astray says what is wrong with a line that is no command, and what is near to it.
func (m *Model) astray(p *palette, text string) safe.Text {
	word, arg, _ := strings.Cut(strings.TrimSpace(text), " ")
	for _, c := range m.keymap.commands {
		if !c.called(word) || c.words == nil || arg == "" || !c.offered(m) {
			continue
		}
		known := []string{}
		for _, w := range c.words(m) {
			known = append(known, w.word)
		}
		unknown := strings.TrimSpace(arg)
		if words := strings.Fields(arg); strings.Contains(c.args, "..") {
			words = slices.DeleteFunc(words, func(w string) bool { return slices.Contains(known, w) })
			unknown = append(words, unknown)[0]
		}
		if unknown == "marked" {
			break // it would be known where something was marked
		}
		return safe.Sprintf("%s: there is no %q; ", word, unknown).Plus(offering(unknown, known))
	}
	if len(p.found) > 0 {
		return safe.Sprintf("%q is no command: down goes to one of these, enter runs it", strings.TrimSpace(text))
	}
	if says := m.whyUnfit(text); says.Len() > 0 {
		return says
	}
	names := []string{}
	for _, c := range m.keymap.commands {
		names = append(names, c.name)
	}
	return safe.Sprintf("there is no command %q; ", word).Plus(offering(word, names), safe.Lit(" (? tells all)"))
}

// offering names those of some words that are near to one that was typed, else some of
// them.
func offering(typed string, known []string) safe.Text {
	const most = 4
	if len(known) == 0 {
		return safe.Lit("nothing can follow here")
	}
	known = slices.Clone(known)
	far := func(w string) int { return core.Distance(strings.ToLower(typed), strings.ToLower(w)) }
	near := slices.DeleteFunc(slices.Clone(known), func(w string) bool { return far(w) > max(2, len(w)/3) })
	if len(near) > 0 {
		slices.SortStableFunc(near, func(a, b string) int { return cmp.Compare(far(a), far(b)) })
		return safe.Sprintf("near to it: %s", strings.Join(near[:min(len(near), most)], ", "))
	}
	text := "there are " + strings.Join(known[:min(len(known), most)], ", ")
	if n := len(known) - most; n > 0 {
		return safe.Sprintf("%s and %s more", text, grouped(n))
	}
	return safe.Clean(text)
}
