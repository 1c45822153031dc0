package core_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"selvage/core"
)

func TestCounted(t *testing.T) {
	for want, of := range map[string]struct {
		n    int
		noun string
	}{
		"0 objects":       {0, "object"},
		"1 object":        {1, "object"},
		"2 server fields": {2, "server field"},
		"1 retry":         {1, "retry"},
		"3 retries":       {3, "retry"},
		"1904 switches":   {1904, "switch"},
	} {
		if got := core.Counted(of.n, of.noun); got != want {
			t.Errorf("%d %s is told as %q, want %q", of.n, of.noun, got, want)
		}
	}
}

func TestBrief(t *testing.T) {
	for text, want := range map[string]string{
		"":                          "",
		" a\n\tb\u0085c\u00a0d\r\n": "a b c d",
		"12345678":                  "12345678",
		"123456789":                 "12345678…",
		"1234567ü":                  "1234567…",
	} {
		if got := core.Brief(text, 8); got != want {
			t.Errorf("%q is told as %q, want %q", text, got, want)
		}
	}
	if got := core.Brief(strings.Repeat("ü", 1000), 301); !utf8.ValidString(got) || len(got) != 300+len("…") {
		t.Errorf("%q is cut within a letter", got)
	}
}

func TestWordsAreAsFarApartAsTheyDiffer(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"kitten", "sitting", 3}, {"sync", "snyc", 1}, {"größe", "grösse", 2}} {
		if got := core.Distance(tt.a, tt.b); got != tt.want {
			t.Errorf("Distance(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}
