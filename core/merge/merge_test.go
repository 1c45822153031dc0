package merge_test

import (
	"strings"
	"testing"

	"selvage/core"
	"selvage/core/merge"
)

// value reads JSON; "" is absent.
func value(t testing.TB, text string) core.Value {
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

// tell is what a merge did, on one line: moves, then disputes.
func tell(r merge.Result) string {
	var all []string
	for _, m := range r.Moves {
		all = append(all, string(m.Path)+" by "+string(m.By))
	}
	for _, d := range r.Disputes {
		all = append(all, string(d.Path)+" disputed: "+d.Why)
	}
	return strings.Join(all, "; ")
}

func TestThreeWay(t *testing.T) {
	tests := []struct{ name, base, git, ours, want, told string }{
		{"different fields", `{"a":1,"b":1}`, `{"a":2,"b":1}`, `{"a":1,"b":2}`, `{"a":2,"b":2}`, ".a by git; .b by ours"},
		{"one field", `{"a":1}`, `{"a":2}`, `{"a":3}`, `{"a":2}`, ".a disputed: both sides changed it"},
		{"to the same end", `{"a":1}`, `{"a":2}`, `{"a":2.0}`, `{"a":2}`, ".a by both"},
		{"deleted and changed", `{"a":{"b":1}}`, `{}`, `{"a":{"b":2}}`, `{}`, ".a disputed: git removed it, and the other side changed it"},
		{"changed and deleted", `{"a":{"b":1}}`, `{"a":{"b":2}}`, `{}`, `{"a":{"b":2}}`, ".a disputed: git changed it, and the other side removed it"},
		{"deleted by one", `{"a":1,"b":1}`, `{"a":1,"b":1}`, `{"b":1}`, `{"b":1}`, ".a by ours"},
		{"above and below", `{"a":{"b":{"c":1}}}`, `{"a":5}`, `{"a":{"b":{"c":2}}}`, `{"a":5}`, ".a disputed: it became another type of value"},
		{"above and below, the same end", `{"a":{"b":1}}`, `{"a":{"b":2}}`, `{"a":{"b":2}}`, `{"a":{"b":2}}`, ".a.b by both"},
		{"a type to the same type", `{"a":1}`, `{"a":"1"}`, `{"a":"1"}`, `{"a":"1"}`, ".a by both"},
		{"both make a map of it", `{"a":1}`, `{"a":{"b":1}}`, `{"a":{"c":1}}`, `{"a":{"b":1}}`, ".a disputed: it became another type of value"},
		{"both add a map", `{}`, `{"a":{"b":1}}`, `{"a":{"c":1}}`, `{"a":{"b":1,"c":1}}`, ".a.b by git; .a.c by ours"},
		{"null is nothing", `{"a":null}`, `{"b":1}`, `{"a":null,"c":null}`, `{"b":1}`, ".b by git"},
		{"null is nothing within a list", `{"list":[{}]}`, `{"list":[{"b":1}]}`, `{"list":[{"a":null}]}`, `{"list":[{"b":1}]}`, ".list by git"},
		{"the whole object gone", `{"a":1}`, ``, `{"a":1}`, ``, ". by git"},
		{"the whole object gone and changed", `{"a":1}`, `{"a":1,"b":1}`, ``, `{"a":1,"b":1}`, ". disputed: git changed it, and the other side removed it"},
		{"a list decided as one", `{"x":[1,2]}`, `{"x":[1,2,3]}`, `{"x":[0,1,2]}`, `{"x":[1,2,3]}`, ".x disputed: both sides changed the list, which is decided as one"},
		{
			"items by key", `{"keyed":[{"id":1,"a":1},{"id":2}]}`, `{"keyed":[{"id":3},{"id":2},{"id":1,"a":1}]}`, `{"keyed":[{"id":1,"a":2},{"id":4}]}`,
			`{"keyed":[{"id":3},{"id":1,"a":2},{"id":4}]}`, ".keyed[id=1].a by ours; .keyed[id=2] by ours; .keyed[id=3] by git; .keyed[id=4] by ours",
		},
		{"one item", `{"keyed":[{"id":1,"a":1}]}`, `{"keyed":[{"id":1,"a":2}]}`, `{"keyed":[{"id":1,"a":3}]}`, `{"keyed":[{"id":1,"a":2}]}`, ".keyed[id=1].a disputed: both sides changed it"},
		{"items by two keys", `{"two":[{"id":1,"at":"x"}]}`, `{"two":[{"id":1,"at":"x"},{"id":1,"at":"y"}]}`, `{"two":[]}`, `{"two":[{"id":1,"at":"y"}]}`, `.two[at="x",id=1] by ours; .two[at="y",id=1] by git`},
		{"a key twice", `{"keyed":[{"id":1}]}`, `{"keyed":[{"id":1},{"id":1}]}`, `{"keyed":[]}`, `{"keyed":[{"id":1},{"id":1}]}`, ".keyed disputed: both sides changed the list, and its items cannot be told apart"},
		{"a key twice in another order", `{"keyed":[{"id":1},{"id":1,"a":1}]}`, `{"keyed":[{"id":1,"a":1},{"id":1}]}`, `{"keyed":[]}`, `{"keyed":[]}`, ".keyed by ours"},
		{"members", `{"set":["a","b"]}`, `{"set":["b","a","c"]}`, `{"set":["b","d"]}`, `{"set":["b","c","d"]}`, `.set[="a"] by ours; .set[="c"] by git; .set[="d"] by ours`},
		{"members twice", `{"set":["a"]}`, `{"set":["a","a"]}`, `{"set":["a","b"]}`, `{"set":["a","a","b"]}`, `.set[="b"] by ours`},
		{"members that are lists", `{"set":[[1]]}`, `{"set":[[1],[2]]}`, `{"set":[]}`, `{"set":[[2]]}`, ".set[=[1]] by ours; .set[=[2]] by git"},
		{"members with nulls", `{"set":[{"a":null}]}`, `{"set":[{},{"b":1}]}`, `{"set":[]}`, `{"set":[{},{"b":1}]}`, ".set disputed: both sides changed the list, and its items cannot be told apart"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := merge.ThreeWay(value(t, tt.base), value(t, tt.git), value(t, tt.ours), shape())
			if got := tell(r); got != tt.told {
				t.Errorf("got  %s\nwant %s", got, tt.told)
			}
			if !r.Value.Equal(value(t, tt.want)) {
				t.Errorf("result %s, want %s", r.Value, tt.want)
			}
		})
	}
}

func TestEveryListIsOneWithoutAShape(t *testing.T) {
	r := merge.ThreeWay(value(t, `{"keyed":[{"id":1}]}`), value(t, `{"keyed":[{"id":1},{"id":2}]}`), value(t, `{"keyed":[{"id":1},{"id":3}]}`), nil)
	if got, want := tell(r), ".keyed disputed: both sides changed the list, which is decided as one"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
