package tui

import (
	"cmp"
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
	// line's, the others had something else to wait for. Before there are so many
	// nothing is known of the line: at the start everything waits for the machine.
	trips = 5
	// spread is how far the questions of two trips are from each other. What keeps one
	// frame waiting keeps those right behind it.
	spread = 400 * time.Millisecond
	// On a slow line, what nobody asked for is shown once in calm, and ages are
	// those of the last moment.
	calmly, moment = time.Second, 10 * time.Second
)

// trip is how long the answers to what was asked in one moment took, the shortest.
type trip struct {
	asked time.Time
	took  time.Duration
}

// note keeps how long an answer of the terminal took. The caller holds mu.
func (p *pace) note(asked time.Time) {
	took := p.now().Sub(asked)
	if last := len(p.trips) - 1; last >= 0 && asked.Sub(p.trips[last].asked) < spread {
		p.trips[last].took = min(p.trips[last].took, took)
	} else {
		p.trips = append(p.trips, trip{asked, took})
	}
	if len(p.trips) > trips {
		p.trips = p.trips[1:]
	}
	least := p.least()
	p.slow = len(p.trips) == trips && least >= slowFrom || p.slow && least >= slowUntil
}

// least is the shortest of the trips, 0 where there is none. The caller holds mu.
func (p *pace) least() time.Duration {
	if len(p.trips) == 0 {
		return 0
	}
	return slices.MinFunc(p.trips, func(a, b trip) int { return cmp.Compare(a.took, b.took) }).took
}

// line is the round trip to the terminal, 0 where it has not answered, and whether
// that makes it a slow one.
func (p *pace) line() (round time.Duration, slow bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.least(), p.slow
}

// wants tells whether questions are to be asked only for how long their answers take:
// where the terminal answers, and too few trips are known.
func (p *pace) wants() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.answers && !p.silent && p.ctx.Err() == nil && len(p.trips) < trips
}

// answered takes an answer of the terminal. What it has taught of the line is shown in
// the end, and the clock goes by it.
func (m *Model) answered() tea.Cmd {
	_, was := m.pace.line()
	var next tea.Cmd
	if m.pace.answered() {
		next = m.parted()
	}
	if _, slow := m.pace.line(); slow != was {
		next = tea.Batch(next, m.later(), m.tick())
	}
	return tea.Batch(next, m.measure())
}

// tripMsg has the terminal asked once more.
type tripMsg struct{}

// take asks, and once more later.
func (tripMsg) take(m *Model) tea.Cmd {
	m.measuring = false
	if !m.pace.wants() {
		return nil
	}
	return tea.Batch(m.pace.ask(), m.measure())
}

// measure has the terminal asked until enough is known of the line: frames alone,
// each of which asks too, may not come for minutes.
func (m *Model) measure() tea.Cmd {
	if m.measuring || !m.pace.wants() {
		return nil
	}
	m.measuring = true
	return tea.Tick(spread, func(time.Time) tea.Msg { return tripMsg{} })
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
	case eventMsg, clockMsg, themesMsg, lateMsg, tripMsg, uv.PrimaryDeviceAttributesEvent:
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
