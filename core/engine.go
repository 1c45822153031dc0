package core

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"
)

// EngineType is a kind of GitOps engine, by the word of the configuration.
type EngineType string

// The engines.
const (
	ArgoCD EngineType = "argocd"
	Flux   EngineType = "flux"
)

// Engine is what the GitOps engine of a fabric says of its work, as it was read
// at one time. It is evidence and no verdict: an engine that nobody could read
// changes nothing but what its columns say.
type Engine struct {
	// Type is "" where there is none to tell of: with [AccessOK] none was found
	// where one was looked for, else Error is why nobody could look.
	Type      EngineType
	App       string // the Application or the Kustomization
	Namespace string // of it
	Where     string // the API that it was read from, without credentials
	ReadAt    time.Time
	Access    Access // with another than ok only Type, App, Namespace and Where count
	Error     string // why Access is not ok, on one line

	// Sources are what it applies, in its own order.
	Sources []EngineSource
	// Mismatch tells, a sentence each, why what it applies is not what the fabric
	// compares. Where there is one, no verdict can be given.
	Mismatch []string
	// Leaves tells why it does not apply a file of Git, by its path from the
	// repository's root; "" where it does. It is nil where it applies all of them,
	// and is not kept.
	Leaves func(file string) string
	// Wider is a sentence where it may apply files that the fabric's configuration
	// leaves out; "" where it does not.
	Wider string

	Auto     bool   // it applies new commits by itself
	SelfHeal bool   // it puts back what was changed past Git
	Prune    bool   // it deletes by itself what Git has no more
	Blocked  string // why it does not act at present, as "suspended"; "" where it may
	// Idle are times in which it could not act, as far as that is known, the oldest
	// first; see [Engine.Rested].
	Idle []Span

	Health        string // in its own word
	HealthMessage string
	Sync          string // whether it holds live for what it wants, in its own word
	ComparedAt    time.Time
	// Troubles are what keeps it from its work, by what it says itself, the worst
	// first.
	Troubles []string
	// Notes are what else there is to know, a sentence each: they keep nothing from
	// happening. Where none was found they tell what was passed over.
	Notes []string

	// Operation is the last thing it did, or does now; nil where it tells of none.
	Operation *EngineOperation
	// Objects are those that it keeps, with what it says of each.
	Objects map[Key]EngineObject

	// API is set where it may be asked for something: what, in the words of the
	// configuration.
	API []EngineRequest
}

// EngineSource is one thing that an engine applies: a directory of a repository
// at a revision.
type EngineSource struct {
	URL, Path string
	Target    string // what it follows: a branch, tag or commit; "" or HEAD for the default branch
	Renders   string // what makes manifests of the directory: "kustomize", "helm"; "" for plain files

	Wanted    string    // the commit that Target was when it looked last
	Applied   string    // the commit that it applied last, whole; "" for none
	AppliedAt time.Time // when it had

	// Behind are the commits of the branch that the applied one does not have,
	// newest first. They count only where Counted is set: whoever reads the engine
	// does not know the branch.
	Behind  []Commit
	Counted bool
}

// EngineOperation is one attempt of an engine to apply a commit.
type EngineOperation struct {
	Phase    EnginePhase
	Revision string // of what the fabric compares
	// Revisions are those of all sources that the fabric compares, where they are
	// several.
	Revisions []string
	Tries     int // that were repeated, 0 for the first one
	Limit     int // of the repeated tries; 0 where it tells none
	Started   time.Time
	Finished  time.Time // zero while it runs
	Message   string    // on one line
	// Partial is set where it was not to bring about all of the commit: a dry run,
	// or a sync of some objects.
	Partial bool
	By      string // who asked for it; "" where it was itself
}

// EnginePhase says how an operation stands.
type EnginePhase string

// The phases.
const (
	EngineRunning   EnginePhase = "running"
	EngineSucceeded EnginePhase = "succeeded"
	EngineFailed    EnginePhase = "failed"
)

// EngineObject is what an engine says of one object that it keeps.
type EngineObject struct {
	Sync    string // whether it holds the object for what it wants, in its own word
	Health  string
	Surplus bool   // it wants to delete it, and may not by itself
	Refused bool   // the last operation could not bring about what it wants of it
	Message string // what became of it in the last operation, on one line
}

// EngineRequest is something that an engine may be asked for.
type EngineRequest string

// The requests, in the words of the configuration.
const (
	EngineRefresh EngineRequest = "refresh" // look at Git now
	EngineSync    EngineRequest = "sync"    // apply it now
)

// EngineReader reads what the GitOps engine of one fabric says.
type EngineReader interface {
	// ReadEngine gives what the engine says now. It always gives something: where
	// the engine could not be read, that says why. It returns soon after ctx ends.
	ReadEngine(ctx context.Context) *Engine
}

// EngineAsker asks the GitOps engine of one fabric for something, where the
// configuration allows it. It never talks to Kubernetes.
type EngineAsker interface {
	AskEngine(ctx context.Context, what EngineRequest) error
}

// May tells whether the engine may be asked for something.
func (e *Engine) May(what EngineRequest) bool { return e.Known() && slices.Contains(e.API, what) }

// Known tells whether the engine was read, and is one.
func (e *Engine) Known() bool { return e != nil && e.Type != "" && e.Access == AccessOK }

// Acts tells whether the engine brings Git to live by itself at present; of a
// removal, whether it deletes.
func (e *Engine) Acts(removal bool) bool {
	return e.Known() && e.Auto && e.Blocked == "" && (e.Prune || !removal)
}

// Waits says what has to happen before an engine that does not act by itself
// brings Git to live; "" where it acts, or where nothing is known of it.
func (e *Engine) Waits(removal bool) string {
	switch {
	case !e.Known() || e.Acts(removal):
		return ""
	case e.Blocked != "":
		return fmt.Sprintf("waits: %s is %s", e.Type, e.Blocked)
	case !e.Auto:
		return "waits for a manual sync"
	}
	return "waits for a manual sync that prunes"
}

// Of is what the engine applies of a place in Git, and false where it applies
// something else or is not known.
func (e *Engine) Of(place Reading) (EngineSource, bool) {
	if !e.Known() || len(e.Mismatch) > 0 {
		return EngineSource{}, false
	}
	dir := cleanPath(place.Path)
	// An engine may apply a folder around the place, or one in it: see Leaves.
	for _, fits := range []func(path string) bool{
		func(path string) bool { return path == dir },
		func(path string) bool { return path == "" || strings.HasPrefix(dir, path+"/") },
		func(path string) bool { return dir == "" || strings.HasPrefix(path, dir+"/") },
	} {
		i := slices.IndexFunc(e.Sources, func(s EngineSource) bool {
			return SameRepository(s.URL, place.URL) && fits(cleanPath(s.Path))
		})
		if i >= 0 {
			return e.Sources[i], true
		}
	}
	return EngineSource{}, false
}

// Refuses tells whether the last operation could not bring about what the engine
// wants of an object, where it was about what Git says of it now: version is the
// commit that made that so. Of an operation for an older commit that is known as
// far as the commits were counted. why is in the engine's words.
func (e *Engine) Refuses(k Key, place Reading, version string) (why string, refused bool) {
	if !e.Known() || e.Operation == nil {
		return "", false
	}
	if op := e.Operation; !op.About(place.Revision) {
		s, ok := e.Of(place)
		at := slices.IndexFunc(s.Behind, func(c Commit) bool { return op.About(c.ID) })
		if at < 0 && op.About(s.Applied) {
			at = len(s.Behind)
		}
		later := func(c Commit) bool { return c.ID == version }
		if !ok || !s.Counted || at < 0 || version == "" || slices.ContainsFunc(s.Behind[:at], later) {
			return "", false
		}
	}
	o := e.Objects[k]
	return o.Message, o.Refused
}

// Acting is the operation by which the engine applies a commit just now, at its
// first try; nil where it does not.
func (e *Engine) Acting(head string) *EngineOperation {
	if !e.Known() || e.Operation == nil {
		return nil
	}
	if op := e.Operation; op.Phase == EngineRunning && op.Tries == 0 && op.About(head) {
		return op
	}
	return nil
}

// GaveUp tells whether the engine has tried to apply a commit and will not try
// again by itself; why is in its words.
func (e *Engine) GaveUp(revision string) (why string, gaveUp bool) {
	if !e.Known() || e.Operation == nil || e.Operation.Phase != EngineFailed || e.Operation.Partial || !e.Operation.About(revision) {
		return "", false
	}
	return e.Operation.Message, true
}

// Progress says what the engine does with the commit that is now at the head of
// a branch, where there is something to say: "argocd retries 9b1d0aa 4/5, HEAD
// 4f2c9e1 waits behind it".
func (e *Engine) Progress(head string) string {
	if !e.Known() || e.Operation == nil {
		return ""
	}
	op := e.Operation
	behind := ""
	if head != "" && !op.About(head) {
		behind = fmt.Sprintf(", HEAD %s waits behind it", ShortCommit(head))
	}
	switch {
	case op.Phase == EngineRunning && op.Tries > 0:
		return fmt.Sprintf("%s retries %s %s%s", e.Type, ShortCommit(op.Revision), op.tries(), behind)
	case op.Phase == EngineRunning:
		return fmt.Sprintf("%s applies %s%s", e.Type, ShortCommit(op.Revision), behind)
	case op.Partial:
		return ""
	case op.Phase == EngineFailed && op.About(head) && op.Tries > 0:
		return fmt.Sprintf("%s gave %s up after %s", e.Type, ShortCommit(op.Revision), Counted(op.Tries, "retry"))
	case op.Phase == EngineFailed && op.About(head):
		return fmt.Sprintf("%s could not apply %s", e.Type, ShortCommit(op.Revision))
	}
	return ""
}

// Says is what the engine has to say for not being at the commit at the head of
// a branch; "" where it says nothing.
func (e *Engine) Says(head string) string {
	switch doing := e.Progress(head); {
	case len(e.Troubles) > 0:
		return e.Troubles[0]
	case doing != "" && e.Operation.Message != "":
		return doing + ": " + e.Operation.Message
	case doing != "":
		return doing
	case e.Operation != nil && e.Operation.Phase == EngineFailed:
		return e.Operation.Message
	}
	return e.HealthMessage
}

// About tells whether the operation is one for a commit.
func (o *EngineOperation) About(commit string) bool {
	return commit != "" && (o.Revision == commit || slices.Contains(o.Revisions, commit))
}

func (o *EngineOperation) tries() string {
	if o.Limit > 0 {
		return fmt.Sprintf("%d/%d", o.Tries, o.Limit)
	}
	return fmt.Sprintf("%d", o.Tries)
}

// SameRepository tells whether two addresses are of the same repository, as far
// as they tell: whatever way they name leads to it, and whoever goes there. A
// port counts where both name the same way.
func SameRepository(a, b string) bool {
	x, y := repositoryOf(a), repositoryOf(b)
	return x.host == y.host && x.path == y.path && (x.way != y.way || x.port == y.port)
}

// repository is what a repository's address tells: all that
// https://me@host/team/fabrics.git and git@host:team/fabrics have in common, and
// the way with its port.
type repository struct{ way, host, port, path string }

func repositoryOf(address string) repository {
	way, rest, found := strings.Cut(address, "://")
	if !found {
		way = "ssh"
		host, p, remote := strings.Cut(address, ":")
		if !remote || strings.ContainsAny(host, "/\\") || strings.HasPrefix(address, ".") {
			return repository{way: "file", path: repositoryPath(address)}
		}
		rest = host + "/" + strings.TrimLeft(p, "/")
	}
	if way == "file" {
		return repository{way: way, path: repositoryPath(rest)}
	}
	host, p, _ := strings.Cut(rest, "/")
	if _, after, user := strings.Cut(host, "@"); user {
		host = after
	}
	r := repository{way: way, host: strings.ToLower(host), path: strings.ToLower(strings.TrimLeft(repositoryPath(p), "/"))}
	if name, port, err := net.SplitHostPort(r.host); err == nil {
		r.host = name
		if port != map[string]string{"https": "443", "http": "80", "ssh": "22"}[way] {
			r.port = port
		}
	}
	return r
}

// repositoryPath is a path without what makes no difference.
func repositoryPath(p string) string {
	if plain, err := url.PathUnescape(p); err == nil {
		p = plain
	}
	return strings.TrimSuffix(path.Clean(strings.TrimRight(p, "/")), ".git")
}

func cleanPath(p string) string {
	p = strings.Trim(p, "/")
	p = strings.TrimPrefix(p, "./")
	if p == "." {
		return ""
	}
	return p
}
