package scenarios_test

import (
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
	"text/tabwriter"

	"selvage/testdata/hedgehog"
	"selvage/testdata/scenarios"
)

// findings counts what was wanted of one kind, what was reported, and what of
// both is the same.
type findings struct{ wanted, reported, right int }

func (f findings) precision() float64 { return ratio(f.right, f.reported) }
func (f findings) recall() float64    { return ratio(f.right, f.wanted) }

func ratio(part, whole int) float64 {
	if whole == 0 {
		return 1
	}
	return float64(part) / float64(whole)
}

// fault is something that a report has wrong.
type fault struct {
	object string // "" for the fabric
	says   string
}

func (f fault) String() string { return strings.TrimSpace(f.object + " " + f.says) }

// tally sums what the plays came to.
type tally struct {
	order   []string
	runs    map[string]int
	wrong   map[string]int
	classes map[string]findings // by state and by field verdict
	faults  []string
}

func newTally() *tally {
	return &tally{runs: map[string]int{}, wrong: map[string]int{}, classes: map[string]findings{}}
}

func (ta *tally) count(class string, wanted, reported, right int) {
	f := ta.classes[class]
	ta.classes[class] = findings{f.wanted + wanted, f.reported + reported, f.right + right}
}

// add counts one run of a scenario and what was wrong with it.
func (ta *tally) add(scenario string, faults []fault) {
	if !slices.Contains(ta.order, scenario) {
		ta.order = append(ta.order, scenario)
	}
	ta.runs[scenario]++
	if len(faults) > 0 {
		ta.wrong[scenario]++
	}
	for _, f := range faults {
		ta.faults = append(ta.faults, scenario+": "+f.String())
	}
}

// print writes the table.
func (ta *tally) print(to io.Writer) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "SCENARIO\tRUNS\tRIGHT\tWRONG")
	for _, name := range slices.Sorted(slices.Values(ta.order)) {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\n", name, ta.runs[name], ta.runs[name]-ta.wrong[name], ta.wrong[name])
	}
	fmt.Fprintln(w, "\nVERDICT\tWANTED\tREPORTED\tRIGHT\tPRECISION\tRECALL")
	var all findings
	for _, class := range slices.Sorted(maps.Keys(ta.classes)) {
		f := ta.classes[class]
		all = findings{all.wanted + f.wanted, all.reported + f.reported, all.right + f.right}
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%.4f\t%.4f\n", class, f.wanted, f.reported, f.right, f.precision(), f.recall())
	}
	fmt.Fprintf(w, "all\t%d\t%d\t%d\t%.4f\t%.4f\n", all.wanted, all.reported, all.right, all.precision(), all.recall())
	return w.Flush()
}

// judge holds a report on a site against what is wanted, counts both, and
// answers what is wrong.
func (ta *tally) judge(s *site, want scenarios.Want, got fabricReport) []fault {
	var faults []fault
	wrong := func(object, format string, args ...any) {
		faults = append(faults, fault{object, fmt.Sprintf(format, args...)})
	}
	wanted := map[string]scenarios.Object{}
	for _, o := range want.Objects {
		for _, label := range s.labels(o.Object) {
			wanted[label] = o
		}
	}
	seen := map[string]bool{}
	for _, o := range got.Objects {
		label := s.label(o.Kind, o.Namespace, o.Name)
		if seen[label] {
			wrong(label, "is told twice")
		}
		seen[label] = true
		w, named := wanted[label]
		if !named {
			w = scenarios.Object{Object: label, State: "in_sync"}
		}
		for _, f := range ta.object(w, o) {
			wrong(label, "%s", f)
		}
	}
	for label, w := range wanted {
		if !seen[label] {
			ta.count(w.State, 1, 0, 0)
			wrong(label, "is not told at all, want %s", w.State)
		}
	}
	for _, o := range s.objects {
		ref := s.refOf(o)
		if label := s.label(ref.Kind, ref.Namespace, ref.Name); !seen[label] && len(got.Objects) > 0 {
			wrong(label, "is in Git and not told at all")
		}
	}
	s.judgeFabric(want, got, wrong)
	slices.SortFunc(faults, func(a, b fault) int { return strings.Compare(a.String(), b.String()) })
	return faults
}

// judgeFabric judges what is said about a fabric as a whole.
func (s *site) judgeFabric(want scenarios.Want, got fabricReport, wrong func(object, format string, args ...any)) {
	for kind, n := range want.NotInGit {
		if got.NotInGit[kind] != n {
			wrong("", "%d %s are told not to be in git, want %d", got.NotInGit[kind], kind, n)
		}
	}
	if want.Status != "" && got.SyncStatus != want.Status {
		wrong("", "the fabric is %s (%s), want %s", got.SyncStatus, got.SyncError, want.Status)
	}
	if len(got.Objects) == 0 && len(s.objects) > 0 {
		wrong("", "nothing is told of any object: %s", got.SyncError)
	}
}

// labels are the objects that a want is about.
func (s *site) labels(name string) []string {
	var refs []hedgehog.Ref
	switch name {
	case "dropped":
		refs = s.dropped
	case "generated":
		for _, o := range s.objects {
			refs = append(refs, s.refOf(o))
		}
	default:
		kind, every := strings.CutSuffix(name, "/*")
		if !every {
			return []string{name}
		}
		for _, o := range s.objects {
			if o["kind"] == kind {
				refs = append(refs, s.refOf(o))
			}
		}
	}
	var all []string
	for _, r := range refs {
		all = append(all, s.label(r.Kind, r.Namespace, r.Name))
	}
	return all
}

// object judges one object.
func (ta *tally) object(want scenarios.Object, got objectReport) []string {
	var faults []string
	right := 0
	if want.State == got.State {
		right = 1
	} else {
		faults = append(faults, fmt.Sprintf("is %s (%s), want %s", got.State, got.Reason, want.State))
	}
	ta.count(got.State, 0, 1, right)
	ta.count(want.State, 1, 0, 0)
	if !strings.Contains(got.Reason, want.Reason) {
		faults = append(faults, fmt.Sprintf("has the reason %q, want %q in it", got.Reason, want.Reason))
	}
	if said := append(slices.Clone(got.Notes), got.Reason); want.Note != "" && !slices.ContainsFunc(said, func(n string) bool { return strings.Contains(n, want.Note) }) {
		faults = append(faults, fmt.Sprintf("has the notes %q, want %q", said, want.Note))
	}
	if !strings.HasSuffix(got.File, want.File) {
		faults = append(faults, fmt.Sprintf("is in file %q, want %q", got.File, want.File))
	}
	if want.State == "in_sync" || len(want.Changes) > 0 {
		faults = append(faults, ta.changes(want.Changes, got.Changes)...)
	}
	return faults
}

// quiet tells whether a verdict makes no difference: that it is told is no
// false alarm.
func quiet(verdict string) bool {
	return slices.Contains([]string{"server_added", "converged", "pruned"}, verdict)
}

func (ta *tally) changes(want []scenarios.Change, got []changeReport) []string {
	var faults []string
	met := make([]bool, len(want))
	for _, c := range got {
		i := slices.IndexFunc(want, func(w scenarios.Change) bool { return at(w, c.Path) })
		if i < 0 {
			if !quiet(c.Verdict) {
				ta.count(c.Verdict, 0, 1, 0)
				faults = append(faults, "reports "+c.String()+", which is not wanted")
			}
			continue
		}
		var wrong []string
		if !met[i] {
			wrong = differs(want[i], c)
			ta.count(want[i].Verdict, 1, 0, 0)
		} else if !want[i].Below {
			wrong = []string{"told twice"}
		} else if c.Verdict != want[i].Verdict {
			wrong = []string{c.Verdict}
		} else {
			continue // another leaf of the same change
		}
		met[i] = true
		if len(wrong) > 0 {
			ta.count(c.Verdict, 0, 1, 0)
			faults = append(faults, fmt.Sprintf("reports %s; wrong: %s, want %+v", c, strings.Join(wrong, ", "), want[i]))
			continue
		}
		ta.count(c.Verdict, 0, 1, 1)
	}
	for i, w := range want {
		if !met[i] {
			ta.count(w.Verdict, 1, 0, 0)
			faults = append(faults, fmt.Sprintf("does not report %s %s %s", w.Path, w.Op, w.Verdict))
		}
	}
	return faults
}

// at tells whether a path is the one wanted, or below it where that will do.
func at(w scenarios.Change, path string) bool {
	rest, under := strings.CutPrefix(path, w.Path)
	return path == w.Path || w.Below && under && (rest[0] == '.' || rest[0] == '[')
}

// differs lists in what a change is not as wanted.
func differs(w scenarios.Change, c changeReport) []string {
	var wrong []string
	if c.Verdict != w.Verdict {
		wrong = append(wrong, "verdict")
	}
	if w.Op != "" && c.Op != w.Op && c.Path == w.Path {
		wrong = append(wrong, "op")
	}
	if w.Manager != "*" && w.Manager != c.Manager && w.Verdict != "git_ahead" {
		wrong = append(wrong, "manager")
	}
	if w.Author != "" && w.Author != c.Author {
		wrong = append(wrong, "author")
	}
	for _, v := range []struct {
		side      string
		want, got any
	}{{"base", w.Base, c.Base}, {"git", w.Git, c.Git}, {"live", w.Live, c.Live}} {
		if v.want != nil && !reflect.DeepEqual(whole(v.want), whole(v.got)) {
			wrong = append(wrong, v.side)
		}
	}
	return wrong
}

// culprit is the side that a verdict says has moved; "" for nobody's word.
func culprit(verdict string) string {
	switch verdict {
	case "drift":
		return "live"
	case "git_ahead":
		return "git"
	}
	return ""
}

// contradictions are the fields of which one operator is told that Git moved,
// and another one that live did. An object that only Git has is left out: by the
// contract its age counts from HEAD's commit at first contact, so that it is
// pending for a while whoever is the reason, and only_git after that.
func (s *site) contradictions(a, b fabricReport) []fault {
	told := map[string]string{}
	for _, o := range a.Objects {
		for _, c := range o.Changes {
			told[s.label(o.Kind, o.Namespace, o.Name)+" "+c.Path] = culprit(c.Verdict)
		}
	}
	var all []fault
	for _, o := range b.Objects {
		label := s.label(o.Kind, o.Namespace, o.Name)
		for _, c := range o.Changes {
			if c.Path == "." && c.Op == "added" {
				continue
			}
			if is, was := culprit(c.Verdict), told[label+" "+c.Path]; is != "" && was != "" && is != was {
				all = append(all, fault{label, fmt.Sprintf("%s: somebody who never looked before is told that %s moved, others that %s did", c.Path, is, was)})
			}
		}
	}
	return all
}
