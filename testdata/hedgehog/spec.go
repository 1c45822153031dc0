package hedgehog

// Spec says what fabric to make. The same Spec always makes the same Fabric: the seed is the only source of chance, and
// neither a clock nor the order of a map has a part in it. Counts that a fabric has no room for are made as far as it has.
type Spec struct {
	Seed uint64
	Name string // of the fabric, in descriptions, banners and UIDs

	Spines       int   // none: the leaves, three at most, are joined by mesh connections
	Leaves       int   // outside redundancy groups
	ESLAG        []int // leaves of each redundancy group, 2 to 4
	LinksPerPair int   // between one spine and one leaf

	Servers Servers

	VPCs             int
	SubnetsPerVPC    int // at most; 20 is the webhook's limit
	Attachments      int
	VPCPeerings      int
	Externals        int // every third is a static one
	StaticExternals  int // connections of type staticExternal
	Loopbacks        int // leaves with a connection of the legacy type vpcLoopback
	ExternalPeerings int
	Gateways         int
	GatewayPeerings  int

	// Limit keeps the first objects only; 0 keeps all. Every object comes after those it names, so that what is kept
	// stays whole.
	Limit int
}

// Servers counts servers by how they are connected.
type Servers struct {
	Unbundled  int // one link
	Bundled    int // two links to one leaf
	MultiHomed int // one link to every leaf of a redundancy group
	GPU        int // one connection for each NIC
	GPULinks   int // NICs of a GPU server
}

// Small is the fabric of a virtual lab: some 75 objects, every kind that operators write but
// ServerProfile and extra GatewayGroups.
func Small(seed uint64) Spec {
	return Spec{
		Seed: seed, Name: "lab", Spines: 2, Leaves: 2, ESLAG: []int{2}, LinksPerPair: 2,
		Servers: Servers{Unbundled: 4, Bundled: 2, MultiHomed: 4},
		VPCs:    4, SubnetsPerVPC: 2, Attachments: 14, VPCPeerings: 2,
		Externals: 2, StaticExternals: 1, Loopbacks: 1, ExternalPeerings: 2, Gateways: 1, GatewayPeerings: 2,
	}
}

// Medium is one hall of a data centre: some 1,500 objects.
func Medium(seed uint64) Spec {
	return Spec{
		Seed: seed, Name: "frontend", Spines: 4, Leaves: 8, ESLAG: []int{2, 2, 2, 2, 4, 4}, LinksPerPair: 2,
		Servers: Servers{Unbundled: 90, Bundled: 60, MultiHomed: 150},
		VPCs:    40, SubnetsPerVPC: 4, Attachments: 640, VPCPeerings: 24,
		Externals: 4, StaticExternals: 2, ExternalPeerings: 20, Gateways: 2, GatewayPeerings: 12,
	}
}

// Large is a training cluster, one connection for each NIC: some 7,000 objects.
func Large(seed uint64) Spec {
	return Spec{
		Seed: seed, Name: "backend", Spines: 8, Leaves: 48, ESLAG: []int{4, 4, 4, 4}, LinksPerPair: 2,
		Servers: Servers{Unbundled: 200, Bundled: 80, MultiHomed: 120, GPU: 128, GPULinks: 16},
		VPCs:    80, SubnetsPerVPC: 4, Attachments: 3100, VPCPeerings: 60,
		Externals: 6, StaticExternals: 2, ExternalPeerings: 40, Gateways: 4, GatewayPeerings: 24,
	}
}

// Sized is a fabric of exactly n objects for n from 1 to 50,000: beyond the wiring and the VPCs, whose number follows n,
// the attachments fill up.
func Sized(seed uint64, n int) Spec {
	s := Spec{
		Seed: seed, Name: "sized", LinksPerPair: 2, SubnetsPerVPC: 3,
		Spines: between(n/800, 2, 8), Leaves: between(n/160, 2, 56), ESLAG: []int{2, 2},
		Servers: Servers{Unbundled: n / 12, Bundled: n / 24, MultiHomed: n / 24, GPU: n / 90, GPULinks: 16},
		VPCs:    between(n/60, 2, 400), VPCPeerings: n / 120, ExternalPeerings: n / 200, GatewayPeerings: n / 400,
		Externals: between(n/800, 1, 8), StaticExternals: 1, Gateways: between(n/2000, 1, 4),
		Limit: n,
	}
	if rest := n - len(Generate(s).Objects); rest > 0 {
		s.Attachments = rest
	}
	return s
}

func between(n, low, high int) int { return max(low, min(n, high)) }
