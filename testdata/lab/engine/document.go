package engine

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// parse returns the objects of the files in the order they are to be applied.
// Of two documents for one object the later one is returned.
func parse(files []file) ([]*unstructured.Unstructured, error) {
	var objects []*unstructured.Unstructured
	for _, f := range files {
		reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(f.content)))
		for n := 1; ; n++ {
			raw, err := reader.Read()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return nil, fmt.Errorf("split %q at document %d: %w", f.path, n, err)
			}
			obj, err := decode(raw)
			if err != nil {
				return nil, fmt.Errorf("decode document %d of %q: %w", n, f.path, err)
			}
			if obj != nil {
				objects = append(objects, obj)
			}
		}
	}
	slices.SortStableFunc(objects, func(a, b *unstructured.Unstructured) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(name(a), name(b)))
	})
	return slices.CompactFunc(reversedRuns(objects), func(a, b *unstructured.Unstructured) bool {
		return name(a) == name(b)
	}), nil
}

// reversedRuns turns each run of documents for one object around, so that the
// last comes first.
func reversedRuns(objects []*unstructured.Unstructured) []*unstructured.Unstructured {
	for start := 0; start < len(objects); {
		end := start + 1
		for end < len(objects) && name(objects[end]) == name(objects[start]) {
			end++
		}
		slices.Reverse(objects[start:end])
		start = end
	}
	return objects
}

// decode returns the object of one document, nil for one without content.
func decode(raw []byte) (*unstructured.Unstructured, error) {
	encoded, err := yaml.YAMLToJSON(raw)
	if err != nil {
		return nil, fmt.Errorf("read YAML: %w", err)
	}
	if bytes.Equal(bytes.TrimSpace(encoded), []byte("null")) {
		return nil, nil
	}
	obj := &unstructured.Unstructured{}
	if err := obj.UnmarshalJSON(encoded); err != nil {
		return nil, fmt.Errorf("read an object: %w", err)
	}
	if obj.GetName() == "" {
		return nil, fmt.Errorf("%s has no metadata.name", obj.GetKind())
	}
	return obj, nil
}

// rank puts what others need first.
func rank(obj *unstructured.Unstructured) int {
	switch obj.GetKind() {
	case "Namespace":
		return 0
	case "CustomResourceDefinition":
		return 1
	}
	return 2
}

// name is the identity of a document, before its namespace is known.
func name(obj *unstructured.Unstructured) string {
	gvk := obj.GroupVersionKind()
	return strings.Join([]string{gvk.Group, gvk.Kind, obj.GetNamespace(), obj.GetName()}, "/")
}
