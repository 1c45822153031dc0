// Package safe holds the only type of text that may reach a terminal.
//
// Names, error messages, file contents and commit messages come from clusters
// and repositories that other people write. A name that holds an escape
// sequence could recolour the screen, set the window title, fill the clipboard
// or hide a line. [Text] cannot: it is made by [Clean], which turns whatever a
// terminal would act upon into something to read, or by [Lit], which takes
// only constants of this program. Everything that draws takes Text, so a raw
// string on its way to the screen does not compile.
//
// # Promises
//
//   - A Text holds printable characters only, on one line: no C0 or C1
//     control, no escape, no line break, no bidirectional or zero-width
//     control, no invalid UTF-8, and no combining mark without a character to
//     stand on.
//   - Printable ASCII is never changed, and cleaning twice is cleaning once.
//
// # Decisions
//
// Escaped, not removed: what was there stays visible, so that two names that
// differ only in such a character look different.
//
// A backslash is not doubled. `\x1b` on screen may thus be an escape character
// or four typed ones; telling these apart matters less than leaving ordinary
// regular expressions and Windows paths as people wrote them. Whoever needs
// the bytes asks for JSON.
//
// Raw text is kept everywhere else: comparing and storing never see a Text, so
// that cleaning cannot hide a difference.
package safe
