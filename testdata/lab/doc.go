// Command lab is a cluster for tests and people: real Kubernetes API servers
// with the kinds of Hedgehog, a Git server and a small GitOps engine, in one
// process.
//
//	lab serve --dir DIR --linger 30s
//
// runs it in DIR until it is interrupted or until nobody has used it for the
// linger time. What it does there is asked over a socket; see package control,
// and for Go code selvage/testdata/labtest, which also builds and starts it.
//
// The packages: crds are the kinds, webhook answers admission, pki makes
// certificates, cluster runs one API server, gitserver serves repositories,
// engine applies them, control ties all of it to the socket.
//
// # Decisions
//
// A module of its own. It needs Kubernetes itself, a replace line for each of
// its staging modules and other versions of what the program uses; none of that
// belongs into the go.mod of a program people install.
//
// The versions of k8s.io/kubernetes and of etcd are the ones its go.mod asks
// for; they move together.
package main
