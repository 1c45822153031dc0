package repo_test

import (
	"fmt"
	"net/http/httptest"
	"testing"

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
