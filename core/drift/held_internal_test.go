package drift

import (
	"reflect"
	"testing"
	"time"

	"selvage/core"
)

// TestOnlyTheSameIsHeldAlready: what memory has stands for what was found only
// where no field of it is another one, those included that core may get some day.
func TestOnlyTheSameIsHeldAlready(t *testing.T) {
	full := func() *core.Remembered {
		o := &core.Object{UID: "u"}
		return &core.Remembered{
			Base: &core.Base{Git: o, Live: o}, Git: core.Sight{Object: o}, Live: core.Sight{Object: o},
			Verdict: core.Verdict{Key: core.Key{Kind: "VPC", Name: "a"}, State: core.InSync},
		}
	}
	memory := full()
	same := *memory
	if heldAlready(&same, memory, nil) != memory {
		t.Error("the same is taken for something else")
	}
	for _, part := range []func(*core.Remembered) reflect.Value{
		func(r *core.Remembered) reflect.Value { return reflect.ValueOf(r).Elem() },
		func(r *core.Remembered) reflect.Value { return reflect.ValueOf(&r.Git).Elem() },
		func(r *core.Remembered) reflect.Value { return reflect.ValueOf(&r.Live).Elem() },
		func(r *core.Remembered) reflect.Value { return reflect.ValueOf(&r.Verdict).Elem() },
	} {
		for i := range part(memory).NumField() {
			field := part(memory).Type().Field(i)
			if field.Type == reflect.TypeFor[core.Sight]() || field.Type == reflect.TypeFor[core.Verdict]() {
				continue // part by part
			}
			after := *memory
			another(t, part(&after).Field(i))
			if heldAlready(&after, memory, nil) != nil {
				t.Errorf("another %s.%s is not noticed", part(memory).Type(), field.Name)
			}
		}
	}
	last := full()
	for _, name := range []string{"Since", "Origin", "LiveRevision", "Opinion"} { // which alone may change with a verdict that is taken over
		after := *last
		after.Verdict.Changes = []core.Change{{Path: ".spec"}}
		if heldAlready(&after, memory, last) != last {
			t.Error("what was taken over is made anew")
		}
		another(t, reflect.ValueOf(&after.Verdict).Elem().FieldByName(name))
		if heldAlready(&after, memory, last) != nil {
			t.Errorf("another %s is not noticed", name)
		}
	}
}

// another gives a field a value that it does not have.
func another(t *testing.T, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.String:
		v.SetString(v.String() + "x")
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Int:
		v.SetInt(v.Int() + 1)
	case reflect.Uint8:
		v.SetUint(v.Uint() + 1)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(v.Interface().(time.Time).Add(time.Second)))
			return
		}
		another(t, v.Field(0))
	default:
		t.Fatalf("no other %s", v.Type())
	}
}
