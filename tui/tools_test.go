package tui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"selvage/core"
)

// withTools has a dashboard with some tools, in which clusters are known.
func withTools(tb testing.TB, fleet core.Fleet, tools ...Tool) *driver {
	tb.Helper()
	keymap, faults := NewKeymap(nil, tools)
	if len(faults) > 0 {
		tb.Fatal(faults)
	}
	return driveWith(tb, fleet, func(c *Config) {
		c.Keymap = keymap
		c.Places = func(id core.FabricID) map[string]string {
			return map[string]string{"context": "ctx-" + string(id), "kubeconfig": ""}
		}
	})
}

func TestAToolOpensOnWhatIsSelected(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	words := "{fabric} {cluster} {context} {namespace} {kind} {resource} {name} {repo} {branch} {path} {file} {line}"
	d := withTools(t, fullFleet(), Tool{Key: "f6", Name: "all of it", Run: "printf '%s\\n' " + words + " >" + out})
	d.press("f6")
	if _, err := os.Stat(out); err == nil {
		t.Error("it was opened on a fabric, and wants an object")
	}
	d.shows("all of it: ")
	d.press("j", "enter", "j", "j", "j", "j", "f6")
	got, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	want := "dc1-prod\ndc1\nctx-dc1-prod\ndefault\nswitch\nswitches.wiring.githedgehog.com\nleaf-03\ngit@git.example.net:net/fabrics.git\nmain\nfabrics/dc1-prod\nfabrics/dc1-prod/switches.yaml\n120\n"
	if !strings.Contains(string(got), "leaf-03") || string(got) != want {
		t.Errorf("it was given\n%s want\n%s", got, want)
	}
	d.shows("all of it has ended (exit 0)")
}

func TestAToolThatFailsIsTold(t *testing.T) {
	d := withTools(t, fullFleet(), Tool{Key: "f6", Name: "fails", Run: "echo no such context {context} >&2; exit 3"})
	d.press("j", "f6")
	d.shows("fails: exit status 3: no such context ctx-dc1-prod")
}

// TestAToolIsOfferedOnlyWhereItCanWork: by footer, palette and help, which says what
// is missing.
func TestAToolIsOfferedOnlyWhereItCanWork(t *testing.T) {
	d := withTools(t, fullFleet(), Tool{Key: "f6", Name: "k9s", Run: "true {kubeconfig}"}, Tool{Key: "f7", Name: "git", Run: "true {repo}"})
	d.send(keyPress("j"))
	if !d.model.can("tool.git") || d.model.can("tool.k9s") {
		t.Errorf("git can %v, k9s can %v", d.model.can("tool.git"), d.model.can("tool.k9s"))
	}
	d.press("?").typed("tool.k9s").press("enter")
	d.shows("k9s: nothing is known for {kubeconfig} here")
	d.press("esc").obeys("tool.git")
	d.shows("git has ended (exit 0)")
}

// TestNamesAreNoCommands: whatever an object is called, its name is one word.
func TestNamesAreNoCommands(t *testing.T) {
	for name, text := range hostileTexts() {
		for _, bad := range []string{text, "$(touch pwned)", "`touch pwned`", "'; touch pwned; '", "a b", "*"} {
			dir := t.TempDir()
			t.Chdir(dir)
			v := driftedSwitch()
			v.Key.Name = bad
			d := withTools(t, core.Fleet{Fabrics: []core.FabricState{fabric("dc1", 0, v)}}, Tool{Key: "f6", Name: "x", Run: `printf '%s' {name} >out`})
			d.press("enter", "f6")
			if strings.Contains(bad, "\x00") {
				continue
			}
			got, _ := os.ReadFile(filepath.Join(dir, "out"))
			if string(got) != bad {
				t.Errorf("%s: %q arrives as %q", name, bad, got)
			}
			if _, err := os.Stat(filepath.Join(dir, "pwned")); err == nil {
				t.Fatalf("%q was run", bad)
			}
		}
	}
}

// TestNamesAreNoFlags: a word that a program would take for a flag is not given to
// one, neither to a person's own nor to those that everybody may have, and that is
// told.
func TestNamesAreNoFlags(t *testing.T) {
	for _, bad := range []string{"--server=https://evil.example", "-rf"} {
		d, called := opening(t, Tool{Key: "f6", Name: "mine", Run: "mine {name}"})
		f := busy()
		v := driftedSwitch()
		v.Key.Name = bad
		f.Report.Verdicts = []core.Verdict{v}
		d.set(core.Fleet{Fabrics: []core.FabricState{f}})
		d.press("enter", "f6")
		for _, open := range d.model.openers() {
			if line, _ := d.model.toolLine(open); strings.Contains(line, "'"+bad+"'") {
				t.Errorf("%s is offered: %s", open.Name, line)
			}
		}
		d.press("?").typed("tool.mine").press("enter")
		d.shows("mine: {name} is \"" + bad + "\" here, which a program takes for")
		if got := called(); got != "" {
			t.Errorf("%q is given to %s", bad, got)
		}
	}
}

// TestAToolIsNotOpenedOnWhatHasGone while its menu was open.
func TestAToolIsNotOpenedOnWhatHasGone(t *testing.T) {
	d, called := opening(t, Tool{Key: "f6", Name: "mine", Run: "mine {name}"})
	d.press("enter", "o")
	d.shows(" 5 mine")
	f := busy()
	f.Report.Git[0].URL, f.Report.Verdicts = "/srv/git/fabrics.git", nil
	d.set(core.Fleet{Fabrics: []core.FabricState{f}})
	d.press("5")
	if got := called(); got != "" {
		t.Errorf("it calls %q", got)
	}
	d.shows("mine: nothing is known for {name} here")
}

func TestLinesOfToolsThatQuoteAreRefused(t *testing.T) {
	for line, want := range map[string]string{
		`k9s -c {kind}`: "", `k9s -c "{kind}"`: "quotes", `sh -c 'echo {name}'`: "quotes", "x `echo {name}`": "quotes", `x \{name}`: "quotes",
		`x "a" 'b' {name} \" {kind}`: "", `x {nmae}`: "nothing is known as {nmae}", `awk '{print $1}' {file}`: "", `x {}`: "nothing is known",
	} {
		if got := (Tool{Name: "x", Run: line}).fault(); (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q in it", line, got, want)
		}
	}
}
