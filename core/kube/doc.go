// Package kube reads a cluster through its Kubernetes API, as a [core.Watcher]
// that has no way to write.
//
// Call [New] once per fabric and [Source.Read] at every check. Read asks the
// cluster which kinds it serves, lists those that the scope wants page by page,
// and says of every kind whether it was read whole. Where [Source.Watch] runs
// beside it, each list is followed by a watch, and Read lists again only what
// no watch has lately been proven to follow.
//
// [Source.ReadAgents] tells how the fabric's switches are. [Source.Objects], and
// [NewObjects] for an API that is no fabric's, read objects of any other kind as
// they are, such as those of a GitOps engine.
//
// # Promises
//
//   - Nothing is written, and nothing but objects is read. Every request of
//     every client passes one guard (readonly.go), which admits a GET of the
//     discovery documents, of a list of objects, once or as a watch, or of one
//     object, at the one API server, and refuses everything else before a byte
//     of it is sent.
//   - Kinds outside the scope are never asked for by Read and Watch.
//   - No agent is ever asked for as an object, and none is watched: the guard
//     admits a request for agents only as a table of their columns, without the
//     objects. [Objects] refuses every kind that is known to hold credentials.
//   - No object is absent unless a whole list of its kind and namespace said
//     so. An answer that is refused, late, cut short, of another kind or no
//     Kubernetes list at all makes a [core.Gap] with the reason.
//   - What is told from a watch is no older than [Config.FreshFor], and goes
//     never back to a state before one that was told.
//   - While [core.Snapshot] says that it is watched, every content that an
//     object had is told: by the snapshot, or as a passage.
//   - The terminal is left alone: nothing here, in client-go or in a credential
//     plugin writes to it or reads from it (see [Quiet]).
//
// # Decisions
//
// The guard judges path shapes because methods do not suffice: kubectl exec
// over a WebSocket is a GET, and so is a request through the service proxy to
// whatever listens behind it. It is installed below authentication and above
// the connection, so that it sees each request as it would be sent. The price
// is that "kubectl auth can-i", which is a POST, cannot be used: rights that
// are missing are learnt from the 403.
//
// Agents are asked for as what "kubectl get agents" prints, because their objects
// hold password hashes, and because each of them is written every 15 seconds. The
// guard sees to that, and not only whoever asks: it also refuses an Accept header
// that names a second form, which a server may choose. The columns are known by
// their names. Releases of fabric differ in their order, and in whether a
// generation is a number or its text; where one does not have AppliedG or CurrentG
// nothing is said of its switches, and where it has no Heartbeat nothing of when
// they were heard of.
//
// Of a time, an API server writes how long ago it was by its own clock. So ages
// are counted from when the table came, and the clock of this machine may be wrong.
// A switch whose clock is two seconds or more ahead of the server's has "<invalid>"
// for an age: that tells nothing, neither that it is alive nor that it is silent.
// The time of its last write would, but it stands among the metadata of the object.
//
// A kind that is asked for by its resource and is not served is looked for again
// after a minute. Not every fabric has agents and each engine, and to find that out
// anew at each check would take more than the check.
//
// Requests are sent over client-go's transport, which knows kubeconfigs, TLS,
// proxies and every form of credentials, but answers are judged and decoded
// here, by the decoder that the Git side passes too. client-go's dynamic client
// takes a list of another kind, or {}, for an empty one, and its discovery takes
// {} for a cluster without groups: either would delete a fabric on screen. Of
// discovery only the reading of the aggregated form is client-go's.
//
// Watches have a loop of their own too (follow.go), over the same lists, and no
// client-go reflector. A reflector logs an event of another kind, or one that
// its store refuses, and goes on after it; keeps its objects and says nothing
// where a kind is forbidden, gone or out of reach; begins with a list from a
// cache that may be older than what was seen before; and tells no store when
// its watch was last alive. All of that can be put right around it, in a lister,
// a decoder, a store and an error handler that amount to more than the loop: a
// watch that ends is opened again from its last revision, and where that is
// refused, silent or not understood, the kind is listed.
//
// Lists and watches of one source begin in one place, by turns: in a look, which
// a Read makes for its answer and Watch for what broke. So both see the same
// errors, credentials are renewed once for all watches, and a Read never waits
// for a hanging look that nobody else waits for. Looks of Watch run no
// credential plugin; those that break for want of one say so, and the Read that
// follows runs it.
//
// A watch is believed for as long as it says something: an event, or the
// bookmark that API servers send every minute. One that is silent for 90 seconds
// may be half open, which HTTP/2 finds out by itself within 15 seconds and
// HTTP/1.1 never does, and is listed again. Where a list had to bridge a gap, the
// next watch still begins before the gap, so that the server may tell what came
// and went in it; only if it has forgotten that does the time of the list become
// the one since when nothing was missed.
//
// Revisions are compared as numbers, which Kubernetes promises since 1.35 and
// etcd has always kept. One API server of several may lag; its list is refused
// as stale. After two minutes it is taken after all, because then the cluster
// was put back to a backup.
//
// Field sets of managedFields are kept once for all objects that have equal ones
// (sets.go): as they come they are larger than the objects.
//
// The shapes of kinds are asked for beside the lists, at each new discovery. A
// check waits for them for a second at most, and does without where anything
// goes wrong.
//
// Lists leave resourceVersion unset. The cheaper resourceVersion=0 may be
// answered from a cache that is older than what the last check saw. There is no
// rate limit: a check sends some twenty requests, at most eight at a time.
//
// A kind that is not served is known to have no objects, unless Git or an
// earlier check has some: then somebody has removed its CRD, and with it
// whatever could tell what became of them, so they are unread and not absent.
//
// Credentials are read anew at every check (a few small files), and the client
// is made anew only where they differ, so that a renewed token or certificate
// counts at once. Where the server says 401 they are read, and the plugin is
// run, once more before it is believed; where several requests were refused at
// once, one of them does so for all.
//
// Credential plugins are run by core/child and not by client-go, which gives
// them this process's stderr, cannot end one that hangs, and leaves them the
// terminal. Here they have none: a plugin that wants to ask a person something
// fails, and the fabric says that somebody must log in.
//
// Discovery answers are kept for ten minutes. They are asked for again as soon
// as a list is not found or a kind that Git holds is not served.
//
// Connections are client-go's, which shares them between all clients of equal
// TLS settings; those through a proxy_url are each client's own.
package kube
