package repo_test

import (
	"fmt"
	"net/http/httptest"
	"testing"

	"selvage/core"
	"selvage/core/repo"
)

// large is a repository of 10,000 small manifests.
func large(b *testing.B) *world {
	b.Helper()
	w := newWorld(b)
	for i := range 10_000 {
		w.write(fmt.Sprintf("dc%d/vpcs/%d.yaml", i%10, i), vpc(fmt.Sprintf("vpc-%d", i))+fmt.Sprintf(
			"  ipv4Namespace: default\n  subnets:\n    default:\n      subnet: 10.%d.%d.0/24\n      vlan: %d\n      dhcp: {enable: true}\n", i/256, i%256, i%4000))
	}
	w.commit()
	w.git("gc", "-q")
	return w
}

func BenchmarkFirstReadOverHTTP(b *testing.B) {
	s := serveHTTP(b, large(b), (*httptest.Server).Start)
	for b.Loop() {
		if got := readOK(b, pool().Source([]repo.Location{{URL: s.URL + "/work", Branch: "main"}})); got.Len() != 10_000 {
			b.Fatal(got.Len())
		}
	}
}

func BenchmarkFirstReadOnThisMachine(b *testing.B) {
	w := large(b)
	for b.Loop() {
		if got := readOK(b, pool().Source([]repo.Location{{URL: w.dir, Branch: "main"}})); got.Len() != 10_000 {
			b.Fatal(got.Len())
		}
	}
}

func BenchmarkOneFileOf10000Changed(b *testing.B) {
	w := large(b)
	s := serveHTTP(b, w, (*httptest.Server).Start)
	src := pool().Source([]repo.Location{{URL: s.URL + "/work", Branch: "main"}})
	readOK(b, src)
	for i := 0; b.Loop(); i++ {
		b.StopTimer()
		w.write("dc0/vpcs/0.yaml", vpc(fmt.Sprintf("changed-%d", i)))
		w.commit()
		b.StartTimer()
		readOK(b, src)
	}
}

func BenchmarkNothingChanged(b *testing.B) {
	s := serveHTTP(b, large(b), (*httptest.Server).Start)
	src := pool().Source([]repo.Location{{URL: s.URL + "/work", Branch: "main"}})
	readOK(b, src)
	for b.Loop() {
		readOK(b, src)
	}
}

// long is a repository of so many commits to 50 files of two objects each, of
// which nearly all change one object.
func long(b *testing.B, commits int) *world {
	b.Helper()
	w := newWorld(b)
	f := files{}
	for i := range 100 {
		path := fmt.Sprintf("dc1/vpcs/%d.yaml", i/2)
		f[path] = append(f[path], doc{fmt.Sprintf("vpc-%d", i), 0})
	}
	var h history
	h.commit(f)
	for i := 1; i < commits; i++ {
		f[fmt.Sprintf("dc1/vpcs/%d.yaml", i*7%50)][i%2].value = i
		h.commit(f, i-1)
	}
	h.write(b, w.dir)
	w.git("gc", "-q")
	return w
}

func hundred() []core.Key {
	var keys []core.Key
	for i := range 100 {
		keys = append(keys, key(fmt.Sprintf("vpc-%d", i)))
	}
	return keys
}

func BenchmarkPastOf100ObjectsIn2872Commits(b *testing.B) {
	w := long(b, 2872)
	s := serveHTTP(b, w, (*httptest.Server).Start)
	for name, c := range map[string]struct {
		url  string
		keys []core.Key
		warm bool
	}{
		"first, this machine":  {w.dir, hundred(), false},
		"first, over HTTP":     {s.URL + "/work", hundred(), false},
		"again, over HTTP":     {s.URL + "/work", hundred(), true},
		"vanished, never been": {w.dir, []core.Key{key("never")}, false},
	} {
		b.Run(name, func(b *testing.B) {
			location := []repo.Location{{URL: c.url, Branch: "main", Path: "dc1"}}
			src := pool().Source(location)
			for b.Loop() {
				if !c.warm {
					src = pool().Source(location)
				}
				found := look(b, src, nil, c.keys...)
				if p, ok := found[key("vpc-7")]; len(c.keys) > 1 && (!ok || len(p.Versions) < 25) {
					b.Fatalf("%d objects found, %d versions of vpc-7", len(found), len(p.Versions))
				}
			}
		})
	}
}
