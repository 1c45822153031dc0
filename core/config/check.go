package config

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"selvage/core"
	"selvage/core/merge"
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
	f.checkPolicy(d)
	f.checkRules(d)
	for i, r := range f.Ignore {
		if everything(r.Path) {
			at, _ := f.item("ignore", i, "path")
			d.problem(at.Position, "ignore: the path takes in whole objects", "name a field, or leave the kind out with scope.exclude_kinds")
		}
	}
}

// checkPolicy tells about policies that bring into Git what nobody looks at, and
// about rules for deletes that do not name what may be deleted.
func (f *Fabric) checkPolicy(d *decoder) {
	pushes := slices.ContainsFunc(f.Git, func(g Git) bool { return g.Publish != "propose" })
	for i, r := range f.Policy {
		at, ok := f.item("policy", i, "policy")
		if !ok { // a bare word
			at, _ = f.item("policy", i, "")
		}
		if p, _ := merge.FindPolicy(r.Policy); p.Proposes && pushes {
			d.problem(at.Position, fmt.Sprintf("policy: %s without publish: propose in fabric %q", r.Policy, f.Name),
				"set publish: propose under git, so that a person sees what live brings into Git")
		}
		_, named := f.item("policy", i, "path")
		if slices.Contains(r.On, core.OnDelete) && (r.Kind == "*" || !named) {
			at, _ := f.item("policy", i, "on")
			d.problem(at.Position, "policy: a rule on delete for more than one kind and path",
				"give the kind, and the path of the very field, entry or item; path . is the whole object")
		}
	}
}

// checkRules tells about rules that no field can be meant by.
func (f *Fabric) checkRules(d *decoder) {
	for i, r := range f.Rules {
		at, _ := f.item("rules", i, "path")
		steps := r.Path.Steps()
		item := slices.IndexFunc(steps, func(s string) bool { return s[0] == '[' && s != "[*]" && !strings.HasPrefix(s, `["`) })
		switch {
		case r.Path == "": // already told
		case everything(r.Path):
			d.problem(at.Position, "rules: the path takes in whole objects", "name a field, or leave the kind out with scope.exclude_kinds")
		case !compared(steps):
			d.problem(at.Position, fmt.Sprintf("rules: %q is never compared", string(r.Path)), "name a field of manifests, as .spec.mode or .metadata.labels.team")
		case item >= 0 && r.Is != core.RuleServer && r.Is != core.RuleIgnored:
			d.problem(at.Position, fmt.Sprintf("rules: %q is one item of a list", steps[item]), "write [*], for what holds for every item")
		}
		if at, ok := f.item("rules", i, "keys"); ok {
			seen := map[string]bool{}
			for _, k := range r.Keys {
				if seen[k] {
					d.problem(at.Position, fmt.Sprintf("rules: the field %q twice", k), "name each field once")
				}
				seen[k] = true
			}
			if len(r.Keys) == 0 {
				d.problem(at.Position, "rules: no field is named in keys", "name the fields that items are known by, as [name]")
			}
		}
	}
}

// compared tells whether a path can lead to what is compared of an object.
func compared(steps []string) bool {
	switch steps[0] {
	case ".apiVersion", ".kind", ".status":
		return false
	case ".metadata":
		return len(steps) == 1 || slices.Contains([]string{".labels", ".annotations", ".*"}, steps[1])
	}
	return true
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
