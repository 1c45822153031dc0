package core

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
)

// GroupKind names a kind of object: VPC of vpc.githedgehog.com.
type GroupKind struct{ Group, Kind string }

// String is the kind as kubectl writes it in full: "VPC.vpc.githedgehog.com".
func (g GroupKind) String() string {
	if g.Group == "" {
		return g.Kind
	}
	return g.Kind + "." + g.Group
}

// Key identifies an object within one fabric. The API version is left out on
// purpose: it is an attribute, see the package's decisions.
type Key struct{ Group, Kind, Namespace, Name string }

// GroupKind is the kind part of the key.
func (k Key) GroupKind() GroupKind { return GroupKind{k.Group, k.Kind} }

// String names the object for people: "VPC/vpc-1".
func (k Key) String() string { return k.Kind + "/" + k.Name }

// Compare orders keys by kind, name, namespace and group.
func (k Key) Compare(o Key) int {
	// Not cmp.Or: that has all four compared each time.
	if c := strings.Compare(k.Kind, o.Kind); c != 0 {
		return c
	}
	if c := strings.Compare(k.Name, o.Name); c != 0 {
		return c
	}
	if c := strings.Compare(k.Namespace, o.Namespace); c != 0 {
		return c
	}
	return strings.Compare(k.Group, o.Group)
}

// Origin is where in Git a document stands.
type Origin struct {
	Path string // of the file, from the repository's root, with slashes
	Line int    // of the document's first line with content, from 1; 0 where not known
}

// Place is the origin as people read it: "file:line", the file alone where the line
// is not known.
func (o Origin) Place() string {
	if o.Line > 0 {
		return fmt.Sprintf("%s:%d", o.Path, o.Line)
	}
	return o.Path
}

// Digest identifies the content of one side of an object: equal digests mean
// equal fields. The zero Digest belongs to no content.
type Digest [sha256.Size]byte

// String is the digest in hex.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// DigestJSON is the digest of a decoded JSON value.
func DigestJSON(v any) Digest { return sha256.Sum256(CanonicalJSON(v)) }

// Object is what one side says about one resource.
type Object struct {
	Key     Key
	Version string // of the API, without the group: "v1beta1"
	Origin  Origin // on the Git side

	// Fields is the content that is compared: the document without apiVersion,
	// kind, status and what the API server keeps about every object. Labels
	// and annotations stay under metadata. See [NewObject].
	Fields map[string]any
	Digest Digest // of Fields

	// What only the live side has.
	UID             string
	ResourceVersion string
	Created         time.Time
	Deleting        time.Time // when deletion was asked for; zero if it was not
	Managers        []Manager // who set which fields
	LastApplied     string    // JSON: the manifest that was last applied from a client, where that left a copy
}

// Manager is one entry of an object's managedFields: a program (not a person),
// what it did and when it last did so.
type Manager struct {
	Name        string
	Operation   string // Apply or Update
	Subresource string
	Time        time.Time
	Fields      map[string]any // the FieldsV1 set, nil where it could not be read
}

// lastApplied is where kubectl apply, and engines that apply like it, leave a
// copy of the manifest.
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// LastAppliedPath is where [Object.LastApplied] was read: whoever owns it
// applied it.
func LastAppliedPath() Path { return Path(".metadata.annotations").Key(lastApplied) }

// Reasons why a document is no object. They are told to people together with
// the file and line.
var (
	ErrNotAnObject = errors.New("not a Kubernetes object: the document is no mapping")
	ErrNoKind      = errors.New("no kind")
	ErrNoVersion   = errors.New("no apiVersion")
	ErrNoName      = errors.New("no metadata.name")
	ErrGenerated   = errors.New("metadata.generateName has no name to compare by")
)

// NewObject makes an Object of a decoded document of either side (see
// [DecodeJSON]). It takes over doc's maps: the caller must not use them again.
//
// Left out of Fields are status, and of metadata all but labels and
// annotations, and of these the copy that kubectl apply leaves: the API server
// keeps the rest, and Git, where it holds an export, an old copy of it.
// A namespace that is missing stays empty; [Snapshot] decides what that means.
func NewObject(doc any) (*Object, error) {
	raw, ok := doc.(map[string]any)
	if !ok {
		return nil, ErrNotAnObject
	}
	apiVersion, _ := raw["apiVersion"].(string)
	kind, _ := raw["kind"].(string)
	meta, _ := raw["metadata"].(map[string]any)
	name, _ := meta["name"].(string)
	switch {
	case kind == "":
		return nil, ErrNoKind
	case apiVersion == "":
		return nil, fmt.Errorf("%s: %w", kind, ErrNoVersion)
	case name == "" && meta["generateName"] != nil:
		return nil, fmt.Errorf("%s: %w", kind, ErrGenerated)
	case name == "":
		return nil, fmt.Errorf("%s: %w", kind, ErrNoName)
	}
	group, version, grouped := strings.Cut(apiVersion, "/")
	if !grouped {
		group, version = "", apiVersion
	}
	namespace, _ := meta["namespace"].(string)
	o := &Object{
		Key:     Key{Group: group, Kind: kind, Namespace: namespace, Name: name},
		Version: version,
		Fields:  make(map[string]any, len(raw)),
	}
	o.readMeta(meta)
	if annotations, ok := meta["annotations"].(map[string]any); ok {
		o.LastApplied, _ = annotations[lastApplied].(string)
	}
	for k, v := range raw {
		switch k {
		case "apiVersion", "kind", "metadata", "status":
		default:
			o.Fields[k] = v
		}
	}
	if m := keptMeta(meta); len(m) > 0 {
		o.Fields["metadata"] = m
	}
	o.Digest = DigestJSON(o.Fields)
	return o, nil
}

func (o *Object) readMeta(meta map[string]any) {
	o.UID, _ = meta["uid"].(string)
	o.ResourceVersion, _ = meta["resourceVersion"].(string)
	o.Created = timeOf(meta["creationTimestamp"])
	o.Deleting = timeOf(meta["deletionTimestamp"])
	entries, _ := meta["managedFields"].([]any)
	for _, e := range entries {
		entry, ok := e.(map[string]any)
		if !ok {
			continue
		}
		m := Manager{Time: timeOf(entry["time"])}
		m.Name, _ = entry["manager"].(string)
		m.Operation, _ = entry["operation"].(string)
		m.Subresource, _ = entry["subresource"].(string)
		m.Fields, _ = entry["fieldsV1"].(map[string]any)
		o.Managers = append(o.Managers, m)
	}
}

func keptMeta(meta map[string]any) map[string]any {
	kept := map[string]any{}
	if labels, ok := meta["labels"]; ok {
		kept["labels"] = labels
	}
	switch a := meta["annotations"].(type) {
	case nil:
	case map[string]any:
		delete(a, lastApplied)
		if len(a) > 0 {
			kept["annotations"] = a
		}
	default:
		kept["annotations"] = a
	}
	return kept
}

func timeOf(v any) time.Time {
	s, _ := v.(string)
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}
	}
	return t
}

// Document is the whole of a manifest again: fields under the identity of an
// object, in the form that [NewObject] reads. The maps of fields are shared
// where they are not changed.
func Document(k Key, version string, fields map[string]any) map[string]any {
	doc := make(map[string]any, len(fields)+3)
	for name, v := range fields {
		doc[name] = v
	}
	apiVersion := version
	if k.Group != "" {
		apiVersion = k.Group + "/" + version
	}
	doc["apiVersion"], doc["kind"] = apiVersion, k.Kind
	meta := map[string]any{"name": k.Name}
	if k.Namespace != "" {
		meta["namespace"] = k.Namespace
	}
	if kept, ok := fields["metadata"].(map[string]any); ok {
		for name, v := range kept {
			meta[name] = v
		}
	}
	doc["metadata"] = meta
	return doc
}
