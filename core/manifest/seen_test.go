package manifest_test

import (
	"crypto/sha256"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"selvage/core/manifest"
)

// kept is a [manifest.Seen] that keeps everything and counts.
type kept struct {
	docs      map[[sha256.Size]byte][]manifest.Document
	got, size int
}

func (k *kept) Get(text [sha256.Size]byte) ([]manifest.Document, bool) {
	docs, ok := k.docs[text]
	if ok {
		k.got++
	}
	return docs, ok
}

func (k *kept) Put(text [sha256.Size]byte, docs []manifest.Document, size int) {
	k.docs[text] = docs
	k.size += size
}

// TestWhatWasSeenIsParsedToTheSame puts files together of the same documents
// again and again.
func TestWhatWasSeenIsParsedToTheSame(t *testing.T) {
	parts := []string{
		named("a"), named("b"), "# c\n\n" + named("c"), "", "just words\n", "kind: odd\n", named("s") + "sops: {}\n", "values: 1\n",
		"apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: A\n  metadata: {name: one}\n\n- apiVersion: v1\n  kind: A\n  metadata:\n    name: two\n",
		`{"apiVersion":"v1","kind":"A","metadata":{"name":"a"}} {"apiVersion":"v1","kind":"A","metadata":{"name":"b"}}` + "\n",
		named("t") + "spec: {x: '{{ y }}'}\n", "%YAML 1.2\n", "broken: [\n",
	}
	r := rand.New(rand.NewPCG(1, 1))
	seen := &kept{docs: map[[sha256.Size]byte][]manifest.Document{}}
	for range 2000 {
		var file []string
		for range 1 + r.IntN(5) {
			file = append(file, parts[r.IntN(len(parts))])
		}
		data := []byte(strings.Join(file, []string{"---\n", "...\n---\n", "--- # x\n"}[r.IntN(3)]))
		want, wantErr := manifest.Parse(data)
		got, gotErr := manifest.ParseSeen(data, seen)
		if !reflect.DeepEqual(got, want) || !reflect.DeepEqual(gotErr, wantErr) {
			t.Fatalf("ParseSeen(%q)\n got %+v, %v\nwant %+v, %v", data, got, gotErr, want, wantErr)
		}
	}
	if seen.got < 1000 || seen.size > 5000 {
		t.Errorf("%d documents were taken from what was seen, and %d bytes parsed", seen.got, seen.size)
	}
}

func TestTemplateIsToldByWhatItsStringsHold(t *testing.T) {
	for text, want := range map[string]bool{
		"x: '{{ .Values.x }}'": true, "x: [1, {y: 'a{{b}}c'}]": true, "'{{ k }}': 1": true,
		"x: '}} {{'": false, "x: '{{'": false, "x: {y: {z: 1}}": false, "x: 1 # {{ y }}": false,
	} {
		docs, err := manifest.Parse([]byte(named("a") + "spec:\n  " + text + "\n"))
		if err != nil || len(docs) != 1 || docs[0].Object == nil {
			t.Fatalf("%s: %v, %v", text, docs, err)
		}
		if docs[0].Template != want {
			t.Errorf("%s: template %v, want %v", text, docs[0].Template, want)
		}
	}
	for text, want := range map[string]bool{"{{- x }}\na: {{ b }}\n": true, "a: {{ b\n": false, "a: }} {{\n": false} {
		_, err := manifest.Parse([]byte(text))
		var syntax *manifest.SyntaxError
		if syntax, _ = err.(*manifest.SyntaxError); syntax == nil || syntax.Template != want || !syntax.Opaque {
			t.Errorf("%q: %+v, want template %v", text, syntax, want)
		}
	}
}

func TestValuesAreWhateverTheDocumentsAre(t *testing.T) {
	got, err := manifest.Values([]byte("resources: [a.yaml]\n---\n# nothing\n---\n- 1\n---\ntext\n"))
	want := []any{map[string]any{"resources": []any{"a.yaml"}}, []any{int64(1)}, "text"}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Values = %v, %v; want %v", got, err, want)
	}
	if got, err := manifest.Values([]byte("a: [\n")); len(got) > 0 || err == nil || !strings.HasPrefix(err.Error(), "line ") {
		t.Errorf("Values of no YAML = %v, %v", got, err)
	}
	if got, err := manifest.Values([]byte(strings.Repeat("#", 9<<20))); !slices.Equal(got, nil) || err == nil {
		t.Errorf("Values of a large file = %v, %v", got, err)
	}
}
