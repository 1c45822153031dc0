package config

import (
	"fmt"
	"strings"
	"testing"
)

func BenchmarkLoad100Fabrics(b *testing.B) {
	var s strings.Builder
	s.WriteString("defaults: {cluster: {namespace: default, kubeconfig: ~/.kube/config}, git: {url: \"https://git.example.net/f.git\"}}\nfabrics:\n")
	for i := range 100 {
		fmt.Fprintf(&s, "  - {name: dc%d, cluster: {cluster_name: dc%d, context: dc%d}, git: {path: fabrics/%d}}\n", i, i, i, i)
	}
	path := writeIn(b, b.TempDir(), "config.yaml", s.String())
	for b.Loop() {
		if _, err := Load(Options{Path: path, Home: "/home/op"}); err != nil {
			b.Fatal(err)
		}
	}
}
