package kube

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"syscall"

	"selvage/core"
)

// answerError is an answer that came, and is not the one that was asked for.
type answerError struct{ reason string }

func (e *answerError) Error() string { return e.reason }

func wrongAnswer(format string, args ...any) error {
	return &answerError{fmt.Sprintf(format, args...)}
}

// notKubernetes says what an answer is instead of JSON.
func notKubernetes(body []byte) error {
	switch text := bytes.ToLower(bytes.TrimSpace(body)); {
	case len(text) == 0:
		return wrongAnswer("the answer is empty")
	case bytes.HasPrefix(text, []byte("<")):
		return wrongAnswer("the answer is a web page and not Kubernetes")
	}
	return wrongAnswer("the answer is not JSON")
}

// notWhole says why an answer cannot be decoded.
func notWhole(body []byte, err error) error {
	if text := bytes.TrimSpace(body); len(text) == 0 || text[0] == '<' {
		return notKubernetes(body)
	}
	return wrongAnswer("the answer is not whole: %s", oneLine(err.Error()))
}

// describe names a document that came in place of another one.
func describe(kind, apiVersion string) string {
	if kind == "" && apiVersion == "" {
		return "a document without kind"
	}
	return fmt.Sprintf("%q of %q", kind, apiVersion)
}

// said is what a server's refusal says, on one line: the message of a
// Kubernetes status, or the text as it is. Web pages say nothing.
func said(body []byte) string {
	var status struct{ Message string }
	if json.Unmarshal(body, &status) == nil && status.Message != "" {
		return oneLine(status.Message)
	}
	text := bytes.TrimSpace(body)
	if len(text) == 0 || text[0] == '<' || text[0] == '{' {
		return ""
	}
	return oneLine(string(text))
}

// missing is the name of the object that a server says it does not have; "" where
// it is more than the object that it does not know.
func missing(body []byte) string {
	var status struct {
		Reason  string
		Details struct{ Name string }
	}
	if json.Unmarshal(body, &status) != nil || status.Reason != "NotFound" {
		return ""
	}
	return status.Details.Name
}

// oneLine puts a text on one line, and cuts what is longer than anybody reads.
func oneLine(s string) string { return core.Brief(s, 300) }

// fault gives an error the words of a person: what was done, why it went wrong
// and what to do next. hint is for the case that rights are missing.
func fault(op string, err error, hint string) *core.Error {
	var known *core.Error
	if errors.As(err, &known) {
		return &core.Error{Access: known.Access, Op: op, Err: known.Err, Hint: known.Hint}
	}
	e := &core.Error{Access: core.AccessUnreachable, Op: op, Err: core.WithoutURL(err, oneLine)}
	var refused *refusal
	var answer *answerError
	switch {
	case errors.As(err, &refused):
		refused.explain(e, hint)
	case errors.As(err, &answer), errors.Is(err, errTooLarge):
		e.Access, e.Hint = core.AccessInvalid, "is api_server right, or does something on the way answer in its place?"
	case errors.Is(err, errRedirect):
		e.Access, e.Hint = core.AccessInvalid, "give api_server the address that it redirects to, if that is the cluster's"
	case errors.Is(err, errReadOnly), errors.Is(err, errBareTable):
		e.Access = core.AccessForbidden
	default:
		explainConnection(e, err)
	}
	return e
}

func (r *refusal) explain(e *core.Error, hint string) {
	switch {
	case r.code == http.StatusUnauthorized:
		e.Access, e.Hint = core.AccessUnauthorized, r.renew
	case r.code == http.StatusForbidden:
		e.Access, e.Hint = core.AccessForbidden, hint
	case r.code == http.StatusProxyAuthRequired:
		e.Hint = "the proxy wants a password: put it into proxy_url"
	case r.code == http.StatusTooManyRequests:
		e.Hint = "the server is busy; the next check asks again"
	case r.code < http.StatusInternalServerError:
		e.Access = core.AccessInvalid
	}
}

func explainConnection(e *core.Error, err error) {
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	var certificate x509.CertificateInvalidError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	var dns *net.DNSError
	var slow errSlow
	switch {
	case errors.As(err, &authority):
		e.Hint = "set ca_file to the certificate authority of this cluster"
	case errors.As(err, &name):
		e.Hint = "set tls_server_name to a name in the certificate, if this is the right server"
	case errors.As(err, &certificate) && certificate.Reason == x509.Expired:
		e.Hint = "renew the server's certificate, or correct this machine's clock"
	case errors.As(err, &certificate):
		e.Hint = "set ca_file to the certificate authority of this cluster"
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		e.Hint = "the server does not speak TLS: is it http, or another port?"
	case errors.As(err, &alert):
		e.Hint = "the server refused the TLS connection: does it want a client certificate?"
	case errors.As(err, &dns):
		e.Hint = "is the name in api_server right, and does this machine resolve it?"
	case errors.Is(err, syscall.ECONNREFUSED):
		e.Hint = "is the API server running, and is its port right?"
	case errors.As(err, &slow), errors.Is(err, context.DeadlineExceeded), errors.Is(err, syscall.ETIMEDOUT):
		e.Hint = "is the way there open: routes, firewalls, proxy_url?"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		e.Hint = "is there a route to it from here, and is proxy_url needed?"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		e.Hint = "the connection was cut; the next check asks again"
	}
}

// worse tells whether a keeps more of a cluster from being read than b.
func worse(a, b core.Access) bool {
	order := []core.Access{
		core.AccessOK, core.AccessStale, core.AccessInvalid, core.AccessForbidden,
		core.AccessUnauthorized, core.AccessLoginNeeded, core.AccessUnreachable,
	}
	return slices.Index(order, a) > slices.Index(order, b)
}
