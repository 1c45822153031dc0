package core

import (
	"slices"
	"testing"
)

func TestAMemoryTellsItsVerdictsWorstFirst(t *testing.T) {
	at := func(name string, s State) *Remembered {
		return &Remembered{Verdict: Verdict{Key: Key{Kind: "VPC", Name: name}, State: s}}
	}
	m := &Memory{Objects: map[Key]*Remembered{}}
	if m.Told() != nil {
		t.Error("a memory without a report tells one")
	}
	m.Report = &Report{Rules: "v1"}
	for _, r := range []*Remembered{at("c", InSync), at("b", Drifted), at("a", Drifted), at("d", Invalid)} {
		m.Objects[r.Verdict.Key] = r
	}
	m.Objects[Key{Kind: "VPC", Name: "e"}] = &Remembered{} // known, and never judged
	told := m.Told()
	var names []string
	for _, v := range told.Verdicts {
		names = append(names, v.Key.Name)
	}
	if want := []string{"d", "a", "b", "c"}; !slices.Equal(names, want) || told.Rules != "v1" {
		t.Errorf("verdicts %v of rules %q, want %v of v1", names, told.Rules, want)
	}
	if m.Report.Verdicts != nil {
		t.Error("the memory has changed")
	}
}
