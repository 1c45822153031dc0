package gitops

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing/format/gitignore"

	"selvage/core"
)

// Where Flux keeps what it knows.
const (
	fluxGroup       = "kustomize.toolkit.fluxcd.io"
	fluxSourceGroup = "source.toolkit.fluxcd.io"
	fluxNamespace   = "flux-system"
)

type flux struct {
	objects Objects
	cluster Cluster
	now     func() time.Time
}

func fluxAdapter(c Config) adapter {
	return adapter{engine: flux{c.Objects, c.Cluster, c.Now}, word: core.Flux, kind: "Kustomization", resource: "kustomizations." + fluxGroup, namespace: fluxNamespace}
}

func (f flux) list(ctx context.Context, namespace string) ([]node, error) {
	return nodes(f.objects.List(ctx, fluxGroup, "kustomizations", namespace))
}

func (f flux) get(ctx context.Context, namespace, name string) (node, error) {
	return f.objects.Get(ctx, fluxGroup, "kustomizations", namespace, name)
}

// repository is the GitRepository that an app reads from.
func (f flux) repository(ctx context.Context, app node) (node, error) {
	namespace, name := sourceRef(app)
	return f.objects.Get(ctx, fluxSourceGroup, "gitrepositories", namespace, name)
}

func sourceRef(app node) (namespace, name string) {
	ref := app.in("spec", "sourceRef")
	namespace = ref.text("namespace")
	if namespace == "" {
		namespace = app.namespace()
	}
	return namespace, ref.text("name")
}

// sources is the one directory that a Kustomization applies.
func (f flux) sources(ctx context.Context, app node, near func(string) bool) []source {
	status := app.in("status")
	src := source{
		EngineSource: core.EngineSource{Path: folder(app.text("spec", "path"))},
		recurse:      true,
		types:        []string{".yaml", ".yml"},
		alters:       f.alters(app.in("spec")),
	}
	src.Applied, src.AppliedAt = fluxApplied(status)
	if kind := app.text("spec", "sourceRef", "kind"); kind != "GitRepository" {
		_, name := sourceRef(app)
		src.foreign = oneLine(kind + " " + name)
		return []source{src}
	}
	if !near(src.Path) {
		return []source{src}
	}
	repo, err := f.repository(ctx, app)
	if err != nil {
		src.unread = err
		return []source{src}
	}
	src.repository = repo
	src.URL, src.Target = repo.text("spec", "url"), fluxTarget(repo.in("spec", "ref"))
	src.Wanted = fluxCommit(repo.text("status", "artifact", "revision"))
	src.ignore(repo.in("spec"))
	for _, include := range repo.list("spec", "include") {
		to := include.text("toPath")
		if to == "" {
			to = include.text("repository", "name")
		}
		if relate(src.Path, folder(to)) != apart {
			src.besides = append(src.besides, fmt.Sprintf("also applies what GitRepository %s puts into %s", oneLine(include.text("repository", "name")), folder(to)))
		}
	}
	return []source{src}
}

// fluxTarget is what a GitRepository follows. Of what its reference says the
// more exact counts.
func fluxTarget(ref node) string {
	for _, key := range []string{"commit", "name", "semver", "tag", "branch"} {
		if v := ref.text(key); v != "" {
			return v
		}
	}
	return "master"
}

// fluxCommit is the commit in a revision: "main@sha1:9b1d0aa…", before Flux 2
// "main/9b1d0aa…". It is "" where that is of no Git repository.
func fluxCommit(revision string) string {
	if _, sum, found := strings.Cut(revision, "sha1:"); found {
		return sum
	}
	if strings.Contains(revision, ":") {
		return ""
	}
	return revision[strings.LastIndexByte(revision, '/')+1:]
}

// alters says what makes other objects of the manifests; "" for nothing. What a
// kustomization.yaml does is seen by whoever reads Git.
func (f flux) alters(spec node) string {
	var set []string
	for _, field := range []string{"namePrefix", "nameSuffix", "targetNamespace"} {
		v := spec.text(field)
		if v != "" && (field != "targetNamespace" || v != f.cluster.Namespace) {
			set = append(set, "spec."+field)
		}
	}
	for _, field := range []string{"patches", "components"} {
		if items, _ := spec[field].([]any); len(items) > 0 {
			set = append(set, "spec."+field)
		}
	}
	if spec.has("postBuild") {
		set = append(set, "spec.postBuild")
	}
	if len(set) == 0 {
		return ""
	}
	return strings.Join(set, ", ") + " is set"
}

// ignored are the files that source-controller leaves out unless it is told
// otherwise, as far as they could be manifests.
func ignored() []string {
	return []string{
		".git/", ".github/", ".circleci/", ".travis.yml", ".gitlab-ci.yml", "appveyor.yml", ".drone.yml", "cloudbuild.yaml",
		"codeship-services.yml", "codeship-steps.yml", "**/.goreleaser.yml", "**/.sops.yaml", "**/.flux.yaml",
	}
}

// ignore takes what a GitRepository says about the files that it leaves out. A
// .sourceignore in the repository is not seen.
func (s *source) ignore(spec node) {
	text, sparse := spec.text("ignore"), spec.texts("sparseCheckout")
	if text == "" && len(sparse) == 0 {
		return
	}
	var patterns []gitignore.Pattern
	for _, line := range slices.Concat(ignored(), strings.Split(text, "\n")) {
		line = strings.TrimSuffix(line, "\r")
		if !strings.HasPrefix(line, "#") && strings.TrimSpace(line) != "" {
			patterns = append(patterns, gitignore.ParsePattern(line, nil))
		}
	}
	match := gitignore.NewMatcher(patterns)
	s.leaves = func(file string) string {
		out := func(dir string) bool { _, in := within(folder(dir), file); return !in }
		switch {
		case len(sparse) > 0 && !slices.ContainsFunc(sparse, func(dir string) bool { return !out(dir) }):
			return "flux does not read it: spec.sparseCheckout of its GitRepository has " + oneLine(strings.Join(sparse, ", "))
		case match.Match(strings.Split(file, "/"), false):
			return "flux leaves it out: spec.ignore of its GitRepository"
		}
		return ""
	}
}

// fluxApplied is what was applied whole last. Where only the health of what was
// applied is in doubt, or still looked at, that is the last attempt.
func fluxApplied(status node) (commit string, at time.Time) {
	attempted := status.text("lastAttemptedRevision")
	revision := status.text("lastAppliedRevision")
	app := node{"status": map[string]any(status)}
	healthy := app.condition("Healthy")
	switch {
	case attempted == "":
	case app.condition("Ready").text("reason") == "HealthCheckFailed":
		revision = attempted
	case healthy.text("status") == "Unknown" && strings.Contains(healthy.text("message"), attempted):
		revision = attempted
	}
	if revision == "" {
		return "", time.Time{}
	}
	for _, h := range status.list("history") {
		if h.text("metadata", "revision") == revision && (h.text("lastReconciledStatus") == "ReconciliationSucceeded" || h.text("lastReconciledStatus") == "HealthCheckFailed") {
			return fluxCommit(revision), h.when("lastReconciled")
		}
	}
	return fluxCommit(revision), time.Time{}
}
