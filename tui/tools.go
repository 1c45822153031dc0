package tui

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"
	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
)

// Tool is another program that a key opens on what is selected.
type Tool struct {
	Key  string
	Name string // what footer and help call it
	Run  string // the line for the shell; {kind} and the like stand for what is selected
}

// toolWords are what can stand in braces in the line of a tool.
func toolWords() []string {
	return []string{"fabric", "cluster", "context", "kubeconfig", "kind", "resource", "namespace", "name", "repo", "branch", "path", "file", "line", "app", "clone"}
}

var placeholder = regexp.MustCompile(`\{[A-Za-z_]*\}`)

// action is what opens the tool.
func (t Tool) action() Action { return Action("tool." + t.Name) }

// binding puts the tool among the keys of every screen.
func (t Tool) binding(keys []string) binding {
	return binding{everywhere, t.action(), keys, t.Name, "open " + t.Name + " on what is selected"}
}

// fault is what keeps the line of a tool from being run: a word in braces that is
// none, or one in quotes, where the quotes of its value would end those around it
// and a name could become a command.
func (t Tool) fault() string {
	known := toolWords()
	for _, at := range placeholder.FindAllStringIndex(t.Run, -1) {
		word := t.Run[at[0]+1 : at[1]-1]
		switch {
		case !slices.Contains(known, word):
			return fmt.Sprintf("nothing is known as {%s}; known are {%s}", word, strings.Join(known, "}, {"))
		case quotedIn(t.Run[:at[0]]):
			return fmt.Sprintf("{%s} stands in quotes", word)
		}
	}
	return ""
}

// quotedIn tells whether a shell that has read this much is within quotes.
func quotedIn(line string) bool {
	var in rune
	escaped := false
	for _, r := range line {
		switch {
		case escaped:
			escaped = false
		case r == '\\' && in != '\'':
			escaped = true
		case in != 0:
			if r == in {
				in = 0
			}
		case r == '\'' || r == '"' || r == '`':
			in = r
		}
	}
	return in != 0 || escaped
}

// toolActs open the tools.
func toolActs(tools []Tool) map[Action]ownAct {
	acts := map[Action]ownAct{}
	for _, t := range tools {
		acts[t.action()] = ownAct{
			can: func(m *Model) bool { _, fault := m.toolLine(t); return fault.Len() == 0 },
			do:  func(m *Model) tea.Cmd { return m.openTool(t) },
		}
	}
	return acts
}

// openTool gives the terminal to a tool, and tells how it ended.
func (m *Model) openTool(t Tool) tea.Cmd {
	line, fault := m.toolLine(t)
	if fault.Len() > 0 { // what is selected may have gone while the menu was open
		m.say(themes.Error, fault)
		return nil
	}
	name := t.Name
	return m.execute(Exec{Title: safe.Clean(name), Line: line, Then: func(_ Env, end Ended) Outcome {
		if end.Err != nil {
			return Outcome{Fault: safe.Sprintf("%s: %v", name, end.Why())}
		}
		return Outcome{Note: safe.Sprintf("%s has ended (exit 0)", name)}
	}})
}

// toolLine is the line of a tool with what is selected in it, and why it must not be
// run: of the first word for which nothing is selected or known, or for which stands
// what a program would take for a flag; empty where it may.
func (m *Model) toolLine(t Tool) (line string, fault safe.Text) {
	values := m.toolValues()
	line = placeholder.ReplaceAllStringFunc(t.Run, func(word string) string {
		v := values[word[1:len(word)-1]]
		switch {
		case fault.Len() > 0:
		case v == "":
			fault = safe.Sprintf("%s: nothing is known for %s here", t.Name, word)
		case strings.HasPrefix(v, "-"):
			fault = safe.Sprintf("%s: %s is %q here, which a program takes for a flag: nothing is run", t.Name, word, v)
		}
		return core.ShellWord(v)
	})
	return line, fault
}

// toolValues are what the words of tools stand for here; those of which nothing is
// known are left out, or empty.
func (m *Model) toolValues() map[string]string {
	id, key := m.selection()
	f, ok := m.fleet.Fabric(id)
	if !ok {
		return nil
	}
	v := map[string]string{}
	if m.cfg.Places != nil {
		maps.Copy(v, m.cfg.Places(id))
	}
	v["fabric"], v["cluster"], v["namespace"] = string(id), f.Fabric.Cluster, f.Fabric.Namespace
	if f.Report != nil && len(f.Report.Git) == 1 {
		git := f.Report.Git[0]
		v["repo"], v["branch"], v["path"] = git.URL, git.Branch, git.Path
	}
	if v["repo"] != "" && strings.HasPrefix(v["repo"], "/") {
		v["clone"] = v["repo"]
	}
	if f.Report != nil && f.Report.Engine.Known() && f.Report.Engine.Type == core.ArgoCD {
		v["app"] = f.Report.Engine.App
	}
	if key == (core.Key{}) {
		return v
	}
	if key.IsFile() {
		v["file"] = key.Name
		return v
	}
	v["kind"], v["name"] = strings.ToLower(key.Kind), key.Name
	v["resource"] = core.PluralOf(key.GroupKind())
	if key.Group != "" {
		v["resource"] += "." + key.Group
	}
	if key.Namespace != "" {
		v["namespace"] = key.Namespace
	}
	if o, ok := m.origin.of(f.Report, key); ok && o.Path != "" {
		v["file"], v["line"] = o.Path, strconv.Itoa(o.Line)
	}
	return v
}

// originMemo keeps where the last object stands in Git that was asked for: each line
// of each tool asks for it, at each letter of the palette.
type originMemo struct {
	report *core.Report
	key    core.Key
	origin core.Origin
	known  bool
}

// of is where an object stands in Git; false where a report does not know it.
func (o *originMemo) of(r *core.Report, key core.Key) (core.Origin, bool) {
	if r == nil {
		return core.Origin{}, false
	}
	if o.report != r || o.key != key {
		*o = originMemo{report: r, key: key}
		for i := range r.Verdicts {
			if v := &r.Verdicts[i]; v.Key == key {
				o.origin, o.known = v.Origin, true
				break
			}
		}
	}
	return o.origin, o.known
}
