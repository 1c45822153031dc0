package config

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

func TestShownConfigurationLoadsTheSame(t *testing.T) {
	odd := one(`    policy: [{policy: prefer_git, on: [conflict, drift]}]
    check: {interval: 0, stale_after: 0}
    sync: {enabled: false, retries: 0}
    scope: {exclude_kinds: [External]}
`)
	for _, content := range []string{"", one(""), odd} {
		path := "testdata/full.yaml"
		if content != "" {
			path = write(t, content)
		}
		first, err := Load(Options{Path: path, Home: "/home/op"})
		if err != nil {
			t.Fatal(err)
		}
		text, err := Show(first)
		if err != nil {
			t.Fatal(err)
		}
		second, err := Load(Options{Path: write(t, string(text)), Home: "/home/op"})
		if err != nil {
			t.Fatalf("what is shown does not load: %v\n%s", err, text)
		}
		if have, want := plainly(t, second), plainly(t, first); have != want {
			t.Errorf("shown:\n%s\n have %s\n want %s", text, have, want)
		}
	}
}

// plainly is what was configured, with empty lists like missing ones, as YAML
// shows neither.
func plainly(t *testing.T, c *Config) string {
	t.Helper()
	text, err := json.Marshal(struct {
		Settings
		Fabrics []Fabric
	}{c.Settings, c.Fabrics})
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "[]", "null")
}

func TestSecretsAreNeverShown(t *testing.T) {
	c := load1(t, `
fabrics:
  - name: a
    cluster: {cluster_name: c, namespace: default, api_server: "https://10.0.0.1", token: hunter2, proxy_url: "http://u:hunter2@proxy:1"}
    git: {url: "https://hunter2@git.example.net/a.git", proxy_url: "http://u:hunter2@proxy:1"}
  - name: b
    cluster: {cluster_name: c, namespace: default, api_server: "https://10.0.0.1"}
    git: {url: "ssh://git:hunter2@git.example.net/b.git"}
`)
	shown, err := Show(c)
	if err != nil {
		t.Fatal(err)
	}
	secret := c.Fabrics[0].Cluster.Token
	type hidden struct{ secret Secret }
	asJSON, err := json.Marshal(secret)
	if err != nil {
		t.Fatal(err)
	}
	asYAML, err := yaml.Marshal(struct{ Token Secret }{secret})
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "token", secret)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "token", secret)
	for _, text := range []string{
		string(shown), string(asJSON), string(asYAML), log.String(), secret.String(),
		fmt.Sprint(secret, &secret), fmt.Sprintf("%v %+v %#v %s %q %d %x", secret, secret, secret, secret, secret, secret, secret),
		fmt.Sprintf("%v %+v %#v %d", hidden{secret}, hidden{secret}, hidden{secret}, hidden{secret}),
	} {
		if strings.Contains(text, "hunter2") || strings.Contains(text, fmt.Sprintf("%x", "hunter2")) {
			t.Errorf("a secret is shown: %s", text)
		}
	}
	if have := fmt.Sprintf("%v%+v%#v%d%x", secret, secret, secret, secret, secret); have != strings.Repeat(masked, 5) {
		t.Errorf("a secret prints as %q", have)
	}
	for _, want := range []string{"token: '" + masked + "'", "url: https://xxxxx@git.example.net/a.git", "url: ssh://xxxxx@git.example.net/b.git"} {
		if !strings.Contains(string(shown), want) {
			t.Errorf("no %q in\n%s", want, shown)
		}
	}
	if s := NewSecret(""); !s.IsZero() || s.String() != "" || s.Reveal() != "" {
		t.Errorf("the empty secret is %q", s)
	}
}

func TestStarterLoadsAsItIsAndUncommented(t *testing.T) {
	comment := regexp.MustCompile(`(?m)^( *)# `)
	for _, content := range []string{string(Init()), comment.ReplaceAllString(string(Init()), "$1")} {
		path := write(t, content)
		if _, err := Load(Options{Path: path, Home: "/home/op"}); err != nil {
			t.Errorf("%v\n%s", err, content)
		}
		if err := accepts(Schema(), content); err != nil {
			t.Errorf("schema: %v", err)
		}
	}
	starter := Init()
	starter[0] = 'x'
	if Init()[0] == 'x' {
		t.Error("Init gives away its own bytes")
	}
}

func TestSchemaAcceptsWhatLoads(t *testing.T) {
	for _, name := range []string{"testdata/full.yaml", "testdata/more.d/lab.yaml"} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := accepts(Schema(), string(data)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSchemaRefusesMistakes(t *testing.T) {
	for _, more := range []string{
		"    chekc: {}\n", "    check: {intervall: 1m}\n", "    check: {interval: 5}\n", "    check: {interval: 1x}\n",
		"    mode: admin\n", "    protected: maybe\n", "    limits: {max_delete: -1}\n", "    policy: prefer_me\n",
		"    policy: [{policy: prefer_git, on: [never]}]\n", "    scope: {kinds: VPC}\n", "    description: 7\n",
		"    ignore: [~]\n", "    rules: [{path: .spec.a, is: sorted}]\n", "    rules: [{path: .spec.a, keys: 3}]\n", "  - mode: read\n",
	} {
		if accepts(Schema(), one(more)) == nil {
			t.Errorf("the schema accepts %q", more)
		}
	}
	if err := accepts(Schema(), one("")); err != nil {
		t.Errorf("the schema refuses a sound file: %v", err)
	}
}

// Every description must be whole, since decoding trusts it.
func TestDescriptionOfTheKeysIsSound(t *testing.T) {
	desc := describe()
	seen := map[reflect.Type]bool{}
	var visit func(reflect.Type)
	visit = func(typ reflect.Type) {
		if seen[typ] {
			return
		}
		seen[typ] = true
		keys := desc.keysOf(typ)
		for _, k := range keys {
			where := typ.Name() + "." + k.name
			if k.doc == "" && typ != reflect.TypeFor[Config]() {
				t.Errorf("%s: no doc", where)
			}
			if _, ok := desc.forms[k.form]; !ok && k.form != "" {
				t.Errorf("%s: no form %q", where, k.form)
			}
			for _, with := range k.with {
				if _, ok := find(keys, with); !ok {
					t.Errorf("%s: with %q, which is no key beside it", where, with)
				}
			}
			if k.def != "" {
				d := &decoder{description: desc, at: positions{}}
				if k.defaults == nil {
					t.Errorf("%s: default %s does not parse", where, k.def)
					continue
				}
				d.value(k.defaults, k.name, k, reflect.New(k.typ).Elem())
				if len(d.problems) > 0 {
					t.Errorf("%s: default %s: %v", where, k.def, d.problems)
				}
			}
			if s, ok := k.structure(); ok {
				visit(s)
			}
		}
		for _, f := range reflect.VisibleFields(typ) {
			for _, tag := range []string{"doc", "default", "need", "one", "form", "min", "max", "group", "with", "list", "short", "partial"} {
				if _, ok := f.Tag.Lookup(tag); ok && f.Tag.Get("key") == "" {
					t.Errorf("%s.%s: %s without key", typ.Name(), f.Name, tag)
				}
			}
		}
	}
	visit(reflect.TypeFor[Config]())
	visit(reflect.TypeFor[file]())
	if len(seen) < 15 {
		t.Errorf("only %d structs were looked at", len(seen))
	}
}

// The example of the contract is used where it is at hand.
func TestExamplesLoad(t *testing.T) {
	examples := []string{string(Init())}
	if data, err := os.ReadFile("../../../shared/contract.md"); err == nil {
		_, rest, _ := strings.Cut(string(data), "```yaml\n")
		example, _, _ := strings.Cut(rest, "```")
		examples = append(examples, example)
	}
	for _, e := range examples {
		c, err := Load(Options{Path: write(t, e), Home: "/home/op"})
		if err != nil {
			t.Errorf("%v\n%s", err, e)
			continue
		}
		if err := accepts(Schema(), e); err != nil {
			t.Errorf("schema: %v\n%s", err, e)
		}
		if len(c.Fabrics) == 0 {
			t.Errorf("no fabrics in\n%s", e)
		}
	}
}

func FuzzLoad(f *testing.F) {
	names, err := filepath.Glob("testdata/w*/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range slices.Concat(names, []string{"testdata/full.yaml", "starter.yaml"}) {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(strings.Replace(string(data), "include: [more.d/*.yaml]\n", "", 1))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, content string) {
		if root, _ := parse("", []byte(content)); root != nil && root.get("include") != nil {
			return // it could name any file of this machine
		}
		c, err := Load(Options{Path: writeIn(t, dir, "config.yaml", content), Home: "/home/op"})
		if err != nil {
			for _, r := range err.Error() {
				if r != '\n' && r < ' ' {
					t.Errorf("an error that is not fit to print: %q", err)
				}
			}
			return
		}
		if err := accepts(Schema(), content); err != nil {
			t.Errorf("it loads, but the schema refuses it: %v", err)
		}
		text, err := Show(c)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Load(Options{Path: writeIn(t, dir, "shown.yaml", string(text)), Home: "/home/op"}); err != nil {
			t.Errorf("what is shown does not load: %v\n%s", err, text)
		}
	})
}
