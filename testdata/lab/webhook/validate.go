package webhook

import (
	"context"
	"fmt"
	"net/http"

	admissionv1 "k8s.io/api/admission/v1"
	registration "k8s.io/api/admissionregistration/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// The groups of the kinds that there are rules for.
const (
	vpcGroup    = "vpc.githedgehog.com"
	wiringGroup = "wiring.githedgehog.com"
	version     = "v1beta1"
)

// Validate has s answer the reviews of RegisterRules; it looks up what else there
// is in the cluster. It must be called once, before the cluster asks.
func (s *Server) Validate(cfg *rest.Config) error {
	client, err := dynamic.NewForConfig(cfg)
	if err != nil {
		return fmt.Errorf("make a client for the rules: %w", err)
	}
	s.mux.Handle("POST "+validatePath, validator{client: client})
	return nil
}

// RegisterRules makes the cluster ask s whether VPCs and connections may be
// stored and deleted. The webhooks have the names of Hedgehog's.
func (s *Server) RegisterRules(ctx context.Context, cfg *rest.Config) error {
	clients, err := kubernetes.NewForConfig(cfg)
	if err != nil {
		return fmt.Errorf("make a client for webhooks: %w", err)
	}
	rule := func(name, group, resource string, operations ...registration.OperationType) registration.ValidatingWebhook {
		return registration.ValidatingWebhook{
			Name:                    name,
			ClientConfig:            s.clientConfig(validatePath),
			FailurePolicy:           new(registration.Fail),
			SideEffects:             new(registration.SideEffectClassNone),
			AdmissionReviewVersions: []string{"v1"},
			TimeoutSeconds:          new(int32(timeout.Seconds())),
			Rules: []registration.RuleWithOperations{{
				Operations: operations,
				Rule:       registration.Rule{APIGroups: []string{group}, APIVersions: []string{"*"}, Resources: []string{resource}},
			}},
		}
	}
	hook := &registration.ValidatingWebhookConfiguration{
		ObjectMeta: metav1.ObjectMeta{Name: "hedgehog"},
		Webhooks: []registration.ValidatingWebhook{
			rule("vvpc.kb.io", vpcGroup, "vpcs", registration.Create, registration.Update, registration.Delete),
			rule("vconnection.kb.io", wiringGroup, "connections", registration.Delete),
		},
	}
	_, err = clients.AdmissionregistrationV1().ValidatingWebhookConfigurations().Create(ctx, hook, metav1.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("register webhook %q: %w", hook.Name, err)
	}
	return nil
}

// validator answers whether objects may be stored and deleted.
type validator struct{ client dynamic.Interface }

func (v validator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer(w, r, func(req *admissionv1.AdmissionRequest, answer *admissionv1.AdmissionResponse) {
		if err := v.judge(r.Context(), req); err != nil {
			refuse(answer, http.StatusForbidden, err)
		}
	})
}

// judge says why a request is to be refused, nil where it is not.
func (v validator) judge(ctx context.Context, req *admissionv1.AdmissionRequest) error {
	raw, others := req.Object.Raw, others{validator: v, ctx: ctx, namespace: req.Namespace}
	if req.Operation == admissionv1.Delete {
		raw = req.OldObject.Raw
	}
	var obj map[string]any
	if err := utiljson.Unmarshal(raw, &obj); err != nil {
		return fmt.Errorf("decode the object of a review: %w", err)
	}
	switch {
	case req.Kind.Kind == "VPC" && req.Operation == admissionv1.Delete:
		return deleteVPC(req.Name, others)
	case req.Kind.Kind == "VPC":
		return storeVPC(obj, others)
	case req.Kind.Kind == "Connection" && req.Operation == admissionv1.Delete:
		return deleteConnection(req.Name, others)
	}
	return nil
}

// others are the objects beside the one that is judged.
type others struct {
	validator
	ctx       context.Context
	namespace string
}

// all returns the objects of a kind of vpc.githedgehog.com. A kind that the
// cluster does not serve has none.
func (o others) all(resource string) ([]map[string]any, error) {
	gvr := schema.GroupVersionResource{Group: vpcGroup, Version: version, Resource: resource}
	list, err := o.client.Resource(gvr).Namespace(o.namespace).List(o.ctx, metav1.ListOptions{})
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list %s to judge by: %w", resource, err)
	}
	var all []map[string]any
	for i := range list.Items {
		all = append(all, list.Items[i].Object)
	}
	return all, nil
}
