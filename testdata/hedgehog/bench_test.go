package hedgehog

import "testing"

func BenchmarkGenerateAndFiles10k(b *testing.B) {
	spec := Sized(1, 10_000)
	for b.Loop() {
		Generate(spec).Files(Mixed)
	}
}

func BenchmarkSized10k(b *testing.B) {
	for b.Loop() {
		Sized(1, 10_000)
	}
}

func BenchmarkLive10k(b *testing.B) {
	f := Generate(Sized(1, 10_000))
	o := LiveOptions{Now: testNow(), Application: "sized", Hydration: PlanHydration(f.Objects)}
	for b.Loop() {
		f.Live(o)
	}
}

func BenchmarkDefault(b *testing.B) {
	objects := Generate(Sized(1, 1000)).Objects
	for b.Loop() {
		for _, o := range objects {
			Default(o, testNow())
		}
	}
}
