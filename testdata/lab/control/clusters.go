package control

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"selvage/testdata/lab/cluster"
)

// The users every opened cluster has.
const (
	readerName   = "selvage-reader"
	operatorName = "operator"
)

// clusterHandle is a cluster as one lease sees it.
type clusterHandle struct {
	*cluster.Cluster
	namespace string
	dir       string // of kubeconfig files
	home      string // of a cluster that nobody else uses, "" for the shared one

	mu     sync.Mutex
	tokens map[string]cluster.User
}

// Close takes the tokens back, stops a cluster that nobody else uses and removes
// the files.
func (h *clusterHandle) Close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	for token := range h.tokens {
		h.Revoke(token)
	}
	if h.home == "" {
		return os.RemoveAll(h.dir)
	}
	return errors.Join(h.Cluster.Close(), os.RemoveAll(h.home), os.RemoveAll(h.dir))
}

// grant makes a user and writes its kubeconfig.
func (h *clusterHandle) grant(uid, name string, groups []string) (Credential, error) {
	user := cluster.User{Name: name, UID: uid, Groups: groups}
	token := h.Grant(user)
	h.mu.Lock()
	h.tokens[token] = user
	h.mu.Unlock()
	path := filepath.Join(h.dir, uid+".kubeconfig")
	if err := h.WriteKubeconfig(path, name, token, h.namespace); err != nil {
		return Credential{}, err
	}
	return Credential{User: name, UID: uid, Token: token, Kubeconfig: path}, nil
}

func (s *server) openCluster(ctx context.Context, lease string, req OpenCluster) (Cluster, error) {
	h, err := s.newHandle(ctx, req)
	if err != nil {
		return Cluster{}, err
	}
	id := s.owned.id("cluster")
	answer := Cluster{
		ID: id, Name: h.Name(), Server: h.URL(), CAFile: h.CAFile(), Namespace: h.namespace, AuditLog: h.AuditLog(),
	}
	answer.Reader, err = h.grant(id+"-reader", readerName, []string{cluster.ReaderGroup})
	if err == nil {
		answer.Operator, err = h.grant(id+"-operator", operatorName, []string{cluster.OperatorGroup})
	}
	if err != nil {
		return Cluster{}, errors.Join(err, h.Close())
	}
	return answer, s.keep(id, lease, h)
}

// newHandle gets the cluster a request is for.
func (s *server) newHandle(ctx context.Context, req OpenCluster) (*clusterHandle, error) {
	h := &clusterHandle{namespace: "default", tokens: make(map[string]cluster.User)}
	var err error
	if h.dir, err = s.newDir("u"); err != nil {
		return nil, err
	}
	if req.Own {
		h.Cluster, h.home, err = s.newCluster(req)
		return h, err
	}
	if h.Cluster, err = s.shared(); err != nil {
		return nil, err
	}
	h.namespace = req.Namespace
	return h, h.Namespace(ctx, req.Namespace)
}

// ownCluster finds a cluster that belongs to one lease alone.
func (s *server) ownCluster(lease, id string) (*clusterHandle, error) {
	h, err := find[*clusterHandle](&s.owned, lease, id)
	if err == nil && h.home == "" {
		err = errShared
	}
	return h, err
}

func (s *server) unplug(_ context.Context, lease string, req Ref) (Done, error) {
	h, err := s.ownCluster(lease, req.ID)
	if err != nil {
		return Done{}, err
	}
	return Done{}, h.Unplug()
}

func (s *server) plug(ctx context.Context, lease string, req Ref) (Done, error) {
	h, err := s.ownCluster(lease, req.ID)
	if err != nil {
		return Done{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	return Done{}, h.Plug(ctx)
}

func (s *server) grantToken(_ context.Context, lease string, req GrantToken) (Credential, error) {
	h, err := find[*clusterHandle](&s.owned, lease, req.Cluster)
	if err != nil {
		return Credential{}, err
	}
	return h.grant(s.owned.id(req.Cluster+"-user"), req.User, req.Groups)
}

func (s *server) revokeToken(_ context.Context, lease string, req TokenRef) (Done, error) {
	h, _, err := s.token(lease, req)
	if err != nil {
		return Done{}, err
	}
	h.Revoke(req.Token)
	return Done{}, nil
}

func (s *server) restoreToken(_ context.Context, lease string, req TokenRef) (Done, error) {
	h, user, err := s.token(lease, req)
	if err != nil {
		return Done{}, err
	}
	h.Restore(req.Token, user)
	return Done{}, nil
}

func (s *server) token(lease string, req TokenRef) (*clusterHandle, cluster.User, error) {
	h, err := find[*clusterHandle](&s.owned, lease, req.Cluster)
	if err != nil {
		return nil, cluster.User{}, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	user, ok := h.tokens[req.Token]
	if !ok {
		return nil, cluster.User{}, fmt.Errorf("find a token of %s: it was not granted there", req.Cluster)
	}
	return h, user, nil
}
