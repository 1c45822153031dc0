package store

import (
	"math"
	"time"
)

// kept is the time that is there again after a time was stored: in UTC,
// without a monotonic clock, and within the years 1678 to 2261, which
// nanoseconds since 1970 reach and no real clock leaves. A commit may bear any
// date at all.
func kept(t time.Time) time.Time { return given(stamp(t)) }

// stamp is a time as a column holds it, nil where it is zero.
func stamp(t time.Time) any {
	switch {
	case t.IsZero():
		return nil
	case t.Year() < 1678:
		return int64(math.MinInt64)
	case t.Year() > 2261:
		return int64(math.MaxInt64)
	}
	return t.UnixNano()
}

func given(v any) time.Time {
	n, ok := v.(int64)
	if !ok {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}
