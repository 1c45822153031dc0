package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// palette is the line behind a colon, with what it could become over it.
type palette struct {
	text   string
	found  []suggestion
	chosen int       // -1 for none
	moved  bool      // somebody went to it
	wrong  safe.Text // with the line that was entered last
	recall int       // how many commands back the line was taken from; 0 for none
	seen   widget.Window
	page   int
}

// suggestion is a line that could be typed.
type suggestion struct {
	text    string // the line
	args    string // what is still to follow
	help    safe.Text
	keys    []string
	command *command // nil where it is an action
	arg     string
	act     Action
	dim     bool // it can do nothing now
}

// command opens the line.
func (m *Model) command() tea.Cmd {
	p := &palette{}
	m.prompt = newPrompt("", p)
	p.changed(m, "")
	return m.readThemes()
}

func (p *palette) label() safe.Text { return safe.Lit(":") }

// changed finds anew what the line could become.
func (p *palette) changed(m *Model, text string) {
	p.text, p.found, p.moved, p.wrong = text, m.suggest(text), false, safe.Text{}
	if text == "" || strings.HasSuffix(text, " ") || len(p.found) == 0 || !p.found[0].begins(text) {
		p.choose(m, -1)
		return
	}
	p.choose(m, 0)
}

// begins tells whether the name of a suggestion, or a part of it, begins with what was
// typed last: one that fits in another way is shown, and run by who goes to it.
func (s suggestion) begins(typed string) bool {
	words, name := strings.Fields(strings.ToLower(typed)), strings.ToLower(s.text)
	if len(words) == 0 {
		return false
	}
	r, ok := rank(words[len(words)-1], name[strings.LastIndexByte(name, ' ')+1:], "")
	return ok && r <= partBegins
}

// choose goes to a suggestion, -1 for none, and shows what it would do.
func (p *palette) choose(m *Model, i int) {
	p.chosen = min(max(i, -1), len(p.found)-1)
	s, _ := p.choice()
	for _, c := range m.keymap.commands {
		switch {
		case c.look == nil:
		case s.command != nil && s.command.name == c.name:
			c.look(m, s.arg)
		default:
			c.look(m, "")
		}
	}
}

func (p *palette) choice() (suggestion, bool) {
	if p.chosen < 0 {
		return suggestion{}, false
	}
	return p.found[p.chosen], true
}

// key chooses and completes.
func (p *palette) key(m *Model, key string) (tea.Cmd, bool) {
	by, moves := map[string]int{"up": -1, "ctrl+p": -1, "down": 1, "ctrl+n": 1, "pgup": -p.page, "pgdown": p.page}[key]
	switch {
	case moves && (p.recall > 0 || by < 0 && p.text == "" && p.chosen <= 0):
		p.past(m, p.recall-by)
	case moves:
		p.moved = true
		p.choose(m, max(p.chosen+by, 0))
	case key == "tab" && len(p.found) > 0:
		p.become(m, p.found[max(p.chosen, 0)].line())
	case key != "tab":
		p.recall = 0
		return nil, false
	}
	return nil, true
}

// past puts an earlier command into the line: the how-manieth before now.
func (p *palette) past(m *Model, back int) {
	back = min(max(back, 0), len(m.typedBefore))
	text := ""
	if back > 0 {
		text = m.typedBefore[len(m.typedBefore)-back]
	}
	p.become(m, text)
	p.recall = back
}

// become puts a text into the line.
func (p *palette) become(m *Model, text string) {
	m.prompt = newPrompt(text, p)
	p.changed(m, text)
}

// line is the suggestion as it is typed; a blank behind it waits for more.
func (s suggestion) line() string {
	if s.args != "" {
		return s.text + " "
	}
	return s.text
}

// enter carries out what was chosen, or what stands there where that is a whole
// command. Where an argument is missing the line waits for it.
func (p *palette) enter(m *Model, text string) tea.Cmd {
	s, ok := p.choice()
	if whole, isWhole := m.commandIn(text); isWhole && !p.moved {
		s, ok = whole, true
	}
	switch {
	case strings.TrimSpace(text) == "" && !ok:
		p.escape(m)
		return nil
	case !ok:
		m.prompt = newPrompt(text, p)
		p.wrong = m.astray(p, text)
		return nil
	case s.arg == "" && s.args != "" && !strings.HasPrefix(s.args, "["):
		p.become(m, s.line())
		return nil
	}
	return m.obey(s)
}

func (p *palette) escape(m *Model) {
	for _, c := range m.keymap.commands {
		if c.look != nil {
			c.look(m, "")
		}
	}
}

// obey carries a suggestion out and remembers it.
func (m *Model) obey(s suggestion) tea.Cmd {
	line := strings.TrimSpace(s.text)
	m.typedBefore = slices.DeleteFunc(m.typedBefore, func(t string) bool { return t == line })
	m.typedBefore = append(m.typedBefore, line)
	if s.command != nil {
		return s.command.obey(m, s.arg)
	}
	if !m.can(s.act) {
		m.say(themes.Warn, m.idle(s.act))
		return nil
	}
	return m.do(s.act)
}

// commandIn is a line that is a command as it stands, with any argument.
func (m *Model) commandIn(text string) (suggestion, bool) {
	word, arg, _ := strings.Cut(strings.TrimSpace(text), " ")
	arg = strings.TrimSpace(arg)
	for _, c := range m.keymap.commands {
		if !c.called(word) {
			continue
		}
		if !c.knows(m, arg) {
			return suggestion{}, false // it is the beginning of one, or none
		}
		return suggestion{text: strings.TrimSpace(text), args: c.args, command: &c, arg: arg}, true
	}
	for _, s := range m.actions() {
		if s.text == strings.TrimSpace(text) {
			return s, true
		}
	}
	return suggestion{}, false
}

// knows tells whether an argument is made of words that may follow.
func (c command) knows(m *Model, arg string) bool {
	if c.words == nil || arg == "" {
		return arg == "" || c.args != ""
	}
	words := []string{arg}
	if strings.Contains(c.args, "..") {
		words = strings.Fields(arg)
	}
	known := c.words(m)
	return !slices.ContainsFunc(words, func(w string) bool {
		return !slices.ContainsFunc(known, func(o choice) bool { return o.word == w })
	})
}

// suggest lists what a line could become, the likeliest first.
func (m *Model) suggest(text string) []suggestion {
	all := m.keymap.commands
	if word, rest, more := strings.Cut(strings.TrimLeft(text, " "), " "); more {
		for _, c := range all {
			switch {
			case c.name != word:
			case c.words != nil && c.offered(m):
				return c.following(m, rest)
			case c.args == "" && strings.TrimSpace(rest) != "":
				return nil
			}
		}
		if whole, ok := m.commandIn(text); ok {
			whole.help = safe.Clean(whole.command.help)
			return []suggestion{whole}
		}
	}
	var found []suggestion
	for _, c := range all {
		if c.offered(m) {
			found = append(found, suggestion{text: c.name, args: c.args, help: safe.Clean(c.help), keys: m.keymap.keysOf(m.scopes(), c.act), command: &c})
		}
	}
	for _, s := range m.actions() {
		if s.dim || slices.ContainsFunc(all, func(c command) bool { return c.act == s.act }) {
			continue
		}
		found = append(found, s)
	}
	return ranked(found, text, func(s suggestion) (string, string) { return s.text, s.help.String() })
}

// following are the words that may follow a command. The last one is being typed.
func (c *command) following(m *Model, typed string) []suggestion {
	before, last := "", typed
	if strings.Contains(c.args, "..") {
		i := strings.LastIndexByte(typed, ' ') + 1
		before, last = typed[:i], typed[i:]
	}
	var found []suggestion
	for _, w := range c.words(m) {
		if before != "" && slices.Contains(append(strings.Fields(before), "all"), w.word) {
			continue
		}
		arg := strings.TrimSpace(before + w.word)
		found = append(found, suggestion{text: c.name + " " + arg, help: w.help, command: c, arg: arg})
	}
	return ranked(found, last, func(s suggestion) (string, string) { return strings.TrimPrefix(s.arg, before), "" })
}

// actions are all actions of the screen on top by their names, those that only move
// the cursor last.
func (m *Model) actions() []suggestion {
	var found, moves []suggestion
	seen := map[Action]bool{}
	for _, b := range m.keymap.of(m.scopes()) {
		if seen[b.action] || b.action == ActCommand {
			continue
		}
		seen[b.action] = true
		s := suggestion{text: string(b.action), help: safe.Clean(b.help), keys: b.keys, act: b.action, dim: !m.can(b.action)}
		if b.scope == inAll {
			moves = append(moves, s)
			continue
		}
		found = append(found, s)
	}
	return append(found, moves...)
}

// nothingFits says why a line can become nothing.
func (m *Model) nothingFits(text string) safe.Text {
	if why := m.whyUnfit(text); why.Len() > 0 {
		return why
	}
	return safe.Sprintf("none fits %q", text)
}

// whyUnfit says of a line with a command or an action that there is what that lacks here;
// nothing of any other.
func (m *Model) whyUnfit(text string) safe.Text {
	word, arg, _ := strings.Cut(strings.TrimSpace(text), " ")
	arg = strings.TrimSpace(arg)
	why := func(a Action) safe.Text {
		if m.binds(a) {
			return safe.Sprintf("%s: ", word).Plus(m.why(a))
		}
		return safe.Sprintf("%s: not on this screen", word)
	}
	for _, c := range m.keymap.commands {
		switch {
		case !c.called(word):
		case !c.offered(m):
			return why(c.act)
		case c.args == "" && arg != "":
			return safe.Sprintf("%s takes no argument", word)
		case arg == "marked":
			return safe.Lit("nothing is marked")
		}
	}
	for _, b := range m.keymap.bindings {
		_, name, _ := strings.Cut(string(b.action), ".")
		if arg == "" && (word == name || word == string(b.action)) {
			return why(b.action)
		}
	}
	return safe.Text{}
}

// above draws the suggestions over the line.
func (p *palette) above(m *Model, height int) []string {
	most := min(14, max(height/2, 3))
	s := m.style
	count := safe.Sprintf("%s, tab completes", plural(len(p.found), "command"))
	if len(p.found) == 0 {
		count = m.nothingFits(p.text)
	}
	wrong := toldLines(p.wrong, s.ink(themes.Warn), m.width, min(3, height-1))
	height -= len(wrong)
	rows := min(len(p.found), most, max(height-1, 0))
	var lines []string
	if height > rows {
		lines = append(lines, widget.Rule(m.width, s.ink(themes.Rule), widget.Span{Ink: s.ink(themes.Title), Text: safe.Lit("commands")}, widget.Span{Ink: s.ink(themes.Dim), Text: count}))
	}
	p.seen.SetLen(len(p.found))
	p.seen.To(p.chosen)
	p.page = max(rows, 1)
	from, to := p.seen.See(rows)
	return append(append(lines, drawSuggestions(s, m.width, p.found, from, to, p.chosen)...), wrong...)
}

// drawSuggestions draws some of the suggestions as a table.
func drawSuggestions(s *Style, width int, found []suggestion, from, to, chosen int) []string {
	names := 22
	for _, f := range found {
		names = max(names, widget.Width(safe.Clean(strings.TrimSpace(f.text+" "+f.args))))
	}
	t := widget.NewTable(width, []widget.Column{
		{Width: min(names, 34), Min: 10, Cut: widget.CutMiddle},
		{Width: 20, Min: 10, Grow: true, Rank: 1},
		{Width: 8, Min: 6, Rank: 2, Right: true},
	})
	var lines []string
	for i := from; i < to; i++ {
		f, on := found[i], i == chosen
		role := themes.Text
		if f.dim {
			role = themes.Dim
		}
		lines = append(lines, t.Row(s.on(on, themes.Text), on, []widget.Span{
			{Ink: s.on(on, role), Text: safe.Clean(strings.TrimSpace(f.text + " " + f.args))},
			{Ink: s.on(on, themes.Dim), Text: f.help},
			{Ink: s.on(on, themes.Key), Text: safe.Clean(strings.Join(f.keys, " "))},
		}))
	}
	return lines
}
