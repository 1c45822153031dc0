package tui

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"selvage/core"
)

// copied is what the last key put on the clipboard.
func (d *driver) copied() string {
	d.tb.Helper()
	_, text, ok := strings.Cut(raw(d.last), "\x1b]52;c;")
	if !ok {
		return ""
	}
	text, _, _ = strings.Cut(text, "\x07")
	plain, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		d.tb.Fatal(err)
	}
	return string(plain)
}

func TestYCopiesWhatTheCursorIsOn(t *testing.T) {
	for name, c := range map[string]struct {
		fleet core.Fleet
		keys  []string
		want  string
	}{
		"a fabric":                   {fullFleet(), []string{"j"}, "dc1-prod"},
		"an object":                  {deskFleet(), []string{"enter", "j", "j", "j"}, ""},
		"a path":                     {deskFleet(), []string{"enter", "d"}, ".spec.subnets.web.dhcp.options"},
		"a value":                    {oneFabric(driftedSwitch()), []string{"enter", "d", "j"}, "leaf 03 rack B14"},
		"the other side":             {oneFabric(driftedSwitch()), []string{"enter", "d", "%", "j"}, "leaf 03 rack B12"},
		"a line of YAML":             {oneFabric(driftedSwitch()), []string{"enter", "d", "t"}, "description: leaf 03 rack B14"},
		"a line beside another":      {oneFabric(driftedSwitch()), []string{"enter", "d", "t", "t"}, "description: leaf 03 rack B12"},
		"a line that did not change": {oneFabric(driftedSwitch()), []string{"enter", "d", "t", "Z", "j", "j", "j"}, "- border"},
		"an object and its path":     {oneFabric(driftedSwitch()), []string{"c", "m"}, "Switch/leaf-03 .spec.description"},
		"what was decided about":     {deskFleet(), []string{"enter", "7"}, ""},
		"a value that was replaced":  {deskFleet(), []string{"enter", "4"}, ""},
		"a line of the plan":         {deskFleet(), []string{"s"}, ""},
		"a line of the run":          {core.Fleet{Fabrics: []core.FabricState{running(core.RunFollowing)}}, []string{"enter", "8", "j"}, ""},
		"a line of an explanation":   {deskFleet(), []string{"enter", "x", "j"}, ""},
		"a line about the engine":    {fullFleet(), []string{"j", "enter", "5"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			d := drive(t, c.fleet, 120, 30).press(c.keys...)
			got := d.press("y").copied()
			if c.want == "" {
				c.want = got
			}
			if got != c.want || got == "" {
				t.Errorf("y copies %q, want %q:\n%s", got, c.want, d.screen())
			}
			d.shows("copied ")
			if doc := d.press("Y").copied(); !json.Valid([]byte(doc)) {
				t.Errorf("Y copies %q", doc)
			}
		})
	}
}

func oneFabric(verdicts ...core.Verdict) core.Fleet {
	f := fabric("dc1-prod", 8, verdicts...)
	f.Fabric.Mode = core.ModeWrite
	return core.Fleet{Fabrics: []core.FabricState{f}}
}

// TestWhatIsCopiedCanBePasted into a shell: it holds no key of a terminal.
func TestWhatIsCopiedCanBePasted(t *testing.T) {
	for name, text := range hostileTexts() {
		for way, keys := range ways() {
			d := drive(t, hostileFleet(text), 100, 30).press(keys...)
			if d.model.prompt != nil {
				continue
			}
			for _, key := range []string{"y", "Y"} {
				for _, r := range d.press(key).copied() {
					if r != '\n' && (r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == '\u202e') {
						t.Errorf("%s copies %U on %s of %s", key, r, way, name)
						break
					}
				}
			}
		}
	}
}

func TestWithNothingUnderTheCursorNothingIsCopied(t *testing.T) {
	d := drive(t, core.Fleet{}, 80, 24)
	for _, key := range []string{"y", "Y"} {
		if got := d.press(key).copied(); got != "" {
			t.Errorf("%s copies %q", key, got)
		}
	}
}

// TestWWritesAllThatIsShown, also what is below the end of the screen or folded,
// and the screen stays where it is.
func TestWWritesAllThatIsShown(t *testing.T) {
	f := busy()
	for way, c := range map[string]struct {
		keys  []string
		wants []string
	}{
		"fabrics":  {nil, []string{"selvage", "alice@jump1", "2026-11-23T14:02:11Z", "dc1-prod"}},
		"objects":  {[]string{"enter", "a", "G"}, []string{"VPC/tenant-a", "VPC/vpc-001", "VPC/vpc-205"}},
		"diff":     {[]string{"enter", "d", "n"}, []string{".spec.subnets.web.dhcp.range.end", "10.1.0.240"}},
		"unified":  {[]string{"enter", "d", "t"}, []string{"gateway: 10.1.0.1", "subnet: 10.1.0.0/24"}},
		"engine":   {[]string{"enter", "5", "G"}, []string{"argocd", "leaf-01"}},
		"run":      {[]string{"enter", "8"}, []string{"run"}},
		"explain":  {[]string{"enter", "x"}, []string{"tenant-a"}},
		"conflict": {[]string{"c"}, []string{".spec.subnets.web.dhcp.range.end"}},
	} {
		t.Run(way, func(t *testing.T) {
			t.Chdir(t.TempDir())
			d := drive(t, core.Fleet{Fabrics: []core.FabricState{f}}, 80, 20).press(c.keys...)
			if slices.Equal(c.keys, []string{"c"}) {
				f := f
				f.Fabric.Mode = core.ModeWrite
				d = drive(t, core.Fleet{Fabrics: []core.FabricState{f}}, 80, 20).press(c.keys...)
			}
			before := d.screen()
			d.press("w")
			d.shows("write to file: selvage-")
			d.press("esc")
			if d.screen() != before {
				t.Errorf("the screen is another:\n%s\nit was\n%s", d.screen(), before)
			}
			d.press("w", "enter")
			d.shows("wrote ")
			files, err := filepath.Glob("selvage-*.txt")
			if err != nil || len(files) != 1 {
				t.Fatalf("it writes %q (%v)", files, err)
			}
			text, err := os.ReadFile(files[0])
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range c.wants {
				if !strings.Contains(string(text), want) {
					t.Errorf("it does not hold %q:\n%s", want, text)
				}
			}
			if strings.Contains(string(text), "\x1b") || strings.Contains(string(text), "\n\n\n") || strings.Contains(string(text), "hidden (z") {
				t.Errorf("it is no plain text:\n%s", text)
			}
			if is, _ := os.Stat(files[0]); is.Mode().Perm() != 0o600 {
				t.Errorf("its mode is %v", is.Mode())
			}
		})
	}
}

func TestWReplacesNoFileUnasked(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("mine", []byte("mine\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	kept := func() string {
		text, err := os.ReadFile("mine")
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	d := drive(t, fullFleet(), 100, 24)
	for _, answer := range [][]string{{"esc"}, {"enter"}, {"y", "enter"}} {
		d.press("w", "ctrl+u").typed("mine").press("enter")
		d.shows("mine is there already: to replace it type yes:")
		d.press(answer...)
		if kept() != "mine\n" {
			t.Fatalf("after %q it holds\n%s", answer, kept())
		}
	}
	d.press("w", "ctrl+u").typed("mine").press("enter").typed("yes").press("enter")
	d.shows("wrote ")
	if !strings.Contains(kept(), "dc1-prod") {
		t.Errorf("it holds\n%s", kept())
	}
	if left, _ := filepath.Glob(".selvage-*"); len(left) > 0 {
		t.Errorf("it leaves %q behind", left)
	}
	d.press("w", "ctrl+u").typed("no/such/folder").press("enter")
	d.shows("no such file or directory")
}

func TestWOnAPlanSavesPatches(t *testing.T) {
	t.Chdir(t.TempDir())
	d := drive(t, deskFleet(), 100, 24).press("s", "w")
	d.shows(".patch")
	d.press("enter")
	d.shows("wrote ")
	files, _ := filepath.Glob("*.patch")
	if len(files) != 1 {
		t.Fatalf("it writes %q", files)
	}
	if text, _ := os.ReadFile(files[0]); !strings.HasPrefix(string(text), "From 0000\nSubject: ") {
		t.Errorf("it writes %q", text)
	}
	d.acts.fault = errors.New("the branch has moved")
	d.press("w", "enter")
	d.shows("the branch has moved")
}

func TestTheBarShowsItInThePager(t *testing.T) {
	t.Chdir(t.TempDir())
	d := drive(t, fullFleet(), 80, 10)
	d.model.cfg.Env = func(name string) (string, bool) {
		return map[string]string{"PAGER": "cat > paged"}[name], name == "PAGER"
	}
	d.press("|")
	text, err := os.ReadFile("paged")
	if err != nil || !strings.Contains(string(text), "edge-ams") {
		t.Errorf("the pager reads %q (%v)", text, err)
	}
	d.model.cfg.Env = func(name string) (string, bool) { return "no-such-pager", name == "PAGER" }
	d.press("|")
	d.shows(`$PAGER is "no-such-pager"`)
	d.model.cfg.Env = func(string) (string, bool) { return "", false }
	d.press("|") // less, where it is there
}

// TestEveryScreenIsAText whatever it holds.
func TestEveryScreenIsAText(t *testing.T) {
	for way, keys := range ways() {
		for name, fleet := range map[string]core.Fleet{"full": fullFleet(), "empty": {}, "hostile": hostileFleet("\x1b]52;c;x\x07\u202e")} {
			d := drive(t, fleet, 80, 24).press(keys...)
			text := d.model.wholeText()
			if strings.ContainsAny(text, "\x1b\x07\u202e\t") || len(strings.Split(text, "\n")) < 3 {
				t.Errorf("%s of the %s fleet is %q", way, name, text)
			}
		}
	}
}

func TestRowsAreCSV(t *testing.T) {
	f := asCSV([][]string{{"when", "what"}, {"now", `a "b", c`}})
	text, err := f.Content(context.Background())
	if want := "when,what\nnow,\"a \"\"b\"\", c\"\n"; string(text) != want || err != nil {
		t.Errorf("it is %q (%v), want %q", text, err, want)
	}
}

func TestAFilesNameIsPlain(t *testing.T) {
	for text := range map[string]bool{"../../etc/passwd": true, "a b\n": true, "...": true, strings.Repeat("x", 300): true} {
		if got := plainName(text); strings.ContainsAny(got, "/ \n") || strings.HasPrefix(got, ".") || len(got) > 60 {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}

func deskFleet() core.Fleet { return core.Fleet{Fabrics: []core.FabricState{desk()}} }
