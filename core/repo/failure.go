package repo

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
	"github.com/go-git/go-git/v5/plumbing/format/pktline"

	"selvage/core"
)

// broken is the origin of a location whose address is none.
type broken struct{ err error }

func (b broken) head(context.Context, *revision) (*revision, error) { return nil, b.err }

func (b broken) shown() string { return "" }

// failure turns whatever went wrong with a repository into what a reading
// says: one line with what was tried, where, why not, and what to do next.
func failure(where string, err error) *core.Error {
	e := &core.Error{Access: core.AccessUnreachable, Op: strings.TrimSpace("read git " + where), Err: errors.New(line(err.Error()))}
	var (
		told    *core.Error
		status  *statusError
		refused *pktline.ErrorLine
		request *url.Error
	)
	if errors.As(err, &request) {
		e.Err = errors.New(line(request.Err.Error())) // without the address a second time
	}
	switch {
	case errors.As(err, &told):
		e.Access, e.Hint = told.Access, told.Hint
		if told.Err != nil {
			e.Err = errors.New(line(told.Err.Error()))
		}
	case errors.As(err, &status):
		ofStatus(e, status)
	case errors.As(err, &refused):
		e.Access, e.Err, e.Hint = accessOfText(refused.Text), errors.New("the server says: "+line(refused.Text)), "check git.url and the rights of this login"
	case errors.Is(err, errSilent):
		e.Hint = "check the network, or git.proxy_url"
	case errors.Is(err, context.DeadlineExceeded):
		e.Err, e.Hint = errors.New("no answer within the check's time"), "check the network, or raise timeout"
	case errors.Is(err, context.Canceled):
		e.Err = errors.New("the check was called off")
	case errors.Is(err, plumbing.ErrObjectNotFound):
		e.Access, e.Err, e.Hint = core.AccessInvalid, fmt.Errorf("the repository is incomplete: %s", line(err.Error())), "run git fsck there"
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), errors.Is(err, packfile.ErrMalformedPackFile), errors.Is(err, packfile.ErrEmptyPackfile):
		e.Err = errors.New("the answer was cut off")
	case errors.Is(err, fs.ErrPermission):
		e.Access, e.Hint = core.AccessForbidden, "check the permissions"
	case errors.Is(err, pktline.ErrInvalidPktLen):
		e.Access, e.Err, e.Hint = core.AccessInvalid, errors.New("the answer is not Git's"), "fix git.url"
	default:
		ofNetwork(e, err)
	}
	return e
}

func ofStatus(e *core.Error, s *statusError) {
	switch s.code {
	case http.StatusUnauthorized:
		e.Access = core.AccessUnauthorized
		if s.loggedIn {
			e.Err, e.Hint = errors.New("the server refused the credentials"), "check git.username and password_env or password_file"
		} else {
			e.Err, e.Hint = errors.New("the server wants a login"), "set git.username and password_env, or a git credential helper"
		}
	case http.StatusForbidden:
		e.Access, e.Hint = core.AccessForbidden, "ask for read access for this login"
	case http.StatusNotFound, http.StatusGone:
		e.Access, e.Err, e.Hint = core.AccessInvalid, errors.New("no such repository, or none that this login may see"), "check git.url and git.username"
	case http.StatusProxyAuthRequired:
		e.Access, e.Hint = core.AccessUnauthorized, "check git.proxy_url"
	case http.StatusTooManyRequests:
		e.Hint = "raise check.interval"
	default:
		e.Hint = "check git.url"
		if s.code >= http.StatusInternalServerError {
			e.Hint = "the fault is the server's: try again later"
		}
	}
}

func ofNetwork(e *core.Error, err error) {
	var (
		unknown  x509.UnknownAuthorityError
		wrong    x509.HostnameError
		expired  x509.CertificateInvalidError
		rejected *tls.CertificateVerificationError
		dns      *net.DNSError
		op       *net.OpError
	)
	switch {
	case errors.As(err, &unknown):
		e.Hint = "add the authority to the system's certificates, or name its file in GIT_SSL_CAINFO"
	case errors.As(err, &wrong):
		e.Hint = "use a name that the certificate holds in git.url"
	case errors.As(err, &expired), errors.As(err, &rejected):
		e.Hint = "have the server's certificate renewed"
	case errors.As(err, &dns):
		e.Err, e.Hint = fmt.Errorf("no address for host %q", dns.Name), "check git.url and the name server"
	case errors.As(err, &op) && op.Op == "dial":
		e.Err, e.Hint = errors.New(line(op.Err.Error())), "check that the server runs and the network lets you through"
		if op.Addr != nil {
			e.Err = fmt.Errorf("dial %s: %s", op.Addr, line(op.Err.Error()))
		}
	case strings.Contains(err.Error(), "redirected"):
		e.Access, e.Hint = core.AccessInvalid, "set git.url to where the repository is now"
	default:
		e.Hint = "check git.url and the network"
	}
}

// maxLine bounds what is quoted of foreign words.
const maxLine = 300

// line is foreign text on one line of bounded length, without what a terminal
// would act upon.
func line(s string) string { return inert(s, maxLine) }

// escapes are what a terminal takes for commands; hooks of servers like colours.
var escapes = regexp.MustCompile("\x1b(\\[[0-9;?]*[ -/]*[@-~]|\\][^\x07\x1b]*(\x07|\x1b\\\\)?|[@-_])")

func inert(s string, limit int) string {
	var kept []string
	for l := range strings.Lines(escapes.ReplaceAllString(strings.ToValidUTF8(s, "\uFFFD"), "")) {
		l = strings.TrimRight(l, "\r\n")
		l = l[strings.LastIndexByte(l, '\r')+1:] // what stood there was overwritten
		kept = append(kept, strings.Map(func(r rune) rune {
			switch {
			case unicode.IsSpace(r):
				return ' '
			case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
				return -1
			}
			return r
		}, l))
	}
	text := strings.Join(strings.Fields(strings.Join(kept, " ")), " ")
	if len(text) > limit {
		text = strings.ToValidUTF8(text[:limit], "") + "…"
	}
	return text
}
