package kube

import (
	"testing"

	"selvage/core"
)

// FuzzDecodeEvent looks for events that end the program, or are taken for
// something that they are not.
func FuzzDecodeEvent(f *testing.F) {
	for _, text := range []string{
		`{"type":"ADDED","object":{"apiVersion":"vpc.githedgehog.com/v1beta1","kind":"VPC","metadata":{"name":"a","namespace":"default","resourceVersion":"7"}}}`,
		`{"type":"BOOKMARK","object":{"apiVersion":"vpc.githedgehog.com/v1beta1","kind":"VPC","metadata":{"resourceVersion":"7"}}}`,
		`{"type":"ERROR","object":{"kind":"Status","code":410,"message":"too old"}}`, `{"type":"DELETED","object":null}`, `[]`, `{`,
	} {
		f.Add([]byte(text))
	}
	j := job{resource{core.GroupKind{Group: "vpc.githedgehog.com", Kind: "VPC"}, "v1beta1", "vpcs", true}, "default"}
	f.Fuzz(func(t *testing.T, raw []byte) {
		e, err := decodeEvent(raw, j)
		switch {
		case err != nil:
		case e.what == "BOOKMARK" && e.object == nil:
		case e.object == nil || e.object.Key.GroupKind() != j.GroupKind || e.object.Key.Namespace != "default":
			t.Errorf("decodeEvent(%q) = %+v", raw, e)
		}
	})
}
