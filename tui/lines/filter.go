package lines

import (
	"context"
	"slices"
	"strings"

	"selvage/core/safe"
	"selvage/tui"
)

// filter has the objects of the fabric that is open, or where none is the fabrics, read
// out only where they fit; all of them where it says nothing.
func (t *talk) filter(ctx context.Context, g given) error {
	words := slices.Clone(g.args)
	for i, w := range words {
		if strings.ContainsAny(w, " \t") {
			words[i] = `"` + w + `"` // it was typed in quotes, which are gone
		}
	}
	text := strings.Join(words, " ")
	if t.open == "" {
		f, err := tui.FabricFilter(text)
		if err != nil {
			return err
		}
		t.only = f
		return t.list(ctx, given{})
	}
	f, err := tui.ObjectFilter(text)
	if err != nil {
		return err
	}
	t.onlyObjects = f
	return t.listObjects(ctx, given{})
}

// fitting says over a list that not all of it is read out; nothing where all is.
func fitting(f tui.Filter, n, of int) []safe.Text {
	if f.String() == "" {
		return nil
	}
	return []safe.Text{safe.Sprintf("%d of %d fit the filter %s (filter alone ends it)", n, of, f)}
}
