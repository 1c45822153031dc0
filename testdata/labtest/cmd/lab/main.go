// Command lab builds the lab and starts it for people.
//
//	go run ./testdata/labtest/cmd/lab build             compile it, if that was not done yet
//	go run ./testdata/labtest/cmd/lab up                start it with three fabrics
//	go run ./testdata/labtest/cmd/lab up -- bin/selvage and open the dashboard on them
//
// The fabrics differ in size and mood (site.go). Git and live agree once, and
// the dashboard's program sees that, before anything happens to them. up alone
// prints where everything is and keeps it until it is interrupted. It has a
// directory of its own, so that it and tests leave each other alone.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"selvage/testdata/labtest/client"
)

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer cancel()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "lab:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	switch {
	case len(args) == 1 && args[0] == "build":
		programs, err := client.Build(ctx, stderr)
		if err != nil {
			return err
		}
		fmt.Fprintln(stdout, filepath.Dir(programs.Lab))
		return nil
	case len(args) == 1 && args[0] == "up":
		return up(ctx, "", stdout, stderr)
	case len(args) == 3 && args[0] == "up" && args[1] == "--":
		return up(ctx, args[2], stdout, stderr)
	}
	return errors.New("say what to do: lab build, lab up, or lab up -- PROGRAM")
}

// up runs a lab with three fabrics until ctx ends or, where a dashboard is
// named, until that is closed.
func up(ctx context.Context, dashboard string, stdout, stderr io.Writer) error {
	s, err := client.Attach(ctx, client.Options{
		Dir:    filepath.Join(os.TempDir(), "selvage-lab-"+strconv.Itoa(os.Getuid()), "up"),
		Linger: time.Second,
		Log:    stderr,
	})
	if err != nil {
		return err
	}
	defer s.Close()
	dir, err := os.MkdirTemp("", "selvage-lab-up-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	sites, err := found(ctx, s, dir, stderr)
	if err != nil {
		return err
	}
	config, err := configure(sites, dir)
	if err != nil {
		return err
	}
	if dashboard != "" {
		fmt.Fprintln(stderr, "lab: git and live agree; selvage sees it once")
		if out, err := exec.CommandContext(ctx, dashboard, "--config", config, "status").CombinedOutput(); err != nil {
			return fmt.Errorf("first check: %w: %s", err, out)
		}
	}
	for _, f := range sites {
		if f.mood.unrest == nil {
			continue
		}
		if err := f.mood.unrest(ctx, f); err != nil {
			return err
		}
	}
	stop, err := staff(ctx, sites)
	if err != nil {
		return err
	}
	if dashboard == "" {
		err = show(ctx, s, sites, config, stdout)
	} else {
		err = errors.Join(explain(s, sites, stderr), watch(ctx, dashboard, config, sites))
	}
	return errors.Join(err, stop())
}

// found builds the fabrics, one after the other.
func found(ctx context.Context, s *client.Session, dir string, stderr io.Writer) ([]*site, error) {
	var sites []*site
	for _, m := range moods() {
		fmt.Fprintf(stderr, "lab: building %s (%s)\n", m.name, m.what)
		f, err := build(ctx, s, m, dir)
		if err != nil {
			return nil, err
		}
		sites = append(sites, f)
	}
	return sites, nil
}

// configure writes the configuration over the fabrics, and what the unrest
// needs on disk.
func configure(sites []*site, dir string) (string, error) {
	var b strings.Builder
	b.WriteString("state: {dir: ./state}\ndefaults: {check: {interval: 5s}}\nfabrics:\n")
	for _, f := range sites {
		b.WriteString(f.config())
		if err := os.WriteFile(f.tree+".password", []byte(f.repo.Pusher.Password), 0o600); err != nil {
			return "", err
		}
		if err := os.WriteFile(f.tree+".debug.yaml", []byte(debugVPC), 0o644); err != nil {
			return "", err
		}
	}
	name := filepath.Join(dir, "selvage.yaml")
	return name, os.WriteFile(name, []byte(b.String()), 0o600)
}

const debugVPC = `apiVersion: vpc.githedgehog.com/v1beta1
kind: VPC
metadata: {name: debug, namespace: default}
spec: {subnets: {default: {subnet: 10.251.0.0/24, vlan: 2997}}}
`

// watch opens the dashboard while the fabrics go on.
func watch(ctx context.Context, dashboard, config string, sites []*site) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	trouble := make(chan error, 1)
	go func() { trouble <- goOn(ctx, sites) }()
	cmd := exec.CommandContext(ctx, dashboard, "--config", config)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) } // it gives the terminal back
	cmd.WaitDelay = 5 * time.Second
	err := cmd.Run()
	stop()
	return errors.Join(err, <-trouble)
}

// show tells people where everything is and waits for the end.
func show(ctx context.Context, s *client.Session, sites []*site, config string, stdout io.Writer) error {
	if err := explain(s, sites, stdout); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "\nselvage: --config %s\nInterrupt to end the lab.\n", config)
	<-ctx.Done()
	return nil
}

// explain says where everything is, and how to change it with kubectl.
func explain(s *client.Session, sites []*site, to io.Writer) error {
	table := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "FABRIC\tENGINE\tREAD ONLY\tOPERATOR\tWORK TREE")
	for _, f := range sites {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n",
			f.mood.name, f.mood.engine, f.cluster.Reader.Kubeconfig, f.cluster.Operator.Kubeconfig, f.tree)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(to, "\nTo change a fabric past Git, in another terminal:\n"+
		"  export KUBECONFIG=%s\n  %s edit switch %s\nand to see what its engine says:\n  %s get applications,kustomizations -A\n\nlog: %s\n",
		sites[0].cluster.Operator.Kubeconfig, s.Programs.Kubectl, sites[0].nth("Switch", 0), s.Programs.Kubectl, s.LogFile())
	return nil
}
