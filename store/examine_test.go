package store

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"selvage/core"
)

func TestExaminingTouchesNothing(t *testing.T) {
	top := t.TempDir()
	c := Config{Dir: filepath.Join(top, "a", "b"), Now: (&clock{noon}).Now}
	e, err := Examine(t.Context(), c)
	if err != nil || e.There || e.Path != filepath.Join(c.Dir, "selvage.db") || e.Free <= 0 || e.Latest == 0 {
		t.Errorf("%+v, %v", e, err)
	}
	if left, _ := os.ReadDir(top); len(left) > 0 {
		t.Errorf("it left %v behind", left)
	}
	all, err := migrations(schema)
	if err != nil {
		t.Fatal(err)
	}
	s, err := open(t.Context(), c, all[:1])
	if err != nil {
		t.Fatal(err)
	}
	finish(t, s)
	e, err = Examine(t.Context(), c)
	if err != nil || !e.There || e.Schema != 1 || e.Latest != len(all) || e.Size == 0 || e.SQLite == "" {
		t.Errorf("%+v, %v", e, err)
	}
	left, _ := os.ReadDir(c.Dir)
	if names := slices.Collect(func(yield func(string) bool) {
		for _, f := range left {
			if !yield(f.Name()) {
				return
			}
		}
	}); !slices.Equal(names, []string{"selvage.db"}) {
		t.Errorf("the folder holds %v", names)
	}
}

func TestExaminingGoesOnBesideWhoUsesTheStore(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, dir)
	record(t, s, inSync(t, "dc1", 3))
	if e, err := Examine(t.Context(), Config{Dir: dir}); err != nil || !e.There || e.Schema != e.Latest {
		t.Errorf("%+v, %v", e, err)
	}
	record(t, s, empty("dc1", noon))
}

func TestFolderThatCannotBeMadeIsTold(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Examine(t.Context(), Config{Dir: filepath.Join(file, "state")})
	var e *core.Error
	if !errors.As(err, &e) || e.Hint == "" {
		t.Errorf("%v", err)
	}
	if _, err := Examine(t.Context(), Config{Dir: filepath.Join(t.TempDir(), "new"), Group: "no-such-group"}); !errors.As(err, &e) || e.Hint == "" {
		t.Errorf("%v", err)
	}
}

func TestNamesAreLookedUpWithoutMakingAStore(t *testing.T) {
	dir := t.TempDir()
	if _, err := OpenNames(dir); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("%v, want none", err)
	}
	s := openAt(t, dir)
	record(t, s, inSync(t, "dc1", 2))
	record(t, s, inSync(t, "dc2", 1))
	p := &core.Plan{At: noon}
	if err := s.SavePlan(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	n, err := OpenNames(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer finish(t, n)
	objects, err := n.Objects(t.Context(), "dc1")
	if err != nil || len(objects) != 2 || objects[0].Key != vpcKey(0) || !objects[0].Known || objects[0].State != core.InSync {
		t.Errorf("%+v, %v", objects, err)
	}
	if none, err := n.Objects(t.Context(), "dc3"); err != nil || len(none) > 0 {
		t.Errorf("%+v, %v", none, err)
	}
	if plans, err := n.Plans(t.Context(), 5); err != nil || len(plans) != 1 || plans[0].ID != p.ID {
		t.Errorf("%+v, %v", plans, err)
	}
	if runs, err := n.Runs(t.Context(), 5); err != nil || len(runs) > 0 {
		t.Errorf("%+v, %v", runs, err)
	}
}
