package lines

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"selvage/core"
)

func TestWordsArePartedAsByAShell(t *testing.T) {
	tests := []struct {
		line string
		want []string
	}{
		{"", nil},
		{"  a\tb  ", []string{"a", "b"}},
		{`'a b' "c d" e\ f`, []string{"a b", "c d", "e f"}},
		{`--value '{"a": "b"}'`, []string{"--value", `{"a": "b"}`}},
		{`'' "" x`, []string{"", "", "x"}},
		{`"a\"b\n" 'a\'`, []string{`a"b\n`, `a\`}},
		{`.metadata.labels'["a.b/c"]'`, []string{`.metadata.labels["a.b/c"]`}},
	}
	for _, tt := range tests {
		if got, err := words(tt.line); err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("words(%q) = %q, %v, want %q", tt.line, got, err, tt.want)
		}
	}
	for _, line := range []string{`"a`, `'a`, `a\`} {
		if got, err := words(line); err == nil {
			t.Errorf("words(%q) = %q, want an error", line, got)
		}
	}
}

// TestWordsOfCommandsToCopyAreReadBack: what is written for a shell means the same
// here.
func TestWordsOfCommandsToCopyAreReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.StringMatching(`[ -~]{0,12}`).Draw(t, "a")
		b := rapid.StringMatching(`[ -~äé]{1,12}`).Draw(t, "b")
		line := core.ShellWord(a) + " " + core.ShellWord(b)
		if got, err := words(line); err != nil || !slices.Equal(got, []string{a, b}) {
			t.Fatalf("words(%s) = %q, %v", line, got, err)
		}
	})
}

// TestTheTableOfCommandsIsSound: no word twice, each with a help, and no command
// hidden behind the beginning of another.
func TestTheTableOfCommandsIsSound(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range commands() {
		for _, word := range append([]string{c.name}, c.also...) {
			if seen[word] {
				t.Errorf("%q is two commands", word)
			}
			seen[word] = true
			if got, err := find(word); err != nil || got.name != c.name {
				t.Errorf("find(%q) = %q, %v", word, got.name, err)
			}
		}
		if c.help == "" || c.do == nil {
			t.Errorf("%s has no help, or does nothing", c.name)
		}
	}
}
