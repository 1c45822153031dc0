package demo

import (
	"encoding/json"
	"fmt"
	"strings"

	"selvage/testdata/hedgehog"
)

// visitor is who commits what is published in the demonstration, whatever machine
// it runs on.
const visitor = "{name: A visitor, email: visitor@netops.example}"

// configuration is a configuration as somebody would write it for these
// fabrics. Its paths are relative to its own folder.
func (w *World) configuration() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `# The fabrics of a demonstration: dumps in place of clusters.
state: {dir: state}
defaults:
  git: {url: fabrics.git, branch: main, author: %s}
  check: {interval: 5s, stale_after: 1m}
fabrics:
`, visitor)
	for _, s := range w.sites {
		fmt.Fprintf(&b, "  - name: %s\n    description: %s\n", s.name, quote(s.description))
		fmt.Fprintf(&b, "    cluster: {cluster_name: %s, namespace: default, dump: %s}\n", s.cluster, s.dumpFile())
		var more string
		if s.layout == hedgehog.Mixed {
			more = `, exclude: ["examples/**"]`
		}
		if !s.split {
			fmt.Fprintf(&b, "    git: {url: fabrics.git, path: %s%s}\n", s.dir, more)
			continue
		}
		b.WriteString("    git:\n")
		for _, folder := range []string{"wiring", "tenants"} {
			fmt.Fprintf(&b, "      - {url: fabrics.git, path: %s/%s, author: %s}\n", s.dir, folder, visitor)
		}
	}
	return []byte(b.String())
}

// quote writes a text so that any YAML parser reads it as it is: JSON is YAML.
func quote(s string) string {
	quoted, _ := json.Marshal(s) // a string always encodes
	return string(quoted)
}
