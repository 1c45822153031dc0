package tui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"selvage/core"
)

// explainIn makes an explanation of what a fleet says of an object.
func explainIn(fleet core.Fleet, id core.FabricID, k core.Key) (core.Explanation, error) {
	f, ok := fleet.Fabric(id)
	if !ok || f.Report == nil {
		return core.Explanation{}, fmt.Errorf("explain an object of %q: never checked", id)
	}
	i := slices.IndexFunc(f.Report.Verdicts, func(v core.Verdict) bool { return v.Key == k })
	if i < 0 {
		return core.Explanation{}, fmt.Errorf("explain %s: neither git nor live has it", k)
	}
	v := f.Report.Verdicts[i]
	side := func(fields map[string]any, steps ...core.Step) core.ExplainedSide {
		if fields == nil {
			return core.ExplainedSide{Presence: core.Absent}
		}
		doc := core.Document(v.Key, v.Version, fields)
		return core.ExplainedSide{Presence: core.Present, Raw: doc, Normal: doc, Steps: steps}
	}
	x := core.Explanation{Verdict: v, Rules: "v0.129", Fabric: "v0.126 to v0.128", Git: side(v.Git)}
	steps := []core.Step{}
	for _, f := range v.Folded {
		steps = append(steps, core.Step{Path: f.Path, Rule: f.Rule, Why: f.Why, From: f.Live})
	}
	for i := range 5 {
		steps = append(steps, core.Step{
			Path: core.Path(".spec.prefixes").Index(i), Rule: "cidr", Why: "the server writes networks without host bits",
			From: core.ValueOf(fmt.Sprintf("10.0.%d.1/24", i)), To: core.ValueOf(fmt.Sprintf("10.0.%d.0/24", i)),
		})
	}
	x.Live = side(v.Live, steps...)
	if x.Evidence = []string{"git and live were seen to agree"}; v.Git != nil && v.Live != nil {
		half := &core.Object{Key: v.Key, Version: v.Version, Fields: core.Document(v.Key, v.Version, v.Git)}
		x.Base = &core.Base{Key: v.Key, Git: half, Live: half, At: ago(day), Source: core.FromAgreement}
	} else {
		x.Evidence = []string{"git and live were never seen to agree, and nothing says what they once agreed on"}
	}
	return x, nil
}

// told is the explanation of a verdict as text.
func told(t *testing.T, v core.Verdict, change func(*core.Explanation)) string {
	t.Helper()
	f := fabric("dc1-prod", time.Second, v)
	x, err := explainIn(only(f), "dc1-prod", v.Key)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(&x)
	}
	return ExplanationText(x, f.Fabric, renderBlock)
}

func wantLines(t *testing.T, text string, lines ...string) {
	t.Helper()
	for _, l := range lines {
		if !strings.Contains("\n"+text, "\n"+l+"\n") {
			t.Errorf("no line %q in\n%s", l, text)
		}
	}
}

func TestExplanationBeginsWithTheVerdict(t *testing.T) {
	text := told(t, driftedSwitch(), nil)
	if !strings.HasPrefix(text, "~ Switch/leaf-03: drifted, because live changed\n") {
		t.Errorf("it begins with %.80q", text)
	}
	wantLines(t, text,
		"  base  of 2026-11-22 14:02:11Z, by agreement", "        git and live were seen to agree",
		".spec.description  drift", "  base  leaf 03 rack B12", "  git   leaf 03 rack B12",
		"        9b1d0aa, alice, 2026-11-22 14:02:11Z: racks of hall 1", "  live  leaf 03 rack B14",
		"        kubectl-edit, 2026-11-23 11:02:11Z", "        seen to change between 2026-11-23 11:01:41Z and 2026-11-23 11:02:41Z",
		"  so: live moved since the base and git did not",
		"  user.ignored", "    read from the label by hand", "    .spec.boot.serial  git has none, live CN0X",
		"    .spec.prefixes[4]  10.0.4.1/24 becomes 10.0.4.0/24", "live, as it was read", "    description: leaf 03 rack B14",
	)
	if strings.Contains(text, "hidden") {
		t.Error("the text hides something")
	}
}

func TestInSyncIsExplainedByWhatWasLeftAside(t *testing.T) {
	text := told(t, calm(1)[0], nil)
	wantLines(t, text, "= VPC/vpc-001: in sync, because git and live agree, leaving aside 2 fields that rules explain", "git is compared as it was read")
	v := calm(1)[0]
	v.Folded = nil
	wantLines(t, told(t, v, nil), "= VPC/vpc-001: in sync, because git and live agree")
}

func TestNothingIsInventedOfWhatIsGone(t *testing.T) {
	text := told(t, removedVPC(), nil)
	wantLines(t, text, "        removed live; nobody recorded who", "        live's half: true", ".spec.hostBGPExtraPrefixes  pruned",
		"    this fabric's schema drops it: live never has it, and no engine can mend that")
}

func TestUnreadSideIsNotCalledAbsent(t *testing.T) {
	v := onlyGit("x")
	v.State = core.Unknown
	text := told(t, v, func(x *core.Explanation) {
		x.Live = core.ExplainedSide{Reason: "list vpcattachments: i/o timeout"}
	})
	wantLines(t, text, "  live  not read: list vpcattachments: i/o timeout", "  live  not read", "  base  none")
	if strings.Contains(text, "live  has none") || strings.Contains(text, "does not have it") {
		t.Errorf("what was not read is called absent:\n%s", text)
	}
}

func TestObjectsThatNeverAgreedHaveNoBaseInAnySentence(t *testing.T) {
	for _, w := range []struct {
		v     core.Verdict
		lines []string
	}{
		{onlyGit("x"), []string{"  base  none", "the whole object  only in git", "  so: git has it and live does not, and they were never seen to agree on it: live has yet to follow"}},
		{onlyLive("x", "kubectl-edit", time.Hour), []string{"  base  none", "the whole object  only live", "  so: live has it and git does not, and they were never seen to agree on it"}},
	} {
		if w.v.State == core.OnlyLive {
			w.v.Changes[0].Verdict = core.FieldDrift // as the comparison has it
		}
		text := told(t, w.v, func(x *core.Explanation) { x.Base = nil })
		if wantLines(t, text, w.lines...); strings.Contains(text, "since the base") || strings.Contains(text, "the engine has yet") {
			t.Errorf("it speaks of what is not there:\n%s", text)
		}
	}
}

func TestWordOfAPersonIsExplained(t *testing.T) {
	wantLines(t, told(t, acceptedSwitch(), nil),
		"  word  of bob on 2026-11-22 14:02:11Z, until 2026-11-29 14:02:11Z: the label comes with the next maintenance, see CHG-1204")
}

func TestExplanationWithoutAReleaseSaysSo(t *testing.T) {
	wantLines(t, told(t, driftedSwitch(), func(x *core.Explanation) { x.Fabric = "" }), "  rules v0.129; fabric release not known")
}
