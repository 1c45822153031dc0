package engine

import (
	"fmt"
	"slices"
	"time"

	"github.com/robfig/cron/v3"
)

// Window is a sync window of an Argo CD project. It applies to every
// application.
type Window struct {
	Kind       string `json:"kind"`     // allow or deny
	Schedule   string `json:"schedule"` // when it begins, as cron says it
	Duration   string `json:"duration"`
	ManualSync bool   `json:"manualSync,omitempty"`
	TimeZone   string `json:"timeZone,omitempty"`
}

// active tells whether a window is open. It is the rule of Argo CD: one that
// began less than its duration ago.
func (w Window) active(now time.Time) (bool, error) {
	schedule, err := cron.ParseStandard(w.Schedule)
	if err != nil {
		return false, fmt.Errorf("read the schedule %q of a sync window: %w", w.Schedule, err)
	}
	duration, err := time.ParseDuration(w.Duration)
	if err != nil {
		return false, fmt.Errorf("read the duration of a sync window: %w", err)
	}
	zone, err := time.LoadLocation(w.TimeZone)
	if err != nil {
		return false, fmt.Errorf("read the time zone of a sync window: %w", err)
	}
	now = now.In(zone)
	return schedule.Next(now.Add(-duration)).Before(now), nil
}

// permits tells whether the windows let a sync happen. The rule is Argo CD's: an
// open window that denies wins; where there are windows that allow, one of them
// must be open; a manual sync passes where every window in its way lets it.
func permits(windows []Window, manual bool, now time.Time) (bool, error) {
	var denies, closed []Window
	open := false
	for _, w := range windows {
		active, err := w.active(now)
		switch {
		case err != nil:
			return false, err
		case w.Kind == "deny" && active:
			denies = append(denies, w)
		case w.Kind == "allow" && active:
			open = true
		case w.Kind == "allow":
			closed = append(closed, w)
		}
	}
	strict := func(w Window) bool { return !w.ManualSync }
	switch {
	case len(denies) > 0:
		return manual && !slices.ContainsFunc(denies, strict), nil
	case open || len(closed) == 0:
		return true, nil
	}
	return manual && !slices.ContainsFunc(closed, strict), nil
}
