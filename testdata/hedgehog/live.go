package hedgehog

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"time"
)

const (
	// EngineManager is the field manager of Argo CD, the engine of nearly every Hedgehog repository.
	EngineManager = "argocd-controller"

	clientSideManager = "kubectl-client-side-apply"
	lastApplied       = "kubectl.kubernetes.io/last-applied-configuration"
	trackingID        = "argocd.argoproj.io/tracking-id"
)

// Ref names an object. Namespace is "default" where the object does not say, Version is not a part of it.
type Ref struct{ Group, Kind, Namespace, Name string }

// RefOf answers what names a decoded object.
func RefOf(obj map[string]any) Ref {
	meta := mapAt(obj, "metadata")
	ref := Ref{Kind: stringAt(obj, "kind"), Namespace: stringAt(meta, "namespace"), Name: stringAt(meta, "name")}
	if group, _, found := strings.Cut(stringAt(obj, "apiVersion"), "/"); found {
		ref.Group = group
	}
	if ref.Namespace == "" {
		ref.Namespace = defaultName
	}
	return ref
}

// String is kind.group/namespace/name.
func (r Ref) String() string { return r.Kind + "." + r.Group + "/" + r.Namespace + "/" + r.Name }

// Method is how an object is brought to the server; managedFields tell.
type Method uint8

const (
	// ServerSideApply leaves an Apply entry with what the manifest sets and nothing else.
	ServerSideApply Method = iota
	// ClientSideApply is kubectl apply without more: an Update entry with every map and leaf, and the annotation that
	// holds the manifest.
	ClientSideApply
	// Post is a plain create, as Hedgehog's kubectl plugin does: an Update entry with every map and leaf.
	Post
)

// LiveOptions says how an object came to the server.
type LiveOptions struct {
	Now    time.Time // when it was applied; the server keeps seconds
	Method Method
	// Manager is who applied it; when empty, EngineManager or, for ClientSideApply, kubectl's own name for that.
	Manager string
	// Application, when not empty, adds the tracking annotation of Argo CD 3 for that Application.
	Application string
	// UID answers an object's UID; nil derives one from its Ref.
	UID func(Ref) string
	// ResourceVersion is written as it is, 1000 when 0.
	ResourceVersion int64
	// Hydration fills in what hhfab assigns. Its fields belong to no manager.
	Hydration Hydration
}

// Live answers what the server holds after an engine applied a manifest for the first time: a copy with the webhooks'
// defaults, without nulls, with the server's metadata, and with one managedFields entry for exactly what the manifest
// sets. What the webhooks or the hydration set belongs to nobody. The manifest stays as it is.
func Live(obj map[string]any, o LiveOptions) map[string]any {
	live := Clone(obj).(map[string]any)
	meta := mapAt(live, "metadata")
	if meta == nil {
		return live
	}
	ref := RefOf(live)
	o.track(live, ref)
	entry := managerEntry(o.manager(), "Apply", stringAt(live, "apiVersion"), nil, o.Now)
	if o.Method == ClientSideApply {
		text, _ := json.Marshal(live) // decoded JSON always encodes
		Path{"metadata", "annotations", lastApplied}.set(live, string(text)+"\n")
	}
	if o.Method != ServerSideApply {
		entry["operation"] = "Update"
		defaultLinkFlap(mapAt(live, "spec")) // by the schema, before a POST's fields are counted
		entry["fieldsV1"] = map[string]any(createdSet(live))
	} else {
		entry["fieldsV1"] = map[string]any(appliedSet(live))
	}
	Default(live, o.Now)
	o.Hydration.Apply(live)
	dropNulls(live)
	meta["namespace"] = ref.Namespace
	meta["uid"] = o.uid(ref)
	meta["resourceVersion"] = strconv.FormatInt(o.resourceVersion(), 10)
	meta["generation"] = int64(1)
	meta["creationTimestamp"] = timestamp(o.Now)
	meta["managedFields"] = []any{entry}
	return live
}

// track puts an Application's tracking annotation on an object.
func (o LiveOptions) track(obj map[string]any, ref Ref) {
	if o.Application != "" {
		Path{"metadata", "annotations", trackingID}.set(obj,
			fmt.Sprintf("%s:%s/%s:%s/%s", o.Application, ref.Group, ref.Kind, ref.Namespace, ref.Name))
	}
}

// Live answers what the server holds for the whole fabric, in the order of its objects, resource versions rising from
// the given one.
func (f Fabric) Live(o LiveOptions) []map[string]any {
	first := o.resourceVersion()
	out := make([]map[string]any, len(f.Objects))
	for i, obj := range f.Objects {
		o.ResourceVersion = first + int64(i)
		out[i] = Live(obj, o)
	}
	return out
}

func (o LiveOptions) manager() string {
	switch {
	case o.Manager != "":
		return o.Manager
	case o.Method == ClientSideApply:
		return clientSideManager
	}
	return EngineManager
}

func (o LiveOptions) resourceVersion() int64 {
	if o.ResourceVersion == 0 {
		return 1000
	}
	return o.ResourceVersion
}

func (o LiveOptions) uid(ref Ref) string {
	if o.UID != nil {
		return o.UID(ref)
	}
	return uidOf(ref)
}

// uidOf answers a UID that looks random and is always the same.
func uidOf(ref Ref) string {
	h := fnv.New128a()
	h.Write([]byte(ref.String()))
	b := h.Sum(nil)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// dropNulls removes the nulls that no webhook turned into something: a server keeps none of them.
func dropNulls(m map[string]any) {
	for k, v := range m {
		if v == nil {
			delete(m, k)
		} else if inner, ok := v.(map[string]any); ok {
			dropNulls(inner)
		}
	}
}
