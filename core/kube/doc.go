// Package kube reads a cluster through its Kubernetes API, as a [core.Source]
// that has no way to write.
//
// Call [New] once per fabric and [Source.Read] at every check. Read asks the
// cluster which kinds it serves, lists those that the scope wants page by page,
// and says of every kind whether it was read whole.
//
// # Promises
//
//   - Nothing is written, and nothing but objects is read. Every request of
//     every client passes one guard (readonly.go), which admits a GET of the
//     discovery documents, of a list of objects or of one object, at the one
//     API server, and refuses everything else before a byte of it is sent.
//   - Kinds outside the scope are never asked for: some hold credentials.
//   - No object is absent unless a whole list of its kind and namespace said
//     so. An answer that is refused, late, cut short, of another kind or no
//     Kubernetes list at all makes a [core.Gap] with the reason.
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
// Requests are sent over client-go's transport, which knows kubeconfigs, TLS,
// proxies and every form of credentials, but answers are judged and decoded
// here, by the decoder that the Git side passes too. client-go's dynamic client
// takes a list of another kind, or {}, for an empty one, and its discovery takes
// {} for a cluster without groups: either would delete a fabric on screen. Of
// discovery only the reading of the aggregated form is client-go's.
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
// run, once more before it is believed.
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
