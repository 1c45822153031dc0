package main

import (
	"slices"
	"strings"
	"testing"

	"selvage/core/config"
)

// TestLaterKeysAreKeys: a key that is misspelt here would never be told.
func TestLaterKeysAreKeys(t *testing.T) {
	schema := string(config.Schema())
	common, fabric, git := laterKeys()
	for _, k := range slices.Concat(common, fabric, git) {
		for part := range strings.SplitSeq(k, ".") {
			if !strings.Contains(schema, `"`+part+`"`) {
				t.Errorf("the configuration has no key %s", k)
			}
		}
	}
}
