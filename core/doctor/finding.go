package doctor

import (
	"cmp"
	"slices"

	"selvage/core"
)

// Level says how much a finding matters.
type Level string

// The levels.
const (
	OK   Level = "ok"
	Warn Level = "warn" // it works, but less than it could, or not for long
	Fail Level = "fail" // it does not work
)

// Area is what a finding is about.
type Area string

// The areas, in the order in which findings come.
const (
	AreaConfig      Area = "config"
	AreaStore       Area = "store"
	AreaTerminal    Area = "terminal"
	AreaGit         Area = "git"
	AreaCluster     Area = "cluster"
	AreaSwitches    Area = "switches"
	AreaEngine      Area = "engine"
	AreaCredentials Area = "credentials"
	AreaPublish     Area = "publish"
)

// Finding is one thing that was looked at.
type Finding struct {
	Fabric core.FabricID // "" for what concerns no single one
	Area   Area
	Level  Level
	What   string // was looked at: an address, a kind, "token"
	Text   string // what came of it, in a line
	Hint   string // what to do; "" where there is nothing to
}

// Worst is the worst level of some findings; [OK] without any.
func Worst(all []Finding) Level {
	worst := OK
	for _, f := range all {
		if f.Level == Fail || worst == OK {
			worst = f.Level
		}
	}
	return worst
}

// record collects the findings on one fabric.
type record struct {
	fabric core.FabricID
	all    []Finding
}

func (r *record) add(a Area, l Level, what, text, hint string) {
	r.all = append(r.all, Finding{Fabric: r.fabric, Area: a, Level: l, What: what, Text: text, Hint: hint})
}

// told adds what is told by an error on one line, as [core.Error] prints it.
func (r *record) told(a Area, l Level, what, line string) {
	text, hint := advice(line)
	r.add(a, l, what, text, hint)
}

// advice takes what to do off the end of an error's line: what stands there in
// brackets, see [core.Error].
func advice(line string) (text, hint string) {
	if n := len(line); n == 0 || line[n-1] != ')' {
		return line, ""
	}
	depth := 0
	for i := len(line) - 1; i > 0; i-- {
		switch line[i] {
		case ')':
			depth++
		case '(':
			if depth--; depth == 0 && line[i-1] == ' ' {
				return line[:i-1], line[i+1 : len(line)-1]
			}
		}
	}
	return line, ""
}

// sorted are the findings in the order of their areas, and of one area as they
// were found.
func sorted(all []Finding) []Finding {
	order := []Area{
		AreaConfig, AreaStore, AreaTerminal, AreaGit, AreaCluster, AreaSwitches, AreaEngine, AreaCredentials, AreaPublish,
	}
	slices.SortStableFunc(all, func(a, b Finding) int {
		return cmp.Compare(slices.Index(order, a.Area), slices.Index(order, b.Area))
	})
	return all
}
