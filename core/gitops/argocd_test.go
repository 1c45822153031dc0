package gitops_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/gitops"
)

func TestHealthyApplication(t *testing.T) {
	e := readArgo(t, "{}")
	mustBeKnown(t, e)
	want := core.Engine{
		Type: core.ArgoCD, App: "dc1", Namespace: "argocd", Where: "https://10.9.1.10:6443", ReadAt: now(), Access: core.AccessOK,
		Sources: []core.EngineSource{{
			URL: "https://git.example.net/net/fabrics.git", Path: "fabrics/dc1", Target: "main",
			Wanted: applied, Applied: applied, AppliedAt: at("09:40:31"),
		}},
		Auto: true, SelfHeal: true, Prune: true,
		Health: "Healthy", Sync: "Synced", ComparedAt: at("09:58:44"),
		Operation: &core.EngineOperation{
			Phase: core.EngineSucceeded, Revision: applied, Limit: 5,
			Started: at("09:40:28"), Finished: at("09:40:31"), Message: "successfully synced (all tasks run)",
		},
		Objects: map[core.Key]core.EngineObject{
			key("VPC", "vpc-1"):                     {Sync: "Synced", Message: "vpc.vpc.githedgehog.com/vpc-1 serverside-applied"},
			key("VPCAttachment", "server-1--vpc-1"): {Sync: "Synced"},
		},
	}
	if !reflect.DeepEqual(*e, want) {
		t.Errorf("engine = %+v\nwant     %+v", *e, want)
	}
}

func TestApplicationThatRetriesWhatIsRefused(t *testing.T) {
	app := recorded(t, "application", "application-retrying")
	e := gitops.New(config(argocdCluster(app, recorded(t, "appproject")), "fabrics/dc1")).ReadEngine(t.Context())
	mustBeKnown(t, e)
	if s := e.Sources[0]; s.Applied != older || s.Wanted != newest || !s.AppliedAt.Equal(at("08:02:12")) {
		t.Errorf("source = %+v", s)
	}
	op := *e.Operation
	if op.Phase != core.EngineRunning || op.Tries != 4 || op.Limit != 5 || op.Revision != applied || !op.Finished.IsZero() {
		t.Errorf("operation = %+v", op)
	}
	if got, want := e.Progress(newest), "argocd retries 9b1d0aa 4/5, HEAD 4f2c9e1 waits behind it"; got != want {
		t.Errorf("progress = %q, want %q", got, want)
	}
	refused := e.Objects[key("VPC", "vpc-2")]
	if want := `error when creating: admission webhook "vvpc.kb.io" denied the request: vlan 1001 is already used by vpc-1/default`; !refused.Refused || refused.Message != want || refused.Health != "Missing" {
		t.Errorf("vpc-2 = %+v", refused)
	}
	if o := e.Objects[key("VPC", "vpc-1")]; o.Refused {
		t.Errorf("vpc-1 = %+v, want not refused", o)
	}
	if o := e.Objects[key("VPC", "vpc-old")]; o.Surplus || o.Sync != "OutOfSync" {
		t.Errorf("vpc-old = %+v, want one that will be pruned", o)
	}
	if len(e.Objects) != 3 {
		t.Errorf("objects = %v", e.Objects)
	}
}

func TestStatesOfAnApplication(t *testing.T) {
	for name, test := range map[string]struct {
		change string
		holds  func(e *core.Engine) bool
	}{
		"manual": {"spec: {syncPolicy: null}", func(e *core.Engine) bool {
			return !e.Auto && !e.SelfHeal && !e.Prune && e.Waits(false) == "waits for a manual sync"
		}},
		"automated without options": {"spec: {syncPolicy: {automated: {prune: null, selfHeal: null}}}", func(e *core.Engine) bool {
			return e.Auto && !e.SelfHeal && !e.Prune
		}},
		"automated, and switched off again": {"spec: {syncPolicy: {automated: {enabled: false}}}", func(e *core.Engine) bool {
			return !e.Auto && !e.SelfHeal && !e.Prune
		}},
		"automated, and said so": {"spec: {syncPolicy: {automated: {enabled: true}}}", func(e *core.Engine) bool {
			return e.Auto && e.SelfHeal && e.Prune
		}},
		"self-heal off": {"spec: {syncPolicy: {automated: {selfHeal: false}}}", func(e *core.Engine) bool {
			return e.Auto && !e.SelfHeal && e.Prune
		}},
		"prune off": {`{spec: {syncPolicy: {automated: {prune: false}}}, status: {resources: [{group: vpc.githedgehog.com, kind: VPC, name: vpc-old, namespace: default, status: OutOfSync, requiresPruning: true}]}}`, func(e *core.Engine) bool {
			return !e.Prune && e.Objects[key("VPC", "vpc-old")].Surplus && e.Waits(true) == "waits for a manual sync that prunes"
		}},
		"prune forbidden by the object": {`status: {resources: [{group: vpc.githedgehog.com, kind: VPC, name: vpc-old, namespace: default, status: OutOfSync, requiresPruning: true}], operationState: {syncResult: {resources: [{group: vpc.githedgehog.com, kind: VPC, name: vpc-old, namespace: default, status: PruneSkipped, message: ignored (no prune)}]}}}`, func(e *core.Engine) bool {
			return e.Objects[key("VPC", "vpc-old")] == core.EngineObject{Sync: "OutOfSync", Surplus: true, Message: "ignored (no prune)"}
		}},
		"gave up": {`status: {operationState: {phase: Failed, retryCount: 5, message: "one or more objects failed to apply (retried 5 times)."}}`, func(e *core.Engine) bool {
			why, gaveUp := e.GaveUp(applied)
			return gaveUp && why == "one or more objects failed to apply (retried 5 times)." && e.Operation.Tries == 5
		}},
		"error is failure": {"status: {operationState: {phase: Error}}", func(e *core.Engine) bool { return e.Operation.Phase == core.EngineFailed }},
		"terminating":      {"status: {operationState: {phase: Terminating}}", func(e *core.Engine) bool { return e.Operation.Phase == core.EngineRunning }},
		"retries without limit": {"status: {operationState: {operation: {retry: {limit: -1}}}}", func(e *core.Engine) bool {
			return e.Operation.Limit == 0
		}},
		"a person synced": {"status: {operationState: {operation: {initiatedBy: {automated: null, username: alice}}}}", func(e *core.Engine) bool {
			return e.Operation.By == "alice"
		}},
		"dry run": {"status: {operationState: {operation: {sync: {dryRun: true}}}}", func(e *core.Engine) bool {
			return strings.HasPrefix(e.Operation.Message, "dry run: ")
		}},
		"nothing done yet": {"status: {operationState: null, history: null}", func(e *core.Engine) bool {
			return e.Operation == nil && e.Sources[0].Applied == "" && e.Sources[0].Wanted == applied
		}},
		"history is not kept": {"status: {history: null}", func(e *core.Engine) bool {
			return e.Sources[0].Applied == applied && e.Sources[0].AppliedAt.Equal(at("09:40:31"))
		}},
		"history is not kept, and a part was synced": {"status: {history: null, operationState: {operation: {sync: {resources: [{kind: VPC, name: vpc-1}]}}}}", func(e *core.Engine) bool {
			return e.Sources[0].Applied == ""
		}},
		"it applied another folder before": {"{spec: {source: {path: fabrics/dc1}}, status: {history: [{revision: " + older + ", source: {repoURL: 'https://git.example.net/net/fabrics.git', path: other}}]}}", func(e *core.Engine) bool {
			return e.Sources[0].Applied == ""
		}},
		"paused": {"metadata: {annotations: {argocd.argoproj.io/skip-reconcile: 'true'}}", func(e *core.Engine) bool {
			return strings.HasPrefix(e.Blocked, "paused")
		}},
		"being deleted": {"metadata: {deletionTimestamp: '2026-11-23T10:00:00Z'}", func(e *core.Engine) bool {
			return strings.HasPrefix(e.Blocked, "ending")
		}},
		"cannot compare": {`status: {sync: {status: Unknown}, conditions: [{type: OrphanedResourceWarning, message: 3}, {type: SharedResourceWarning, message: "VPC/x is part of two"}, {type: ComparisonError, message: "rpc error:\n\tno such path"}]}`, func(e *core.Engine) bool {
			return slices.Equal(e.Troubles, []string{"ComparisonError: rpc error: no such path"}) && slices.Equal(e.Notes, []string{"SharedResourceWarning: VPC/x is part of two"}) && e.Blocked == ""
		}},
		"what the operation says is not said twice": {`status: {operationState: {phase: Failed, message: nope}, conditions: [{type: SyncError, message: "Failed last sync attempt to [9b1d0aa]: nope"}]}`, func(e *core.Engine) bool {
			return len(e.Troubles) == 0
		}},
		"documents go to another namespace": {"spec: {destination: {namespace: fabric}}", func(e *core.Engine) bool {
			return len(e.Troubles) == 0 && len(e.Notes) == 1 && len(e.Mismatch) == 0
		}},
		"fields of other types": {"status: {resources: none, history: {}, operationState: {retryCount: many, phase: Running, syncResult: []}, conditions: [x, 1]}", func(e *core.Engine) bool {
			return e.Operation.Phase == core.EngineRunning && e.Operation.Tries == 0
		}},
	} {
		t.Run(name, func(t *testing.T) {
			e := readArgo(t, test.change)
			mustBeKnown(t, e)
			if !test.holds(e) {
				t.Errorf("engine = %+v\noperation %+v", *e, e.Operation)
			}
		})
	}
}

func TestSyncWindows(t *testing.T) {
	const app = "applications: [dc*]"
	for name, test := range map[string]struct {
		windows string // now is 10:03
		manual  bool
		blocked string
	}{
		"none":                          {"[]", false, ""},
		"of another app":                {"[{kind: deny, schedule: '0 0 * * *', duration: 24h, applications: [dc2]}]", false, ""},
		"deny":                          {"[{kind: deny, schedule: '0 8 * * *', duration: 4h, " + app + "}]", false, "blocked by a sync window until 2026-11-23 12:00 UTC"},
		"deny, over":                    {"[{kind: deny, schedule: '0 8 * * *', duration: 2h, " + app + "}]", false, ""},
		"deny, a person may":            {"[{kind: deny, schedule: '0 8 * * *', duration: 4h, manualSync: true, " + app + "}]", true, ""},
		"deny, a person may, it is not": {"[{kind: deny, schedule: '0 8 * * *', duration: 4h, manualSync: true, " + app + "}]", false, "blocked by a sync window until 2026-11-23 12:00 UTC"},
		"deny, not in all by a person":  {"[{kind: deny, schedule: '0 8 * * *', duration: 4h, manualSync: true, " + app + "}, {kind: deny, schedule: '0 9 * * *', duration: 2h, " + app + "}]", true, "blocked by a sync window until 2026-11-23 12:00 UTC"},
		"deny over allow":               {"[{kind: allow, schedule: '0 0 * * *', duration: 24h, " + app + "}, {kind: deny, schedule: '0 10 * * *', duration: 1h, " + app + "}]", false, "blocked by a sync window until 2026-11-23 11:00 UTC"},
		"allow":                         {"[{kind: allow, schedule: '0 10 * * *', duration: 1h, " + app + "}]", false, ""},
		"allow, not yet":                {"[{kind: allow, schedule: '0 22 * * *', duration: 1h, " + app + "}, {kind: allow, schedule: '30 23 * * *', duration: 1h, " + app + "}]", false, "blocked outside of its sync windows until 2026-11-23 22:00 UTC"},
		"allow, not yet, a person may":  {"[{kind: allow, schedule: '0 22 * * *', duration: 1h, manualSync: true, " + app + "}]", true, ""},
		"one of two allows":             {"[{kind: allow, schedule: '0 22 * * *', duration: 1h, " + app + "}, {kind: allow, schedule: '0 10 * * *', duration: 1h, " + app + "}]", false, ""},
		"in a zone":                     {"[{kind: deny, schedule: '0 19 * * *', duration: 1h, timeZone: Asia/Tokyo, " + app + "}]", false, "blocked by a sync window until 2026-11-23 11:00 UTC"},
		"by namespace":                  {"[{kind: deny, schedule: '0 10 * * *', duration: 1h, namespaces: [def*]}]", false, "blocked by a sync window until 2026-11-23 11:00 UTC"},
		"by cluster":                    {"[{kind: deny, schedule: '0 10 * * *', duration: 1h, clusters: ['https://kubernetes.*']}]", false, "blocked by a sync window until 2026-11-23 11:00 UTC"},
		"by any of them":                {"[{kind: deny, schedule: '0 10 * * *', duration: 1h, clusters: [x], namespaces: ['*']}]", false, "blocked by a sync window until 2026-11-23 11:00 UTC"},
		"by all of them":                {"[{kind: deny, schedule: '0 10 * * *', duration: 1h, andOperator: true, clusters: [x], namespaces: ['*']}]", false, ""},
		"of nothing":                    {"[{kind: deny, schedule: '0 10 * * *', duration: 1h}]", false, ""},
		"all day, every minute":         {"[{kind: deny, schedule: '* * * * *', duration: 1h, " + app + "}]", false, "blocked by a sync window until 2026-11-23 11:02 UTC"},
		"no schedule":                   {"[{kind: deny, schedule: soon, duration: 1h, " + app + "}]", false, "blocked by a sync window that cannot be read"},
		"no duration":                   {"[{kind: deny, schedule: '* * * * *', duration: long, " + app + "}]", false, "blocked by a sync window that cannot be read"},
		"a zone in the schedule":        {"[{kind: deny, schedule: 'TZ=0', duration: 1h, " + app + "}]", false, "blocked by a sync window that cannot be read"},
		"a day that never comes":        {"[{kind: deny, schedule: '0 0 31 2 *', duration: 1h, " + app + "}]", false, "blocked by a sync window"},
	} {
		t.Run(name, func(t *testing.T) {
			change := "{}"
			if test.manual {
				change = "spec: {syncPolicy: null}"
			}
			project := recorded(t, "appproject")
			project["spec"].(map[string]any)["syncWindows"] = document(t, "w: "+test.windows)["w"]
			objects := argocdCluster(with(t, recorded(t, "application"), change), project)
			e := gitops.New(config(objects, "fabrics/dc1")).ReadEngine(t.Context())
			mustBeKnown(t, e)
			if e.Blocked != test.blocked {
				t.Errorf("blocked = %q, want %q", e.Blocked, test.blocked)
			}
		})
	}
}

func TestWindowsThatCannotBeReadAreSaid(t *testing.T) {
	objects := argocdCluster(recorded(t, "application"))
	objects.refuse["appprojects.argoproj.io"] = forbidden("appprojects.argoproj.io")
	e := gitops.New(config(objects, "fabrics/dc1")).ReadEngine(t.Context())
	mustBeKnown(t, e)
	if e.Blocked != "" || len(e.Notes) != 1 || !strings.Contains(e.Notes[0], "403 Forbidden") {
		t.Errorf("blocked %q, notes %q", e.Blocked, e.Notes)
	}
}

// TestSyncedIsAtWhatItCompared: Argo CD writes no history for a commit that
// changes nothing for the application.
func TestSyncedIsAtWhatItCompared(t *testing.T) {
	for status, want := range map[string]string{"Synced": newest, "OutOfSync": older} {
		e := readArgo(t, `{status: {sync: {status: `+status+`, revision: `+newest+`}, history: [{revision: `+older+`, deployedAt: '2026-11-23T08:00:00Z', source: {repoURL: 'https://git.example.net/net/fabrics', path: fabrics/dc1}}]}}`)
		mustBeKnown(t, e)
		if got := e.Sources[0].Applied; got != want {
			t.Errorf("%s: applied %s, want %s", status, got, want)
		}
	}
}

func TestSeveralSources(t *testing.T) {
	e := readArgo(t, `{spec: {source: null, sources: [
		{repoURL: 'https://charts.example.net', chart: extras, targetRevision: 1.2.3},
		{repoURL: 'https://git.example.net/net/values.git', ref: values},
		{repoURL: 'https://git.example.net/net/fabrics', path: ./fabrics/dc1/, targetRevision: main, directory: {recurse: true}}]},
		status: {sourceTypes: [Helm, '', Directory], sync: {status: OutOfSync, revision: null, revisions: [1.2.3, 77, `+newest+`]},
		history: [{revisions: [1.2.2, 66, `+older+`], deployedAt: '2026-11-23T08:00:00Z', sources: [{}, {}, {repoURL: 'https://git.example.net/net/fabrics', path: ./fabrics/dc1/}]}],
		operationState: {syncResult: {revision: '', revisions: [1.2.3, 77, `+newest+`]}}}}`)
	mustBeKnown(t, e)
	if len(e.Sources) != 2 || len(e.Mismatch) > 0 {
		t.Fatalf("sources = %+v, mismatch %q", e.Sources, e.Mismatch)
	}
	s, ok := e.Of(core.Reading{URL: "git@git.example.net:net/fabrics.git", Path: "fabrics/dc1"})
	if !ok || s.Wanted != newest || s.Applied != older || !s.AppliedAt.Equal(at("08:00:00")) {
		t.Errorf("source = %+v", s)
	}
	if e.Wider != "argocd also applies the Helm chart extras" {
		t.Errorf("wider = %q", e.Wider)
	}
	if e.Operation.Revision != newest {
		t.Errorf("operation is about %q, want the commit of the fabric's repository", e.Operation.Revision)
	}
}

// TestOperationOfSeveralSources: a result has a commit for each of the sources that
// there were at the time, in their order of then.
func TestOperationOfSeveralSources(t *testing.T) {
	const sources = `{spec: {source: null, sources: [
		{repoURL: 'https://git.example.net/net/other', path: x, targetRevision: main},
		{repoURL: 'https://git.example.net/net/fabrics', path: fabrics/dc1, targetRevision: main, directory: {recurse: true}},
		{repoURL: 'https://git.example.net/net/wiring', path: dc1, targetRevision: main, directory: {recurse: true}}]},
		status: {operationState: {phase: Failed, operation: {sync: {revision: null, revisions: ['77', ` + older + `, '66']}}, syncResult: `
	for name, test := range map[string]struct {
		result  string
		commits []string
	}{
		"in the order of the spec":   {"{revision: '', revisions: ['77', " + newest + ", " + applied + "]}", []string{newest, applied}},
		"in the order of then":       {"{revision: '', revisions: [" + applied + ", " + newest + "], sources: [{repoURL: 'https://git.example.net/net/wiring', path: ./dc1}, {repoURL: 'https://git.example.net/net/fabrics.git', path: fabrics/dc1}]}", []string{newest, applied}},
		"one of them was not there":  {"{revision: '', revisions: [" + applied + "], sources: [{repoURL: 'https://git.example.net/net/wiring', path: dc1}]}", []string{applied}},
		"none of them was there":     {"{revision: '', revisions: [" + applied + "], sources: [{repoURL: 'https://git.example.net/net/x', path: dc1}]}", []string{older, "66"}},
		"there is no result":         {"null", []string{older, "66"}},
		"there was one source alone": {"{revision: " + newest + ", revisions: null}", []string{newest}},
	} {
		t.Run(name, func(t *testing.T) {
			app := with(t, recorded(t, "application"), sources+test.result+"}}}")
			c := config(argocdCluster(app, recorded(t, "appproject")), "fabrics/dc1")
			c.Places = append(c.Places, gitops.Place{URL: "https://git.example.net/net/wiring", Branch: "main", Path: "dc1"})
			e := gitops.New(c).ReadEngine(t.Context())
			mustBeKnown(t, e)
			if e.Operation.Revision != test.commits[0] {
				t.Errorf("operation is about %q, want %q", e.Operation.Revision, test.commits[0])
			}
			for _, commit := range []string{older, "66", newest, applied, "77", ""} {
				_, gaveUp := e.GaveUp(commit)
				if want := slices.Contains(test.commits, commit); gaveUp != want {
					t.Errorf("gave %q up: %v, want %v", commit, gaveUp, want)
				}
			}
		})
	}
}

// TestTimesInWhichNothingMayBeApplied: what waits for an engine waits only while
// that could act.
func TestTimesInWhichNothingMayBeApplied(t *testing.T) {
	const app = "applications: [dc*]"
	for name, test := range map[string]struct {
		windows string // now is 10:03 on Monday
		waited  string // by what was committed 30 days ago
		since6  string // by what was committed 6 hours ago
	}{
		"none":                       {"[]", "720h", "6h"},
		"allowed since 10:00":        {"[{kind: allow, schedule: '0 10 * * 1', duration: 1h, " + app + "}]", "1h3m", "3m"},
		"denied until 9:00":          {"[{kind: deny, schedule: '0 3 * * *', duration: 6h, " + app + "}]", "", "1h3m"},
		"denied in two turns":        {"[{kind: deny, schedule: '0 3 * * *', duration: 6h, " + app + "}, {kind: deny, schedule: '30 9 * * *', duration: 15m, " + app + "}]", "", "48m"},
		"denied within what is not":  {"[{kind: allow, schedule: '0 0 * * *', duration: 24h, " + app + "}, {kind: deny, schedule: '0 8 * * *', duration: 1h, " + app + "}]", "", "5h"},
		"of another app":             {"[{kind: deny, schedule: '0 3 * * *', duration: 6h, applications: [x]}]", "720h", "6h"},
		"in a zone":                  {"[{kind: deny, schedule: '0 12 * * *', duration: 6h, timeZone: Asia/Tokyo, " + app + "}]", "", "1h3m"},
		"twenty minutes of each":     {"[{kind: allow, schedule: '0 * * * *', duration: 20m, " + app + "}]", "", "2h"},
		"a minute of every ten":      {"[{kind: allow, schedule: '*/10 * * * *', duration: 1m, " + app + "}]", "", "31m"},
		"every minute, long":         {"[{kind: allow, schedule: '* * * * *', duration: 1h, " + app + "}]", "720h", "6h"},
		"every minute, with breaks":  {"[{kind: allow, schedule: '* * * * *', duration: 30s, " + app + "}]", "", ""},
		"one that cannot be read":    {"[{kind: deny, schedule: soon, duration: 1h, " + app + "}]", "0s", "0s"},
		"that has never been opened": {"[{kind: deny, schedule: '0 0 31 2 *', duration: 1h, applications: [x]}]", "720h", "6h"},
	} {
		t.Run(name, func(t *testing.T) {
			project := recorded(t, "appproject")
			project["spec"].(map[string]any)["syncWindows"] = document(t, "w: "+test.windows)["w"]
			e := gitops.New(config(argocdCluster(recorded(t, "application"), project), "fabrics/dc1")).ReadEngine(t.Context())
			mustBeKnown(t, e)
			for since, want := range map[time.Duration]string{30 * 24 * time.Hour: test.waited, 6 * time.Hour: test.since6} {
				got := e.Waited(now().Add(-since), now())
				if want != "" && got.String() != mustParse(t, want).String() || got < 0 || got > since {
					t.Errorf("waited %s of %s, want %s: %v", got, since, want, e.Idle)
				}
			}
		})
	}
}

// TestNothingWaitsForAnEngineThatIsNotThereYet.
func TestNothingWaitsForAnEngineThatIsNotThereYet(t *testing.T) {
	const made = "metadata: {creationTimestamp: '2026-11-23T09:58:00Z'}"
	for _, e := range []*core.Engine{readArgo(t, made), readFlux(t, made, "{}")} {
		mustBeKnown(t, e)
		if got := e.Waited(now().Add(-100*24*time.Hour), now()); got != 5*time.Minute {
			t.Errorf("%s: waited %s, want since it was made", e.Type, got)
		}
	}
}

func mustParse(t *testing.T, text string) time.Duration {
	t.Helper()
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestHydratedManifestsAreTheSource(t *testing.T) {
	e := readArgo(t, `{spec: {source: null, sourceHydrator: {drySource: {repoURL: 'https://git.example.net/net/fabrics', path: dry, targetRevision: main, helm: {}}, syncSource: {path: fabrics/dc1, targetBranch: env/dc1}}}}`)
	mustBeKnown(t, e)
	if s := e.Sources[0]; s.Path != "fabrics/dc1" || s.Target != "env/dc1" || s.Renders != "" {
		t.Errorf("source = %+v", s)
	}
	if want := []string{"argocd applies fabrics/dc1@env/dc1, you compare main"}; !slices.Equal(e.Mismatch, want) {
		t.Errorf("mismatch = %q, want %q", e.Mismatch, want)
	}
}
