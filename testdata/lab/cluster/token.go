package cluster

import (
	"context"
	"crypto/rand"
	"sync"

	"k8s.io/apiserver/pkg/authentication/authenticator"
	"k8s.io/apiserver/pkg/authentication/user"
)

// The groups that give a user rights.
const (
	ReaderGroup   = "selvage:readers"
	OperatorGroup = user.SystemPrivilegedGroup
)

// User is who a token stands for. UID tells two tokens of one name apart in the
// audit log.
type User struct {
	Name, UID string
	Groups    []string
}

// tokens is the list of valid tokens; it may change while a server asks it.
type tokens struct {
	mu    sync.RWMutex
	users map[string]User
}

func newTokens() *tokens { return &tokens{users: make(map[string]User)} }

// grant returns a new token for u.
func (t *tokens) grant(u User) string {
	token := rand.Text()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.users[token] = u
	return token
}

// restore makes a token valid again that grant returned.
func (t *tokens) restore(token string, u User) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.users[token] = u
}

// revoke makes a token invalid; an unknown one it leaves alone.
func (t *tokens) revoke(token string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.users, token)
}

// AuthenticateToken answers the API server.
func (t *tokens) AuthenticateToken(_ context.Context, token string) (*authenticator.Response, bool, error) {
	t.mu.RLock()
	u, ok := t.users[token]
	t.mu.RUnlock()
	if !ok {
		return nil, false, nil
	}
	groups := append([]string{user.AllAuthenticated}, u.Groups...)
	return &authenticator.Response{User: &user.DefaultInfo{Name: u.Name, UID: u.UID, Groups: groups}}, true, nil
}
