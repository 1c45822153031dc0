// Package openapi reads what an API says about the shape of its objects, as
// [core.Schema]: the document that a cluster publishes for one version of a
// group, and CustomResourceDefinitions as they lie in files.
//
// # Promises
//
//   - What cannot be understood is a place of which nothing is known: a schema
//     is a hint, and a hint that is missing must make nobody call a field
//     pruned.
//   - Time and memory are bounded, whatever the document: references that lead
//     in a circle, and schemas deeper or larger than any real one, end in such
//     a place. What comes out is a tree.
//
// # Decisions
//
// Own code and no library: of the two hundred words of OpenAPI a comparison
// uses eight, and kube-openapi keeps all of them in memory for every kind.
//
// References are copied in and not shared. In a document of CRDs only metadata
// is one, and a tree can be walked by anybody without a thought for circles.
package openapi
