package config

import (
	"errors"
	"testing"
	"time"
)

func TestDurationsTakeDaysAndWeeks(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"0": 0, "0s": 0, "90s": 90 * time.Second, "1h30m": 90 * time.Minute, "2d": 48 * time.Hour,
		"1w2d": 216 * time.Hour, "1.5d": 36 * time.Hour, "250ms": 250 * time.Millisecond, "0.5w": 84 * time.Hour,
		"15250w": 15250 * week,
	} {
		have, err := ParseDuration(text)
		if err != nil || have != want {
			t.Errorf("ParseDuration(%q) = %v, %v, want %v", text, have, err, want)
		}
		if again, err := ParseDuration(FormatDuration(have)); err != nil || again != have {
			t.Errorf("FormatDuration(%v) = %q, which reads as %v, %v", have, FormatDuration(have), again, err)
		}
	}
	for text, want := range map[string]error{
		"": ErrNoDuration, "5": ErrNoDuration, "1y": ErrNoDuration, "m": ErrNoDuration, "1 m": ErrNoDuration, "1m ": ErrNoDuration,
		"-1m": ErrNegativeDuration, "99999w": ErrLongDuration, "15250w15250w": ErrLongDuration, "1e3s": ErrNoDuration,
		"99999999999999999999s": ErrLongDuration,
	} {
		if have, err := ParseDuration(text); !errors.Is(err, want) {
			t.Errorf("ParseDuration(%q) = %v, %v, want %v", text, have, err, want)
		}
	}
	for d, want := range map[time.Duration]string{0: "0s", 90 * time.Second: "1m30s", 9 * day: "1w2d", 1500 * time.Millisecond: "1s500ms", -time.Minute: "-1m"} {
		if have := FormatDuration(d); have != want {
			t.Errorf("FormatDuration(%d) = %q, want %q", d, have, want)
		}
	}
}
