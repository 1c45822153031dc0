package manifest_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	yamlv3 "go.yaml.in/yaml/v3"

	"selvage/core/manifest"
)

// BenchmarkEditScalar changes one number, beside what re-encoding the same file
// with yaml v3 takes in the same run: x-encode is how many times as long the edit
// takes, with its gate.
func BenchmarkEditScalar(b *testing.B) {
	var doc strings.Builder
	doc.WriteString(named("tenant-a") + "spec:\n  subnets:\n")
	for i := range 100 {
		fmt.Fprintf(&doc, "    net-%02d: # of rack %d\n      subnet: 10.0.%d.0/24\n      vlan: %d\n", i, i, i, 1000+i)
	}
	var many strings.Builder
	for i := range 40 {
		fmt.Fprintf(&many, vpc+"spec:\n  subnets:\n    default:\n      subnet: 10.0.%d.0/24 # rack\n      vlan: %d\n---\n", fmt.Sprint("vpc-", i), i, 1000+i)
	}
	many.WriteString(named("tenant-a") + "spec:\n  subnets:\n    net-50: {vlan: 1}\n")
	for name, file := range map[string][]byte{
		"a small file":      []byte(named("tenant-a") + "spec:\n  subnets:\n    net-50:\n      subnet: 10.0.1.0/24\n      vlan: 1 # one\n"),
		"one big document":  []byte(doc.String()),
		"one of 41 objects": []byte(many.String()),
	} {
		b.Run(name, func(b *testing.B) {
			change := set(b, ".spec.subnets.net-50.vlan", "7")
			change.Object.Name = "tenant-a"
			var edit, encode time.Duration
			for b.Loop() {
				start := time.Now()
				if _, err := manifest.Edit(file, "default", change); err != nil {
					b.Fatal(err)
				}
				edit += time.Since(start)
				start = time.Now()
				if err := encoded(file); err != nil {
					b.Fatal(err)
				}
				encode += time.Since(start)
			}
			b.ReportMetric(float64(edit.Microseconds())/float64(b.N), "us-edit")
			b.ReportMetric(float64(edit)/float64(encode), "x-encode")
		})
	}
}

// encoded reads and writes all documents of a file.
func encoded(file []byte) error {
	in, out := yamlv3.NewDecoder(bytes.NewReader(file)), yamlv3.NewEncoder(io.Discard)
	for {
		var n yamlv3.Node
		if err := in.Decode(&n); errors.Is(err, io.EOF) {
			return out.Close()
		} else if err != nil {
			return err
		}
		if err := out.Encode(&n); err != nil {
			return err
		}
	}
}

// TestEditOfHugeFilesIsBounded: what is larger than the limits is refused, and
// what is as large is edited or refused, each in a time that people wait.
func TestEditOfHugeFilesIsBounded(t *testing.T) {
	long := strings.Repeat("x", 900_000)
	for _, c := range []struct{ name, file string }{
		{"long scalar", named("a") + "spec:\n  x: 1\n  y: " + long + "\n"},
		{"many keys", named("a") + "spec:\n  x: 1\n" + numbered("  k%d: 1\n", 50_000)},
		{"long list", named("a") + "spec:\n  x: 1\n  l:\n" + numbered("  - %d\n", 50_000)},
		{"deep", named("a") + "spec:\n  x: 1\n  y: " + strings.Repeat("[", 150) + strings.Repeat("]", 150) + "\n"},
		{"bomb", named("a") + "spec: {x: 1}\n" + "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n"},
	} {
		start := time.Now()
		got, err := manifest.Edit([]byte(c.file), "default", set(t, ".spec.x", "2"))
		took := time.Since(start)
		t.Logf("%s: %v", c.name, took)
		if took > 20*time.Second {
			t.Errorf("%s took %v", c.name, took)
		}
		if err != nil || len(got) != len(c.file) {
			t.Errorf("%s: %d bytes of %d, %v", c.name, len(got), len(c.file), err)
		}
	}
	for _, c := range []struct{ name, file string }{
		{"too large a document", named("a") + "spec:\n  x: 1\n  y: " + strings.Repeat("x", 2<<20) + "\n"},
		{"too large a file", named("a") + "spec:\n  x: 1\n" + strings.Repeat("# comment\n", 1<<20)},
		{"too deep", named("a") + "spec:\n  x: 1\n  y: " + strings.Repeat("[", 100_000) + "\n"},
	} {
		start := time.Now()
		if _, err := manifest.Edit([]byte(c.file), "default", set(t, ".spec.x", "2")); err == nil {
			t.Errorf("%s is edited", c.name)
		}
		took := time.Since(start)
		t.Logf("%s: %v", c.name, took)
		if took > 20*time.Second {
			t.Errorf("%s took %v", c.name, took)
		}
	}
}

func numbered(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// TestLongListsAreAligned: an item in the middle of a long list is found without
// comparing each with each.
func TestLongListsAreAligned(t *testing.T) {
	file := named("a") + "spec:\n  l:\n" + numbered("  - %d # number\n", 5000)
	got, err := manifest.Edit([]byte(file), "default", set(t, ".spec.l[2500]", ""), set(t, `.spec.l[="new"]`, `"new"`))
	want := strings.Replace(file, "  - 2500 # number\n", "", 1) + "  - new\n"
	if err != nil || string(got) != want {
		t.Errorf("%d bytes, want %d: %v", len(got), len(want), err)
	}
}
