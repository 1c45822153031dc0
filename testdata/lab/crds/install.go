package crds

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	apiext "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/client/clientset/clientset"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
)

// settle is how long a poll waits before it looks again.
const settle = 20 * time.Millisecond

// Install creates those of the definitions that the cluster lacks and returns
// when all of them are served and can be listed without delay.
func Install(ctx context.Context, cfg *rest.Config, definitions []*apiext.CustomResourceDefinition) error {
	clients, err := clientset.NewForConfig(cfg)
	if err != nil {
		return fmt.Errorf("make a client for definitions: %w", err)
	}
	err = each(definitions, func(crd *apiext.CustomResourceDefinition) error {
		_, err := clients.ApiextensionsV1().CustomResourceDefinitions().Create(ctx, crd, metav1.CreateOptions{})
		if err != nil && !apierrors.IsAlreadyExists(err) {
			return fmt.Errorf("create definition %q: %w", crd.Name, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return Warm(ctx, cfg)
}

// Warm returns when every kind the cluster has a definition of can be listed
// without delay. The first list of a kind that is new, or whose server has just
// started, is refused with 429 until its storage is up, and costs a client one
// second for each kind.
func Warm(ctx context.Context, cfg *rest.Config) error {
	clients, err := clientset.NewForConfig(cfg)
	if err != nil {
		return fmt.Errorf("make a client for definitions: %w", err)
	}
	httpClient, err := rest.HTTPClientFor(cfg)
	if err != nil {
		return fmt.Errorf("make an HTTP client: %w", err)
	}
	list, err := clients.ApiextensionsV1().CustomResourceDefinitions().List(ctx, metav1.ListOptions{})
	if err != nil {
		return fmt.Errorf("list definitions: %w", err)
	}
	var served []*apiext.CustomResourceDefinition
	for i := range list.Items {
		if list.Items[i].DeletionTimestamp == nil {
			served = append(served, &list.Items[i])
		}
	}
	return each(served, func(crd *apiext.CustomResourceDefinition) error { return warm(ctx, httpClient, cfg.Host, crd) })
}

// each does something for all definitions at once.
func each(all []*apiext.CustomResourceDefinition, do func(*apiext.CustomResourceDefinition) error) error {
	done := make(chan error, len(all))
	for _, crd := range all {
		go func() { done <- do(crd) }()
	}
	var errs []error
	for range all {
		errs = append(errs, <-done)
	}
	return errors.Join(errs...)
}

// warm lists a kind until the list is answered.
func warm(ctx context.Context, c *http.Client, host string, crd *apiext.CustomResourceDefinition) error {
	url := fmt.Sprintf("%s/apis/%s/%s/%s?limit=1", host, crd.Spec.Group, crd.Spec.Versions[0].Name, crd.Spec.Names.Plural)
	tick := time.NewTicker(settle)
	defer tick.Stop()
	for last := ""; ; {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
		if err != nil {
			return fmt.Errorf("list %q: %w", crd.Name, err)
		}
		if resp, err := c.Do(req); err != nil {
			last = err.Error()
		} else {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
			last = resp.Status
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("list %q: last answer %q: %w", crd.Name, last, ctx.Err())
		case <-tick.C:
		}
	}
}
