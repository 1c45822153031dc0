package main

import (
	"fmt"
	"slices"

	"selvage/core/config"
)

// laterKeys are the keys that a configuration may hold already and that this
// version does not act on, also where it hands them on. They are checked like
// all others.
func laterKeys() (common, fabric []string) {
	return []string{"keys", "tools"}, nil
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
	common, fabric := laterKeys()
	for _, k := range common {
		note(k, c.At(k))
	}
	for i := range c.Fabrics {
		f := &c.Fabrics[i]
		for _, k := range fabric {
			note(k, f.At(k))
		}
	}
	return notes
}
