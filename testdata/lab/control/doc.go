// Package control is the lab as a process: it keeps clusters, repositories and
// GitOps engines, and does with them what other processes ask over a socket.
//
// Run serves a directory until its context ends or until nobody has held a
// lease for the linger time. A process that uses the lab takes a lease first: a
// request that stays open as long as it lives. Every cluster, repository and
// engine belongs to the lease it was made under and is closed with it, so that
// a test that crashed leaves nothing behind.
//
// The protocol is HTTP and JSON on the unix socket SocketName in the directory.
// GET LeasePath answers one Lease and then stays open. POST VerbPath and the
// name of a verb takes and answers the structs of wire.go; what a verb refuses
// is answered with a Failure. Package selvage/testdata/labtest is the client.
//
// One cluster is shared by all who ask for it; the first to ask waits for its
// start. Opening it gives a namespace and tokens of one's own in it.
//
// # Decisions
//
// One process for all packages under test. A cluster takes two seconds to start
// and 300 MB; go test runs each package in a process of its own, several at a
// time. The shared cluster is paid for once.
//
// The wire structs are written twice. labtest belongs to the main module, whose
// go.mod must stay free of Kubernetes itself, and this module must not depend on
// the main one. A test of labtest holds the two files against each other.
//
// An engine shows itself only in a cluster of one's own. In the shared one every
// other test would find it.
//
// A lease is a connection and not a file or a count: the kernel ends it however
// a process ends.
package control
