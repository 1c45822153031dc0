package control

import "time"

// Where the lab is reached.
const (
	SocketName  = "lab.sock"
	LeasePath   = "/v1/lease"
	VerbPath    = "/v1/"
	LeaseHeader = "Lab-Lease"
)

// The verbs, each with what it takes and answers.
const (
	VerbClusterOpen   = "cluster.open"   // OpenCluster: Cluster
	VerbClusterClose  = "cluster.close"  // Ref: Done
	VerbClusterUnplug = "cluster.unplug" // Ref: Done
	VerbClusterPlug   = "cluster.plug"   // Ref: Done
	VerbTokenGrant    = "token.grant"    // GrantToken: Credential
	VerbTokenRevoke   = "token.revoke"   // TokenRef: Done
	VerbTokenRestore  = "token.restore"  // TokenRef: Done
	VerbRepoCreate    = "repo.create"    // CreateRepo: Repo
	VerbRepoRemove    = "repo.remove"    // Ref: Done
	VerbEngineStart   = "engine.start"   // StartEngine: Ref
	VerbEngineSet     = "engine.set"     // SetEngine: Done
	VerbEngineSync    = "engine.sync"    // Ref: EngineState
	VerbEngineState   = "engine.state"   // Ref: EngineState
	VerbEngineStop    = "engine.stop"    // Ref: Done
)

// Lease is the answer to a request for a lease. Its ID goes into LeaseHeader of
// every other request.
type Lease struct {
	ID  string `json:"id"`
	PID int    `json:"pid"`
}

// Failure is why a request was refused.
type Failure struct {
	Error string `json:"error"`
}

// Ref names a cluster, a repository or an engine by its ID.
type Ref struct {
	ID string `json:"id"`
}

// Done is the answer where there is nothing to say.
type Done struct{}

// OpenCluster asks for a namespace in the shared cluster, or, with Own, for a
// new cluster of that name whose namespace is default.
type OpenCluster struct {
	Own         bool   `json:"own"`
	Name        string `json:"name"`
	Namespace   string `json:"namespace"`             // in the shared cluster
	Definitions string `json:"definitions,omitempty"` // of a cluster of one's own: a folder of CRDs, "" for the lab's
}

// Cluster is a cluster as its user sees it.
type Cluster struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Server    string     `json:"server"`
	CAFile    string     `json:"caFile"`
	Namespace string     `json:"namespace"`
	AuditLog  string     `json:"auditLog"`
	Reader    Credential `json:"reader"`
	Operator  Credential `json:"operator"`
}

// Credential is a user of a cluster. UID is unique to it; the audit log has it.
type Credential struct {
	User       string `json:"user"`
	UID        string `json:"uid"`
	Token      string `json:"token"`
	Kubeconfig string `json:"kubeconfig"`
}

// GrantToken asks for one more user of a cluster.
type GrantToken struct {
	Cluster string   `json:"cluster"`
	User    string   `json:"user"`
	Groups  []string `json:"groups"`
}

// TokenRef names a token of a cluster.
type TokenRef struct {
	Cluster string `json:"cluster"`
	Token   string `json:"token"`
}

// CreateRepo asks for an empty repository.
type CreateRepo struct {
	Name string `json:"name"`
}

// Repo is a bare repository and the two accounts that may use it.
type Repo struct {
	ID       string  `json:"id"`
	Name     string  `json:"name"`
	Dir      string  `json:"dir"`
	URL      string  `json:"url"`
	TLSURL   string  `json:"tlsURL"`
	CAFile   string  `json:"caFile"` // for TLSURL
	Pusher   Account `json:"pusher"`
	ReadOnly Account `json:"readOnly"`
}

// Account is a user of a repository.
type Account struct {
	User     string `json:"user"`
	Password string `json:"password"`
}

// StartEngine asks for a GitOps engine. Name stands in its tracking ids.
type StartEngine struct {
	Name      string        `json:"name"`
	Cluster   string        `json:"cluster"`
	Repo      string        `json:"repo"`
	Branch    string        `json:"branch"`
	Path      string        `json:"path"`
	Namespace string        `json:"namespace"`
	Options   EngineOptions `json:"options"`
}

// EngineOptions say what an engine does by itself: sync when the branch moves,
// heal what was changed in the cluster, as soon as it has been so for HealAfter,
// and prune what left Git.
type EngineOptions struct {
	Auto      bool          `json:"auto"`
	SelfHeal  bool          `json:"selfHeal"`
	HealAfter time.Duration `json:"healAfter,omitempty"`
	Prune     bool          `json:"prune"`
}

// SetEngine changes the options of an engine.
type SetEngine struct {
	ID      string        `json:"id"`
	Options EngineOptions `json:"options"`
}

// EngineState is what the last sync of an engine did.
type EngineState struct {
	Revision string         `json:"revision"` // the commit, "" before the first sync
	Started  time.Time      `json:"started"`
	Finished time.Time      `json:"finished"`
	Results  []EngineResult `json:"results"`
	Error    string         `json:"error,omitempty"` // why nothing was applied, or not all pruned
}

// EngineResult is what a sync did to one object. Action is applied, pruned or
// refused; Message says why it was refused.
type EngineResult struct {
	Group     string `json:"group"`
	Kind      string `json:"kind"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`
	Action    string `json:"action"`
	Message   string `json:"message,omitempty"`
}
