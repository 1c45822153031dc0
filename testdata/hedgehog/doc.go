// Package hedgehog makes Hedgehog fabrics for tests, benchmarks and demonstrations: what their operators keep in Git,
// what a server makes of it, and what people then do to it behind Git's back.
//
// Of the product only the demonstration uses it. What compares and merges must not: the answers to check it by would come
// from the code under check. It needs the standard library only, so that a lab, a webhook and the demo can all share it.
//
// # What to call
//
// Default is Hedgehog's mutating webhooks, for a test API server to call. Generate makes the Git side of a fabric of any
// size, from a Spec such as Small, Medium, Large or Sized; Fabric.Files lays it out as files; Fabric.Live is what a
// server holds after an engine has applied it, managedFields included. ControllerObjects adds what only controllers
// write. A World holds both sides; Mutations lists, by name, what can happen to an object, each with the state and
// verdict that it should lead to; World.Apply and World.Scatter make it happen.
//
// Objects are decoded JSON everywhere: map[string]any, []any, string, int64, float64, bool and nil.
//
// # Promises
//
// The same call gives the same answer, byte for byte: no clock, no order of a map, no global state. No argument is
// changed but by Default, Hydration.Apply, EditGit and EditLive, which say so. Nothing panics on a malformed object.
// What Files writes, kubectl's decoder reads back as exactly the objects. What Live and EditLive write into managedFields
// is what the API server's own code (apimachinery 0.37.2, with the CRDs of fabric v0.129.1) writes.
//
// # Decisions
//
// One era. Default is fabric v0.129.1, the version of the golden pairs. A fabric's objects are a mix of eras in life;
// the mutation "older-era" is the place for that. The price: a label or annotation of a later version is not here.
//
// Shapes and code apart. Most of what a server adds is no decision of anybody's: Go's encoder writes every struct, empty
// or not. Those fields are data (shape); what a webhook decides is code, one function for each kind. The alternative,
// Go structs with the same tags, would lose the explicit false and "" which the webhook server keeps.
//
// No status. The webhooks emit "status: {}" and the API server drops it again; Default does not write it.
//
// MCLAG keeps its labels. In v0.129.1 the webhook calls an mclag connection "<invalid>", which no server can store as a
// label, so such a write is refused. Here it gets its type and devices, as in v0.126, so that leftovers can be made at
// all. The price: a refusal has to be staged by other means.
//
// Gateway kinds keep foreign labels. The sources at hand clean labels of the fabric's prefix from gateway kinds only
// together with fields that v0.129.1 does not have yet.
//
// Excluded kinds are skeletons. Agents, Catalogs and the like are as small as their schemas allow. Agents carry Secret
// where a real one has password hashes, for tests that nothing of it is shown.
//
// Lists are single values. Hedgehog's schemas name no list type, so server-side apply owns lists whole; Path stops at
// them, and so do the mutations.
package hedgehog
