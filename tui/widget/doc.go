// Package widget draws the parts that screens are made of: lines, tables,
// rules, windows over long lists, two columns side by side. It knows nothing
// of fabrics or objects.
//
// Everything is drawn from [safe.Text] with an [Ink], into an exact number of
// columns. What does not fit is cut, never wrapped by the terminal, and a cut
// is always marked.
//
// # Decisions
//
// An [Ink] holds the escape sequences of a style, made once, in place of the
// style: rendering a style for every cell of every frame is most of what a
// dashboard costs, and putting two strings around a text costs next to
// nothing. So no painted row has to be cached, and nothing has to be
// invalidated.
//
// Cells are painted one by one and joined. A painted line is never painted
// again: the reset inside it would end the outer style early.
//
// ASCII only, ".." for a cut among others: a jump host's locale and fonts are
// nobody's choice.
package widget
