package tui

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"selvage/tui/widget"
)

const (
	// wholeWidth is how wide a text is drawn that is to be read elsewhere.
	wholeWidth = 160
	// wholeHeight is room for all that any screen has.
	wholeHeight = 200_000
)

// unfolder is a pane that hides some of its text in folds.
type unfolder interface{ unfold() }

func (r *reader) unfold() { r.all = true }

// wholeText is all of the screen on top as plain text, not only what there is room
// for: where it is of, and each of its lines.
func (m *Model) wholeText() string {
	e := m.env()
	e.Width, e.Height, e.text, e.glance = max(wholeWidth, m.width), wholeHeight, true, nil
	pane := apart(m.top().pane)
	if p, ok := pane.(unfolder); ok {
		p.unfold()
	}
	frame := m.frame(pane, e)
	var b strings.Builder
	for i, s := range slices.Concat(frame.Title, frame.Facts, []widget.Span{e.stands()}) {
		if i >= len(frame.Title) && s.Text.Len() > 0 {
			b.WriteString("  ")
		}
		b.WriteString(s.Text.String())
	}
	b.WriteString("\n" + strings.TrimSpace(m.about().String()+"  selvage "+e.version.String()+"  "+m.now.UTC().Format(time.RFC3339)) + "\n\n")
	blank := true
	for _, l := range frame.Lines {
		l = strings.TrimRight(ansi.Strip(l), " ")
		if cursor := strings.HasPrefix(l, ">"); cursor {
			l = strings.TrimRight(" "+l[1:], " ")
		}
		if l == "" && blank {
			continue // what fills a screen up
		}
		blank = l == ""
		b.WriteString(l + "\n")
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// apart is a pane that can be drawn at another size without the one on screen
// scrolling: a copy that shares what neither changes in drawing.
func apart(p Pane) Pane {
	is := reflect.ValueOf(p)
	if is.Kind() != reflect.Pointer {
		return p
	}
	other := reflect.New(is.Type().Elem())
	other.Elem().Set(is.Elem())
	return other.Interface().(Pane)
}
