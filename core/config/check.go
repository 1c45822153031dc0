package config

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"selvage/core"
)

// check tells what single keys cannot: what is wrong between keys, between
// fabrics, and in the environment.
func (c *Config) check(o Options) Problems {
	d := &decoder{}
	if s := o.env("SELVAGE_MODE"); s != "" && !slices.Contains([]core.Mode{core.ModeRead, core.ModePropose, core.ModeWrite}, core.Mode(s)) {
		d.problem(Position{File: "$SELVAGE_MODE"}, quoted(s)+" is no mode", "set it to read, propose or write, or unset it")
	}
	if _, err := timeoutSeconds(o); err != nil {
		d.problem(Position{File: "$SELVAGE_TIMEOUT_SECONDS"}, err.Error(), "set it to a whole number, or unset it")
	}
	if c.At("state.dir") == (Position{}) && o.stateDir() == "" {
		d.problem(Position{File: c.Files[0]}, "state.dir: missing, and no home directory is known", "set state.dir, HOME or XDG_STATE_HOME")
	}
	c.checkTools(d)
	named := map[core.FabricID]Position{}
	for i := range c.Fabrics {
		f := &c.Fabrics[i]
		if first, ok := named[f.Name]; ok && f.Name != "" {
			d.problem(f.At("name"), fmt.Sprintf("name: a second fabric %q", f.Name), "the first one is at "+first.String()+"; rename one")
		} else {
			named[f.Name] = f.At("name")
		}
		f.check(d)
	}
	c.checkOverlap(d)
	return d.problems
}

func (c *Config) checkTools(d *decoder) {
	bound := map[string]Position{}
	for i, t := range c.Tools {
		at := c.At(fmt.Sprintf("tools[%d].key", i))
		if first, ok := bound[t.Key]; ok && t.Key != "" {
			d.problem(at, fmt.Sprintf("tools: %q opens another tool already", t.Key), "that one is at "+first.String()+"; take another key")
			continue
		}
		bound[t.Key] = at
	}
}

func (f *Fabric) check(d *decoder) {
	interval, stale := f.Check.Interval, f.Check.StaleAfter
	if stale > 0 && stale < interval {
		at := f.At("check.stale_after")
		if f.at["check.stale_after"].inherited {
			at = f.At("check.interval")
		}
		d.problem(at, fmt.Sprintf("check.stale_after: %s is shorter than the interval of %s", FormatDuration(stale), FormatDuration(interval)),
			"every answer would be stale before the next one; make it longer")
	}
	for i := range f.Git {
		f.checkGit(d, i)
	}
	if at, ok := f.at["cluster.proxy_url"]; ok && credentials(f.Cluster.ProxyURL) {
		d.private(at.Position, "cluster.proxy_url")
	}
	if f.Engine != nil && f.Engine.API != nil && (f.Engine.Type == "flux" || f.Engine.Type == "none") {
		d.problem(f.At("engine.api"), "engine.api: only Argo CD has one", "take it away, or set engine.type to argocd")
	}
	for i, r := range f.Policy {
		if r.Policy == "prefer_live" && slices.ContainsFunc(f.Git, func(g Git) bool { return g.Publish != "propose" }) {
			at, ok := f.item("policy", i, "policy")
			if !ok { // a bare word
				at, _ = f.item("policy", i, "")
			}
			d.problem(at.Position, fmt.Sprintf("policy: prefer_live without publish: propose in fabric %q", f.Name),
				"set publish: propose under git, so that a person sees what live brings into Git")
		}
	}
	for i, r := range f.Ignore {
		if everything(r.Path) {
			at, _ := f.item("ignore", i, "path")
			d.problem(at.Position, "ignore: the path takes in whole objects", "name a field, or leave the kind out with scope.exclude_kinds")
		}
	}
}

// everything tells whether a rule's path fits every field there is.
func everything(p core.Path) bool {
	return p != "" && !slices.ContainsFunc(p.Steps(), func(s string) bool { return s != ".*" && s != "[*]" })
}

// checkGit tells about credentials of another transport than the address has,
// unless they come from defaults, and about those in the address itself.
func (f *Fabric) checkGit(d *decoder, i int) {
	g := f.Git[i]
	if g.URL == "" {
		return // already told
	}
	transport := transportOf(g.URL)
	for _, k := range []struct{ key, transport string }{
		{"password_env", "https"},
		{"password_file", "https"},
		{"ssh_key_file", "ssh"},
		{"known_hosts_file", "ssh"},
	} {
		if at, ok := f.item("git", i, k.key); ok && !at.inherited && k.transport != transport {
			d.problem(at.Position, fmt.Sprintf("git.%s: has no effect on an address of %s", k.key, transport), "take it away, or use "+k.transport)
		}
	}
	for _, a := range []struct{ key, address string }{{"url", g.URL}, {"proxy_url", g.ProxyURL}} {
		if at, ok := f.item("git", i, a.key); ok && credentials(a.address) {
			d.private(at.Position, "git."+a.key)
		}
	}
	if credentials(g.URL) && (g.PasswordEnv != "" || g.PasswordFile != "") {
		at, _ := f.item("git", i, "url")
		d.problem(at.Position, "git.url: a password beside password_env or password_file", "keep one of them")
	}
}

// transportOf is https, ssh or file; http, which only reaches this machine,
// counts as https.
func transportOf(address string) string {
	scheme, _, ok := strings.Cut(address, "://")
	_, _, short := scp(address)
	switch {
	case ok && strings.EqualFold(scheme, "http"):
		return "https"
	case ok:
		return strings.ToLower(scheme)
	case short:
		return "ssh"
	}
	return "file"
}

// credentials tells whether an address holds a password.
func credentials(address string) bool {
	if !strings.Contains(address, "://") {
		return false
	}
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	_, ok := u.User.Password()
	return ok
}
