package plan

import (
	"fmt"
	"slices"
	"strings"

	"selvage/core"
)

// describe writes a commit's message: the template of its place with a summary in
// it, and below it a line for each change. A ticket that the template has no place for
// stands at the end, where it becomes a trailer.
func describe(in Input, c *core.PlannedCommit) {
	summary := in.Asked.Message
	if summary == "" {
		summary = summarize(c.Changes)
	}
	var lines []string
	back := false
	for _, was := range in.Reverted {
		if !was.On(c.URL, c.Branch) {
			continue
		}
		if in.Asked.Message == "" {
			summary = inverted(was.Subject)
		}
		back = true
		lines = append(lines, fmt.Sprintf("This reverts commit %s, which selvage run %s made.", was.Commit, was.SyncID), "")
	}
	template := "{summary}"
	for _, f := range in.Fabrics {
		if !slices.ContainsFunc(c.Changes, func(ch core.PlannedChange) bool { return ch.Fabric == f.State.Fabric.ID }) {
			continue
		}
		for _, p := range f.Places {
			if p.Message != "" && p.On(c.URL, c.Branch) {
				template = p.Message
			}
		}
	}
	text := strings.NewReplacer("{summary}", summary, "{ticket}", in.Asked.Ticket).Replace(template)
	subject, body, _ := strings.Cut(strings.TrimSpace(text), "\n")
	for _, ch := range c.Changes {
		lines = append(lines, line(ch, back))
	}
	c.Subject = strings.TrimSpace(subject)
	if ticket := strings.Join(strings.Fields(in.Asked.Ticket), "-"); ticket != "" && !strings.Contains(template, "{ticket}") {
		lines = append(lines, "", "Ticket: "+ticket)
	}
	c.Body = strings.TrimSpace(strings.TrimSpace(body) + "\n\n" + strings.Join(lines, "\n"))
}

// inverted is the subject of a commit that takes another one back, as git revert has
// it.
func inverted(subject string) string {
	if once, ok := strings.CutPrefix(subject, `Revert "`); ok {
		return `Reapply "` + once
	}
	return `Revert "` + subject + `"`
}

// summarize is what changes do, in one line: "dc1: VPC/vpc-1 .spec.vlan", or
// "dc1: 3 objects, adopt 1, remove 1".
func summarize(changes []core.PlannedChange) string {
	var fabrics, objects []string
	adopted, removed := 0, 0
	for _, c := range changes {
		if id := string(c.Fabric); !slices.Contains(fabrics, id) {
			fabrics = append(fabrics, id)
		}
		if name := string(c.Fabric) + " " + c.Key.String(); !slices.Contains(objects, name) {
			objects = append(objects, name)
		}
		switch {
		case c.Path == core.Root && !c.Before.Present():
			adopted++
		case c.Path == core.Root && !c.After.Present():
			removed++
		}
	}
	head := strings.Join(fabrics, ", ") + ": "
	if len(objects) == 1 {
		c := changes[0]
		switch {
		case adopted > 0:
			return head + "adopt " + c.Key.String()
		case removed > 0:
			return head + "remove " + c.Key.String()
		case len(changes) == 1 && c.Path != core.Root:
			return head + c.Key.String() + " " + string(c.Path)
		}
		return head + c.Key.String()
	}
	text := fmt.Sprintf("%d objects", len(objects))
	if adopted > 0 {
		text += fmt.Sprintf(", adopt %d", adopted)
	}
	if removed > 0 {
		text += fmt.Sprintf(", remove %d", removed)
	}
	return head + text
}

// line tells one change in the body of a message. Values are left out: some are
// not to be read by whoever reads the history. In a commit that takes another one
// back, what comes into Git was there before.
func line(c core.PlannedChange, back bool) string {
	what := "set"
	switch {
	case c.Path == core.Root && c.Op == core.OpChanged:
		return fmt.Sprintf("- %s: set %s as a whole", c.Fabric, c.Key)
	case c.Path == core.Root && c.Op == core.OpAdded && back:
		return fmt.Sprintf("- %s: put back %s", c.Fabric, c.Key)
	case c.Path == core.Root && c.Op == core.OpAdded:
		return fmt.Sprintf("- %s: adopt %s", c.Fabric, c.Key)
	case c.Path == core.Root && c.Op == core.OpRemoved:
		return fmt.Sprintf("- %s: remove %s", c.Fabric, c.Key)
	case c.Op == core.OpRemoved:
		what = "remove"
	case c.Op == core.OpAdded:
		what = "add"
	}
	return fmt.Sprintf("- %s: %s %s of %s", c.Fabric, what, c.Path, c.Key)
}
