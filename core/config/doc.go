// Package config reads selvage's configuration: which fabrics there are, how
// their clusters and Git repositories are reached, and what may be done to
// them.
//
// Start with [Load], which gives a [Config] or every mistake at once
// ([Problems]); the model is in model.go. [Show] prints what
// is in effect, [Schema] describes the file to editors, [Init] is a file to
// begin with.
//
// # Promises
//
//   - Nothing is dropped in silence. A key that is not known, or that has no
//     effect where it stands, is an error with file and line.
//   - All mistakes are told together, each on one line with what to do.
//   - No secret leaves through an error or [Show], and no token through fmt: see
//     [Secret]. A password within an address is part of that address.
//   - A rule that is added ([Config.AddIgnore]) is an insertion and nothing else, or
//     refused; the file is never there in part, and stays where it would be wrong.
//   - Loading reads configuration files only. Whether a token, a folder or a
//     host is there is asked when it is needed.
//
// # Decisions
//
// One description. The struct tags of the model say how a key is called, what
// it may hold, what it defaults to and what it is for. Decoding, the finding
// of unknown keys, merging, [Show] and [Schema] all read these tags (key.go),
// so that they cannot disagree. The price is some reflection in four files and
// long lines in the model.
//
// Lines of broken YAML are found by parsing again: yaml.v3 gives the line of the
// block around a mistake. Of ever shorter beginnings of the file the shortest
// with the same mistake ends in the right line.
//
// A tree of its own. YAML is parsed with yaml.v3 into nodes that know file and
// line, and these are merged and decoded here. yaml.v3's own decoding into
// structs stops at the first kind of error, knows no defaults merged from
// another file, and cannot say where a path that is relative to its file came
// from.
//
// Strict types. `branch: 1.10` is an error that asks for quotes, because YAML
// would have made 1.1 of it. null is as good as leaving the key out, and takes
// a default back in the fabric that says it.
//
// The nearer choice wins whole. Of keys that exclude each other (api_server,
// kubeconfig and dump; token, token_env and token_file) a fabric's own
// displaces the one in defaults, and an inherited key that then has no effect
// is left out, so that one offline fabric does not forbid common defaults.
//
// Defaults have a scope. The defaults of a file hold for its fabrics and for
// those of the files that it includes, where nearer defaults win. Any other
// key at the top may be set in one of the files only; keys and tools add up.
//
// A repository is its host and path, whatever the transport: the https and
// the ssh address of one server name the same repository. Refusing two fabrics
// that would have been apart is an error message; taking one directory for two
// would let one fabric delete the other's objects.
//
// What a rule says of a field is the key that it is said with: keys for a list
// of items with names, default for a value, is for what a word can tell. Exactly
// one of them is given, so no rule needs a type and a value that may not fit it.
//
// What is added to a file is put between its lines, and what it then says is held
// against what it said: no encoder gives back a file that a person wrote. A file of
// another owner is not replaced, for it would have another owner then.
//
// Two directories of one fabric must not lie in one another either: a change
// could then go to either, and no one could say which is right.
package config
