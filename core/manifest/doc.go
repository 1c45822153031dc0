// Package manifest reads YAML and JSON documents as objects, with the line each
// of them starts at, edits them in place, and writes objects as YAML for people
// to read.
//
// [Parse] takes a whole file. It fails as a whole where the file is not YAML,
// because then nobody can say which documents stand in it; a document that is
// YAML and no object is told apart from its neighbours by [Document].Err.
//
// [Edit] makes changes in a file that a person wrote, [Append] adds an object to
// one, and [Render] writes a new one. What cannot be edited in place is refused
// with a [Refusal], which holds what was wanted.
//
// # Promises
//
//   - A value is what kubectl would send: yes, no, on and off are booleans, a
//     date is a string, 1e3 is a number, 9007199254740993 keeps its last digit.
//   - Nothing is dropped in silence. A key given twice, a second document that
//     begins where none may, an unknown tag: each is an error with its line.
//   - Time and memory are bounded, whatever the file: [Limits].
//   - An edit is exact or refused. The document says what was wanted and nothing
//     else, to both generations of parsers; every other document of the file is the
//     same to the byte, and so is what surrounds the place.
//
// # Decisions
//
// Values come from sigs.k8s.io/yaml and [core.DecodeJSON], which is the way of
// kubectl and of the GitOps engines; go.yaml.in/yaml/v3 reads several scalars
// differently, so it is asked for positions and for tags and aliases only, and
// only in documents whose bytes show that they may have some.
//
// The file is cut into documents by its lines, and not by a parser: in YAML a
// line that begins with --- or ... ends a document wherever it stands, even
// inside a quoted string. That gives every document its line without parsing
// anything twice. Line breaks that YAML 1.1 knows and editors do not (U+0085,
// U+2028, U+2029) are refused in front of such a line, since a parser would
// then see a document that the cutting did not.
//
// A document that starts with a brace is tried as JSON first, as kubectl does:
// that is ten times faster, and dumps of clusters are large. Its keys are
// counted, so that one given twice is found here too.
//
// %YAML directives are accepted for 1.1 and 1.2 alike and mean nothing; kubectl
// refuses them, but the file is unambiguous and other engines read it.
//
// A file that fails to parse and holds {{ is said to look like a template,
// which is what nearly all such files are. Whether a document that does parse is
// one, because a string of it holds {{ and }}, is told beside its object and not
// decided: in a manifest it nearly always is, in an object that a cluster holds it
// never is.
//
// [ParseSeen] remembers documents by the bytes between two markers, since a file
// of many documents changes in one of them at a time. Nothing else of the file
// goes into what a document is, but for its line.
//
// A file is edited by splicing bytes, and never by writing decoded YAML again: of
// real manifests no encoder gives more than half back as they were. The younger
// parser tells where a node begins, and its end is found by reading on from there
// with the value that the parser saw as the measure. Whatever that gets wrong the
// gate catches, and where there is doubt the edit is refused: then a person makes
// it, which is no harm.
//
// What is spliced follows from the difference between what the document says and
// what it is to say, and not from the form of the change. A subtree or a whole
// object that is replaced therefore keeps the comments of all that stays the same
// in it, and one rule serves a field, an object, and several changes at once.
//
// The items of a list are paired up by their names where each has one of its own,
// else by being equal; the others, between those, by what they have in common.
// Only "name" is taken for a key: what else a schema makes one is not known here,
// and items that share other entries are found to be alike without it. An item
// that stands elsewhere in the list that is wanted is carried there with its
// comments, since that they were above another item would be worse than nothing.
//
// The gate does not ask both generations of parsers to agree on the whole
// document, which files with "enabled: yes" never do. It counts where they
// disagree before and after, and refuses what they did not disagree on before.
//
// A string keeps its quotes, and gets double ones where it needs some: where the
// parsers would differ, where it has characters that nobody sees or that are no
// letters of the basic plane. A block of text stays one where it can. That is why
// an edit and its inverse give a file back only as long as the first did not have
// to quote.
//
// A comment at the end of a line stays, and stays in its column if it stands
// further away than it has to or in line with one above or below, and there is
// room; where there is none it is a blank away. The lines around it do not follow,
// as gofmt would make them: what an edit does not mean it does not touch.
//
// Comments directly above an entry and in its column are its own and go with it,
// as do those below it that are indented further; what stands at the top of a
// file, or between documents, is nobody's and stays. A new entry goes where house
// order has it, or the maps beside this one; into its place where keys are sorted,
// but not in front of a name, else last.
//
// Taking an alias away is allowed, since nothing else changes by it. Changing what
// an anchor, an alias or a merge says is not: it would change at several places,
// and whoever wrote it that way wants to be asked. The same holds for templates and
// SOPS, which are not what an engine applies.
//
// The price of the gate is that the document is parsed four times. An edit of a
// file of one document takes three to four times as long as to re-encode it, and in
// a file of many a fraction of that.
package manifest
