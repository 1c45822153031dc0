package tui

import (
	"fmt"
	"image/color"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/exp/golden"

	"selvage/core"
)

// frame is one golden frame: a fleet, the keys that lead to a screen, what the fleet is
// then where that is another one, a size.
type frame struct {
	name   string
	fleet  core.Fleet
	keys   []string
	then   *core.Fleet
	width  int
	height int
}

func (f frame) file() string { return fmt.Sprintf("%s_%dx%d", f.name, f.width, f.height) }

// drive leads to it.
func (f frame) drive(tb testing.TB) *driver {
	tb.Helper()
	d := drive(tb, f.fleet, f.width, f.height).press(f.keys...)
	if f.then != nil {
		d.set(*f.then)
	}
	return d
}

// frames are all golden frames. The fleet of each state is one fabric in that
// state and a calm one.
func frames() []frame {
	sizes := [][2]int{{80, 24}, {160, 45}}
	more := append(slices.Clone(sizes), [2]int{120, 40}, [2]int{60, 10})
	calmOne := fabric("dc4-prod", 4_000_000_000, calm(42)...)
	fleets := map[string]core.Fleet{"full": fullFleet(), "empty": {}, "bare": {Fabrics: []core.FabricState{fabric("dc9-lab", 5*time.Second)}}, "hostile": hostileFleet("\x1b]52;c;aGk=\x07\u202e\n")}
	for name, f := range map[string]core.FabricState{
		"loading": fullFleet().Fabrics[4], "unreachable": unreachable(), "stale": fullFleet().Fabrics[1],
		"failed": fullFleet().Fabrics[6], "incomplete": fullFleet().Fabrics[5], "calm": calmOne, "frozen": frozen(),
	} {
		fleets[name] = core.Fleet{Fabrics: []core.FabricState{f}}
	}
	for name, f := range engineFleets() {
		fleets[name] = core.Fleet{Fabrics: []core.FabricState{f}}
	}
	for name, f := range map[string]core.FabricState{
		"desk": desk(), "undecided": undecided(), "proposing": proposing(), "following": running(core.RunFollowing),
		"refused": running(core.RunRefused), "proposed": running(core.RunProposed), "waiting": running(core.RunWaiting), "stopped": stopped(), "settled": settled(), "alike": alike(12), "watched": watched(),
	} {
		fleets[name] = core.Fleet{Fabrics: []core.FabricState{f}}
	}
	second := unprotected()
	second.Fabric.ID = "dc2-prod"
	fleets["several"] = core.Fleet{Fabrics: []core.FabricState{desk(), second}}
	for name, f := range recordFleets() {
		fleets[name] = core.Fleet{Fabrics: []core.FabricState{f}}
	}
	all := []frame{}
	add := func(screen, fleet string, sizes [][2]int, keys ...string) {
		for _, size := range sizes {
			all = append(all, frame{screen + "_" + fleet, fleets[fleet], keys, nil, size[0], size[1]})
		}
	}
	add("fabrics", "full", more, "j")
	add("detail", "full", more, "j", "enter")
	add("fields", "full", more, "j", "enter", "d")
	add("fields-switch", "full", sizes, "j", "enter", "j", "j", "j", "j", "d")
	add("fields-aside-flipped", "full", sizes, "j", "enter", "j", "j", "j", "j", "d", "i", "%")
	add("unified", "full", sizes, "j", "enter", "j", "j", "j", "j", "d", "t")
	add("split", "full", append(sizes, [2]int{120, 40}), "j", "enter", "d", "t", "t")
	add("split-switch", "full", sizes, "j", "enter", "j", "j", "j", "j", "d", "t", "t")
	add("explain", "full", more, "j", "enter", "x")
	add("explain-switch", "full", sizes, "j", "enter", "j", "j", "j", "j", "d", "x", "n", "n", "n")
	add("explain-raw", "full", sizes, "j", "enter", "j", "j", "j", "j", "x", "Z", "N", "N")
	add("explain-search", "full", sizes, "j", "enter", "x", "/", "d", "n", "s", "enter", "n")
	add("explain-in-sync", "calm", sizes, "enter", "a", "x")
	add("help-explain", "full", sizes, "j", "enter", "x", "?")
	for _, screen := range []string{"fabrics", "detail"} {
		keys := map[string][]string{"detail": {"enter"}}[screen]
		add(screen, "frozen", sizes, keys...)
	}
	add("detail-accepted", "frozen", sizes, "enter", "G")
	add("fields", "frozen", sizes, "enter", "d")
	add("fields-accepted", "frozen", sizes, "enter", "G", "d")
	add("unified-removed", "frozen", sizes, "enter", "d", "t")
	add("explain-removed", "frozen", sizes, "enter", "x", "n")
	add("help-fabrics", "full", sizes, "?")
	add("help-diff", "full", sizes, "j", "d", "?")
	add("filter", "full", sizes, "j", "enter", "/", "v", "p", "c")
	add("fabrics", "empty", sizes)
	for _, name := range []string{"loading", "unreachable", "stale", "failed", "incomplete", "calm", "hostile"} {
		add("fabrics", name, sizes)
		add("detail", name, sizes, "enter")
	}
	add("detail-all", "calm", sizes, "enter", "a")
	add("engine", "engine", more, "enter", "5")
	add("engine-end", "engine", more, "enter", "5", "G")
	add("engine-search", "engine", sizes, "enter", "5", "/", "-", "0", "3", "enter")
	add("help-engine", "engine", sizes, "enter", "5", "?")
	for _, name := range []string{"no-engine", "unread-engine", "no-reader", "mismatch", "restored"} {
		add("detail", name, sizes, "enter")
		add("engine", name, sizes, "enter", "5")
	}
	add("engine", "loading", sizes, "enter", "5")
	add("engine", "hostile", sizes, "j", "enter", "5")
	add("fabrics", "mismatch", sizes)
	add("detail", "engine", more, "enter")
	add("fields-refused", "engine", sizes, "enter", "d")
	add("fields-opinion", "engine", sizes, "enter", "j", "d")
	add("unified-opinion", "engine", sizes, "enter", "j", "d", "t")
	add("detail-tracked", "engine", sizes, "enter", "j", "j")
	add("fields-untracked", "engine", sizes, "enter", "j", "j", "j", "d")
	add("fields-manual", "full", sizes, "/", "d", "c", "2", "-", "p", "enter", "enter", "d")
	add("fields", "unreachable", sizes, "enter", "d")
	deskFrames(add, sizes, more)
	stateFrames(add)
	listFrames(add, sizes, more)
	recordFrames(add, sizes, more)
	commandFrames(add, sizes, more)
	// A diff that was open before anything was read, as after a change of the configuration.
	loading := desk()
	loading.Report, loading.Checking = nil, ago(3*time.Second)
	for _, size := range sizes {
		for view, keys := range map[string][]string{"fields": nil, "unified": {"t"}, "split": {"t", "t"}} {
			all = append(all, frame{view + "_loading", fleets["desk"], append([]string{"enter", "d"}, keys...), &core.Fleet{Fabrics: []core.FabricState{loading}}, size[0], size[1]})
		}
	}
	add("fields", "hostile", sizes, "enter", "d")
	add("unified", "hostile", sizes, "enter", "d", "t")
	add("split", "hostile", sizes, "enter", "d", "t", "t")
	return all
}

// stateFrames adds the frames of what people look at most in every state that there
// is, at the sizes that the frames above leave out.
func stateFrames(add func(screen, fleet string, sizes [][2]int, keys ...string)) {
	usual, rest := [][2]int{{80, 24}, {160, 45}}, [][2]int{{120, 40}, {60, 10}}
	all := slices.Concat(usual, rest)
	for _, state := range []string{"empty", "loading", "unreachable", "stale", "hostile"} {
		add("fabrics", state, rest)
	}
	add("detail", "bare", all, "enter")
	for _, state := range []string{"loading", "unreachable", "stale", "hostile"} {
		add("detail", state, rest, "enter")
	}
	for _, state := range []string{"unreachable", "hostile"} {
		add("fields", state, rest, "enter", "d")
	}
	add("fields", "stale", all, "enter", "d")
	add("fields-agree", "calm", all, "enter", "a", "d")
	for _, state := range []string{"stale", "unreachable"} {
		add("unified", state, usual, "enter", "d", "t")
		add("split", state, usual, "enter", "d", "t", "t")
	}
}

// deskFrames adds the frames of deciding, planning and publishing.
func deskFrames(add func(screen, fleet string, sizes [][2]int, keys ...string), sizes, more [][2]int) {
	add("fabrics", "desk", sizes)
	add("detail", "desk", more, "enter")
	add("fields", "desk", more, "enter", "d", "n")
	add("fields-edit", "desk", sizes, "enter", "d", "n", "e")
	add("resolve", "desk", more, "c")
	add("resolve", "undecided", sizes, "c")
	add("resolve-all", "desk", sizes, "c", "m", "j", "space", "space")
	add("resolve", "settled", sizes, "c")
	add("resolve-all", "settled", sizes, "c", "m")
	add("resolve", "hostile", sizes, "j", "c")
	add("help-resolve", "desk", sizes, "c", "?")
	for _, name := range []string{"desk", "undecided", "hostile"} {
		keys := map[string][]string{"hostile": {"j", "enter", "7"}}[name]
		if keys == nil {
			keys = []string{"enter", "7"}
		}
		add("drafts", name, sizes, keys...)
	}
	add("drafts", "calm", sizes, "enter", "7")
	add("drafts-pending", "desk", sizes, "enter", "7", "j")
	add("plan", "desk", more, "s")
	add("plan", "undecided", sizes, "s")
	add("plan", "stopped", sizes, "s")
	add("plan", "proposing", sizes, "s", "tab")
	add("plan", "hostile", sizes, "j", "s")
	add("plan-end", "desk", sizes, "s", "G")
	add("plan-name", "desk", sizes, "s", "tab", "enter", "d", "c", "1")
	add("help-plan", "desk", sizes, "s", "?")
	add("run", "desk", sizes, "enter", "8")
	add("run", "following", more, "enter", "8")
	add("run", "refused", sizes, "enter", "8")
	add("run", "proposed", sizes, "enter", "8")
	add("run", "waiting", sizes, "enter", "8")
	add("run", "hostile", sizes, "j", "enter", "8")
}

// commandFrames adds the frames of what is typed, and of the screens that only a
// command leads to.
func commandFrames(add func(screen, fleet string, sizes [][2]int, keys ...string), sizes, more [][2]int) {
	letters := func(text string) []string { return strings.Split(text, "") }
	typed := func(before []string, text string, after ...string) []string {
		return slices.Concat(before, letters(text), after)
	}
	add("palette", "full", more, ":")
	add("palette", "empty", sizes, ":")
	add("palette-found", "desk", more, typed([]string{"enter", ":"}, "re", "down")...)
	add("palette-fabrics", "full", sizes, typed([]string{":"}, "fabric", "space", "down", "down")...)
	add("palette-fabrics", "hostile", sizes, typed([]string{":"}, "fabric", "space", "down")...)
	add("palette-none", "full", sizes, typed([]string{":"}, "xyz")...)
	add("help-search", "full", more, typed([]string{"j", "enter", "?"}, "sync")...)
	add("help-end", "full", sizes, "?", "end")
	add("keys", "full", more, typed([]string{":"}, "keys", "enter")...)
	add("log", "full", more, typed([]string{":"}, "log", "enter")...)
	add("keys", "hostile", sizes, typed([]string{"j", ":"}, "keys", "enter")...)
	add("log", "hostile", sizes, typed([]string{"j", ":"}, "log", "enter")...)
}

// listFrames adds the frames of what can be chosen in lists, of their tabs and of
// how they are laid out.
func listFrames(add func(screen, fleet string, sizes [][2]int, keys ...string), sizes, more [][2]int) {
	tiny := [][2]int{{40, 12}, {30, 4}, {20, 5}}
	for screen, keys := range map[string][]string{"fabrics": nil, "detail": {"enter"}, "fields": {"enter", "d"}, "resolve": {"c"}, "plan": {"s"}} {
		add(screen, "desk", tiny, keys...)
	}
	add("filter-terms", "full", sizes, strings.Fields("/ ! s t a t e = i n _ s y n c space n a m e ~ ^ d c enter")...)
	add("filter-fields", "full", sizes, "/")
	add("filter-values", "full", sizes, strings.Fields("j enter / b y =")...)
	add("fabrics-marked", "alike", sizes, "space", "space")
	add("fabrics-sorted-problems", "full", sizes, ">", ">", ">", "!")
	add("detail-marked", "alike", sizes, "enter", "space", "space")
	add("detail-taking", "alike", sizes, "enter", "space", "space", "2")
	add("detail-accepting", "engine", sizes, "enter", "*", "#")
	add("detail-grouped", "alike", more, "enter", "=")
	add("detail-unfolded", "alike", sizes, "enter", "=", "j", "j", "j", "j", "j", "enter")
	add("conflicts", "desk", more, "enter", "2")
	add("objects", "full", more, "j", "enter", "3")
	add("objects-end", "full", sizes, "j", "enter", "3", "G")
	for _, name := range []string{"loading", "unreachable", "calm"} {
		add("conflicts", name, sizes, "enter", "2")
		add("objects", name, sizes, "enter", "3")
		add("info", name, sizes, "enter", "6")
	}
	for screen, key := range map[string]string{"conflicts": "2", "objects": "3", "info": "6"} {
		add(screen, "hostile", sizes, "j", "enter", key)
	}
	add("info", "watched", more, "enter", "6")
	add("info-end", "watched", sizes, "enter", "6", "G")
	add("help-detail", "desk", sizes, "enter", "?")
	add("fabrics-compact", "full", [][2]int{{80, 10}, {80, 24}}, "ctrl+e", "j")
	add("detail-compact", "desk", [][2]int{{80, 10}}, "enter", "ctrl+e")
	add("fabrics-preview-below", "full", [][2]int{{160, 45}}, "j", "P")
	add("fabrics-preview-focus", "alike", sizes, "tab", "j")
	add("detail-preview-focus", "desk", sizes, "enter", "tab", "j")
	add("fabrics-no-preview", "full", sizes, "p")
	add("plan-several", "several", sizes, "*", "s")
}

// TestGolden and the tests whose names begin like it hold every golden file of
// this package. Write them all anew, then read what changed:
//
//	go test ./tui/... -update
//	git diff tui
func TestGolden(t *testing.T) {
	for _, f := range frames() {
		t.Run(f.file(), func(t *testing.T) {
			d := f.drive(t)
			lines := d.lines()
			for i, l := range lines {
				lines[i] = strings.TrimRight(l, " ")
			}
			golden.RequireEqual(t, strings.Join(lines, "\n")+"\n")
		})
	}
}

// TestEveryScreenHasGoldenFrames wants those of the two sizes that people have most.
func TestEveryScreenHasGoldenFrames(t *testing.T) {
	drawn := map[string][][2]int{}
	for _, f := range frames() {
		d := f.drive(t)
		name := d.model.top().spec.name
		drawn[name] = append(drawn[name], [2]int{f.width, f.height})
	}
	for _, s := range Screens() {
		for _, size := range [][2]int{{80, 24}, {160, 45}} {
			if !slices.Contains(drawn[s], size) {
				t.Errorf("screen %q has no golden frame of %v", s, size)
			}
		}
	}
}

// styledFrames are drawn with their colours: for each number of colours that a
// terminal may have, and for a light one.
func styledFrames() map[string]tea.Msg {
	return map[string]tea.Msg{
		"truecolor":  tea.ColorProfileMsg{Profile: colorprofile.TrueColor},
		"256":        tea.ColorProfileMsg{Profile: colorprofile.ANSI256},
		"16":         tea.ColorProfileMsg{Profile: colorprofile.ANSI},
		"no-colours": tea.ColorProfileMsg{Profile: colorprofile.ASCII},
		"light":      tea.BackgroundColorMsg{Color: color.White},
	}
}

// TestGoldenStyled holds the list, a fabric and a diff as they reach the terminal.
func TestGoldenStyled(t *testing.T) {
	for name, told := range styledFrames() {
		t.Run(name, func(t *testing.T) {
			d := drive(t, fullFleet(), 80, 24)
			d.send(told)
			profile := colorprofile.TrueColor
			if msg, ok := told.(tea.ColorProfileMsg); ok {
				profile = msg.Profile
			}
			var b strings.Builder
			out := &colorprofile.Writer{Forward: &b, Profile: profile}
			for _, k := range []string{"", "j", "enter", "d"} {
				if k != "" {
					d.press(k)
				}
				if _, err := out.WriteString(d.model.View().Content + "\n"); err != nil {
					t.Fatal(err)
				}
			}
			golden.RequireEqual(t, b.String())
		})
	}
}

func TestNoGoldenIsLeftOver(t *testing.T) {
	wanted := map[string]bool{}
	for _, f := range frames() {
		wanted[filepath.Join("testdata", "TestGolden", f.file()+".golden")] = true
	}
	for name := range styledFrames() {
		wanted[filepath.Join("testdata", "TestGoldenStyled", name+".golden")] = true
	}
	for _, name := range swatches() {
		wanted[filepath.Join("testdata", "TestGoldenSwatch", name+".golden")] = true
	}
	for _, f := range flows() {
		wanted[filepath.Join("testdata", "TestGoldenFlow", f.name+".golden")] = true
	}
	err := filepath.WalkDir("testdata", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && !wanted[path] {
			t.Errorf("%s belongs to no test: remove it", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
