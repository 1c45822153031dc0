package safe

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain", "VPC/tenant-a .spec.subnets[\"web\"] ~ 10%", "VPC/tenant-a .spec.subnets[\"web\"] ~ 10%"},
		{"letters of other scripts", "größe Ελλάδα 機 🚀", "größe Ελλάδα 機 🚀"},
		{"clipboard by OSC 52", "\x1b]52;c;aGk=\x07", `\x1b]52;c;aGk=\x07`},
		{"CSI", "\x1b[2Jgone", `\x1b[2Jgone`},
		{"C1 CSI", "\u009b31mred", "<U+009B>31mred"},
		{"C1 as a bare byte", "\x9b31m", `\x9b31m`},
		{"line breaks and tab", "a\r\nb\tc", `a\r\nb\tc`},
		{"bidi override", "a\u202egpj.exe", "a<U+202E>gpj.exe"},
		{"bidi isolate", "\u2066x\u2069", "<U+2066>x<U+2069>"},
		{"zero width", "vpc\u200b-1\u200d\ufeff", "vpc<U+200B>-1<U+200D><U+FEFF>"},
		{"line separator", "a\u2028b", "a<U+2028>b"},
		{"no-break space", "a\u00a0b", "a<U+00A0>b"},
		{"blank letter", "a\u3164b", "a<U+3164>b"},
		{"variation selector", "a\ufe0fb", "a<U+FE0F>b"},
		{"tag characters", "a\U000e0041", "a<U+E0041>"},
		{"bad UTF-8", "a\xff\xc3", `a\xff\xc3`},
		{"replacement character itself", "a\ufffd", "a\ufffd"},
		{"combining mark", "e\u0301", "e\u0301"},
		{"combining mark without a base", "\u0301e", "<U+0301>e"},
		{"delete", "a\x7f", `a\x7f`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Clean(tt.in).String(); got != tt.want {
				t.Errorf("Clean(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestSprintfCleansItsArguments(t *testing.T) {
	got := Sprintf("%s has %d of %v", "a\x1b", 2, Clean("\n")).String()
	if want := `a\x1b has 2 of \n`; got != want {
		t.Errorf("Sprintf = %q, want %q", got, want)
	}
}

func TestMultiSplitsIntoLines(t *testing.T) {
	tests := []struct {
		in   string
		want []string
	}{
		{"", nil},
		{"a", []string{"a"}},
		{"a\nb\n", []string{"a", "b"}},
		{"a\r\n\n\x1b", []string{`a\r`, "", `\x1b`}},
	}
	for _, tt := range tests {
		got := Multi(tt.in)
		if len(got) != len(tt.want) {
			t.Errorf("Multi(%q) has %d lines, want %d", tt.in, len(got), len(tt.want))
			continue
		}
		for i := range got {
			if got[i].String() != tt.want[i] {
				t.Errorf("Multi(%q)[%d] = %q, want %q", tt.in, i, got[i], tt.want[i])
			}
		}
	}
}

func TestPlusAndJoin(t *testing.T) {
	a, b := Lit("a"), Clean("b")
	if got := a.Plus(b, b).String(); got != "abb" {
		t.Errorf("Plus = %q", got)
	}
	if got := Join(", ", a, b).String(); got != "a, b" {
		t.Errorf("Join = %q", got)
	}
	if (a == Text{} || a != Clean("a")) {
		t.Error("equal texts do not compare as equal")
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{
		"", "plain", "\x1b[31m", "\u009b", "\u202e", "\xff\xfe", "e\u0301", "\u0301", "a\r\n",
		"\U000e0001", "\x1b\\x1b", "\u061c", "\ufff9",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Clean(s).String()
		if !utf8.ValidString(got) {
			t.Fatalf("Clean(%q) = %q is no UTF-8", s, got)
		}
		for _, r := range got {
			if !unicode.IsPrint(r) || unicode.Is(unicode.Bidi_Control, r) || unicode.Is(unicode.Cf, r) {
				t.Fatalf("Clean(%q) = %q holds %U", s, got, r)
			}
		}
		if again := Clean(got).String(); again != got {
			t.Fatalf("Clean(Clean(%q)) = %q, want %q", s, again, got)
		}
		ascii := strings.IndexFunc(s, func(r rune) bool { return r < 0x20 || r > 0x7e }) < 0
		if ascii && got != s {
			t.Fatalf("Clean(%q) = %q changed printable ASCII", s, got)
		}
	})
}

func BenchmarkClean(b *testing.B) {
	const s = "fabrics/dc1/switches.yaml:120 .spec.portBreakouts[\"E1/55\"]"
	for b.Loop() {
		if Clean(s).Len() == 0 {
			b.Fatal("empty")
		}
	}
}
