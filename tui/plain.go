package tui

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"selvage/core"
)

// plain is a text without colours, a sentence or value to a line, for who draws no
// screen. What has an age tells it at the end of its line.
func (d *scroll) plain(now time.Time) string {
	var b strings.Builder
	for _, l := range d.lines {
		line := ""
		for _, p := range l.left {
			if p.at.IsZero() {
				line += p.text.String()
			} else {
				line += age(now, p.at).String()
			}
		}
		for _, p := range l.right {
			line += "  " + p.text.String()
		}
		if !l.at.IsZero() {
			line += "  " + age(now, l.at).String() + " ago"
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}

// EngineText is all that is known of a fabric's engine and its switches, as the
// dashboard shows it, one sentence or value to a line and without colours.
func EngineText(f core.FabricState, now time.Time) string {
	return newEngineText(f, now, unwrapped).plain(now)
}

// InfoText is how a fabric is set up and read, likewise. The widest mode that this run
// allows is as in [Config].
func InfoText(ctx context.Context, a Acts, mode core.Mode, f core.FabricState, now time.Time) (string, error) {
	var told *informed
	if a.Informer != nil {
		info, err := a.Informer.Inform(ctx, f.Fabric.ID)
		if err != nil {
			return "", err
		}
		told = &informed{f.Fabric.ID, info}
	}
	return newInfoText(Env{Now: now, mode: mode, acts: a}, f, told, "", unwrapped).plain(now), nil
}

// HandoverText is what is open on all fabrics, likewise: notes, runs that wait, objects
// that need a person, drafts, what could not be read.
func HandoverText(ctx context.Context, a Acts, fleet core.Fleet, now time.Time) (string, error) {
	e := Env{Fleet: fleet, Now: now, acts: a}
	if a.Handover == nil {
		return newHandoverText(e, nil, "", unwrapped).plain(now), nil
	}
	read, err := readHandover(ctx, a.Handover)
	if err != nil {
		return "", err
	}
	return newHandoverText(e, read, "", unwrapped).plain(now), nil
}

// Filter is a filter that was typed, in the words of the dashboard's, for who draws no
// screen. The zero Filter lets everything through.
type Filter struct{ is filter }

// FabricFilter and ObjectFilter read a filter of fabrics and of a fabric's objects. A
// word that cannot be followed is an error that names those which can be.
func FabricFilter(text string) (Filter, error) { return typedFilter(text, fabricWords()) }

// ObjectFilter is such a filter: see [FabricFilter].
func ObjectFilter(text string) (Filter, error) { return typedFilter(text, objectWords()) }

func typedFilter(text string, words *filterWords) (Filter, error) {
	// What is new to a person is what changed since a screen was looked at.
	words.fields = slices.DeleteFunc(words.fields, func(f string) bool { return f == "changed" })
	f := parseFilter(text, words)
	switch {
	case f.fault == "":
		return Filter{f}, nil
	case f.known != "":
		return Filter{}, errors.New(f.fault + "; there are: " + f.known)
	}
	return Filter{}, errors.New(f.fault)
}

// String is the filter as it was typed; "" where it lets everything through.
func (f Filter) String() string { return f.is.text }

// Fabric tells whether the filter lets a fabric through.
func (f Filter) Fabric(s core.FabricState, now time.Time) bool {
	return f.is.matches(fabricSubject{newFabricRow(s, now, 0, false), now})
}

// Object tells whether the filter lets an object through.
func (f Filter) Object(v core.Verdict, now time.Time) bool {
	return f.is.matches(objectSubject{&v, now, false})
}
