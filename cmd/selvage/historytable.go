package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"selvage/core"
	"selvage/core/config"
	"selvage/core/safe"
)

const (
	historyWidth = 80
	// longestValue is how much of a value the table shows; the other outputs
	// show all.
	longestValue = 200
	mostChanges  = 8
	mostObjects  = 12

	checkEvent = "check"
)

// chapter is what the table shows as one: an entry, or several that say the
// same. It is a line, with what does not fit on it below.
type chapter struct {
	at      time.Time
	fabric  core.FabricID
	event   string
	objects []string // that it is about
	told    []string

	checks int // that found the same one after the other
	since  time.Time
}

// historyTable prints a line for each chapter, newest first, and more of it in
// indented lines below.
type historyTable struct {
	app  *app
	wide int // of the names of fabrics
	story
	begun bool
	width int // that lines are wrapped at; 0 for not at all
}

func (a *app) historyTable(c *config.Config, ids []core.FabricID) historyPrinter {
	t := &historyTable{app: a, wide: len("FABRIC"), story: newStory(fabricsOf(c))}
	if a.interactive() {
		t.width = historyWidth
	}
	for _, id := range ids {
		t.wide = max(t.wide, ansi.StringWidth(safe.Clean(string(id)).String()))
	}
	return t
}

func (t *historyTable) page(entries []core.Entry) error {
	for _, e := range entries {
		t.add(e)
	}
	return t.write(t.finished())
}

func (t *historyTable) end() error {
	if err := t.write(t.rest()); err != nil || t.begun {
		return err
	}
	return t.app.printf("nothing is known of that time\n")
}

func (t *historyTable) write(chapters []*chapter) error {
	var b strings.Builder
	if !t.begun && len(chapters) > 0 {
		t.begun = true
		fmt.Fprintf(&b, "%-20s  %-*s  %-14s  %s\n", "TIME", t.wide, "FABRIC", "EVENT", "ABOUT")
	}
	for _, c := range chapters {
		c.write(&b, t.wide, t.width)
	}
	return t.app.printf("%s", b.String())
}

// story puts entries together to chapters: the checks of a fabric that found the
// same one after the other, and the objects of which the same is told at one
// time.
type story struct {
	fabrics map[core.FabricID]core.Fabric
	told    []*chapter // that were not given yet
	last    map[core.FabricID]*chapter
	at      time.Time // of the last entry
}

func newStory(fabrics map[core.FabricID]core.Fabric) story {
	return story{fabrics: fabrics, last: map[core.FabricID]*chapter{}}
}

func (s *story) add(e core.Entry) {
	s.at = e.At
	c := chapterOf(e, s.fabrics[e.Fabric])
	before := s.last[e.Fabric]
	if before != nil && before.event == c.event && slices.Equal(before.told, c.told) {
		switch {
		case c.event == checkEvent:
			before.checks++
			before.since = c.at
			return
		case len(c.objects) > 0 && before.at.Equal(c.at):
			before.objects = append(before.objects, c.objects...)
			return
		}
	}
	s.last[e.Fabric] = c
	s.told = append(s.told, c)
}

// finished gives the chapters before the first one that the next entry may
// still belong to. A chapter that would keep too many others back ends here, and
// goes on as another one.
func (s *story) finished() []*chapter {
	open := slices.IndexFunc(s.told, func(c *chapter) bool {
		return s.last[c.fabric] == c && (c.event == checkEvent || c.at.Equal(s.at))
	})
	if open < 0 || len(s.told)-open > historyPage {
		return s.rest()
	}
	done := s.told[:open]
	s.told = slices.Clone(s.told[open:])
	return done
}

// rest gives all chapters.
func (s *story) rest() []*chapter {
	done := s.told
	s.told = nil
	clear(s.last)
	return done
}

// write writes the line, with the first of what is told on it where that fits, and the
// rest below, wrapped at a width. Without one each has a line of its own: a command that
// is told is copied from it, and found by grep.
func (c *chapter) write(b *strings.Builder, wide, width int) {
	fabric := safe.Clean(string(c.fabric)).String()
	line := fmt.Sprintf("%s  %s%s  %-14s", core.Stamp(c.at), fabric, strings.Repeat(" ", wide-ansi.StringWidth(fabric)), c.event)
	var below []string
	switch n := len(c.objects); n {
	case 0:
	case 1:
		line += "  " + safe.Clean(c.objects[0]).String()
	default:
		line += fmt.Sprintf("  %d objects", n)
		below = append(below, joined(c.objects[:min(n, mostObjects)]))
		if n > mostObjects {
			below[0] += fmt.Sprintf(" and %d more", n-mostObjects)
		}
	}
	below = append(slices.Clone(c.told), below...)
	if c.checks > 1 {
		below[0] += fmt.Sprintf(" (%d checks since %s)", c.checks, core.Stamp(c.since))
	}
	if first := safe.Clean(below[0]).String(); ansi.StringWidth(line)+2+ansi.StringWidth(first) <= historyWidth {
		line, below = line+"  "+first, below[1:]
	}
	b.WriteString(strings.TrimRight(line, " ") + "\n")
	const indent = "    "
	for _, t := range below {
		text := safe.Clean(t).String()
		if width > 0 {
			text = ansi.Wrap(text, width-len(indent), "")
		}
		for part := range strings.SplitSeq(text, "\n") {
			b.WriteString(indent + part + "\n")
		}
	}
}

func chapterOf(e core.Entry, f core.Fabric) *chapter {
	c := &chapter{at: e.At, fabric: e.Fabric}
	for _, k := range keysOf(e.What) {
		c.objects = append(c.objects, f.Label(k))
	}
	switch x := e.What.(type) {
	case core.Checked:
		c.event, c.told, c.checks = checkEvent, []string{findings(x)}, 1
	case core.Transition:
		c.event, c.told = fmt.Sprintf("%c %s", x.To.Letter(), x.To.Title()), tellVerdict(x)
	case core.Overwritten:
		c.event, c.told = "overwritten", tellOverwritten(x)
	case core.Blind:
		c.event, c.told = "not watched", []string{tellBlind(x)}
		if x.Reason == core.Polled {
			c.event, c.told = core.Polled, []string{tellPolled(x, f)}
		}
	case core.Acceptance:
		c.event, c.told = "accepted", []string{tellAcceptance(x)}
	case core.Acknowledgement:
		c.event, c.told = "acknowledged", []string{tellAcknowledgement(x)}
	case core.Decided:
		c.event, c.told = x.Word(), []string{tellDecided(x)}
	case core.Run:
		c.event, c.told = x.Word(), tellRun(x, f, e.Fabric)
	}
	return c
}

func tellVerdict(t core.Transition) []string {
	told := []string{t.Reason}
	switch {
	case t.First && t.Reason == "":
		told[0] = "seen for the first time"
	case t.First:
	case t.Reason == "":
		told[0] = "was " + t.From.Title()
	case t.From != t.To:
		told[0] += " (was " + t.From.Title() + ")"
	}
	for i, c := range t.Changes {
		if i == mostChanges {
			told = append(told, fmt.Sprintf("and %d more", len(t.Changes)-mostChanges))
			break
		}
		told = append(told, tellChange(c))
	}
	return told
}

func tellChange(c core.Change) string {
	text := spot(c.Path) + "  "
	if c.Path == core.Root { // which side has it, the state tells
		text = ""
	} else {
		text += fmt.Sprintf("git %s, live %s", value(c.Git), value(c.Live))
	}
	if note := liveNote(c); note != "" {
		text = joinedBy("  ", text, note)
	}
	if note := gitNote(c); note != "" {
		text = joinedBy(", ", text, "git "+note)
	}
	if text == "" {
		return spot(c.Path)
	}
	return text
}

func tellOverwritten(o core.Overwritten) []string {
	edit := spot(o.Path) + "  " + value(o.Live)
	if !o.Live.Present() {
		edit = spot(o.Path) + "  removed"
	}
	if o.Manager != "" {
		edit += " by " + o.Manager
		if !o.ManagerTime.IsZero() {
			edit += " " + core.Stamp(o.ManagerTime)
		}
	}
	if lived := o.Lived(); lived >= time.Second {
		edit += ", seen for " + core.ShortAge(lived)
	} else {
		edit += ", seen once"
	}
	after := "replaced with " + value(o.Now)
	switch {
	case !o.Live.Present() && o.Path == core.Root:
		after = "put back"
	case !o.Live.Present():
		after = "put back as " + value(o.Now)
	}
	if o.ReplacedBy != "" {
		after += " by " + o.ReplacedBy
	}
	if o.Commit.Known() {
		after += ", git " + gitNote(core.Change{Commit: o.Commit})
	}
	return []string{edit, after}
}

func tellBlind(b core.Blind) string {
	if b.From.IsZero() {
		return b.Reason
	}
	return fmt.Sprintf("for %s: %s", config.FormatDuration(b.Until.Sub(b.From).Round(time.Second)), b.Reason)
}

// tellPolled tells of a time in which a fabric was looked at now and then: how often,
// as that is configured now.
func tellPolled(b core.Blind, f core.Fabric) string {
	if b.From.IsZero() {
		return f.Polling()
	}
	return fmt.Sprintf("for %s, %s", config.FormatDuration(b.Until.Sub(b.From).Round(time.Second)), f.Polling())
}

func tellAcceptance(a core.Acceptance) string {
	by := ""
	if a.By != "" {
		by = ", by " + a.By
	}
	switch a.What {
	case core.AcceptMass:
		return "that they vanished" + by
	case core.AcceptRewrite:
		return fmt.Sprintf("that %s was rewritten to %s%s", core.ShortCommit(a.From), core.ShortCommit(a.To), by)
	case core.AcceptBase:
		return "as the base" + by
	}
	return string(a.What) + by
}

func tellAcknowledgement(a core.Acknowledgement) string {
	by := ""
	if a.By != "" {
		by = " by " + a.By
	}
	if a.Ends() {
		return fmt.Sprintf("%s  no longer%s: %s", spot(a.Path), by, a.Reason)
	}
	switch a.Restored {
	case "":
	case a.By:
		by += ", again"
	default:
		by += ", brought back by " + a.Restored
	}
	return fmt.Sprintf("%s  until %s%s: %s", spot(a.Path), core.Stamp(a.Until), by, a.Reason)
}

// spot is a path as people read it.
func spot(p core.Path) string {
	if p == core.Root {
		return "the whole object"
	}
	return string(p)
}

// value is a value on one line, the start of a long one.
func value(v core.Value) string {
	if !v.Present() {
		return "nothing"
	}
	return ansi.Truncate(safe.Clean(core.Inline(v.Any())).String(), longestValue, "…")
}

func joined(parts []string) string { return strings.Join(parts, ", ") }

func joinedBy(between, a, b string) string {
	if a == "" {
		return b
	}
	return a + between + b
}
