package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"selvage/core"
)

// write puts a configuration file into a new folder; only its owner may read
// it.
func write(t *testing.T, content string) string {
	t.Helper()
	return writeIn(t, t.TempDir(), "config.yaml", content)
}

func writeIn(t testing.TB, dir, name, content string) string {
	t.Helper()
	name = filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// one is a configuration of one fabric with more keys of a fabric, each line
// indented by four.
func one(more string) string {
	return `fabrics:
  - name: dc1
    cluster: {cluster_name: dc1, namespace: default, dump: dump.yaml}
    git: {url: "https://git.example.net/f.git", path: dc1}
` + more
}

func load1(t *testing.T, content string) *Config {
	t.Helper()
	c, err := Load(Options{Path: write(t, content), Home: "/home/op"})
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	return c
}

func env(pairs ...string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		i := slices.Index(pairs, name)
		if i < 0 {
			return "", false
		}
		return pairs[i+1], true
	}
}

func TestEveryKeyReachesTheModel(t *testing.T) {
	here, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	c, err := Load(Options{Path: "testdata/full.yaml", Home: "/home/op", LookupEnv: env("XDG_CACHE_HOME", "/var/cache", "DEBUG", "1")})
	if err != nil {
		t.Fatal(err)
	}
	want := Settings{
		State:   State{Dir: here + "/state", Group: "noc"},
		Mode:    core.ModePropose,
		Theme:   "dusk",
		Timeout: 270 * time.Second,
		Keys:    map[string][]string{"fabric.sync": {"ctrl+s"}, "app.quit": {"Q", "ctrl+q"}, "fabric.open": {}},
		Tools:   []Tool{{Key: "ctrl+k", Name: "k9s", Run: "k9s --context {context} -c {kind}"}},
		Notify:  "osc9",
	}
	if !reflect.DeepEqual(c.Settings, want) {
		t.Errorf("settings:\n have %+v\n want %+v", c.Settings, want)
	}
	if want := []string{here + "/full.yaml", here + "/more.d/lab.yaml"}; !slices.Equal(c.Files, want) {
		t.Errorf("files = %q, want %q", c.Files, want)
	}
	if c.Cache != "/var/cache/selvage" || !c.Debug {
		t.Errorf("cache %q, debug %v", c.Cache, c.Debug)
	}
	for i, want := range []Fabric{fullFabric(here), listFabric(here), labFabric(here)} {
		have := c.Fabrics[i]
		have.at = nil
		if !reflect.DeepEqual(have, want) {
			t.Errorf("fabric %d:\n have %+v\n want %+v", i, have, want)
		}
	}
}

func fullFabric(here string) Fabric {
	return Fabric{
		Name: "ber-a", Description: "Berlin, hall A", Protected: true, Mode: core.ModePropose, Theme: "alarm",
		Cluster: Cluster{
			ClusterName: "ber-a-k3s", Namespace: "fabric", APIServer: "https://192.0.2.7:6443/k8s/clusters/c-1",
			TokenFile: here + "/secrets/ber-a.token", CAFile: "/home/op/ca.pem", TLSServerName: "k3s.ber",
			ProxyURL: "socks5://127.0.0.1:1080",
		},
		Git: []Git{{
			URL: "https://git.example.org/noc/fabrics.git", Branch: "live", Path: "ber/a",
			Include: []string{"**/*.yaml"}, Exclude: []string{"old/**"},
			Username: "robot", PasswordEnv: "GIT_PASSWORD", ProxyURL: "http://proxy.example.org:3128",
			Author: &Author{"Noc Robot", "noc@example.org"}, Publish: "propose",
			ReviewURL: "https://git.example.org/noc/fabrics/compare/live...{branch}",
			Message:   "{ticket}: {summary}", RequireTicket: "NOC-[0-9]+",
			Sign: &Sign{"ssh", "/home/op/.ssh/sign"}, Signoff: true,
		}},
		Scope: Scope{
			Groups: []string{"vpc.githedgehog.com"}, Kinds: []string{"sw", "Widget.shop.example.org"},
			ExcludeKinds: []string{"External"},
		},
		Ignore: []Ignore{{"Switch", ".spec.boot.*"}, {"*", `.metadata.labels["a.b/c"]`}},
		Rules: []FieldRule{
			{Kind: "VPC", Path: ".spec.staticRoutes", Keys: []string{"prefix"}, Why: "a route is known by its prefix"},
			{Kind: "sw", Path: ".spec.extra.*.tags", Is: core.RuleSet},
			{Kind: "*", Path: `.metadata.labels["cmdb/id"]`, Is: core.RuleServer},
			{Kind: "VPC", Path: ".spec.notes", Is: core.RuleIgnored},
			{Kind: "Gateway", Path: ".spec.pools[*].limits", Default: core.ValueOf(map[string]any{"low": int64(3), "high": []any{1.5, "9", true}})},
		},
		Policy: []Rule{
			{"VPC", ".spec.subnets.*.vlan", []core.Trigger{core.OnConflict, core.OnDrift}, "prefer_live"},
			{"*", ".", []core.Trigger{core.OnConflict}, "prefer_git"},
		},
		Check: Check{2 * time.Minute, 24 * time.Hour},
		Sync:  Sync{true, "policy", 1, 10 * time.Second, 90 * time.Minute},
		Engine: &Engine{
			Type: "argocd", App: "ber-a", Namespace: "argocd", Manager: "argocd-controller",
			Kubeconfig: here + "/hub.kubeconfig", Context: "hub",
			API: &EngineAPI{"https://argocd.example.org", "/run/secrets/argocd", []string{"refresh"}},
		},
		Limits:  Limits{9, 10},
		Timeout: 270 * time.Second,
	}
}

func listFabric(here string) Fabric {
	plain := Git{
		Branch: "main", Path: ".", Include: []string{"**/*.yaml", "**/*.yml"},
		Publish: "branch", Message: "{summary}",
	}
	wiring, tenants := plain, plain
	wiring.URL, wiring.Path = "noc@git.example.org:noc/wiring.git", "ber-b"
	wiring.SSHKeyFile, wiring.KnownHostsFile = "/home/op/.ssh/noc", here+"/known_hosts"
	tenants.URL = filepath.Dir(here) + "/tenants"
	return Fabric{
		Name: "ber-b", Mode: core.ModePropose,
		Cluster: Cluster{
			ClusterName: "ber-b", Namespace: "default", Kubeconfig: "/home/op/.kube/config",
			Context: "b", VerifySSL: true,
		},
		Git:     []Git{wiring, tenants},
		Policy:  []Rule{{"*", ".", []core.Trigger{core.OnConflict}, "manual"}},
		Check:   Check{2 * time.Minute, 6 * time.Minute},
		Sync:    Sync{false, "never", 3, 5 * time.Minute, 15 * time.Minute},
		Limits:  Limits{9, 20},
		Timeout: 270 * time.Second,
	}
}

func labFabric(here string) Fabric {
	f := listFabric(here)
	f.Name = "lab"
	f.Cluster = Cluster{ClusterName: "lab", Namespace: "default", Dump: here + "/more.d/lab-dump", VerifySSL: true}
	f.Git = f.Git[1:]
	f.Git[0].URL = "file:///srv/git/lab.git"
	f.Sync.Enabled = true
	f.Limits.MaxDelete = 1
	return f
}

func TestDefaultsOfTheContract(t *testing.T) {
	c := load1(t, one(""))
	if c.Mode != core.ModeWrite || c.Theme != "auto" || c.Timeout != 10*time.Minute || c.State.Dir != "/home/op/.local/state/selvage" || c.Cache != "/home/op/.cache/selvage" {
		t.Errorf("settings = %+v, cache %q", c.Settings, c.Cache)
	}
	f := c.Fabrics[0]
	if f.Check != (Check{time.Minute, 3 * time.Minute}) || f.Limits != (Limits{5, 20}) || !f.Cluster.VerifySSL {
		t.Errorf("fabric = %+v", f)
	}
	if want := (Sync{true, "never", 3, 300 * time.Second, 15 * time.Minute}); f.Sync != want {
		t.Errorf("sync = %+v, want %+v", f.Sync, want)
	}
}

func TestFabricAsTheEngineKnowsIt(t *testing.T) {
	c := load1(t, one(`    description: Hall 1
    protected: true
    scope: {groups: [vpc.githedgehog.com], kinds: [Switch], exclude_kinds: [VPC]}
    ignore: [{kind: VPC, path: .spec.mode}]
    policy: [{kind: VPC, path: .spec.subnets.*, on: [drift, delete], policy: prefer_git}, {policy: manual}]
    rules: [{path: .spec.a, keys: [x, y], why: so}, {kind: VPC, path: .spec.b, default: 0}, {kind: VPC, path: '.spec.c[0]', is: server}]
`))
	want := core.Fabric{
		ID: "dc1", Description: "Hall 1", Cluster: "dc1", Namespace: "default", Protected: true, Mode: core.ModeWrite,
		Ways:   []core.Way{core.ToBranch},
		Kinds:  core.KindFilter{Groups: []string{"vpc.githedgehog.com"}, Kinds: []string{"Switch"}, Exclude: []string{"VPC"}},
		Ignore: []core.IgnoreRule{{Kind: "VPC", Path: ".spec.mode"}},
		Rules: []core.Rule{
			{Kind: "*", Path: ".spec.a", Is: core.RuleKeyed, Keys: []string{"x", "y"}, Why: "so"},
			{Kind: "VPC", Path: ".spec.b", Is: core.RuleDefault, Default: core.ValueOf(int64(0))},
			{Kind: "VPC", Path: ".spec.c[0]", Is: core.RuleServer},
		},
		Policy: []core.PolicyRule{
			{Kind: "VPC", Path: ".spec.subnets.*", On: []core.Trigger{core.OnDrift, core.OnDelete}, Policy: "prefer_git"},
			{Kind: "*", Path: core.Root, On: []core.Trigger{core.OnConflict}, Policy: "manual"},
		},
		Limits:     core.Limits{Count: 5, Percent: 20},
		CheckEvery: time.Minute, StaleAfter: 3 * time.Minute, PendingLimit: 15 * time.Minute, Timeout: 10 * time.Minute,
	}
	f, ok := c.Fabric("dc1")
	if !ok || !reflect.DeepEqual(f.Core(), want) {
		t.Errorf("Core() = %+v, want %+v", f.Core(), want)
	}
	f.Sync.Enabled = false
	if every := f.Core().CheckEvery; every != 0 {
		t.Errorf("a disabled fabric is checked every %v", every)
	}
}

func TestConfigurationIsLookedForInOrder(t *testing.T) {
	dir := t.TempDir()
	flag := writeIn(t, dir, "flag.yaml", one(""))
	variable := writeIn(t, dir, "variable.yaml", one(""))
	xdg := writeIn(t, dir, "xdg/selvage/config.yaml", one(""))
	home := writeIn(t, dir, "home/.config/selvage/config.yaml", one(""))
	all := []string{"SELVAGE_CONFIG", variable, "XDG_CONFIG_HOME", filepath.Join(dir, "xdg")}
	for _, c := range []struct {
		o    Options
		want string
	}{
		{Options{Path: flag, LookupEnv: env(all...)}, flag},
		{Options{LookupEnv: env(all...)}, variable},
		{Options{LookupEnv: env(all[2:]...)}, xdg},
		{Options{}, home},
		{Options{LookupEnv: env("XDG_CONFIG_HOME", "relative")}, home},
	} {
		c.o.Home = filepath.Join(dir, "home")
		have, err := Load(c.o)
		if err != nil {
			t.Errorf("Load(%+v): %v", c.o, err)
		} else if have.Files[0] != c.want {
			t.Errorf("Load(%+v) read %s, want %s", c.o, have.Files[0], c.want)
		}
	}
}

func TestMissingFileSaysWhereAndWhatToDo(t *testing.T) {
	for _, c := range []struct {
		o    Options
		want []string
	}{
		{Options{Home: "/nowhere"}, []string{"/nowhere/.config/selvage/config.yaml", "selvage config init", "selvage demo"}},
		{Options{Path: "/nowhere/x"}, []string{"--config", "/nowhere/x"}},
		{Options{LookupEnv: env("SELVAGE_CONFIG", "/nowhere/y")}, []string{"$SELVAGE_CONFIG", "/nowhere/y"}},
		{Options{}, []string{"set HOME", "--config"}},
	} {
		_, err := Load(c.o)
		var e *core.Error
		if !errors.As(err, &e) || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Load(%+v): %v, want a *core.Error of fs.ErrNotExist", c.o, err)
			continue
		}
		for _, w := range c.want {
			if !strings.Contains(err.Error(), w) || strings.Contains(err.Error(), "\n") {
				t.Errorf("Load(%+v): %q, want %q in one line", c.o, err, w)
			}
		}
	}
}

// The files in testdata/wrong say on each line, behind "# want:", which
// problems it has; several are separated by " & ".
func TestMistakesAreToldAllAtOnceWithTheirLines(t *testing.T) {
	wanted := regexp.MustCompile(`# want: (.*)$`)
	names, err := filepath.Glob("testdata/wrong/*.yaml")
	if err != nil || len(names) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".yaml"), func(t *testing.T) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			path := write(t, string(data))
			if strings.HasPrefix(string(data), "# mode 0644") {
				if err := os.Chmod(path, 0o644); err != nil { //nolint:gosec // that is the mistake
					t.Fatal(err)
				}
			}
			_, err = Load(Options{Path: path, Home: "/home/op"})
			var problems Problems
			if !errors.As(err, &problems) {
				t.Fatalf("Load: %v, want Problems", err)
			}
			have := problems
			for i, line := range strings.Split(string(data), "\n") {
				m := wanted.FindStringSubmatch(line)
				if m == nil {
					continue
				}
				for _, want := range strings.Split(m[1], " & ") {
					j := slices.IndexFunc(have, func(p Problem) bool {
						return p.File == path && p.Line == i+1 && strings.Contains(p.What+" ("+p.Do+")", want)
					})
					if j < 0 {
						t.Errorf("line %d: no problem with %q", i+1, want)
						continue
					}
					have = slices.Delete(slices.Clone(have), j, j+1)
				}
			}
			for _, p := range have {
				t.Errorf("not expected: %v", p)
			}
			for _, p := range problems {
				if text := p.Error(); strings.ContainsAny(text, "\n\x1b") || strings.Contains(text, "hunter2") {
					t.Errorf("a problem that is not fit to print: %q", text)
				}
			}
		})
	}
}
