package lines

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"selvage/core"
	"selvage/core/safe"
)

// command is something that can be typed.
type command struct {
	name  string
	also  []string // other words for it
	usage string   // what follows the name
	help  string   // what it does, a sentence
	flags flags
	do    func(*talk, context.Context, given) error
}

// commands are all of them, in the order in which help reads them out.
func commands() []command {
	field := flags{"field": true, "take": true, "value": true, "drop": false, "all": false, "undo": false, "redo": false}
	publish := flags{"ticket": true, "message": true, "allow-delete": true}
	sync := flags{"ticket": true, "message": true, "allow-delete": true, "plan": true, "propose": false, "no-wait": false}
	return []command{
		{"list", []string{"status", "fabrics"}, "", "the fabrics and how each stands", nil, (*talk).list},
		{"filter", nil, "[WORDS]", "read out only what fits, of the fabrics or of the objects of the open one; without words all again", nil, (*talk).filter},
		{"open", []string{"fabric", "detail"}, "FABRIC", "go to a fabric, by its name or its number in the list", nil, (*talk).openFabric},
		{"objects", []string{"ls"}, "[FABRIC] [--all]", "its objects that are not in sync; --all: every one", flags{"all": false}, (*talk).listObjects},
		{"conflicts", nil, "[FABRIC]", "its objects on which both sides have moved", nil, (*talk).listConflicts},
		{"diff", nil, "[FABRIC] [OBJECT...] [-o fields or unified]", "what differs, - live and + git", flags{"output": true}, (*talk).diff},
		{"explain", []string{"why"}, "[FABRIC] OBJECT", "why the verdict on an object is what it is", nil, (*talk).explain},
		{"problems", nil, "[FABRIC]", "what could not be read, and why", nil, (*talk).problems},
		{"engine", nil, "[FABRIC]", "what applies git to it, how that stands, and its switches", nil, (*talk).engine},
		{"info", nil, "[FABRIC]", "how it is configured and read", nil, (*talk).info},
		{"lint", nil, "[FABRIC]", "what it would refuse of its files in git", nil, (*talk).lint},
		{"decide", nil, "[FABRIC] OBJECT", "go through its differences one by one and decide", nil, (*talk).decideOn},
		{"resolve", nil, "[FABRIC] OBJECT [--field PATH] --take git, live or base, or --value JSON, or --drop", "decide on an object or one field of it; without an object the drafts", field, (*talk).resolve},
		{"drafts", nil, "[FABRIC]", "what is decided and not published yet", nil, (*talk).listDrafts},
		{"undo", nil, "[FABRIC]", "take back what you decided or accepted last", nil, (*talk).undo},
		{"redo", nil, "[FABRIC]", "do again what you took back", nil, (*talk).redo},
		{"ack", []string{"acknowledge"}, "[FABRIC] OBJECT [--field PATH] --for TIME --reason TEXT", "accept a difference for a while: 8h, 2d, 3w", flags{"field": true, "for": true, "reason": true}, (*talk).ack},
		{"ignore", nil, "[FABRIC] OBJECT [PATH]", "leave a field out of the comparison for good: a rule for the configuration", nil, (*talk).ignore},
		{"overwritten", nil, "[FABRIC]", "edits on the cluster that were overwritten", nil, (*talk).listOverwritten},
		{"restore", nil, "NUMBER", "make a draft of one of them", nil, (*talk).restore},
		{"plan", nil, "[FABRIC... or all] [--ticket TEXT] [--message TEXT] [--allow-delete N]", "what publishing the drafts would do", publish, (*talk).plan},
		{"sync", nil, "[FABRIC... or all] [--plan ID] [--propose] [--no-wait] and what plan takes", "plan, ask, publish", sync, (*talk).sync},
		{"run", nil, "[FABRIC]", "how the last run stands", nil, (*talk).showRun},
		{"stop", nil, "[FABRIC]", "end the run that was begun here", nil, (*talk).stop},
		{"history", nil, "[FABRIC] [--since TIME] [--object OBJECT]", "what happened, newest first; without --since the last day", flags{"since": true, "object": true}, (*talk).history},
		{"events", nil, "[--since TIME] [--object OBJECT]", "what happened to all fabrics, likewise", flags{"since": true, "object": true}, (*talk).events},
		{"handover", nil, "", "what is open on all fabrics, for whoever comes next", nil, (*talk).handover},
		{"notes", nil, "", "what operators have left for each other", nil, (*talk).listNotes},
		{"note", nil, "[TEXT] [--done NUMBER]", "leave a note; --done: take one away", flags{"done": true}, (*talk).note},
		{"doctor", nil, "[FABRIC]", "what keeps fabrics from being read or published to", nil, (*talk).doctor},
		{"login", nil, "[FABRIC]", "log in to the clusters that wait for it", nil, (*talk).login},
		{"log", nil, "", "what selvage wrote down", nil, (*talk).log},
		{"check", []string{"refresh"}, "[FABRIC... or all]", "read and compare now; all where none is named or open", nil, (*talk).check},
		{"close", []string{"back"}, "", "leave the fabric that is open", nil, (*talk).closeFabric},
		{"more", nil, "[all]", "the rest of a long answer", nil, (*talk).more},
		{"quiet", nil, "[off]", "say nothing unasked, until quiet off", nil, (*talk).hush},
		{"theme", nil, "", "nothing is drawn here: there are no colours", nil, (*talk).theme},
		{"export", nil, "", "what is printed here is text already", nil, (*talk).export},
		{"keys", nil, "", "there are none here: the commands", nil, (*talk).keys},
		{"help", []string{"?"}, "[COMMAND]", "the commands", nil, (*talk).help},
		{"quit", []string{"q", "exit"}, "", "leave", nil, (*talk).quit},
	}
}

// command carries a line out.
func (t *talk) command(ctx context.Context, line string) error {
	said, err := words(strings.TrimPrefix(line, ":"))
	if err != nil {
		return err
	}
	if len(said) > 0 && said[0] == "selvage" {
		said = said[1:] // as commands are written for a shell
	}
	if len(said) == 0 {
		return nil
	}
	c, err := find(said[0])
	if err != nil {
		return err
	}
	g, err := c.flags.parse(said[1:])
	if err != nil {
		return fmt.Errorf("%s: %w", c.name, err)
	}
	if c.name != "quit" {
		t.warned = false
	}
	return c.do(t, ctx, g)
}

// Names are all words that are a command, without the beginnings of such.
func Names() []string {
	var all []string
	for _, c := range commands() {
		all = append(append(all, c.name), c.also...)
	}
	return all
}

// find gives the command of a name, or of the beginning of one where only one
// begins so.
func find(name string) (command, error) {
	var begin []command
	for _, c := range commands() {
		if c.name == name || slices.Contains(c.also, name) {
			return c, nil
		}
		if strings.HasPrefix(c.name, name) {
			begin = append(begin, c)
		}
	}
	switch len(begin) {
	case 0:
		return command{}, fmt.Errorf("no command %q (help names them)", name)
	case 1:
		return begin[0], nil
	}
	names := make([]string, len(begin))
	for i, c := range begin {
		names[i] = c.name
	}
	return command{}, fmt.Errorf("%q may be %s", name, strings.Join(names, " or "))
}

// help reads the commands out, or tells of one.
func (t *talk) help(_ context.Context, g given) error {
	if len(g.args) > 0 {
		c, err := find(g.args[0])
		if err != nil {
			return err
		}
		t.say(safe.Sprintf("%s %s", c.name, c.usage))
		t.say(safe.Sprintf("%s.", c.help))
		if len(c.also) > 0 {
			t.say(safe.Sprintf("also: %s.", strings.Join(c.also, ", ")))
		}
		return nil
	}
	lines := []safe.Text{}
	for _, c := range commands() {
		lines = append(lines, safe.Sprintf("%s: %s", c.name, c.help))
	}
	lines = append(lines,
		safe.Lit("help COMMAND tells what follows a command. The beginning of a word does where it is the only one."),
		safe.Lit("FABRIC may be left out while one is open. OBJECT is KIND/NAME, or the number that objects read out."))
	for _, l := range lines { // whole: who asks for help knows no more yet
		t.say(l)
	}
	return nil
}

// more prints on.
func (t *talk) more(_ context.Context, g given) error {
	switch {
	case len(t.rest) == 0:
		return errors.New("there is no more")
	case slices.Contains(g.args, "all"):
		for _, l := range t.rest {
			t.say(l)
		}
		t.rest = nil
	default:
		t.print(t.rest)
	}
	return nil
}

// hush turns news off and on.
func (t *talk) hush(_ context.Context, g given) error {
	t.news() // what there was meanwhile belongs to what was before
	t.quiet = !slices.Contains(g.args, "off")
	if t.quiet {
		t.say(safe.Lit("quiet: nothing is said unasked until quiet off"))
	} else {
		t.say(safe.Lit("what changes is told again"))
	}
	return nil
}

// quit ends the conversation. Of a run that would be interrupted it warns once.
func (t *talk) quit(context.Context, given) error {
	for _, f := range t.cfg.Engine.Fleet().Fabrics {
		if r := f.Run; r != nil && r.Phase.Active() && slices.Contains(t.mine, r.ID) && !t.warned {
			t.warned = true
			return fmt.Errorf("run %s of %s goes on, and ends with this (quit again to leave all the same; what is published stays)", shortRun(r.ID), f.Fabric.ID)
		}
	}
	t.over = true
	return nil
}

// about is the fabric that a command is about, and the words that are left: the
// first of them where it names one, else the one that is open.
func (t *talk) about(args []string) (core.FabricState, []string, error) {
	id := t.open
	if len(args) > 0 {
		if f, err := t.fabric(core.FabricID(args[0])); err == nil {
			return f, args[1:], nil
		}
	}
	if id == "" {
		return core.FabricState{}, nil, errors.New("which fabric? (name it first, or open one)")
	}
	f, err := t.fabric(id)
	return f, args, err
}

// everyOne tells whether what is named is all fabrics.
func everyOne(args []string) bool { return len(args) == 1 && args[0] == "all" }

// several are the fabrics that are named, else the one that is open.
func (t *talk) several(args []string) ([]core.FabricState, error) {
	var all []core.FabricState
	for _, a := range args {
		f, err := t.fabric(core.FabricID(a))
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	if len(all) == 0 {
		f, _, err := t.about(nil)
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	return all, nil
}

// found are the objects of a fabric that words name.
func (t *talk) found(f core.FabricState, names []string) ([]core.Verdict, error) {
	if f.Report == nil {
		return nil, unread(f)
	}
	var all []core.Verdict
	for _, name := range names {
		n, err := strconv.Atoi(name)
		if err != nil {
			found, err := t.cfg.Find(f, name)
			if err != nil {
				return nil, err
			}
			all = append(all, found...)
			continue
		}
		if t.objects.fabric != f.Fabric.ID || n < 1 || n > len(t.objects.keys) {
			return nil, fmt.Errorf("no object has the number %d (objects reads them out)", n)
		}
		k := t.objects.keys[n-1]
		i := slices.IndexFunc(f.Report.Verdicts, func(v core.Verdict) bool { return v.Key == k })
		if i < 0 {
			return nil, fmt.Errorf("%s is gone meanwhile (objects reads out what there is)", f.Fabric.Label(k))
		}
		all = append(all, f.Report.Verdicts[i])
	}
	return all, nil
}

// single is the one object that words name.
func (t *talk) single(args []string) (core.FabricState, core.Verdict, error) {
	f, rest, err := t.about(args)
	if err != nil {
		return f, core.Verdict{}, err
	}
	if len(rest) != 1 {
		return f, core.Verdict{}, errors.New("name one object: KIND/NAME, or its number")
	}
	found, err := t.found(f, rest)
	switch {
	case err != nil:
		return f, core.Verdict{}, err
	case len(found) != 1:
		return f, core.Verdict{}, fmt.Errorf("%q names %d objects: write KIND.GROUP/NAMESPACE/NAME", rest[0], len(found))
	}
	return f, found[0], nil
}

// unread tells why nothing is known of a fabric.
func unread(f core.FabricState) error {
	if f.Err != nil {
		return fmt.Errorf("%s could not be checked: %w", f.Fabric.ID, f.Err)
	}
	return fmt.Errorf("%s was not checked yet: it is told when it was", f.Fabric.ID)
}
