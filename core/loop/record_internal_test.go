package loop

import (
	"reflect"
	"testing"
	"time"

	"selvage/core"
)

// TestEveryFieldOfAVerdictIsRemembered: memory is written anew where any part of
// it that a store keeps is another one. A field that is new in core has to be
// named here as compared, or as one that memory is without.
func TestEveryFieldOfAVerdictIsRemembered(t *testing.T) {
	full := func() core.Remembered {
		o := &core.Object{Key: core.Key{Kind: "VPC", Name: "a"}, Digest: core.DigestJSON("a"), UID: "u"}
		return core.Remembered{
			Base: &core.Base{Git: o, Live: o},
			Git:  core.Sight{Object: o}, Live: core.Sight{Object: o},
			Verdict: core.Verdict{Changes: []core.Change{{Path: ".spec"}}, Acknowledged: &core.Acknowledgement{}},
		}
	}
	// Which follow from the others, or are not kept.
	derived := map[string]bool{
		"Base.Key": true, "Base.At": true, "Verdict.Key": true, "Verdict.Version": true, "Verdict.Since": true,
		"Verdict.Last": true, "Verdict.LastSince": true, "Verdict.LastKnown": true, "Verdict.Folded": true,
		"Verdict.Opinion": true, "Verdict.Git": true, "Verdict.Live": true, "Verdict.LiveRevision": true,
		"Acknowledged.Key": true, "Acknowledged.GitDigest": true, "Acknowledged.LiveDigest": true,
	}
	parts := map[string]func(*core.Remembered) reflect.Value{
		"Base":         func(r *core.Remembered) reflect.Value { return reflect.ValueOf(r.Base).Elem() },
		"Git":          func(r *core.Remembered) reflect.Value { return reflect.ValueOf(&r.Git).Elem() },
		"Live":         func(r *core.Remembered) reflect.Value { return reflect.ValueOf(&r.Live).Elem() },
		"Verdict":      func(r *core.Remembered) reflect.Value { return reflect.ValueOf(&r.Verdict).Elem() },
		"Acknowledged": func(r *core.Remembered) reflect.Value { return reflect.ValueOf(r.Verdict.Acknowledged).Elem() },
		"Change":       func(r *core.Remembered) reflect.Value { return reflect.ValueOf(&r.Verdict.Changes[0]).Elem() },
		"Commit":       func(r *core.Remembered) reflect.Value { return reflect.ValueOf(&r.Verdict.Changes[0].Commit).Elem() },
		"Observed":     func(r *core.Remembered) reflect.Value { return reflect.ValueOf(&r.Verdict.Changes[0].Observed).Elem() },
	}
	for part, of := range parts {
		before := full()
		for i := range of(&before).NumField() {
			name := part + "." + of(&before).Type().Field(i).Name
			if derived[name] {
				continue
			}
			now := full()
			alter(of(&now).Field(i))
			if sameMemory(&before, &now) {
				t.Errorf("another %s is not noticed", name)
			}
		}
	}
	if a, b := full(), full(); !sameMemory(&a, &b) {
		t.Error("the same is taken for something else")
	}
}

// alter gives a field another value than the one it has.
func alter(v reflect.Value) {
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(time.Unix(1, 0)))
		return
	case core.Value:
		v.Set(reflect.ValueOf(core.ValueOf("x")))
		return
	case *core.Object:
		v.Set(reflect.ValueOf(&core.Object{Digest: core.DigestJSON("b")}))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Uint8:
		v.SetUint(1)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), v.Len()+1, v.Len()+1))
	case reflect.Pointer:
		v.SetZero()
	case reflect.Struct:
		alter(v.Field(0))
	default:
		panic("a field of a sort that core had none of: " + v.Type().String())
	}
}
