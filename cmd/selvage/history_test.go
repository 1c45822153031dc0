package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"selvage/core"
)

func TestCellsAreNoFormulas(t *testing.T) {
	for text, want := range map[string]string{
		"":                  "",
		"plain":             "plain",
		"-5":                "-5",
		"+1.5e3":            "+1.5e3",
		"=1+1":              "'=1+1",
		"+cmd":              "'+cmd",
		"-x":                "'-x",
		"@SUM(A1)":          "'@SUM(A1)",
		"\t=1":              `\t=1`,
		"\x1b]0;x\x07":      `\x1b]0;x\x07`,
		`"=1"`:              `"=1"`,
		".spec.subnets[=1]": ".spec.subnets[=1]",
	} {
		if got := cell(text); got != want {
			t.Errorf("cell(%q) = %q, want %q", text, got, want)
		}
	}
}

// happenings is one entry of every sort, with a text in every place that takes
// one.
func happenings(text string) []core.Entry {
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	k := core.Key{Group: "vpc.githedgehog.com", Kind: "VPC", Namespace: text, Name: text}
	value := core.ValueOf(map[string]any{text: text})
	commit := core.Commit{ID: "ab" + text, Author: text, Time: at, Summary: text}
	change := core.Change{Path: core.Path("").Key(text), Op: core.OpChanged, Git: value, Live: value, Manager: text, ManagerTime: at, Commit: commit}
	all := []core.Happening{
		core.Checked{Err: text},
		core.Checked{Reported: true, Git: core.AccessOK, Live: core.AccessForbidden},
		core.Transition{Key: k, To: core.Drifted, Reason: text, Changes: []core.Change{change, {Path: core.Root, Live: value}}},
		core.Overwritten{Key: k, Path: change.Path, Live: value, Now: value, Manager: text, ReplacedBy: text, Commit: commit},
		core.Overwritten{Key: k, Path: core.Root},
		core.Blind{From: at.Add(-time.Hour), Until: at, Reason: text},
		core.Acceptance{What: core.AcceptMass, By: text, Keys: []core.Key{k, k}},
		core.Acceptance{What: core.AcceptRewrite, By: text, From: text, To: text},
		core.Acceptance{What: core.AcceptBase, By: text, Keys: []core.Key{k}},
		core.Acknowledgement{Key: k, Path: change.Path, Reason: text, By: text, Until: at},
	}
	entries := make([]core.Entry, len(all))
	for i, what := range all {
		entries[i] = core.Entry{ID: fmt.Sprint("x-", i), Fabric: core.FabricID(text), At: at, What: what}
	}
	return entries
}

func TestHistoryIsInertAndComplete(t *testing.T) {
	for _, text := range []string{
		"plain", "\x1b]52;c;aGk=\x07", "\u009b31m", "\u202e\u2066", "zero\u200bwidth", "line\nbreak\r\t", "a\xff", "日本語", strings.Repeat("long ", 100), "=1+1", "",
	} {
		var out bytes.Buffer
		a := &app{out: &out}
		entries := happenings(text)
		if err := a.historyTable(entries, nil); err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(strings.TrimSuffix(out.String(), "\n"), "\n") {
			if ansi.StringWidth(line) > historyWidth && strings.HasPrefix(line, "    ") {
				t.Errorf("%q: a line of %d columns: %q", text, ansi.StringWidth(line), line)
			}
			if i := strings.IndexFunc(line, func(r rune) bool { return r < ' ' || r == 0x7f || r == 0x9b || r == 0x202e || r == 0x200b }); i >= 0 {
				t.Errorf("%q: a terminal would act on %q", text, line)
			}
		}
		for _, e := range entries {
			if word := eventWord(e.What); word == "" {
				t.Errorf("no word for %T", e.What)
			}
		}

		out.Reset()
		if err := a.historyCSV(entries, nil); err != nil {
			t.Fatal(err)
		}
		if rows, err := csv.NewReader(&out).ReadAll(); err != nil || len(rows) != 1+len(entries)+2 {
			t.Errorf("%q: %d rows, %v, want a header, one for each entry, one more for the second change and the second object", text, len(rows), err)
		}

		out.Reset()
		if err := a.historyJSON(entries, nil); err != nil {
			t.Fatal(err)
		}
		var doc struct{ Items []map[string]any }
		if err := json.Unmarshal(out.Bytes(), &doc); err != nil || len(doc.Items) != len(entries) {
			t.Fatalf("%q: %d items, %v", text, len(doc.Items), err)
		}
		for _, item := range doc.Items {
			if _, ok := item[item["event"].(string)]; !ok {
				t.Errorf("an item %v holds nothing under its event", item)
			}
		}
	}
}

func TestWhatSaysTheSameIsOneChapter(t *testing.T) {
	at := func(m int) time.Time { return time.Date(2026, 11, 23, 12, m, 0, 0, time.UTC) }
	down := core.Checked{Reported: true, Git: core.AccessOK, Live: core.AccessUnreachable}
	gone := func(name, reason string) core.Transition {
		return core.Transition{Key: core.Key{Kind: "VPC", Name: name}, To: core.Unknown, Reason: reason}
	}
	all := chapters([]core.Entry{
		{Fabric: "dc1", At: at(5), What: down},
		{Fabric: "dc2", At: at(5), What: down},
		{Fabric: "dc1", At: at(4), What: down},
		{Fabric: "dc1", At: at(3), What: down},
		{Fabric: "dc1", At: at(3), What: gone("a", "no route")},
		{Fabric: "dc1", At: at(3), What: gone("b", "no route")},
		{Fabric: "dc1", At: at(3), What: gone("c", "another")},
		{Fabric: "dc1", At: at(2), What: gone("d", "another")},
		{Fabric: "dc1", At: at(2), What: down},
	}, nil)
	var told []string
	for _, c := range all {
		told = append(told, fmt.Sprintf("%s %s %d %s %s", c.fabric, c.event, c.checks, strings.Join(c.objects, "+"), c.at.Format("04")))
	}
	want := []string{
		"dc1 check 3  05", "dc2 check 1  05", "dc1 ? unknown 0 VPC/a+VPC/b 03",
		"dc1 ? unknown 0 VPC/c 03", "dc1 ? unknown 0 VPC/d 02", "dc1 check 1  02",
	}
	if strings.Join(told, "\n") != strings.Join(want, "\n") {
		t.Errorf("chapters\n%s\nwant\n%s", strings.Join(told, "\n"), strings.Join(want, "\n"))
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestAMassChangeIsAcceptedByTypingItsCount, on a terminal; whatever else is
// typed there accepts nothing.
func TestAMassChangeIsAcceptedByTypingItsCount(t *testing.T) {
	p := newProgram(t)
	p.configure("  - name: dc1\n    cluster: {cluster_name: dc1, namespace: default, dump: dc1.yaml}\n    git: {url: repo, path: dc1}\n")
	vpcs := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "---\n{apiVersion: vpc.githedgehog.com/v1beta1, kind: VPC, metadata: {name: vpc-%d}, spec: {vlan: %d}}\n", i, 1000+i)
		}
		return b.String()
	}
	write(t, filepath.Join(p.dir, "repo/dc1/vpcs.yaml"), vpcs(8))
	write(t, filepath.Join(p.dir, "dc1.yaml"), vpcs(8))
	for _, args := range [][]string{{"init", "-q", "-b", "main", "repo"}, {"-C", "repo", "add", "."}, {"-C", "repo", "commit", "-qm", "eight VPCs"}} {
		cmd := exec.CommandContext(t.Context(), "git", append([]string{"-c", "user.name=Kim", "-c", "user.email=kim@netops.example"}, args...)...)
		cmd.Dir = p.dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	p.status(exitDone)
	write(t, filepath.Join(p.dir, "dc1.yaml"), vpcs(2))
	for _, tt := range []struct {
		typed, shows string
		code         int
	}{
		{"y\r", `"y" is not 6, nothing was accepted`, exitRefused},
		{"\x04", `"" is not 6`, exitRefused},
		{"\x03", "interrupted", exitInterrupted},
		{"6\r", "accepted that 6 of 8 objects vanished from live", exitDone},
	} {
		cmd := exec.CommandContext(t.Context(), p.binary, "--config", "selvage.yaml", "accept", "dc1", "--mass-change")
		cmd.Dir, cmd.Env = p.dir, p.env
		screen, wait := start(t, cmd)
		screen.shows(t, "VPC/vpc-7")
		screen.shows(t, "6 of 8 objects vanished from live. Type 6 to accept that:")
		screen.press(t, tt.typed)
		if code := wait(); code != tt.code || !strings.Contains(screen.printed(), tt.shows) {
			t.Errorf("after %q: exit %d and %q, want %d and %q", tt.typed, code, screen.printed(), tt.code, tt.shows)
		}
	}
}
