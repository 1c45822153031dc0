package config

import (
	"fmt"
	"strings"
	"time"

	"selvage/core"
)

// Config is the configuration in effect: every file merged, every default
// filled in, every path absolute. It does not change once loaded.
type Config struct {
	Settings
	Fabrics []Fabric `key:"fabrics"`

	Files []string // that were read, absolute, the main one first
	Cache string   // folder of the Git caches: $XDG_CACHE_HOME/selvage; without a home in the state folder
	Debug bool     // $DEBUG asks for debug logging

	at positions
}

// Settings are the keys that hold for the whole program.
type Settings struct {
	State   State               `key:"state" doc:"where history, drafts and plans are kept"`
	Mode    core.Mode           `key:"mode" one:"read propose write" default:"write" doc:"what may be done at most; a fabric, --read-only and $SELVAGE_MODE may only narrow it"`
	Theme   string              `key:"theme" form:"word" default:"auto" doc:"a theme's name; auto follows the terminal's background"`
	Timeout time.Duration       `key:"timeout" min:"1ms" default:"10m" doc:"one run, whole; $SELVAGE_TIMEOUT_SECONDS overrides it"`
	Keys    map[string][]string `key:"keys" list:"single" form:"chord" doc:"other keys, by action (the table of keys names them); [] takes an action's keys away"`
	Tools   []Tool              `key:"tools" doc:"other programs, opened on what is selected"`
	Notify  string              `key:"notify" one:"off bell osc9" default:"off" doc:"tell of a new conflict by the terminal's bell, or by a notification (OSC 9)"`
}

// State is where the store lives.
type State struct {
	Dir   string `key:"dir" form:"path" doc:"a folder; default $XDG_STATE_HOME/selvage"`
	Group string `key:"group" form:"word" doc:"share the store with this Unix group: folders 2770, files 0660"`
}

// Tool is another program that a key opens on the selected object.
type Tool struct {
	Key  string `key:"key" need:"yes" form:"chord" doc:"the key"`
	Name string `key:"name" need:"yes" form:"line" doc:"what help and footer call it"`
	Run  string `key:"run" need:"yes" form:"line" doc:"the line for the shell; {fabric}, {context}, {kind}, {name} and the like stand for what is selected, quoted"`
}

// Fabric is one fabric with everything that its sources and the engine need.
type Fabric struct {
	Name        core.FabricID `key:"name" need:"yes" form:"name" doc:"names the fabric everywhere; unique"`
	Description string        `key:"description" form:"line" doc:"a line for people"`
	Protected   bool          `key:"protected" doc:"a publish asks for the fabric's name"`
	Mode        core.Mode     `key:"mode" one:"read propose write" doc:"what may be done to this fabric, within the common mode"`
	Theme       string        `key:"theme" form:"word" doc:"a theme of its own"`
	Cluster     Cluster       `key:"cluster" need:"yes" doc:"the cluster, which is only ever read"`
	Git         []Git         `key:"git" need:"yes" list:"single" doc:"the directory in Git that says what should be, or a list of them"`
	Scope       Scope         `key:"scope" doc:"which kinds are compared; by default those that operators write"`
	Ignore      []Ignore      `key:"ignore" doc:"fields to leave out of the comparison"`
	Rules       []FieldRule   `key:"rules" doc:"what servers do to fields, beyond what selvage knows by itself"`
	Policy      []Rule        `key:"policy" list:"single" short:"policy" default:"manual" doc:"who settles a conflict: one word for all, or a list of which the first that fits holds"`
	Check       Check         `key:"check" doc:"how often the fabric is looked at"`
	Sync        Sync          `key:"sync" doc:"how runs are made and followed"`
	Engine      *Engine       `key:"engine" doc:"what applies Git to the cluster; looked for where left out"`
	Limits      Limits        `key:"limits" doc:"what counts as a mass change; the larger of the two holds"`

	Timeout time.Duration // of a run: the common one

	at positions
}

// Cluster says how a fabric's cluster is reached. Of APIServer, Kubeconfig and
// Dump exactly one is set.
type Cluster struct {
	ClusterName string `key:"cluster_name" need:"yes" form:"line" doc:"the cluster's name"`
	Namespace   string `key:"namespace" need:"yes" form:"namespace" doc:"for manifests without one; listed are this one and every namespace that Git names"`

	APIServer  string `key:"api_server" group:"access" need:"yes" form:"apiurl" doc:"address of the API: https://10.9.1.10:6443"`
	Kubeconfig string `key:"kubeconfig" group:"access" need:"yes" form:"path" doc:"a kubeconfig file"`
	Dump       string `key:"dump" group:"access" need:"yes" form:"path" doc:"a file or folder of YAML or JSON objects: an offline cluster"`
	Context    string `key:"context" with:"kubeconfig" form:"line" doc:"the context of the kubeconfig; default its current one"`

	Token     Secret `key:"token" group:"token" with:"api_server kubeconfig" doc:"a bearer token; the file must be 0600"`
	TokenEnv  string `key:"token_env" group:"token" with:"api_server kubeconfig" form:"env" doc:"the environment variable that holds the token"`
	TokenFile string `key:"token_file" group:"token" with:"api_server kubeconfig" form:"path" doc:"the file that holds the token; read again when it changes and on a 401"`

	CAFile        string `key:"ca_file" with:"api_server kubeconfig" form:"path" doc:"certificates that the server's is checked against"`
	VerifySSL     bool   `key:"verify_ssl" with:"api_server kubeconfig" default:"true" doc:"false is shown on screen as long as it lasts"`
	TLSServerName string `key:"tls_server_name" with:"api_server kubeconfig" form:"host" doc:"the name in the server's certificate"`
	ProxyURL      string `key:"proxy_url" with:"api_server kubeconfig" form:"proxy" doc:"http, https or socks5"`
}

// Git is one directory on one branch of a repository. Of PasswordEnv and
// PasswordFile at most one is set.
type Git struct {
	URL     string   `key:"url" need:"yes" form:"giturl" doc:"https, ssh, user@host:path, file, or a local path"`
	Branch  string   `key:"branch" form:"branch" default:"main" doc:"the branch"`
	Path    string   `key:"path" form:"gitpath" default:"." doc:"the fabric's folder, from the repository's root"`
	Include []string `key:"include" form:"glob" default:"[\"**/*.yaml\", \"**/*.yml\"]" doc:"files to read, below path"`
	Exclude []string `key:"exclude" form:"glob" doc:"files to leave out after all"`

	Username       string `key:"username" form:"line" doc:"https; the password comes from password_env or password_file, by default from git's credential helper"`
	PasswordEnv    string `key:"password_env" group:"password" form:"env" doc:"the environment variable that holds the password or token"`
	PasswordFile   string `key:"password_file" group:"password" form:"path" doc:"the file that holds the password or token"`
	SSHKeyFile     string `key:"ssh_key_file" form:"path" doc:"ssh; default the agent, then ~/.ssh/config"`
	KnownHostsFile string `key:"known_hosts_file" form:"path" doc:"ssh; default ~/.ssh/known_hosts"`
	ProxyURL       string `key:"proxy_url" form:"proxy" doc:"http, https or socks5"`

	Author        *Author `key:"author" doc:"of commits; default GIT_AUTHOR_*, then git's own configuration"`
	Publish       string  `key:"publish" one:"branch propose patch never" default:"branch" doc:"push to the branch, push a side branch for review, write a patch, or nothing"`
	ReviewURL     string  `key:"review_url" form:"reviewurl" doc:"where a proposal is reviewed; {branch} is its branch"`
	Message       string  `key:"message" form:"message" default:"\"{summary}\"" doc:"of commits; {summary} and {ticket} are filled in"`
	RequireTicket string  `key:"require_ticket" form:"regexp" doc:"a publish asks for a ticket that matches this regular expression"`
	Sign          *Sign   `key:"sign" doc:"sign commits"`
	Signoff       bool    `key:"signoff" doc:"add Signed-off-by"`
}

// Author is who commits are made by.
type Author struct {
	Name  string `key:"name" need:"yes" form:"person" doc:"the name"`
	Email string `key:"email" need:"yes" form:"person" doc:"the address"`
}

// Sign says how commits are signed.
type Sign struct {
	Format string `key:"format" one:"ssh" default:"ssh" doc:"the kind of key"`
	Key    string `key:"key" need:"yes" form:"path" doc:"the private key, or the public one of a key in the agent"`
}

// Scope says which kinds are compared.
type Scope struct {
	Groups       []string `key:"groups" form:"group" doc:"API groups, whole"`
	Kinds        []string `key:"kinds" form:"kind" doc:"kinds, as VPC or ConfigMap.core.example.com"`
	ExcludeKinds []string `key:"exclude_kinds" form:"anykind" doc:"kinds to leave out after all"`
}

// Ignore leaves a field out of the comparison.
type Ignore struct {
	Kind string    `key:"kind" form:"anykind" default:"\"*\"" doc:"the kind; * for every one"`
	Path core.Path `key:"path" need:"yes" form:"pattern" doc:"the field, as .spec.portLocators; * is any one step"`
}

// FieldRule says what servers do to a field. Of Is, Keys and Default exactly one
// is set.
type FieldRule struct {
	Kind    string      `key:"kind" form:"anykind" default:"\"*\"" doc:"the kind; * for every one"`
	Path    core.Path   `key:"path" need:"yes" form:"pattern" doc:"the field, as .spec.staticRoutes; * is any one step, [*] any item of a list"`
	Is      core.RuleIs `key:"is" group:"what" need:"yes" one:"set server ignored" doc:"set: a list whose order means nothing; server: live may have it, and all below it, alone; ignored: leave it and all below it out of the comparison"`
	Keys    []string    `key:"keys" group:"what" need:"yes" list:"single" form:"line" doc:"a list whose items are known by these fields"`
	Default core.Value  `key:"default" group:"what" need:"yes" doc:"the value that servers fill in where Git has none"`
	Why     string      `key:"why" form:"line" doc:"the reason, in a few words, for whoever looks at what was left aside"`
}

// core is the rule as the comparison knows it.
func (r FieldRule) core() core.Rule {
	is := r.Is
	switch {
	case len(r.Keys) > 0:
		is = core.RuleKeyed
	case r.Default.Present():
		is = core.RuleDefault
	}
	return core.Rule{Kind: r.Kind, Path: r.Path, Is: is, Keys: r.Keys, Default: r.Default, Why: r.Why}
}

// Rule settles what two sides disagree on.
type Rule struct {
	Kind   string         `key:"kind" form:"anykind" default:"\"*\"" doc:"the kind; * for every one"`
	Path   core.Path      `key:"path" form:"pattern" default:"." doc:"the field and all below it; * is any one step"`
	On     []core.Trigger `key:"on" list:"single" one:"conflict drift delete" default:"[conflict]" doc:"what it settles; delete: whatever takes something away, of one kind and exactly at path"`
	Policy string         `key:"policy" need:"yes" one:"{policies}" doc:"ask a person, keep git, or keep live (only with publish: propose)"`
}

// Check says how often a fabric is looked at.
type Check struct {
	Interval   time.Duration `key:"interval" default:"1m" doc:"between two checks; 0 checks only when asked"`
	StaleAfter time.Duration `key:"stale_after" doc:"an older answer of the cluster is stale; 0 never; default three intervals, at least 3m"`
}

// Sync says how runs are made and followed.
type Sync struct {
	Enabled      bool          `key:"enabled" default:"true" doc:"false: no checks by the clock, and no runs"`
	Auto         string        `key:"auto" one:"never policy" default:"never" doc:"policy: what a policy settles is published without asking; drafts never are"`
	Retries      int           `key:"retries" min:"0" max:"100" default:"3" doc:"of a run that a retry can mend"`
	Backoff      time.Duration `key:"backoff" default:"300s" doc:"before the first retry; doubled for each further one"`
	PendingLimit time.Duration `key:"pending_limit" min:"1ms" default:"15m" doc:"how long a change in Git may wait to be applied"`
}

// Engine is what applies Git to the cluster.
type Engine struct {
	Type       string     `key:"type" one:"argocd flux none" doc:"default: looked for"`
	App        string     `key:"app" form:"line" doc:"the Application or Kustomization"`
	Namespace  string     `key:"namespace" form:"namespace" doc:"of the app"`
	Manager    string     `key:"manager" form:"line" doc:"the field manager it applies as"`
	Kubeconfig string     `key:"kubeconfig" form:"path" doc:"of the cluster it lives in; default the fabric's own"`
	Context    string     `key:"context" with:"kubeconfig" form:"line" doc:"the context of the kubeconfig"`
	API        *EngineAPI `key:"api" doc:"Argo CD's own API"`
}

// EngineAPI is Argo CD's own API.
type EngineAPI struct {
	Server    string   `key:"server" form:"apiurl" doc:"its address"`
	TokenFile string   `key:"token_file" form:"path" doc:"the file that holds a token; default the login of ~/.config/argocd/config"`
	Allow     []string `key:"allow" list:"single" one:"refresh sync" doc:"what may be asked of it; nothing by default"`
}

// Limits say what counts as a mass change: more than the larger of the two.
type Limits struct {
	MaxDelete        int `key:"max_delete" min:"0" max:"1000000" default:"5" doc:"objects"`
	MaxChangePercent int `key:"max_change_percent" min:"0" max:"100" default:"20" doc:"share of all objects, in percent"`
}

// file is what one file may hold.
type file struct {
	Include []string `key:"include" list:"single" doc:"more files of the same form, as globs"`
	Settings
	Defaults Fabric   `key:"defaults" partial:"yes" doc:"any key of a fabric, for all of them; merged key by key, lists replace"`
	Fabrics  []Fabric `key:"fabrics" doc:"the fabrics"`
}

// Core is the fabric as the engine and the screens know it. A fabric whose
// sync is not enabled is checked only when asked.
func (f *Fabric) Core() core.Fabric {
	c := core.Fabric{
		ID:          f.Name,
		Description: f.Description,
		Cluster:     f.Cluster.ClusterName,
		Namespace:   f.Cluster.Namespace,
		Kubeconfig:  f.Cluster.Kubeconfig,
		Context:     f.Cluster.Context,
		Protected:   f.Protected,
		Mode:        f.Mode,
		Theme:       f.Theme,
		Kinds:       core.KindFilter{Groups: f.Scope.Groups, Kinds: f.Scope.Kinds, Exclude: f.Scope.ExcludeKinds},

		CheckEvery:   f.Check.Interval,
		StaleAfter:   f.Check.StaleAfter,
		Limits:       core.Limits{Count: f.Limits.MaxDelete, Percent: f.Limits.MaxChangePercent},
		PendingLimit: f.Sync.PendingLimit,
		Timeout:      f.Timeout,
	}
	if !f.Sync.Enabled {
		c.CheckEvery = 0
	}
	if f.Engine != nil {
		c.EngineManager = f.Engine.Manager
	}
	for _, g := range f.Git {
		c.Ways = append(c.Ways, core.Way(g.Publish))
	}
	for _, i := range f.Ignore {
		c.Ignore = append(c.Ignore, core.IgnoreRule{Kind: i.Kind, Path: i.Path})
	}
	for _, r := range f.Policy {
		c.Policy = append(c.Policy, core.PolicyRule{Kind: r.Kind, Path: r.Path, On: r.On, Policy: r.Policy})
	}
	for _, r := range f.Rules {
		c.Rules = append(c.Rules, r.core())
	}
	return c
}

// Fabric finds a fabric by its name.
func (c *Config) Fabric(id core.FabricID) (*Fabric, bool) {
	for i := range c.Fabrics {
		if c.Fabrics[i].Name == id {
			return &c.Fabrics[i], true
		}
	}
	return nil, false
}

// At is where a key at the top of the file was set, as "theme" or
// "keys.fabric.sync"; the zero Position where it was not.
func (c *Config) At(key string) Position { return c.at[key].Position }

// At is where a key of the fabric was set, as "theme", "git.url" or, in a list,
// "git[0].url"; the zero Position where it was not.
func (f *Fabric) At(key string) Position { return f.at[key].Position }

// item is where a key of an item was set, whether or not the file has a list
// around it; with no key, where the item is.
func (f *Fabric) item(list string, i int, key string) (spot, bool) {
	s, ok := f.at[strings.TrimSuffix(fmt.Sprintf("%s[%d].%s", list, i, key), ".")]
	if !ok && i == 0 {
		s, ok = f.at[strings.TrimSuffix(list+"."+key, ".")]
	}
	return s, ok
}
