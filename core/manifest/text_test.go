package manifest_test

import (
	"testing"

	"selvage/core"
	"selvage/core/manifest"
)

func TestTextIsTheDocumentAsItStands(t *testing.T) {
	const vpc1 = "# the first\napiVersion: vpc.githedgehog.com/v1beta1\nkind: VPC\nmetadata: {name: vpc-1, namespace: default}\nspec:\n  mode: l3vni # why\n"
	const vpc2 = "  apiVersion: vpc.githedgehog.com/v1beta1\n  kind: VPC\n  metadata: {name: vpc-2}\n"
	key := func(name string) core.Key {
		return core.Key{Group: "vpc.githedgehog.com", Kind: "VPC", Namespace: "default", Name: name}
	}
	for _, c := range []struct {
		about, file, name, want string
	}{
		{"the only one", vpc1, "vpc-1", vpc1},
		{"the first of two", vpc1 + "---\n" + vpc2, "vpc-1", vpc1},
		{"the second, indented, without a namespace", vpc1 + "---\n" + vpc2, "vpc-2", vpc2},
		{"behind a marker with a comment", "--- # net\n" + vpc1, "vpc-1", "# net\n" + vpc1},
		{"an item of a List", "kind: List\napiVersion: v1\nitems:\n- apiVersion: vpc.githedgehog.com/v1beta1\n  kind: VPC\n  metadata: {name: vpc-1}\n", "vpc-1", ""},
	} {
		got, err := manifest.Text([]byte(c.file), "default", key(c.name))
		if err != nil || string(got) != c.want {
			t.Errorf("%s: Text = %q, %v, want %q", c.about, got, err, c.want)
		}
	}
	if got, err := manifest.Text([]byte(vpc1), "default", key("vpc-9")); err == nil {
		t.Errorf("Text of an object that is not there = %q, want an error", got)
	}
}
