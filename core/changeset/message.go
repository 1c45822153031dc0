package changeset

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"selvage/core"
)

const (
	maxSubject = 500    // characters; longer ones are cut
	maxBody    = 64_000 // bytes
)

// Message is the text of a commit: a subject, a body and trailers in a paragraph
// of their own. Of the foreign words in it only what can be seen is left, and
// nothing that git, or whoever looks for trailers, would take for more than text.
func Message(p core.Publication, signoff bool) string {
	subject := []rune(strings.Join(strings.Fields(visible(p.Subject)), " "))
	parts := []string{string(subject[:min(len(subject), maxSubject)])}
	body, trailers := ticket(body(p.Body))
	if body != "" {
		parts = append(parts, body)
	}
	if p.SyncID != "" {
		trailers = append(trailers, "Sync-Id: "+oneWord(p.SyncID))
	}
	for _, f := range p.Fabrics {
		trailers = append(trailers, "Fabric: "+oneWord(string(f)))
	}
	if signoff {
		trailers = append(trailers, "Signed-off-by: "+p.Committer.Name+" <"+p.Committer.Email+">")
	}
	if len(trailers) > 0 {
		parts = append(parts, strings.Join(trailers, "\n"))
	}
	return strings.Join(parts, "\n\n") + "\n"
}

var ticketTrailer = regexp.MustCompile(`(?:^|\n\n)(Ticket: \S+)$`)

// ticket takes the ticket that stands at the end of a body away from it: it is one of
// the trailers.
func ticket(body string) (rest string, trailers []string) {
	at := ticketTrailer.FindStringSubmatchIndex(body)
	if at == nil {
		return body, nil
	}
	return body[:at[0]], []string{body[at[2]:at[3]]}
}

func oneWord(s string) string { return strings.Join(strings.Fields(visible(s)), "-") }

// looksLikeMore is a line of a body that something would act upon: git am, which
// ends the message at some and reads others as headers, and readers of trailers.
var looksLikeMore = regexp.MustCompile(`(?i)^(---|diff -|index: |>*from[ :]|subject:|date:|[a-z-]+-by:|sync-id:|fabric:)`)

func body(s string) string {
	var lines []string
	for l := range strings.Lines(visible(s[:min(len(s), maxBody)])) {
		l = strings.TrimRightFunc(l, unicode.IsSpace)
		if looksLikeMore.MatchString(l) {
			l = " " + l
		}
		if l == "" && (len(lines) == 0 || lines[len(lines)-1] == "") {
			continue
		}
		lines = append(lines, l)
	}
	lines = slices.Clip(lines)
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// visible is text without what is not seen but acts: controls but for line
// breaks and tabs, and marks that turn the direction of writing or have no width.
func visible(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(strings.ToValidUTF8(s, "\uFFFD"))
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return r
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, s)
}

// Name is a name or an address as git puts it into a commit: without what would
// end it there.
func Name(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == '<' || r == '>' || r == '\n' || r == '\t' {
			return -1
		}
		return r
	}, visible(s))
	return strings.Trim(s, " .,:;\"\\'")
}
