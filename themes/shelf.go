package themes

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// Shelf keeps the themes of a session and follows their files. Its methods may
// be called at the same time.
type Shelf struct {
	dirs []string

	mu     sync.Mutex
	loaded map[string]Choice // by the name that was asked for
	seen   map[string]stamp  // by the file's path

	refreshing sync.Mutex
}

// stamp tells two versions of a file apart.
type stamp struct {
	changed time.Time
	size    int64
}

// NewShelf finds themes in the directories, the first before the next, and
// then among the built-in ones. The directories need not be there.
func NewShelf(userDirs ...string) *Shelf {
	s := &Shelf{dirs: userDirs, loaded: map[string]Choice{}}
	s.seen = s.look()
	return s
}

// Load reads a theme as the function [Load] does, and remembers it.
func (s *Shelf) Load(name string) (Choice, error) {
	choice, err := Load(name, s.dirs...)
	if err != nil {
		return Choice{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.loaded[name] = choice
	return choice, nil
}

// Get gives a theme that was loaded before, as it was read last. It reads
// nothing, and may be called for every frame.
func (s *Shelf) Get(name string) (Choice, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.loaded[name]
	return c, ok
}

// List loads all themes that there are, the user's and the built-in ones,
// without remembering them.
func (s *Shelf) List() []Entry { return List(s.dirs...) }

// Refresh reads the remembered themes again if a file in the directories
// appeared, changed or went since the last call, and tells whether it did. A
// theme that has become faulty stays as it was, and the error tells why: once,
// until a file changes again. Where nothing changed no file is opened, so that
// it may be called every second.
func (s *Shelf) Refresh() (changed bool, err error) {
	s.refreshing.Lock()
	defer s.refreshing.Unlock()
	now := s.look()
	s.mu.Lock()
	same := maps.Equal(now, s.seen)
	// The files are looked at before they are read: one that changes in between
	// is read again the next time.
	s.seen = now
	remembered := slices.Sorted(maps.Keys(s.loaded))
	s.mu.Unlock()
	if same {
		return false, nil
	}
	var faults []error
	for _, name := range remembered {
		if _, err := s.Load(name); err != nil {
			faults = append(faults, fmt.Errorf("theme %q stays as it was: %w", name, err))
		}
	}
	return true, errors.Join(faults...)
}

// look stamps all files of the directories that may hold a theme.
func (s *Shelf) look() map[string]stamp {
	seen := map[string]stamp{}
	for _, dir := range s.dirs {
		entries, err := os.ReadDir(dir)
		if err != nil {
			continue // as if it were not there; what is loaded from it tells why
		}
		for _, e := range entries {
			file := filepath.Join(dir, e.Name())
			if filepath.Ext(file) != ".json" {
				continue
			}
			// A link is followed: what counts is the file that would be read.
			if info, err := os.Stat(file); err == nil {
				seen[file] = stamp{info.ModTime(), info.Size()}
			}
		}
	}
	return seen
}
