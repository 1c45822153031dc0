package lines

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"selvage/core"
	"selvage/tui"
)

// TestTheDashboardsCommandsAreHereToo, by the same names: who knows the one finds their
// way in the other. What is here alone is what the dashboard has a key for, or needs no
// word for because it is drawn.
func TestTheDashboardsCommandsAreHereToo(t *testing.T) {
	here := Names()
	there := map[string]bool{"q": true} // for quit
	for _, c := range tui.CommandTable() {
		name, _, _ := strings.Cut(strings.TrimPrefix(c.Usage, ":"), " ")
		there[name] = true
		if !slices.Contains(here, name) {
			t.Errorf("%s cannot be typed in lines", c.Usage)
		}
	}
	key := func(a tui.Action) string {
		if !slices.Contains(tui.Actions(), string(a)) {
			t.Errorf("the dashboard has no action %s", a)
		}
		return string(a)
	}
	alone := map[string]string{
		"decide": "resolve is a screen there", "undo": key(tui.ActUndo), "redo": key(tui.ActRedo),
		"ack": key(tui.ActAccept), "acknowledge": key(tui.ActAccept), "login": key(tui.ActLogin), "stop": key(tui.ActStop),
		"note": key(tui.ActNote), "notes": "they stand in the hand-over there", "problems": "every screen tells them there",
		"overwritten": "a filter of the history there", "restore": key(tui.ActBringBack),
		"list": "selvage status and fabrics are one list here", "status": "as of selvage", "ls": "short", "why": "short",
		"open": key(tui.ActOpen), "close": key(tui.ActBack), "back": key(tui.ActBack), "refresh": "as in other programs",
		"more": "a screen scrolls", "quiet": "a screen says nothing", "?": key(tui.ActHelp), "exit": "as of a shell",
	}
	for _, name := range here {
		if !there[name] && alone[name] == "" {
			t.Errorf("%s is no command of the dashboard, and nobody says why", name)
		}
	}
	for name := range alone {
		if there[name] || !slices.Contains(here, name) {
			t.Errorf("%s is not a command of the lines alone", name)
		}
	}
}

// office is all that a person can ask for beside what differs.
type office struct {
	mu    sync.Mutex
	notes []core.Note
	added int
	argv  []string
	taken []string
}

func (o *office) Notes(context.Context) ([]core.Note, error) { return o.notes, nil }

func (o *office) Leave(_ context.Context, by, text string) error {
	o.notes = append(o.notes, core.Note{ID: int64(len(o.notes) + 41), At: noon.Add(-time.Hour), By: by, Text: text})
	return nil
}

func (o *office) TakeAway(_ context.Context, _ string, note int64) error {
	o.notes = slices.DeleteFunc(o.notes, func(n core.Note) bool { return n.ID == note })
	return nil
}

func (o *office) OpenRuns(context.Context, core.FabricID) ([]*core.Run, error) { return nil, nil }

func (o *office) Lint(_ context.Context, id core.FabricID) ([]core.LintFinding, error) {
	if id != "dc1" {
		return nil, nil
	}
	return []core.LintFinding{{
		Origin: core.Origin{Path: "dc1/vpcs.yaml", Line: 7}, Level: core.LintError, Rule: "reference",
		Message: "no subnet is called web", Key: vpc("vpc-1"), Path: ".spec.subnet",
	}}, nil
}

func (o *office) Examine(_ context.Context, id core.FabricID) ([]tui.Symptom, error) {
	switch id {
	case "dc1":
		return []tui.Symptom{
			{Area: "git", Level: "ok", What: "repository", Text: "it can be read"},
			{Area: "cluster", Level: "fail", What: "token", Text: "it has ended", Hint: "make a new one"},
		}, nil
	case "dc2":
		return nil, errors.New("the configuration has changed")
	}
	return []tui.Symptom{{Area: "store", Level: "warn", What: "disk", Text: "2 GB are free"}}, nil
}

func (o *office) Tail(context.Context, int) (string, []string, error) {
	return "/var/log/selvage.log", []string{"level=INFO first", "level=WARN last"}, nil
}

func (o *office) Inform(context.Context, core.FabricID) (tui.Info, error) {
	return tui.Info{Configuration: "name: dc1\npolicy: manual\n", Files: []string{"/etc/selvage.yaml"}}, nil
}

func (o *office) Rule(_ context.Context, _ core.FabricID, k core.Key, path core.Path) (tui.IgnoreRule, error) {
	r := tui.IgnoreRule{
		Rule: core.IgnoreRule{Kind: k.Kind, Path: path}, Item: fmt.Sprintf("{kind: %s, path: %s}", k.Kind, path), Where: "selvage.yaml:9",
		Add: func(context.Context) error { o.added++; return nil },
	}
	if path == ".spec.mode" {
		r.Add, r.Why = nil, "the list is an alias"
	}
	return r, nil
}

func (o *office) Logins(_ context.Context, ids ...core.FabricID) ([]tui.Login, error) {
	return []tui.Login{{Name: "kubelogin", Argv: o.argv, Fabrics: ids, Take: func(_ context.Context, printed []byte) error {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.taken = append(o.taken, string(printed))
		return nil
	}}}, nil
}

// staffed is a conversation in which all of that can be asked for.
func staffed(tb testing.TB, w *world) (*conversation, *office) {
	tb.Helper()
	c, o := converse(tb, w), &office{}
	a := &c.cfg.Acts
	a.Handover, a.Linter, a.Doctor, a.Journal, a.Informer, a.Ignorer, a.Logins = o, o, o, o, o, o, o
	return c, o
}

func TestWhatScreensTellIsToldInLines(t *testing.T) {
	w := twoFabrics()
	w.change("dc1", func(f *core.FabricState) {
		f.Report.Engine = &core.Engine{Type: core.ArgoCD, App: "dc1", Namespace: "argocd", Access: core.AccessOK, ReadAt: noon, Health: "Degraded"}
	})
	c, _ := staffed(t, w)
	for line, want := range map[string][]string{
		"engine dc1":     {"Degraded", "dc1 in argocd"},
		"info dc1; more": {"namespace default", "policy: manual", "/etc/selvage.yaml"},
		"lint dc1":       {"dc1: 1 error, 0 warnings, 0 notes\nerror: VPC/vpc-1 at .spec.subnet: no subnet is called web (reference), in dc1/vpcs.yaml:7\n"},
		"lint dc2":       {"dc2: lint finds nothing that a fabric would refuse\n"},
		"doctor":         {"2 failed, 1 to look at, 1 well\nselvage: warn: store, disk: 2 GB are free\n", "dc1: fail: cluster, token: it has ended. What to do: make a new one\n", "dc2: fail: the configuration has changed\n"},
		"doctor dc1":     {"1 failed, 0 to look at, 1 well\ndc1: fail: cluster", "dc1: ok: git, repository: it can be read\n"},
		"handover":       {"notes  none", "conflict  1", "dc1: VPC/vpc-1"},
		"conflicts dc1":  {"1. VPC/vpc-1: conflict (!)"},
		"conflicts dc2":  {"dc2: no conflict is known\n"},
		"events":         {"something happened\n"},
		"log":            {"/var/log/selvage.log", "level=WARN last\nlevel=INFO first\n"},
		"theme mono":     {"nothing is drawn here"},
		"export x.txt":   {"tee FILE"},
		"keys":           {"no key does anything here", "sync: "},
		"engine dc9":     {`not done: no fabric "dc9" (list names them)`},
		"info dc1 dc2":   {"not done: name one fabric"},
		"lint":           {"not done: which fabric?"},
	} {
		got := c.types(strings.Split(line, "; ")...)
		for _, s := range want {
			if !strings.Contains(got, s) {
				t.Errorf("%s says\n%s\nwant %q in it", line, got, s)
			}
		}
		for _, r := range got {
			if r != '\n' && !unicode.IsPrint(r) {
				t.Errorf("%s prints %q", line, r)
			}
		}
		if line == "doctor" && strings.Contains(got, "it can be read") {
			t.Errorf("of several, what is well is told too:\n%s", got)
		}
	}
	if q := c.world.queries; len(q) != 1 || q[0] != (Query{Since: "1d"}) {
		t.Errorf("events asks for %+v", q)
	}
	c.types("open dc1", "detail")
	if c.open != "dc1" {
		t.Errorf("detail leads to %q", c.open)
	}
	c.types("events")
	if q := c.world.queries; q[len(q)-1].Fabric != "" {
		t.Error("events are those of the open fabric")
	}
}

func TestAllIsEveryFabric(t *testing.T) {
	w := newWorld(state("dc1", conflict()), state("dc2", fine("vpc-1")), state("dc3", fine("vpc-1")))
	c := converse(t, w)
	c.types("open dc1", "resolve 1 --take live")
	w.change("dc2", func(f *core.FabricState) { f.Fabric.Mode = core.ModeRead })
	if got := c.types("sync all"); !strings.Contains(got, "left out, for nothing may be published there: 1 fabric\n") || !strings.Contains(got, "Type the plan's id, p7") {
		t.Errorf("sync all says\n%s", got)
	}
	if p := c.plans["p7"]; p == nil || !slices.Equal(p.Fabrics, []core.FabricID{"dc1", "dc3"}) {
		t.Errorf("planned is %+v", p)
	}
	if got := c.types("no", "check all"); !strings.Contains(got, "checking all fabrics") || len(w.refreshed) > 0 {
		t.Errorf("check all says %q and checks %v", got, w.refreshed)
	}
	c.cfg.Mode = core.ModeRead
	if got := c.types("plan all"); !strings.Contains(got, "the mode of every fabric is read") {
		t.Errorf("plan all says %q", got)
	}
}

func TestAFilterIsTheDashboards(t *testing.T) {
	c := converse(t, twoFabrics())
	for _, step := range []struct{ line, want string }{
		{"filter state=conflict", "1 of 2 fit the filter state=conflict (filter alone ends it)\n1. dc1: "},
		{"list", "1 of 2 fit"},
		{"open 1", "1. VPC/vpc-1: conflict"},
		{"filter state=drifted", "1 of 2 fit the filter state=drifted (filter alone ends it)\n1. VPC/vpc-2: drifted"},
		{"diff 1", "vpc-2"},
		{"objects dc2 --all", "1. VPC/vpc-1: in sync"}, // another one's
		{"filter kind=Nothing", "0 of 2 fit the filter kind=Nothing (filter alone ends it)\n"},
		{`filter "live changed"`, `1 of 2 fit the filter "live changed"`},
		{"filter kind=Nothing", "0 of 2 fit"},
		{"filter size>3", "not done: no filter word size>; there are: state kind"},
		{"filter changed=me", "not done: no filter word changed=; there are: state kind"},
		{"filter state=purple", "not done: no state purple; there are: invalid stuck"},
		{"objects", "0 of 2 fit"}, // what cannot be followed changes nothing
		{"filter", "1. VPC/vpc-1: conflict"},
		{"filter state=drifted", "1. VPC/vpc-2"},
		{"close", "dc1 is closed"},
		{"open dc1", "1. VPC/vpc-1: conflict"}, // it was of that visit
		{"close", "dc1 is closed"},
		{"filter", "1. dc1: "},
		{"list", "2. dc2: "},
	} {
		if got := c.types(step.line); !strings.Contains(got, step.want) {
			t.Errorf("%s says\n%s\nwant %q in it", step.line, got, step.want)
		}
	}
}

func TestNotesAreReadLeftAndTakenAway(t *testing.T) {
	c, o := staffed(t, twoFabrics())
	c.types("note the test bed is down", "note", "don't sync dc1")
	if got, want := c.types("notes"), "1. the test bed is down, by alice, 1h ago\n2. don't sync dc1, by alice, 1h ago\n"; got != want {
		t.Errorf("notes says\n%s\nwant\n%s", got, want)
	}
	c.types("note --done 1", "note", "")
	if len(o.notes) != 1 || o.notes[0].Text != "don't sync dc1" {
		t.Errorf("there are %+v", o.notes)
	}
	if got := c.types("note --done 7"); !strings.Contains(got, `not done: no note has the number "7" (notes reads them out)`) {
		t.Errorf("it says %q", got)
	}
}

func TestARuleIsAddedOnlyWhereYesIsTyped(t *testing.T) {
	c, o := staffed(t, twoFabrics())
	c.types("open dc1")
	if got := c.types("ignore 1"); !strings.Contains(got, "name one of its fields that differ: .spec.vlan, .spec.mode\n") {
		t.Errorf("without a field it says %q", got)
	}
	if got := c.types("ignore 2"); !strings.Contains(got, "no single field of it differs") {
		t.Errorf("of a whole object it says %q", got)
	}
	got := c.types("ignore 1 .spec.vlan", "y")
	if !strings.Contains(got, "{kind: VPC, path: .spec.vlan}\nfor every VPC of dc1, later ones too: 3 now, this path differs in 1\n") || !strings.Contains(got, "not done: no rule was added\n") || o.added > 0 {
		t.Errorf("it says\n%s", got)
	}
	if got := c.types("ignore 1 .spec.vlan", "yes"); o.added != 1 || !strings.Contains(got, "added: it counts from the next start") {
		t.Errorf("it says\n%s", got)
	}
	if got := c.types("ignore 1 .spec.mode"); !strings.Contains(got, "not done: it has to be added by hand: the list is an alias") || c.answer != nil {
		t.Errorf("it says\n%s", got)
	}
}

// TestALoginIsHeardAsItGoes: the person is told where to go while the program waits.
func TestALoginIsHeardAsItGoes(t *testing.T) {
	w := twoFabrics()
	c, o := staffed(t, w)
	if got := c.types("login"); !strings.Contains(got, "no cluster waits for a login") {
		t.Errorf("it says %q", got)
	}
	w.change("dc1", func(f *core.FabricState) { f.Report.Live.Access = core.AccessLoginNeeded })
	c.types("quiet") // what the change makes of the objects is not what this is about
	o.argv = []string{"sh", "-c", `printf 'go to \033[1mhttps://id.example.net\nand' >&2; read answer; printf ' say ABC' >&2; printf token`}
	got := c.types("login")
	for _, want := range []string{"logging in to dc1 by kubelogin", `go to \x1b[1mhttps://id.example.net` + "\n", "and say ABC\n", "logged in to dc1: checking\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("it says\n%s\nwant %q in it", got, want)
		}
	}
	if !slices.Equal(o.taken, []string{"token"}) || strings.Contains(got, "token") || !slices.Equal(w.refreshed, []core.FabricID{"dc1"}) {
		t.Errorf("taken is %q, checked %v; it says\n%s", o.taken, w.refreshed, got)
	}
	o.argv = []string{"sh", "-c", "echo who are you >&2; exit 3"}
	if got := c.types("login dc1"); !strings.Contains(got, "who are you\nnot done: log in to dc1: ") || !strings.Contains(got, "in another shell, then check") || len(o.taken) != 1 {
		t.Errorf("it says\n%s", got)
	}
}

func TestWithoutAnybodyThereItSaysSo(t *testing.T) {
	c := converse(t, twoFabrics())
	for _, line := range []string{"lint dc1", "doctor", "notes", "note x", "log", "login", "ignore dc1 VPC/vpc-1"} {
		if got := c.types(line); !strings.HasPrefix(got, "not done: n") {
			t.Errorf("%s says %q", line, got)
		}
	}
}
