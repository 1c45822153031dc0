package drift

import "selvage/core"

// recorder writes down what is done to the place at path. A nil one does
// nothing, and costs nothing.
type recorder struct {
	path  core.Path
	steps *[]core.Step
}

func record(steps *[]core.Step) *recorder {
	if steps == nil {
		return nil
	}
	return &recorder{core.Root, steps}
}

func (r *recorder) key(k string) *recorder {
	if r == nil {
		return nil
	}
	return &recorder{r.path.Key(k), r.steps}
}

func (r *recorder) index(i int) *recorder {
	if r == nil {
		return nil
	}
	return &recorder{r.path.Index(i), r.steps}
}

func (r *recorder) add(row Row, from, to core.Value) {
	if r != nil {
		*r.steps = append(*r.steps, core.Step{Path: r.path, Rule: row.ID, Why: row.Why, From: from, To: to})
	}
}

// leftOut records that a row takes the place away.
func (r *recorder) leftOut(row Row, v any) { r.add(row, core.ValueOf(v), core.Value{}) }

// moved records that an entry of a map with rewritten keys goes to another key.
func (r *recorder) moved(n *node, to *recorder, v any) {
	if r != nil {
		row := shaper[Rekeyed](n)
		r.add(row, core.ValueOf(v), core.Value{})
		to.add(row, core.Value{}, core.ValueOf(v))
	}
}

// changed records that the action of a place made another value of one, where
// it did.
func changed[A Action](r *recorder, n *node, from, to any) {
	if r != nil && !core.EqualJSON(from, to) {
		r.add(shaper[A](n), core.ValueOf(from), core.ValueOf(to))
	}
}
