package tui

import (
	"slices"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// openerActs open other tools.
func openerActs() map[Action]ownAct {
	return map[Action]ownAct{ActTools: {
		can: func(m *Model) bool { return len(m.openers()) > 0 },
		do: func(m *Model) tea.Cmd {
			m.prompt = newPrompt("", &toolsLine{tools: m.openers()})
			return nil
		},
	}}
}

// builtin is a tool that many have: it is offered where its program is there, and
// runs the first of its lines for which all is known.
type builtin struct {
	program string
	name    string
	runs    []string
}

// toPager has what a tool prints read, not only seen: it is gone with its end.
const toPager = " 2>&1 | ${PAGER:-less}"

// builtins are those tools.
func builtins() []builtin {
	return []builtin{
		{"k9s", "k9s", []string{
			"k9s --readonly --kubeconfig {kubeconfig} --context {context} --namespace {namespace} --command {resource}",
			"k9s --readonly --kubeconfig {kubeconfig} --namespace {namespace} --command {resource}",
			"k9s --readonly --kubeconfig {kubeconfig} --context {context}",
			"k9s --readonly --kubeconfig {kubeconfig}",
		}},
		{"kubectl", "kubectl get", []string{
			"kubectl --kubeconfig {kubeconfig} --context {context} --namespace {namespace} get {resource} {name} --output yaml --show-managed-fields" + toPager,
			"kubectl --kubeconfig {kubeconfig} --namespace {namespace} get {resource} {name} --output yaml --show-managed-fields" + toPager,
		}},
		{"argocd", "argocd app diff", []string{"argocd app diff {app}" + toPager}},
		{"git", "git log", []string{
			"git -C {clone} log --patch {branch} -- {file}" + toPager,
			"git -C {clone} log --stat {branch} -- {path}" + toPager,
		}},
	}
}

// ToolPrograms are the programs that the dashboard opens on what is selected, where
// they are there.
func ToolPrograms() []string {
	names := []string{}
	for _, b := range builtins() {
		names = append(names, b.program)
	}
	return names
}

// openers are the tools that can be opened on what is selected: those that everybody
// may have, and the person's own.
func (m *Model) openers() []Tool {
	var all []Tool
	for _, b := range builtins() {
		if !slices.Contains(m.cfg.Programs, b.program) {
			continue
		}
		for _, run := range b.runs {
			t := Tool{Name: b.name, Run: run}
			if _, fault := m.toolLine(t); fault.Len() == 0 {
				all = append(all, t)
				break
			}
		}
	}
	for _, t := range m.keymap.tools {
		if _, fault := m.toolLine(t); fault.Len() == 0 {
			all = append(all, t)
		}
	}
	return all[:min(len(all), 9)]
}

// toolsLine is the menu of tools. Each has a number, which opens it.
type toolsLine struct {
	tools []Tool
	at    int
}

func (l *toolsLine) label() safe.Text {
	return safe.Sprintf("open 1 to %d, or enter; esc closes ", len(l.tools))
}

func (*toolsLine) changed(*Model, string) {}

// key moves, opens, and lets nothing be typed.
func (l *toolsLine) key(m *Model, key string) (tea.Cmd, bool) {
	switch key {
	case "enter", "esc", "ctrl+c":
		return nil, false
	case "up", "k":
		l.at = max(l.at-1, 0)
	case "down", "j", "tab":
		l.at = min(l.at+1, len(l.tools)-1)
	default:
		if n, err := strconv.Atoi(key); err == nil && n >= 1 && n <= len(l.tools) {
			m.prompt = nil
			return m.openTool(l.tools[n-1]), true
		}
	}
	return nil, true
}

func (l *toolsLine) enter(m *Model, _ string) tea.Cmd { return m.openTool(l.tools[l.at]) }

func (*toolsLine) escape(*Model) {}

// above names the tools, with the line that each runs.
func (l *toolsLine) above(m *Model, height int) []string {
	lines, names := []string{}, 0
	for _, t := range l.tools {
		names = max(names, widget.Width(safe.Clean(t.Name)))
	}
	for i, t := range l.tools {
		run, _ := m.toolLine(t)
		selected := i == l.at
		ink := func(r themes.Role) widget.Ink { return m.style.on(selected, r) }
		mark := " "
		if selected {
			mark = ">"
		}
		row := widget.NewLine(m.width).Put(ink(themes.Text), safe.Sprintf("%s%d ", mark, i+1)).
			Cell(ink(themes.Key), safe.Clean(t.Name), min(names, m.width/3), false, widget.CutEnd).Gap(ink(themes.Text), 2)
		lines = append(lines, row.Put(ink(themes.Dim), widget.Fit(safe.Clean(run), row.Room(), widget.CutEnd)).Fill(ink(themes.Text)).String())
	}
	from := max(min(l.at-height+1, len(lines)-height), 0)
	return lines[from:min(from+max(height, 0), len(lines))]
}
