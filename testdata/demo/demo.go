package demo

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"time"

	"selvage/testdata/hedgehog"
)

// Options say what world to make.
type Options struct {
	Seed uint64    // chooses the objects of the story
	Now  time.Time // when the past ends
	// Parse gives the documents of a YAML file, decoded; nil where nobody else
	// pushes, see [World.Follow].
	Parse func([]byte) ([]any, error)
}

// World is the demonstration's fabrics, as the files of its folder hold them.
// It is for one goroutine.
type World struct {
	dir     string
	options Options
	repo    *repository
	sites   []*site
}

// Want is what is to be said about a fabric.
type Want struct {
	Invalid bool // the cluster's dump does not parse: every object is unknown
	// Broken is the path, from the root of the repository, of the file that does
	// not parse; "" if all do. It is invalid, and its objects are unknown.
	Broken string
	// States are those of the objects that are not in sync, in selvage's words.
	States map[hedgehog.Ref]string
	// Changes are what was done to objects that are drifted, pending or in
	// conflict, and is still to be seen, in the order in which it was done.
	Changes []hedgehog.Change
}

// New writes a world into dir, which must be missing or empty: fabrics on which
// Git and the cluster agree, as of a day before o.Now, and the weeks of Git's
// history before that.
func New(dir string, o Options) (*World, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if err := furnish(dir); err != nil {
		return nil, err
	}
	w := &World{dir: dir, options: o}
	for _, p := range places() {
		w.sites = append(w.sites, build(p, o.Seed, o.Now.Add(-weeks)))
	}
	if w.repo, err = newRepository(filepath.Join(dir, "fabrics.git")); err != nil {
		return nil, fmt.Errorf("make the demonstration's repository: %w", err)
	}
	w.repo.followed = o.Parse != nil
	if err := w.history(); err != nil {
		return nil, fmt.Errorf("make the demonstration's history: %w", err)
	}
	for _, s := range w.sites {
		if err := w.dump(s, o.Now.Add(-day)); err != nil {
			return nil, fmt.Errorf("write the cluster of %s: %w", s.name, err)
		}
	}
	if err := replace(w.Config(), w.configuration()); err != nil {
		return nil, fmt.Errorf("write the demonstration's configuration: %w", err)
	}
	return w, nil
}

// furnish makes the world's folders. One that holds anything is not touched.
func furnish(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the demonstration's folder: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("look into the demonstration's folder: %w", err)
	}
	if len(entries) > 0 {
		return fmt.Errorf("folder %q is not empty (name a new one: the demonstration overwrites nothing)", dir)
	}
	if err := os.Mkdir(filepath.Join(dir, "clusters"), 0o700); err != nil {
		return fmt.Errorf("make the demonstration's folder: %w", err)
	}
	return nil
}

// Config is the path of the configuration that reads the world.
func (w *World) Config() string { return filepath.Join(w.dir, "selvage.yaml") }

// Fabrics are the names of the fabrics, in the order of the configuration.
func (w *World) Fabrics() []string {
	names := make([]string, len(w.sites))
	for i, s := range w.sites {
		names[i] = s.name
	}
	return names
}

// Unfold plays the past day. It calls look whenever a history should take a
// look at some fabrics: when all agree, and after each few things that people did
// since, but not after the last ones, which are for the first look of the
// present.
func (w *World) Unfold(look func(at time.Time, fabrics []string) error) error {
	for i, chapter := range past() {
		var fabrics []string
		for _, b := range chapter.beats {
			if !slices.Contains(fabrics, b.fabric) {
				fabrics = append(fabrics, b.fabric)
			}
			rng := rand.New(rand.NewPCG(w.options.Seed, uint64(i)))
			if _, err := w.play(b, rng, w.options.Now.Add(-chapter.ago-b.before)); err != nil {
				return err
			}
		}
		if chapter.ago == 0 {
			break
		}
		if chapter.all {
			fabrics = w.Fabrics()
		}
		if err := look(w.options.Now.Add(-chapter.ago), fabrics); err != nil {
			return err
		}
	}
	return nil
}

// Step makes the i-th thing of the present happen, as of a time, and tells it
// on one line. After an error the world is as it was, or as it should be after
// the step, but for the files that could not be written.
func (w *World) Step(i int, at time.Time) (string, error) {
	if _, err := w.Follow(at); err != nil {
		return "", err
	}
	all := beats()
	b := all[i%len(all)]
	told, err := w.play(b, rand.New(rand.NewPCG(w.options.Seed, uint64(1000+i))), at)
	if err == nil && told == "" {
		err = fmt.Errorf("step %d on %s finds nothing to do", i, b.fabric)
	}
	return told, err
}

// Pause is how long people take before the i-th step: 8 to 20 seconds.
func (w *World) Pause(i int) time.Duration {
	rng := rand.New(rand.NewPCG(w.options.Seed, uint64(1_000_000+i)))
	return 8*time.Second + time.Duration(rng.Int64N(int64(12*time.Second)))
}

// Wants is what is to be said about a fabric as it is now, once a change in Git
// that nobody applied is older than the fabric's pending limit where it is
// meant to be.
func (w *World) Wants(fabric string) (Want, error) {
	s, err := w.site(fabric)
	if err != nil {
		return Want{}, err
	}
	want := Want{Invalid: s.cut, States: map[hedgehog.Ref]string{}}
	for _, o := range s.open {
		want.States[o.change.Object] = o.change.State
		if s.refuses(o) {
			want.States[o.change.Object] = stuck
		}
		want.Changes = append(want.Changes, o.change)
	}
	if s.broken != "" {
		want.Broken = s.broken
		for _, ref := range s.held(s.broken) {
			want.States[ref] = "unknown"
		}
	}
	if s.cut {
		for _, obj := range slices.Concat(s.world.Git, s.world.Live) {
			if s.keeps(obj) {
				want.States[hedgehog.RefOf(obj)] = "unknown"
			}
		}
	}
	return want, nil
}

func (w *World) site(name string) (*site, error) {
	i := slices.IndexFunc(w.sites, func(s *site) bool { return s.name == name })
	if i < 0 {
		return nil, fmt.Errorf("no fabric %q in the demonstration", name)
	}
	return w.sites[i], nil
}

// play carries out a beat and writes what it touched. It tells nothing where
// the beat found nothing to do.
func (w *World) play(b beat, rng *rand.Rand, at time.Time) (string, error) {
	s, err := w.site(b.fabric)
	if err != nil {
		return "", err
	}
	done, ok := b.act(s, rng, at)
	if !ok {
		return "", nil
	}
	var failed error
	if done.message != "" {
		before := w.repo.head.String()
		if failed = w.push(s, done.author, done.message, at); failed == nil {
			s.await(before, w.repo.head.String(), at)
			failed = w.dumpOthers(s, at)
		}
	}
	if failed == nil {
		failed = w.dump(s, at)
	}
	if failed != nil {
		return "", fmt.Errorf("%s: %s: %w", s.name, done.told, failed)
	}
	return s.name + ": " + done.told, nil
}

// push commits what Git is to say of a fabric.
func (w *World) push(s *site, by author, message string, at time.Time) error {
	files := s.files()
	changed := map[string][]byte{}
	for path, content := range files {
		if string(s.pushed[path]) != string(content) {
			changed[path] = content
		}
	}
	for path := range s.pushed {
		if _, still := files[path]; !still {
			changed[path] = nil
		}
	}
	if err := w.repo.commit(commit{author: by, at: at, message: message, files: changed}); err != nil {
		return err
	}
	s.pushed = files
	return nil
}

// await notes which commit what Git decided last waits for.
func (s *site) await(before, commit string, at time.Time) {
	for i := range s.open {
		o := &s.open[i]
		if o.commit == "" && slices.Contains([]string{hedgehog.Pending, onlyGit}, o.change.State) {
			o.before, o.commit, o.at = before, commit, at
		}
	}
}

// dumpOthers writes the clusters whose engines have seen that the branch moved.
func (w *World) dumpOthers(s *site, at time.Time) error {
	for _, other := range w.sites {
		if other == s || other.argo == nil {
			continue
		}
		if err := w.dump(other, at); err != nil {
			return err
		}
	}
	return nil
}

// dump writes what a fabric's API server holds.
func (w *World) dump(s *site, at time.Time) error {
	content, err := s.dump(at, w.engineObjects(s, at))
	if err != nil {
		return err
	}
	return replace(filepath.Join(w.dir, filepath.FromSlash(s.dumpFile())), content)
}
