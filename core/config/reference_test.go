package config

import (
	"slices"
	"strings"
	"testing"
)

func TestReferenceTellsEveryKeyOnce(t *testing.T) {
	seen := map[string]KeyHelp{}
	for _, k := range Reference() {
		if _, twice := seen[k.Key]; twice || k.Doc == "" || strings.Contains(k.Doc, "\n") {
			t.Errorf("%+v", k)
		}
		seen[k.Key] = k
	}
	for key, want := range map[string]KeyHelp{
		"mode":                         {Default: "write", Words: []string{"read", "propose", "write"}},
		"fabrics[]":                    {Section: true},
		"fabrics[].name":               {Need: true},
		"fabrics[].git[].url":          {Need: true},
		"fabrics[].protected":          {Default: "false"},
		"fabrics[].engine.api.allow":   {Words: []string{"refresh", "sync"}},
		"fabrics[].cluster.api_server": {Need: true},
	} {
		got, ok := seen[key]
		if !ok || got.Default != want.Default || !slices.Equal(got.Words, want.Words) || got.Need != want.Need || got.Section != want.Section {
			t.Errorf("%s: %+v, want %+v", key, got, want)
		}
	}
}
