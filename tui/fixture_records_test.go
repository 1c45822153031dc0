package tui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"selvage/core"
)

// History has a run, checks, a decision, an overwritten edit and more of every
// fabric; of the one that is called long it goes back for thousands of entries.
func (a *fakeActs) History(_ context.Context, after core.Entry, limit int, ids ...core.FabricID) ([]core.Entry, error) {
	if err := a.fail(); err != nil {
		return nil, err
	}
	a.pages++
	all := []core.Entry{}
	for _, id := range ids {
		f, _ := a.engine.Fleet().Fabric(id)
		all = append(all, a.happened(f)...)
		for _, entry := range a.later {
			if entry.Fabric == id {
				all = append(all, entry)
			}
		}
	}
	slices.SortStableFunc(all, func(x, y core.Entry) int { return y.At.Compare(x.At) })
	if after.ID != "" {
		all = all[slices.IndexFunc(all, func(e core.Entry) bool { return e.ID == after.ID })+1:]
	}
	return all[:min(len(all), limit)], nil
}

// happened is the past of a fabric. What it holds of objects is of those that it
// has now.
func (a *fakeActs) happened(f core.FabricState) []core.Entry {
	all := []core.Entry{}
	add := func(since time.Duration, what core.Happening) {
		all = append(all, core.Entry{ID: fmt.Sprintf("%s-%s-%d", f.Fabric.ID, what.Word(), len(all)), Fabric: f.Fabric.ID, At: ago(since), What: what})
	}
	if f.Report == nil {
		return nil
	}
	counts := f.Report.Counts
	for i := range 3 {
		add(time.Duration(3+i)*time.Minute, core.Checked{Finished: ago(time.Minute), Duration: 420 * time.Millisecond, Reported: true, Git: core.AccessOK, Live: f.Report.Live.Access, Counts: counts})
	}
	edits := []core.Overwritten{}
	for i, v := range f.Report.Verdicts[:min(len(f.Report.Verdicts), 6)] {
		if v.State == core.InSync {
			break
		}
		add(14*time.Minute, core.Transition{Key: v.Key, From: core.InSync, To: v.State, Reason: v.Reason, Changes: v.Changes})
		for _, c := range v.Changes {
			edits = append(edits, core.Overwritten{
				Key: v.Key, Path: c.Path, Op: c.Op, Live: c.Live, Now: c.Git, Manager: c.Manager, ManagerTime: c.ManagerTime,
				Appeared: looks(26 * time.Hour), Replaced: looks(time.Duration(i+1) * time.Hour), ReplacedBy: "argocd-controller" + c.Manager, Commit: c.Commit,
			})
			break
		}
	}
	for i, d := range f.Drafts {
		add(30*time.Minute+time.Duration(i)*time.Second, core.Decided{Draft: d.Draft, What: core.DecidedMade, By: d.By})
	}
	for i, o := range edits {
		add(time.Duration(i+1)*time.Hour, o)
	}
	if len(edits) > 0 {
		add(2*time.Hour, *a.pastRun(f))
		key := edits[0].Key
		add(3*day, core.Acknowledgement{Key: key, Path: ".spec", Reason: "until the maintenance, " + string(f.Fabric.ID), By: "bob", Until: noon.Add(day)})
		add(4*day, core.Acceptance{What: core.AcceptMass, By: "bob" + string(f.Fabric.ID), Keys: []core.Key{key}})
		add(5*day, core.Blind{From: ago(6 * day), Until: ago(5 * day), Reason: "selvage did not run" + f.Fabric.Description})
		add(6*day, core.Checked{Err: "list vpcs: timeout" + f.Fabric.Description})
	}
	if f.Fabric.ID == "long" {
		for i := range 5000 {
			add(7*day+time.Duration(i)*time.Minute, core.Transition{Key: key(vpcGroup, "VPC", fmt.Sprintf("vpc-%04d", i)), To: core.Drifted, Reason: fmt.Sprintf("the %dth", i)})
		}
	}
	return all
}

// pastRun is a run of a fabric that is over.
func (a *fakeActs) pastRun(f core.FabricState) *core.Run {
	r := sampleRun(f, core.RunAgreed)
	r.ID = "412c0f4e-" + string(f.Fabric.ID)
	if f.Run != nil {
		r.Err = f.Run.Err // whatever it holds is to be inert here too
	}
	r.Started, r.Ended, r.Attempts = ago(2*time.Hour+41*time.Second), ago(2*time.Hour), 2
	r.Publications[0].Changes = []core.FileChange{{Path: f.Report.Git[0].Path + "/all.yaml"}, {Path: "b.yaml"}}
	r.Options = core.RunOptions{Ticket: "CHG-1204", Message: "as agreed" + f.Fabric.Description}
	return r
}

func (a *fakeActs) Run(_ context.Context, id string) (*core.Run, *core.Plan, error) {
	for _, f := range a.engine.Fleet().Fabrics {
		if "412c0f4e-"+string(f.Fabric.ID) == id {
			return a.pastRun(f), samplePlan(f, core.PlanOptions{}), a.fail()
		}
	}
	return nil, nil, core.ErrNoRun
}

func (a *fakeActs) Commit(_ context.Context, id core.FabricID, commit string) (string, error) {
	return "commit " + commit + "\nAuthor: Alice <alice@example.net>\nDate:   Mon Nov 23 12:02:11 2026 +0000\n\n    Resolve " + string(id) +
		"\n\ndiff --git a/vpcs/tenant-a.yaml b/vpcs/tenant-a.yaml\nindex 83db48f..bf2a3c1 100644\n--- a/vpcs/tenant-a.yaml\n+++ b/vpcs/tenant-a.yaml\n" +
		"@@ -12,3 +12,3 @@\n           start: 10.1.0.10\n-          end: 10.1.0.240\n+          end: 10.1.0.250\n", a.fail()
}

// Course is a month in which nobody watched for some days, and something was off on
// others.
func (a *fakeActs) Course(_ context.Context, id core.FabricID, days int) (core.Course, error) {
	f, _ := a.engine.Fleet().Fabric(id)
	c := core.Course{From: ago(time.Duration(days) * day), Until: noon, Watched: time.Duration(days) * 22 * time.Hour, Off: 31 * time.Hour, Repairs: 7, Repair: 4*time.Hour + 20*time.Minute}
	for i, r := range "..~~.....!!~.......   ....s..!"[:days] {
		d := core.Day{Start: ago(time.Duration(days-i) * day), Seen: r != ' ', State: core.InSync}
		for _, s := range core.States() {
			if rune(s.Letter()) == r {
				d.State = s
			}
		}
		c.Days = append(c.Days, d)
	}
	if f.Report != nil && f.Report.Counts.Total() == f.Report.Counts[core.InSync] {
		c.Off, c.Repairs = 0, 0
	}
	return c, a.fail()
}

// Visit and News tell of what changed in the last half hour, of the fabric that is
// called so.
func (a *fakeActs) Visit(_ context.Context, id core.FabricID, by string, upto time.Time) (core.News, error) {
	a.visits = append(a.visits, fmt.Sprintf("%s %s %s", id, by, core.Age(noon, upto)))
	return a.newsOf(id), a.fail()
}

func (a *fakeActs) News(_ context.Context, _ string, ids ...core.FabricID) (map[core.FabricID]core.News, error) {
	all := map[core.FabricID]core.News{}
	for _, id := range ids {
		all[id] = a.newsOf(id)
	}
	return all, a.fail()
}

func (a *fakeActs) newsOf(id core.FabricID) core.News {
	f, _ := a.engine.Fleet().Fabric(id)
	if a.seen || f.Report == nil || !strings.HasPrefix(string(id), "dc7-news") {
		return core.News{}
	}
	n := core.News{Since: ago(2 * time.Hour)}
	for _, v := range f.Report.Verdicts {
		if noon.Sub(v.Since) < 30*time.Minute {
			n.Keys = append(n.Keys, v.Key)
		}
	}
	return n
}

func (a *fakeActs) Notes(context.Context) ([]core.Note, error) {
	return slices.Clone(a.notes), a.breaks()
}

func (a *fakeActs) Leave(_ context.Context, by, text string) error {
	a.next++
	a.notes = append([]core.Note{{ID: a.next, At: noon, By: by, Text: text}}, a.notes...)
	return a.fail()
}

func (a *fakeActs) TakeAway(_ context.Context, _ string, note int64) error {
	a.notes = slices.DeleteFunc(a.notes, func(n core.Note) bool { return n.ID == note })
	return a.fail()
}

func (a *fakeActs) OpenRuns(context.Context, core.FabricID) ([]*core.Run, error) {
	all := []*core.Run{}
	for _, f := range a.engine.Fleet().Fabrics {
		if f.Report != nil && f.Fabric.Mode == core.ModePropose {
			all = append(all, sampleRun(f, core.RunProposed))
		}
	}
	return all, a.fail()
}

// Lint finds something about each object that differs.
func (a *fakeActs) Lint(_ context.Context, id core.FabricID) ([]core.LintFinding, error) {
	f, _ := a.engine.Fleet().Fabric(id)
	all := []core.LintFinding{}
	levels := []core.LintLevel{core.LintError, core.LintWarning, core.LintNote}
	for i, v := range f.Report.Verdicts {
		if v.State == core.InSync {
			break
		}
		x := core.LintFinding{Origin: v.Origin, Column: 5, Level: levels[i%3], Rule: "reference", Message: fmt.Sprintf("%s refers to VPC/tenant-x, which is in no file: %s", v.Key.Name, v.Reason), Key: v.Key, Path: ".spec.vpc"}
		if v.Key.IsFile() {
			x.Key, x.Rule = core.Key{}, "parse"
		}
		all = append(all, x)
	}
	return all, a.breaks()
}

func (a *fakeActs) Examine(_ context.Context, id core.FabricID) ([]Symptom, error) {
	if id == "" {
		return []Symptom{
			{Area: "config", Level: "ok", What: "/home/alice/.config/selvage/config.yaml", Text: "12 fabrics, no mistakes; mode write"},
			{Area: "store", Level: "warn", What: "/var/lib/selvage/selvage.db", Text: "120.0 MiB are left on its disk", Hint: "free some space, or set another state.dir"},
		}, nil
	}
	if err := a.breaks(); err != nil {
		return nil, err
	}
	f, _ := a.engine.Fleet().Fabric(id)
	found := []Symptom{{Area: "git", Level: "ok", What: "git@git.example.net:net/fabrics.git main", Text: "read, 214 objects"}}
	if f.Report == nil || f.Report.Live.Access != core.AccessOK {
		why := "nothing was read yet"
		if f.Report != nil {
			why = f.Report.Live.Error
		}
		found = append(found, Symptom{Area: "cluster", Level: "fail", What: string(id), Text: why, Hint: "is the VPN up? " + string(id)})
	}
	return found, nil
}

// recordFleets are the states that the screens of what is kept are drawn in.
func recordFleets() map[string]core.FabricState {
	news, handed := undecided(), proposing()
	news.Fabric.ID = "dc7-news"
	stuck := simple(core.Stuck, vpcGroup, "VPC", "tenant-c", ".spec.vlan", "", 12*time.Minute)
	stuck.Reason = "refused by argocd: VLAN 1004 is used by tenant-e"
	accepted := acceptedSwitch()
	accepted.Acknowledged.Until = noon.Add(20 * time.Hour)
	setVerdicts(&handed, append(slices.Clone(handed.Report.Verdicts), stuck, accepted)...)
	broken := undecided()
	broken.Fabric.ID = brokenFabric
	return map[string]core.FabricState{"news": news, "handed": handed, "broken": broken}
}

// brokenFabric is the one of which nothing that is kept can be read.
const brokenFabric core.FabricID = "dc6-broken"

// breaks is why nothing can be read where that fabric is.
func (a *fakeActs) breaks() error {
	if _, ok := a.engine.Fleet().Fabric(brokenFabric); ok {
		return errors.New("read the store: /var/lib/selvage/selvage.db: disk I/O error (see selvage doctor)")
	}
	return a.fail()
}

// hostileName is what a hostile fleet calls its second fabric; "" in any other.
func (a *fakeActs) hostileName() string {
	if all := a.engine.Fleet().Fabrics; len(all) > 1 && strings.HasPrefix(string(all[1].Fabric.ID), "good") {
		return string(all[1].Fabric.ID)
	}
	return ""
}

// recordFrames adds the frames of history, hand-over, lint, events and doctor.
func recordFrames(add func(screen, fleet string, sizes [][2]int, keys ...string), sizes, more [][2]int) {
	add("history", "desk", more, "enter", "4")
	add("history-run", "desk", sizes, "h", "/", "w", "h", "a", "t", "=", "s", "y", "n", "c", "enter")
	add("history-overwritten", "desk", sizes, "h", "/", "o", "v", "e", "r", "w", "enter", "j")
	add("history-empty", "loading", sizes, "enter", "4")
	add("history-filter", "desk", sizes, "h", "/", "z", "z", "enter")
	add("history", "calm", sizes, "enter", "4")
	add("history", "hostile", sizes, "j", "enter", "4")
	run := []string{"h", "/", "w", "h", "a", "t", "=", "s", "y", "n", "c", "enter"}
	add("past", "desk", sizes, append(slices.Clone(run), "enter")...)
	add("run-diff", "desk", sizes, append(slices.Clone(run), "d")...)
	add("commit", "desk", sizes, append(slices.Clone(run), "O")...)
	add("plan-revert", "desk", sizes, append(slices.Clone(run), "r")...)
	add("help-history", "desk", sizes, "h", "?")
	add("events", "full", more, "v")
	add("events", "empty", sizes, "v")
	add("fabrics", "news", more)
	add("detail", "news", more, "enter")
	add("handover", "handed", more, "H")
	add("handover-end", "handed", sizes, "H", "G")
	add("handover-note", "handed", sizes, "H", "m", "c", "a", "l", "l", "enter")
	add("handover", "full", sizes, "H")
	add("handover", "empty", sizes, "H")
	add("lint", "desk", more, "l")
	add("lint", "calm", sizes, "l")
	add("lint", "hostile", sizes, "j", "l")
	add("lint", "loading", sizes, "l")
	hostile := append([]string{"j"}, run...)
	add("past", "hostile", sizes, append(slices.Clone(hostile), "enter")...)
	add("run-diff", "hostile", sizes, append(slices.Clone(hostile), "d")...)
	add("commit", "hostile", sizes, append(slices.Clone(hostile), "O")...)
	add("events", "hostile", sizes, "v")
	add("handover", "hostile", sizes, "H")
	add("handover", "broken", sizes, "H")
	add("lint", "broken", sizes, "l")
	add("doctor", "broken", sizes, "T")
	add("doctor", "full", more, "T")
	add("doctor", "hostile", sizes, "T", "G")
}
