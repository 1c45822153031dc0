// Package bench measures the built program on the lab beside a peer, in the
// same run. Its figures are ratios: the machine's own speed is in both parts.
package bench

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"selvage/testdata/hedgehog"
	"selvage/testdata/labtest"
)

// objects is the size of the measured fabric.
const objects = 1000

// cost is what one run of a command took.
type cost struct {
	wall time.Duration
	kib  int64 // largest resident set
}

// run runs a command to its end. An exit code other than 0 is no failure: both
// programs tell differences by it.
func run(b *testing.B, cmd *exec.Cmd) cost {
	b.Helper()
	started := time.Now()
	err := cmd.Run()
	took := time.Since(started)
	var exited *exec.ExitError
	if err != nil && (!errors.As(err, &exited) || exited.ExitCode() > 1) {
		b.Fatalf("%v: %v", cmd.Args, err)
	}
	usage, _ := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return cost{wall: took, kib: usage.Maxrss}
}

// BenchmarkStatusBesideKubectlDiff compares one fabric of 1,000 objects, a few
// of them drifted, with its files in Git: once by selvage status as a process
// of its own, its store warm, and once by kubectl diff.
func BenchmarkStatusBesideKubectlDiff(b *testing.B) {
	lab := labtest.Start(b)
	cluster, repo := lab.NewCluster(b), lab.Repo(b)
	fabric := hedgehog.Generate(hedgehog.Sized(1, objects))
	for _, f := range fabric.Files(hedgehog.PerObject) {
		repo.Write("fabric/"+f.Path, string(f.Content))
	}
	repo.Commit("the fabric as it was built")
	cluster.Engine(b, repo, "main", "fabric", labtest.EngineOptions{}).Sync(b)

	dir := b.TempDir()
	binary := filepath.Join(dir, "selvage")
	if out, err := exec.CommandContext(b.Context(), "go", "build", "-o", binary, "selvage/cmd/selvage").CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	config := fmt.Sprintf(`
state: {dir: ./state}
fabrics:
  - name: lab
    cluster: {cluster_name: lab, namespace: %s, kubeconfig: %q}
    git: {url: %q, branch: main, path: fabric, username: %q, password_env: GIT_PASSWORD}
`, cluster.Namespace, cluster.ReaderKubeconfig, repo.URL, repo.ReadUser)
	if err := os.WriteFile(filepath.Join(dir, "selvage.yaml"), []byte(config), 0o600); err != nil {
		b.Fatal(err)
	}
	status := func() cost {
		cmd := exec.CommandContext(b.Context(), binary, "--config", filepath.Join(dir, "selvage.yaml"), "status", "--exit-code")
		cmd.Env = []string{"HOME=" + dir, "PATH=" + os.Getenv("PATH"), "GIT_PASSWORD=" + repo.ReadPassword}
		return run(b, cmd)
	}
	first := status()
	cluster.Kubectl(b, "label", "server", "--all", "bench=drift")
	var ours, theirs cost
	for b.Loop() {
		c := status()
		ours.wall, ours.kib = ours.wall+c.wall, max(ours.kib, c.kib)
		d := run(b, exec.CommandContext(b.Context(), lab.Kubectl(), "--kubeconfig", cluster.OperatorKubeconfig,
			"diff", "-R", "-f", filepath.Join(repo.Dir, "fabric")))
		theirs.wall, theirs.kib = theirs.wall+d.wall, max(theirs.kib, d.kib)
	}
	n := time.Duration(b.N)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(first.wall.Milliseconds()), "selvage-first-ms")
	b.ReportMetric(float64((ours.wall / n).Milliseconds()), "selvage-ms")
	b.ReportMetric(float64((theirs.wall / n).Milliseconds()), "kubectl-diff-ms")
	b.ReportMetric(float64(theirs.wall)/float64(ours.wall), "times-faster")
	b.ReportMetric(float64(ours.kib)/1024, "selvage-MiB")
	b.ReportMetric(float64(theirs.kib)/1024, "kubectl-diff-MiB")
}
