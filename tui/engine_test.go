package tui

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

func TestTabsStandBesideEachOther(t *testing.T) {
	d := drive(t, only(engineFabric()), 80, 24).press("enter", "j")
	before := d.cursor()
	d.shows("[1 drift]  2 conflicts  3 objects  4 history")
	d.press("5")
	d.shows("[5 engine]")
	d.shows("Application dc1 in argocd")
	if d.press("1").cursor() != before {
		t.Errorf("the cursor is on %q, was on %q", d.cursor(), before)
	}
	d.press("1").shows("[1 drift]") // which is no other tab
	d.press("5", "esc").shows("FABRIC")
}

func TestEveryTabHasAKeyAndANumberOfItsOwn(t *testing.T) {
	seen := map[int]string{}
	for _, p := range tabs() {
		if p.tab.number < 1 || p.tab.number > 9 || p.tab.word == "" || seen[p.tab.number] != "" {
			t.Errorf("%s is tab %+v, which %q is too", p.name, p.tab, seen[p.tab.number])
		}
		seen[p.tab.number] = p.name
		if got := drive(t, fullFleet(), 80, 24).press("enter", "5", "1", fmt.Sprint(p.tab.number)).model.top().spec.name; got != p.name {
			t.Errorf("%d leads to %s, want %s", p.tab.number, got, p.name)
		}
	}
}

func TestLowScreensHaveTheTabsInTheFooter(t *testing.T) {
	drive(t, only(engineFabric()), 160, 10).press("enter").shows("5 engine")
	if got := strings.Count(drive(t, only(engineFabric()), 160, 30).press("enter").screen(), "5 engine"); got != 1 {
		t.Errorf("the tab is named %d times, want once", got)
	}
}

func TestListHasNoColumnForWhatNoFabricHas(t *testing.T) {
	plain := fabric("dc1", time.Second, calm(3)...)
	with, none := fabric("dc2", time.Second, calm(3)...), fabric("dc3", time.Second, calm(3)...)
	with.Report.Engine, with.Report.Agents = argo("dc2"), switches(3)
	none.Report.Engine, none.Report.Agents = &core.Engine{Access: core.AccessOK}, &core.Agents{Access: core.AccessOK}
	for _, tt := range []struct {
		fleet            core.Fleet
		engine, switches bool
	}{
		{core.Fleet{Fabrics: []core.FabricState{plain}}, false, false},
		{core.Fleet{Fabrics: []core.FabricState{plain, none}}, false, false},
		{core.Fleet{Fabrics: []core.FabricState{plain, none, with}}, true, true},
	} {
		titles := drive(t, tt.fleet, 100, 24).lines()[2]
		if strings.Contains(titles, "ENGINE") != tt.engine || strings.Contains(titles, " SW ") != tt.switches {
			t.Errorf("titles %q, want ENGINE %v and SW %v", titles, tt.engine, tt.switches)
		}
	}
}

// TestListTellsStateNameEngineAndCommitOnEveryTerminal: what has to leave is the
// switches, before a name is cut to what another one looks like as well.
func TestListTellsStateNameEngineAndCommitOnEveryTerminal(t *testing.T) {
	for _, tt := range []struct {
		names    []string
		shown    string // the first name
		switches bool
	}{
		{[]string{"dc1", "dc2"}, "dc1", true},
		{[]string{"frankfurt-1-prod", "amsterdam-1-prod"}, "frankfurt-1-prod", false},
		{[]string{"fra-dc01-prod", "fra-dc02-prod"}, "fra-dc01-prod", false},
		{[]string{"frankfurt-prod-rack1", "frankfurt-prod-rack2"}, "fran..ack1", true},
		{[]string{"frankfurt-dc01-prods", "frankfurt-dc02-prods"}, "frankf..1-prods", false},
		{[]string{"eu-central-1a-fabric", "eu-central-1b-fabric"}, "a-fabric", true},
	} {
		var fleet core.Fleet
		for _, name := range tt.names {
			f := fabric(name, time.Second, conflictedVPC())
			f.Report.Engine, f.Report.Agents = retrying(argo(name)), switches(42)
			fleet.Fabrics = append(fleet.Fabrics, f)
		}
		d := drive(t, fleet, 80, 24)
		titles, row := d.lines()[2], ""
		for _, l := range d.lines()[3:5] {
			if strings.Contains(l, tt.shown) {
				row = l
			}
		}
		for _, want := range []string{"STATE", "FABRIC", "ENGINE", "GIT", "SEEN"} {
			if !strings.Contains(titles, want) {
				t.Errorf("%v: titles %q without %s", tt.names, titles, want)
			}
		}
		for _, want := range []string{"conflict", "argocd 2/5", "4f2c9e1"} {
			if !strings.Contains(row, want) {
				t.Errorf("%v: row %q without %q:\n%s", tt.names, row, want, d.screen())
			}
		}
		if strings.Contains(titles, " SW ") != tt.switches {
			t.Errorf("%v: titles %q, want switches %v", tt.names, titles, tt.switches)
		}
	}
}

func TestEngineThatNeedsAPersonStandsOut(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*core.Engine)
		want   themes.Role
	}{
		"all by itself": {func(*core.Engine) {}, themes.Dim},
		"behind": {func(e *core.Engine) {
			e.Sources = []core.EngineSource{source("f", "9b1d0aa3", commit("4f2c9e1d", "a", time.Hour, "x"))}
		}, themes.Text},
		"manual":  {func(e *core.Engine) { e.Auto = false }, themes.Warn},
		"blocked": {func(e *core.Engine) { e.Blocked = "suspended" }, themes.Warn},
		"retries": {func(e *core.Engine) { retrying(e) }, themes.Warn},
		"failed":  {func(e *core.Engine) { e.Operation.Phase = core.EngineFailed }, themes.Warn},
		"failed at a commit that is past": {func(e *core.Engine) {
			e.Operation.Phase, e.Operation.Revision = core.EngineFailed, "9b1d0aa3"
		}, themes.Dim},
		"mismatch": {func(e *core.Engine) { e.Mismatch = []string{"x"} }, themes.Warn},
		"unread":   {func(e *core.Engine) { e.Access, e.Auto = core.AccessForbidden, false }, themes.Dim},
	} {
		f := fabric("f", time.Second)
		f.Report.Engine = argo("f")
		tt.change(f.Report.Engine)
		if got := engineWord(f.Report); got.role != tt.want {
			t.Errorf("%s: %q is drawn as %s, want %s", name, got.text, got.role, tt.want)
		}
	}
}

func TestSwitchesThatAreNotWellStandOut(t *testing.T) {
	f := fabric("f", time.Second)
	f.Report.Agents = switches(3)
	if got := switchesWord(f.Report); got.role != themes.Dim || got.text.String() != "3/3" {
		t.Errorf("%q is drawn as %s", got.text, got.role)
	}
	f.Report.Agents.All[1].Heartbeat = ago(5 * time.Minute)
	if got := switchesWord(f.Report); got.role != themes.Warn {
		t.Errorf("%q with a late heartbeat is drawn as %s", got.text, got.role)
	}
	f.Report.Agents = switches(3)
	f.Report.Agents.All[1].Applied = 11
	if got := switchesWord(f.Report); got.role != themes.Warn || got.text.String() != "2/3" {
		t.Errorf("%q is drawn as %s", got.text, got.role)
	}
}

func TestMismatchIsToldBeforeAllElse(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {160, 45}, {60, 10}} {
		d := drive(t, only(mismatchedFabric()), size[0], size[1]).press("enter")
		lines, at := d.lines(), 0
		for !strings.HasPrefix(lines[at], "--") {
			at++
		}
		if !strings.Contains(lines[at+1], "argocd applies prod of") {
			t.Errorf("at %v the first line is %q", size, lines[at+1])
		}
	}
}

func TestSwitchesWithSomethingTheMatterComeFirst(t *testing.T) {
	d := drive(t, only(engineFabric()), 110, 80).press("enter", "5")
	var names []string
	for _, l := range d.lines() {
		if f := strings.Fields(l); len(f) > 1 && strings.HasPrefix(f[0], "leaf-") {
			names = append(names, f[0])
		}
	}
	if got := strings.Join(names[:7], " "); got != "leaf-03 leaf-12 leaf-14 leaf-07 leaf-08 leaf-01 leaf-02" {
		t.Errorf("switches in the order %s", got)
	}
}

func TestEngineTextKeepsItsPlaceWhileTimePasses(t *testing.T) {
	d := drive(t, only(engineFabric()), 80, 24).press("enter", "5", "n", "n", "j")
	before, now := d.cursor(), noon
	d.model.cfg.Now = func() time.Time { return now }
	now = now.Add(time.Second)
	d.send(clockMsg{})
	if d.cursor() != before {
		t.Errorf("the cursor is on %q, was on %q", d.cursor(), before)
	}
	d.press("g").shows("6s ago, from")
}

func TestRestoredEngineSaysHowOldItIs(t *testing.T) {
	d := drive(t, only(restoredFabric()), 80, 24).press("enter")
	d.shows("3h ago: argocd dc1: auto on")
	d.press("5", "G", "N", "N", "N").shows("not kept")
}

func TestCommandCanBeCopied(t *testing.T) {
	const command = "argocd app sync dc1 --resource wiring.githedgehog.com:Switch:default/leaf-03"
	d := drive(t, only(engineFabric()), 80, 24).press("enter", "j", "d")
	d.shows(command)
}

// TestBrokenCommandIsTheSameToAShell at every width: what is quoted is not broken.
func TestBrokenCommandIsTheSameToAShell(t *testing.T) {
	for _, command := range []string{
		"argocd app sync dc1 --resource wiring.githedgehog.com:Switch:default/leaf-03",
		`kubectl --context 'a b' patch switches.wiring.githedgehog.com leaf-03 --type=json --patch '[{"op":"test","path":"/spec/description","value":"it'\''s  rack B14"}]'`,
		`printf %s '{"apiVersion":"v1"}' | kubectl create --filename -`,
	} {
		want := argv(t, command)
		for width := 10; width < 190; width += 3 {
			all := []string{}
			for _, l := range commandLines(safe.Clean(command), 5, width) {
				if widget.Width(l) > width && len(shellWords(strings.TrimSuffix(l.String(), ` \`))) > 1 {
					t.Errorf("%q is wider than %d", l, width)
				}
				all = append(all, l.String())
			}
			if got := argv(t, strings.Join(all, "\n")); got != want {
				t.Fatalf("at %d columns a shell reads %q instead of %q", width, got, want)
			}
		}
	}
}

// argv is what the programs of a line are given by a real shell.
func argv(t *testing.T, line string) string {
	t.Helper()
	const tell = `for f in kubectl argocd printf; do eval "$f() { command printf '<%s>' $f \"\$@\"; [ $f != kubectl ] || command cat; }"; done; `
	cmd := exec.Command("sh", "-c", tell+line) //nolint:gosec // a line of this test
	cmd.Stdin = strings.NewReader("")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", line, err, out)
	}
	return string(out)
}

// TestEveryLineOfACommandIsTheWholeCommand where it is copied, and where the screen
// is written out it is one line.
func TestEveryLineOfACommandIsTheWholeCommand(t *testing.T) {
	v := driftedSwitch()
	v.Changes = v.Changes[:1]
	f := fabric("dc1-prod", 8, v)
	f.Fabric.Context = "dc1"
	f.Report.Engine = &core.Engine{Access: core.AccessOK}
	k, ok := keeping(f.Fabric, f.Report.Engine, &v, v.Changes[0])
	if !ok || k.Command == "" {
		t.Fatalf("no command: %+v", k)
	}
	for _, view := range [][]string{nil, {"t"}, {"t", "t"}} {
		d := drive(t, only(f), 80, 24).press("enter", "d").press(view...)
		n := 0
		for last := ""; last != d.cursor(); d.press("j") {
			last = d.cursor()
			if line := last; strings.Contains(line, "kubectl -") || strings.Contains(line, "--patch") || strings.Contains(line, `"op"`) || strings.Contains(line, "(y copies") {
				n++
				if got := d.press("y").copied(); got != k.Command {
					t.Errorf("y on %q copies %q, want %q", line, got, k.Command)
				}
			}
		}
		if n < 3 {
			t.Errorf("%v shows %d lines of the command:\n%s", view, n, d.screen())
		}
		if whole := d.model.wholeText(); strings.Count(whole, k.Command+"\n") != 1 || strings.Count(whole, "kubectl -") != 1 || strings.Contains(whole, "y copies") {
			t.Errorf("written out it is\n%s", whole)
		}
	}
}

func TestKeepingIsToldOfWhatSomebodyHasToDecide(t *testing.T) {
	e := argo("dc1")
	v := conflictedVPC()
	for i, want := range []bool{true, true, false} { // drift, conflict, and what the engine is about to apply
		if _, ok := keeping(core.Fabric{}, e, &v, v.Changes[i]); ok != want {
			t.Errorf("%s: told %v, want %v", v.Changes[i].Path, ok, want)
		}
	}
	e.Auto = false
	if k, ok := keeping(core.Fabric{}, e, &v, v.Changes[2]); !ok || k.Command == "" {
		t.Errorf("a manual sync is waited for, and %+v is told", k)
	}
	v.State = core.Unknown
	if _, ok := keeping(core.Fabric{}, e, &v, v.Changes[0]); ok {
		t.Error("something is told of what is not known")
	}
	f := core.FabricState{Report: &core.Report{Engine: argo("dc1")}}
	v.State = core.Conflict
	all := keepings(f, &v, nil)
	if len(all) != 2 || all[0].Effect != core.KeepRestored {
		t.Errorf("keepings %+v, want that of the conflict first", all)
	}
	for choice, want := range map[core.Choice]int{core.TakeGit: 2, core.TakeLive: 1, core.TakeEdited: 1} {
		on := core.DraftStanding{Draft: core.Draft{Resolution: core.Resolution{Key: v.Key, Path: v.Changes[1].Path, Choice: choice}}}
		if k := keepings(f, &v, decidedOn([]core.DraftStanding{on})); len(k) != want {
			t.Errorf("with a draft for %s: keepings %+v, want %d", choice, k, want)
		}
	}
}

func TestKeepingIsToldWithoutAnEngineOnlyOnce(t *testing.T) {
	f := engineFabric()
	f.Report.Engine = &core.Engine{Access: core.AccessOK}
	screen := drive(t, only(f), 120, 40).press("enter", "j", "d").screen()
	if got := strings.Count(screen, "keeping git:"); got != 1 {
		t.Errorf("told %d times, want once:\n%s", got, screen)
	}
}

func TestOnlyLiveSaysWhetherItIsTracked(t *testing.T) {
	d := drive(t, only(engineFabric()), 80, 24).press("enter", "j", "j")
	d.shows("argocd tracks it")
	d.press("j").shows("untracked: no engine deletes it")
	d.press("d").shows("untracked: no engine deletes it")
}

func TestRefusalIsReadWhole(t *testing.T) {
	d := drive(t, only(engineFabric()), 80, 24).press("enter")
	if got := d.cursor(); !strings.Contains(got, "argocd refused it") {
		t.Errorf("row %q does not tell who refused it", got)
	}
	for _, screen := range []string{d.screen(), d.press("d").screen(), drive(t, only(engineFabric()), 160, 45).press("enter").screen()} {
		if !strings.Contains(strings.Join(strings.Fields(strings.ReplaceAll(screen, "|", " ")), " "), "VLAN 1004 is used by VPC tenant-e") {
			t.Errorf("the refusal is cut:\n%s", screen)
		}
	}
}

func TestRowsStayWhereMuchIsToSay(t *testing.T) {
	for height := 14; height < 40; height++ {
		d := drive(t, only(hostileFleet("\x1b]52;c;aGk=\x07\u202e\n").Fabrics[0]), 80, height).press("enter")
		if d.cursor() == "" {
			t.Errorf("no row is seen at %d lines:\n%s", height, d.screen())
		}
	}
}

func TestEngineIsFollowedWithoutAKey(t *testing.T) {
	f := engineFabric()
	d := drive(t, only(f), 80, 24).press("enter", "5")
	d.shows("auto on")
	report := *f.Report
	report.Engine = manual(argo("dc1"))
	f.Report = &report
	d.set(only(f))
	d.shows("auto OFF")
	d.send(tea.WindowSizeMsg{Width: 100, Height: 30})
	d.shows("auto OFF")
}

func TestFilterFindsEngines(t *testing.T) {
	d := drive(t, fullFleet(), 100, 24).press("/").typed("engine=manual").press("enter")
	if !strings.Contains(d.cursor(), "dc2-prod") || strings.Contains(ansi.Strip(strings.Join(d.lines()[3:8], "")), "dc4-prod") {
		t.Errorf("the filter leaves\n%s", d.screen())
	}
}

func TestCommandGivesAShellNoMoreThanItself(t *testing.T) {
	e := argo("dc1; rm -rf ~")
	e.Auto = false
	v := driftedSwitch()
	v.Key.Name = "$(reboot)'`x`"
	k, ok := keeping(core.Fabric{}, e, &v, v.Changes[0])
	if want := `argocd app sync 'dc1; rm -rf ~' --resource 'wiring.githedgehog.com:Switch:default/$(reboot)'\''` + "`x`'"; !ok || k.Command != want {
		t.Errorf("the command is %s, want %s", k.Command, want)
	}
}
