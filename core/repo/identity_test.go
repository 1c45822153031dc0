package repo_test

import (
	"strings"
	"testing"

	"selvage/core"
	"selvage/core/repo"
)

// TestNothingThatADocumentWithoutIdentityNamesIsAbsent has the typing errors
// that leave a document YAML, and no object that anybody knows.
func TestNothingThatADocumentWithoutIdentityNamesIsAbsent(t *testing.T) {
	const group = "apiVersion: vpc.githedgehog.com/v1beta1\n"
	for name, c := range map[string]struct {
		doc    string
		hasKey bool
	}{
		"name misspelt":             {doc: group + "kind: VPC\nmetadata: {nam: vpc-1}\n"},
		"metadata misspelt":         {doc: group + "kind: VPC\nmetdata: {name: vpc-1}\n"},
		"kind misspelt":             {doc: group + "knd: VPC\nmetadata: {name: vpc-1}\n"},
		"kind and name misspelt":    {doc: group + "knd: VPC\nmetadata: {nam: vpc-1}\n"},
		"apiVersion misspelt":       {doc: "apiversion: vpc.githedgehog.com/v1beta1\nkind: VPC\nmetadata: {name: vpc-1}\n"},
		"no apiVersion":             {doc: "kind: VPC\nmetadata: {name: vpc-1}\n"},
		"a list in place of a map":  {doc: "- " + strings.TrimSpace(strings.ReplaceAll(vpc("vpc-1"), "\n", "\n  ")) + "\n"},
		"no apiVersion, odd kind":   {doc: "kind: VPCC\nmetadata: {name: vpc-1}\n"},
		"group misspelt":            {doc: "apiVersion: vpc.githedgehogg.com/v1beta1\nkind: VPC\nmetadata: {name: vpc-1}\n", hasKey: true},
		"a kind that there is not":  {doc: group + "kind: VPCC\nmetadata: {name: vpc-1}\n", hasKey: true},
		"item of a List":            {doc: "apiVersion: v1\nkind: List\nitems:\n- apiVersion: vpc.githedgehog.com/v1beta1\n  kind: VPC\n  metadata: {nam: vpc-1}\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: vpc-2}}\n"},
		"item named by an alias":    {doc: "apiVersion: v1\nkind: List\nx: &n vpc-1\nitems:\n- {apiVersion: vpc.githedgehog.com/v1beta1, kind: VPC, metadata: {nam: *n}}\n"},
		"one of two JSON documents": {doc: `{"apiVersion":"vpc.githedgehog.com/v1beta1","kind":"VPC","metadata":{"nam":"vpc-1"}} {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"vpc-2"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			w := with(t, map[string]string{"a.yaml": "# beside vpc-2\n" + vpc("good") + "---\n" + c.doc, "b.yaml": vpc("other")})
			s := read(t, pool().Source([]repo.Location{{URL: w.dir, Branch: "main"}}))
			for name, want := range map[string]core.Presence{"vpc-1": core.Unread, "vpc-2": core.Absent, "good": core.Present, "other": core.Present} {
				if got := s.Side(key(name)); got.Presence != want {
					t.Errorf("%s is %v (%s), want %v", name, got.Presence, got.Reason, want)
				}
			}
			if len(s.Findings) != 1 || (s.Findings[0].Key != core.Key{}) != c.hasKey {
				t.Errorf("findings %+v, want one with a key: %v", s.Findings, c.hasKey)
			}
		})
	}
}
