package main

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"selvage/core"
	"selvage/core/config"
)

// TestEveryKeyOfAFabricIsUsed: what a person writes changes what the engine knows of
// the fabric, or somebody else is told.
func TestEveryKeyOfAFabricIsUsed(t *testing.T) {
	dir := t.TempDir()
	read := func(key string) core.Fabric {
		t.Helper()
		name := filepath.Join(dir, "selvage.yaml")
		text := "fabrics:\n  - name: dc1\n    cluster: {cluster_name: dc1, namespace: default, dump: dc1.yaml}\n    git: {url: repo, path: dc1}\n"
		if err := os.WriteFile(name, []byte(text+key), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := config.Load(config.Options{Path: name, LookupEnv: func(string) (string, bool) { return "", false }, Home: dir})
		if err != nil {
			t.Fatalf("%s: %v", key, err)
		}
		return c.Fabrics[0].Core()
	}
	bare := read("")
	// Of every key of a fabric some value that is not the default.
	keys := map[string]string{
		"description": "of hall 1", "protected": "true", "mode": "read", "theme": "dark",
		"scope.groups": "[vpc.githedgehog.com]", "scope.kinds": "[VPC]", "scope.exclude_kinds": "[VPC]",
		"ignore": "[{kind: Switch, path: .spec.portLocators}]", "rules": "[{kind: VPC, path: .spec.a, is: ignored}]", "policy": "prefer_git",
		"check.interval": "2m", "check.stale_after": "9m",
		"sync.enabled": "false", "sync.auto": "policy", "sync.retries": "7", "sync.backoff": "7s", "sync.pending_limit": "7m",
		"engine.type": "argocd", "engine.app": "dc1", "engine.namespace": "argocd", "engine.manager": "argocd-controller",
		"engine.kubeconfig": "hub", "engine.context": "hub", "engine.api": `{server: "https://argocd.example.net"}`,
		"limits.max_delete": "7", "limits.max_change_percent": "7",
	}
	// These others are told: the runner, and what reads the GitOps engine.
	elsewhere := []string{
		"sync.auto", "sync.retries", "sync.backoff",
		"engine.type", "engine.app", "engine.namespace", "engine.kubeconfig", "engine.context", "engine.api",
	}
	for k, v := range keys {
		text := "    " + k + ": " + v + "\n"
		if part, sub, ok := strings.Cut(k, "."); ok {
			text = "    " + part + ": {" + sub + ": " + v + "}\n"
			if sub == "context" {
				text = "    engine: {kubeconfig: hub, context: hub}\n"
			}
		}
		if reflect.DeepEqual(read(text), bare) && !slices.Contains(elsewhere, k) {
			t.Errorf("%s: nobody uses it", k)
		}
	}
}
