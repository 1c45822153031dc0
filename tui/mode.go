package tui

import (
	"slices"
	"strings"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// marks are the words about a fabric that matter before one acts on it.
func marks(e Env, f core.FabricState) []string {
	words := []string{}
	if f.Fabric.Protected {
		words = append(words, "PROTECTED")
	}
	if f.Report != nil && f.Report.Live.Insecure {
		words = append(words, "CERTIFICATE NOT VERIFIED")
	}
	mode := f.Fabric.Mode
	if e.mode != "" && mode != "" {
		mode = mode.Narrower(e.mode)
	}
	if mode != "" {
		words = append(words, string(mode))
	}
	return words
}

// stands is the right end of every header: what may be done where one is, and what
// matters before it is done. On a screen that is about no fabric it is what the
// dashboard may do at most.
func (e Env) stands() widget.Span {
	words := []string{}
	f, ok := e.fabric()
	switch {
	case len(e.fabrics) > 1:
		words = e.standTogether()
	case ok:
		words = marks(e, f)
	case e.mode != "":
		words = append(words, "mode "+string(e.mode))
	}
	text := safe.Clean(strings.Join(words, "  "))
	for len(words) > 1 && widget.Width(text)+2 > e.Width*2/3 {
		words = slices.Delete(words, len(words)-2, len(words)-1) // the mode stays
		text = safe.Clean(strings.Join(words, "  "))
	}
	return widget.Span{Ink: e.Style.ink(themes.Warn), Text: text}
}

// standTogether are the marks of several fabrics: each that one of them has, and
// the mode of the one that allows least.
func (e Env) standTogether() []string {
	all := core.FabricState{Report: &core.Report{}}
	for _, id := range e.fabrics {
		f, ok := e.Fleet.Fabric(id)
		if !ok {
			continue
		}
		all.Fabric.Protected = all.Fabric.Protected || f.Fabric.Protected
		all.Report.Live.Insecure = all.Report.Live.Insecure || f.Report != nil && f.Report.Live.Insecure
		if mode := f.Fabric.Mode; all.Fabric.Mode == "" {
			all.Fabric.Mode = mode
		} else if mode != "" {
			all.Fabric.Mode = all.Fabric.Mode.Narrower(mode)
		}
	}
	return marks(e, all)
}

// headRoom is how much of the header is left beside what stands in each.
func (e Env) headRoom() int {
	if n := widget.Width(e.stands().Text); n > 0 {
		return max(e.Width-n-2, 0)
	}
	return e.Width
}
