// Package sheet is an object as a text for a person's editor, and the decisions
// that follow from what they made of it.
//
// A [Sheet] is made of the document that Git has, or of what live says where Git
// has none; [Sheet.WithDrafts] lays over that what stands on the desk. [Sheet.Text] is
// what the editor opens with, [Sheet.Decisions] reads what it left behind, and
// [Sheet.Again] is the text to open it with once more where that cannot be taken. The
// package is pure: no files, no editor, no clock.
//
// # Promises
//
//   - What was typed is not lost: a text that cannot be taken comes back as it is,
//     with what is wrong with it on top.
//   - All of a text becomes decisions or none of it. What cannot be decided, such as
//     another name or a status, is told and not left out.
//   - A text that says what it said before decides nothing.
//   - What stands as drafted and is not touched stays as it was drafted.
//
// # Decisions
//
// Two texts are compared by what they say, with the merge that Git and live are
// compared with. So one entry of a map, or an item that its fields identify, is a
// decision of its own, which stands or falls with that place in Git alone; and the
// bytes of the file around it stay, with their comments. The price is that a comment
// that is typed into a sheet goes nowhere, and its head says so.
//
// Drafts are laid into the document by the code that publishes them, so the sheet
// shows what the file would be. A change inside of what one draft decided decides that
// draft's place anew as a whole: by itself it would be judged against Git, where that
// place may not be, and be void at once. Before anything is decided the new desk is
// laid over Git in memory, and where that is not what was typed, nothing is taken.
// That Git is not to have the object any more is told and not shown, since no text says
// it. Whoever changes something in the text wants to have the object, and so what they
// decide takes the place of that. What waits for a review is not shown, either: a draft
// over it would not come into the review, and be void when that is merged.
//
// The lines of the head begin with "#:", so that they can be told from comments of
// the document's, and a second head does not pile up on the first.
//
// What the schema does not know is refused, although the server would only drop it:
// in an editor that is a slip of the finger. What stood there before, and is not
// touched, is nobody's slip.
package sheet
