package main

import (
	"testing"
	"time"

	"selvage/core"
)

// TestWhatIsSaidOfAField is so of that place and below, on the command line as in the
// dashboard: named as it is, or as people see it. What is over is not ended.
func TestWhatIsSaidOfAField(t *testing.T) {
	secret := core.Path(`.spec.tokens[="hunter2"]`)
	if shownPath(secret) == secret {
		t.Fatal("the path holds no secret")
	}
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	k := core.Key{Kind: "VPC", Name: "vpc-1"}
	var changes []core.Change
	m := &core.Memory{}
	for _, path := range []core.Path{secret, ".spec.vlan", ".spec.tokens2"} {
		changes = append(changes, core.Change{Path: path, Git: core.ValueOf("a"), Live: core.ValueOf("b")})
		m.Acknowledgements = append(m.Acknowledgements, core.Acknowledgement{Key: k, Path: path, At: now, Until: now.Add(time.Hour)})
	}
	over := core.Acknowledgement{Key: k, Path: ".spec.over", At: now.Add(-time.Hour), Until: now}
	other := core.Acknowledgement{Key: core.Key{Kind: "VPC", Name: "vpc-2"}, Path: ".spec.vlan", At: now, Until: now.Add(time.Hour)}
	m.Acknowledgements = append(m.Acknowledgements, over, other)
	for field, want := range map[core.Path]int{secret: 1, shownPath(secret): 1, ".spec.tokens": 1, ".spec": 3, core.Root: 3, ".spec.nowhere": 0} {
		p := pardon{field: field, reason: "later", span: 2 * time.Hour}
		words, ended := p.words(k, changes, now), p.ended(m, k, now)
		if len(words) != want || len(ended) != want {
			t.Errorf("%s: %d words and %d ends, want %d", field, len(words), len(ended), want)
		}
		for i := range words {
			if w := words[i]; w.Ends() || !w.Until.Equal(now.Add(2*time.Hour)) || w.Key != k || w.GitDigest != core.ValueOf("a").Digest() || w.LiveDigest != core.ValueOf("b").Digest() || w.By != username() {
				t.Errorf("%s: the word is %+v", field, w)
			}
			if e := ended[i]; !e.Ends() || e.Path != words[i].Path || e.Reason != "later" || e.By != username() {
				t.Errorf("%s: the end is %+v", field, e)
			}
		}
	}
}
