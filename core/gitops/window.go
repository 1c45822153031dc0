package gitops

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"selvage/core"
)

// window is a time in which Argo CD may, or may not, apply anything.
type window struct {
	deny     bool
	manual   bool // a person may sync all the same
	schedule string
	duration string
	zone     string // that the schedule is in
	exact    bool   // the zone is known
}

// windows are those that hold for one app.
type windows struct {
	all []window
	// active are those that are open, where the API says so; else that is worked
	// out.
	active []window
	told   bool
}

// projectWindows are the windows of an AppProject that are about an app: of its
// name, or its cluster, or its namespace, or where the window says so all that it
// names.
func projectWindows(project, app node) windows {
	var w windows
	for _, n := range project.list("spec", "syncWindows") {
		if windowMatches(n, app) {
			w.all = append(w.all, readWindow(n))
		}
	}
	for i := range w.all {
		w.all[i].exact = true
	}
	return w
}

func readWindow(n node) window {
	return window{
		deny: n.text("kind") == "deny", manual: n.flag("manualSync"),
		schedule: n.text("schedule"), duration: n.text("duration"), zone: n.text("timeZone"),
	}
}

func windowMatches(w, app node) bool {
	destination := app.in("spec", "destination")
	names, any := 0, false
	for _, about := range []struct{ globs, values []string }{
		{w.texts("applications"), []string{app.name()}},
		{w.texts("clusters"), []string{destination.text("name"), destination.text("server")}},
		{w.texts("namespaces"), []string{destination.text("namespace")}},
	} {
		if len(about.globs) == 0 {
			continue
		}
		names++
		hit := slices.ContainsFunc(about.globs, func(g string) bool {
			match := matcher(g)
			return slices.ContainsFunc(about.values, func(v string) bool { return g == "*" || v != "" && match(v) })
		})
		if !hit && w.flag("andOperator") {
			return false
		}
		any = any || hit
	}
	return names > 0 && any
}

// judge says why nothing may be applied now, "" where it may be, and what is
// wrong with the windows themselves. A deny window that is open goes before allow
// windows; where there are allow windows, one of them has to be open. manual asks
// it for a sync by a person.
func (w windows) judge(manual bool, now time.Time) (blocked string, strange []string) {
	active := w.active
	if !w.told {
		for _, one := range w.all {
			open, err := one.open(now)
			if err != nil {
				return "blocked by a sync window that cannot be read", []string{err.Error()}
			}
			if open {
				active = append(active, one)
			}
		}
	}
	denied, may := only(active, true)
	if len(denied) > 0 {
		if manual && may {
			return "", nil
		}
		until, known := time.Time{}, true
		for _, d := range denied {
			end, ok := d.end(now)
			known = known && ok
			if end.After(until) {
				until = end
			}
		}
		return "blocked by a sync window" + untilWords(until, known), nil
	}
	if allowing, _ := only(active, false); len(allowing) > 0 {
		return "", nil
	}
	allowed, may := only(w.all, false)
	if len(allowed) == 0 || manual && may {
		return "", nil
	}
	var until time.Time
	known := true
	for _, a := range allowed {
		next, ok := a.next(now)
		known = known && ok
		if until.IsZero() || next.Before(until) {
			until = next
		}
	}
	return "blocked outside of its sync windows" + untilWords(until, known), nil
}

// mostOpenings is how many openings of one window are looked at.
const mostOpenings = 200

// shut are the times of the last days, up to now, in which nothing could be
// applied. Of windows that open all the time the last openings count; of those
// that are known by the API alone nobody can say.
func (w windows) shut(manual bool, now time.Time) []core.Span {
	if w.told || len(w.all) == 0 {
		return nil
	}
	var turns []time.Time
	from := now.Add(-core.IdleAge)
	for _, one := range w.all {
		opened, since := one.openings(from, now)
		if since.After(from) {
			from = since
		}
		turns = append(turns, opened...)
	}
	turns = slices.DeleteFunc(turns, func(t time.Time) bool { return !t.After(from) || !t.Before(now) })
	slices.SortFunc(turns, time.Time.Compare)
	var spans []core.Span
	turns = append(turns, now)
	for _, until := range turns {
		// Between two turns nothing changes: the middle tells of all of it.
		if blocked, _ := w.judge(manual, from.Add(until.Sub(from)/2)); blocked != "" && until.After(from) {
			spans = append(spans, core.Span{From: from, Until: until})
		}
		from = until
	}
	return spans
}

// openings are the times at which a window opened and closed since a time, the
// last ones, and since when these are all.
func (w window) openings(since, now time.Time) (turns []time.Time, from time.Time) {
	for _, back := range []time.Duration{now.Sub(since), 24 * time.Hour, time.Hour} {
		schedule, duration, shift, err := w.parse(now)
		if err != nil {
			return nil, since
		}
		from = now.Add(-back)
		turns = turns[:0]
		clock := now.UTC().Add(shift)
		for at := schedule.Next(clock.Add(-back - duration)); !at.IsZero() && at.Before(clock) && len(turns) < 2*mostOpenings; at = schedule.Next(at) {
			turns = append(turns, at.Add(-shift), at.Add(duration-shift))
		}
		if len(turns) < 2*mostOpenings {
			return turns, from
		}
	}
	return nil, now
}

// only are the windows of one kind, and whether a person may sync in all of them.
func only(all []window, deny bool) (kept []window, manual bool) {
	manual = true
	for _, w := range all {
		if w.deny == deny {
			kept, manual = append(kept, w), manual && w.manual
		}
	}
	return kept, manual
}

func untilWords(t time.Time, known bool) string {
	if !known || t.IsZero() {
		return ""
	}
	return " until " + t.UTC().Format("2006-01-02 15:04 UTC")
}

// open tells whether the window is. As Argo CD does it: the schedule is looked up
// in a clock that is moved by what the zone is off from UTC today, and a schedule
// that never comes round counts as open.
func (w window) open(now time.Time) (bool, error) {
	schedule, duration, shift, err := w.parse(now)
	if err != nil {
		return false, err
	}
	clock := now.UTC().Add(shift)
	return schedule.Next(clock.Add(-duration)).Before(clock), nil
}

// end is when an open window closes: after the last time that it opened, which
// is looked for in ever longer stretches of the past.
func (w window) end(now time.Time) (time.Time, bool) {
	schedule, duration, shift, err := w.parse(now)
	if err != nil || !w.exact {
		return time.Time{}, false
	}
	clock := now.UTC().Add(shift)
	const hour = time.Hour
	for _, back := range []time.Duration{hour, 24 * hour, 31 * 24 * hour, 366 * 24 * hour, duration} {
		last := time.Time{}
		for at := schedule.Next(clock.Add(-min(back, duration))); !at.IsZero() && at.Before(clock); at = schedule.Next(at) {
			last = at
		}
		if !last.IsZero() {
			return last.Add(duration - shift), true
		}
	}
	return time.Time{}, false
}

// next is when a closed window opens.
func (w window) next(now time.Time) (time.Time, bool) {
	schedule, _, shift, err := w.parse(now)
	if err != nil || !w.exact {
		return time.Time{}, false
	}
	at := schedule.Next(now.UTC().Add(shift))
	return at.Add(-shift), !at.IsZero()
}

// parse reads schedule and duration. The zone is part of the window and not of
// the schedule, where cron has a place for one too and gets lost if it is odd.
func (w window) parse(now time.Time) (cron.Schedule, time.Duration, time.Duration, error) {
	if strings.Contains(w.schedule, "TZ=") {
		return nil, 0, 0, fmt.Errorf("the sync window %q has a time zone in its schedule", oneLine(w.schedule))
	}
	schedule, err := cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow).Parse(w.schedule)
	if err != nil {
		return nil, 0, 0, fmt.Errorf("the schedule %q of a sync window: %s", oneLine(w.schedule), oneLine(err.Error()))
	}
	duration, err := time.ParseDuration(w.duration)
	if err != nil {
		return nil, 0, 0, fmt.Errorf("the duration %q of a sync window: %s", oneLine(w.duration), oneLine(err.Error()))
	}
	zone, err := time.LoadLocation(w.zone)
	if err != nil {
		zone = time.UTC
	}
	_, shift := now.In(zone).Zone()
	return schedule, duration, time.Duration(shift) * time.Second, nil
}
