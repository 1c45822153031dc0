package main

import (
	"context"
	"fmt"
	"time"
)

// drifting has the engine give up on a VPC whose VLAN is taken, and then does what
// people do past Git on a busy day: a changed description, a label, a deleted
// attachment, a VPC made by hand. Before the engine gave up, every try of its
// would have undone that.
func drifting(ctx context.Context, f *site) error {
	for _, step := range []func() error{
		func() error { return f.write("vpcs/tenant-new.yaml", fmt.Sprintf(tenantVPC, f.takenVLAN())) },
		func() error { return f.commit(ctx, "a VPC for the new tenant") },
		func() error { return f.settled(ctx) },
		func() error {
			return f.edit(ctx, "switch", f.nth("Switch", 0), `{"spec":{"description":"moved to rack B14"}}`)
		},
		func() error { return f.edit(ctx, "vpc", f.nth("VPC", 0), `{"metadata":{"labels":{"owner":"ada"}}}`) },
		func() error { return f.kubectl(ctx, "delete", "vpcattachment", f.nth("VPCAttachment", 0)) },
		func() error {
			return f.kubectl(ctx, "create", "-f", f.tree+".debug.yaml")
		},
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

const tenantVPC = `apiVersion: vpc.githedgehog.com/v1beta1
kind: VPC
metadata:
  name: tenant-new
spec:
  subnets:
    default:
      subnet: 10.250.0.0/24
      vlan: %v
`

// takenVLAN is the VLAN of some subnet of the fabric.
func (f *site) takenVLAN() any {
	for _, o := range f.fabric.Objects {
		if o["kind"] != "VPC" {
			continue
		}
		spec, _ := o["spec"].(map[string]any)
		subnets, _ := spec["subnets"].(map[string]any)
		for _, s := range subnets {
			if fields, ok := s.(map[string]any); ok && fields["vlan"] != nil {
				return fields["vlan"]
			}
		}
	}
	return 0
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
