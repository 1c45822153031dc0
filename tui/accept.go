package tui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"selvage/core"
	"selvage/core/safe"
)

// acceptance are the objects of one fabric whose differences may be accepted.
type acceptance struct {
	fabric  core.FabricState
	objects []*core.Verdict
}

// acceptances are what can be accepted of some objects of a fabric. What somebody
// accepted already counts only where it is the only one: of several it is passed
// over.
func acceptances(f core.FabricState, objects []*core.Verdict) []acceptance {
	can := slices.DeleteFunc(slices.Clone(objects), func(v *core.Verdict) bool {
		return !acceptable(v.State) || v.State == core.Acknowledged && len(objects) > 1
	})
	if len(can) == 0 {
		return nil
	}
	return []acceptance{{f, can}}
}

func countOf(all []acceptance) int {
	n := 0
	for _, a := range all {
		n += len(a.objects)
	}
	return n
}

// accepting is what a person says of differences that may stay: of a single one, or of
// all that some objects have.
type accepting struct {
	only    placeOf // the single one; else zero
	objects int     // that were asked about
	of      digest  // of their differences
	span    string  // "" until it was asked for
}

// differencesOf is by which the differences of objects are known again.
func differencesOf(all []acceptance) digest {
	return digestOf(func(yield func(core.FabricID, placeOf) bool) {
		for _, a := range all {
			for _, v := range a.objects {
				if !yield(a.fabric.Fabric.ID, placeOf{key: v.Key}) {
					return
				}
				for _, c := range v.Changes {
					if !yield(a.fabric.Fabric.ID, placeOf{v.Key, c.Path}) {
						return
					}
				}
			}
		}
	})
}

// acceptOne asks for how long a single difference may stay.
func acceptOne(m matter) Outcome {
	label := safe.Lit("accept for how long (8h, 2d, 3w): ")
	if m.verdict != nil && m.verdict.State == core.Acknowledged {
		label = safe.Lit("accept for how long (8h, 2d, 3w, or end): ")
	}
	return Outcome{Ask: &question{label: label, about: accepting{only: m.place()}}}
}

// acceptAll asks for how long the differences of all these objects may stay; in
// names where they are. What will not let them stay is said before.
func acceptAll(all []acceptance, in string) Outcome {
	n := countOf(all)
	what, label := safe.Sprintf("accept %s of %s", plural(n, "object"), in), safe.Lit("for how long (8h, 2d, 3w): ")
	if n == 1 {
		if all[0].objects[0].State == core.Acknowledged {
			label = safe.Lit("for how long (8h, 2d, 3w, or end): ")
		}
		what = safe.Sprintf("accept %s", all[0].fabric.Fabric.Label(all[0].objects[0].Key))
	}
	return Outcome{Ask: &question{
		label: label, about: accepting{objects: n, of: differencesOf(all)}, says: append([]safe.Text{what}, reverts(all)...),
	}}
}

// reverts says what puts Git's values back although a difference was accepted.
func reverts(all []acceptance) []safe.Text {
	n, order := map[string]int{}, []string{}
	for _, a := range all {
		for _, v := range a.objects {
			for _, k := range keepings(a.fabric, v, nil) {
				if k.Effect != core.KeepRestored && k.Effect != core.KeepDepends {
					continue
				}
				if n[k.Sentence] == 0 {
					order = append(order, k.Sentence)
				}
				n[k.Sentence]++
			}
		}
	}
	says := []safe.Text{}
	for i, sentence := range order {
		if i == 2 {
			return append(says, safe.Sprintf("and %s more", plural(len(order)-i, "reason")))
		}
		of := ""
		if countOf(all) > 1 {
			of = fmt.Sprintf(" (%s)", plural(n[sentence], "difference"))
		}
		says = append(says, safe.Sprintf("accepting keeps it from nothing: %s%s", sentence, of))
	}
	return says
}

// accepted takes what a person typed about differences that may stay; now are the
// objects that it would be done to by now.
func accepted(e Env, q question, text string, now func() []acceptance) Outcome {
	is, ok := q.about.(accepting)
	if !ok {
		return Outcome{}
	}
	text = strings.TrimSpace(text)
	all := now()
	switch {
	case text == "":
		return Outcome{Note: safe.Lit("nothing was accepted: it takes an end and a reason")}
	case is.only == placeOf{} && differencesOf(all) != is.of:
		return Outcome{Note: safe.Lit("the differences are others by now: nothing was accepted")}
	case is.span == "":
		if err := e.acts.SpanFault(text); err != nil {
			return Outcome{Ask: mend(q, text, err)}
		}
		if is.span = text; text == endWord {
			return is.deed(e, all, "")
		}
		return Outcome{Ask: &question{label: safe.Lit("why it may stay: "), about: is}}
	}
	return is.deed(e, all, text)
}

// endWord is what a person types in place of a time to accept something no longer.
const endWord = "end"

// deed has what was said about differences written down.
func (is accepting) deed(e Env, all []acceptance, reason string) Outcome {
	what, are := plural(is.objects, "object"), ""
	if is.only != (placeOf{}) {
		f, _ := e.fabric()
		what, are = f.Fabric.Label(is.only.key), " is"
	}
	accepter := e.acts.Accepter
	return Outcome{Deed: &Deed{
		Label: safe.Sprintf("accept %s", what),
		Run: func(ctx context.Context) (Done, error) {
			var until time.Time
			var done []acceptance
			var failures []string
			for _, a := range all {
				at, err := is.accept(ctx, accepter, a, reason)
				if err != nil && len(all) == 1 {
					return Done{}, err
				}
				if err != nil {
					failures = append(failures, fmt.Sprintf("%s: %v", a.fabric.Fabric.ID, err))
					continue
				}
				done, until = append(done, a), at
			}
			if len(failures) > 0 {
				return Done{}, acceptedBut(done, failures)
			}
			if is.span == endWord {
				return Done{Says: safe.Sprintf(" %s%s accepted no longer", what, are)}, nil
			}
			return Done{Says: safe.Sprintf(" %s%s accepted until %s", what, are, core.Stamp(until))}, nil
		},
	}}
}

// accept has the differences of one fabric accepted, and gives until when that is.
func (is accepting) accept(ctx context.Context, by Accepter, a acceptance, reason string) (time.Time, error) {
	id := a.fabric.Fabric.ID
	if is.only != (placeOf{}) {
		return by.Accept(ctx, id, is.only.key, is.only.path, is.span, reason)
	}
	keys := make([]core.Key, len(a.objects))
	for i, v := range a.objects {
		keys[i] = v.Key
	}
	return by.AcceptAll(ctx, id, keys, is.span, reason)
}

// acceptedBut tells why some fabrics refused, each by its name, and what the others
// accepted all the same.
func acceptedBut(done []acceptance, failures []string) error {
	rest := "nothing was accepted"
	if len(done) > 0 {
		names := make([]string, len(done))
		for i, a := range done {
			names[i] = string(a.fabric.Fabric.ID)
		}
		rest = fmt.Sprintf("%s of %s accepted", plural(countOf(done), "object"), strings.Join(names, ", "))
	}
	return fmt.Errorf("%s (%s)", strings.Join(failures, "; "), rest)
}
