package tui

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"selvage/core"
)

// hostileTexts are what a name could hold to steer a terminal or deceive a
// reader.
func hostileTexts() map[string]string {
	return map[string]string{
		"OSC 52":       "\x1b]52;c;aGFja2Vk\x07",
		"OSC 8":        "\x1b]8;;http://x\x1b\\link",
		"CSI":          "\x1b[2J\x1b[31m",
		"C1":           "\u009b31m\u0090q\u009c",
		"C1 bytes":     "\x9b31m\x9d0;title\x9c",
		"bidi":         "\u202egpj.exe\u2066x\u2069",
		"zero width":   "a\u200bb\u200d\ufeffc\u2060",
		"bad UTF-8":    "\xff\xfe\xc3",
		"CR":           "a\rb",
		"LF":           "a\nb\n\nc",
		"tab":          "a\tb",
		"wide":         "機機機🚀🚀",
		"combining":    "\u0301\u0301e\u0301",
		"backspace":    "a\b\b\bb",
		"DEL":          "a\x7f",
		"long":         strings.Repeat("very-long-", 60),
		"blank letter": "\u3164\u115f\u2800",
	}
}

// hostileFleet has a hostile text in every place that is read from outside.
func hostileFleet(s string) core.Fleet {
	value := core.ValueOf(map[string]any{s: []any{s, map[string]any{s: s}}, "k": s})
	change := func(op core.Op, v core.FieldVerdict, path core.Path) core.Change {
		return core.Change{
			Path: path, Op: op, Verdict: v, Base: core.ValueOf(s + "base"), BaseLive: core.ValueOf(s + "live"),
			Git: core.ValueOf(s), Live: value, Unit: core.Path(s), Manager: "m" + s, ManagerTime: ago(time.Hour),
			Observed: core.Window{After: ago(2 * time.Hour), Before: ago(time.Hour)}, Commit: core.Commit{ID: s, Author: s, Summary: s, Time: ago(day)},
		}
	}
	var verdicts []core.Verdict
	for i, state := range core.States() {
		verdicts = append(verdicts, core.Verdict{
			Key:     core.Key{Group: s, Kind: "K" + s, Namespace: "n" + s, Name: fmt.Sprintf("%d%s", i, s)},
			Version: s, State: state, Reason: "because " + s, Origin: core.Origin{Path: "dir/" + s, Line: i},
			Last: core.Drifted, LastKnown: i%2 == 0, LiveRevision: s, Since: ago(time.Hour),
			Changes: []core.Change{
				change(core.OpChanged, core.FieldConflict, core.Path(".spec"+s)), change(core.OpAdded, core.FieldVerdict(s), core.Root),
				{Path: core.Path("." + s), Op: core.OpRemoved, Verdict: core.FieldDrift, BaseLive: core.ValueOf(s)},
				{Path: core.Path("." + s), Op: core.OpAdded, Verdict: core.FieldPruned, Git: value},
			},
			Opinion: "engine: " + s, Tracked: i%2 == 0,
			Notes: []string{s}, Acknowledged: &core.Acknowledgement{Reason: s, By: s, Until: noon},
			Folded: []core.Fold{{Path: core.Path(s), Rule: "r" + s, Why: "w" + s, Git: core.ValueOf(s), Live: value}},
			Git:    map[string]any{"spec": map[string]any{s: s, "same": s}}, Live: map[string]any{"spec": map[string]any{s: "x" + s, "same": s}},
		})
	}
	f := core.FabricState{
		Fabric: core.Fabric{ID: core.FabricID("f" + s), Description: s, Namespace: s, Cluster: s, Mode: core.Mode(s), Protected: true},
		Err:    errors.New("check " + s), LastCheck: ago(time.Second),
		Report: &core.Report{
			Live:     core.Reading{Source: s, Name: s, URL: s, ReadAt: ago(time.Minute), Access: core.Access("a" + s), Error: "live " + s, Insecure: true},
			Git:      []core.Reading{{Source: "git", URL: s, Branch: s, Path: s, Revision: s, ReadAt: ago(time.Minute), Access: core.AccessInvalid, Error: "git " + s}},
			NotInGit: map[core.GroupKind]int{{Group: s, Kind: s}: 3},
			Rules:    s, Release: s,
			Freeze:   &core.Freeze{Side: s, Of: 3},
			Rewrites: []core.Rewrite{{Path: s, Branch: s, From: s, To: s}},
			Gaps:     []core.Gap{{GroupKind: core.GroupKind{Group: s, Kind: s}, Reason: s}},
		},
	}
	setVerdicts(&f, verdicts...)
	f.Report.Engine = &core.Engine{Type: core.EngineType(s), App: s, Namespace: s, Where: s, Access: core.Access("a" + s), Error: "engine " + s}
	f.Report.Agents = &core.Agents{Access: core.Access("a" + s), Error: "switches " + s}
	good := fabric("good"+s, time.Second, verdicts...)
	good.Fabric.Mode, good.Fabric.Protected = core.ModeWrite, true
	for i, v := range good.Report.Verdicts {
		d := draft(int64(i), v.Key, v.Changes[0].Path, core.Choice("c"+s), value)
		d.By, d.From, d.Why, d.State = s, s, s, []core.DraftState{core.DraftOpen, core.DraftPending, core.DraftVoid, core.DraftState(s)}[i%4]
		d.Keeping = core.Keeping{Effect: core.KeepEffect(s), Sentence: s, Command: "kubectl patch " + s}
		good.Drafts = append(good.Drafts, d)
	}
	good.Run = sampleRun(good, core.RunRefused)
	good.Run.ID, good.Run.By, good.Run.Err, good.Run.Steps[0].Name, good.Run.Publications[0].Review = s, s, s, s, s
	good.Report.Engine, good.Report.Agents = hostileEngine(s, good.Report), hostileSwitches(s)
	return core.Fleet{Fabrics: []core.FabricState{f, good}}
}

// hostileEngine is one that was read, with a hostile text wherever it has one.
func hostileEngine(s string, r *core.Report) *core.Engine {
	place := r.Git[0]
	e := &core.Engine{
		Type: core.EngineType("e" + s), App: s, Namespace: s, Where: s, ReadAt: ago(time.Minute), Access: core.AccessOK,
		Wider: s, Auto: false, Blocked: "x" + s, Health: s, HealthMessage: s, Sync: s, ComparedAt: ago(time.Hour), Troubles: []string{s, s},
		Sources: []core.EngineSource{{
			URL: place.URL, Path: place.Path, Target: s, Renders: s, Wanted: s, Applied: "a" + s, AppliedAt: ago(time.Hour),
			Behind: []core.Commit{{ID: s, Author: s, Summary: s, Time: ago(day)}}, Counted: true,
		}},
		Operation: &core.EngineOperation{Phase: core.EnginePhase(s), Revision: s, Tries: 1, Limit: 2, Started: ago(time.Hour), Message: s, By: s},
		Objects:   map[core.Key]core.EngineObject{},
		API:       []core.EngineRequest{core.EngineRequest(s)},
	}
	for _, v := range r.Verdicts {
		e.Objects[v.Key] = core.EngineObject{Sync: s, Health: s, Surplus: true, Refused: true, Message: "m" + s}
	}
	return e
}

func hostileSwitches(s string) *core.Agents {
	a := &core.Agents{ReadAt: ago(time.Second), Access: core.Access("a" + s), Error: "switches " + s}
	for i := range 3 {
		a.All = append(a.All, core.Agent{
			Name: fmt.Sprintf("%d%s", i, s), Role: s, Description: s, Version: s, Applied: int64(i), Current: 1 << 62, HeartbeatError: s,
		})
	}
	return a
}

// ways lead to every registered screen and to what can be switched on there.
func ways() map[string][]string {
	return map[string][]string{
		"fabrics":   nil,
		"second":    {"j"},
		"detail":    {"enter"},
		"all":       {"enter", "a", "G"},
		"diff":      {"enter", "d"},
		"flip":      {"enter", "d", "%", "i", "Z", "G"},
		"unified":   {"enter", "d", "t", "i", "Z"},
		"split":     {"enter", "d", "t", "t", "i", "Z", "n"},
		"next":      {"enter", "d", "J", "J", "n"},
		"help":      {"?"},
		"diff help": {"enter", "d", "?"},
		"filter":    {"/", "x", "="},
		"explain":   {"enter", "x"},
		"explained": {"enter", "d", "x", "Z", "n", "J", "G"},
		"engine":    {"enter", "5"},
		"switches":  {"j", "enter", "5", "G"},
		"back":      {"j", "enter", "5", "n", "1"},
		"seek":      {"j", "enter", "5", "/", "e", "enter", "n"},
		"search":    {"enter", "x", "/", "k", "enter", "n", "N"},
		"resolve":   {"j", "c"},
		"resolving": {"j", "enter", "c", "m", "space", "j", "2"},
		"editing":   {"j", "c", "m", "m", "e"},
		"drafts":    {"j", "enter", "7", "j", "j"},
		"plan":      {"j", "s"},
		"agreeing":  {"j", "s", "tab", "enter"},
		"plan end":  {"j", "s", "G"},
		"run":       {"j", "enter", "8"},
		"run end":   {"j", "enter", "8", "G"},
		"history":   {"j", "enter", "4", "j"},
		"edit":      {"j", "h", "/", "o", "v", "e", "r", "w", "enter", "j"},
		"past":      {"j", "h", "/", "w", "h", "a", "t", "=", "s", "y", "n", "c", "enter", "enter", "G"},
		"run diff":  {"j", "h", "/", "w", "h", "a", "t", "=", "s", "y", "n", "c", "enter", "d", "G"},
		"commit":    {"j", "h", "/", "w", "h", "a", "t", "=", "s", "y", "n", "c", "enter", "O", "n"},
		"events":    {"v", "G"},
		"hand-over": {"H", "n"},
		"handed":    {"H", "G"},
		"note":      {"H", "m", "x"},
		"lint":      {"j", "l", "j"},
		"doctor":    {"T", "G"},
		"decided":   {"j", "enter", "d", "2"},
		"palette":   {":"},
		"command":   {"j", "enter", ":", "e", "down", "tab"},
		"naming":    {":", "f", "a", "b", "r", "i", "c", "space", "down"},
		"themes":    {":", "t", "h", "e", "m", "e", "space", "down", "down"},
		"searching": {"j", "enter", "d", "?", "s", "y"},
		"keys":      {":", "k", "e", "y", "s", "enter", "n", "G"},
		"log":       {":", "l", "o", "g", "enter", "g"},
		"conflicts": {"j", "enter", "2", "j", "space"},
		"objects":   {"j", "enter", "3", "G"},
		"grouped":   {"j", "enter", "=", "j", "enter", "space"},
		"taking":    {"j", "enter", "*", "2"},
		"accepting": {"j", "#", "2", "d", "enter"},
		"info":      {"j", "enter", "6", "G"},
		"marked":    {"*", "s"},
		"sorted":    {">", ">", ">", "!", "j"},
		"hinting":   {"enter", "/", "b", "y", "="},
		"compact":   {"enter", "ctrl+e"},
		"moved":     {"enter", "P"},
		"bare":      {"enter", "p"},
	}
}

var colourSequence = regexp.MustCompile(`\x1b\[[0-9;:]*m`)

func TestHostileTextIsInertOnEveryScreen(t *testing.T) {
	reached := map[string]bool{}
	for name, text := range hostileTexts() {
		fleet := hostileFleet(text)
		for way, keys := range ways() {
			for _, size := range [][2]int{{80, 24}, {160, 45}, {33, 9}} {
				d := drive(t, fleet, size[0], size[1])
				d.send(tea.PasteMsg{Content: text})
				d.press(keys...)
				d.send(tea.PasteMsg{Content: text})
				reached[d.model.top().spec.name] = true
				requireInert(t, d, fmt.Sprintf("%s on %s at %v", name, way, size))
				requireSize(t, d, size[0], size[1], name+" on "+way)
			}
		}
	}
	for _, s := range Screens() {
		if !reached[s] {
			t.Errorf("no way leads to screen %q: add one", s)
		}
	}
}

// requireInert looks for anything in the frame that a terminal would act upon
// or a reader not see.
func requireInert(tb testing.TB, d *driver, what string) {
	tb.Helper()
	content := colourSequence.ReplaceAllString(d.model.View().Content, "")
	if !utf8.ValidString(content) {
		tb.Errorf("%s: the frame is no UTF-8", what)
	}
	for _, r := range content {
		if r != '\n' && (!unicode.IsPrint(r) || unicode.Is(unicode.Cf, r)) {
			tb.Errorf("%s: the frame holds %U", what, r)
			break
		}
	}
}

func requireSize(tb testing.TB, d *driver, width, height int, what string) {
	tb.Helper()
	lines := strings.Split(d.model.View().Content, "\n")
	if len(lines) != height {
		tb.Errorf("%s at %dx%d: %d lines", what, width, height, len(lines))
	}
	for i, l := range lines {
		if got := ansi.StringWidth(l); got > width {
			tb.Errorf("%s at %dx%d: line %d is %d wide: %q", what, width, height, i, got, ansi.Strip(l))
		}
	}
}

func TestNoSizeAtAllDrawsNothing(t *testing.T) {
	d := drive(t, fullFleet(), 0, 0)
	if got := d.model.View().Content; got != "" {
		t.Errorf("drew %q", got)
	}
}
