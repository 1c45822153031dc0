package control

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// verb does what one kind of request asks, for the owner of a lease.
type verb[Request, Answer any] func(ctx context.Context, lease string, req Request) (Answer, error)

func (s *server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+LeasePath, s.serveLease)
	handle(s, mux, VerbClusterOpen, s.openCluster)
	handle(s, mux, VerbClusterClose, s.closeRef)
	handle(s, mux, VerbClusterUnplug, s.unplug)
	handle(s, mux, VerbClusterPlug, s.plug)
	handle(s, mux, VerbTokenGrant, s.grantToken)
	handle(s, mux, VerbTokenRevoke, s.revokeToken)
	handle(s, mux, VerbTokenRestore, s.restoreToken)
	handle(s, mux, VerbRepoCreate, s.createRepo)
	handle(s, mux, VerbRepoRemove, s.closeRef)
	handle(s, mux, VerbEngineStart, s.startEngine)
	handle(s, mux, VerbEngineSet, s.setEngine)
	handle(s, mux, VerbEngineSync, s.syncEngine)
	handle(s, mux, VerbEngineState, s.engineState)
	handle(s, mux, VerbEngineStop, s.closeRef)
	return mux
}

// handle routes a verb: it decodes, checks the lease, does and encodes.
func handle[Request, Answer any](s *server, mux *http.ServeMux, name string, do verb[Request, Answer]) {
	mux.HandleFunc("POST "+VerbPath+name, func(w http.ResponseWriter, r *http.Request) {
		lease := r.Header.Get(LeaseHeader)
		if !s.leases.valid(lease) {
			fail(w, http.StatusForbidden, fmt.Errorf("%s: take a lease first (%s)", name, LeasePath))
			return
		}
		var req Request
		decoder := json.NewDecoder(r.Body)
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&req); err != nil {
			fail(w, http.StatusBadRequest, fmt.Errorf("%s: decode the request: %w", name, err))
			return
		}
		answer, err := do(r.Context(), lease, req)
		if err != nil {
			fail(w, http.StatusConflict, fmt.Errorf("%s: %w", name, err))
			return
		}
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(answer); err != nil {
			s.cfg.Log.Printf("%s: answer: %v", name, err)
		}
	})
}

// keep adds a value to what a lease owns, unless the lease ended meanwhile.
func (s *server) keep(id, lease string, value closer) error {
	s.owned.add(id, lease, value)
	if s.leases.valid(lease) {
		return nil
	}
	// The lease may have closed it already; then there is nothing left to close.
	_ = s.owned.close(lease, id)
	return fmt.Errorf("make %s: %s ended meanwhile", id, lease)
}

// closeRef closes whatever a request names.
func (s *server) closeRef(_ context.Context, lease string, req Ref) (Done, error) {
	return Done{}, s.owned.close(lease, req.ID)
}

func fail(w http.ResponseWriter, code int, err error) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(Failure{Error: err.Error()})
}
