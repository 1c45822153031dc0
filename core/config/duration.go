package config

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Reasons why a text is no duration.
var (
	ErrNoDuration       = errors.New("no duration: write it as 90s, 1h30m, 2d or 1w")
	ErrNegativeDuration = errors.New("negative")
	ErrLongDuration     = errors.New("longer than 292 years")
)

const (
	day  = 24 * time.Hour
	week = 7 * day
)

// durationPattern is what [ParseDuration] accepts, apart from a lone 0.
const durationPattern = `^([0-9]+(\.[0-9]+)?(w|d|h|m|s|ms|us|ns))+$`

var (
	durationForm = regexp.MustCompile(durationPattern)
	durationPart = regexp.MustCompile(`([0-9.]+)([a-z]+)`)
)

// ParseDuration reads a duration as people write it: numbers with a unit each
// (w, d, h, m, s, ms, us, ns), as in 1w2d or 1h30m, or a lone 0. A day has 24
// hours. The errors are [ErrNoDuration], [ErrNegativeDuration] and
// [ErrLongDuration].
func ParseDuration(s string) (time.Duration, error) {
	switch {
	case s == "0":
		return 0, nil
	case strings.HasPrefix(s, "-"):
		return 0, ErrNegativeDuration
	case !durationForm.MatchString(s):
		return 0, ErrNoDuration
	}
	var total time.Duration
	for _, part := range durationPart.FindAllStringSubmatch(s, -1) {
		d, err := duration(part[1], part[2])
		if err != nil || total > math.MaxInt64-d {
			return 0, ErrLongDuration
		}
		total += d
	}
	return total, nil
}

func duration(number, unit string) (time.Duration, error) {
	switch unit {
	case "w", "d":
		long := day
		if unit == "w" {
			long = week
		}
		n, err := strconv.ParseFloat(number, 64)
		if err != nil || n > float64(math.MaxInt64/long) {
			return 0, ErrLongDuration
		}
		return time.Duration(n * float64(long)), nil
	}
	return time.ParseDuration(number + unit)
}

// FormatDuration writes a duration the way that [ParseDuration] reads it, with
// the largest units first and none that is nought: 1w2d, 1h30m, 0s.
func FormatDuration(d time.Duration) string {
	if d == 0 {
		return "0s"
	}
	var b strings.Builder
	if d < 0 {
		b.WriteByte('-')
		d = -d
	}
	for _, u := range []struct {
		name string
		size time.Duration
	}{
		{"w", week},
		{"d", day},
		{"h", time.Hour},
		{"m", time.Minute},
		{"s", time.Second},
		{"ms", time.Millisecond},
		{"us", time.Microsecond},
		{"ns", time.Nanosecond},
	} {
		if n := d / u.size; n > 0 {
			fmt.Fprintf(&b, "%d%s", n, u.name)
			d -= n * u.size
		}
	}
	return b.String()
}
