package tui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"selvage/core"
	"selvage/core/safe"
)

// matter is a difference that something can be decided about.
type matter struct {
	verdict *core.Verdict
	change  core.Change
}

// offers tells whether a choice would decide something.
func (m matter) offers(c core.Choice) bool {
	is := m.change
	switch {
	case m.verdict.State == core.Unknown, m.verdict.State == core.Invalid, is.Verdict == core.FieldPruned, nowhere(is):
		return false
	case c == core.TakeGit:
		return is.Verdict != core.FieldGitAhead // Git has decided already
	case c == core.TakeLive:
		return !is.Live.Equal(is.Git)
	case c == core.TakeBase:
		return is.Base.Present() && !is.Base.Equal(is.Git)
	}
	return is.Path != core.Root
}

// choiceOf is the choice that an action makes; "" where it makes none.
func choiceOf(a Action) core.Choice {
	switch a {
	case ActTakeGit:
		return core.TakeGit
	case ActTakeLive, ActAdopt:
		return core.TakeLive
	case ActTakeBase:
		return core.TakeBase
	case ActEdit:
		return core.TakeEdited
	default:
		return ""
	}
}

// canDecide tells whether an action on some differences of a fabric would do
// something.
func canDecide(e Env, a Action, about []matter) bool {
	return (&chosen{matters: about}).can(e, a)
}

// doDecide carries such an action out.
func doDecide(e Env, a Action, about []matter) Outcome {
	f, _ := e.fabric()
	switch a {
	case ActPlan:
		return planning(e.Place.Fabric)
	case ActUndo, ActRedo:
		return stepBack(e, a)
	case ActDrop:
		return drop(e, e.decided(f).over(about))
	case ActAccept:
		return acceptOne(about[0])
	case ActEdit:
		return editing(e, about[0])
	default:
		return take(e, f, choiceOf(a), about)
	}
}

// take has a side taken on those differences where that decides something.
func take(e Env, f core.FabricState, c core.Choice, about []matter) Outcome {
	decisions, label := []core.Decision{}, ""
	for _, m := range about {
		if m.offers(c) {
			decisions = append(decisions, core.Decision{Key: m.verdict.Key, Path: m.change.Path, Choice: c})
			label = core.Resolution{Path: m.change.Path, Choice: c}.Sentence(f.Fabric.Label(m.verdict.Key))
		}
	}
	if len(decisions) > 1 {
		label = fmt.Sprintf("take %s on %s", c, plural(len(decisions), "difference"))
	}
	if lost := losses(c, about); lost != "" {
		label += ": " + lost
	}
	return decide(e, label, decisions...)
}

// losses says what a choice takes away where the side that it takes has nothing; ""
// where it does nowhere.
func losses(c core.Choice, about []matter) string {
	objects, fields := 0, 0
	for _, m := range about {
		side := map[core.Choice]core.Value{core.TakeGit: m.change.Git, core.TakeLive: m.change.Live, core.TakeBase: m.change.Base}[c]
		switch {
		case !m.offers(c) || side.Present():
		case m.change.Path == core.Root:
			objects++
		default:
			fields++
		}
	}
	switch n := objects + fields; {
	case n == 0:
		return ""
	case n == 1 && len(about) == 1:
		return lost(c, objects == 1)
	case objects == 0:
		return lostFrom(c, plural(fields, "field"))
	case fields == 0:
		return lostFrom(c, plural(objects, "object"))
	default:
		return lostFrom(c, plural(objects, "object")+" and "+plural(fields, "field"))
	}
}

// lost says what taking a side does that has nothing there.
func lost(c core.Choice, object bool) string {
	if object {
		return lostFrom(c, "it")
	}
	return lostFrom(c, "the field")
}

func lostFrom(c core.Choice, what string) string {
	if c == core.TakeGit {
		return "live is to delete " + what
	}
	return "delete " + what + " from git"
}

// decide has decisions laid on the desk; label says what they do.
func decide(e Env, label string, decisions ...core.Decision) Outcome {
	id, by, desk := e.Place.Fabric, e.acts.By, e.acts.Decider
	return Outcome{Deed: &Deed{Label: safe.Clean(label), Run: func(ctx context.Context) (Done, error) {
		if _, err := desk.Decide(ctx, id, by, decisions...); err != nil {
			return Done{}, err
		}
		return Done{Says: safe.Sprintf(" draft: %s", label)}, nil
	}}}
}

// drop has drafts taken from the desk.
func drop(e Env, drafts []core.DraftStanding) Outcome {
	id, by, desk := e.Place.Fabric, e.acts.By, e.acts.Decider
	ids := make([]int64, len(drafts))
	for i, d := range drafts {
		ids[i] = d.ID
	}
	return Outcome{Deed: &Deed{
		Label: safe.Sprintf("drop %s", plural(len(ids), "draft")),
		Run: func(ctx context.Context) (Done, error) {
			gone, err := desk.Drop(ctx, id, by, ids...)
			if err != nil {
				return Done{}, err
			}
			return Done{Says: safe.Sprintf(" %s", gone.Sentence("u undoes it")), Left: gone.Published != ""}, nil
		},
	}}
}

// stepBack has the last step at the desk undone, or done again.
func stepBack(e Env, a Action) Outcome {
	id, by, do, did, word := e.Place.Fabric, e.acts.By, e.acts.Decider.Undo, "undone", "undo"
	if a == ActRedo {
		do, did, word = e.acts.Decider.Redo, "done again", "do again"
	}
	return Outcome{Deed: &Deed{
		Label: safe.Sprintf("step at the desk of %s", id),
		Run: func(ctx context.Context) (Done, error) {
			what, err := do(ctx, id, by)
			if err != nil {
				return Done{}, err
			}
			return Done{Says: safe.Sprintf(" %s", what.Sentence(did, word)), Left: what.Published != ""}, nil
		},
	}}
}

// edited is what a person types a value for.
type edited struct {
	key  core.Key
	path core.Path
	like core.Value // what stands there now
	over int64      // the draft that was known to lie there; 0 for none
}

// draft is the one that lies at the place now; nil where there is none.
func (x edited) draft(e Env, f core.FabricState) *core.DraftStanding {
	return e.decided(f).on(matter{&core.Verdict{Key: x.key}, core.Change{Path: x.path}})
}

// editing asks for a value. What is masked is not offered to be changed: the
// placeholder would be written in its place.
func editing(e Env, m matter) Outcome {
	f, _ := e.fabric()
	like := m.change.Git
	if !like.Present() {
		like = m.change.Live
	}
	from := like
	if d := e.decided(f).on(m); d != nil && d.Choice == core.TakeEdited {
		from = d.Value
	}
	text := ""
	if from.Present() && !masked(from.Any()) {
		text = core.Inline(from.Any())
	}
	about := edited{key: m.verdict.Key, path: m.change.Path, like: like}
	if d := about.draft(e, f); d != nil {
		about.over = d.ID
	}
	return Outcome{Ask: &question{label: safe.Sprintf("%s = ", m.change.Path), text: text, about: about}}
}

// masked tells whether something in a value stands for a secret.
func masked(v any) bool {
	switch t := v.(type) {
	case map[string]any:
		for _, e := range t {
			if masked(e) {
				return true
			}
		}
	case []any:
		for _, e := range t {
			if masked(e) {
				return true
			}
		}
	case string:
		return strings.HasPrefix(t, "<masked ")
	}
	return false
}

// typedValue is what a person means by a text: JSON where it reads as such, and
// otherwise the text itself. Where a text stands now, a number is one too.
func typedValue(text string, like core.Value) (core.Value, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return core.Value{}, errors.New(`nothing was typed (write "" for an empty text)`)
	}
	v, err := core.DecodeJSON([]byte(text))
	_, wasText := like.Any().(string)
	_, isText := v.(string)
	switch {
	case err == nil && (isText || !wasText):
	case strings.ContainsAny(text[:1], `{["`) && err != nil:
		return core.Value{}, fmt.Errorf("read the value as JSON: %w", err)
	default:
		v = text
	}
	if masked(v) {
		return core.Value{}, errors.New("it stands for a secret that is not shown: type all of the new value")
	}
	return core.ValueOf(v), nil
}

// sameKind tells why a value is not taken where another one stands: a text is none
// for a number unless it was written as one, in quotes.
func sameKind(text string, v, like core.Value) error {
	is, was := valueKind(v), valueKind(like)
	switch {
	case was == "" || was == "a text" || is == "" || is == was:
		return nil
	case is != "a text":
		return fmt.Errorf("here stands %s, and this is %s", was, is)
	case strings.HasPrefix(strings.TrimSpace(text), `"`):
		return nil
	}
	return fmt.Errorf("here stands %s (write %q for a text)", was, strings.TrimSpace(text))
}

// valueKind is of what kind a value is; "" for none, and for null.
func valueKind(v core.Value) string {
	switch v.Any().(type) {
	case bool:
		return "true or false"
	case int64, float64:
		return "a number"
	case string:
		return "a text"
	case []any:
		return "a list"
	case map[string]any:
		return "a map"
	}
	return ""
}

// mend asks a question again, with what was answered and why that is none.
func mend(q question, text string, err error) *question {
	q.text, q.wrong = text, safe.Clean(err.Error())
	return &q
}

// answered takes what a person typed about a decision.
func answered(e Env, q question, text string) Outcome {
	f, _ := e.fabric()
	switch is := q.about.(type) {
	case edited:
		v, err := typedValue(text, is.like)
		if err == nil {
			err = sameKind(text, v, is.like)
		}
		if err != nil {
			return Outcome{Ask: mend(q, text, err)}
		}
		if d := is.draft(e, f); d != nil && d.ID != is.over {
			q.about = edited{is.key, is.path, is.like, d.ID}
			return Outcome{Ask: mend(q, text, fmt.Errorf("%s decided meanwhile (%s): enter puts this in its place", d.By, draftWord(d)))}
		}
		label := core.Resolution{Path: is.path, Choice: core.TakeEdited}.Sentence(f.Fabric.Label(is.key))
		o := decide(e, label, core.Decision{Key: is.key, Path: is.path, Choice: core.TakeEdited, Value: v})
		o.Deed.Run = e.withinSchema(is, v, o.Deed.Run)
		// What is refused is still there to be mended.
		o.Deed.next = func(m *Model, _ Done, err error) (tea.Cmd, bool) {
			if err == nil {
				return nil, false
			}
			return m.follow(Outcome{Ask: mend(q, text, err)}), true
		}
		o.Deed.abandoned = func(_ Done, err error) Outcome {
			if err == nil {
				return Outcome{}
			}
			return Outcome{Fault: safe.Sprintf("%s = %s was not taken: %v", is.path, text, err)}
		}
		return o
	case accepting:
		return accepted(e, q, text, func() []acceptance { return []acceptance{{fabric: f}} })
	}
	return Outcome{}
}

// acceptable tells whether an object in a state has a difference that somebody
// could accept.
func acceptable(s core.State) bool {
	switch s {
	case core.Stuck, core.Conflict, core.Drifted, core.Differs, core.OnlyGit, core.OnlyLive, core.Acknowledged:
		return true
	case core.Invalid, core.Unknown, core.Pending, core.InSync:
	}
	return false
}

// decidable tells whether there may be a difference in a fabric that somebody could
// decide about.
func decidable(f core.FabricState) bool {
	return f.Report != nil && slices.ContainsFunc(core.States(), func(s core.State) bool {
		return (acceptable(s) || s == core.Pending) && f.Report.Counts[s] > 0
	})
}
