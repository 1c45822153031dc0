package config

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"selvage/core"
)

// mistakes loads a configuration that must have some, and gives them without
// their folder.
func mistakes(t *testing.T, o Options) []string {
	t.Helper()
	_, err := Load(o)
	var problems Problems
	if !errors.As(err, &problems) {
		t.Fatalf("Load: %v, want Problems", err)
	}
	lines := make([]string, len(problems))
	for i, p := range problems {
		lines[i] = strings.ReplaceAll(p.Error(), filepath.Dir(o.Path)+"/", "")
	}
	return lines
}

func sameLines(t *testing.T, have []string, want ...string) {
	t.Helper()
	if len(have) != len(want) {
		t.Fatalf("%d problems, want %d:\n%s", len(have), len(want), strings.Join(have, "\n"))
	}
	for i := range want {
		if !strings.HasPrefix(have[i], want[i]) {
			t.Errorf("problem %d is %q, want %q", i, have[i], want[i])
		}
	}
}

func TestModeIsOnlyEverNarrowed(t *testing.T) {
	for _, c := range []struct {
		common, fabric, env string
		flag                core.Mode
		want                core.Mode
	}{
		{"write", "", "", "", core.ModeWrite},
		{"propose", "", "", "", core.ModePropose},
		{"propose", "write", "", "", core.ModePropose},
		{"write", "read", "write", core.ModeWrite, core.ModeRead},
		{"write", "", "propose", "", core.ModePropose},
		{"read", "", "write", "", core.ModeRead},
		{"write", "write", "propose", core.ModeRead, core.ModeRead},
	} {
		content := "mode: " + c.common + "\n" + one("")
		if c.fabric != "" {
			content += "    mode: " + c.fabric + "\n"
		}
		cfg, err := Load(Options{Path: write(t, content), Home: "/home/op", Mode: c.flag, LookupEnv: env("SELVAGE_MODE", c.env)})
		if err != nil {
			t.Fatal(err)
		}
		if have := cfg.Fabrics[0].Mode; have != c.want {
			t.Errorf("mode of %+v = %q", c, have)
		}
	}
}

func TestEnvironmentOverrides(t *testing.T) {
	path := write(t, "timeout: 1h\n"+one(""))
	for value, want := range map[string]time.Duration{"": time.Hour, "90": 90 * time.Second} {
		c, err := Load(Options{Path: path, Home: "/home/op", LookupEnv: env("SELVAGE_TIMEOUT_SECONDS", value, "DEBUG", "0")})
		if err != nil || c.Timeout != want || c.Fabrics[0].Core().Timeout != want {
			t.Errorf("SELVAGE_TIMEOUT_SECONDS=%q: %v, %v, want %v", value, c.Timeout, err, want)
		}
		if c.Debug {
			t.Error("DEBUG=0 turns debug logging on")
		}
	}
	have := mistakes(t, Options{Path: path, Home: "/home/op", LookupEnv: env("SELVAGE_TIMEOUT_SECONDS", "soon", "SELVAGE_MODE", "root")})
	sameLines(t, have, `$SELVAGE_MODE: "root" is no mode (`, `$SELVAGE_TIMEOUT_SECONDS: "soon" is no number of seconds (`)
}

func TestDefaultsMergeKeyByKeyAndListsReplace(t *testing.T) {
	c := load1(t, `
defaults:
  protected: true
  cluster: {namespace: fabric, kubeconfig: kc, context: x, verify_ssl: false, token_env: TOKEN}
  git: {url: "https://git.example.net/f.git", include: [a, b], exclude: [c], username: u}
  scope: {kinds: [VPC, Switch]}
  ignore: [{path: .spec.a}]
fabrics:
  - name: inherits
    cluster: {cluster_name: c}
    git: {path: one}
  - name: differs
    protected: false
    cluster: {cluster_name: c, dump: d}
    git: {path: two, include: [z], exclude: [], username: null}
    scope: {kinds: [External]}
    ignore: []
  - name: listed
    cluster: {cluster_name: c, api_server: "https://10.0.0.1", token_file: t}
    git: [{url: "https://git.example.net/g.git"}]
`)
	inherits, differs, listed := c.Fabrics[0], c.Fabrics[1], c.Fabrics[2]
	if g := inherits.Git[0]; !inherits.Protected || g.Path != "one" || g.Username != "u" || !slices.Equal(g.Include, []string{"a", "b"}) {
		t.Errorf("inherits = %+v", inherits)
	}
	if inherits.Cluster.Context != "x" || inherits.Cluster.VerifySSL || inherits.Cluster.TokenEnv != "TOKEN" {
		t.Errorf("inherits.cluster = %+v", inherits.Cluster)
	}
	if g := differs.Git[0]; differs.Protected || len(differs.Ignore) != 0 || g.Username != "" || len(g.Exclude) != 0 ||
		!slices.Equal(g.Include, []string{"z"}) || !slices.Equal(differs.Scope.Kinds, []string{"External"}) {
		t.Errorf("differs = %+v", differs)
	}
	if k := differs.Cluster; k.Kubeconfig != "" || k.Context != "" || k.TokenEnv != "" || k.Namespace != "fabric" {
		t.Errorf("an offline cluster keeps what has no effect on it: %+v", k)
	}
	if k := listed.Cluster; k.TokenFile == "" || k.TokenEnv != "" || k.Kubeconfig != "" || k.VerifySSL {
		t.Errorf("listed.cluster = %+v", k)
	}
	if g := listed.Git[0]; g.Username != "" || len(g.Include) != 2 || g.Include[0] != "**/*.yaml" {
		t.Errorf("a list did not replace the default: %+v", g)
	}
}

func TestPathsStartAtTheFileThatNamesThem(t *testing.T) {
	dir := t.TempDir()
	writeIn(t, dir, "sub/more.yaml", `
defaults: {cluster: {namespace: default}}
fabrics:
  - name: b
    cluster: {cluster_name: b, dump: b.yaml}
    git: {url: ./b.git}
`)
	path := writeIn(t, dir, "config.yaml", "include: [sub/more.yaml]\ndefaults: {git: {ssh_key_file: key}}\n"+one(""))
	c, err := Load(Options{Path: path, Home: "/home/op"})
	if err != nil {
		t.Fatal(err)
	}
	a, b := c.Fabrics[0], c.Fabrics[1]
	for have, want := range map[string]string{
		a.Cluster.Dump:        dir + "/dump.yaml",
		b.Cluster.Dump:        dir + "/sub/b.yaml",
		b.Git[0].URL:          dir + "/sub/b.git",
		b.Git[0].SSHKeyFile:   dir + "/key",
		b.At("name").String(): dir + "/sub/more.yaml:4",
	} {
		if have != want {
			t.Errorf("%q, want %q", have, want)
		}
	}
}

func TestIncludedFilesAddUp(t *testing.T) {
	dir := t.TempDir()
	fabric := func(name string) string {
		return "fabrics: [{name: " + name + ", cluster: {cluster_name: x, namespace: default, dump: d}, git: {url: /srv/" + name + "}}]\n"
	}
	writeIn(t, dir, "d/20-b.yaml", fabric("b")+"keys: {app.quit: Q}\n")
	writeIn(t, dir, "d/10-a.yaml", fabric("a")+"theme: dark\ntools: [{key: b, name: B, run: b}]\n")
	writeIn(t, dir, "d/.20-b.yaml.swp.yaml", "rubbish: true\n")
	writeIn(t, dir, "d/deep/c.yaml", "include: [../*.yaml]\n"+fabric("c"))
	writeIn(t, dir, "d/empty.yaml", "# nothing yet\n")
	path := writeIn(t, dir, "config.yaml", "include: [\"d/**/*.yaml\", d/10-a.yaml, \"*.yaml\", \"none/*.yaml\"]\nkeys: {fabric.sync: S}\ntools: [{key: a, name: A, run: a}]\n")
	c, err := Load(Options{Path: path, Home: "/home/op"})
	if err != nil {
		t.Fatal(err)
	}
	var order []core.FabricID
	for _, f := range c.Fabrics {
		order = append(order, f.Name)
	}
	if !slices.Equal(order, []core.FabricID{"a", "b", "c"}) || c.Theme != "dark" || len(c.Keys) != 2 || len(c.Tools) != 2 || len(c.Files) != 5 {
		t.Errorf("fabrics %q, settings %+v, files %q", order, c.Settings, c.Files)
	}
	if at := c.At("keys.app.quit").String(); at != dir+"/d/20-b.yaml:2" {
		t.Errorf("app.quit was set at %s", at)
	}
}

func TestMistakesInIncludedFiles(t *testing.T) {
	dir := t.TempDir()
	writeIn(t, dir, "a.yaml", "include: b.yaml\ntheme: dark\nkeys: {x: y}\n")
	writeIn(t, dir, "b.yaml", "include: [a.yaml]\nfabrics:\n  - name: dc1\n    cluster: {cluster_name: c, namespace: default, dump: d}\n    git: {url: /srv/x}\n")
	writeIn(t, dir, "broken.yaml", "fabrics:\n  - name: x\n  name: y\n")
	path := writeIn(t, dir, "config.yaml", "include: [a.yaml, broken.yaml, gone.yaml, ., \"[\"]\ntheme: light\nkeys: {x: z}\n"+one(""))
	sameLines(t, mistakes(t, Options{Path: path, Home: "/home/op"}),
		`config.yaml:1: include: "gone.yaml": no such file`,
		`config.yaml:1: include: "`+dir+`": not a file (`,
		`config.yaml:1: include: "[" is no glob (`,
		`a.yaml:2: theme: set already (keep this one or that of config.yaml:2)`,
		`a.yaml:3: keys."x": set already (keep this one or that of config.yaml:3)`,
		`b.yaml:1: include: "a.yaml" is a file that includes this one (`,
		`b.yaml:3: name: a second fabric "dc1" (the first one is at config.yaml:5; rename one)`,
		`broken.yaml:3: no YAML: did not find expected '-' indicator (`,
	)
}

func TestFilesThatAreNoConfiguration(t *testing.T) {
	for content, want := range map[string]string{
		"":                                  "config.yaml: no fabrics (",
		"# nothing\n---\n":                  "config.yaml: no fabrics (",
		"- a\n":                             "config.yaml:1: the file holds a list (",
		"words\n":                           "config.yaml:1: the file holds text (",
		"mode: read\n---\nmode: read\n":     "config.yaml:3: a second YAML document (",
		"a: 1\nb:\n  c: [d\n  e: f\ng: h\n": "config.yaml:3: no YAML: ",
		"a: 'b\nc: d\n":                     "config.yaml:1: no YAML: found unexpected end",
		"a: 1\n\tb: 2\nc: 3\n":              "config.yaml:2: no YAML: ",
		"a: 1\nb: *x\nc: 3\n":               "config.yaml:2: no YAML: unknown anchor",
		"a: b: c\n":                         "config.yaml:1: no YAML: mapping values",
		"a: [\n":                            "config.yaml:1: no YAML: ",
		"mode: *gone\n":                     "config.yaml:1: no YAML: unknown anchor",
		"mode: !custom read\n":              `config.yaml:1: the YAML tag "!custom" means nothing here (`,
		"? {a: b}\n: c\n":                   "config.yaml:1: a key that is no word (",
		"mode: read\n<<: 5\n":               "config.yaml:2: `<<` merges a number (",
		"mode: &a [*a]\n":                   "config.yaml:1: nested too deeply",
		"mode: \xff\n":                      "config.yaml:1: no YAML: ",
	} {
		have := mistakes(t, Options{Path: write(t, content), Home: "/home/op"})
		if !strings.HasPrefix(have[0], want) {
			t.Errorf("%q: %q, want %q", content, have[0], want)
		}
	}
}

func TestAliasesCannotUnfoldWithoutEnd(t *testing.T) {
	content := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := range 8 {
		line := strings.Repeat("*a"+string(rune('0'+i))+", ", 9)
		content += "a" + string(rune('1'+i)) + ": &a" + string(rune('1'+i)) + " [" + line + "*a0]\n"
	}
	start := time.Now()
	have := mistakes(t, Options{Path: write(t, content), Home: "/home/op"})
	if took := time.Since(start); took > 5*time.Second || len(have) > 20 {
		t.Errorf("%d problems after %v", len(have), took)
	}
}

func TestAnchorsAndMergeKeys(t *testing.T) {
	c := load1(t, `
fabrics:
  - &a
    name: a
    cluster: &c {cluster_name: c, namespace: default, dump: d}
    git: {url: /srv/a}
  - <<: *a
    name: b
    cluster: {<<: *c, cluster_name: other}
    git: {url: /srv/b}
`)
	if f := c.Fabrics[1]; f.Name != "b" || f.Cluster.ClusterName != "other" || f.Cluster.Namespace != "default" {
		t.Errorf("merged = %+v", f)
	}
}

func TestTokenInAPrivateFile(t *testing.T) {
	path := write(t, `
fabrics:
  - name: a
    cluster: {cluster_name: c, namespace: default, api_server: "https://10.0.0.1", token: hunter2}
    git: {url: "https://x:hunter2@git.example.net/a.git"}
`)
	c, err := Load(Options{Path: path, Home: "/home/op"})
	if err != nil {
		t.Fatal(err)
	}
	if have := c.Fabrics[0].Cluster.Token.Reveal(); have != "hunter2" {
		t.Errorf("token = %q", have)
	}
	if err := os.Chmod(path, 0o640); err != nil { //nolint:gosec // that is the mistake
		t.Fatal(err)
	}
	sameLines(t, mistakes(t, Options{Path: path, Home: "/home/op"}),
		"config.yaml:4: cluster.token: a secret in a file with mode 0640 (", "config.yaml:5: git.url: a secret in a file with mode 0640 (")
}

func TestStaleFollowsTheInterval(t *testing.T) {
	for content, want := range map[string]Check{
		"    check: {interval: 10m}\n":                  {10 * time.Minute, 30 * time.Minute},
		"    check: {interval: 5s}\n":                   {5 * time.Second, 3 * time.Minute},
		"    check: {interval: 0}\n":                    {0, 3 * time.Minute},
		"    check: {interval: 10m, stale_after: 0s}\n": {10 * time.Minute, 0},
		"    check: {interval: 10m, stale_after: 1d}\n": {10 * time.Minute, 24 * time.Hour},
	} {
		if have := load1(t, one(content)).Fabrics[0].Check; have != want {
			t.Errorf("%s: %+v, want %+v", content, have, want)
		}
	}
}

func TestHugeFileIsRefused(t *testing.T) {
	_, err := Load(Options{Path: write(t, strings.Repeat("#", maxFile+1)), Home: "/home/op"})
	if err == nil || !strings.Contains(err.Error(), "larger than 4 MiB") {
		t.Errorf("Load: %v", err)
	}
}

func TestFoldersWithoutAHome(t *testing.T) {
	path := write(t, one(""))
	sameLines(t, mistakes(t, Options{Path: path}), "config.yaml: state.dir: missing, and no home directory is known (")
	c, err := Load(Options{Path: path, LookupEnv: env("XDG_STATE_HOME", "/var/lib")})
	if err != nil || c.State.Dir != "/var/lib/selvage" || c.Cache != "/var/lib/selvage/cache" {
		t.Errorf("Load: %v, %+v", err, c)
	}
	sameLines(t, mistakes(t, Options{Path: write(t, "state: {dir: ~/x}\n"+one(""))}), `config.yaml:1: state.dir: "~/x": no home directory is known (`)
}

func TestMissingKeyOfDefaultsIsToldAtTheFabric(t *testing.T) {
	path := write(t, "defaults:\n  cluster: {dump: d}\n  git: {path: x}\nfabrics:\n  - name: a\n    git: {url: /srv/a}\n  - name: b\n    cluster: {cluster_name: b, namespace: default}\n")
	sameLines(t, mistakes(t, Options{Path: path, Home: "/home/op"}),
		"config.yaml:5: cluster.cluster_name: missing (", "config.yaml:5: cluster.namespace: missing (", "config.yaml:7: git.url: missing (")
}

func TestRepositoryHasOneIdentity(t *testing.T) {
	for _, same := range [][]string{
		{
			"https://git.example.net/net/f.git", "https://GIT.example.net:443/net/f/", "http://git.example.net:80/net/f", "ssh://git@git.example.net:22/net/f.git",
			"git@git.example.net:net/f.git", "git.example.net:/net//f", "https://u:p@git.example.net/net/f.git",
		},
		{"https://git.example.net:8443/net/f.git", "https://git.example.net:8443/net/./f"},
		{"https://git.example.net/net/g.git", "git@git.example.net:net/g"},
		{"/srv/git/f.git", "file:///srv/git/f", "file://localhost/srv/git/f.git/", "/srv/git/f/.git"},
	} {
		for _, address := range same {
			if have, want := repository(address), repository(same[0]); have != want {
				t.Errorf("repository(%q) = %q, want %q", address, have, want)
			}
		}
	}
	if repository("https://h/a") == repository("https://h/b") || repository("https://h:1/a") == repository("https://h:2/a") {
		t.Error("different repositories are one")
	}
}
