package main

import (
	"fmt"
	"slices"

	"selvage/core/config"
)

// laterKeys are the keys that a configuration may hold already and that this
// version does not act on, also where it hands them on. They are checked like
// all others.
func laterKeys() (common, fabric, git []string) {
	return []string{"keys", "tools"},
		[]string{
			"theme", "policy", "sync.auto", "sync.retries", "sync.backoff",
			"engine.type", "engine.app", "engine.namespace", "engine.kubeconfig", "engine.context", "engine.api",
		},
		[]string{"author", "publish", "review_url", "message", "require_ticket", "sign", "signoff"}
}

// unused names the keys of a configuration that this version does not use yet,
// each once and with its place.
func unused(c *config.Config) []string {
	var notes []string
	note := func(key string, at config.Position) {
		n := fmt.Sprintf("%s: %s: this version does not use it yet", at, key)
		if at != (config.Position{}) && !slices.Contains(notes, n) {
			notes = append(notes, n)
		}
	}
	common, fabric, git := laterKeys()
	for _, k := range common {
		note(k, c.At(k))
	}
	for i := range c.Fabrics {
		f := &c.Fabrics[i]
		for _, k := range fabric {
			note(k, f.At(k))
		}
		for _, k := range git {
			note("git."+k, f.At("git."+k))
			for j := range f.Git {
				note("git."+k, f.At(fmt.Sprintf("git[%d].%s", j, k)))
			}
		}
	}
	return notes
}
