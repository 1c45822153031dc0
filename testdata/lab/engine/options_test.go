package engine

import (
	"testing"
	"time"
)

func TestTriesWaitLongerEachTime(t *testing.T) {
	for _, test := range []struct {
		retry    Retry
		repeated int64
		want     time.Duration
	}{
		{Retry{}, 0, 5 * time.Second},
		{Retry{}, 2, 20 * time.Second},
		{Retry{}, 60, 3 * time.Minute},
		{Retry{Duration: time.Second, Factor: 3}, 2, 9 * time.Second},
		{Retry{Duration: time.Second, Factor: 1}, 1000, time.Second},
		{Retry{Duration: time.Hour}, 0, 3 * time.Minute},
		{Retry{Duration: time.Second, Max: 3 * time.Second}, 2, 3 * time.Second},
	} {
		if have := test.retry.wait(test.repeated); have != test.want {
			t.Errorf("%+v after %d tries waits %s, want %s", test.retry, test.repeated, have, test.want)
		}
	}
	if r := (Retry{Limit: -1}); !r.allows(1000) {
		t.Error("a limit below 0 ends")
	}
	if r := (Retry{Limit: 2}); !r.allows(1) || r.allows(2) {
		t.Error("two repeated tries are not two")
	}
}

func TestGlobsMatchAcrossDirectories(t *testing.T) {
	for _, test := range []struct {
		glob, name string
		want       bool
	}{
		{"*.yaml", "a.yaml", true},
		{"*.yaml", "deep/a.yaml", true},
		{"old*", "a-old.yaml", false},
		{"{old/*,b.yaml}", "b.yaml", true},
		{"{old/*,b.yaml}", "old/x/y.yaml", true},
		{"{old/*,b.yaml}", "c.yaml", false},
		{"a.yaml", "axyaml", false},
		{"[ab].yaml", "b.yaml", true},
		{"?.yaml", "ab.yaml", false},
		{"{a", "a", false},
	} {
		if have := matches(test.glob, test.name); have != test.want {
			t.Errorf("matches(%q, %q) = %v", test.glob, test.name, have)
		}
	}
	flat := source{flat: true, include: "*.yaml", exclude: "b*"}
	for name, want := range map[string]bool{"a.yaml": true, "b.yaml": false, "deep/a.yaml": false, "a.json": false} {
		if have := flat.takes(name); have != want {
			t.Errorf("takes(%q) = %v", name, have)
		}
	}
}

func TestWindowsPermitByArgoCDsRules(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 30, 0, 0, time.UTC)
	window := func(kind, schedule, duration string, manual bool) Window {
		return Window{Kind: kind, Schedule: schedule, Duration: duration, ManualSync: manual}
	}
	openDeny, closedDeny := window("deny", "0 12 * * *", "1h", false), window("deny", "0 13 * * *", "1h", false)
	openAllow, closedAllow := window("allow", "0 12 * * *", "1h", false), window("allow", "0 9 * * *", "2h", false)
	lenient := func(w Window) Window { w.ManualSync = true; return w }
	zoned := openDeny
	zoned.TimeZone = "Asia/Tokyo"
	for name, test := range map[string]struct {
		windows      []Window
		auto, manual bool
	}{
		"none":                         {nil, true, true},
		"one that denies":              {[]Window{openDeny}, false, false},
		"one that denies, but people":  {[]Window{lenient(openDeny)}, false, true},
		"two that deny, one people":    {[]Window{lenient(openDeny), openDeny}, false, false},
		"one that will deny":           {[]Window{closedDeny}, true, true},
		"one that denies, elsewhere":   {[]Window{zoned}, true, true},
		"one that allows":              {[]Window{openAllow}, true, true},
		"one that allowed":             {[]Window{closedAllow}, false, false},
		"one that allowed, and people": {[]Window{lenient(closedAllow)}, false, true},
		"one of two that allow":        {[]Window{closedAllow, openAllow}, true, true},
		"deny wins":                    {[]Window{openAllow, openDeny}, false, false},
	} {
		auto, err := permits(test.windows, false, now)
		manual, merr := permits(test.windows, true, now)
		if err != nil || merr != nil || auto != test.auto || manual != test.manual {
			t.Errorf("%s: %v %v, %v %v, want %v %v", name, auto, manual, err, merr, test.auto, test.manual)
		}
	}
	for _, bad := range []Window{window("deny", "soon", "1h", false), window("deny", "* * * * *", "long", false), {Kind: "deny", Schedule: "* * * * *", Duration: "1h", TimeZone: "Mars"}} {
		if open, err := permits([]Window{bad}, true, now); err == nil || open {
			t.Errorf("%+v: %v, %v", bad, open, err)
		}
	}
}
