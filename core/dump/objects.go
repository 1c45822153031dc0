package dump

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"

	"selvage/core"
)

// Objects reads objects of any kind from a dump, but for those that hold
// credentials. It is safe for concurrent use.
type Objects struct{ of *Source }

// Objects is the door to the objects of the dump, as selvage/core/kube has one to
// those of an API.
func (s *Source) Objects() *Objects { return &Objects{s} }

// Where is the path of the dump.
func (o *Objects) Where() string { return o.of.config.Path }

// List gives the objects of a resource, which is a plural such as
// "applications", in a namespace, "" for all; as they stand in the dump, but for
// their managedFields.
//
// The error is [core.ErrUnserved], wrapped, where the dump has no object of the
// resource and no definition; else a [*core.Error], where it cannot be read.
func (o *Objects) List(ctx context.Context, group, resource, namespace string) ([]map[string]any, error) {
	op := fmt.Sprintf("list %s.%s in dump %q", resource, group, o.Where())
	if core.SecretResource(group, resource) {
		return nil, &core.Error{Access: core.AccessForbidden, Op: op, Err: errors.New("refused before it was looked for: it holds credentials")}
	}
	h, err := o.of.holding(ctx, group)
	if err != nil {
		return nil, explain(op, err)
	}
	kind, served := h.defined[resource]
	all := []map[string]any{}
	for _, d := range h.documents {
		if d.kind != kind && (kind != "" || core.PluralOf(core.GroupKind{Group: group, Kind: d.kind}) != resource) {
			continue
		}
		if served = true; namespace == "" || d.namespace == namespace {
			all = append(all, d.fields)
		}
	}
	if !served {
		return nil, fmt.Errorf("%s: %w", op, core.ErrUnserved)
	}
	return all, nil
}

// Get gives one object, as List does. The error may be [core.ErrNotFound]
// besides, wrapped.
func (o *Objects) Get(ctx context.Context, group, resource, namespace, name string) (map[string]any, error) {
	all, err := o.List(ctx, group, resource, namespace)
	if err != nil {
		return nil, err
	}
	for _, d := range all {
		if meta, _ := d["metadata"].(map[string]any); meta["name"] == name {
			return d, nil
		}
	}
	return nil, fmt.Errorf("get %s.%s %q in %s in dump %q: %w", resource, group, name, namespace, o.Where(), core.ErrNotFound)
}

// held is what a dump holds of one group.
type held struct {
	group     string
	namespace string // of documents without one
	documents []document
	defined   map[string]string // kinds by their plurals
	seen      map[core.Key]bool
}

type document struct {
	kind, namespace string
	fields          map[string]any
}

// holding reads what the dump holds of a group. A document in which the group is not
// named is not parsed again where it was found to be sound: of a dump that was cut
// off nobody can tell what it does not hold.
func (s *Source) holding(ctx context.Context, group string) (*held, error) {
	h := &held{group: group, namespace: s.config.Namespace, defined: map[string]string{}, seen: map[core.Key]bool{}}
	err := files{ctx, func(data []byte, name string) error {
		var sound []digest
		values, err := limits().ValuesOf(data, func(text []byte) bool {
			sum := sha256.Sum256(text)
			if !bytes.Contains(text, []byte(group)) && s.memory.isSound(sum) {
				return false
			}
			sound = append(sound, sum)
			return true
		})
		if err != nil {
			return placed(err, name)
		}
		s.memory.foundSound(sound)
		for _, v := range values {
			if err := h.take(v); err != nil {
				return fmt.Errorf("%q: %w", name, err)
			}
		}
		return nil
	}}.read(s.config.Path)
	return h, err
}

// take takes what a value holds of the group: itself, or the items of a list. It
// leaves to [Source.Read] to tell of what is no object.
func (h *held) take(v any) error {
	doc, _ := v.(map[string]any)
	kind, _ := doc["kind"].(string)
	if items, ok := doc["items"].([]any); ok && strings.HasSuffix(kind, "List") {
		itemKind := strings.TrimSuffix(kind, "List")
		for _, v := range items {
			item, _ := v.(map[string]any)
			if _, typed := item["kind"]; item != nil && !typed && itemKind != "" {
				item["kind"], item["apiVersion"] = itemKind, doc["apiVersion"]
			}
			if err := h.take(v); err != nil {
				return err
			}
		}
		return nil
	}
	if kind == "CustomResourceDefinition" {
		h.define(doc)
		return nil
	}
	version, _ := doc["apiVersion"].(string)
	group, _, grouped := strings.Cut(version, "/")
	if !grouped {
		group = ""
	}
	meta, _ := doc["metadata"].(map[string]any)
	name, _ := meta["name"].(string)
	if group != h.group || kind == "" || name == "" {
		return nil
	}
	delete(meta, "managedFields")
	d := document{kind: kind, fields: doc}
	if d.namespace, _ = meta["namespace"].(string); d.namespace == "" {
		d.namespace = h.namespace
	}
	key := core.Key{Group: group, Kind: kind, Namespace: d.namespace, Name: name}
	if h.seen[key] {
		return fmt.Errorf("%s stands in the dump twice", key)
	}
	h.seen[key] = true
	h.documents = append(h.documents, d)
	return nil
}

// define takes over that the cluster served a kind.
func (h *held) define(doc map[string]any) {
	spec, _ := doc["spec"].(map[string]any)
	names, _ := spec["names"].(map[string]any)
	plural, _ := names["plural"].(string)
	if kind, _ := names["kind"].(string); spec["group"] == h.group && plural != "" {
		h.defined[plural] = kind
	}
}
