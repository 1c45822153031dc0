package lint

import (
	"fmt"
	"net/netip"
	"testing"

	"pgregory.net/rapid"

	"selvage/core"
)

// TestSweepFindsWhatEveryPairWould holds the sweep over sorted prefixes against
// a comparison of every two of them.
func TestSweepFindsWhatEveryPairWould(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := &core.Object{Key: core.Key{Kind: "IPv4Namespace", Name: "default"}}
		var blocks []block
		for i := range rapid.IntRange(0, 12).Draw(t, "blocks") {
			addr := netip.AddrFrom4([4]byte{10, 0, byte(rapid.IntRange(0, 7).Draw(t, "third")), byte(rapid.IntRange(0, 255).Draw(t, "fourth"))})
			p := netip.PrefixFrom(addr, rapid.IntRange(20, 32).Draw(t, "bits")).Masked()
			blocks = append(blocks, block{p, field{o, core.Path(fmt.Sprintf("[%d]", i)), p.String()}})
		}
		want := map[core.Path]bool{} // those that another one holds; of equals, all but the first
		for i, b := range blocks {
			for j, other := range blocks {
				holds := other.prefix.Bits() < b.prefix.Bits() && other.prefix.Contains(b.prefix.Addr())
				if holds || other.prefix == b.prefix && j < i {
					want[b.at.path] = true
				}
			}
		}
		got := map[core.Path]bool{}
		(&world{}).overlapping(blocks, func(f core.LintFinding, _ string, _ ...any) { got[f.Path] = true })
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%v: got %v, want %v", blocks, got, want)
		}
	})
}

func TestLastAddressIsTheBroadcast(t *testing.T) {
	for prefix, want := range map[string]string{
		"10.0.1.0/24": "10.0.1.255", "10.0.1.7/30": "10.0.1.7", "10.0.0.0/8": "10.255.255.255", "10.0.0.1/32": "10.0.0.1", "0.0.0.0/0": "255.255.255.255",
	} {
		if got := lastOf(netip.MustParsePrefix(prefix)).String(); got != want {
			t.Errorf("lastOf(%s) = %s, want %s", prefix, got, want)
		}
	}
}

func TestCommunitiesAreTwoSmallNumbers(t *testing.T) {
	for text, want := range map[string]bool{
		"65102:5000": true, "0:0": true, "65535:65535": true, "65536:1": false, "1:65536": false, "01:1": false, "1": false, "1:2:3": false, "": false, "-1:1": false,
	} {
		if got := isCommunity(text); got != want {
			t.Errorf("isCommunity(%q) = %v", text, got)
		}
	}
}
