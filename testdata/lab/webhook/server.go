package webhook

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"reflect"
	"time"

	admissionv1 "k8s.io/api/admission/v1"
	registration "k8s.io/api/admissionregistration/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"selvage/testdata/lab/pki"
)

const (
	mutatePath   = "/mutate"
	validatePath = "/validate"
	timeout      = 10 * time.Second
)

// Mutate changes an object in place as the webhooks of a fabric would at now.
// The object is decoded JSON with int64 for whole numbers.
type Mutate func(obj map[string]any, now time.Time)

// Server answers admission reviews. Make one with Serve, end it with Close.
type Server struct {
	address string
	mux     *http.ServeMux
	ca      []byte
	server  *http.Server
	done    chan struct{}
}

// Serve starts a server on a free port. The clock is asked once for each object.
func Serve(authority *pki.Authority, mutate Mutate, now func() time.Time, errlog *log.Logger) (*Server, error) {
	leaf, err := authority.Server()
	if err != nil {
		return nil, err
	}
	tlsConfig, err := leaf.TLS()
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for admission reviews: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("POST "+mutatePath, handler{mutate: mutate, now: now})
	s := &Server{
		address: "https://" + listener.Addr().String(),
		mux:     mux,
		ca:      authority.PEM(),
		server:  &http.Server{Handler: mux, ReadHeaderTimeout: timeout, ErrorLog: errlog},
		done:    make(chan struct{}),
	}
	go func() {
		defer close(s.done)
		if err := s.server.Serve(tls.NewListener(listener, tlsConfig)); !errors.Is(err, http.ErrServerClosed) {
			errlog.Printf("admission server: %v", err)
		}
	}()
	return s, nil
}

// Close ends the server at once.
func (s *Server) Close() error {
	err := s.server.Close()
	<-s.done
	if err != nil {
		return fmt.Errorf("close the admission server: %w", err)
	}
	return nil
}

// Register makes the cluster ask s for every create and update in groups.
func (s *Server) Register(ctx context.Context, cfg *rest.Config, groups []string) error {
	clients, err := kubernetes.NewForConfig(cfg)
	if err != nil {
		return fmt.Errorf("make a client for webhooks: %w", err)
	}
	hook := &registration.MutatingWebhookConfiguration{
		ObjectMeta: metav1.ObjectMeta{Name: "hedgehog"},
		Webhooks: []registration.MutatingWebhook{{
			Name:                    "default.hedgehog.lab.example",
			ClientConfig:            s.clientConfig(mutatePath),
			FailurePolicy:           new(registration.Fail),
			SideEffects:             new(registration.SideEffectClassNone),
			AdmissionReviewVersions: []string{"v1"},
			TimeoutSeconds:          new(int32(timeout.Seconds())),
			Rules: []registration.RuleWithOperations{{
				Operations: []registration.OperationType{registration.Create, registration.Update},
				Rule:       registration.Rule{APIGroups: groups, APIVersions: []string{"*"}, Resources: []string{"*"}},
			}},
		}},
	}
	_, err = clients.AdmissionregistrationV1().MutatingWebhookConfigurations().Create(ctx, hook, metav1.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("register webhook %q: %w", hook.Name, err)
	}
	return nil
}

func (s *Server) clientConfig(path string) registration.WebhookClientConfig {
	return registration.WebhookClientConfig{URL: new(s.address + path), CABundle: s.ca}
}

type handler struct {
	mutate Mutate
	now    func() time.Time
}

func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer(w, r, func(req *admissionv1.AdmissionRequest, answer *admissionv1.AdmissionResponse) {
		patch, err := h.patch(req.Object.Raw)
		switch {
		case err != nil:
			refuse(answer, http.StatusBadRequest, err)
		case patch != nil:
			answer.Patch = patch
			answer.PatchType = new(admissionv1.PatchTypeJSONPatch)
		}
	})
}

// answer reads a review, lets it be answered, allowed unless refuse says
// otherwise, and sends that.
func answer(w http.ResponseWriter, r *http.Request, with func(*admissionv1.AdmissionRequest, *admissionv1.AdmissionResponse)) {
	var review admissionv1.AdmissionReview
	if err := json.NewDecoder(r.Body).Decode(&review); err != nil || review.Request == nil {
		http.Error(w, "the body is no admission review", http.StatusBadRequest)
		return
	}
	response := &admissionv1.AdmissionResponse{UID: review.Request.UID, Allowed: true}
	with(review.Request, response)
	review.Request, review.Response = nil, response
	w.Header().Set("Content-Type", runtime.ContentTypeJSON)
	if err := json.NewEncoder(w).Encode(review); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

func refuse(answer *admissionv1.AdmissionResponse, code int32, why error) {
	answer.Allowed = false
	answer.Result = &metav1.Status{Status: metav1.StatusFailure, Code: code, Message: why.Error()}
	if code == http.StatusForbidden {
		answer.Result.Reason = metav1.StatusReasonForbidden
	}
}

// patch returns the JSON patch for one object, nil for none.
func (h handler) patch(raw []byte) ([]byte, error) {
	var before, after map[string]any
	if err := utiljson.Unmarshal(raw, &before); err != nil {
		return nil, fmt.Errorf("decode the object of a review: %w", err)
	}
	if err := utiljson.Unmarshal(raw, &after); err != nil {
		return nil, fmt.Errorf("decode the object of a review: %w", err)
	}
	h.mutate(after, h.now())
	// Encoded and decoded once, so that the types of both sides are the same.
	raw, err := json.Marshal(after)
	if err != nil {
		return nil, fmt.Errorf("encode a mutated object: %w", err)
	}
	after = nil
	if err := utiljson.Unmarshal(raw, &after); err != nil {
		return nil, fmt.Errorf("decode a mutated object: %w", err)
	}
	if reflect.DeepEqual(before, after) {
		return nil, nil
	}
	patch, err := json.Marshal(diff(before, after))
	if err != nil {
		return nil, fmt.Errorf("encode a patch: %w", err)
	}
	return patch, nil
}
