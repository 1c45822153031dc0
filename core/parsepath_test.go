package core

import (
	"errors"
	"testing"
)

func TestPathsOfPeopleGetTheOneForm(t *testing.T) {
	for text, want := range map[string]Path{
		".":                              Root,
		".spec.vlan":                     ".spec.vlan",
		`["spec"]["a.b/c"]`:              `.spec["a.b/c"]`,
		`.spec.portBreakouts["E1/55"]`:   `.spec.portBreakouts["E1/55"]`,
		`.a[0].b`:                        ".a[0].b",
		`.a[k="x",b=2].c`:                `.a[b=2,k="x"].c`,
		`.a[prefix="10.0.0.0/8, [x]"]`:   `.a[prefix="10.0.0.0/8, [x]"]`,
		`.a[="10.0.0.0/8"]`:              `.a[="10.0.0.0/8"]`,
		`.a[=5]`:                         ".a[=5]",
		`.a[=[1, {"b":["]"]}]].c`:        `.a[=[1,{"b":["]"]}]].c`,
		`.metadata.labels["a\u002eb/c"]`: `.metadata.labels["a.b/c"]`,
	} {
		have, err := ParsePath(text)
		if err != nil || have != want {
			t.Errorf("ParsePath(%q) = %q, %v, want %q", text, have, err, want)
		}
	}
	for _, text := range []string{
		"", "spec", "..", ".spec.", ".a b", ".a[", ".a[]", ".a[x]", ".a[k=x]", `.a[k="x"`, `.a[k="x",]`, `.a[k=1,k=2]`,
		`.a[01]`, `.a["x" ,]`, ".1", ".a[-1]", ".a[k=null]", ".spec.*", ".a[*]", `.a[{"b":1}]`,
	} {
		if have, err := ParsePath(text); !errors.Is(err, ErrNoPath) {
			t.Errorf("ParsePath(%q) = %q, %v, want ErrNoPath", text, have, err)
		}
	}
	for _, text := range []string{".spec.*", ".a[*].b", ".*"} {
		if have, err := ParsePattern(text); err != nil || have != Path(text) {
			t.Errorf("ParsePattern(%q) = %q, %v", text, have, err)
		}
	}
}

func TestPathsThatAreMadeAreRead(t *testing.T) {
	made := Root.Key("spec").Key("a.b").Index(3).Item(map[string]any{"prefix": `x",y="`, "n": int64(4)}).Element("=]").Element([]any{"[", []any{}}).Key("")
	if have, err := ParsePath(string(made)); err != nil || have != made {
		t.Errorf("ParsePath(%q) = %q, %v", made, have, err)
	}
}
