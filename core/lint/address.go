package lint

import (
	"cmp"
	"iter"
	"net/netip"
	"slices"
	"strings"

	"selvage/core"
)

// prefix reads a prefix, or an address with a prefix length; it tells of one
// that is none, and of nothing where nothing stands.
func (s say) prefix(f field) (p netip.Prefix, ok bool) {
	if !f.set() || f.value == "" {
		return p, false
	}
	p, err := netip.ParsePrefix(f.text())
	if err != nil {
		s.at(f, "%s is no prefix such as 10.0.1.0/24", f.shown())
	}
	return p, err == nil
}

// address reads an IP address likewise.
func (s say) address(f field) (a netip.Addr, ok bool) {
	if !f.set() || f.value == "" {
		return a, false
	}
	a, err := netip.ParseAddr(f.text())
	if err != nil {
		s.at(f, "%s is no IP address", f.shown())
	}
	return a, err == nil
}

// quiet reads without telling: another rule does.
func quiet(core.LintFinding, string, ...any) {}

func addresses(w *world, s say) {
	for subnet := range w.subnets() {
		p, ok := s.prefix(subnet.key("subnet"))
		if !ok {
			if f := subnet.key("subnet"); !f.set() || f.value == "" {
				s.at(f, "the subnet has no prefix")
			}
			continue
		}
		if p.Bits() > 30 {
			s.at(subnet.key("subnet"), "%s has room for no host; a VPC subnet is /30 or larger", p)
		}
		gateway, ok := s.address(subnet.key("gateway"))
		if ok && !subnet.key("hostBGP").on() && !p.Contains(gateway) {
			s.at(subnet.key("gateway"), "the gateway %s is not in %s", gateway, p)
		}
	}
	for _, f := range w.prefixes() {
		s.prefix(f)
	}
	for _, f := range w.addresses() {
		s.address(f)
	}
}

// subnets are those of all VPCs.
func (w *world) subnets() iter.Seq[field] {
	return func(yield func(field) bool) {
		for _, o := range w.byKind["VPC"] {
			for _, subnet := range spec(o).key("subnets").entries() {
				if !yield(subnet) {
					return
				}
			}
		}
	}
}

// prefixes are the other places where a prefix stands, if anything.
func (w *world) prefixes() []field {
	var all []field
	for _, o := range w.byKind["IPv4Namespace"] {
		all = slices.AppendSeq(all, spec(o).key("subnets").items())
	}
	for _, o := range w.byKind["External"] {
		all = slices.AppendSeq(all, spec(o).down("static", "prefixes").items())
	}
	for _, o := range w.byKind["ExternalAttachment"] {
		all = append(all, spec(o).down("switch", "ip"), spec(o).down("static", "ip"))
	}
	for _, o := range w.byKind["ExternalPeering"] {
		for p := range spec(o).down("permit", "external", "prefixes").items() {
			all = append(all, p.key("prefix"))
		}
	}
	for _, o := range w.byKind["Switch"] {
		all = append(all, spec(o).key("ip"), spec(o).key("vtepIP"), spec(o).key("protocolIP"))
	}
	for _, o := range w.byKind["Gateway"] {
		all = append(all, spec(o).key("vtepIP"), spec(o).key("protocolIP"))
		for _, i := range spec(o).key("interfaces").entries() {
			all = slices.AppendSeq(all, i.key("ips").items())
		}
	}
	for _, o := range w.byKind["Connection"] {
		for _, e := range w.ends(o) {
			all = append(all, e.side.key("ip"))
			all = slices.AppendSeq(all, e.side.key("subnets").items())
		}
	}
	for _, o := range w.byKind["GatewayPeering"] {
		for _, peer := range spec(o).key("peering").entries() {
			for expose := range peer.key("expose").items() {
				for _, list := range []string{"ips", "as"} {
					for ip := range expose.key(list).items() {
						all = append(all, ip.key("cidr"), ip.key("not"))
					}
				}
			}
		}
	}
	return all
}

// addresses are the other places where an address stands, if anything.
func (w *world) addresses() []field {
	var all []field
	for _, o := range w.byKind["ExternalAttachment"] {
		all = append(all, spec(o).down("neighbor", "ip"), spec(o).down("static", "remoteIP"))
	}
	for _, o := range w.byKind["Gateway"] {
		for n := range spec(o).key("neighbors").items() {
			all = append(all, n.key("ip"))
		}
	}
	for _, o := range w.byKind["Connection"] {
		all = append(all, spec(o).down("staticExternal", "link", "switch", "nextHop"))
	}
	return all
}

// block is a prefix and the place where it stands.
type block struct {
	prefix netip.Prefix
	at     field
}

// space is a set of prefixes that must not overlap: those of the VPCs of one
// IPv4Namespace.
type space struct{ namespace, name string }

func overlaps(w *world, s say) {
	spaces := map[space][]block{}
	for subnet := range w.subnets() {
		o := subnet.object
		in := space{o.Key.Namespace, spec(o).key("ipv4Namespace").textOr("default")}
		if p, ok := say(quiet).prefix(subnet.key("subnet")); ok {
			spaces[in] = append(spaces[in], block{p.Masked(), subnet.key("subnet")})
		}
		for text, extra := range subnet.key("hostBGPExtraPrefixes").entries() {
			if p, err := netip.ParsePrefix(text); err == nil {
				spaces[in] = append(spaces[in], block{p.Masked(), extra})
			}
		}
	}
	for _, blocks := range spaces {
		w.overlapping(blocks, s)
	}
	for _, o := range w.byKind["IPv4Namespace"] {
		w.overlapping(ranges(o), s)
	}
}

// ranges are the prefixes of an IPv4Namespace.
func ranges(o *core.Object) []block {
	var all []block
	for f := range spec(o).key("subnets").items() {
		if p, ok := say(quiet).prefix(f); ok {
			all = append(all, block{p.Masked(), f})
		}
	}
	return all
}

// overlapping tells of every block that lies in another one, beside the
// smallest of those. Two prefixes overlap only where one holds the other, so
// in their order the blocks that hold the current one are a stack.
func (w *world) overlapping(blocks []block, s say) {
	slices.SortStableFunc(blocks, func(a, b block) int {
		return cmp.Or(a.prefix.Addr().Compare(b.prefix.Addr()), cmp.Compare(a.prefix.Bits(), b.prefix.Bits()))
	})
	var around []block
	for _, b := range blocks {
		for len(around) > 0 && !around[len(around)-1].prefix.Overlaps(b.prefix) {
			around = around[:len(around)-1]
		}
		if len(around) > 0 {
			outer := around[len(around)-1]
			s.at(b.at, "%s overlaps with %s of %s", b.prefix, outer.prefix, w.where(outer.at))
		}
		around = append(around, b)
	}
}

func outside(w *world, s say) {
	for _, o := range w.byKind["VPC"] {
		ns := w.find(o, "IPv4Namespace", spec(o).key("ipv4Namespace").textOr("default"))
		if ns == nil {
			continue
		}
		within := ranges(ns)
		if len(within) == 0 {
			continue
		}
		inside := func(p netip.Prefix) bool {
			return slices.ContainsFunc(within, func(b block) bool {
				return b.prefix.Contains(p.Addr()) && b.prefix.Bits() <= p.Bits()
			})
		}
		for _, subnet := range spec(o).key("subnets").entries() {
			if p, ok := say(quiet).prefix(subnet.key("subnet")); ok && !inside(p.Masked()) {
				s.at(subnet.key("subnet"), "%s is not in %s%s", p, w.where(top(ns)), listed(within))
			}
			for text, extra := range subnet.key("hostBGPExtraPrefixes").entries() {
				if p, err := netip.ParsePrefix(text); err == nil && !inside(p.Masked()) {
					s.at(extra, "%s is not in %s%s", p, w.where(top(ns)), listed(within))
				}
			}
		}
	}
}

// listed names blocks, where they are few.
func listed(blocks []block) string {
	if len(blocks) > 5 {
		return ""
	}
	texts := make([]string, len(blocks))
	for i, b := range blocks {
		texts[i] = b.prefix.String()
	}
	return ": " + strings.Join(texts, ", ")
}
