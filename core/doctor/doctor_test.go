package doctor_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/doctor"
)

func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

// world stands for all that a fabric is read through. What real servers and files
// make of it is tested where the program is plugged together.
type world struct {
	git, live *core.Snapshot
	agents    *core.Agents
	engine    *core.Engine
	unwatched []core.Gap
	login     core.Login
	closed    error
	asked     core.Scope // of the live side
}

type gitSide struct{ *world }

func (w gitSide) Read(context.Context, core.Scope) *core.Snapshot { return w.git }

func (w *world) Read(_ context.Context, want core.Scope) *core.Snapshot {
	w.asked = want
	return w.live
}
func (w *world) Unwatched(context.Context, core.Scope) []core.Gap { return w.unwatched }
func (w *world) ReadAgents(context.Context) *core.Agents          { return w.agents }
func (w *world) ReadEngine(context.Context) *core.Engine          { return w.engine }
func (w *world) ReadLogin(context.Context) core.Login             { return w.login }
func (w *world) Knock(context.Context) error                      { return w.closed }

func healthy() *world {
	git := core.NewSnapshot(core.Reading{Source: "git", URL: "https://git.example/x", Branch: "main", Path: "dc1", Revision: strings.Repeat("a", 40), Access: core.AccessOK})
	git.Add(&core.Object{Key: core.Key{Group: "vpc.githedgehog.com", Kind: "VPC", Namespace: "default", Name: "vpc-1"}})
	return &world{
		git:    git,
		live:   core.NewSnapshot(core.Reading{Source: "kube", URL: "https://dc1", Access: core.AccessOK}),
		agents: &core.Agents{Access: core.AccessOK},
		engine: &core.Engine{Access: core.AccessOK, Where: "https://dc1"},
	}
}

func (w *world) examine(t *testing.T, change ...func(*doctor.Fabric)) []doctor.Finding {
	t.Helper()
	f := doctor.Fabric{
		Fabric: core.Fabric{ID: "dc1", Namespace: "default"}, Git: gitSide{w}, Live: w, Agents: w, Engine: w,
		Places: []doctor.Place{{What: "https://git.example/x main", Door: w, Login: w}},
	}
	for _, c := range change {
		c(&f)
	}
	return doctor.Examine(t.Context(), doctor.Config{Now: noon}, f)
}

// find is the one finding that says something.
func find(t *testing.T, all []doctor.Finding, words string) doctor.Finding {
	t.Helper()
	var found []doctor.Finding
	for _, f := range all {
		if strings.Contains(f.Text+" "+f.What, words) {
			found = append(found, f)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d findings say %q: %+v", len(found), words, all)
	}
	return found[0]
}

func TestFabricThatIsWellHasNothingToMend(t *testing.T) {
	all := healthy().examine(t)
	if doctor.Worst(all) != doctor.OK {
		t.Errorf("%+v", all)
	}
	var areas []doctor.Area
	for _, f := range all {
		areas = append(areas, f.Area)
		if f.Fabric != "dc1" || f.What == "" || f.Text == "" {
			t.Errorf("%+v", f)
		}
	}
	want := []doctor.Area{doctor.AreaGit, doctor.AreaCluster, doctor.AreaSwitches, doctor.AreaEngine, doctor.AreaPublish}
	if !slices.Equal(areas, want) {
		t.Errorf("areas %v, want %v", areas, want)
	}
}

func TestEveryKindThatIsForbiddenIsTold(t *testing.T) {
	w := healthy()
	vpc, sw := core.GroupKind{Group: "vpc.githedgehog.com", Kind: "VPC"}, core.GroupKind{Group: "wiring.githedgehog.com", Kind: "Switch"}
	w.live = core.NewSnapshot(core.Reading{Source: "kube", URL: "https://dc1", Access: core.AccessForbidden, Error: "2 kinds could not be read: list"})
	w.live.Gaps = []core.Gap{
		{GroupKind: vpc, Namespace: "default", Access: core.AccessForbidden, Reason: "list vpcs in default: forbidden (ask for get and list on vpcs; README, Access)"},
		{GroupKind: sw, Access: core.AccessInvalid, Unserved: true, Reason: "the cluster does not serve Switch (wiring.githedgehog.com; is its CRD installed?)"},
	}
	all := w.examine(t)
	if f := find(t, all, "list vpcs in default"); f.Level != doctor.Fail || f.Text != "list vpcs in default: forbidden" || f.Hint != "ask for get and list on vpcs; README, Access" {
		t.Errorf("%+v", f)
	}
	if f := find(t, all, "does not serve"); f.Level != doctor.Fail {
		t.Errorf("%+v", f)
	}
}

func TestClusterThatIsLostIsToldOnce(t *testing.T) {
	w := healthy()
	gap := core.Gap{GroupKind: core.GroupKind{Kind: "VPC"}, Access: core.AccessUnauthorized, Reason: "unauthorized"}
	w.live = core.NewSnapshot(core.Reading{Source: "kube", URL: "https://dc1", Access: core.AccessUnauthorized, Error: "read cluster: unauthorized (renew the token)"})
	w.live.Gaps = []core.Gap{gap, gap}
	w.agents = &core.Agents{Access: core.AccessUnauthorized, Error: "unauthorized"}
	w.engine = &core.Engine{Access: core.AccessUnauthorized, Error: "unauthorized", Where: "https://dc1"}
	if f := find(t, w.examine(t), "unauthorized"); f.Level != doctor.Fail || f.Hint != "renew the token" {
		t.Errorf("%+v", f)
	}
	// An engine that lives elsewhere has a reason of its own.
	w.engine.Where, w.engine.Error = "https://hub", "read Application: connection refused"
	if f := find(t, w.examine(t), "connection refused"); f.Level != doctor.Warn {
		t.Errorf("%+v", f)
	}
}

func TestEngineThatIsNamedHasToBeRead(t *testing.T) {
	w := healthy()
	w.engine = &core.Engine{Access: core.AccessForbidden, Error: "list applications: forbidden (ask for list)", Where: "https://dc1"}
	named := func(f *doctor.Fabric) { f.Named = true }
	if f := find(t, w.examine(t), "applications"); f.Level != doctor.Warn || !strings.Contains(f.Hint, "engine.type: none") {
		t.Errorf("looked for: %+v", f)
	}
	if f := find(t, w.examine(t, named), "applications"); f.Level != doctor.Fail {
		t.Errorf("named: %+v", f)
	}
	w.engine = &core.Engine{Access: core.AccessOK, Type: core.ArgoCD, App: "dc1", Mismatch: []string{"it applies another branch"}}
	if f := find(t, w.examine(t), "another branch"); f.Level != doctor.Fail {
		t.Errorf("%+v", f)
	}
}

func TestWhatGitHoldsIsLookedForLive(t *testing.T) {
	w := healthy()
	o, err := core.NewObject(map[string]any{"apiVersion": "vpc.githedgehog.com/v1beta1", "kind": "VPC", "metadata": map[string]any{"name": "a", "namespace": "tenants"}})
	if err != nil {
		t.Fatal(err)
	}
	w.git.Add(o)
	w.unwatched = []core.Gap{{GroupKind: o.Key.GroupKind(), Reason: "watch vpcs: forbidden (ask for watch)"}}
	if f := find(t, w.examine(t), "by the clock only"); f.Level != doctor.Warn || f.Hint != "ask for watch" {
		t.Errorf("%+v", f)
	}
	if !slices.Equal(w.asked.Namespaces, []string{"default", "tenants"}) || !slices.Contains(w.asked.Expect, o.Key.GroupKind()) {
		t.Errorf("asked for %+v", w.asked)
	}
}

func TestCredentialsAreWarnedOfInTime(t *testing.T) {
	const day = 24 * time.Hour
	for name, c := range map[string]struct {
		is   core.Credential
		want doctor.Level
		says string
	}{
		"a year's, with a month left":        {core.Credential{Begins: noon().Add(-335 * day), Ends: noon().Add(30 * day)}, doctor.OK, "holds for 30d"},
		"a year's, with 13 days left":        {core.Credential{Begins: noon().Add(-352 * day), Ends: noon().Add(13 * day)}, doctor.Warn, "ends in 13d, on 2026-12-06"},
		"an hour's, that is renewed in time": {core.Credential{Begins: noon().Add(-40 * time.Minute), Ends: noon().Add(20 * time.Minute)}, doctor.OK, "holds for 20m"},
		"an hour's, that was not":            {core.Credential{Begins: noon().Add(-58 * time.Minute), Ends: noon().Add(2 * time.Minute)}, doctor.Warn, "ends in 2m"},
		"a plugin's":                         {core.Credential{Ends: noon().Add(time.Minute), Renewed: true}, doctor.OK, "holds for 1m"},
		"of unknown age":                     {core.Credential{Ends: noon().Add(10 * day)}, doctor.Warn, "ends in 10d"},
		"ended":                              {core.Credential{Ends: noon().Add(-3 * day)}, doctor.Fail, "ended 3d ago"},
		"not yet":                            {core.Credential{Begins: noon().Add(time.Hour), Ends: noon().Add(day)}, doctor.Fail, "holds only from 2026-11-23 13:00"},
		"endless":                            {core.Credential{}, doctor.OK, "does not say when it ends"},
		"unreadable":                         {core.Credential{Err: errors.New("permission denied")}, doctor.Fail, "permission denied"},
	} {
		t.Run(name, func(t *testing.T) {
			w := healthy()
			c.is.What, c.is.From, c.is.Of = "token", "/run/token", "selvage"
			w.login.Credentials = []core.Credential{c.is}
			f := find(t, w.examine(t), "git: token")
			if f.Level != c.want || !strings.Contains(f.Text, c.says) || f.Area != doctor.AreaCredentials || (f.Hint == "") != (c.want == doctor.OK) {
				t.Errorf("%+v, want %s and %q", f, c.want, c.says)
			}
		})
	}
}

func TestClocksThatDisagreeAreTold(t *testing.T) {
	w := healthy()
	w.login = core.Login{Clock: true, Ahead: -2 * time.Minute}
	if f := find(t, w.examine(t), "clock is 2m behind"); f.Level != doctor.Warn {
		t.Errorf("%+v", f)
	}
	w.login.Ahead = 2 * time.Second
	if all := w.examine(t); doctor.Worst(all) != doctor.OK {
		t.Errorf("%+v", all)
	}
}

func TestDoorsThatAreClosedAreTold(t *testing.T) {
	w := healthy()
	w.closed = &core.Error{Op: "publish to x", Err: errors.New("403"), Hint: "ask for the right to write"}
	if f := find(t, w.examine(t), "403"); f.Level != doctor.Fail || f.Hint != "ask for the right to write" || f.Area != doctor.AreaPublish {
		t.Errorf("%+v", f)
	}
	nobody := func(f *doctor.Fabric) { f.Places[0].Closed = "mode: read" }
	if f := find(t, w.examine(t, nobody), "mode: read"); f.Level != doctor.OK {
		t.Errorf("%+v", f)
	}
}

func TestSecretThatEverybodyCanReadIsTold(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	if err := errors.Join(os.WriteFile(file, nil, 0o600), os.Chmod(file, 0o644)); err != nil {
		t.Fatal(err)
	}
	with := func(f *doctor.Fabric) {
		f.Files = []doctor.File{{What: "cluster.token_file", Path: file}, {What: "missing", Path: file + "2"}}
	}
	if f := find(t, healthy().examine(t, with), "everybody"); f.Level != doctor.Warn || f.Hint != "chmod 0640 "+file {
		t.Errorf("%+v", f)
	}
}

func TestStoreIsJudged(t *testing.T) {
	const much = 1 << 40
	for name, c := range map[string]struct {
		is   doctor.Store
		want doctor.Level
		says string
	}{
		"in order": {doctor.Store{There: true, Size: 3 << 20, Free: much, Schema: 4, Latest: 4, SQLite: "3.51.3", Shared: "ops"}, doctor.OK, "3.0 MiB, schema 4, SQLite 3.51.3, quick_check found nothing, shared with group ops"},
		"new":      {doctor.Store{Free: much}, doctor.OK, "not there yet"},
		"old":      {doctor.Store{There: true, Free: much, Schema: 3, Latest: 4}, doctor.Warn, "older"},
		"full":     {doctor.Store{There: true, Free: 1 << 20}, doctor.Warn, "1.0 MiB are left"},
		"damaged":  {doctor.Store{Err: &core.Error{Op: "open store", Err: errors.New("the file is damaged"), Hint: "move it"}}, doctor.Fail, "open store: the file is damaged"},
	} {
		c.is.Path = "/state/selvage.db"
		all := doctor.OfStore(c.is)
		if doctor.Worst(all) != c.want {
			t.Errorf("%s: %+v, want %s", name, all, c.want)
		}
		find(t, all, c.says)
	}
}

func TestTerminalIsJudged(t *testing.T) {
	good := doctor.Terminal{There: true, Width: 120, Height: 40, Colours: 1 << 24, Term: "xterm-256color", Locale: "en_GB.UTF-8"}
	for name, c := range map[string]struct {
		change func(*doctor.Terminal)
		want   doctor.Level
		says   string
	}{
		"good":         {func(*doctor.Terminal) {}, doctor.OK, "120x40"},
		"none":         {func(t *doctor.Terminal) { t.There = false }, doctor.OK, "no terminal"},
		"dumb":         {func(t *doctor.Terminal) { t.Term = "dumb" }, doctor.Warn, "in lines"},
		"small":        {func(t *doctor.Terminal) { t.Width = 79 }, doctor.Warn, "79x40"},
		"mute":         {func(t *doctor.Terminal) { t.Width = 0 }, doctor.Warn, "how large"},
		"latin":        {func(t *doctor.Terminal) { t.Locale = "en_GB.ISO-8859-1" }, doctor.Warn, "ISO-8859-1"},
		"POSIX":        {func(t *doctor.Terminal) { t.Locale = "" }, doctor.Warn, "not one of UTF-8"},
		"no colour":    {func(t *doctor.Terminal) { t.Plain = true }, doctor.OK, "NO_COLOR"},
		"colourless":   {func(t *doctor.Terminal) { t.Colours = 0 }, doctor.Warn, "none, by TERM=xterm-256color"},
		"TERM in tmux": {func(t *doctor.Terminal) { t.Multiplexer = "tmux" }, doctor.Warn, `"xterm-256color" inside`},
		"tmux":         {func(t *doctor.Terminal) { t.Multiplexer, t.Term = "tmux", "tmux-256color" }, doctor.OK, "TERM is tmux-256color"},
		"ssh":          {func(t *doctor.Terminal) { t.From = "192.0.2.7" }, doctor.OK, "from 192.0.2.7"},
	} {
		at := good
		c.change(&at)
		all := doctor.OfTerminal(at)
		if doctor.Worst(all) != c.want {
			t.Errorf("%s: %+v, want %s", name, all, c.want)
		}
		find(t, all, c.says)
	}
}
