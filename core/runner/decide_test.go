package runner_test

import (
	"testing"
	"time"

	"selvage/core"
)

// TestWordIsSaidAgain, and where a value has changed since it is told that the word
// does not hold by that.
func TestWordIsSaidAgain(t *testing.T) {
	for want, since := range map[string]func(*bench, *process){
		"":                               func(*bench, *process) {},
		"live changed it since":          func(b *bench, p *process) { b.live("dc1", "vpc-1.yaml", vpc("vpc-1", 1009)) },
		"nothing differs there any more": func(b *bench, p *process) { b.live("dc1", "vpc-1.yaml", vpc1) },
		"git changed it since":           func(b *bench, p *process) { b.remote().elsewhere("dc1/vpc-1.yaml", "1001", "1007") },
	} {
		t.Run(want, func(t *testing.T) {
			b := one(t)
			p := b.open()
			b.live("dc1", "vpc-1.yaml", vpc("vpc-1", 1005))
			p.check(t, "dc1")
			changes, err := p.loop.Values(t.Context(), "dc1", key("vpc-1"))
			if err != nil || len(changes) == 0 {
				t.Fatalf("%+v, %v", changes, err)
			}
			var words []core.Acknowledgement
			for _, c := range changes {
				words = append(words, core.Acknowledgement{
					Key: key("vpc-1"), Path: c.Path, Reason: "later", By: p.site.Me, At: time.Now(), Until: time.Now().Add(time.Hour),
					GitDigest: c.Git.Digest(), LiveDigest: c.Live.Digest(),
				})
			}
			accepted := func(doing string, want bool) {
				t.Helper()
				p.runner.Shown()
				f, _ := p.loop.Fleet().Fabric("dc1")
				for _, v := range f.Report.Verdicts {
					if is := v.State == core.Acknowledged; v.Key == key("vpc-1") && is != want {
						t.Errorf("%s: it is %s", doing, v.State)
					}
				}
			}
			if err := p.runner.Acknowledge(t.Context(), "dc1", words...); err != nil {
				t.Fatal(err)
			}
			accepted("accepted", true)
			if back, err := p.runner.Undo(t.Context(), "dc1", p.site.Me); err != nil || back.Words == "" || back.Void != "" {
				t.Errorf("Undo = %+v, %v", back, err)
			}
			accepted("undone", false)
			since(b, p)
			p.check(t, "dc1")
			forth, err := p.runner.Redo(t.Context(), "dc1", p.site.Me)
			if err != nil || forth.Words == "" || forth.Void != want {
				t.Errorf("Redo = %+v, %v, want %q", forth, err, want)
			}
			accepted("done again", want == "")
		})
	}
}
