// Package pictures draws frames of the dashboard as SVG, for the README. The
// pictures lie beside it; `make pictures` draws them anew from the golden frames
// of tui, and a test there holds them against those.
//
// # Decisions
//
// What escape sequences mean, ultraviolet knows, which Bubble Tea draws with; what
// is left to do is to write down a grid of cells. freeze, of the same authors, is a
// program with a highlighter, fonts and a rasterizer; github.com/wader/ansisvg,
// which does just this, is not on every module proxy.
//
// Each run of text is stretched to the width of its cells, so that columns stand
// under each other in whatever fixed-width font there is. No font is embedded: it
// would be larger than the picture.
//
// The colours of a terminal's own that a theme leaves alone are chosen here, for a
// picture has no terminal.
package pictures
