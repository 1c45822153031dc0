package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"

	"selvage/testdata/labtest/agent"
)

// heartbeat is how often the agents of a real fabric report.
const heartbeat = 15 * time.Second

// staff gives every switch of the fabrics an agent that reports from then on,
// until ctx ends or stop is called, which waits for it.
func staff(ctx context.Context, sites []*site) (stop func() error, err error) {
	ctx, cancel := context.WithCancel(ctx)
	var ends []chan error
	stop = func() error {
		cancel()
		var all error
		for _, end := range ends {
			all = errors.Join(all, <-end)
		}
		return all
	}
	for _, f := range sites {
		s, err := newStaff(f)
		if err == nil {
			err = s.report(ctx, time.Now())
		}
		if err != nil {
			return nil, errors.Join(err, stop())
		}
		end := make(chan error, 1)
		ends = append(ends, end)
		go func() { end <- s.goOn(ctx) }()
	}
	return stop, nil
}

// agents are those of one fabric.
type agents struct {
	site    *site
	cluster dynamic.Interface
	runs    map[string]agent.Status // by switch, what was reported last
	told    map[string]int64        // by switch, the generation that was made last
}

func newStaff(f *site) (*agents, error) {
	d, err := dynamic.NewForConfig(&rest.Config{
		Host: f.cluster.Server, BearerToken: f.cluster.Operator.Token, QPS: -1, UserAgent: "lab",
		TLSClientConfig: rest.TLSClientConfig{CAFile: f.cluster.CAFile},
	})
	if err != nil {
		return nil, fmt.Errorf("make a client of %s: %w", f.mood.name, err)
	}
	return &agents{site: f, cluster: d, runs: map[string]agent.Status{}, told: map[string]int64{}}, nil
}

func (a *agents) goOn(ctx context.Context) error {
	tick := time.NewTicker(heartbeat)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-tick.C:
			if err := a.report(ctx, now); err != nil && ctx.Err() == nil {
				return err
			}
		}
	}
}

// report tells every agent how its switch is to be, and has it report that it
// runs what it was told the time before.
func (a *agents) report(ctx context.Context, now time.Time) error {
	switches := schema.GroupVersionResource{Group: "wiring.githedgehog.com", Version: "v1beta1", Resource: "switches"}
	list, err := a.cluster.Resource(switches).Namespace(a.site.cluster.Namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return fmt.Errorf("list the switches of %s: %w", a.site.mood.name, err)
	}
	for i, s := range list.Items {
		spec, _ := s.Object["spec"].(map[string]any)
		var want agent.Spec
		want.Role, _ = spec["role"].(string)
		want.Description, _ = spec["description"].(string)
		if err := a.reportOne(ctx, now, s.GetName(), want, a.illness(i)); err != nil {
			return err
		}
	}
	return nil
}

// illness is what ails a switch once it has reported well.
type illness int

const (
	healthy illness = iota
	silent          // nothing is heard of it
	behind          // it has to be restarted to run what it is told
)

// illness is that of the nth switch: the half broken fabric has two ill ones.
func (a *agents) illness(n int) illness {
	if a.site.mood.name != "backend-b" || n > 1 {
		return healthy
	}
	return []illness{silent, behind}[n]
}

func (a *agents) reportOne(ctx context.Context, now time.Time, name string, want agent.Spec, ill illness) error {
	status, reported := a.runs[name]
	if !reported {
		ill = healthy
	}
	if ill == behind {
		want.Description += " (to be restarted)"
	}
	generation, err := agent.Make(ctx, a.cluster, a.site.cluster.Namespace, name, want)
	if err != nil {
		return err
	}
	runs := a.told[name]
	if !reported {
		runs = generation
	}
	a.told[name] = generation
	if ill == silent {
		return nil
	}
	if status.Heartbeat, status.Reboot = now, ill == behind; ill == healthy && status.Applied != runs {
		status.Applied, status.AppliedAt = runs, now
	}
	a.runs[name] = status
	return agent.Report(ctx, a.cluster, a.site.cluster.Namespace, name, status)
}
