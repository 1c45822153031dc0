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
	VerbEngineSync    = "engine.sync"    // SyncEngine: EngineState
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
	Validate    bool   `json:"validate,omitempty"`    // of a cluster of one's own: it refuses what a fabric refuses
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

// StartEngine asks for a GitOps engine. Name stands in its tracking ids; it is
// the name of its object where Type is argocd or flux. An engine without a type
// shows nothing in a cluster.
type StartEngine struct {
	Type      string        `json:"type,omitempty"`
	Name      string        `json:"name"`
	Cluster   string        `json:"cluster"`
	Repo      string        `json:"repo"`
	Branch    string        `json:"branch"`
	Path      string        `json:"path"`
	Namespace string        `json:"namespace"`
	Object    EngineObject  `json:"object,omitzero"`
	Options   EngineOptions `json:"options"`
}

// EngineObject says where an engine shows what it does. That cluster must be
// one's own.
type EngineObject struct {
	Cluster   string `json:"cluster,omitempty"`   // its ID; "" for the cluster that is applied to
	Namespace string `json:"namespace,omitempty"` // "" for argocd or flux-system
	Project   string `json:"project,omitempty"`   // of Argo CD; "" for default
	URL       string `json:"url,omitempty"`       // of the repository as the object has it; "" for its own over HTTP
}

// EngineOptions say what an engine does by itself.
type EngineOptions struct {
	Auto      bool          `json:"auto"`                // sync when the branch moves; Flux always does
	SelfHeal  bool          `json:"selfHeal"`            // undo what was changed in the cluster
	HealAfter time.Duration `json:"healAfter,omitempty"` // as soon as it has been so for this long
	Prune     bool          `json:"prune"`               // delete what left Git
	Suspend   bool          `json:"suspend,omitempty"`   // do nothing by itself, whatever Auto says

	Poll     time.Duration `json:"poll,omitempty"`     // between two looks at the branch; 0 for a short time
	Interval time.Duration `json:"interval,omitempty"` // Flux: between two reconciliations of one commit
	Retry    *EngineRetry  `json:"retry,omitempty"`    // nil for what the type does where nothing is said

	Target  string `json:"target,omitempty"` // a branch, tag or commit instead of the engine's branch
	Flat    bool   `json:"flat,omitempty"`   // directories in the engine's directory are left out
	Include string `json:"include,omitempty"`
	Exclude string `json:"exclude,omitempty"`

	Windows       []EngineWindow `json:"windows,omitempty"` // the sync windows of its project
	Health        string         `json:"health,omitempty"`  // what the object says of it; "" for Healthy
	HealthMessage string         `json:"healthMessage,omitempty"`
}

// EngineRetry says how often a failed sync is tried again: Duration after the
// first try, and Factor times longer after each further one, Max at most. Flux
// uses Duration alone.
type EngineRetry struct {
	Limit    int64         `json:"limit"` // of repeated tries; below 0 for no limit
	Duration time.Duration `json:"duration,omitempty"`
	Factor   int64         `json:"factor,omitempty"`
	Max      time.Duration `json:"max,omitempty"`
	Refresh  bool          `json:"refresh,omitempty"` // try the branch as it is then, not the same commit
}

// EngineWindow is a sync window: allow or deny, from when a cron schedule says,
// for a duration such as 1h.
type EngineWindow struct {
	Kind       string `json:"kind"`
	Schedule   string `json:"schedule"`
	Duration   string `json:"duration"`
	ManualSync bool   `json:"manualSync,omitempty"`
	TimeZone   string `json:"timeZone,omitempty"`
}

// SyncEngine asks an engine to sync now, and waits until it has tried once. By
// is who asks, "" for admin; Prune deletes even where the options do not.
type SyncEngine struct {
	ID    string `json:"id"`
	By    string `json:"by,omitempty"`
	Prune bool   `json:"prune,omitempty"`
}

// SetEngine changes the options of an engine.
type SetEngine struct {
	ID      string        `json:"id"`
	Options EngineOptions `json:"options"`
}

// EngineState is what the last sync of an engine did. Those with a type say more:
// how it stands, in the words of Argo CD, and where the engine is.
type EngineState struct {
	Revision string         `json:"revision"` // the commit, "" before the first sync
	Started  time.Time      `json:"started"`
	Finished time.Time      `json:"finished"`
	Results  []EngineResult `json:"results"`
	Error    string         `json:"error,omitempty"` // why nothing was applied, or not all pruned

	Phase   string `json:"phase,omitempty"` // Running, also while it waits to try again; Succeeded, Failed, Error
	Message string `json:"message,omitempty"`
	Tries   int64  `json:"tries,omitempty"`   // that were repeated
	Head    string `json:"head,omitempty"`    // the commit that the engine saw last
	Applied string `json:"applied,omitempty"` // the commit that it applied last, whole
	Sync    string `json:"sync,omitempty"`    // Synced, OutOfSync or Unknown
}

// EngineResult is what a sync did to one object. Action is applied, pruned,
// skipped (pruning is off) or refused; Message says why.
type EngineResult struct {
	Group     string `json:"group"`
	Kind      string `json:"kind"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`
	Action    string `json:"action"`
	Message   string `json:"message,omitempty"`
}
