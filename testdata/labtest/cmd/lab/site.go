package main

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"selvage/testdata/hedgehog"
	"selvage/testdata/labtest/client"
)

// mood says how a fabric of the lab fares.
type mood struct {
	name    string
	what    string // for people
	spec    hedgehog.Spec
	layout  hedgehog.Layout
	engine  string // its type
	options client.EngineOptions
	unrest  func(context.Context, *site) error // what happens after git and live agreed; nil for nothing
}

func moods() []mood {
	return []mood{
		{
			name: "frontend", what: "calm: Argo CD heals whatever is changed", spec: hedgehog.Small(1), layout: hedgehog.Mixed,
			engine: "argocd", options: client.EngineOptions{Auto: true, SelfHeal: true, Prune: true, HealAfter: 5 * time.Second},
		},
		{
			name: "backend-a", what: "drifting: people edit it past Git, Argo CD heals nothing and gave up on a VPC", spec: hedgehog.Sized(2, 300),
			layout: hedgehog.PerObject, engine: "argocd", options: client.EngineOptions{
				Auto: true, Prune: true, Retry: &client.EngineRetry{Limit: 2, Duration: time.Second},
			},
			unrest: drifting,
		},
		{
			name: "backend-b", what: "half broken: Flux cannot build a bad file, a kind is gone, an edit", spec: hedgehog.Sized(3, 150),
			layout: hedgehog.PerTier, engine: "flux", options: client.EngineOptions{Prune: true},
			unrest: broken,
		},
	}
}

// site is one fabric of the lab: a cluster, a repository, an engine between.
type site struct {
	mood    mood
	session *client.Session
	cluster client.Cluster
	repo    client.Repo
	engine  client.Ref
	fabric  hedgehog.Fabric
	tree    string // work tree of the repository
}

// build makes a fabric and has the engine apply it.
func build(ctx context.Context, s *client.Session, m mood, dir string) (*site, error) {
	f := &site{mood: m, session: s, fabric: hedgehog.Generate(m.spec), tree: filepath.Join(dir, m.name)}
	var err error
	if f.cluster, err = client.Ask[client.Cluster](ctx, s, client.VerbClusterOpen, client.OpenCluster{Own: true, Name: m.name, Validate: true}); err != nil {
		return nil, err
	}
	if f.repo, err = client.Ask[client.Repo](ctx, s, client.VerbRepoCreate, client.CreateRepo{Name: m.name}); err != nil {
		return nil, err
	}
	if err := f.clone(ctx); err != nil {
		return nil, err
	}
	for _, file := range f.fabric.Files(m.layout) {
		if file.Example {
			continue
		}
		if err := f.write(file.Path, string(file.Content)); err != nil {
			return nil, err
		}
	}
	if err := f.commit(ctx, "the fabric as it was built"); err != nil {
		return nil, err
	}
	f.engine, err = client.Ask[client.Ref](ctx, s, client.VerbEngineStart, client.StartEngine{
		Type: m.engine, Name: m.name, Cluster: f.cluster.ID, Repo: f.repo.ID, Branch: "main", Path: "fabric", Namespace: f.cluster.Namespace,
		Options: m.options,
	})
	if err != nil {
		return nil, err
	}
	return f, f.sync(ctx)
}

func (f *site) sync(ctx context.Context) error {
	state, err := client.Ask[client.EngineState](ctx, f.session, client.VerbEngineSync, client.SyncEngine{ID: f.engine.ID})
	if err == nil && state.Phase != "Succeeded" {
		err = fmt.Errorf("sync %s: %s %s", f.mood.name, state.Phase, state.Message)
	}
	return err
}

// settled waits until the engine is through with the commit that is pushed: it
// applied it or gave up.
func (f *site) settled(ctx context.Context) error {
	head, err := f.gitOutput(ctx, "rev-parse", "HEAD")
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		state, err := client.Ask[client.EngineState](ctx, f.session, client.VerbEngineState, client.Ref{ID: f.engine.ID})
		if err != nil {
			return err
		}
		if state.Revision == head && state.Phase != "Running" {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for the engine of %s: %s %s: %w", f.mood.name, state.Phase, state.Message, ctx.Err())
		case <-tick.C:
		}
	}
}

func (f *site) clone(ctx context.Context) error {
	remote, err := url.Parse(f.repo.URL)
	if err != nil {
		return err
	}
	remote.User = url.UserPassword(f.repo.Pusher.User, f.repo.Pusher.Password)
	if err := os.MkdirAll(f.tree, 0o755); err != nil {
		return err
	}
	if err := f.git(ctx, "init", "--quiet", "--initial-branch=main"); err != nil {
		return err
	}
	return f.git(ctx, "remote", "add", "origin", remote.String())
}

func (f *site) write(name, content string) error {
	file := filepath.Join(f.tree, "fabric", filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(content), 0o644)
}

func (f *site) commit(ctx context.Context, message string) error {
	if err := f.git(ctx, "add", "--all"); err != nil {
		return err
	}
	if err := f.git(ctx, "commit", "--quiet", "-m", message); err != nil {
		return err
	}
	return f.git(ctx, "push", "--quiet", "origin", "main")
}

func (f *site) git(ctx context.Context, args ...string) error {
	_, err := f.gitOutput(ctx, args...)
	return err
}

// gitOutput is git with what it printed.
func (f *site) gitOutput(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = f.tree
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0",
		"GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.net", "GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.net")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("git %s: %w: %s", args[0], err, bytes.TrimSpace(out))
	}
	return strings.TrimSpace(string(out)), nil
}

// kubectl runs kubectl as an operator.
func (f *site) kubectl(ctx context.Context, args ...string) error {
	args = append([]string{"--kubeconfig", f.cluster.Operator.Kubeconfig}, args...)
	if out, err := exec.CommandContext(ctx, f.session.Programs.Kubectl, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("kubectl %s: %w: %s", strings.Join(args[2:], " "), err, bytes.TrimSpace(out))
	}
	return nil
}

// edit changes a field as kubectl edit does.
func (f *site) edit(ctx context.Context, kind, name, patch string) error {
	return f.kubectl(ctx, "patch", kind, name, "--type=merge", "--field-manager=kubectl-edit", "-p", patch)
}

// nth is the name of the nth object of a kind.
func (f *site) nth(kind string, n int) string {
	for _, o := range f.fabric.Objects {
		if o["kind"] != kind {
			continue
		}
		if n == 0 {
			return hedgehog.RefOf(o).Name
		}
		n--
	}
	return ""
}

// config is the fabric's part of a configuration.
func (f *site) config() string {
	return fmt.Sprintf(`  - name: %s
    description: %q
    cluster: {cluster_name: %s, namespace: %s, kubeconfig: %q}
    git: {url: %q, branch: main, path: fabric, username: %q, password_file: %q}
`, f.mood.name, f.mood.what, f.mood.name, f.cluster.Namespace, f.cluster.Reader.Kubeconfig,
		f.repo.URL, f.repo.Pusher.User, f.tree+".password")
}
