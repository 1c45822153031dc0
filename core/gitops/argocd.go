package gitops

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gobwas/glob"

	"selvage/core"
)

// Where Argo CD keeps what it knows.
const (
	argoGroup     = "argoproj.io"
	argoNamespace = "argocd"
)

// applications are the Application objects of Argo CD, from one of the two APIs
// that have them.
type applications interface {
	list(ctx context.Context, namespace string) ([]node, error)
	get(ctx context.Context, namespace, name string) (node, error)
	// windows are the sync windows that hold for an app.
	windows(ctx context.Context, app node) (windows, error)
}

// kubeApplications are those of the Kubernetes API that Argo CD runs in.
type kubeApplications struct{ objects Objects }

func (k kubeApplications) list(ctx context.Context, namespace string) ([]node, error) {
	return nodes(k.objects.List(ctx, argoGroup, "applications", namespace))
}

func (k kubeApplications) get(ctx context.Context, namespace, name string) (node, error) {
	return k.objects.Get(ctx, argoGroup, "applications", namespace, name)
}

func nodes(objects []map[string]any, err error) ([]node, error) {
	all := make([]node, len(objects))
	for i, o := range objects {
		all[i] = o
	}
	return all, err
}

// windows come from the app's project, which is in the namespace of Argo CD
// itself.
func (k kubeApplications) windows(ctx context.Context, app node) (windows, error) {
	namespace := app.text("status", "controllerNamespace")
	if namespace == "" {
		namespace = app.namespace()
	}
	project := app.text("spec", "project")
	if project == "" {
		project = "default"
	}
	p, err := k.objects.Get(ctx, argoGroup, "appprojects", namespace, project)
	switch {
	case errors.Is(err, core.ErrNotFound), errors.Is(err, core.ErrUnserved):
		return windows{}, nil // it can have none
	case err != nil:
		return windows{}, err
	}
	return projectWindows(p, app), nil
}

type argo struct {
	applications
	config Config
}

func argoAdapter(apps applications, c Config) adapter {
	return adapter{
		engine: argo{apps, c}, word: core.ArgoCD, kind: "Application", resource: "applications." + argoGroup, namespace: argoNamespace,
		sketchy: c.Objects == nil,
	}
}

// sources are the directories of an app in its order. A source that only lends
// its files to another one is none.
func (a argo) sources(_ context.Context, app node, _ func(string) bool) []source {
	spec := app.in("spec")
	list := spec.list("sources")
	switch {
	case spec.has("sourceHydrator"):
		dry, sync := spec.in("sourceHydrator", "drySource"), spec.in("sourceHydrator", "syncSource")
		url := sync.text("repoURL")
		if url == "" {
			url = dry.text("repoURL")
		}
		list = []node{{"repoURL": url, "path": sync.text("path"), "targetRevision": sync.text("targetBranch")}}
	case len(list) == 0 && spec.has("source"):
		list = []node{spec.in("source")}
	}
	several := len(spec.list("sources")) > 0 && !spec.has("sourceHydrator")
	var all []source
	for i, s := range list {
		if s.text("ref") != "" && s.text("path") == "" && s.text("chart") == "" {
			continue
		}
		kind := app.text("status", "sourceType")
		if kinds := app.texts("status", "sourceTypes"); several && i < len(kinds) {
			kind = kinds[i]
		}
		src := argoSource(s, kind)
		src.index = i
		src.Wanted = revision(app.in("status", "sync"), i, several)
		src.Applied, src.AppliedAt = applied(app, src, several)
		if last := app.in("status", "operationState"); src.Applied == "" && whole(last) && !app.has("status", "history") {
			src.Applied, src.AppliedAt = revision(last.in("syncResult"), i, several), last.when("finishedAt")
		}
		if app.text("status", "sync", "status") == "Synced" && src.Wanted != "" && src.Applied != "" {
			// Argo CD does not sync what changes nothing for it: it is at what it
			// compared, whenever it wrote last.
			src.Applied = src.Wanted
		}
		all = append(all, src)
	}
	return all
}

// revision is that of one source in a status, a result or an entry of the
// history.
func revision(n node, index int, several bool) string {
	if !several {
		return n.text("revision")
	}
	if all := n.texts("revisions"); index < len(all) {
		return all[index]
	}
	return ""
}

// applied is what the history says last: only what was applied whole is in it.
// Where the app applied another directory then, it says nothing of this one.
func applied(app node, s source, several bool) (commit string, at time.Time) {
	history := app.list("status", "history")
	if len(history) == 0 {
		return "", at
	}
	last := history[len(history)-1]
	from := last.in("source")
	if list := last.list("sources"); several && s.index < len(list) {
		from = list[s.index]
	}
	if url := from.text("repoURL"); url != "" && (!core.SameRepository(url, s.URL) || folder(from.text("path")) != s.Path) {
		return "", at
	}
	return revision(last, s.index, several), last.when("deployedAt")
}

// whole tells whether an operation applied everything.
func whole(op node) bool {
	sync := op.in("operation", "sync")
	return op.text("phase") == "Succeeded" && !sync.flag("dryRun") && len(sync.list("resources")) == 0
}

// argoSource is a source as the spec has it; kind is what Argo CD found it to be.
func argoSource(s node, kind string) source {
	src := source{
		EngineSource: core.EngineSource{URL: s.text("repoURL"), Path: folder(s.text("path")), Target: s.text("targetRevision")},
		types:        []string{".yaml", ".yml", ".json", ".jsonnet"},
	}
	switch {
	case s.text("chart") != "":
		src.foreign, src.Renders = fmt.Sprintf("the Helm chart %s", oneLine(s.text("chart"))), "helm"
		src.URL, src.Path = "", ""
		return src
	case strings.HasPrefix(src.URL, "oci://"):
		src.foreign = bare(src.URL)
		return src
	case s.has("plugin") || kind == "Plugin":
		src.Renders, src.alters = "plugin", "a config management plugin renders it"
	case s.has("helm") || kind == "Helm":
		src.Renders, src.alters = "helm", "Helm renders it"
	case s.has("kustomize") || kind == "Kustomize":
		src.Renders, src.types, src.alters = "kustomize", nil, kustomizes(s.in("kustomize"))
	default:
		src.directory(s.in("directory"))
	}
	return src
}

// kustomizes says which settings have kustomize make other objects; "" for none.
// What a kustomization.yaml does is seen by whoever reads Git.
func kustomizes(options node) string {
	var set []string
	for _, field := range []string{"namePrefix", "nameSuffix", "namespace", "patches", "components", "commonLabels", "commonAnnotations", "replicas", "images"} {
		switch v := options[field].(type) {
		case nil:
		case string:
			if v != "" {
				set = append(set, field)
			}
		case []any:
			if len(v) > 0 {
				set = append(set, field)
			}
		case map[string]any:
			if len(v) > 0 {
				set = append(set, field)
			}
		}
	}
	if len(set) == 0 {
		return ""
	}
	return "kustomize sets " + strings.Join(set, ", ")
}

// directory takes what a source of plain files says about which of them it
// reads. Its globs know no folders: * matches slashes too.
func (s *source) directory(d node) {
	s.recurse = d.flag("recurse")
	if d.flag("disableExtensionFilter") {
		s.types = nil
	}
	if d.has("jsonnet", "tlas") || d.has("jsonnet", "extVars") || d.has("jsonnet", "libs") {
		s.besides = append(s.besides, "also applies what it makes of .jsonnet files")
	}
	include, exclude := d.text("include"), d.text("exclude")
	if s.recurse && include == "" && exclude == "" {
		return
	}
	base, recurse := s.Path, s.recurse
	included, excluded := matcher(include), matcher(exclude)
	s.leaves = func(file string) string {
		rel, _ := within(base, file)
		rel = strings.TrimPrefix(rel, "/")
		switch {
		case !recurse && strings.Contains(rel, "/"):
			return "argocd reads no subfolders: directory.recurse is off"
		case exclude != "" && excluded(rel):
			return fmt.Sprintf("argocd leaves it out: directory.exclude is %q", exclude)
		case include != "" && !included(rel):
			return fmt.Sprintf("argocd leaves it out: directory.include is %q", include)
		}
		return ""
	}
}

// matcher is a glob as Argo CD has them. One that does not parse matches nothing.
func matcher(pattern string) func(string) bool {
	g, err := glob.Compile(pattern)
	if err != nil {
		return func(string) bool { return false }
	}
	return g.Match
}
