package loop_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"selvage/core"
)

// TestObjectIsThatOfTheLastCheck, or where this process made none what the
// history has.
func TestObjectIsThatOfTheLastCheck(t *testing.T) {
	b := newBench(time.Minute)
	key := object("vpc-1", 1).Key
	if _, ok, err := b.loop.Object(t.Context(), "dc1", key); ok || err != nil {
		t.Errorf("before any check: %v, %v; want no object", ok, err)
	}
	b.check(t)
	b.live.set(answer(whole("kube", object("vpc-1", 2))))
	b.check(t)
	again := newBench(time.Minute)
	again.history.m = b.history.m
	for name, l := range map[string]*bench{"this process": b, "another process": again} {
		o, ok, err := l.loop.Object(t.Context(), "dc1", key)
		if err != nil || !ok || o.Verdict.State != core.Drifted || o.Live.Object.Digest != object("vpc-1", 2).Digest {
			t.Errorf("%s: %+v, %v, %v; want the drifted object", name, o.Verdict, ok, err)
		}
	}
	if _, ok, err := b.loop.Object(t.Context(), "dc1", object("vpc-9", 1).Key); ok || err != nil {
		t.Errorf("an object that is not there: %v, %v", ok, err)
	}
}

// TestValuesAreNotMasked, in this process and in one that only knows the
// history; they are those of the last verdict.
func TestValuesAreNotMasked(t *testing.T) {
	b := newBench(time.Minute)
	secret := func(password string) *core.Object {
		o := object("vpc-1", 1)
		o, err := core.NewObject(core.Document(o.Key, o.Version, map[string]any{"spec": map[string]any{"password": password}}))
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	b.git.set(answer(whole("git", secret("hunter2"))))
	b.live.set(answer(whole("kube", secret("hunter2"))))
	b.check(t)
	b.live.set(answer(whole("kube", secret("hunter3"))))
	b.check(t)
	again := newBench(time.Minute)
	again.history.m = b.history.m
	for name, l := range map[string]*bench{"this process": b, "another process": again} {
		shown := l.history.m.Objects[secret("").Key].Verdict.Changes
		got, err := l.loop.Values(t.Context(), "dc1", secret("").Key)
		if err != nil || len(got) != 1 || got[0].Path != ".spec.password" || !got[0].Live.Equal(core.ValueOf("hunter3")) {
			t.Errorf("%s: %+v, %v; want the password", name, got, err)
		}
		if len(shown) != 1 || shown[0].Live.Equal(core.ValueOf("hunter3")) {
			t.Errorf("%s shows %+v", name, shown)
		}
	}
}

// TestExplanationIsOfTheVerdictThatIsShown, whichever process gave it.
func TestExplanationIsOfTheVerdictThatIsShown(t *testing.T) {
	b := newBench(time.Minute)
	b.check(t)
	worlds := map[core.State]*core.Snapshot{
		core.InSync:  whole("kube", object("vpc-1", 1)),
		core.Drifted: whole("kube", object("vpc-1", 2)),
		core.Unknown: failed("kube"),
	}
	for state, live := range worlds {
		b.live.set(answer(live))
		b.check(t)
		again := newBench(time.Minute)
		again.history.m = b.history.m
		for name, l := range map[string]*bench{"this process": b, "another process": again} {
			e, err := l.loop.Explain(t.Context(), "dc1", object("vpc-1", 1).Key)
			if err != nil || e.Verdict.State != state {
				t.Errorf("%s: %s, %v; want %s", name, e.Verdict.State, err, state)
			}
		}
	}
	// An object that live has no more.
	b.live.set(answer(whole("kube")))
	b.check(t)
	again := newBench(time.Minute)
	again.history.m = b.history.m
	for name, l := range map[string]*bench{"this process": b, "another process": again} {
		e, err := l.loop.Explain(t.Context(), "dc1", object("vpc-1", 1).Key)
		if err != nil || e.Verdict.Reason != b.verdict().Reason || e.Verdict.State != b.verdict().State {
			t.Errorf("%s: %s %q, %v; want %s %q", name, e.Verdict.State, e.Verdict.Reason, err, b.verdict().State, b.verdict().Reason)
		}
	}
}

func TestWhatCannotBeExplainedSaysWhy(t *testing.T) {
	b := newBench(time.Minute)
	key := object("vpc-1", 1).Key
	_, err := b.loop.Explain(t.Context(), "dc1", key)
	if err == nil || !strings.Contains(err.Error(), "never checked") {
		t.Errorf("before any check: %v", err)
	}
	b.check(t)
	if _, err := b.loop.Explain(t.Context(), "dc1", object("vpc-9", 1).Key); err == nil || !strings.Contains(err.Error(), "VPC/vpc-9") {
		t.Errorf("an object that is not there: %v", err)
	}
	if _, err := b.loop.Explain(t.Context(), "dc9", key); err == nil || !strings.Contains(err.Error(), "dc9") {
		t.Errorf("a fabric that is not there: %v", err)
	}
	fresh := newBench(time.Minute)
	fresh.history.fail = errors.New("disk I/O error")
	if _, err := fresh.loop.Explain(t.Context(), "dc1", key); err == nil {
		t.Error("Explain = nil without a history")
	}
}

// TestKindsThatGitNeverHeldAreToldApart from objects that nobody has, whichever
// process is asked.
func TestKindsThatGitNeverHeldAreToldApart(t *testing.T) {
	b := newBench(time.Minute)
	o, err := core.NewObject(core.Document(core.Key{Group: "wiring.githedgehog.com", Kind: "Switch", Namespace: "default", Name: "leaf-1"}, "v1beta1", nil))
	if err != nil {
		t.Fatal(err)
	}
	b.live.set(answer(whole("kube", object("vpc-1", 1), o)))
	b.check(t)
	again := newBench(time.Minute)
	again.history.m = b.history.m
	for name, l := range map[string]*bench{"this process": b, "another process": again} {
		_, err := l.loop.Explain(t.Context(), "dc1", o.Key)
		if want := "explain Switch/leaf-1 of dc1: Switch is not kept in git here, so it is not compared"; err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
}

// TestAcknowledgementEndsWithItsValues, and with nothing else: not while a side
// cannot be read.
func TestAcknowledgementEndsWithItsValues(t *testing.T) {
	drifted := whole("kube", object("vpc-1", 2))
	tests := map[string]struct {
		git, live *core.Snapshot
		ended     bool
	}{
		"the same":                 {nil, drifted, false},
		"live changed":             {nil, whole("kube", object("vpc-1", 3)), true},
		"live went back":           {nil, whole("kube", object("vpc-1", 1)), true},
		"git changed":              {at("a2", object("vpc-1", 4)), drifted, true},
		"live is not read":         {nil, failed("kube"), false},
		"git is not read, nor new": {failed("git"), drifted, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := newBench(time.Minute)
			b.check(t)
			b.live.set(answer(drifted))
			b.check(t)
			key := object("vpc-1", 1).Key
			changes, err := b.loop.Values(t.Context(), "dc1", key)
			if err != nil || len(changes) != 1 {
				t.Fatalf("Values = %+v, %v", changes, err)
			}
			c := changes[0]
			word := core.Acknowledgement{
				Key: key, Path: c.Path, By: "kim", Reason: "tests", At: time.Now(), Until: time.Now().Add(time.Hour),
				GitDigest: c.Git.Digest(), LiveDigest: c.Live.Digest(),
			}
			if err := b.history.Acknowledge(t.Context(), "dc1", word); err != nil {
				t.Fatal(err)
			}
			if v := b.check(t).Report.Verdicts[0]; v.State != core.Acknowledged {
				t.Fatalf("%s, want acknowledged", v.State)
			}
			if tt.git != nil {
				b.git.set(answer(tt.git))
			}
			b.live.set(answer(tt.live))
			b.check(t)
			last := b.history.checks[len(b.history.checks)-1]
			if ended := len(last.Void) == 1; ended != tt.ended {
				t.Errorf("ended %+v, want %v", last.Void, tt.ended)
			}
		})
	}
}
