package main

import (
	"context"
	"fmt"
	"time"
)

// drifting does what people do past Git on a busy day: a changed VLAN, a label,
// a deleted attachment, a VPC made by hand, and a commit that nobody applies.
func drifting(ctx context.Context, f *site) error {
	for _, step := range []func() error{
		func() error {
			return f.edit(ctx, "switch", f.nth("Switch", 0), `{"spec":{"description":"moved to rack B14"}}`)
		},
		func() error { return f.edit(ctx, "vpc", f.nth("VPC", 0), `{"metadata":{"labels":{"owner":"ada"}}}`) },
		func() error { return f.kubectl(ctx, "delete", "vpcattachment", f.nth("VPCAttachment", 0)) },
		func() error {
			return f.kubectl(ctx, "create", "-f", f.tree+".debug.yaml")
		},
		func() error {
			return f.write("vpcs/tenant-new.yaml", `apiVersion: vpc.githedgehog.com/v1beta1
kind: VPC
metadata:
  name: tenant-new
spec:
  subnets:
    default:
      subnet: 10.250.0.0/24
      vlan: 2998
`)
		},
		func() error { return f.commit(ctx, "a VPC for the new tenant") },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// broken leaves a fabric with a file that does not parse, without one of its
// kinds, and with an edit.
func broken(ctx context.Context, f *site) error {
	if err := f.edit(ctx, "switch", f.nth("Switch", 1), `{"spec":{"description":"waits for an RMA"}}`); err != nil {
		return err
	}
	if err := f.kubectl(ctx, "delete", "crd", "vpcpeerings.vpc.githedgehog.com"); err != nil {
		return err
	}
	if err := f.write("oops.yaml", "apiVersion: vpc.githedgehog.com/v1beta1\nkind: VPC\nmetadata:\n\tname: oops\n"); err != nil {
		return err
	}
	return f.commit(ctx, "a VPC, in a hurry")
}

// goOn has somebody edit the calm and the drifting fabric every now and then,
// until ctx ends. The engine of the calm one undoes it.
func goOn(ctx context.Context, sites []*site) error {
	tick := time.NewTicker(20 * time.Second)
	defer tick.Stop()
	for i := 1; ; i++ {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		f := sites[i%2]
		patch := fmt.Sprintf(`{"spec":{"description":"checked by the night shift, round %d"}}`, i)
		if err := f.edit(ctx, "switch", f.nth("Switch", i%3), patch); err != nil && ctx.Err() == nil {
			return err
		}
	}
}
