package tui

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

const (
	// A line is slow from the one round trip on, and none any more below the other.
	slowFrom, slowUntil = 150 * time.Millisecond, 100 * time.Millisecond
	// trips is how many round trips are looked at: the shortest of them is the
	// line's, the others had something else to wait for.
	trips = 5
	// On a slow line, what nobody asked for is shown once in calm, and ages are
	// those of the last moment.
	calmly, moment = time.Second, 10 * time.Second
)

// trip notes how long an answer of the terminal took. The caller holds mu.
func (p *pace) trip(took time.Duration) {
	p.trips = append(p.trips, took)
	if len(p.trips) > trips {
		p.trips = p.trips[1:]
	}
	least := slices.Min(p.trips)
	p.slow = least >= slowFrom || p.slow && least >= slowUntil
}

// line is the round trip to the terminal, 0 where it has not answered, and whether
// that makes it a slow one.
func (p *pace) line() (round time.Duration, slow bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.trips) == 0 {
		return 0, false
	}
	return slices.Min(p.trips), p.slow
}

// lateMsg has what was held back on a slow line drawn.
type lateMsg struct{}

// take has the frame drawn, or held once more where one was drawn just now.
func (lateMsg) take(m *Model) tea.Cmd {
	m.drawing.late = false
	if m.held() {
		return m.later()
	}
	return nil
}

// urgent tells of a message whether a person waits for what comes of it. What a job
// brings she does for as long as she may have asked for it.
func (m *Model) urgent(msg tea.Msg) bool {
	switch msg.(type) {
	case tea.KeyPressMsg:
		m.drawing.pressed = m.cfg.Now()
	case doneMsg:
		return m.cfg.Now().Sub(m.drawing.pressed) < moment
	case eventMsg, clockMsg, themesMsg, lateMsg, uv.PrimaryDeviceAttributesEvent:
		return false
	}
	return true
}

// held tells whether a frame has to wait on a slow line: nobody asked for it, and
// there was one just now.
func (m *Model) held() bool {
	_, slow := m.pace.line()
	return slow && !m.drawing.asked && m.cfg.Now().Sub(m.drawing.drawn) < calmly
}

// later has a frame that is held drawn in the end.
func (m *Model) later() tea.Cmd {
	if _, slow := m.pace.line(); !slow || m.drawing.late {
		return nil
	}
	m.drawing.late = true
	return tea.Tick(calmly, func(time.Time) tea.Msg { return lateMsg{} })
}

// sees is the time that ages are told from.
func (m *Model) sees() time.Time {
	if _, slow := m.pace.line(); slow {
		return m.now.Truncate(moment)
	}
	return m.now
}

// slowness says that it is the line that is slow, and how much; nothing where it
// is not.
func (m *Model) slowness() []widget.Span {
	round, slow := m.pace.line()
	if !slow {
		return nil
	}
	const step = 50 * time.Millisecond // or it would be another in every frame
	return []widget.Span{{Ink: m.style.ink(themes.Dim), Text: safe.Sprintf("slow line %dms", round.Round(step).Milliseconds())}}
}
