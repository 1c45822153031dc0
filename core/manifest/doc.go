// Package manifest reads YAML and JSON documents as objects, with the line each
// of them starts at, and writes objects as YAML for people to read.
//
// [Parse] takes a whole file. It fails as a whole where the file is not YAML,
// because then nobody can say which documents stand in it; a document that is
// YAML and no object is told apart from its neighbours by [Document].Err.
//
// # Promises
//
//   - A value is what kubectl would send: yes, no, on and off are booleans, a
//     date is a string, 1e3 is a number, 9007199254740993 keeps its last digit.
//   - Nothing is dropped in silence. A key given twice, a second document that
//     begins where none may, an unknown tag: each is an error with its line.
//   - Time and memory are bounded, whatever the file: [Limits].
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
package manifest
