package tui

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// KeyFault is a mistake in the keys that a person chose.
type KeyFault struct {
	Action string // whose keys are wrong; "" where a tool's are
	Tool   int    // which tool, from 0; -1 where it is no tool's
	About  string // of a tool: key or run
	Name   bool   // there is no such action; [Actions] are those that there are
	What   string // what is wrong, in a few words
	Do     string // what to do about it
}

// Actions are the names that a person can give other keys to, sorted.
func Actions() []string {
	names := map[string]bool{}
	for _, b := range bindings() {
		names[string(b.action)] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// NewKeymap is the table with a person's own keys in it, by action, and with the
// keys of tools. An action that is given none has none: it is still found by its
// name. All mistakes are told at once; a keymap that has some is not to be used.
func NewKeymap(own map[string][]string, tools []Tool) (*Keymap, []KeyFault) {
	o := owner{own: map[Action][]string{}, at: map[Action]int{}}
	known := Actions()
	for _, name := range slices.Sorted(maps.Keys(own)) {
		if !slices.Contains(known, name) {
			o.faults = append(o.faults, KeyFault{Action: name, Tool: -1, Name: true, What: fmt.Sprintf("no action is called %q", name)})
			continue
		}
		o.own[Action(name)] = o.keys(KeyFault{Action: name, Tool: -1}, own[name], Action(name).harmless())
	}
	all := bindings()
	for i := range all {
		if keys, ok := o.own[all[i].action]; ok {
			all[i].keys = keys
		}
	}
	for i, t := range tools {
		fault := KeyFault{Tool: i, About: "key"}
		keys := o.keys(fault, []string{t.Key}, false)
		if why := t.fault(); why != "" {
			o.faults = append(o.faults, KeyFault{Tool: i, About: "run", What: why, Do: "write it as k9s --context {context} -c {kind}, without quotes around the braces"})
		}
		if _, again := o.at[t.action()]; again && t.Name != "" {
			o.faults = append(o.faults, KeyFault{Tool: i, About: "name", What: fmt.Sprintf("a second tool %q", t.Name), Do: "rename one"})
		}
		o.at[t.action()] = i
		all = append(all, t.binding(keys))
	}
	k := newKeymap(all)
	k.own, k.tools = o.own, tools
	o.clashes(k)
	o.leaving(k)
	return k, o.faults
}

// owner gathers what is wrong with a person's keys.
type owner struct {
	own    map[Action][]string
	at     map[Action]int // the tool that an action opens
	faults []KeyFault
}

// keys are some keys as Bubble Tea names them; those that are none, or on which
// the action must not be, are told and left out. One that is not there is no key: that
// is told where the configuration is read.
func (o *owner) keys(f KeyFault, written []string, harmless bool) []string {
	keys := []string{}
	for _, w := range written {
		if w == "" {
			continue
		}
		key, why := keyName(w)
		f.What, f.Do = why, "write it as s, S, ctrl+s, alt+s, f5, enter, space, tab, pgdown"
		switch {
		case why == "" && !harmless && splinters(key):
			f.What = fmt.Sprintf("%s must not change, start or end anything: on a slow line it is a piece of an arrow or function key", key)
			f.Do = "take another key"
		case why == "" && slices.Contains(keys, key):
			f.What, f.Do = fmt.Sprintf("%s twice", key), "name it once"
		}
		if f.What != "" {
			o.faults = append(o.faults, f)
			continue
		}
		keys = append(keys, key)
	}
	return keys
}

// clashes tells of keys that would mean two things on one screen. It is told of
// the action that was given the key, once for all screens.
func (o *owner) clashes(k *Keymap) {
	type pair struct {
		key  string
		a, b Action
	}
	told := map[pair]bool{}
	screens := []paneSpec{}
	for _, p := range panes() {
		screens = append(screens, p, paneSpec{title: p.title, scopes: apartFromTabs(whileChosen(p.scopes))})
	}
	for _, p := range screens {
		meaning := map[string]Action{}
		for _, b := range k.of(p.scopes) {
			for _, key := range b.keys {
				other, taken := meaning[key]
				if !taken {
					meaning[key] = b.action
				}
				if !taken || other == b.action {
					continue
				}
				mine, theirs := b.action, other
				if !o.chosen(mine) {
					mine, theirs = theirs, mine
				}
				if c := (pair{key, mine, theirs}); !told[c] && !told[pair{key, theirs, mine}] {
					told[c] = true
					o.faults = append(o.faults, o.clash(mine, theirs, key, p.title))
				}
			}
		}
	}
}

// chosen tells whether a person gave an action its keys.
func (o *owner) chosen(a Action) bool {
	_, own := o.own[a]
	_, tool := o.at[a]
	return own || tool
}

func (o *owner) clash(mine, theirs Action, key, screen string) KeyFault {
	f := KeyFault{Action: string(mine), Tool: -1, What: fmt.Sprintf("%s is %s too, on the screen %s", key, theirs, screen)}
	if i, ok := o.at[mine]; ok {
		f.Action, f.Tool, f.About = "", i, "key"
	}
	f.Do = "take another key"
	if _, tool := o.at[theirs]; !tool {
		f.Do += fmt.Sprintf(", or give %s another one under keys", theirs)
	}
	return f
}

// leaving tells where no key is left that leads out.
func (o *owner) leaving(k *Keymap) {
	for _, b := range k.bindings {
		if (b.action == ActQuit || b.action == ActClose) && len(b.keys) > 0 {
			return
		}
	}
	o.faults = append(o.faults, KeyFault{Action: string(ActQuit), Tool: -1, What: "no key is left that quits", Do: fmt.Sprintf("leave one to %s or %s", ActQuit, ActClose)})
}

// splinters tells whether a slow line can make a key of a piece of another one: an
// escape, or the tail of the sequence that arrow and function keys send.
func splinters(key string) bool {
	return slices.Contains(strings.Split("esc A B C D F H O P Q R S [", " "), key)
}

// harmless tells whether an action may be set off by a splinter: whatever it does
// is seen at once and undone by a key.
func (a Action) harmless() bool {
	family, _, _ := strings.Cut(string(a), ".")
	switch family {
	case "cursor", "list", "change", "text", "tab", "view":
		return true
	}
	return slices.Contains([]Action{
		ActHelp, ActBack, ActRedraw, ActCommand, ActCommit, ActHandover, ActCheckAll, ActCheck, ActOpen, ActDiff, ActExplain, ActNextObject, ActPrevObject,
		ActView, ActFlip, ActAside, ActFold, ActFoldAll, ActLessContext, ActMoreContext,
	}, a)
}

// keyName is a key as Bubble Tea names it, for how a person wrote it; why says what
// keeps it from being one.
func keyName(written string) (key, why string) {
	name, mods := written, ""
	for _, mod := range []string{"ctrl+", "alt+", "shift+"} {
		if rest, ok := strings.CutPrefix(name, mod); ok && rest != "" {
			name, mods = rest, mods+mod
		}
	}
	other := map[string]string{"return": "enter", "escape": "esc", "pgdn": "pgdown", "pageup": "pgup", "pagedown": "pgdown", "del": "delete", "ins": "insert"}
	if same, ok := other[strings.ToLower(name)]; ok {
		name = same
	}
	r, size := utf8.DecodeRuneInString(name)
	switch {
	case size == len(name) && unicode.IsPrint(r):
		switch {
		case mods == "shift+" && unicode.IsLetter(r): // it arrives as the capital
			name, mods = string(unicode.ToUpper(r)), ""
		case strings.HasPrefix(mods, "ctrl+"):
			name = strings.ToLower(name)
		}
	case !slices.Contains(namedKeys(), strings.ToLower(name)):
		return "", fmt.Sprintf("%q is no key", written)
	default:
		name = strings.ToLower(name)
	}
	if same, ok := map[string]string{"ctrl+i": "tab", "ctrl+m": "enter", "ctrl+[": "esc"}[mods+name]; ok {
		return "", fmt.Sprintf("%s and %s are one key to a terminal", mods+name, same)
	}
	return mods + name, ""
}

// namedKeys are the keys that are no character.
func namedKeys() []string {
	names := strings.Fields("enter esc tab space backspace delete insert home end pgup pgdown up down left right")
	for i := range 24 {
		names = append(names, fmt.Sprintf("f%d", i+1))
	}
	return names
}

// Changed are the actions whose keys a person chose, other than the table has them,
// sorted.
func (k *Keymap) changed() []Action {
	table := map[Action][]string{}
	for _, b := range bindings() {
		table[b.action] = append(table[b.action], b.keys...)
	}
	var all []Action
	for _, a := range slices.Sorted(maps.Keys(k.own)) {
		if !slices.Equal(slices.Compact(slices.Sorted(slices.Values(table[a]))), slices.Sorted(slices.Values(k.own[a]))) {
			all = append(all, a)
		}
	}
	return all
}

// keysOf are the keys of an action in some scopes.
func (k *Keymap) keysOf(scopes []scope, a Action) []string {
	for _, b := range k.bindings {
		if b.action == a && slices.Contains(scopes, b.scope) {
			return b.keys
		}
	}
	return nil
}
