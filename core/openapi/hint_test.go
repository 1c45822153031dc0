package openapi

import (
	"reflect"
	"strings"
	"testing"

	"selvage/core"
)

func TestHintsAreRead(t *testing.T) {
	d, ok := Define(object(t, strings.Replace(definition, "width: {type: integer, default: 90}",
		`width: {type: integer, default: 90, minimum: 1, maximum: 400, description: "How wide it is. In\n  centimetres."}
              colour: {type: string, enum: [red, green], pattern: "^[a-z]+$", maxLength: 10}`, 1)))
	if !ok {
		t.Fatal("it is no definition")
	}
	for path, want := range map[core.Path]*core.SchemaHint{
		".spec.width":  {Type: "integer", Least: core.ValueOf(int64(1)), Most: core.ValueOf(int64(400)), Says: "How wide it is."},
		".spec.colour": {Type: "string", Enum: []core.Value{core.ValueOf("red"), core.ValueOf("green")}, Pattern: "^[a-z]+$", Longest: 10},
		".spec.any":    nil,
	} {
		if got := d.Schema.Root.Below(path).Hint; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v", path, got, want)
		}
	}
}
