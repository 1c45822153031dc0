package drift

import "selvage/core"

// Row is one thing that is known about how the server treats one place of a
// kind's objects.
type Row struct {
	ID     string    // names the row in folded fields and explanations: "vpc.gateway"
	Since  string    // the release of fabric that the behaviour came with
	Path   core.Path // where it holds, with * for any map key and [*] for any list item
	Action Action
	Why    string // in a few words, for people
}

// The releases that rows name. What is always so came with the first one, or
// nobody wrote down with which.
const (
	always = ""
	v126   = "v0.126"
	v129   = "v0.129"
)

// reason is why the row holds, with the release that it came with: a fabric of
// an older one should not need it.
func (r Row) reason() string {
	if r.Since == always {
		return r.Why
	}
	return r.Why + ", since " + r.Since
}

// Action is what a row does: it shapes both sides before they are compared, or
// it is a [reason] for a difference that is left.
type Action interface {
	// mark tells the node of a row's place what to do there.
	mark(n *node, r Row)
}

// View is an object as a rule sees it from one place inside it.
type View struct {
	root  map[string]any
	steps []string
}

// Up is the map that holds the place, n levels up: 1 is the one directly
// around it. It is nil where there is no map.
func (v View) Up(n int) map[string]any {
	if n > len(v.steps) {
		return nil
	}
	at, _ := get(v.root, v.steps[:len(v.steps)-n])
	m, _ := at.(map[string]any)
	return m
}

// Root is the whole object.
func (v View) Root() map[string]any { return v.root }
