package main

import (
	"errors"
	"path/filepath"
	"testing"

	"selvage/tui"
)

// TestSheetWithoutItsFileIsNotKept: an editor can remove what it was given.
func TestSheetWithoutItsFileIsNotKept(t *testing.T) {
	s := &openSheet{file: filepath.Join(t.TempDir(), "gone.yaml")}
	if made, dropped, err := s.Take(t.Context(), "alice"); made+dropped != 0 || !errors.Is(err, tui.ErrNoSheet) {
		t.Errorf("it takes %d and drops %d, %v", made, dropped, err)
	}
	if kept, err := s.Leave(); kept != "" || err != nil {
		t.Errorf("it keeps %q, %v", kept, err)
	}
}
