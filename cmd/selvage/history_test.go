package main

import (
	"bytes"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"selvage/core"
	"selvage/core/config"
	"selvage/testdata/termtest"
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
		core.Decided{What: core.DecidedMade, By: text, Draft: core.Draft{ID: 7, From: text, Resolution: core.Resolution{Key: k, Path: change.Path, Choice: core.TakeEdited, Value: value, By: text}}},
		core.Decided{What: core.DecidedDropped, Draft: core.Draft{Resolution: core.Resolution{Key: k, Path: core.Root, Choice: core.TakeLive, Value: value}}},
		core.Run{
			ID: text, Phase: core.RunFailed, Started: at.Add(-41 * time.Second), Ended: at, By: text, Host: text, Err: text, Reverts: text, Attempts: 2,
			Options:      core.RunOptions{Ticket: text},
			Steps:        []core.RunStep{{Name: "push", Detail: text, Err: text}},
			Publications: []core.PublicationState{{Publication: core.Publication{Branch: text, Commit: text, Changes: []core.FileChange{{Path: text}}}, Phase: core.PublicationLanded, Says: text}},
			Objects:      []core.RunObject{{Fabric: core.FabricID(text), Key: k, State: core.Stuck, Reason: text}},
		},
		core.Run{Phase: core.RunQueued},
	}
	entries := make([]core.Entry, len(all))
	for i, what := range all {
		entries[i] = core.Entry{ID: fmt.Sprint("x-", i), Fabric: core.FabricID(text), At: at, What: what}
	}
	return entries
}

// TestHistoryInAPipeBreaksNoCommand: what is read by a program, or copied out of a file, is
// as it has to be typed.
func TestHistoryInAPipeBreaksNoCommand(t *testing.T) {
	command := "kubectl --context dc1 -n default patch vpc " + strings.Repeat("a-long-name-", 6) + " --type=json -p '[]'"
	c := &chapter{event: "sync", fabric: "dc1", told: []string{"waiting", "nothing applies git to dc1 (" + command + ")"}}
	for width, whole := range map[int]bool{0: true, historyWidth: false} {
		var b strings.Builder
		c.write(&b, len("FABRIC"), width)
		if strings.Contains(b.String(), command) != whole {
			t.Errorf("at width %d the command is whole: %v, want %v\n%s", width, !whole, whole, &b)
		}
	}
	var out bytes.Buffer
	table := (&app{out: &out}).historyTable(&config.Config{}, nil).(*historyTable)
	if table.width != 0 {
		t.Errorf("what is no terminal is written %d wide", table.width)
	}
}

func TestHistoryIsInertAndComplete(t *testing.T) {
	for _, text := range []string{
		"plain", "\x1b]52;c;aGk=\x07", "\u009b31m", "\u202e\u2066", "zero\u200bwidth", "line\nbreak\r\t", "a\xff", "日本語", strings.Repeat("long ", 100), "=1+1", "",
	} {
		var out bytes.Buffer
		a := &app{out: &out}
		entries := happenings(text)
		print := func(printer func(*config.Config, []core.FabricID) historyPrinter) {
			t.Helper()
			out.Reset()
			p := printer(&config.Config{}, []core.FabricID{core.FabricID(text)})
			// In pages of any size, of which some are empty.
			if err := errors.Join(p.page(entries[:3]), p.page(nil), p.page(entries[3:]), p.end()); err != nil {
				t.Fatal(err)
			}
		}
		print(func(c *config.Config, ids []core.FabricID) historyPrinter {
			table := a.historyTable(c, ids).(*historyTable)
			table.width = historyWidth // as on a terminal
			return table
		})
		for line := range strings.SplitSeq(strings.TrimSuffix(out.String(), "\n"), "\n") {
			if ansi.StringWidth(line) > historyWidth && strings.HasPrefix(line, "    ") {
				t.Errorf("%q: a line of %d columns: %q", text, ansi.StringWidth(line), line)
			}
			if i := strings.IndexFunc(line, func(r rune) bool { return r < ' ' || r == 0x7f || r == 0x9b || r == 0x202e || r == 0x200b }); i >= 0 {
				t.Errorf("%q: a terminal would act on %q", text, line)
			}
		}
		for _, e := range entries {
			if word := e.What.Word(); word == "" {
				t.Errorf("no word for %T", e.What)
			}
		}

		print(a.historyCSV)
		if rows, err := csv.NewReader(&out).ReadAll(); err != nil || len(rows) != 1+len(entries)+2 {
			t.Errorf("%q: %d rows, %v, want a header, one for each entry, one more for the second change and the second object", text, len(rows), err)
		}

		print(a.historyJSON)
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

func TestARunIsToldInOneLineAndWhatIsOpen(t *testing.T) {
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	k := core.Key{Group: "vpc.githedgehog.com", Kind: "VPC", Namespace: "default", Name: "vpc-1"}
	run := core.Run{
		ID: "5e1a", Phase: core.RunAgreed, Plan: "p413", Started: at.Add(-41 * time.Second), Ended: at, By: "kim", Host: "kim@jump1",
		Publications: []core.PublicationState{
			{Publication: core.Publication{Commit: "9b1d0aa77", Changes: make([]core.FileChange, 3)}, Phase: core.PublicationLanded},
			{Publication: core.Publication{Commit: "0000000aa", Changes: make([]core.FileChange, 9)}, Phase: core.PublicationDropped},
		},
		Objects: []core.RunObject{{Fabric: "dc1", Key: k, State: core.InSync}, {Fabric: "dc2", Key: k, State: core.Stuck}},
	}
	waiting := run
	waiting.Phase, waiting.Err = core.RunWaiting, "live had not followed in 10m"
	waiting.Objects = append(waiting.Objects, core.RunObject{Fabric: "dc1", Key: k, State: core.Stuck, Reason: "webhook denied it"})
	secret := core.Decided{What: core.DecidedMade, By: "kim", Draft: core.Draft{Resolution: core.Resolution{Key: k, Path: ".spec.password", Choice: core.TakeEdited, Value: core.ValueOf("hunter2")}}}
	var out bytes.Buffer
	p := (&app{out: &out}).historyTable(&config.Config{}, []core.FabricID{"dc1"})
	err := errors.Join(p.page([]core.Entry{
		{Fabric: "dc1", At: at, What: run},
		{Fabric: "dc1", At: at.Add(-time.Second), What: waiting},
		{Fabric: "dc1", At: at.Add(-time.Minute), What: maskDecided(secret)},
	}), p.end())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"2026-11-23 12:00:00Z  dc1     sync            agreed, 3 files  41s  9b1d0aa\n    by kim, from kim@jump1, plan p413\n2026",
		"waiting, 3 files  41s  9b1d0aa\n    live had not followed in 10m\n    by kim, from kim@jump1, plan p413\n    VPC/default/vpc-1 stuck: webhook denied it\n",
		"decided         VPC/default/vpc-1\n    made: .spec.password  edited",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the table\n%s\nwant in it\n%s", &out, want)
		}
	}
	if strings.Contains(out.String(), "hunter2") {
		t.Errorf("a secret is told:\n%s", &out)
	}
}

func TestWhatSaysTheSameIsOneChapter(t *testing.T) {
	at := func(m int) time.Time { return time.Date(2026, 11, 23, 12, m, 0, 0, time.UTC) }
	down := core.Checked{Reported: true, Git: core.AccessOK, Live: core.AccessUnreachable}
	gone := func(name, reason string) core.Transition {
		return core.Transition{Key: core.Key{Kind: "VPC", Name: name}, To: core.Unknown, Reason: reason}
	}
	entries := []core.Entry{
		{Fabric: "dc1", At: at(5), What: down},
		{Fabric: "dc2", At: at(5), What: down},
		{Fabric: "dc1", At: at(4), What: down},
		{Fabric: "dc1", At: at(3), What: down},
		{Fabric: "dc1", At: at(3), What: gone("a", "no route")},
		{Fabric: "dc1", At: at(3), What: gone("b", "no route")},
		{Fabric: "dc1", At: at(3), What: gone("c", "another")},
		{Fabric: "dc1", At: at(2), What: gone("d", "another")},
		{Fabric: "dc1", At: at(2), What: down},
	}
	want := []string{
		"dc1 check 3  05", "dc2 check 1  05", "dc1 ? unknown 0 VPC/a+VPC/b 03",
		"dc1 ? unknown 0 VPC/c 03", "dc1 ? unknown 0 VPC/d 02", "dc1 check 1  02",
	}
	for page := 1; page <= len(entries); page++ {
		s := newStory(nil)
		var told []string
		tell := func(chapters []*chapter) {
			for _, c := range chapters {
				told = append(told, fmt.Sprintf("%s %s %d %s %s", c.fabric, c.event, c.checks, strings.Join(c.objects, "+"), c.at.Format("04")))
			}
		}
		for part := range slices.Chunk(entries, page) {
			for _, e := range part {
				s.add(e)
			}
			tell(s.finished())
		}
		tell(s.rest())
		if strings.Join(told, "\n") != strings.Join(want, "\n") {
			t.Errorf("chapters, %d entries at a time\n%s\nwant\n%s", page, strings.Join(told, "\n"), strings.Join(want, "\n"))
		}
	}
}

// TestAStoryKeepsLittleBack, also where the last check of a fabric that has said
// nothing since waits for another one like it.
func TestAStoryKeepsLittleBack(t *testing.T) {
	s := newStory(nil)
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	s.add(core.Entry{Fabric: "dc2", At: at, What: core.Checked{Err: "no route"}})
	given := 0
	for i := range 5 * historyPage {
		name := fmt.Sprint("vpc-", i)
		s.add(core.Entry{Fabric: "dc1", At: at.Add(-time.Duration(i) * time.Second), What: core.Transition{Key: core.Key{Kind: "VPC", Name: name}, Reason: name}})
		if i%historyPage == 0 {
			given += len(s.finished())
		}
	}
	if len(s.told) > 2*historyPage || given+len(s.told) != 1+5*historyPage {
		t.Errorf("%d chapters given, %d kept back", given, len(s.told))
	}
}

// TestAHistoryThatBreaksOffIsPartial: what was read is printed, nothing else is
// told of it as whole, and the exit code is not that of a mistake in the
// command line.
func TestAHistoryThatBreaksOffIsPartial(t *testing.T) {
	a, out, errs := bareApp(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "selvage.yaml")
	write(t, file, "state: {dir: state}\nfabrics:\n  - name: dc1\n    cluster: {cluster_name: dc1, namespace: default, dump: dc1.yaml}\n    git: {url: repo, path: dc1}\n")
	const n = historyPage*6/10 + 1
	write(t, filepath.Join(dir, "repo/dc1/vpcs.yaml"), vpcs(n, 1))
	gitRepo(t, dir)
	for _, vlan := range []int{1, 2, 1} { // more than a page of what happened
		write(t, filepath.Join(dir, "dc1.yaml"), vpcs(n, vlan))
		if code := a.run(t.Context(), "--config", file, "status"); code != exitDone {
			t.Fatalf("status exits with %d: %s", code, errs)
		}
	}
	db, err := sql.Open("sqlite3", filepath.Join(dir, "state", "selvage.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "PRAGMA foreign_keys = off; UPDATE transitions SET object = 999999 WHERE id = (SELECT min(id) FROM transitions)"); err != nil {
		t.Fatal(err)
	}
	for _, output := range []string{"table", "csv", "json"} {
		out.Reset()
		errs.Reset()
		if code := a.run(t.Context(), "--config", file, "history", "-o", output); code != exitUnread || !strings.Contains(errs.String(), "damaged") {
			t.Errorf("-o %s exits with %d and says %q, want %d and that the file is damaged", output, code, errs, exitUnread)
		}
		if !strings.Contains(out.String(), "overwritten") {
			t.Errorf("-o %s prints %d bytes and not what could be read", output, out.Len())
		}
		if output == "json" && json.Valid(out.Bytes()) {
			t.Error("half a history is a whole document")
		}
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

// vpcs is a manifest of n VPCs with VLANs from one number on.
func vpcs(n, vlan int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "---\n{apiVersion: vpc.githedgehog.com/v1beta1, kind: VPC, metadata: {name: vpc-%d}, spec: {vlan: %d}}\n", i, vlan+i)
	}
	return b.String()
}

// gitRepo makes a repository of the folder repo in dir, with all that is in it.
func gitRepo(t *testing.T, dir string) {
	t.Helper()
	for _, args := range [][]string{{"init", "-q", "-b", "main"}, {"add", "."}, {"commit", "-qm", "as it was built"}} {
		cmd := exec.CommandContext(t.Context(), "git", append([]string{"-c", "user.name=Kim", "-c", "user.email=kim@netops.example"}, args...)...)
		cmd.Dir = filepath.Join(dir, "repo")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
}

// TestAMassChangeIsAcceptedByTypingItsCount, on a terminal; whatever else is
// typed there accepts nothing.
func TestAMassChangeIsAcceptedByTypingItsCount(t *testing.T) {
	p := newProgram(t)
	p.configure("  - name: dc1\n    cluster: {cluster_name: dc1, namespace: default, dump: dc1.yaml}\n    git: {url: repo, path: dc1}\n")
	write(t, filepath.Join(p.dir, "repo/dc1/vpcs.yaml"), vpcs(8, 1000))
	write(t, filepath.Join(p.dir, "dc1.yaml"), vpcs(8, 1000))
	gitRepo(t, p.dir)
	p.status(exitDone)
	write(t, filepath.Join(p.dir, "dc1.yaml"), vpcs(2, 1000))
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
		screen := termtest.Start(t, cmd, termtest.Options{Width: 160, Height: 45})
		screen.Wait("VPC/vpc-7")
		screen.Wait("6 of 8 objects vanished from live. Type 6 to accept that:")
		screen.Type(tt.typed)
		if code := screen.ExitCode(); code != tt.code || !strings.Contains(screen.Screen(), tt.shows) {
			t.Errorf("after %q: exit %d and %q, want %d and %q", tt.typed, code, screen.Screen(), tt.code, tt.shows)
		}
	}
}

// TestAPolledTimeIsToldAsPolled in the table, and under its own name in the other
// outputs.
func TestAPolledTimeIsToldAsPolled(t *testing.T) {
	until := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	entry := core.Entry{Fabric: "dc1", At: until, What: core.Blind{From: until.Add(-3 * time.Hour), Until: until, Reason: core.Polled}}
	c := chapterOf(entry, core.Fabric{ID: "dc1", CheckEvery: 5 * time.Minute})
	if got := c.event + " " + strings.Join(c.told, "; "); got != "polled for 3h, looked at every 5m" {
		t.Errorf("the table says %q", got)
	}
	if c := chapterOf(entry, core.Fabric{ID: "dc1"}); c.told[0] != "for 3h, looked at when somebody asks" {
		t.Errorf("of a fabric without an interval it says %q", c.told)
	}
	entry.What = core.Blind{From: until.Add(-time.Hour), Until: until, Reason: "selvage did not run"}
	if c := chapterOf(entry, core.Fabric{}); c.event != "not watched" {
		t.Errorf("a time without selvage is told as %q", c.event)
	}
	if word := entry.What.Word(); word != "not_watched" {
		t.Errorf("the event in JSON and CSV is %q", word)
	}
}
