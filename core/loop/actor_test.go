package loop_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"selvage/core"
	"selvage/store"
)

// say accepts all that vpc-1 differs by, at most so many places of it.
func (o *office) say(t *testing.T, by string, most int) []core.Acknowledgement {
	t.Helper()
	k := object("vpc-1", 1).Key
	changes, err := o.loop.Values(t.Context(), "dc1", k)
	if err != nil || len(changes) == 0 {
		t.Fatalf("Values = %+v, %v", changes, err)
	}
	var words []core.Acknowledgement
	for _, c := range changes[:min(most, len(changes))] {
		words = append(words, core.Acknowledgement{
			Key: k, Path: c.Path, Reason: "later", By: by, At: time.Now(), Until: time.Now().Add(time.Hour), GitDigest: c.Git.Digest(), LiveDigest: c.Live.Digest(),
		})
	}
	o.tell(t, words...)
	return words
}

func (o *office) tell(t *testing.T, words ...core.Acknowledgement) {
	t.Helper()
	if err := o.Acknowledge(t.Context(), "dc1", words...); err != nil {
		t.Fatal(err)
	}
}

// changed are the changes of verdicts in the history, oldest first, and who brought
// them about.
func (o *office) changed(t *testing.T) []string {
	t.Helper()
	entries, err := o.Entries(t.Context(), store.Filter{Fabrics: []core.FabricID{"dc1"}})
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, e := range slices.Backward(entries) {
		if x, ok := e.What.(core.Transition); ok {
			told = append(told, fmt.Sprintf("%s by %q", x.To, x.By))
		}
	}
	return told
}

// TestHistoryNamesWhoBroughtAVerdictAbout, where a person is known to have done that,
// and nobody where something else may have.
func TestHistoryNamesWhoBroughtAVerdictAbout(t *testing.T) {
	wide := func(vlan int64, mode string) *core.Object {
		o := object("vpc-1", vlan)
		o.Fields["spec"].(map[string]any)["mode"] = mode
		o.Digest = core.DigestJSON(o.Fields)
		return o
	}
	for name, tt := range map[string]struct {
		do   func(*testing.T, *office)
		want []string
	}{
		"accepted and ended": {func(t *testing.T, o *office) {
			words := o.say(t, "kim", 1)
			o.reconsider(t)
			o.tell(t, core.Ended(words, "lee", "no", time.Now())...)
			o.reconsider(t)
		}, []string{`acknowledged by "kim"`, `drifted by "lee"`}},
		"accepted, taken back and said again": {func(t *testing.T, o *office) {
			o.say(t, "kim", 1)
			o.check(t)
			for _, do := range []func() (core.Stepped, error){
				func() (core.Stepped, error) { return o.Undo(t.Context(), "dc1", "kim") },
				func() (core.Stepped, error) { return o.Redo(t.Context(), "dc1", "kim") },
			} {
				if _, err := do(); err != nil {
					t.Fatal(err)
				}
				o.check(t)
			}
		}, []string{`acknowledged by "kim"`, `drifted by "kim"`, `acknowledged by "kim"`}},
		"decided": {func(t *testing.T, o *office) {
			o.decide(t, core.TakeGit)
			o.reconsider(t)
		}, []string{`pending by "ada"`}},
		"accepted, and live changed since": {func(t *testing.T, o *office) {
			o.say(t, "kim", 1)
			o.check(t)
			o.live.set(answer(whole("kube", object("vpc-1", 3))))
			o.check(t)
		}, []string{`acknowledged by "kim"`, `drifted by ""`}},
		"accepted, and then not read for a while": {func(t *testing.T, o *office) {
			o.say(t, "kim", 1)
			o.check(t)
			o.live.set(answer(failed("kube")))
			o.check(t)
			o.live.set(answer(whole("kube", object("vpc-1", 2))))
			o.check(t)
		}, []string{`acknowledged by "kim"`, `unknown by ""`, `acknowledged by ""`}},
		"accepted in part, and the rest is mended": {func(t *testing.T, o *office) {
			o.live.set(answer(whole("kube", wide(2, "l3vni"))))
			o.check(t)
			words := o.say(t, "kim", 9)
			o.tell(t, core.Ended(words[:1], "kim", "no", time.Now())...)
			o.check(t)
			o.live.set(answer(whole("kube", object("vpc-1", 2))))
			o.check(t)
		}, []string{`drifted by ""`, `acknowledged by ""`}},
		"two at once": {func(t *testing.T, o *office) {
			o.live.set(answer(whole("kube", wide(2, "l3vni"))))
			o.check(t)
			words := o.say(t, "kim", 9)
			words[0].By = "lee"
			o.tell(t, words[0])
			o.check(t)
		}, []string{`drifted by ""`, `acknowledged by ""`}},
		"a decision was taken back": {func(t *testing.T, o *office) {
			o.say(t, "kim", 1)
			o.check(t)
			o.decide(t, core.TakeGit)
			o.check(t)
			if _, err := o.Undo(t.Context(), "dc1", "ada"); err != nil {
				t.Fatal(err)
			}
			o.check(t)
		}, []string{`acknowledged by "kim"`, `pending by "ada"`, `acknowledged by ""`}},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, t.TempDir())
			o.drift(t, 2)
			before := len(o.changed(t))
			tt.do(t, o)
			if got := o.changed(t)[before:]; !slices.Equal(got, tt.want) {
				t.Errorf("the history tells\n%q, want\n%q", got, tt.want)
			}
		})
	}
}
