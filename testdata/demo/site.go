package demo

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"selvage/testdata/hedgehog"
)

// place says where a fabric is and how it is kept.
type place struct {
	name, description, cluster string

	dir     string // in the repository
	layout  hedgehog.Layout
	split   bool // wiring and tenants in folders of their own
	tenants bool // Git holds the tenants only, and no wiring
	spec    hedgehog.Spec
	applied hedgehog.LiveOptions // how the engine brings it to the cluster
	argo    *argo                // nil where the cluster has none of its own
}

// site is a fabric at one time.
type site struct {
	place
	world  *hedgehog.World
	plan   hedgehog.Hydration
	pushed map[string][]byte // files in Git as last committed

	open    []open                // what people did and is not settled
	touched map[hedgehog.Ref]bool // in a way that must not be told
	broken  string                // path of the file in Git that does not parse
	cut     bool                  // the dump does not parse
	seq     int64                 // resource versions
}

// open is a difference between Git and live that people made.
type open struct {
	change hedgehog.Change
	git    map[string]any // both sides before it, nil where the object was not there
	live   map[string]any

	// Of what the engine has still to apply: the commit, the one before it, and
	// when it was made.
	commit, before string
	at             time.Time
}

// places are the fabrics: two data centres, sites at the edge, a lab.
func places() []place {
	edge := func(seed uint64) hedgehog.Spec {
		return hedgehog.Spec{
			Seed: seed, Leaves: 2, LinksPerPair: 2, Servers: hedgehog.Servers{Unbundled: 6, Bundled: 2},
			VPCs: 3, SubnetsPerVPC: 2, Attachments: 9, VPCPeerings: 1, Externals: 1, ExternalPeerings: 2,
		}
	}
	backend := func(gpus int) hedgehog.Spec {
		return hedgehog.Spec{
			Spines: 2, Leaves: 4, LinksPerPair: 2, Servers: hedgehog.Servers{GPU: gpus, GPULinks: 8},
			VPCs: 2, SubnetsPerVPC: 2, Attachments: 8 * gpus,
		}
	}
	frontend := hedgehog.Spec{
		Spines: 2, Leaves: 4, ESLAG: []int{2, 2}, LinksPerPair: 2,
		Servers: hedgehog.Servers{Unbundled: 24, Bundled: 14, MultiHomed: 26},
		VPCs:    12, SubnetsPerVPC: 3, Attachments: 100, VPCPeerings: 6,
		Externals: 3, StaticExternals: 1, ExternalPeerings: 5, Gateways: 1, GatewayPeerings: 3,
	}
	small := hedgehog.Small(1)
	small.VPCs, small.Attachments = 8, 20
	byArgo := func(app string) hedgehog.LiveOptions { return hedgehog.LiveOptions{Application: app} }
	flux := hedgehog.LiveOptions{Manager: "kustomize-controller"}
	kubectl := hedgehog.LiveOptions{Method: hedgehog.ClientSideApply}
	return []place{
		{name: "dc1-frontend", description: "Hall 1, tenants and storage", cluster: "dc1-fe", dir: "dc1/frontend", layout: hedgehog.PerObject, spec: small, applied: byArgo("dc1-frontend")},
		{name: "dc1-backend-a", description: "Hall 1, GPU plane A", cluster: "dc1-be-a", dir: "dc1/backend-a", layout: hedgehog.PerTier, spec: backend(8), applied: byArgo("dc1-backend-a"), argo: &argo{}},
		{name: "dc1-backend-b", description: "Hall 1, GPU plane B", cluster: "dc1-be-b", dir: "dc1/backend-b", layout: hedgehog.PerTier, spec: backend(8), applied: byArgo("dc1-backend-b"), argo: &argo{clashes: true, patchy: true}},
		{name: "dc2-frontend", description: "Hall 2, tenants", cluster: "dc2-fe", dir: "dc2/frontend", layout: hedgehog.PerObject, split: true, spec: frontend, applied: flux},
		{name: "edge-ams", description: "Amsterdam", cluster: "ams", dir: "edge/ams", layout: hedgehog.PerObject, tenants: true, spec: edge(2), applied: kubectl},
		{name: "edge-fra", description: "Frankfurt", cluster: "fra", dir: "edge/fra", layout: hedgehog.Mixed, spec: edge(3), applied: byArgo("edge-fra"), argo: &argo{selfHeal: true, exclude: "examples/**"}},
		{name: "edge-lon", description: "London", cluster: "lon", dir: "edge/lon", layout: hedgehog.Mixed, spec: edge(4), applied: flux},
		{name: "edge-sin", description: "Singapore", cluster: "sin", dir: "edge/sin", layout: hedgehog.PerObject, spec: edge(5), applied: flux},
		{name: "lab-gpu", description: "The lab's GPU pod, read from a dump that arrives by scp", cluster: "lab", dir: "lab/gpu", layout: hedgehog.PerTier, spec: backend(4), applied: kubectl},
	}
}

// build makes a fabric on which both sides agree since a time.
func build(p place, seed uint64, at time.Time) *site {
	p.spec.Seed += seed
	p.spec.Name = p.name
	f := hedgehog.Generate(p.spec)
	s := &site{
		place: p, plan: hedgehog.PlanHydration(f.Objects), pushed: map[string][]byte{},
		touched: map[hedgehog.Ref]bool{}, seq: 10_000,
	}
	o := s.liveOptions(at)
	s.world = hedgehog.NewWorld(f, o)
	s.seq += int64(len(f.Objects))
	s.world.Git = slices.DeleteFunc(s.world.Git, func(obj map[string]any) bool { return !s.keeps(obj) })
	return s
}

// keeps tells whether the fabric's Git holds objects of the kind.
func (s *site) keeps(obj map[string]any) bool {
	return !s.tenants || isTenant(hedgehog.RefOf(obj).Kind)
}

func isTenant(kind string) bool {
	return slices.Contains([]string{"VPC", "VPCAttachment", "VPCPeering", "ExternalPeering", "GatewayPeering"}, kind)
}

func (s *site) liveOptions(at time.Time) hedgehog.LiveOptions {
	o := s.applied
	o.Now, o.Hydration, o.ResourceVersion = at, s.plan, s.seq
	o.UID = func(r hedgehog.Ref) string {
		b := sha256.Sum256([]byte(s.name + " " + r.String()))
		b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
		return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:16])
	}
	return o
}

// files are what Git says, by path from the repository's root.
func (s *site) files() map[string][]byte {
	files := map[string][]byte{}
	for _, f := range (hedgehog.Fabric{Name: s.name, Objects: s.world.Git}).Files(s.layout) {
		name := s.path(f.Path)
		files[name] = f.Content
		if name == s.broken {
			files[name] = unresolved(f.Content)
		}
	}
	return files
}

// unresolved is a file that was committed in the middle of a merge.
func unresolved(content []byte) []byte {
	lines := bytes.SplitAfter(content, []byte("\n"))
	at := len(lines) / 2
	return slices.Concat(
		bytes.Join(lines[:at], nil), []byte("<<<<<<< HEAD\n"), lines[at],
		[]byte("=======\n"), lines[at], []byte(">>>>>>> net-2207\n"), bytes.Join(lines[at+1:], nil),
	)
}

func (s *site) path(name string) string {
	if !s.split {
		return path.Join(s.dir, name)
	}
	folder, _, _ := strings.Cut(name, "/")
	for _, kind := range []string{"VPC", "VPCAttachment", "VPCPeering", "ExternalPeering", "GatewayPeering"} {
		if folder == hedgehog.Plural(kind) {
			return path.Join(s.dir, "tenants", name)
		}
	}
	return path.Join(s.dir, "wiring", name)
}

// held are the objects in a file of a layout that has one for each.
func (s *site) held(file string) []hedgehog.Ref {
	var refs []hedgehog.Ref
	for _, obj := range s.world.Git {
		ref := hedgehog.RefOf(obj)
		if s.path(hedgehog.Plural(ref.Kind)+"/"+ref.Name+".yaml") == file {
			refs = append(refs, ref)
		}
	}
	return refs
}

func (s *site) dumpFile() string { return "clusters/" + s.name + ".json" }

// dump is what the API server holds, with what controllers and an engine wrote
// beside it, one object a line; half of it where the copy was cut off.
func (s *site) dump(at time.Time, engine []map[string]any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	beside := hedgehog.ControllerObjects(s.world.Live, at)
	s.agents(beside, at)
	for _, obj := range slices.Concat(s.world.Live, beside, engine) {
		if err := e.Encode(obj); err != nil {
			return nil, err
		}
	}
	if s.cut {
		b.Truncate(b.Len() * 3 / 5)
	}
	return b.Bytes(), nil
}
