package tui

import (
	"fmt"
	"testing"
	"time"

	"selvage/core"
)

func TestInfoTellsHowAFabricIsSetUp(t *testing.T) {
	d := drive(t, only(watched()), 100, 60).press("enter", "6")
	for _, text := range []string{
		"[6 info]", "watcher", "alice@jump1, process 4711", "https://10.9.1.10:6443", "git@git.example.net:net/fabrics.git",
		"rules v0.129, fabric v0.126 to v0.128", "VPC", "not in git and not compared", "manual: a person decides",
	} {
		d.shows(text)
	}
	d.press("G").shows("verify_ssl: true")
	d.press("/").typed("selvage.db").press("enter").shows("1 hit")
	d.press("esc", "1")
	d.acts.fault = fmt.Errorf("read the configuration: it is gone")
	d.press("6", "G").shows("it is gone")
	d.press("r")
	if len(d.engine.refreshed) != 1 {
		t.Error("r does not check")
	}
}

func watched() core.FabricState {
	f := busy()
	f.Watcher = core.Holder{ID: "x", User: "alice", Host: "jump1", PID: 4711, Since: ago(time.Hour), Seen: ago(3 * time.Second)}
	f.Fabric.Limits = core.Limits{Count: 5, Percent: 20}
	f.Fabric.Ignore = []core.IgnoreRule{{Kind: "Switch", Path: ".spec.portLocators"}}
	f.Took = 1200 * time.Millisecond
	return f
}

func TestWatcherThatWasNotHeardOfHasNoAge(t *testing.T) {
	f := busy()
	f.Watcher = core.Holder{ID: "x", User: "alice", Host: "jump1", PID: 4711, Since: ago(time.Hour)}
	d := drive(t, only(f), 160, 45).press("enter", "6")
	d.shows("process 4711, since ")
	d.hides("heard of ?")
}
