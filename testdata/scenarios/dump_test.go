package scenarios_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"selvage/testdata/hedgehog"
)

// dump is an offline cluster: a folder with its objects and its definitions,
// and the little server that keeps them.
type dump struct {
	t     testing.TB
	site  *site
	dir   string
	kinds *definitions

	live    []map[string]any
	applied map[hedgehog.Ref]bool // by the engine
	client  bool                  // the engine is kubectl apply
	plan    hedgehog.Hydration    // what the installer assigns
	uids    int
	broken  bool // the folder does not parse
}

// newDump makes a site on a dump.
func newDump(t testing.TB, name string, kinds *definitions) *site {
	t.Helper()
	home := t.TempDir()
	s := &site{t: t, name: name, namespace: "default", layout: hedgehog.PerObject, clock: time.Now().Add(-71 * time.Hour)}
	s.tree = plain(t, filepath.Join(home, "repo"))
	d := &dump{t: t, site: s, dir: filepath.Join(home, "dump"), kinds: kinds, applied: map[hedgehog.Ref]bool{}}
	for _, dir := range []string{s.tree.dir, d.dir} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	s.tree.git(nil, "init", "--quiet", "--template=", "--initial-branch=main")
	if err := os.WriteFile(filepath.Join(d.dir, "definitions.yaml"), []byte(kinds.text), 0o600); err != nil {
		t.Fatal(err)
	}
	s.cluster = d
	return s
}

func (d *dump) settings() (cluster, git map[string]any) {
	return map[string]any{"dump": d.dir}, map[string]any{"url": "file://" + d.site.tree.dir}
}

func (d *dump) find(ref hedgehog.Ref) int {
	return slices.IndexFunc(d.live, func(o map[string]any) bool { return hedgehog.RefOf(o) == ref })
}

func (d *dump) get(ref hedgehog.Ref) map[string]any {
	if i := d.find(ref); i >= 0 {
		return hedgehog.Clone(d.live[i]).(map[string]any)
	}
	return nil
}

func (d *dump) options(manager string) hedgehog.LiveOptions {
	o := hedgehog.LiveOptions{Now: d.site.now(), Manager: manager, Hydration: d.plan}
	switch {
	case manager != "":
		o.Method = hedgehog.Post
	case d.client:
		o.Method = hedgehog.ClientSideApply
	default:
		o.Application = d.site.name
	}
	return o
}

// sync is what an engine does: apply every document, prune what it once applied.
func (d *dump) sync() {
	d.t.Helper()
	wanted := map[hedgehog.Ref]bool{}
	var docs []map[string]any
	err := filepath.WalkDir(d.site.path("."), func(name string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || !slices.Contains([]string{".yaml", ".yml"}, filepath.Ext(name)) {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		docs = append(docs, documents(d.t, string(text))...)
		return nil
	})
	if err != nil {
		d.t.Fatal(err)
	}
	for _, o := range docs {
		ref := d.site.refOf(o)
		if !strings.HasSuffix(ref.Group, ".githedgehog.com") {
			continue
		}
		wanted[ref] = true
		d.applied[ref] = true
		d.apply(ref, o)
	}
	for ref := range d.applied {
		if i := d.find(ref); i >= 0 && !wanted[ref] {
			d.live = slices.Delete(d.live, i, i+1)
			delete(d.applied, ref)
		}
	}
	d.write()
}

func (d *dump) apply(ref hedgehog.Ref, manifest map[string]any) {
	i := d.find(ref)
	switch {
	case i < 0:
		d.uids++
		o := d.options("")
		o.UID = func(r hedgehog.Ref) string { return fmt.Sprintf("%s-%d", r.Name, d.uids) }
		d.add(hedgehog.Live(manifest, o))
	case d.client:
		d.kubectlApply(i, manifest)
	default:
		d.live[i] = hedgehog.Reapply(d.live[i], manifest, d.options(""))
		d.kinds.prune(d.live[i])
	}
}

func (d *dump) add(o map[string]any) {
	d.kinds.prune(o)
	d.live = append(d.live, o)
}

// kubectlApply sets what a manifest sets and writes down that it did.
func (d *dump) kubectlApply(i int, manifest map[string]any) {
	text, err := json.Marshal(manifest)
	if err != nil {
		d.t.Fatal(err)
	}
	patch := hedgehog.Clone(manifest).(map[string]any)
	meta, _ := patch["metadata"].(map[string]any)
	delete(meta, "namespace")
	notes, _ := meta["annotations"].(map[string]any)
	meta["annotations"] = maps.Collect(maps.All(notes))
	if notes == nil {
		meta["annotations"] = map[string]any{}
	}
	meta["annotations"].(map[string]any)["kubectl.kubernetes.io/last-applied-configuration"] = string(text) + "\n"
	hedgehog.EditLiveAll(d.live[i], edits(d.live[i], patch, nil), "kubectl-client-side-apply", d.site.now())
	d.kinds.prune(d.live[i])
}

// edits are those that a merge patch makes of an object.
func edits(o any, patch map[string]any, at hedgehog.Path) []hedgehog.Edit {
	var all []hedgehog.Edit
	now, _ := o.(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(patch)) {
		p := append(at[:len(at):len(at)], key)
		below, isMap := patch[key].(map[string]any)
		_, has := now[key].(map[string]any)
		switch {
		case patch[key] == nil:
			all = append(all, hedgehog.Edit{Path: p, Remove: true})
		case isMap && has:
			all = append(all, edits(now[key], below, p)...)
		default:
			all = append(all, hedgehog.Edit{Path: p, Value: patch[key]})
		}
	}
	return all
}

func (d *dump) do(c change) {
	d.t.Helper()
	i := d.find(c.ref)
	if i < 0 && !slices.Contains([]string{"create", "apply", "unreadable", "readable"}, c.verb) {
		d.t.Fatalf("%s: %s %s: the cluster does not have it", d.site, c.verb, c.ref)
	}
	switch c.verb {
	case "patch":
		all := edits(d.live[i], c.object, nil)
		if c.by != "" {
			hedgehog.EditLiveAll(d.live[i], all, c.by, d.site.now())
		} else {
			for _, e := range all {
				hedgehog.EditGit(d.live[i], e) // as a webhook does: nobody is written down
			}
		}
		d.kinds.prune(d.live[i])
	case "create":
		d.add(hedgehog.Live(c.object, d.options(c.by)))
	case "apply":
		if i < 0 {
			d.add(hedgehog.Live(c.object, hedgehog.LiveOptions{Now: d.site.now(), Method: hedgehog.ClientSideApply}))
		} else {
			d.kubectlApply(i, c.object)
		}
	case "delete":
		d.live = slices.Delete(d.live, i, i+1)
	case "recreate":
		d.live = slices.Delete(d.live, i, i+1)
		d.sync()
	case "terminate":
		meta := d.live[i]["metadata"].(map[string]any)
		meta["deletionTimestamp"] = d.site.now().UTC().Format(time.RFC3339)
		meta["deletionGracePeriodSeconds"] = int64(0)
		meta["finalizers"] = []any{"example.net/wait"}
	case "forget":
		delete(d.live[i]["metadata"].(map[string]any), "managedFields")
	case "unreadable", "readable":
		d.broken = c.verb == "unreadable"
	default:
		d.t.Fatalf("a dump knows no %q", c.verb)
	}
	d.write()
}

// write writes the folder.
func (d *dump) write() {
	d.t.Helper()
	text, err := json.Marshal(map[string]any{"apiVersion": "v1", "kind": "List", "items": d.live})
	if err != nil {
		d.t.Fatal(err)
	}
	if d.broken {
		text = text[:len(text)/2]
	}
	if err := os.WriteFile(filepath.Join(d.dir, "objects.json"), text, 0o600); err != nil {
		d.t.Fatal(err)
	}
}
