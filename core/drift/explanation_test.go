package drift_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"selvage/core"
	"selvage/core/drift"
)

func explained(t *testing.T, f core.Fabric, in drift.Input, k core.Key) core.Explanation {
	t.Helper()
	e, ok := drift.New(f).Explain(in, k)
	if !ok {
		t.Fatalf("nothing is explained of %s", k)
	}
	return e
}

// replay does the steps of a side again, beginning with what was read.
func replay(t *testing.T, side core.ExplainedSide) map[string]any {
	t.Helper()
	doc := core.CloneJSON(side.Raw)
	for _, s := range side.Steps {
		if s.Rule == "schema.pruned" {
			continue // named as the walk names places, after lists were sorted
		}
		if was := lookup(doc, s.Path.Steps()); !was.Equal(s.From) {
			t.Errorf("step %s at %s is done to %s, where there is %s", s.Rule, s.Path, s.From, was)
		}
		doc = put(doc, s.Path.Steps(), s.To)
	}
	out, _ := doc.(map[string]any)
	return out
}

// stepOf is a step of a path to a map key or to an index.
func stepOf(step string) (key string, index int) {
	key, index = strings.TrimPrefix(step, "."), -1
	if strings.HasPrefix(step, `["`) {
		v, _ := core.DecodeJSON([]byte(step[1 : len(step)-1]))
		key, _ = v.(string)
	} else if step[0] == '[' {
		_, _ = fmt.Sscanf(step, "[%d]", &index)
	}
	return key, index
}

func lookup(v any, steps []string) core.Value {
	for _, s := range steps {
		key, index := stepOf(s)
		switch t := v.(type) {
		case map[string]any:
			next, ok := t[key]
			if !ok {
				return core.Value{}
			}
			v = next
		case []any:
			if index < 0 || index >= len(t) {
				return core.Value{}
			}
			v = t[index]
		default:
			return core.Value{}
		}
	}
	return core.ValueOf(v)
}

func put(v any, steps []string, to core.Value) any {
	if len(steps) == 0 {
		return core.CloneJSON(to.Any())
	}
	key, index := stepOf(steps[0])
	switch t := v.(type) {
	case map[string]any:
		if len(steps) == 1 && !to.Present() {
			delete(t, key)
			return t
		}
		t[key] = put(t[key], steps[1:], to)
	case []any:
		t[index] = put(t[index], steps[1:], to)
	}
	return v
}

// tidied is a document without the containers that are only there for the
// comparison.
func tidied(doc map[string]any) map[string]any {
	meta, _ := doc["metadata"].(map[string]any)
	for _, name := range []string{"labels", "annotations"} {
		if m, ok := meta[name].(map[string]any); ok && len(m) == 0 {
			delete(meta, name)
		}
	}
	if m, ok := doc["spec"].(map[string]any); ok && len(m) == 0 {
		delete(doc, "spec")
	}
	return doc
}

// TestStepsLeadFromRawToNormal: whatever a rule did to a side is told, and
// nothing else was done. So two documents that count as equal do so by rules.
func TestStepsLeadFromRawToNormal(t *testing.T) {
	all := pairs(t)
	all["oddities"] = [2]string{
		object("wiring", "Switch", "", "portLocators: {E1/1: 5m}, description: null, role: spine, enableAllPorts: false, portSpeeds: {a: \"\"}") + "---\n" +
			object("vpc", "VPC", "", "permit: [[a], []], staticRoutes: [{prefix: 10.0.0.0/8, nextHops: []}, {prefix: 0.0.0.0/0, odd: 0}]") + "---\n" +
			object("vpc", "ExternalAttachment", "", "inboundACL: {statements: [{action: allow, note: \"\"}]}") + "---\n" +
			object("wiring", "VLANNamespace", "", "ranges: [{from: 3000}, {from: 1000, to: 1999}]"),
		object("wiring", "Switch", "", "role: spine, ecmp: {roceQPN: false}, portSpeeds: {a: \"\"}") + "---\n" +
			object("vpc", "VPC", "", "permit: [[a], []], staticRoutes: [{prefix: 10.0.0.0/8}, {prefix: 0.0.0.0/0, more: []}]") + "---\n" +
			object("vpc", "ExternalAttachment", "", "inboundACL: {statements: [{action: allow}]}") + "---\n" +
			object("wiring", "VLANNamespace", "", "ranges: [{from: 1000, to: 1999}, {from: 3000, to: 3000}]"),
	}
	for name, pair := range all {
		git, live := snapshot(t, "git", pair[0]), snapshot(t, "dump", pair[1])
		in := drift.Input{Git: git, Live: live, Memory: &core.Memory{}, Now: now}
		rules := map[string]bool{}
		for o := range git.Objects() {
			e := explained(t, core.Fabric{}, in, o.Key)
			if name == "oddities" && !core.EqualJSON(e.Git.Normal, e.Live.Normal) {
				t.Errorf("%s is held as\n%s and\n%s", o.Key, core.CanonicalJSON(e.Git.Normal), core.CanonicalJSON(e.Live.Normal))
			}
			for side, s := range map[string]core.ExplainedSide{"git": e.Git, "live": e.Live} {
				normal, _ := core.CloneJSON(s.Normal).(map[string]any)
				if got := replay(t, s); !core.EqualJSON(tidied(got), tidied(normal)) {
					t.Errorf("%s: the steps of %s %s lead to\n%s, not to\n%s", name, side, o.Key, core.CanonicalJSON(got), core.CanonicalJSON(normal))
				}
				for _, step := range s.Steps {
					rules[step.Rule] = true
					if step.Why == "" || step.From.Equal(step.To) {
						t.Errorf("%s: a step that says nothing: %+v", name, step)
					}
				}
			}
		}
		if name != "oddities" {
			continue
		}
		for _, rule := range []string{"switch.port-locators", "value.null", "value.empty", "vlannamespace.single"} {
			if !rules[rule] {
				t.Errorf("no step by %s", rule)
			}
		}
	}
}

// TestExplanationIsOfTheSameVerdict compares what is explained with what is
// reported, over fabrics in which every kind of change was made.
func TestExplanationIsOfTheSameVerdict(t *testing.T) {
	m := agreed(t, vpc+attachment, liveVPC+attachment)
	for name, pair := range map[string][2]string{
		"drift":     {vpc + attachment, edited(liveVPC, "vlan: 1001", "vlan: 1005") + attachment},
		"conflict":  {edited(vpc, "vlan: 1001", "vlan: 1006") + attachment, edited(liveVPC, "vlan: 1001", "vlan: 1005") + attachment},
		"gone live": {vpc + attachment, attachment},
		"gone":      {vpc, liveVPC + attachment},
		"untouched": {vpc + attachment, liveVPC + attachment},
	} {
		for _, memory := range []*core.Memory{m, {}} {
			in := drift.Input{Git: snapshot(t, "git", pair[0]), Live: snapshot(t, "kube", pair[1]), Memory: memory, Now: at(1)}
			f := core.Fabric{Namespace: "default", Limits: core.Limits{Percent: 1}}
			res := drift.New(f).Compare(in)
			for _, want := range res.Report.Verdicts {
				e := explained(t, f, in, want.Key)
				if have := e.Verdict; fmt.Sprintf("%+v", have) != fmt.Sprintf("%+v", want) {
					t.Errorf("%s: explained is\n%+v\nreported is\n%+v", name, have, want)
				}
				if len(e.Evidence) == 0 && want.State != core.OnlyGit && want.State != core.Pending {
					t.Errorf("%s: no evidence for %s %s", name, want.Key, want.State)
				}
			}
		}
	}
}

// TestComparerServesSeveralGoroutines: the screens ask for explanations while
// checks go on, and schemas come and go.
func TestComparerServesSeveralGoroutines(t *testing.T) {
	c := drift.New(core.Fabric{})
	git, live, hintedLive := snapshot(t, "git", vpc), snapshot(t, "kube", liveVPC), snapshot(t, "kube", liveVPC)
	hintedLive.Schemas = definitions(t, crd("vpc", "VPC", "mode: {type: string}"))
	k := core.Key{Group: "vpc.githedgehog.com", Kind: "VPC", Namespace: "default", Name: "vpc-1"}
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			in := drift.Input{Git: git, Live: live, Memory: &core.Memory{}, Now: now}
			if i%2 == 0 {
				in.Live = hintedLive
			}
			for range 20 {
				if _, ok := c.Explain(in, k); !ok || c.Compare(in).Report.Counts.Total() != 1 {
					t.Error("no verdict")
				}
			}
		})
	}
	group.Wait()
}

func TestNothingIsExplainedOfWhatIsNotThere(t *testing.T) {
	in := drift.Input{Git: snapshot(t, "git", vpc), Live: snapshot(t, "kube", liveVPC+attachment), Memory: &core.Memory{}, Now: now}
	for _, k := range []core.Key{
		{Group: "vpc.githedgehog.com", Kind: "VPC", Namespace: "default", Name: "other"},
		{Group: "vpc.githedgehog.com", Kind: "VPCAttachment", Namespace: "default", Name: "a1"}, // a kind that Git never held
	} {
		if e, ok := drift.New(core.Fabric{}).Explain(in, k); ok {
			t.Errorf("%s is explained: %+v", k, e)
		}
	}
}

func TestExplanationTellsBaseAndWhereItCameFrom(t *testing.T) {
	git, live := snapshot(t, "git", vpc), snapshot(t, "kube", edited(liveVPC, "vlan: 1001", "vlan: 1005"))
	k := core.Key{Group: "vpc.githedgehog.com", Kind: "VPC", Namespace: "default", Name: "vpc-1"}
	e := explained(t, core.Fabric{}, drift.Input{Git: git, Live: live, Memory: agreed(t, vpc, liveVPC), Now: at(1)}, k)
	if e.Base == nil || e.Base.Source != core.FromContainment || len(e.Evidence) == 0 {
		t.Fatalf("base %+v, evidence %q", e.Base, e.Evidence)
	}
	for side, want := range map[string]core.Value{
		"git": lookup(e.Base.Git.Fields, core.Path(".spec.subnets.default.vlan").Steps()), "live": lookup(e.Base.Live.Fields, core.Path(".spec.subnets.default.vlan").Steps()),
		"normal git": lookup(e.Git.Normal, core.Path(".spec.subnets.default.vlan").Steps()),
	} {
		if !want.Equal(core.ValueOf(int64(1001))) {
			t.Errorf("%s says %s", side, want)
		}
	}
	if e.Base.Git.Fields["kind"] != "VPC" || e.Live.Raw["apiVersion"] != "vpc.githedgehog.com/v1beta1" {
		t.Errorf("no whole documents: %v, %v", e.Base.Git.Fields, e.Live.Raw)
	}
	if e.Rules == "" || e.Fabric != "" {
		t.Errorf("rules of %q, fabric %q", e.Rules, e.Fabric)
	}
	rules := []string{}
	for _, s := range e.Live.Steps {
		rules = append(rules, s.Rule+" "+string(s.Path))
	}
	if !slices.Contains(rules, `meta.fabric-labels .metadata.labels["fabric.githedgehog.com/ipv4ns"]`) || !slices.Contains(rules, "value.empty .spec.subnets.default.dhcp") {
		t.Errorf("steps of live: %q", rules)
	}
}

// TestSecretsHaveOnePlaceholderEverywhere looks at all of an explanation, and
// at the report beside it.
func TestSecretsHaveOnePlaceholderEverywhere(t *testing.T) {
	side := func(password, token, more string) string {
		return object("vpc", "VPC", "", "zpassword: "+password+", atoken: {inner: "+token+"}, passwords: ["+token+", a"+password+"]") + more
	}
	was := side("hunter6", "hunter3", "more: {apikey: hunter5}\n")
	f := core.Fabric{Rules: []core.Rule{{Kind: "VPC", Path: ".spec.passwords", Is: core.RuleSet}}}
	in := drift.Input{
		Git: snapshot(t, "git", side("hunter2", "hunter3", "")), Live: snapshot(t, "kube", side("hunter9", "hunter2", "")),
		Memory: agreed(t, was, was), Now: at(1),
	}
	e := explained(t, f, in, core.Key{Group: "vpc.githedgehog.com", Kind: "VPC", Namespace: "default", Name: "o"})
	text := fmt.Sprintf("%v %v %v", e, e.Base.Git.Fields, e.Base.Live.Fields)
	if strings.Contains(text, "hunter") {
		t.Errorf("a secret is shown: %s", text)
	}
	password, token := []string{".spec", ".zpassword"}, []string{".spec", ".atoken", ".inner"}
	report := drift.New(f).Compare(in).Report.Verdicts[0]
	for what, same := range map[string][2]core.Value{
		"git's password and live's token":        {lookup(e.Git.Raw, password), lookup(e.Live.Raw, token)},
		"git as it was read and as it was held":  {lookup(e.Git.Raw, password), lookup(e.Git.Normal, password)},
		"git and its change":                     {lookup(e.Git.Raw, password), changeAt(e.Verdict, ".spec.zpassword").Git},
		"live and its change":                    {lookup(e.Live.Raw, password), changeAt(e.Verdict, ".spec.zpassword").Live},
		"the base and that of the change":        {lookup(e.Base.Git.Fields, password), changeAt(e.Verdict, ".spec.zpassword").Base},
		"the explained change and the reported":  {changeAt(e.Verdict, ".spec.zpassword").Base, changeAt(report, ".spec.zpassword").Base},
		"the token in git and in live's base":    {lookup(e.Git.Raw, token), lookup(e.Base.Live.Fields, token)},
		"the first step and the list as it was":  {e.Git.Steps[0].From, lookup(e.Git.Raw, []string{".spec", ".passwords"})},
		"the first step and the list as it went": {e.Git.Steps[0].To, lookup(e.Git.Normal, []string{".spec", ".passwords"})},
	} {
		if !same[0].Equal(same[1]) || !same[0].Present() {
			t.Errorf("%s: %s and %s", what, same[0], same[1])
		}
	}
	for _, c := range slices.Concat(e.Verdict.Changes, report.Changes) {
		if strings.Contains(string(c.Path), "hunter") {
			t.Errorf("a path that names a secret: %s", c.Path)
		}
	}
}

func changeAt(v core.Verdict, p core.Path) core.Change {
	i := slices.IndexFunc(v.Changes, func(c core.Change) bool { return c.Path == p })
	if i < 0 {
		return core.Change{}
	}
	return v.Changes[i]
}

// TestBrokenFileIsExplainedByWhatIsWrongWithIt, and not called absent.
func TestBrokenFileIsExplainedByWhatIsWrongWithIt(t *testing.T) {
	git := snapshot(t, "git", "")
	git.Findings = []core.Finding{{Origin: core.Origin{Path: "vpcs.yaml", Line: 7}, Reason: "bad indentation", Text: []byte("name: vpc-1")}}
	in := drift.Input{Git: git, Live: snapshot(t, "kube", liveVPC), Memory: agreed(t, vpc, liveVPC), Now: at(1)}
	x, ok := drift.New(core.Fabric{}).Explain(in, core.Key{Kind: core.FileKind, Name: "vpcs.yaml"})
	if !ok || x.Git.Presence != core.Unread || x.Git.Reason != "vpcs.yaml:7: bad indentation" || x.Live.Presence == core.Absent {
		t.Errorf("%v, git %+v, live %+v", ok, x.Git, x.Live)
	}
}
