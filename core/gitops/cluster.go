package gitops

import (
	"cmp"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"selvage/core"
)

// Cluster is how an engine may call the cluster that a fabric compares.
type Cluster struct {
	Name   string // in the configuration; engines often have it under the same
	Server string // address of its API; "" where it is not known
	// Where gives the address that its API was asked at, where that is known
	// later than Server; nil where it never is.
	Where     func() string
	Here      bool      // the engine's objects are read from it
	Namespace string    // for documents without one; "" where it is not known
	Others    []Cluster // that are certainly not it, by Name and Server: those of other fabrics
}

// answer is yes, no, or that nobody knows.
type answer int8

const (
	no      answer = -1
	unknown answer = 0
	yes     answer = 1
)

// inCluster is what Argo CD calls the cluster that it runs in.
const inCluster = "in-cluster"

// destination is the cluster that an app says it applies to.
type destination struct {
	server, name string // of Argo CD
	own          bool   // the one that it runs in
	remote       bool   // another one than that it runs in, which is not named
}

func destinationOf(word core.EngineType, app node) destination {
	if word == core.Flux {
		there := app.has("spec", "kubeConfig")
		return destination{own: !there, remote: there}
	}
	d := destination{server: app.text("spec", "destination", "server"), name: app.text("spec", "destination", "name")}
	d.own = d.name == inCluster || internal(d.server)
	return d
}

// internal tells whether an address leads to the cluster that asks it.
func internal(server string) bool {
	u, err := url.Parse(server)
	if err != nil {
		return false
	}
	host := strings.TrimSuffix(u.Hostname(), ".cluster.local")
	return host == "kubernetes.default.svc" || host == "kubernetes.default"
}

// String is the destination in words; of the one that the engine runs in by the
// address that the engine is read at.
func (d destination) String() string {
	switch {
	case d.own:
		return "the cluster that it runs in"
	case d.remote:
		return "another cluster, by spec.kubeConfig"
	}
	return oneLine(bare(cmp.Or(d.server, d.name)))
}

// fits tells whether an app applies to the fabric's cluster; home is whether the
// engine is read from that. One API has many addresses, so that another one is no
// proof of another cluster.
func (c Cluster) fits(d destination, home answer) answer {
	called := func(o Cluster) bool {
		return d.name != "" && d.name == o.Name || endpoint(d.server) != "" && endpoint(d.server) == endpoint(o.Server)
	}
	switch {
	case d.own:
		return home
	case d.remote && home == yes:
		return no
	case d.remote:
		return unknown
	case called(c) || endpoint(d.server) != "" && slices.Contains(c.addresses(), endpoint(d.server)):
		return yes
	case slices.ContainsFunc(c.Others, called):
		return no
	}
	return unknown
}

// addresses are those by which the cluster is known here.
func (c Cluster) addresses() []string {
	all := []string{endpoint(c.Server)}
	if c.Where != nil {
		all = append(all, endpoint(c.Where()))
	}
	return slices.DeleteFunc(all, func(a string) bool { return a == "" })
}

// home tells whether the API that the engine's objects are read from is that of
// the fabric's cluster. Of Argo CD's own API nobody knows which cluster it runs
// in, and a tunnel may lead anywhere.
func (r *Reader) home() answer {
	c := r.config.Cluster
	if c.Here {
		return yes
	}
	engine, own := endpoint(r.where()), c.addresses()
	switch {
	case r.config.Objects == nil || engine == "" || len(own) == 0:
		return unknown
	case slices.Contains(own, engine):
		return yes
	case slices.ContainsFunc(append(own, engine), tunnel):
		return unknown
	}
	return no
}

// endpoint is an address of an API in one form, "" where it is none.
func endpoint(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return ""
	}
	port := cmp.Or(u.Port(), map[string]string{"https": "443", "http": "80"}[u.Scheme])
	return net.JoinHostPort(strings.ToLower(u.Hostname()), port) + strings.TrimRight(u.Path, "/")
}

// tunnel tells whether an endpoint is on this machine.
func tunnel(endpoint string) bool {
	hostPort, _, _ := strings.Cut(endpoint, "/")
	host, _, err := net.SplitHostPort(hostPort)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
}

// astray says of an app that it applies to another cluster than the fabric's.
func (r *Reader) astray(c *candidate) string {
	d := destinationOf(c.adapter.word, c.app)
	where := d.String()
	if d.own {
		where += fmt.Sprintf(" (read at %s; give it and cluster.api_server one address if they are the same)", r.where())
	}
	return where
}

// passed is the note on an app that would be the fabric's, but for its cluster.
func (r *Reader) passed(c *candidate) string {
	return fmt.Sprintf("%s %s %s applies this path, but to %s; set engine.app if it is this fabric's",
		c.adapter.word, strings.ToLower(c.adapter.kind), oneLine(c.app.name()), r.astray(c))
}

// otherCluster is the mismatch of an app that was asked for all the same.
func (r *Reader) otherCluster(c *candidate) string {
	compared := r.config.Cluster.Name
	if own := r.config.Cluster.addresses(); len(own) > 0 {
		compared += " at " + own[0]
	}
	return fmt.Sprintf("%s %s applies to %s, you compare %s", c.adapter.word, oneLine(c.app.name()), r.astray(c), strings.TrimSpace(compared))
}
