package tui

import (
	"strings"
	"testing"
	"time"

	"selvage/core"
)

func TestModeStandsInEveryHeader(t *testing.T) {
	busy := desk()
	busy.Fabric.Protected = true
	fleet := core.Fleet{Fabrics: []core.FabricState{fabric("dc0-prod", time.Second, invalidFile()), busy}}
	seen := map[string]bool{}
	for way, keys := range ways() {
		for _, size := range [][2]int{{60, 10}, {80, 24}, {160, 45}} {
			d := drive(t, fleet, size[0], size[1]).press(keys...)
			m := d.model
			seen[m.top().spec.name] = true
			want := "  mode write"
			switch m.top().place.Fabric {
			case "":
			case busy.Fabric.ID:
				want = "  PROTECTED  write"
			default:
				want = "  read"
			}
			if len(m.top().fabrics) > 1 {
				want = "  PROTECTED  read"
			}
			if head := d.lines()[0]; !strings.HasSuffix(head, want) {
				t.Errorf("%s at %v: the header does not end in %q:\n%s", way, size, want, head)
			}
		}
	}
	for _, s := range Screens() {
		if !seen[s] {
			t.Errorf("no way leads to %q", s)
		}
	}
}

func TestModeStaysWhereTheHeaderIsShort(t *testing.T) {
	f := desk()
	f.Fabric.Protected, f.Report.Live.Insecure = true, true
	for width, want := range map[int]string{160: "PROTECTED  CERTIFICATE NOT VERIFIED  write", 60: "PROTECTED  write", 24: "write"} {
		d := drive(t, core.Fleet{Fabrics: []core.FabricState{f}}, width, 24).press("enter")
		if head := d.lines()[0]; !strings.HasSuffix(head, "  "+want) || !strings.HasPrefix(strings.TrimPrefix(head, "fabrics > "), string(f.Fabric.ID)) {
			t.Errorf("%d columns: %q", width, head)
		}
	}
}

func TestWholeTextTellsTheMode(t *testing.T) {
	f := desk()
	d := drive(t, core.Fleet{Fabrics: []core.FabricState{f}}, 80, 24).press("enter", "d")
	if head, _, _ := strings.Cut(d.model.wholeText(), "\n"); !strings.HasSuffix(head, "write") {
		t.Errorf("%q", head)
	}
}
