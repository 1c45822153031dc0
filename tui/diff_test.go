package tui

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/safe"
)

// diffOf opens the diff of one object.
func diffOf(t *testing.T, v core.Verdict, width, height int) *driver {
	t.Helper()
	f := fabric("dc1-prod", 8*time.Second, v)
	return drive(t, core.Fleet{Fabrics: []core.FabricState{f}}, width, height).press("enter", "d")
}

func TestFieldsShowLiveAsMinusAndGitAsPlus(t *testing.T) {
	d := diffOf(t, driftedSwitch(), 80, 24)
	d.shows("- live   + git")
	d.shows("    - leaf 03 rack B14                                         kubectl-edit   3h")
	d.shows("    + leaf 03 rack B12")
	d.shows("live rv 88190 -> git")
	d.press("%")
	d.shows("- git   + live")
	d.shows("    - leaf 03 rack B12")
	d.shows("    + leaf 03 rack B14                                         kubectl-edit   3h")
	d.shows("-> live rv 88190")
}

func TestWhoAndWhenStandBelowWhereThereIsNoRoom(t *testing.T) {
	d := diffOf(t, driftedSwitch(), 40, 40)
	d.shows("    - leaf 03 rack B14")
	d.shows("      kubectl-edit                    3h")
	d.shows("      9b1d0aa alice                   1d")
	d.shows("    - 1x100G           kubectl-edit   3h")
}

func TestWhatTheSchemaDropsIsNoDifference(t *testing.T) {
	d := diffOf(t, removedVPC(), 80, 40)
	d.shows("-- 2 changes, fields view --")
	d.shows("note: this fabric's schema drops .spec.hostBGPExtraPrefixes")
	d.shows("this fabric's schema drops it, so live never has it")
	d.hides("+ 10.9.0.0/24")
	if fields := fieldCount(removedVPC()); fields.String() != "2" {
		t.Errorf("the list counts %s fields, want 2", fields)
	}
}

func TestChangeThatLeftNoValueIsTold(t *testing.T) {
	d := diffOf(t, removedVPC(), 80, 40)
	d.shows("base, live true")
	d.shows("- (gone from live, not in git)")
	d.shows("removed live; nobody recorded who")
	d.press("t")
	d.shows(".spec.subnets.web.isolated is gone from live, and not in git")
	v := removedVPC()
	v.Changes, v.Git, v.Live = v.Changes[1:2], tenantSpec("x"), tenantSpec("x")
	d = diffOf(t, v, 80, 40).press("t")
	d.hides("git and live agree")
	d.press("esc")
	d.shows("gone from live, not in git")
}

func TestUnreadLiveIsNotCalledRemoved(t *testing.T) {
	v := onlyGit("x")
	v.State, v.Git, v.Changes[0].Verdict = core.Unknown, nil, core.FieldDrift
	d := diffOf(t, v, 80, 40)
	d.shows("(live was not read)")
	d.hides("removed live")
}

func TestBaseIsShownWhereItDiffersFromBoth(t *testing.T) {
	d := diffOf(t, conflictedVPC(), 80, 24)
	d.shows("    base 10.1.0.199")
	if got := strings.Count(d.screen(), "base "); got != 1 {
		t.Errorf("base is shown %d times, want once:\n%s", got, d.screen())
	}
}

func TestSideWithoutTheFieldSaysSo(t *testing.T) {
	d := diffOf(t, conflictedVPC(), 80, 40)
	d.shows("    + (not in git)")
	d.shows("    - (not in live)")
}

func TestChangesAreSteppedThrough(t *testing.T) {
	d := diffOf(t, conflictedVPC(), 80, 14)
	for _, step := range []struct{ key, cursor, position string }{
		{"n", ".spec.subnets.web.dhcp.range.end", "change 2/3"},
		{"n", ".spec.subnets.db", "change 3/3"},
		{"n", ".spec.subnets.web.dhcp.options", "change 1/3"},
		{"N", ".spec.subnets.db", "change 3/3"},
		{"N", ".spec.subnets.web.dhcp.range.end", "change 2/3"},
	} {
		d.press(step.key)
		if got := d.cursor(); !strings.HasPrefix(got, step.cursor) {
			t.Errorf("after %s the cursor is on %q, want %s", step.key, got, step.cursor)
		}
		d.shows(step.position)
	}
}

func TestObjectsAreSteppedThroughInTheOrderOfTheList(t *testing.T) {
	d := drive(t, core.Fleet{Fabrics: []core.FabricState{busy()}}, 80, 24).press("enter", "/").typed("kind=vpc").press("enter", "d")
	d.shows("> VPC/tenant-a")
	d.shows("object 1/2")
	d.press("J")
	d.shows("> VPC/tenant-d")
	d.press("J")
	d.shows("> VPC/tenant-a")
	d.press("K")
	d.shows("object 2/2")
}

func TestLongValueIsFoldedAndUnfolded(t *testing.T) {
	list := []any{}
	for i := range 40 {
		list = append(list, fmt.Sprintf("10.0.%d.0/24", i))
	}
	v := driftedSwitch()
	v.Changes = []core.Change{{Path: ".spec.prefixes", Op: core.OpAdded, Verdict: core.FieldDrift, Live: core.ValueOf(list)}}
	d := diffOf(t, v, 80, 60)
	d.shows("28 more lines hidden")
	d.hides("10.0.39.0/24")
	d.press("z")
	d.shows("10.0.39.0/24")
	d.hides("hidden")
	d.press("z")
	d.shows("28 more lines hidden")
	d.press("Z")
	d.shows("10.0.39.0/24")
	d.press("Z")
	d.hides("10.0.39.0/24")
}

func TestLongLineIsWrappedNotCut(t *testing.T) {
	long := strings.Repeat("0123456789", 30)
	v := driftedSwitch()
	v.Changes = []core.Change{{
		Path: core.Path(".spec." + strings.Repeat("x", 150)), Op: core.OpChanged, Verdict: core.FieldDrift,
		Live: core.ValueOf("a" + long), Git: core.ValueOf("b" + long), Manager: "kubectl-edit", ManagerTime: ago(time.Hour),
	}}
	v.Live["spec"], v.Git["spec"] = map[string]any{"d": "a" + long}, map[string]any{"d": "b" + long}
	for _, keys := range [][]string{nil, {"t"}} {
		d := diffOf(t, v, 60, 50).press(keys...)
		text := ""
		for _, l := range d.lines() {
			l = strings.TrimSuffix(strings.TrimRight(l, " "), `\`)
			if i := strings.IndexAny(l, "-+"); i >= 0 && i < 5 {
				text += strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(l[i+1:]), "kubectl-edit   1h"))
			}
		}
		text = strings.NewReplacer(" ", "", `\`, "").Replace(text)
		for _, want := range []string{"a" + long, "b" + long} {
			if !strings.Contains(text, want) {
				t.Errorf("after %q a value is not there in full:\n%s", keys, d.screen())
			}
		}
	}
}

func TestUnifiedViewFoldsWhatIsTheSame(t *testing.T) {
	d := diffOf(t, driftedSwitch(), 80, 60).press("t")
	d.shows("unchanged lines hidden")
	d.shows("context 3")
	d.shows("-   description: leaf 03 rack B14")
	d.shows(" +   description: leaf 03 rack B12")
	d.hides("kind: Switch")
	d.press("}", "}", "}", "}", "}", "}")
	d.shows("context 9")
	d.shows("kind: Switch")
	d.press("{", "{", "{", "{", "{", "{", "{", "{", "{", "{", "{")
	d.shows("context 0")
	d.hides("profile:")
	d.press("Z")
	d.shows("kind: Switch")
	d.shows("vtepIP")
	d.press("z")
	d.hides("kind: Switch")
	d.press("g", "z")
	d.shows("kind: Switch")
	d.hides("vtepIP")
	d.press("%")
	d.shows("-   description: leaf 03 rack B12")
}

func TestUnifiedViewOfOneSideIsWhole(t *testing.T) {
	d := diffOf(t, onlyGit("tenant-d--default--srv-12"), 80, 24).press("t")
	d.shows("+ kind: VPCAttachment")
	d.shows("+   connection: srv-12--unbundled--leaf-03")
	d = diffOf(t, onlyLive("tmp", "kubectl-create", time.Hour), 80, 24).press("t")
	d.shows("- kind: VPCAttachment")
}

func TestUnifiedViewWithoutDocumentsSaysSo(t *testing.T) {
	v := driftedSwitch()
	v.Git, v.Live = nil, nil
	d := diffOf(t, v, 80, 24).press("t")
	d.shows("neither side is at hand as a whole: the next check reads them (t shows")
	// Where it is part of another screen there is no such key.
	d = drive(t, oneFabric(v), 160, 45).press("c", "m")
	d.shows("neither side is at hand")
	d.hides("t shows the fields")
}

func TestDocumentThatCannotBeDrawnIsTold(t *testing.T) {
	d := diffOf(t, driftedSwitch(), 80, 24)
	d.model.cfg.Document = func(map[string]any) ([]byte, error) { return nil, errors.New("no such type") }
	d.press("t").shows("draw as YAML: Switch/leaf-03: no such type")
}

func TestWhatWasLeftAsideIsShownOnRequest(t *testing.T) {
	d := diffOf(t, driftedSwitch(), 80, 50)
	d.shows("left aside: 4 fields (i shows)")
	d.hides(".spec.portLocators")
	for range 2 { // in the fields view, then in the unified one
		d.press("i")
		d.shows(".spec.portLocators")
		d.shows("empty is the same as none")
		d.shows("server-label")
		d.press("i", "t")
		d.hides(".spec.portLocators")
	}
}

func TestCursorStaysInItsChangeWhenTheTextIsMadeAnew(t *testing.T) {
	d := diffOf(t, conflictedVPC(), 80, 40).press("n", "j", "j")
	before := d.cursor()
	f := fabric("dc1-prod", time.Second, conflictedVPC(), driftedSwitch())
	d.set(core.Fleet{Fabrics: []core.FabricState{f}})
	d.send(keyPress("i"))
	if got := d.cursor(); got != before || got == "" {
		t.Errorf("cursor on %q, want %q", got, before)
	}
}

func TestStatesWithoutChangesSayWhy(t *testing.T) {
	sync := calm(1)[0]
	unknown := sync
	unknown.State, unknown.Reason, unknown.Git, unknown.Live = core.Unknown, "list vpcs: forbidden", nil, nil
	unknown.LiveRevision = ""
	for want, v := range map[string]core.Verdict{
		"git and live agree":                   sync,
		"not compared":                         unknown,
		"live ? -> git":                        unknown,
		"vpcs/tenant-x.yaml:14: line 14: mapp": invalidFile(),
	} {
		f := fabric("dc1-prod", time.Second, v)
		drive(t, core.Fleet{Fabrics: []core.FabricState{f}}, 80, 24).press("enter", "a", "d").shows(want)
	}
}

func TestBlock(t *testing.T) {
	tests := []struct {
		in   any
		want string
	}{
		{"plain", "plain"},
		{"1005", `"1005"`},
		{"", `""`},
		{"yes", `"yes"`},
		{"a: b", `"a: b"`},
		{"- x", `"- x"`},
		{"two\nlines", `"two\nlines"`},
		{int64(1005), "1005"},
		{2.5, "2.5"},
		{true, "true"},
		{nil, "null"},
		{m(), "{}"},
		{[]any{}, "[]"},
		{m("b", int64(1), "a", m("c", []any{"x", m("k", "v", "l", "w")})), "a:\n  c:\n    - x\n    - k: v\n      l: w\nb: 1"},
		{[]any{[]any{"x", "z"}, m("e", m())}, "- - x\n  - z\n- e: {}"},
	}
	for _, tt := range tests {
		lines := []string{}
		for _, l := range block(tt.in) {
			lines = append(lines, l.String())
		}
		if got := strings.Join(lines, "\n"); got != tt.want {
			t.Errorf("block(%v) =\n%s\nwant\n%s", tt.in, got, tt.want)
		}
	}
}

func TestStressMarksWhatDiffers(t *testing.T) {
	tests := []struct{ a, b, inA, inB string }{
		{"leaf 03 rack B14", "leaf 03 rack B12", "4", "2"},
		{"10.1.0.250", "10.1.0.25", "0", ""},
		{"größe 1", "größe 2", "1", "2"},
	}
	for _, tt := range tests {
		a, b := stress(safe.Clean(tt.a), safe.Clean(tt.b))
		if a[1].text.String() != tt.inA || b[1].text.String() != tt.inB {
			t.Errorf("stress(%q, %q) = %q and %q", tt.a, tt.b, a[1].text, b[1].text)
		}
		joined := a[0].text.Plus(a[1].text, a[2].text)
		if joined.String() != tt.a {
			t.Errorf("stress changed %q to %q", tt.a, joined)
		}
	}
	if a, _ := stress(safe.Lit("1x100G"), safe.Lit("4x25G")); a != nil {
		t.Error("two values with little in common are stressed nearly whole")
	}
}

func TestDocLinesKeepBothTexts(t *testing.T) {
	tests := []struct{ before, after string }{
		{"", ""}, {"a\n", ""}, {"", "a\nb\n"}, {"a\nb\nc\n", "a\nx\nc\n"}, {"a", "a\n"}, {"a\nb", "a\nc"}, {"a\n\nb\n", "b\n\na\n"},
	}
	for _, tt := range tests {
		var before, after []string
		for _, l := range docLines(tt.before, tt.after) {
			if l.mark != '+' {
				before = append(before, l.text.String())
			}
			if l.mark != '-' {
				after = append(after, l.text.String())
			}
		}
		if want := texts(tt.before); !slices.Equal(before, want) {
			t.Errorf("of %q to %q before = %q", tt.before, tt.after, before)
		}
		if want := texts(tt.after); !slices.Equal(after, want) {
			t.Errorf("of %q to %q after = %q", tt.before, tt.after, after)
		}
	}
}

func texts(s string) []string {
	var out []string
	for _, t := range safe.Multi(s) {
		out = append(out, t.String())
	}
	return out
}

// TestWhatBecomesOfADecisionForGitIsToldOnce under its field: the draft says it.
func TestWhatBecomesOfADecisionForGitIsToldOnce(t *testing.T) {
	v := driftedSwitch()
	f := only(busy()).Fabrics[0]
	f.Report.Engine = &core.Engine{Access: core.AccessOK}
	f.Drafts = nil
	for i, c := range v.Changes {
		f.Drafts = append(f.Drafts, core.DraftStanding{
			Draft: core.Draft{ID: int64(i + 1), Resolution: core.Resolution{Key: v.Key, Path: c.Path, Choice: core.TakeGit, By: "kim"}},
			State: core.DraftPending, Keeping: core.Keep(f.Fabric, f.Report.Engine, v, c, v.Changes...),
		})
	}
	text := ""
	for _, l := range newFieldDiff(&v, f, diffOptions{}, 100).lines {
		for _, p := range l.left {
			text += p.text.String()
		}
		text += "\n"
	}
	if n := strings.Count(text, "nothing is known to apply git"); n != len(v.Changes) {
		t.Errorf("%d changes are decided, and %d times it tells what becomes of that:\n%s", len(v.Changes), n, text)
	}
	if n := strings.Count(text, "kubectl patch"); n != 1 {
		t.Errorf("%d commands for what one does:\n%s", n, text)
	}
}
