package sheet

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"selvage/core"
	"selvage/core/manifest"
	"selvage/core/merge"
)

// desk is what stands for an object when its sheet is made.
type desk struct {
	subject  merge.Subject
	standing []core.Draft
	text     []byte   // the document as those have it; nil where it is as without them
	shown    int      // how many of them are to be seen in it
	instead  []int64  // those that take the object out of Git: whoever edits it wants to have it
	notes    []string // what of the desk is not to be seen, a sentence each
}

// WithDrafts is the sheet as the drafts for its object have it, so that a person
// edits on from them. Others may be among them. What cannot be shown is told in the
// head: what is void, what a proposal has (by its id), that the object is to go, and
// what the document does not take.
func (s Sheet) WithDrafts(subject merge.Subject, drafts []core.Draft, proposed map[int64]string) Sheet {
	d := desk{subject: subject}
	var void, review, git int
	var reviews []string
	for _, draft := range drafts {
		if draft.Key != s.Key {
			continue
		}
		where, inReview := proposed[draft.ID]
		switch state, _ := subject.Sides.Judge(draft.Resolution); {
		case state == core.DraftVoid:
			void++
			continue
		case state == core.DraftDone:
			continue
		case inReview:
			review++
			if !slices.Contains(reviews, where) {
				reviews = append(reviews, where)
			}
			continue
		case draft.Choice == core.TakeGit:
			git++
		}
		d.standing = append(d.standing, draft)
	}
	note := func(n int, one, more string) {
		switch {
		case n == 1:
			d.notes = append(d.notes, "1 draft "+one)
		case n > 1:
			d.notes = append(d.notes, fmt.Sprintf("%d drafts %s", n, more))
		}
	}
	note(void, "is void, and is not shown: decide anew here, or drop it.", "are void, and are not shown: decide anew here, or drop them.")
	note(review, "waits for a review, and is not shown. End that before you change its place:",
		"wait for a review, and are not shown. End that before you change their places:")
	for _, where := range reviews {
		d.notes = append(d.notes, "  "+where)
	}
	note(git, "keeps what git has: its place is shown as git has it.", "keep what git has: their places are shown as git has them.")
	if changing := len(d.standing) - git; changing > 0 {
		text, err := s.laid(subject, resolutions(d.standing))
		switch {
		case errors.Is(err, errGone):
			note(changing, "takes the object out of git: what you change here takes its place.", "take the object out of git: what you change here takes their place.")
			for _, draft := range d.standing {
				if draft.Choice != core.TakeGit {
					d.instead = append(d.instead, draft.ID)
				}
			}
			d.standing = nil
		case err != nil:
			note(changing, "is not shown, drop it where it is in the way: "+core.OneLine(err), "are not shown, drop those that are in the way: "+core.OneLine(err))
			d.standing = nil
		default:
			d.text, d.shown = text, changing
		}
	}
	s.desk = d
	return s
}

// errGone tells that drafts leave nothing of an object that could be edited.
var errGone = errors.New("git is not to have the object any more")

// head tells what of the desk is to be seen in a sheet, and what is not.
func (d desk) head(inGit bool) []string {
	var head []string
	switch {
	case d.shown == 1:
		head = append(head, "", "1 place stands as drafted, and is shown so. A change makes it anew;")
	case d.shown > 1:
		head = append(head, "", fmt.Sprintf("%d places stand as drafted, and are shown so. A change makes one anew;", d.shown))
	case len(d.notes) > 0:
		head = append(head, "")
	}
	switch {
	case d.shown > 0 && inGit:
		head = append(head, "put back to what git says, a draft goes.")
	case d.shown > 0:
		head = append(head, "only dropping it takes it back.")
	}
	return append(head, d.notes...)
}

func resolutions(drafts []core.Draft) []core.Resolution {
	all := make([]core.Resolution, len(drafts))
	for i, d := range drafts {
		all[i] = d.Resolution
	}
	return all
}

// laid is the document as resolutions have it: as they would be published.
func (s Sheet) laid(subject merge.Subject, all []core.Resolution) ([]byte, error) {
	result := merge.Reconcile([]merge.Subject{subject}, all)
	switch {
	case len(result.Errors) > 0:
		return nil, result.Errors[0].Err
	case len(result.Updated) == 0:
		return s.Document, nil
	case s.File == "":
		return s.rendered(result.Updated[0].After)
	case !result.Updated[0].After.Present():
		return nil, errGone
	}
	u := result.Updated[0]
	var changes []manifest.Change
	for i, p := range u.Paths {
		inside := func(other core.Path) bool { return other != p && p.Under(other) }
		if slices.Index(u.Paths, p) == i && !slices.ContainsFunc(u.Paths, inside) {
			changes = append(changes, manifest.Change{Object: s.placed(), Path: p, Value: u.After.At(p)})
		}
	}
	return manifest.Edit(s.Document, s.Namespace, changes...)
}

// rendered is the document of the object with other fields, where no file has it.
func (s Sheet) rendered(v core.Value) ([]byte, error) {
	fields, ok := v.Any().(map[string]any)
	have, _, problem := s.read(s.Document)
	if !ok || problem != nil || have == nil {
		return s.Document, nil
	}
	doc := core.Document(s.Key, "", fields)
	doc["apiVersion"] = have["apiVersion"]
	return manifest.Render(doc)
}

// placed is the object's key with a namespace.
func (s Sheet) placed() core.Key {
	k := s.Key
	if k.Namespace == "" {
		k.Namespace = s.Namespace
	}
	return k
}

// over turns changes of a drafted sheet into decisions. A draft that has the place of
// a change is decided anew as a whole, so that what else it says stays; where that
// says what Git says it is dropped, with those inside of it.
func (s Sheet) over(moves []merge.Move, git, want core.Value) (decisions []core.Decision, dropped []int64) {
	var places []core.Path
	for _, m := range moves {
		at := m.Path
		for _, d := range s.desk.standing {
			if d.Choice != core.TakeGit && at.Under(d.Path) {
				at = d.Path
			}
		}
		if slices.Contains(places, at) {
			continue
		}
		places = append(places, at)
		if to := want.At(at); !to.Equal(git.At(at)) {
			if at == core.Root {
				to = fieldsOf(to)
			}
			decisions = append(decisions, core.Decision{Key: s.Key, Path: at, Choice: core.TakeEdited, Value: to, From: "editor"})
			continue
		}
		for _, d := range s.desk.standing {
			if d.Path.Under(at) {
				dropped = append(dropped, d.ID)
			}
		}
	}
	return decisions, dropped
}

// comes tells whether decisions, and drafts dropped, make the document say what is
// wanted, beside what stands already.
func (s Sheet) comes(want core.Value, decisions []core.Decision, dropped []int64) error {
	var all []core.Resolution
	var last time.Time
	for _, d := range s.desk.standing {
		if last.Before(d.At) {
			last = d.At
		}
		over := func(o core.Decision) bool { return d.Path.Under(o.Path) }
		if !slices.Contains(dropped, d.ID) && !slices.ContainsFunc(decisions, over) {
			all = append(all, d.Resolution)
		}
	}
	for _, d := range decisions {
		r, err := s.desk.subject.Sides.Decide(d.Path, d.Choice, d.Value)
		if err != nil {
			return err
		}
		r.Key, r.At = s.Key, last.Add(1)
		all = append(all, r)
	}
	text, err := s.laid(s.desk.subject, all)
	if err != nil {
		return err
	}
	is, _, problem := s.read(text)
	if problem != nil {
		return fmt.Errorf("%s", problem)
	}
	if left := merge.ThreeWay(core.ValueOf(is), core.ValueOf(is), want, s.Shape).Moves; len(left) > 0 {
		return fmt.Errorf("%s would not become what it is here", left[0].Path)
	}
	return nil
}
