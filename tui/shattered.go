package tui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
)

// shattered knows the pieces of an arrow or function key that a slow line took
// apart: its escape comes alone and is a key by itself, and then come the rest as
// letters.
type shattered struct {
	at     time.Time // of the piece before
	inside bool      // behind the [ or O that goes on after the escape
}

// shatterSpan is how long after one piece the next may come.
const shatterSpan = 500 * time.Millisecond

// drops tells whether a key is such a piece, and no key.
func (s *shattered) drops(msg tea.KeyPressMsg, now time.Time) bool {
	soon, inside := !s.at.IsZero() && now.Sub(s.at) <= shatterSpan, s.inside
	s.at, s.inside = time.Time{}, false
	switch key := msg.String(); {
	case key == "esc":
		s.at = now
	case soon && !inside && (key == "[" || key == "O"):
		s.at, s.inside = now, true
		return true
	case soon && inside && len(key) == 1 && strings.Contains("0123456789;", key):
		s.at, s.inside = now, true
		return true
	case soon && inside && len(key) == 1 && key[0] >= '@':
		return true
	}
	return false
}
