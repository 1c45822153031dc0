package lint_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/lint"
	"selvage/core/manifest"
	"selvage/core/repo"
)

// read reads one file, or with "" all of a folder, the way the command does.
func read(t testing.TB, dir, file string) *core.Snapshot {
	t.Helper()
	pool := repo.NewPool(repo.Config{Now: func() time.Time { return time.Unix(0, 0) }})
	s := pool.Folder(dir, file, repo.Location{}).Read(context.Background(), core.Scope{Namespace: "default"})
	for _, r := range s.Readings {
		if r.Access != core.AccessOK {
			t.Fatal(r.Error)
		}
	}
	return s
}

func locator(t testing.TB, name string) *manifest.Locator {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return manifest.NewLocator(data)
}

// wants are what the comments of a file ask for on their lines: "# want RULE:
// PART OF THE MESSAGE & RULE: …".
func wants(t testing.TB, name string) map[int][]string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	all := map[int][]string{}
	for i, line := range strings.Split(string(data), "\n") {
		if _, want, ok := strings.Cut(line, "# want "); ok {
			all[i+1] = strings.Split(want, " & ")
		}
	}
	return all
}

// TestRulesFindWhatTheFilesSay plays testdata: every line that says so has just
// the findings that it names, and no other line has any.
func TestRulesFindWhatTheFilesSay(t *testing.T) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	seen := map[string]bool{"unread": true} // see TestUnreadFilesAreNamed
	for _, name := range files {
		if strings.HasSuffix(name, ".before.yaml") {
			continue
		}
		base := filepath.Base(name)
		o := lint.Options{Place: func(at core.Origin, p core.Path) (int, int) { return locator(t, name).Locate(at.Line, p) }}
		if before := strings.TrimSuffix(base, ".yaml") + ".before.yaml"; exists("testdata/" + before) {
			o.Before = read(t, "testdata", before)
		}
		want := wants(t, name)
		for _, f := range lint.Check(read(t, "testdata", base), o) {
			seen[f.Rule] = true
			i := slices.IndexFunc(want[f.Line], func(w string) bool {
				rule, part, _ := strings.Cut(w, ": ")
				return rule == f.Rule && strings.Contains(f.Message, part)
			})
			if i < 0 || f.Origin.Path != base {
				t.Errorf("%s:%d: %s: %s [%s]: not wanted", f.Origin.Path, f.Line, f.Key, f.Message, f.Rule)
				continue
			}
			want[f.Line] = slices.Delete(want[f.Line], i, i+1)
		}
		for line, left := range want {
			for _, w := range left {
				t.Errorf("%s:%d: not found: %s", base, line, w)
			}
		}
	}
	for _, r := range lint.Rules() {
		if !seen[r.ID] {
			t.Errorf("no file in testdata has a finding of rule %s", r.ID)
		}
	}
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

func TestRulesAreTold(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range lint.Rules() {
		if seen[r.ID] || r.ID == "" || r.What == "" || r.Why == "" {
			t.Errorf("rule %+v is not told, or told twice", r)
		}
		if !slices.Contains([]core.LintLevel{core.LintError, core.LintWarning, core.LintNote}, r.Level) {
			t.Errorf("rule %s has the level %q", r.ID, r.Level)
		}
		seen[r.ID] = true
	}
}

// objects makes a snapshot of YAML.
func objects(t testing.TB, text string) *core.Snapshot {
	t.Helper()
	docs, err := manifest.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	s := core.NewSnapshot()
	for _, d := range docs {
		if d.Object == nil {
			t.Fatal(d.Err)
		}
		o := *d.Object
		if o.Key.Namespace == "" {
			o.Key.Namespace = "default"
		}
		o.Origin = core.Origin{Path: "all.yaml", Line: d.Line}
		s.Add(&o)
	}
	s.CoverAll()
	return s
}

func told(found []core.LintFinding) string {
	var b strings.Builder
	for _, f := range found {
		fmt.Fprintf(&b, "%s:%d: %s %s: %s [%s]\n", f.Origin.Path, f.Line, f.Key, f.Path, f.Message, f.Rule)
	}
	return b.String()
}

const attachment = `apiVersion: vpc.githedgehog.com/v1beta1
kind: VPCAttachment
metadata: {name: a}
spec: {subnet: vpc-2, connection: c}
---
apiVersion: vpc.githedgehog.com/v1beta1
kind: VPC
metadata: {name: vpc-1}
spec: {subnets: {default: {subnet: 10.0.1.0/24, vlan: 1001}}}
---
apiVersion: wiring.githedgehog.com/v1beta1
kind: Connection
metadata: {name: c}
spec: {unbundled: {link: {server: {port: s/e1}, switch: {port: l/E1/1}}}}
`

// TestNothingIsMissingThatWasNotRead: a VPC that is not there is missing where
// Git was read whole, and only there.
func TestNothingIsMissingThatWasNotRead(t *testing.T) {
	missing := func(s *core.Snapshot, o lint.Options) bool {
		return strings.Contains(told(lint.Check(s, o)), "no VPC/vpc-2 in Git [reference]")
	}
	if s := objects(t, attachment); !missing(s, lint.Options{}) {
		t.Errorf("a VPC that is nowhere is not told:\n%s", told(lint.Check(s, lint.Options{})))
	}
	if missing(objects(t, attachment), lint.Options{Partial: true}) {
		t.Error("one file alone tells what is missing in others")
	}
	for name, f := range map[string]core.Finding{
		"a broken file that names it":  {Origin: core.Origin{Path: "x.yaml"}, Text: []byte("name: vpc-2: ")},
		"a duplicate":                  {Origin: core.Origin{Path: "x.yaml"}, Key: core.Key{Group: "vpc.githedgehog.com", Kind: "VPC", Namespace: "default", Name: "vpc-2"}},
		"a link that leads elsewhere":  {Origin: core.Origin{Path: "x"}, Opaque: true},
		"a chart that is not rendered": {Origin: core.Origin{Path: "Chart.yaml"}, Opaque: true, Unrendered: true},
	} {
		s := objects(t, attachment)
		s.Findings = append(s.Findings, f)
		if missing(s, lint.Options{}) {
			t.Errorf("%s may hold the VPC that is called missing", name)
		}
	}
	uncovered := core.NewSnapshot()
	for o := range objects(t, attachment).Objects() {
		uncovered.Add(o)
	}
	if missing(uncovered, lint.Options{}) {
		t.Error("a part of Git that was not read is called missing")
	}
	elsewhere := objects(t, attachment+"---\napiVersion: vpc.githedgehog.com/v1beta1\nkind: VPC\nmetadata: {name: vpc-2, namespace: fab}\n"+
		"spec: {subnets: {default: {subnet: 10.0.2.0/24, vlan: 1002}}}\n")
	if missing(elsewhere, lint.Options{}) {
		t.Error("a VPC in a wrong namespace is told as missing, too")
	}
}

// TestUnreadFilesAreNamed by a warning, and templates by a note.
func TestUnreadFilesAreNamed(t *testing.T) {
	s := core.NewSnapshot()
	s.Findings = []core.Finding{
		{Origin: core.Origin{Path: "a.yaml"}, Reason: "a submodule: not read", Opaque: true},
		{Origin: core.Origin{Path: "b.yaml", Line: 3}, Reason: "not rendered", Opaque: true, Unrendered: true},
		{Origin: core.Origin{Path: "c.yaml", Line: 1}, Reason: "not UTF-8", Opaque: true, Text: []byte{0xff}},
		{Origin: core.Origin{Path: "d/x.yaml", Line: 1}, Reason: "d is rendered", Key: core.Key{Name: "x"}, Unrendered: true},
		{Origin: core.Origin{Path: "d/y.yaml", Line: 1}, Reason: "d is rendered", Key: core.Key{Name: "y"}, Unrendered: true},
	}
	const want = "a.yaml:0: / : a submodule: not read [unread]\nb.yaml:3: / : not rendered [unrendered]\nc.yaml:1: / : not UTF-8 [syntax]\n" +
		"d/x.yaml:1: / : d is rendered; 2 documents [unrendered]\n"
	if got := told(lint.Check(s, lint.Options{})); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// TestServedVersionsAreTheClusters where it told them.
func TestServedVersionsAreTheClusters(t *testing.T) {
	vpc := core.GroupKind{Group: "vpc.githedgehog.com", Kind: "VPC"}
	const text = "apiVersion: vpc.githedgehog.com/v1beta2\nkind: VPC\nmetadata: {name: vpc-1}\nspec: {subnets: {default: {subnet: 10.0.1.0/24, vlan: 1001}}}\n"
	if got := told(lint.Check(objects(t, text), lint.Options{})); !strings.Contains(got, `VPC is served at v1beta1, not at "v1beta2" [version]`) {
		t.Errorf("without a schema: %s", got)
	}
	served := lint.Options{Schemas: map[core.GroupKind]core.Schema{vpc: {Versions: []string{"v1beta1", "v1beta2"}}}}
	if got := told(lint.Check(objects(t, text), served)); got != "" {
		t.Errorf("where the cluster serves it: %s", got)
	}
}

// TestFindingsAreInOrderAndOnce whatever the order of Go's maps.
func TestFindingsAreInOrderAndOnce(t *testing.T) {
	s := read(t, "testdata", "refs.yaml")
	first := lint.Check(s, lint.Options{})
	if !slices.IsSortedFunc(first, core.LintFinding.Compare) || len(first) == 0 || len(first) != len(slices.Compact(slices.Clone(first))) {
		t.Errorf("not in order, or twice:\n%s", told(first))
	}
	for range 20 {
		if again := lint.Check(s, lint.Options{}); !slices.Equal(first, again) {
			t.Fatalf("first\n%sthen\n%s", told(first), told(again))
		}
	}
}

// TestTheChangedOneIsToldOfTwo: who edited a file is to be told about it.
func TestTheChangedOneIsToldOfTwo(t *testing.T) {
	const one = "apiVersion: vpc.githedgehog.com/v1beta1\nkind: VPC\nmetadata: {name: vpc-%d}\nspec: {subnets: {default: {subnet: 10.0.%d.0/24, vlan: 1001}}}\n"
	first, second := fmt.Sprintf(one, 1, 1), fmt.Sprintf(one, 2, 2)
	for before, want := range map[string]string{first: "VPC/vpc-2", second: "VPC/vpc-1"} {
		found := lint.Check(objects(t, first+"---\n"+second), lint.Options{Before: objects(t, before)})
		if len(found) != 1 || found[0].Key.String() != want {
			t.Errorf("got\n%swant one finding at %s", told(found), want)
		}
	}
}
