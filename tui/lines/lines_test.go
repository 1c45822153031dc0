package lines

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"github.com/charmbracelet/x/exp/golden"

	"selvage/core"
)

func twoFabrics() *world {
	return newWorld(state("dc2", fine("vpc-1")), state("dc1", conflict(), drifted(), fine("vpc-3")))
}

// TestGoldenConversation is a whole conversation: look, decide, plan, publish.
func TestGoldenConversation(t *testing.T) {
	w := twoFabrics()
	w.change("dc1", func(f *core.FabricState) { f.Fabric.Protected = true })
	c := converse(t, w)
	c.hello()
	for _, l := range []string{
		"open 1", "diff 1", "decide 1", "1002", "live", "= \"l2vni\"", "drafts", "undo",
		"selvage resolve dc1 VPC/vpc-2 --take git", "ack 2", "2d", "the test bed", "overwritten", "restore 1",
		"plan", "sync --ticket CHG-7", "yes", "sync --plan p7", "p7", "dc1", "run", "quit", "stop", "history", "more all", "nonsense", "explain 2", "quit", "quit",
	} {
		fmt.Fprintf(&c.out, "> %s\n", l)
		c.take(t.Context(), typed{text: l + "\n"})
	}
	if !c.over {
		t.Error("quit does not end it")
	}
	golden.RequireEqual(t, c.out.String())
}

// TestNothingButLinesOfTextIsPrinted whatever names and errors hold.
func TestNothingButLinesOfTextIsPrinted(t *testing.T) {
	const evil = "a\x1b]52;c;aGk=\x07\u202e\r\nb\u200b"
	v := conflict()
	v.Key.Name, v.Reason, v.Changes[0].Manager = evil, evil, evil
	v.Changes[0].Live = core.ValueOf(evil)
	w := newWorld(state(evil, v))
	c := converse(t, w)
	c.hello()
	all := c.out.String() + c.types("open 1", "objects", "decide 1", "live", "stop", "drafts", "explain 1", "ack 1 --for 1h --reason "+evil, "zzz"+evil, "overwritten", "problems")
	w.change(evil, func(f *core.FabricState) {
		f.Err = errors.New(evil)
		f.Run = &core.Run{ID: evil, By: evil, Phase: core.RunFailed, Err: evil, Steps: []core.RunStep{{Name: evil, Detail: evil, Err: evil, Started: noon, Ended: noon}}}
		judge(f)
	})
	all += c.types("list")
	if !strings.Contains(all, `\x1b]52`) {
		t.Errorf("the hostile name is not told at all:\n%s", all)
	}
	for i, r := range all {
		if r != '\n' && (!unicode.IsPrint(r) || unicode.Is(unicode.Bidi_Control, r)) {
			t.Fatalf("%q is printed, in %q", r, all[max(0, i-40):min(len(all), i+40)])
		}
	}
}

func TestPublishingWantsWhatThePlanSays(t *testing.T) {
	for _, tt := range []struct {
		name, answer string
		protected    bool
		name2        string
		begun        int
	}{
		{"the id", "p7", false, "", 1},
		{"yes is not enough", "yes", false, "", 0},
		{"nothing", "", false, "", 0},
		{"protected, without its name", "p7", true, "p7", 0},
		{"protected, with its name", "p7", true, "dc1", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := twoFabrics()
			w.change("dc1", func(f *core.FabricState) { f.Fabric.Protected = tt.protected })
			c := converse(t, w)
			c.types("open dc1", "resolve 1 --take live", "sync --propose --no-wait --message tidy", tt.answer)
			if tt.name2 != "" {
				c.types(tt.name2)
			}
			if len(w.orders) != tt.begun {
				t.Fatalf("%d runs were begun, want %d", len(w.orders), tt.begun)
			}
			if tt.begun == 0 {
				return
			}
			o := w.orders[0]
			if !o.Propose || !o.NoWait || o.Message != "tidy" || o.By != "alice" || o.Host != "jump1, pts/3" || slices.Contains(o.Confirmed, "dc1") != tt.protected {
				t.Errorf("the order is %+v", o)
			}
		})
	}
}

func TestEveryReasonAgainstARunIsTold(t *testing.T) {
	c := converse(t, twoFabrics())
	c.types("resolve dc1 VPC/vpc-1 --take live")
	got := c.types("sync dc1 --allow-delete -1")
	for _, want := range []string{"not done: it deletes 40 objects", "not done: the ticket is missing"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not told:\n%s", want, got)
		}
	}
	c.types("sync dc1")
	c.world.fault = &core.NotAllowed{Reasons: []string{"git has moved", "bob is syncing it"}}
	if got := c.types("p7"); !strings.Contains(got, "not done: git has moved\nnot done: bob is syncing it\n") {
		t.Errorf("it says\n%s", got)
	}
}

// TestDecidingTakesTheFlagsOfTheCommand, for what a plan says to do is typed as it
// stands.
func TestDecidingTakesTheFlagsOfTheCommand(t *testing.T) {
	for line, want := range map[string]core.Decision{
		"selvage resolve dc1 VPC/vpc-1 --take live --field .spec.vlan": {Key: vpc("vpc-1"), Path: ".spec.vlan", Choice: core.TakeLive},
		`resolve dc1 VPC/vpc-1 --field=.spec.vlan --value '{"a": 1}'`:  {Key: vpc("vpc-1"), Path: ".spec.vlan", Choice: core.TakeEdited, Value: core.ValueOf(map[string]any{"a": int64(1)})},
		":resolve --take base dc1 VPC/vpc-2":                           {Key: vpc("vpc-2"), Path: core.Root, Choice: core.TakeBase},
		"reso dc1 VPC/vpc-1 --value null":                              {Key: vpc("vpc-1"), Path: core.Root, Choice: core.TakeEdited},
	} {
		c := converse(t, twoFabrics())
		got := c.types(line)
		if len(c.world.decided) != 1 {
			t.Errorf("%s: nothing was decided:\n%s", line, got)
			continue
		}
		if d := c.world.decided[0]; d.Key != want.Key || d.Path != want.Path || d.Choice != want.Choice || !d.Value.Equal(want.Value) {
			t.Errorf("%s decides %+v", line, d)
		}
	}
}

func TestWhatCannotBeDoneIsToldWithWhatToDo(t *testing.T) {
	for line, want := range map[string]string{
		"diff":                                "which fabric? (name it first, or open one)",
		"open dc9":                            `no fabric "dc9" (list names them)`,
		"diff dc1 7":                          "no object has the number 7 (objects reads them out)",
		"explain dc1 VPC/nope":                `no object "VPC/nope"`,
		"s":                                   `"s" may be sync or stop`,
		"frobnicate":                          `no command "frobnicate" (help names them)`,
		"diff dc1 --colour":                   "--colour: the flags are --output",
		"list --all":                          "--all: it takes no such flag",
		"open 'dc1":                           "a ' has no second one",
		"resolve dc1 VPC/vpc-1 --take theirs": "one of git, live, base",
		"resolve dc1 VPC/vpc-1 --value l3vni": `(a text is quoted: "l3vni")`,
		`resolve dc1 VPC/vpc-1 --value '"<masked 1>"'`: "type all of the new value",
		"resolve dc1 VPC/vpc-1 --take live --value 1":  "one of the two",
		"sync dc1 --plan p1":                           `no plan "p1" was made here`,
		"plan dc1 --allow-delete many":                 "it is a number",
		"decide dc1 VPC/vpc-3":                         "does not differ",
		"restore dc1 1":                                "overwritten reads them out",
		"stop dc1":                                     "no run of dc1 that goes on was begun here",
		"run dc1":                                      "history tells of earlier ones",
		"close":                                        "no fabric is open",
		"more":                                         "there is no more",
	} {
		c := converse(t, twoFabrics())
		if got := c.types(line); !strings.HasPrefix(got, "not done: ") || !strings.Contains(got, want) || strings.Count(got, "\n") != 1 {
			t.Errorf("%s says %q, want %q", line, got, want)
		}
	}
}

func TestAFabricThatIsOnlyReadIsNotDecidedAbout(t *testing.T) {
	w := twoFabrics()
	w.change("dc1", func(f *core.FabricState) { f.Fabric.Mode = core.ModeRead })
	c := converse(t, w)
	for _, line := range []string{"resolve dc1 VPC/vpc-1 --take live", "decide dc1 VPC/vpc-1", "plan dc1", "sync dc1", "undo dc1"} {
		if got := c.types(line); !strings.Contains(got, "the mode of dc1 is read") {
			t.Errorf("%s says %q", line, got)
		}
	}
	if len(w.decided)+len(w.asked) > 0 {
		t.Error("something was decided or planned")
	}
}

func TestAModeThatProposesAsksForAProposal(t *testing.T) {
	w := twoFabrics()
	w.change("dc1", func(f *core.FabricState) { f.Fabric.Mode = core.ModePropose })
	c := converse(t, w)
	if got := c.types("resolve dc1 VPC/vpc-1 --take live", "sync dc1"); !strings.Contains(got, "as a proposal") {
		t.Errorf("it says\n%s", got)
	}
	if c.types("p7"); len(w.orders) != 1 || !w.orders[0].Propose {
		t.Errorf("the orders are %+v", w.orders)
	}
}

// TestNewsWaitsForAnAnswer: whoever answers a question hears nothing else.
func TestNewsWaitsForAnAnswer(t *testing.T) {
	w := twoFabrics()
	c := converse(t, w)
	c.types("decide dc1 VPC/vpc-1")
	w.change("dc2", func(f *core.FabricState) { judge(f, core.Verdict{Key: vpc("vpc-1"), State: core.Stuck}) })
	c.out.Reset()
	c.news()
	if c.out.Len() > 0 {
		t.Errorf("it says %q while a question waits", c.out.String())
	}
	if got := c.types("stop"); !strings.Contains(got, "dc2: VPC/vpc-1: stuck, was in sync\n") {
		t.Errorf("afterwards it says %q", got)
	}
}

func TestQuietSaysNothingUnasked(t *testing.T) {
	w := twoFabrics()
	c := converse(t, w)
	c.types("quiet")
	w.change("dc2", func(f *core.FabricState) { judge(f, drifted()) })
	if got := c.types("quiet off"); strings.Contains(got, "drifted") {
		t.Errorf("it says %q", got)
	}
}

func TestALongAnswerComesInPages(t *testing.T) {
	c := converse(t, twoFabrics())
	first := c.types("history dc1 --since 3w --object VPC/vpc-1")
	if n := strings.Count(first, "happened"); n != page || !strings.Contains(first, "30 lines more: type more for the next 20, more all for all of them\n") {
		t.Errorf("%d lines, and\n%s", n, first)
	}
	if q := (Query{"dc1", "3w", "VPC/vpc-1"}); c.world.queries[0] != q {
		t.Errorf("asked for %+v", c.world.queries[0])
	}
	if n := strings.Count(c.types("more", "more all"), "happened"); n != 30 {
		t.Errorf("%d lines more, want 30", n)
	}
}

// TestRunIsTheConversation over real pipes: what happens is told without being
// asked for, lines are taken until they end.
func TestRunIsTheConversation(t *testing.T) {
	w := twoFabrics()
	in, typing := io.Pipe()
	var out shared
	cfg := configOf(w)
	cfg.In, cfg.Out = in, &out
	ended := make(chan error, 1)
	go func() { ended <- Run(t.Context(), cfg) }()
	out.shows(t, "2. dc2: in sync (=)")
	w.change("dc2", func(f *core.FabricState) {
		judge(f, core.Verdict{Key: vpc("vpc-1"), State: core.Stuck, Reason: "refused"})
	})
	out.shows(t, "dc2: VPC/vpc-1: stuck, was in sync: refused\n")
	fmt.Fprintf(typing, "%s\nopen dc2\n", strings.Repeat("x", longest+10))
	out.shows(t, "not done: the line is longer than 65536 bytes")
	out.shows(t, "1. VPC/vpc-1: stuck (s), refused")
	fmt.Fprint(typing, "resolve VPC/vpc-1 --take live") // and the line is lost
	typing.Close()
	if err := <-ended; err != nil {
		t.Errorf("Run = %v", err)
	}
	if len(w.decided) > 0 {
		t.Error("a line that broke off was taken")
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	in, typing := io.Pipe()
	defer typing.Close()
	cfg := configOf(twoFabrics())
	cfg.In, cfg.Out = in, &shared{}
	why := errors.New("hung up")
	ctx, stop := context.WithCancelCause(t.Context())
	stop(why)
	if err := Run(ctx, cfg); !errors.Is(err, why) {
		t.Errorf("Run = %v, want %v", err, why)
	}
}

func TestRunEndsWhereNothingCanBePrinted(t *testing.T) {
	in, typing := io.Pipe()
	defer typing.Close()
	cfg := configOf(twoFabrics())
	cfg.In, cfg.Out = in, broken{}
	if err := Run(t.Context(), cfg); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("Run = %v", err)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// shared is what was printed, for a test that looks while it goes on.
type shared struct {
	mu  sync.Mutex
	out bytes.Buffer
}

func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.Write(p)
}

func (s *shared) shows(tb testing.TB, text string) {
	tb.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		s.mu.Lock()
		got := s.out.String()
		s.mu.Unlock()
		if strings.Contains(got, text) {
			return
		}
		if time.Now().After(end) {
			tb.Fatalf("%q is not said:\n%s", text, got)
		}
	}
}

// TestATimeThatIsNoneIsToldAtOnce and asked for again, in words of the conversation.
func TestATimeThatIsNoneIsToldAtOnce(t *testing.T) {
	c := converse(t, twoFabrics())
	c.cfg.Acts.Span = func(text string) (time.Duration, error) {
		if text != "2d" {
			return 0, fmt.Errorf("%q: it is no time", text)
		}
		return 48 * time.Hour, nil
	}
	if got, want := c.types("ack dc1 VPC/vpc-2", "soon"), "for how long (8h, 2d, 3w)?\nnot done: \"soon\": it is no time\nfor how long (8h, 2d, 3w)?\n"; got != want {
		t.Errorf("it says\n%s\nwant\n%s", got, want)
	}
	if got := c.types("2d", "the test bed"); len(c.world.accepted) != 1 || !strings.Contains(got, "is accepted until") {
		t.Errorf("a good answer gives %q, accepted %q", got, c.world.accepted)
	}
	if got, want := c.types("ack dc1 VPC/vpc-2 --for soon"), "not done: \"soon\": it is no time\n"; got != want || c.answer != nil {
		t.Errorf("it says\n%s\nwant\n%s", got, want)
	}
}

func TestFabricOpensOne(t *testing.T) {
	c := converse(t, twoFabrics())
	for _, line := range []string{"fabric dc1", "fabric 1"} {
		if c.types("fabrics", line); c.open != "dc1" {
			t.Errorf("%s opens %q", line, c.open)
		}
		c.open = ""
	}
}
