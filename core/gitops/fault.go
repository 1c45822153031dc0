package gitops

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"

	"selvage/core"
)

// answerError is an answer that came, and is not the one that was asked for.
type answerError struct{ reason string }

func (e *answerError) Error() string { return e.reason }

// refusal is an answer that is an error.
type refusal struct {
	code    int
	message string
	to      string // where it redirects to
	json    bool   // it is Argo CD's own way to say so
}

func (e *refusal) Error() string {
	s := fmt.Sprintf("%d %s", e.code, http.StatusText(e.code))
	if e.message != "" {
		s += ": " + oneLine(e.message)
	}
	return s
}

func (r *rest) fault(c call, err error) error {
	l, loginErr := r.login()
	if loginErr != nil {
		return loginErr
	}
	return r.faultWith(c, l, err)
}

// faultWith gives an error the words of a person.
func (r *rest) faultWith(c call, l login, err error) error {
	e := &core.Error{Access: core.AccessUnreachable, Op: c.op + " at " + l.server.String(), Err: core.WithoutURL(err, oneLine)}
	var refused *refusal
	var answer *answerError
	switch {
	case errors.As(err, &refused):
		refused.explain(e, l)
	case errors.As(err, &answer):
		e.Access, e.Hint = core.AccessInvalid, "is engine.api.server right, or does something on the way answer in its place?"
	default:
		connection(e, err, l)
	}
	return e
}

func (e *refusal) explain(told *core.Error, l login) {
	switch {
	case e.code == http.StatusUnauthorized && l.command:
		told.Access, told.Hint = core.AccessLoginNeeded, l.from
	case e.code == http.StatusUnauthorized:
		told.Access, told.Hint = core.AccessUnauthorized, l.from
	case e.code == http.StatusForbidden && strings.Contains(e.message, "sync window"):
		told.Access, told.Hint = core.AccessForbidden, "wait for the window, or have it allow manual syncs"
	case e.code == http.StatusForbidden:
		// Argo CD says this as well of apps that are not there.
		told.Access, told.Hint = core.AccessForbidden, "ask for that right in Argo CD's RBAC; is there such an Application?"
	case e.code >= http.StatusMultipleChoices && e.code < http.StatusBadRequest:
		told.Access, told.Hint = core.AccessInvalid, "redirects are not followed; give engine.api.server the address of Argo CD itself"
		if u, err := url.Parse(e.to); err == nil && u.Host != "" {
			told.Hint += fmt.Sprintf(" (it points to %s)", u.Host)
		}
	case e.code == http.StatusTooManyRequests:
		told.Hint = "the server is busy; the next check asks again"
	case e.code < http.StatusInternalServerError:
		told.Access, told.Hint = core.AccessInvalid, "is engine.api.server Argo CD's address?"
	default:
		told.Hint = "the next check asks again; what does Argo CD's log say?"
	}
}

func connection(e *core.Error, err error, l login) {
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	var certificate x509.CertificateInvalidError
	var record tls.RecordHeaderError
	var dns *net.DNSError
	var slow net.Error
	switch {
	case errors.As(err, &authority) && l.lax:
		e.Hint = "the argocd command was told not to check the certificate, selvage checks it: add its authority to the system's"
	case errors.As(err, &authority), errors.As(err, &certificate):
		e.Hint = "add the authority of its certificate to the system's, or point SSL_CERT_FILE to it"
	case errors.As(err, &name):
		e.Hint = "give engine.api.server a name that is in the certificate"
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		e.Hint = "the server does not speak TLS: is it http, or another port?"
	case errors.As(err, &dns):
		e.Hint = "is the name in engine.api.server right, and does this machine resolve it?"
	case errors.Is(err, syscall.ECONNREFUSED):
		e.Hint = "is Argo CD's server running, and is the port right?"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &slow) && slow.Timeout():
		e.Hint = "it is slow, or the way there is not open: routes, firewalls, proxy?"
	default:
		e.Hint = "the next check asks again"
	}
}
