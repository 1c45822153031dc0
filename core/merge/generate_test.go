package merge_test

import (
	"fmt"
	"maps"
	"slices"

	"pgregory.net/rapid"

	"selvage/core"
	"selvage/core/merge"
)

// shape has every form of list at every depth.
func shape() *core.SchemaNode {
	inner := &core.SchemaNode{}
	*inner = core.SchemaNode{
		Properties: map[string]*core.SchemaNode{
			"keyed": {Keys: []string{"id"}, Items: inner},
			"two":   {Keys: []string{"id", "at"}, Items: inner},
			"set":   {Set: true},
			"list":  {Items: inner},
		},
		Values: inner,
	}
	return inner
}

func scalar(t *rapid.T) any {
	return rapid.SampledFrom([]any{nil, false, true, int64(0), int64(1), float64(1), 1.5, "", "a", "5", int64(5), "ä]\"="}).Draw(t, "scalar")
}

func document(t *rapid.T, depth int) map[string]any {
	m := map[string]any{}
	for _, k := range rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "x.y/z", "keyed", "two", "set", "list"}), max(0, depth-1), 3+depth).Draw(t, "keys") {
		m[k] = member(t, k, depth)
	}
	return m
}

// member is a value for a map entry, mostly of the form that its shape says.
func member(t *rapid.T, key string, depth int) any {
	if depth <= 0 || rapid.IntRange(0, 9).Draw(t, "odd") == 9 {
		return scalar(t)
	}
	switch key {
	case "keyed", "two", "set", "list":
		items := make([]any, rapid.SampledFrom([]int{3, 2, 4, 1, 0}).Draw(t, "items"))
		for i := range items {
			items[i] = item(t, key, depth-1)
		}
		return items
	}
	if rapid.Bool().Draw(t, "scalar") {
		return scalar(t)
	}
	return document(t, depth-1)
}

func item(t *rapid.T, list string, depth int) any {
	switch {
	case list == "set" && rapid.IntRange(0, 4).Draw(t, "member") == 4:
		return []any{scalar(t), map[string]any{"a": scalar(t)}}
	case list == "set" || list == "list" && rapid.Bool().Draw(t, "plain"):
		return scalar(t)
	}
	m := document(t, depth)
	if list != "list" && rapid.IntRange(0, 15).Draw(t, "unkeyed") < 15 {
		m["id"] = rapid.SampledFrom([]any{int64(1), int64(2), "1", "b\"]"}).Draw(t, "id")
		m["at"] = rapid.SampledFrom([]any{"x", "y"}).Draw(t, "at")
	}
	return m
}

// edited is a copy of a value with a few changes.
func edited(t *rapid.T, v any, key string, depth int) any {
	what := rapid.IntRange(0, 15).Draw(t, "edit")
	if what == 15 {
		return member(t, key, depth)
	}
	switch x := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for _, k := range slices.Sorted(maps.Keys(x)) {
			switch e := rapid.IntRange(0, 9).Draw(t, "entry"); {
			case e == 9:
			case e < 5:
				out[k] = edited(t, x[k], k, depth-1)
			default:
				out[k] = core.CloneJSON(x[k])
			}
		}
		if rapid.IntRange(0, 3).Draw(t, "more") == 3 {
			for k, e := range document(t, max(0, depth-1)) {
				out[k] = e
			}
		}
		return out
	case []any:
		var out []any
		for _, e := range x {
			switch i := rapid.IntRange(0, 9).Draw(t, "item"); {
			case i == 9:
			case i < 5:
				out = append(out, kept(e, edited(t, e, "", depth-1)))
			default:
				out = append(out, core.CloneJSON(e))
			}
		}
		if rapid.IntRange(0, 3).Draw(t, "another") == 3 {
			out = append(out, item(t, key, max(0, depth-1)))
		}
		if rapid.IntRange(0, 3).Draw(t, "shuffle") == 3 && len(out) > 1 {
			out = rapid.Permutation(out).Draw(t, "order")
		}
		return append([]any{}, out...)
	case nil:
		return nil
	}
	if what < 5 {
		return scalar(t)
	}
	return v
}

// kept is an edited item with the identity that it had, where both are maps.
func kept(before, after any) any {
	from, ok := before.(map[string]any)
	to, isMap := after.(map[string]any)
	for _, k := range []string{"id", "at"} {
		if v, has := from[k]; ok && isMap && has {
			to[k] = v
		}
	}
	return after
}

// sides are a base and what two sides made of it; now and then one of the three
// is not there.
type sides struct{ base, git, ours core.Value }

func draw(t *rapid.T) sides {
	base := document(t, 3)
	side := func(name string) core.Value {
		switch rapid.IntRange(0, 15).Draw(t, name) {
		case 15:
			return core.Value{}
		case 14:
			return core.ValueOf(base)
		}
		return core.ValueOf(edited(t, base, "", 3))
	}
	s := sides{core.ValueOf(base), side("git"), side("ours")}
	if rapid.IntRange(0, 15).Draw(t, "new") == 15 {
		s.base = core.Value{}
	}
	return s
}

func (s sides) merge() merge.Result { return merge.ThreeWay(s.base, s.git, s.ours, shape()) }

func (s sides) swapped() sides { return sides{s.base, s.ours, s.git} }

func (s sides) String() string {
	return fmt.Sprintf("base %s\ngit  %s\nours %s", s.base, s.git, s.ours)
}
