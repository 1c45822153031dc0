package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBuildPrintsWhereTheProgramsAre(t *testing.T) {
	var out, errs strings.Builder
	if err := run(t.Context(), []string{"build"}, &out, &errs); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"lab", "kubectl"} {
		if _, err := os.Stat(filepath.Join(strings.TrimSpace(out.String()), name)); err != nil {
			t.Error(err)
		}
	}
	for _, args := range [][]string{nil, {"down"}, {"build", "twice"}} {
		if err := run(t.Context(), args, &out, &errs); err == nil {
			t.Errorf("run(%q) did something", args)
		}
	}
}
