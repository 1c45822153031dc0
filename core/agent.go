package core

import (
	"context"
	"time"
)

// Agents are the switches of a fabric, as far as their agents tell whether they
// run what live says. They were asked for as a table: nothing else of an agent,
// which holds credentials, is ever known here.
type Agents struct {
	All    []Agent // by name; as of ReadAt
	ReadAt time.Time
	Access Access
	Error  string // why Access is not ok, on one line
}

// Agent is one switch.
type Agent struct {
	Name        string
	Role        string
	Description string
	Applied     int64     // the generation that the switch runs; -1 where it told none
	Current     int64     // the generation that it is to run
	AppliedAt   time.Time // when it told so
	Heartbeat   time.Time // when it was heard of last; zero if never, or if unknown
	Version     string
	Reboot      bool // it has to be restarted to run it

	// HeartbeatError says why nobody can tell when it was heard of last, on one
	// line; "" where Heartbeat tells it.
	HeartbeatError string
}

// LateHeartbeat is the age from which an agent's silence is to be told: agents
// report every 15 seconds.
const LateHeartbeat = 60 * time.Second

// AgentReader reads the state of a fabric's switches.
type AgentReader interface {
	// ReadAgents gives what is known now. It always gives something: where the
	// agents could not be read, that says why. It returns soon after ctx ends.
	ReadAgents(ctx context.Context) *Agents
}

// Converged tells whether the switch runs what it is to run.
func (s Agent) Converged() bool { return s.Applied == s.Current && !s.Reboot }

// Known tells whether the agents were ever read, and there are any.
func (a *Agents) Known() bool { return a != nil && len(a.All) > 0 }

// Converged is the number of switches that run what they are to run.
func (a *Agents) Converged() int {
	n := 0
	for _, s := range a.All {
		if s.Converged() {
			n++
		}
	}
	return n
}

// Oldest is the agent that was heard of last the longest ago, of those whose
// heartbeats are known; false without any.
func (a *Agents) Oldest() (oldest Agent, ok bool) {
	if a == nil {
		return Agent{}, false
	}
	for _, s := range a.All {
		if s.HeartbeatError == "" && (!ok || s.Heartbeat.Before(oldest.Heartbeat)) {
			oldest, ok = s, true
		}
	}
	return oldest, ok
}

// Late are the agents that were silent for too long when they were read. One
// whose heartbeat is not known is none of them.
func (a *Agents) Late() []Agent {
	if a == nil {
		return nil
	}
	var late []Agent
	for _, s := range a.All {
		if s.HeartbeatError == "" && a.ReadAt.Sub(s.Heartbeat) > LateHeartbeat {
			late = append(late, s)
		}
	}
	return late
}
