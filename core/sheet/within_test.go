package sheet

import (
	"strings"
	"testing"
)

// TestProblemIsToldWithTheLineThatAnEditorShows, on top of the text and beside it.
func TestProblemIsToldWithTheLineThatAnEditorShows(t *testing.T) {
	s := Sheet{Name: "VPC/a", Fabric: "dc1", File: "vpcs/a.yaml"}
	problems := []Problem{{Line: 2, Reason: "the second"}, {Reason: "all of it"}}
	moved := s.Within(problems...)
	lines := strings.Split(string(s.Again([]byte("first: 1\nsecond: 2\n"), problems...)), "\n")
	if at := moved[0].Line; at < 1 || at > len(lines) || lines[at-1] != "second: 2" {
		t.Errorf("it is told of line %d of %q", at, lines)
	}
	if !strings.Contains(strings.Join(lines, "\n"), moved[0].String()) {
		t.Errorf("the head of %q does not say %q", lines, moved[0])
	}
	if moved[1].Line != 0 || problems[0].Line != 2 {
		t.Errorf("moved %+v of %+v", moved, problems)
	}
}
