package core_test

import (
	"errors"
	"testing"

	"selvage/core"
)

func valueOf(t *testing.T, text string) core.Value {
	t.Helper()
	if text == "" {
		return core.Value{}
	}
	v, err := core.DecodeJSON([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return core.ValueOf(v)
}

const someTree = `{"a":{"b":[{"id":1,"at":"x"},{"id":2,"at":"x"}],"a.b/c":"d","k\"":[{"a.b/c":"x,y"}]},"set":["p","q","p"],"list":[[1],[2]],"n":null}`

func TestValueAtAPath(t *testing.T) {
	tests := []struct {
		path core.Path
		want string
	}{
		{core.Root, someTree},
		{`.a["a.b/c"]`, `"d"`},
		{`.a["k\""][a.b/c="x,y"]["a.b/c"]`, `"x,y"`},
		{".a.b[1].id", `2`},
		{".a.b[+1]", ``},
		{".a.b[id=2]", `{"id":2,"at":"x"}`},
		{`.a.b[at="x",id=1].id`, `1`},
		{`.a.b[at="x"].id`, `1`},
		{".a.b[id=3]", ``},
		{".a.b[2]", ``},
		{`.set[="q"]`, `"q"`},
		{`.set[="z"]`, ``},
		{".list[1][0]", `2`},
		{".n", `null`},
		{".n.x", ``},
		{".a.b.c", ``},
		{".set.p", ``},
		{".*", ``},
	}
	for _, tt := range tests {
		if got := valueOf(t, someTree).At(tt.path); !got.Equal(valueOf(t, tt.want)) {
			t.Errorf("At(%s) = %s, want %s", tt.path, got, tt.want)
		}
	}
}

func TestValueWithAnotherAtAPath(t *testing.T) {
	tests := []struct{ name, in, path, to, want string }{
		{"an entry", `{"a":1,"b":1}`, ".a", `2`, `{"a":2,"b":1}`},
		{"a new entry", `{}`, ".a", `2`, `{"a":2}`},
		{"maps on the way", `{}`, `.a["b.c"].d`, `2`, `{"a":{"b.c":{"d":2}}}`},
		{"below a null", `{"a":null}`, ".a.b", `2`, `{"a":{"b":2}}`},
		{"an entry away", `{"a":1,"b":1}`, ".a", ``, `{"b":1}`},
		{"what is not there away", `{"b":1}`, ".a.c", ``, `{"b":1}`},
		{"an item", `{"l":[1,2]}`, ".l[1]", `3`, `{"l":[1,3]}`},
		{"an item away", `{"l":[1,2]}`, ".l[0]", ``, `{"l":[2]}`},
		{"a field of a keyed item", `{"l":[{"id":1},{"id":2}]}`, ".l[id=2].x", `3`, `{"l":[{"id":1},{"id":2,"x":3}]}`},
		{"a keyed item", `{"l":[{"id":1}]}`, ".l[id=2]", `{"id":2}`, `{"l":[{"id":1},{"id":2}]}`},
		{"a field of a new keyed item", `{}`, `.l[id=2].x`, `3`, `{"l":[{"id":2,"x":3}]}`},
		{"a keyed item away", `{"l":[{"id":1},{"id":2}]}`, ".l[id=1]", ``, `{"l":[{"id":2}]}`},
		{"a member", `{"s":["a"]}`, `.s[="b"]`, `"b"`, `{"s":["a","b"]}`},
		{"a member away, every time", `{"s":["a","b","a"]}`, `.s[="a"]`, ``, `{"s":["b"]}`},
		{"all of it", `{"a":1}`, ".", `{"b":1}`, `{"b":1}`},
		{"all of it away", `{"a":1}`, ".", ``, ``},
		{"into nothing", ``, ".a", `1`, `{"a":1}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := valueOf(t, tt.in)
			got, err := in.With(core.Path(tt.path), valueOf(t, tt.to))
			if err != nil || !got.Equal(valueOf(t, tt.want)) {
				t.Errorf("With(%s, %s) = %s, %v, want %s", tt.path, tt.to, got, err, tt.want)
			}
			if !in.Equal(valueOf(t, tt.in)) {
				t.Errorf("the value became %s", in)
			}
			if back := got.At(core.Path(tt.path)); tt.path != `.l[0]` && !back.Equal(valueOf(t, tt.to)) {
				t.Errorf("At(%s) = %s after it", tt.path, back)
			}
		})
	}
}

func TestValueWithoutAPlace(t *testing.T) {
	for _, tt := range []struct{ in, path string }{
		{`{"a":1}`, ".a.b"},
		{`{"a":[]}`, ".a.b"},
		{`{"a":{}}`, ".a[0]"},
		{`{"a":[]}`, ".a[0]"},
		{`{"a":"x"}`, `.a[="y"]`},
	} {
		if got, err := valueOf(t, tt.in).With(core.Path(tt.path), core.ValueOf(true)); !errors.Is(err, core.ErrNoPlace) {
			t.Errorf("%s with %s = %s, %v, want %v", tt.in, tt.path, got, err, core.ErrNoPlace)
		}
	}
}

func TestParentAndOverlap(t *testing.T) {
	for _, tt := range []struct{ path, want core.Path }{
		{core.Root, core.Root},
		{".a", core.Root},
		{`.a["b.c"]`, ".a"},
		{`.a[x="]"].b`, `.a[x="]"]`},
	} {
		if got := tt.path.Parent(); got != tt.want {
			t.Errorf("%s.Parent() = %s, want %s", tt.path, got, tt.want)
		}
	}
	for _, tt := range []struct {
		a, b core.Path
		want bool
	}{
		{".a", ".a", true},
		{".a", ".a.b", true},
		{".a.b", ".a", true},
		{core.Root, ".a", true},
		{".a", ".ab", false},
		{".a.b", ".a.c", false},
	} {
		if got := tt.a.Overlaps(tt.b); got != tt.want {
			t.Errorf("%s.Overlaps(%s) = %v", tt.a, tt.b, got)
		}
	}
}
