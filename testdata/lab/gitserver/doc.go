// Package gitserver keeps bare Git repositories and serves them over smart HTTP
// with the real git http-backend.
//
// A Server listens on two free ports of 127.0.0.1, one plain and one with TLS,
// and serves each repository that Create made to the two users that belong to
// it: one may push, the other may only fetch. A request without a password or
// with a wrong one is answered 401, a push by the reader 403. The repository is
// an ordinary directory; other programs may use it by its path.
//
// # Decisions
//
// A repository starts empty, with HEAD at main. Its first commit comes by push,
// as on a forge.
//
// Chunked requests are read whole before they are handed on. The package
// net/http/cgi refuses them, and git sends a push of more than a mebibyte so.
package gitserver
