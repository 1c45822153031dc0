package engine

import (
	"slices"
	"time"
)

// Action is what a sync did to one object.
type Action string

// The actions.
const (
	Applied Action = "applied" // it is as Git says
	Pruned  Action = "pruned"
	Skipped Action = "skipped" // it is to be pruned, and was not because pruning is off
	Refused Action = "refused" // Message says why
)

// Result is what a sync did to one object. Message is in the words of the type
// of engine.
type Result struct {
	Group     string `json:"group"`
	Version   string `json:"version"`
	Kind      string `json:"kind"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`
	Action    Action `json:"action"`
	Message   string `json:"message,omitempty"`
}

// Phase says how a sync stands. A plain engine has none.
type Phase string

// The phases, in the words of Argo CD.
const (
	Running   Phase = "Running" // or waits for its next try
	Succeeded Phase = "Succeeded"
	Failed    Phase = "Failed"
	Error     Phase = "Error" // nothing could be tried
)

// State is what the last sync did, and with a type where the engine is.
type State struct {
	Revision string    `json:"revision"` // the commit, "" when the branch was not found
	Started  time.Time `json:"started"`
	Finished time.Time `json:"finished"` // of the last try
	Results  []Result  `json:"results"`
	Error    string    `json:"error,omitempty"` // why nothing was applied, or not all pruned

	Phase   Phase  `json:"phase,omitempty"`
	Message string `json:"message,omitempty"`
	Tries   int64  `json:"tries,omitempty"`   // that were repeated
	Head    string `json:"head,omitempty"`    // the commit that it saw last
	Applied string `json:"applied,omitempty"` // the commit that it applied last, whole
	Sync    string `json:"sync,omitempty"`    // Synced, OutOfSync or Unknown
}

// Failed tells whether anything went wrong.
func (s State) Failed() bool { return s.Error != "" || slices.ContainsFunc(s.Results, Result.refused) }

func (r Result) refused() bool { return r.Action == Refused }
