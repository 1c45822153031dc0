// Package cluster runs real Kubernetes API servers, each with an etcd of its
// own, inside this process.
//
// Start returns a Cluster that serves the kinds of package crds, asks a webhook
// about every write and knows two roles: members of ReaderGroup may get, list
// and watch what operators of Hedgehog write (and agents), members of
// OperatorGroup may do everything. Grant hands a token out and Revoke takes it
// back, both at once and while the server runs. Unplug ends the API server and
// keeps what it stored; Plug starts it again on the same address with the same
// certificate.
//
// A cluster writes to its directory alone: certificates, the store of etcd and
// an audit log, one JSON object a line, of every request but its own. Close
// stops everything and leaves the directory to the caller.
//
// There is no controller but those inside the API server: a namespace that is
// deleted stays in phase Terminating, nothing runs, nothing is collected.
//
// # Decisions
//
// In one process. An API server linked in starts in two seconds, needs no
// program to be fetched and dies with its process. The price is that feature
// gates, klog and the count of capabilities are shared by all clusters of one
// process: a test that wants other gates needs a lab of its own.
//
// No anonymous requests. A control node of Hedgehog runs k3s, which refuses
// them; so a request without a token is answered 401 here as well, not 403.
//
// The address is held. Between Unplug and Plug a socket that is bound but does
// not listen keeps the port from everybody else: clients are refused, as by a
// host whose server is down, and Plug cannot lose its port.
//
// The server is stopped within a fifth of a second even when watches are open;
// the default waits a minute for them.
package cluster
