package crds

import (
	"maps"
	"slices"
	"strings"

	apiext "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// The groups of the kinds that GitOps engines show themselves in.
const (
	ArgoGroup       = "argoproj.io"
	FluxGroup       = "kustomize.toolkit.fluxcd.io"
	FluxSourceGroup = "source.toolkit.fluxcd.io"
)

// Engines returns the definitions of the kinds that GitOps engines show
// themselves in: those of Argo CD 3 and of Flux 2, with the fields that matter.
// As with the real ones, Argo CD's have no subresource for their status, and
// Flux's have. The caller owns the result.
func Engines() []*apiext.CustomResourceDefinition {
	application := object(fields{
		"project!": text, "source": source(), "sources": list(source()),
		"destination!": object(fields{"server": text, "name": text, "namespace": text}),
		"syncPolicy": object(fields{
			"automated":   object(fields{"prune": flag, "selfHeal": flag, "allowEmpty": flag, "enabled": flag}),
			"syncOptions": list(text), "retry": retry(),
		}),
		"revisionHistoryLimit": number,
	})
	window := object(fields{
		"kind": text, "schedule": text, "duration": text, "timeZone": text, "manualSync": flag,
		"applications": list(text), "namespaces": list(text), "clusters": list(text),
	})
	app := engineKind{
		group: ArgoGroup, version: "v1alpha1", kind: "Application", plural: "applications", short: []string{"app", "apps"},
		spec: application, root: fields{"operation": operation()}, status: applicationStatus(),
		columns: []column{
			{"Sync Status", ".status.sync.status", "string", 0},
			{"Health Status", ".status.health.status", "string", 0},
			{"Revision", ".status.sync.revision", "string", 10},
			{"Project", ".spec.project", "string", 10},
		},
	}
	project := engineKind{
		group: ArgoGroup, version: "v1alpha1", kind: "AppProject", plural: "appprojects", short: []string{"appproj", "appprojs"},
		spec: object(fields{"syncWindows": list(window), "sourceRepos": list(text)}), status: object(fields{}),
	}
	ready := []column{
		{"Ready", `.status.conditions[?(@.type=="Ready")].status`, "string", 0},
		{"Status", `.status.conditions[?(@.type=="Ready")].message`, "string", 0},
	}
	kustomization := engineKind{
		group: FluxGroup, version: "v1", kind: "Kustomization", plural: "kustomizations", short: []string{"ks"}, apart: true,
		spec: object(fields{
			"interval!": text, "path": text, "prune!": flag, "suspend": flag, "retryInterval": text, "targetNamespace": text,
			"sourceRef!": object(fields{"kind!": oneOf("OCIRepository", "GitRepository", "Bucket", "ExternalArtifact"), "name!": text, "namespace": text}),
		}),
		status: object(fields{
			"lastAppliedRevision": text, "lastAttemptedRevision": text, "observedGeneration": number,
			"conditions": conditions(),
			"inventory":  object(fields{"entries!": list(object(fields{"id!": text, "v!": text}))}),
		}),
		columns: ready,
	}
	repository := engineKind{
		group: FluxSourceGroup, version: "v1", kind: "GitRepository", plural: "gitrepositories", short: []string{"gitrepo"}, apart: true,
		spec: object(fields{
			"url!": text, "interval!": text, "suspend": flag,
			"ref": object(fields{"branch": text, "tag": text, "semver": text, "name": text, "commit": text}),
		}),
		status: object(fields{
			"observedGeneration": number, "conditions": conditions(),
			"artifact": object(fields{"revision!": text, "url!": text, "path!": text, "lastUpdateTime!": text, "digest": text}),
		}),
		columns: append([]column{{"URL", ".spec.url", "string", 0}}, ready...),
	}
	var all []*apiext.CustomResourceDefinition
	for _, k := range []engineKind{app, project, kustomization, repository} {
		all = append(all, k.definition())
	}
	return all
}

func source() schema {
	return object(fields{
		"repoURL!": text, "path": text, "targetRevision": text, "chart": text, "ref": text,
		"directory": object(fields{"recurse": flag, "include": text, "exclude": text}),
	})
}

func retry() schema {
	return object(fields{
		"limit": number, "refresh": flag,
		"backoff": object(fields{"duration": text, "factor": number, "maxDuration": text}),
	})
}

func operation() schema {
	return object(fields{
		"initiatedBy": object(fields{"automated": flag, "username": text}),
		"retry":       retry(),
		"sync":        object(fields{"revision": text, "prune": flag, "resources": list(object(fields{"kind!": text, "name!": text}))}),
	})
}

func applicationStatus() schema {
	resource := func(more fields) schema {
		of := fields{"group": text, "version": text, "kind": text, "namespace": text, "name": text, "status": text}
		maps.Copy(of, more)
		return object(of)
	}
	return object(fields{
		"reconciledAt": text,
		"health":       object(fields{"status": text, "message": text, "lastTransitionTime": text}),
		"sync":         object(fields{"status!": text, "revision": text, "revisions": list(text)}),
		"resources":    list(resource(fields{"requiresPruning": flag, "hook": flag})),
		"conditions":   list(object(fields{"type!": text, "message!": text, "lastTransitionTime": text})),
		"history": list(object(fields{
			"id!": number, "revision": text, "deployedAt!": text, "deployStartedAt": text,
			"initiatedBy": object(fields{"automated": flag, "username": text}),
		})),
		"operationState": object(fields{
			"phase!": text, "message": text, "startedAt!": text, "finishedAt": text, "retryCount": number, "operation!": operation(),
			"syncResult": object(fields{
				"revision!": text,
				"resources": list(resource(fields{"message": text, "hookPhase": text, "syncPhase": text})),
			}),
		}),
	})
}

func conditions() schema {
	return list(object(fields{
		"type!": text, "status!": oneOf("True", "False", "Unknown"), "reason!": text, "message!": text,
		"lastTransitionTime!": text, "observedGeneration": number,
	}))
}

// engineKind is a kind of an engine. apart says that its status is a subresource.
type engineKind struct {
	group, version, kind, plural string
	short                        []string
	columns                      []column
	spec, status                 schema
	root                         fields // besides spec and status
	apart                        bool
}

func (k engineKind) definition() *apiext.CustomResourceDefinition {
	of := fields{"apiVersion": text, "kind": text, "metadata": {Type: "object"}, "spec": k.spec, "status": k.status}
	maps.Copy(of, k.root)
	root := closed(of)
	version := apiext.CustomResourceDefinitionVersion{
		Name: k.version, Served: true, Storage: true,
		Schema:                   &apiext.CustomResourceValidation{OpenAPIV3Schema: &root},
		AdditionalPrinterColumns: k.printed(),
	}
	if k.apart {
		version.Subresources = &apiext.CustomResourceSubresources{Status: &apiext.CustomResourceSubresourceStatus{}}
	}
	return &apiext.CustomResourceDefinition{
		TypeMeta:   metav1.TypeMeta{APIVersion: apiext.SchemeGroupVersion.String(), Kind: "CustomResourceDefinition"},
		ObjectMeta: metav1.ObjectMeta{Name: k.plural + "." + k.group},
		Spec: apiext.CustomResourceDefinitionSpec{
			Group: k.group,
			Scope: apiext.NamespaceScoped,
			Names: apiext.CustomResourceDefinitionNames{
				Kind: k.kind, ListKind: k.kind + "List", Plural: k.plural, Singular: strings.ToLower(k.kind), ShortNames: k.short,
			},
			Versions: []apiext.CustomResourceDefinitionVersion{version},
		},
	}
}

// printed are the columns as kubectl is to print them, the age last.
func (k engineKind) printed() []apiext.CustomResourceColumnDefinition {
	var all []apiext.CustomResourceColumnDefinition
	for _, c := range append(slices.Clone(k.columns), column{"Age", ".metadata.creationTimestamp", "date", 0}) {
		all = append(all, apiext.CustomResourceColumnDefinition{Name: c.name, JSONPath: c.path, Type: c.kind, Priority: c.priority})
	}
	return all
}
