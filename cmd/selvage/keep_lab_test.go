package main

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"selvage/core"
	"selvage/testdata/labtest"
)

// label is a label of vpc-1 that only live has, as somebody adds it past Git.
const label = `.metadata.labels.audited`

// TestKeepingGitDoesWhatItSaysOnTheLab: before Git's value is chosen it is told
// what becomes of it, and that is then what an engine, or the command that is
// handed over, makes of it.
func TestKeepingGitDoesWhatItSaysOnTheLab(t *testing.T) {
	lab := labtest.Start(t)
	strict := lab.NewStrictCluster(t)
	p := newProgram(t)
	repo := lab.Repo(t)
	for _, name := range []string{"healing", "lazy", "hidden", "plain"} {
		repo.Write(name+"/vpc-1.yaml", commented)
		repo.Write(name+"/vpc-2.yaml", strings.NewReplacer("vpc-1", "vpc-2", "10.0.1", "10.0.2", "vlan: 10", "vlan: 20").Replace(commented))
	}
	first := repo.Commit("four halls")
	healing, lazy := newHall(t, strict, repo, p, "healing"), newHall(t, strict, repo, p, "lazy")
	healing.heals(t, true)
	other := lab.NewStrictCluster(t)
	hidden := newHall(t, other, repo, p, "hidden")
	third := lab.NewStrictCluster(t)
	plain := &hall{&engineSite{cluster: third.In(t, "plain"), repo: repo, program: p, name: "plain"}}
	plain.cluster.Engine(t, repo, "main", "plain", labtest.EngineOptions{}).Sync(t)
	p.configure(healing.config(t), lazy.config(t), hidden.config(t), plain.config(t))
	for _, h := range []*hall{healing, lazy, hidden} {
		h.engine.WaitApplied(t, first)
	}
	p.status(0)

	t.Run("an addition stays", func(t *testing.T) {
		healing.labels(t)
		said := healing.keeps(t, label)
		if !strings.Contains(said, "stays: git never had it") {
			t.Errorf("it says\n%s", said)
		}
		healing.engine.Sync(t)
		repo.Write("healing/readme.yaml", "# nothing\n")
		second := repo.Commit("one more commit")
		healing.engine.WaitApplied(t, second)
		lazy.engine.WaitApplied(t, second)
		if !healing.labelled(t) {
			t.Error("the engine has taken it away")
		}
		// A client-side apply of the same manifest leaves it alone, too.
		plain.labels(t)
		if said := plain.keeps(t, label); !strings.Contains(said, "kubectl patch") {
			t.Errorf("without an engine it says\n%s", said)
		}
		if _, err := plain.cluster.TryKubectl(commented, "apply", "-f", "-"); err != nil {
			t.Fatal(err)
		}
		if !plain.labelled(t) {
			t.Error("an apply has taken it away")
		}
	})

	t.Run("self-heal restores", func(t *testing.T) {
		healing.engine.Set(t, labtest.EngineOptions{Auto: true, Prune: true}) // long enough to see the edit
		labtest.Eventually(t, "the edit is seen", func() error {
			healing.vlan(t, "web", 1311) // again, for a sync that began before may undo it
			_, err := healing.isNow(t, "VPC/vpc-1", core.Drifted)
			return err
		})
		healing.heals(t, true)
		labtest.Eventually(t, "it is told, or has happened", func() error {
			out, errs, code := p.run("resolve", "healing", "VPC/vpc-1", "--field", ".spec.subnets.web.vlan", "--take", "git")
			if code == 0 && strings.Contains(out, "self-heal is on") || strings.Contains(errs, "does not differ") || strings.Contains(errs, "say the same") {
				return nil
			}
			return fmt.Errorf("it says %s%s", out, errs)
		})
		healing.says(t, "web", 1011)
	})

	t.Run("nothing happens without a commit or a sync", func(t *testing.T) {
		lazy.engine.SyncAs(t, "olga", false) // else the commit that changed nothing here undoes it
		lazy.vlan(t, "web", 1411)
		said := lazy.keeps(t, ".spec.subnets.web.vlan")
		if !strings.Contains(said, "nothing happens before the next commit") || !strings.Contains(said, "argocd app sync lazy --resource vpc.githedgehog.com:VPC:lazy/vpc-1") {
			t.Errorf("it says\n%s", said)
		}
		if o := lazy.is(t, "VPC/vpc-1", core.Pending); !strings.Contains(o.Reason, "git was chosen") {
			t.Errorf("the reason is %q", o.Reason)
		}
		lazy.engine.SyncAs(t, "olga", false)
		lazy.is(t, "VPC/vpc-1", core.InSync)
	})

	t.Run("it depends on self-heal", func(t *testing.T) {
		hidden.engine.SyncAs(t, "olga", false)
		hidden.vlan(t, "web", 1511)
		other.HideEngines(t)
		if said := hidden.keeps(t, ".spec.subnets.web.vlan"); !strings.Contains(said, "a self-healing one puts git's value back") {
			t.Errorf("it says\n%s", said)
		}
	})

	t.Run("a command for that object alone", func(t *testing.T) {
		plain.does(t, 0, "resolve", "plain", "--drop", "--all")
		plain.vlan(t, "web", 1611)
		plain.obeys(t, plain.keeps(t, ".spec.subnets.web.vlan"))
		plain.says(t, "web", 1011)
		plain.obeys(t, plain.keeps(t, label))
		plain.is(t, "VPC/vpc-1", core.InSync)
		plain.cluster.Kubectl(t, "delete", "vpc", "vpc-2")
		plain.is(t, "VPC/vpc-2", core.Drifted)
		plain.obeys(t, plain.does(t, 0, "resolve", "plain", "VPC/vpc-2", "--take", "git"))
		plain.is(t, "VPC/vpc-2", core.InSync)
		plain.cluster.Apply(t, "kubectl-create", vpcOf("vpc-9", 9, 1709))
		plain.is(t, "VPC/vpc-9", core.OnlyLive)
		plain.obeys(t, plain.does(t, 0, "resolve", "plain", "VPC/vpc-9", "--take", "git"))
		labtest.Eventually(t, "it is gone", func() error {
			if out := plain.cluster.Kubectl(t, "get", "vpc", "-o", "name"); strings.Contains(out, "vpc-9") {
				return fmt.Errorf("there are %s", out)
			}
			return nil
		})
	})
}

// keeps takes Git's value at a place of vpc-1, and gives what is said of that.
func (h *hall) keeps(t *testing.T, path string) string {
	t.Helper()
	return h.does(t, 0, "resolve", h.name, "VPC/vpc-1", "--field", path, "--take", "git")
}

// labels has somebody add a label to vpc-1 past Git.
func (h *hall) labels(t *testing.T) {
	t.Helper()
	h.cluster.Kubectl(t, "label", "vpc", "vpc-1", "audited=yes", "--field-manager=kubectl-label")
	h.is(t, "VPC/vpc-1", core.Drifted)
}

func (h *hall) labelled(t *testing.T) bool {
	t.Helper()
	return h.cluster.Kubectl(t, "get", "vpc", "vpc-1", "-o", "jsonpath={.metadata.labels.audited}") == "yes"
}

// obeys does what a person would with the command that was handed over.
func (h *hall) obeys(t *testing.T, said string) {
	t.Helper()
	for line := range strings.Lines(said) {
		// The fabric's own kubeconfig may only read.
		kubectl := regexp.MustCompile(`kubectl( --kubeconfig \S+)?( --context \S+)? `)
		if !kubectl.MatchString(line) {
			continue
		}
		script := kubectl.ReplaceAllLiteralString(strings.TrimSpace(line), `"$KUBECTL" --kubeconfig "$CONFIG" --namespace "$NAMESPACE" `)
		cmd := exec.CommandContext(t.Context(), "sh", "-c", script)
		cmd.Dir = h.repo.Dir
		cmd.Env = append(os.Environ(), "KUBECTL="+labtest.Start(t).Kubectl(), "CONFIG="+h.cluster.OperatorKubeconfig, "NAMESPACE="+h.cluster.Namespace)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", script, err, out)
		}
		return
	}
	t.Fatalf("no command is handed over:\n%s", said)
}
