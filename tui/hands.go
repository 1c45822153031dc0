package tui

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"

	tea "charm.land/bubbletea/v2"

	"selvage/core/safe"
	"selvage/themes"
)

// handActs are what is done with what is shown: it is copied, written, given to a pager.
func handActs() map[Action]ownAct {
	return map[Action]ownAct{
		ActCopy: {
			can: func(m *Model) bool { text, _ := m.selected(); return text != "" && m.copies() },
			do: func(m *Model) tea.Cmd {
				text, _ := m.selected()
				return m.copy(text)
			},
		},
		ActCopyJSON: {
			can: func(m *Model) bool {
				_, all := m.selected()
				return all != nil && m.cfg.Acts.JSON != nil && m.copies()
			},
			do: (*Model).copyJSON,
		},
		ActWrite: {do: (*Model).askFile},
		ActPager: {do: (*Model).page},
	}
}

// copier is a pane in which something can be copied.
type copier interface {
	// Copied is what the cursor is on: its name or value, "" where it is on
	// nothing, and the whole of it, of a kind that [Acts].JSON knows; nil for none.
	Copied(Env) (text string, all any)
}

// selected is what the cursor of the screen on top is on. Its text is safe to be
// pasted into a shell: no key of a terminal is in it.
func (m *Model) selected() (text string, all any) {
	p, e := m.current()
	c, ok := p.(copier)
	if !ok {
		return "", nil
	}
	text, all = c.Copied(e)
	return pasteable(text), all
}

// pasteable is a text in which no key of a terminal is.
func pasteable(text string) string {
	lines := []string{}
	for _, l := range safe.Multi(strings.TrimRight(text, "\n")) {
		lines = append(lines, l.String())
	}
	return strings.Join(lines, "\n")
}

// copyJSON copies what the cursor is on as the document that scripts are given.
func (m *Model) copyJSON() tea.Cmd {
	_, all := m.selected()
	doc, err := m.cfg.Acts.JSON(all)
	if err != nil {
		m.say(themes.Error, safe.Sprintf("copy as JSON: %v", err))
		return nil
	}
	return m.copy(inert(string(doc)))
}

// inert is a document of JSON in which every character can be seen.
func inert(doc string) string {
	var b strings.Builder
	for _, r := range doc {
		switch {
		case r == '\n' || unicode.IsPrint(r):
			b.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// page shows the whole of the screen on top in the person's pager.
func (m *Model) page() tea.Cmd {
	pager, _ := m.cfg.env("PAGER")
	if strings.TrimSpace(pager) == "" {
		pager = "less -R"
	}
	return m.execute(Exec{
		Title: safe.Sprintf("show it in %q ($PAGER)", pager), Line: pager, Input: m.wholeText(),
		Then: func(_ Env, end Ended) Outcome {
			if end.Code > 1 { // less says 0 when left, and 1 or 2 where it was interrupted
				return Outcome{Note: safe.Sprintf("$PAGER is %q: %v", pager, end.Why())}
			}
			return Outcome{}
		},
	})
}
