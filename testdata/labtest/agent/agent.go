// Package agent makes the Agent objects of switches in a cluster, as Hedgehog's
// controller and the agents on the switches write them.
//
// [Make] is the controller's part: what the switch is to run, by the field
// manager "fabric". Each change of it is a new generation. [Report] is the agent's
// part: the status, by the field manager "agent".
//
// # Decisions
//
// An agent holds [Secret] where a real one holds password hashes and the
// credentials of a registry, so that a test can look for it wherever it must not
// be.
package agent

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
)

// Secret stands in agents where credentials do.
const Secret = "selvage-must-never-show-this"

// Version is the version of an agent that reports none of its own.
const Version = "v0.129.1"

// Spec is what a controller tells a switch.
type Spec struct {
	Role        string // "" for server-leaf
	Description string
}

// Status is what a switch reports. A zero time is left out.
type Status struct {
	Applied   int64 // the generation; 0 for none
	AppliedAt time.Time
	Heartbeat time.Time
	Version   string // "" for [Version]
	Reboot    bool
}

func resource(d dynamic.Interface, namespace string) dynamic.ResourceInterface {
	agents := schema.GroupVersionResource{Group: "agent.githedgehog.com", Version: "v1beta1", Resource: "agents"}
	return d.Resource(agents).Namespace(namespace)
}

// Make makes an agent, or changes what it is told, and gives its generation.
func Make(ctx context.Context, d dynamic.Interface, namespace, name string, s Spec) (generation int64, err error) {
	if s.Role == "" {
		s.Role = "server-leaf"
	}
	doc, err := json.Marshal(map[string]any{
		"apiVersion": "agent.githedgehog.com/v1beta1", "kind": "Agent",
		"metadata": map[string]any{"name": name, "namespace": namespace},
		"spec": map[string]any{
			"role": s.Role, "description": s.Description,
			"users":   []any{map[string]any{"name": "admin", "password": Secret, "role": "admin"}},
			"version": map[string]any{"default": Version, "username": "reader", "password": Secret},
		},
	})
	if err != nil {
		return 0, err
	}
	force := true
	made, err := resource(d, namespace).Patch(ctx, name, types.ApplyPatchType, doc, metav1.PatchOptions{FieldManager: "fabric", Force: &force})
	if err != nil {
		return 0, fmt.Errorf("make agent %q: %w", name, err)
	}
	return made.GetGeneration(), nil
}

// Report sets the status of an agent.
func Report(ctx context.Context, d dynamic.Interface, namespace, name string, s Status) error {
	if s.Version == "" {
		s.Version = Version
	}
	status := map[string]any{"conditions": []any{}, "version": s.Version, "rebootRequired": s.Reboot}
	for field, at := range map[string]time.Time{
		"lastAppliedTime": s.AppliedAt, "lastAttemptTime": s.AppliedAt, "lastHeartbeat": s.Heartbeat,
	} {
		status[field] = nil
		if !at.IsZero() {
			status[field] = at.UTC().Format(time.RFC3339)
		}
	}
	status["lastAppliedGen"], status["lastAttemptGen"] = nil, nil
	if s.Applied > 0 {
		status["lastAppliedGen"], status["lastAttemptGen"] = s.Applied, s.Applied
	}
	doc, err := json.Marshal(map[string]any{"status": status})
	if err != nil {
		return err
	}
	_, err = resource(d, namespace).Patch(ctx, name, types.MergePatchType, doc, metav1.PatchOptions{FieldManager: "agent"}, "status")
	if err != nil {
		return fmt.Errorf("report the status of agent %q: %w", name, err)
	}
	return nil
}
