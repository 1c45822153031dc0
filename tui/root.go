package tui

import (
	"context"
	"maps"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// Model is the whole dashboard: the screens that are open, one over the other,
// and what they all share. It does no I/O; its commands wait for events and
// for time.
type Model struct {
	ctx    context.Context
	cfg    Config
	styles *styles
	style  *Style // of the screen on top
	keymap *Keymap
	own    map[Action]ownAct
	panes  []paneSpec
	tabs   []paneSpec // in the order of their numbers
	fleet  core.Fleet
	now    time.Time

	width, height int

	stack   []*screen
	kept    map[Place]*screen // screens that were left, for when one comes back
	prompt  *prompt           // nil unless something is being typed
	note    widget.Span
	whole   bool        // the note is told on as many lines as it takes
	parting []safe.Text // what went wrong since the person began to leave
	owed    []safe.Text // what went wrong while a line was typed
	begun   string      // the run that the note says has begun; "" where it says something else

	trail       trail
	typedBefore []string       // behind a colon, the latest last
	shelf       []themes.Entry // the themes to choose from, once they were read
	noticed     notices
	shattered   shattered

	jobs       int      // that were ever begun
	deeds      []errand // that are not done yet, the first being done
	acting     bool
	mine       map[string]bool            // the runs that were begun here
	laid       map[core.FabricID]bool     // where drafts were seen since the start
	chosenWays map[core.FabricID]core.Way // where what is decided goes, where somebody said it
	warned     bool                       // of a run that leaving interrupts, or that the next one quits
	started    time.Time
	pace       *pace
	give       func(tea.ExecCommand, tea.ExecCallback) tea.Cmd // the terminal to a program
	leaving    tea.Cmd                                         // waits for the terminal to be quiet
	drawing    drawing
	ticking    time.Duration // after which the clock tick comes that is on its way; 0 for none
	ticks      int           // that were ever begun
	measuring  bool          // a question about the line is about to be asked
	said       terminalSaid  // by its answers
	blurred    bool
	quitting   bool
	look       look

	desk   deskMemo
	origin originMemo
	glance glance
}

// screen is a pane on the stack.
type screen struct {
	spec   paneSpec
	pane   Pane
	place  Place
	below  paneSpec // of the screen under it
	among  []core.Key
	filter filter
	work   work

	fabrics []core.FabricID // see [Outcome]
}

type (
	// eventMsg carries an event of the engine, or why there are no more.
	eventMsg struct {
		event core.Event
		err   error
	}
	clockMsg  struct{ tick int } // the how-manieth was begun
	settleMsg struct{}           // the terminal has had its time to start up
	leaveMsg  struct{}           // a deed has had its time to end
)

func (msg clockMsg) take(m *Model) tea.Cmd {
	if msg.tick == m.ticks {
		m.ticking = 0
	}
	return m.tick()
}

func (settleMsg) take(*Model) tea.Cmd { return tea.RequestWindowSize }

func (leaveMsg) take(m *Model) tea.Cmd { return m.leave() }

// New makes a dashboard for a Bubble Tea program. Its waiting ends with ctx.
func New(ctx context.Context, cfg Config) *Model {
	m := &Model{ctx: ctx, cfg: cfg, now: cfg.Now(), kept: map[Place]*screen{}, mine: map[string]bool{}, laid: map[core.FabricID]bool{}, chosenWays: map[core.FabricID]core.Way{}}
	m.keymap, m.own, m.panes, m.tabs = cfg.Keymap, ownActs(), panes(), tabs()
	if m.keymap == nil {
		m.keymap = newKeymap(bindings())
	}
	maps.Copy(m.own, toolActs(m.keymap.tools))
	m.give = tea.Exec
	m.started, m.pace = m.now, &pace{ctx: ctx, now: cfg.Now}
	m.styles = newStyles(cfg.Themes, cfg.Theme, cfg.NoColor)
	m.fleet = cfg.Engine.Fleet()
	m.open(Place{Screen: m.panes[0].name}, nil)
	m.noticed.begin(m.fleet)
	m.arrive()
	m.dress()
	if cfg.Notice.Len() > 0 {
		m.say(themes.Warn, cfg.Notice)
	}
	return m
}

// Init starts to listen and asks the terminal what it can.
func (m *Model) Init() tea.Cmd {
	cmds := []tea.Cmd{m.listen(), m.tick(), m.styles.follow(m.ctx, time.Second)}
	// A change of size in the first moments can get lost on its way.
	cmds = append(cmds, tea.Tick(100*time.Millisecond, func(time.Time) tea.Msg { return settleMsg{} }))
	if m.cfg.Term != "dumb" {
		cmds = append(cmds, tea.RequestBackgroundColor, m.pace.ask())
		if !m.cfg.NoSync {
			cmds = append(cmds, tea.Raw(ansi.RequestModeSynchronizedOutput))
		}
	}
	return tea.Batch(cmds...)
}

// listen waits for one event; Update arms it again.
func (m *Model) listen() tea.Cmd {
	if m.cfg.Events == nil {
		return nil
	}
	return func() tea.Msg {
		event, err := m.cfg.Events(m.ctx)
		return eventMsg{event, err}
	}
}

// tick wakes the dashboard when an age on screen is about to change. One that would
// come later than that is not waited for: what was read in between counts seconds.
func (m *Model) tick() tea.Cmd {
	wait := m.wait()
	if m.ticking != 0 && m.ticking <= wait || m.blurred || len(m.fleet.Fabrics) == 0 {
		return nil
	}
	m.ticking = wait
	m.ticks++
	next := clockMsg{m.ticks}
	return tea.Tick(wait, func(time.Time) tea.Msg { return next })
}

// wait is how long nothing on screen changes by itself: a second while some
// age is counted in seconds or a job runs, else ten.
func (m *Model) wait() time.Duration {
	if _, slow := m.pace.line(); slow {
		return moment
	}
	for _, f := range m.fleet.Fabrics {
		if m.working() || len(m.deeds) > 0 || f.Run != nil && f.Run.Phase.Active() || !f.Checking.IsZero() || f.Report != nil && m.now.Sub(f.Report.Live.ReadAt) < time.Minute {
			return time.Second
		}
	}
	return 10 * time.Second
}

// Update takes one message. Text from outside arrives with the fleet, keys
// from the person; nothing here waits for either.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	// Whole seconds: what was made for one is good until the next.
	m.now = m.cfg.Now().Truncate(time.Second)
	m.drawing.asked = m.urgent(msg) || m.drawing.asked
	m.glance.fresh = false
	cmd := m.take(msg)
	m.arrive()
	m.dress()
	m.tellOwed()
	m.refocus()
	job, deed := m.work(), m.deed()
	if job == nil && deed == nil {
		return m, cmd
	}
	return m, tea.Batch(cmd, job, deed, m.tick())
}

// take does what a message asks for: those of the library here, its own each where
// they are made.
func (m *Model) take(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case tea.KeyPressMsg:
		if m.cfg.Pressed != nil {
			m.cfg.Pressed()
		}
		if !m.quitting {
			return m.key(msg)
		}
	case tea.PasteMsg:
		// Outside a line that is being typed, what was pasted is dropped: it
		// must never run as keys.
		if m.prompt != nil {
			m.edit(msg)
		}
	case tea.FocusMsg:
		m.blurred = false
		m.fleet = m.cfg.Engine.Fleet()
		return m.tick()
	case tea.BlurMsg:
		m.blurred = true
	case tea.BackgroundColorMsg:
		m.styles.heard(msg)
		m.said.background = "dark"
		if !msg.IsDark() {
			m.said.background = "light"
		}
	case tea.ColorProfileMsg:
		m.styles.heard(msg)
	case tea.ModeReportMsg:
		if msg.Mode == ansi.ModeSynchronizedOutput {
			m.said.sync = syncWord(msg.Value)
		}
	case uv.PrimaryDeviceAttributesEvent:
		m.said.clipboard = clipboardWord(msg)
		return m.answered()
	case tea.ResumeMsg:
		m.pace.back()
		return tea.RequestWindowSize
	case ownMsg:
		return msg.take(m)
	}
	return nil
}

// dress takes the style of the fabric that is looked at.
func (m *Model) dress() {
	own := ""
	if f, ok := m.fleet.Fabric(m.top().place.Fabric); ok {
		own = f.Fabric.Theme
		m.laid[f.Fabric.ID] = m.laid[f.Fabric.ID] || len(f.Drafts) > 0
	}
	m.style = m.styles.of(own)
}

// take hears an event: whatever it says, what is now the case is asked of the
// engine. After quitting nothing is heard any more.
func (msg eventMsg) take(m *Model) tea.Cmd {
	switch {
	case m.quitting || m.ctx.Err() != nil:
		return nil
	case msg.err != nil:
		m.say(themes.Error, safe.Sprintf("nothing is read any more: %v", msg.err))
		return nil
	}
	m.fleet = m.cfg.Engine.Fleet()
	m.outdate()
	return tea.Batch(m.listen(), m.tick(), m.later(), m.notify())
}

// quit leaves, the second time where the first one tells of a run that goes on. A
// deed is given a second to end.
func (m *Model) quit() tea.Cmd {
	if run := m.running(); run != nil && !m.warned {
		m.warned = true
		m.dropLine()
		m.say(themes.Warn, safe.Sprintf("run %s goes on (%s): the same key again leaves, and interrupts it", shortRun(run), run.Phase))
		return nil
	}
	m.quitting = true
	m.dropLine()
	if len(m.deeds) > 0 {
		return tea.Tick(time.Second, func(time.Time) tea.Msg { return leaveMsg{} })
	}
	return m.leave()
}

// dropLine takes the line back that is being typed.
func (m *Model) dropLine() {
	if m.prompt == nil {
		return
	}
	l := m.prompt.line
	m.prompt = nil
	l.escape(m)
}

// leave ends the program as soon as the terminal is quiet.
func (m *Model) leave() tea.Cmd { return m.whenQuiet(tea.Quit) }

// running is a run of this process that is under way; nil where there is none.
func (m *Model) running() *core.Run {
	for _, f := range m.fleet.Fabrics {
		if f.Run != nil && m.mine[f.Run.ID] && f.Run.Phase.Active() {
			return f.Run
		}
	}
	return nil
}

// say puts a sentence into the status line, until the next key. What went wrong is
// told whole, on as many lines as it takes, and told again when the screen is gone
// where the person was leaving already.
func (m *Model) say(r themes.Role, t safe.Text) {
	if m.quitting && r == themes.Error {
		m.parting = append(m.parting, t)
	}
	if m.prompt != nil && r == themes.Error {
		m.owed = append(m.owed, t) // what is typed may cover it, and the next key ends it
	}
	m.note, m.whole, m.begun = widget.Span{Ink: m.style.ink(r), Text: t}, r == themes.Error || r == themes.Warn, ""
}

// outdate takes back that a run has begun, when that is over.
func (m *Model) outdate() {
	for _, f := range m.fleet.Fabrics {
		for _, r := range []*core.Run{f.Run, f.Own} {
			if r != nil && r.ID == m.begun && r.Phase.Over() {
				m.note, m.begun = widget.Span{}, ""
			}
		}
	}
}

// tellOwed tells again what went wrong while a line was typed, one after the other.
func (m *Model) tellOwed() {
	if m.prompt == nil && m.note.Text.Len() == 0 && len(m.owed) > 0 {
		t := m.owed[0]
		m.owed = m.owed[1:]
		m.say(themes.Error, t)
	}
}

func (m *Model) top() *screen { return m.stack[len(m.stack)-1] }

// open puts a screen on the stack, one that was left before as it was then. One that
// lies there already stays as it is: escape leads back to what it shows.
func (m *Model) open(p Place, among []core.Key) {
	i := slices.IndexFunc(m.panes, func(s paneSpec) bool { return s.name == p.Screen })
	if i < 0 {
		return
	}
	spec := m.panes[i]
	id := Place{Screen: p.Screen, Fabric: p.Fabric}
	s := m.kept[id]
	if s == nil || slices.Contains(m.stack, s) {
		s = &screen{spec: spec, pane: spec.new()}
		m.kept[id] = s
	} else if p, ok := s.pane.(reopener); ok {
		p.reopened()
	}
	s.place, s.among, s.fabrics = p, among, nil
	if len(m.stack) > 0 {
		s.below = m.top().spec
	}
	m.stack = append(m.stack, s)
}

// env is what the screen on top works with.
func (m *Model) env() Env {
	s := m.top()
	e := Env{
		Place: s.place, Among: s.among, below: s.below, Filter: s.filter,
		Fleet: m.fleet, Now: m.sees(), Style: m.style,
		work: s.work, explain: m.cfg.Engine.Explain,
		document: m.cfg.Document, mode: m.cfg.Mode, about: m.about(), version: safe.Clean(m.cfg.Version),
		keymap: m.keymap, acts: m.cfg.Acts, mine: m.mine, busy: len(m.deeds) > 0,
		look: m.look, fabrics: s.fabrics, chosenWays: m.chosenWays, desk: &m.desk, glance: &m.glance,
		terminal: m.terminal(), files: [2]string{m.cfg.ConfigFile, m.cfg.LogFile},
	}
	e.Width, e.Height = m.room()
	return e
}

// current is the pane on top, up to date with what it is given.
func (m *Model) current() (Pane, Env) {
	p, e := m.top().pane, m.env()
	load(p, e)
	return p, e
}

// frame is what a pane of the screen on top draws. What is about a fabric that is gone
// has nothing to draw.
func (m *Model) frame(p Pane, e Env) Frame {
	if e.glance != nil {
		e.glance.drawn, e.glance.fresh = false, true
	}
	if _, ok := e.fabric(); !ok && m.top().spec.of != theFleet {
		return goneFrame(e)
	}
	load(p, e)
	return p.View(e)
}

func (m *Model) about() safe.Text {
	if m.cfg.User == "" || m.cfg.Host == "" {
		return safe.Clean(m.cfg.User + m.cfg.Host)
	}
	return safe.Sprintf("%s@%s", m.cfg.User, m.cfg.Host)
}
