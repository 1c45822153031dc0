package hedgehog

import (
	"bytes"
	"fmt"
	"strings"
)

// Layout is a way to lay a fabric out in a Git directory, as seen in public repositories.
type Layout uint8

const (
	// PerObject is one file for each object in a folder of its kind, vpcs/vpc-01.yaml, and nothing else: the layout of
	// Hedgehog's own GitOps demonstration.
	PerObject Layout = iota
	// PerTier is one file of many documents for each tier, with banners and comments as hhfab prints them, and a file
	// that is all comments.
	PerTier
	// Mixed has wiring in files of many documents and the rest one by one, some of them .yml, some led by "---"; a file
	// that is all comments; and a folder examples/ that no engine must apply.
	Mixed
)

// Layouts lists every Layout.
func Layouts() []Layout { return []Layout{PerObject, PerTier, Mixed} }

// String is the layout's name.
func (l Layout) String() string {
	switch l {
	case PerObject:
		return "per-object"
	case PerTier:
		return "per-tier"
	case Mixed:
		return "mixed"
	}
	return "unknown"
}

// File is one file of a Git directory; Path is relative to it, with slashes.
type File struct {
	Path    string
	Content []byte
	// Example marks a file whose documents are not a part of the fabric and must not be applied.
	Example bool
}

// Files renders the fabric in a layout, an unknown one as Mixed. The documents of all files but examples, decoded, are
// the fabric's objects and no others, each once.
func (f Fabric) Files(layout Layout) []File {
	switch layout {
	case PerObject:
		return f.perObject(func(map[string]any) bool { return true }, false)
	case PerTier:
		return append(f.perTier(func(string) string { return "" }), f.resetFile("reset.yaml"))
	case Mixed:
	}
	wiring := func(o map[string]any) bool { return tierOf(stringAt(o, "kind")) == "wiring" }
	files := Fabric{f.Name, f.where(wiring)}.perTier(func(kind string) string { return "wiring/" + Plural(kind) })
	files = append(files, f.perObject(func(o map[string]any) bool { return !wiring(o) }, true)...)
	return append(files, f.resetFile("demo.reset.yaml"), f.exampleFile())
}

func (f Fabric) where(keep func(map[string]any) bool) []map[string]any {
	var out []map[string]any
	for _, o := range f.Objects {
		if keep(o) {
			out = append(out, o)
		}
	}
	return out
}

// perObject writes a file for each object; the second object of one identity gets a suffix. With habits, VPCs and
// external peerings are .yml and every fourth file begins with a document marker.
func (f Fabric) perObject(keep func(map[string]any) bool, habits bool) []File {
	var files []File
	taken := map[string]int{}
	for i, o := range f.where(keep) {
		kind, ending := stringAt(o, "kind"), ".yaml"
		var buf []byte
		if habits && (kind == "VPC" || kind == "ExternalPeering") {
			ending = ".yml"
		}
		if habits && i%4 == 0 {
			buf = append(buf, "---\n"...)
		}
		path := Plural(kind) + "/" + stringAt(mapAt(o, "metadata"), "name")
		if taken[path]++; taken[path] > 1 {
			path += fmt.Sprintf("-%d", taken[path])
		}
		files = append(files, File{Path: path + ending, Content: appendYAML(buf, o, nil)})
	}
	return files
}

// perTier writes files of many documents, in the order of the objects. The name of a kind's file, without its ending, is
// what fileOf answers, or that of its tier.
func (f Fabric) perTier(fileOf func(kind string) string) []File {
	var order []string
	bodies, last := map[string][]byte{}, map[string]string{}
	for _, o := range f.Objects {
		kind := stringAt(o, "kind")
		name := fileOf(kind)
		if name == "" {
			name = tierOf(kind)
		}
		buf, seen := bodies[name]
		if !seen {
			order = append(order, name)
			buf = fmt.Appendf(buf, "# %s: %s\n", quote(f.Name), name)
		}
		if last[name] != kind {
			buf = fmt.Appendf(buf, "#\n# %sList\n#\n", kind)
			last[name] = kind
		}
		if seen {
			buf = append(buf, "---\n"...)
		}
		bodies[name] = appendYAML(buf, o, usualRemarks)
	}
	var files []File
	for _, name := range order {
		files = append(files, File{Path: name + ".yaml", Content: bodies[name]})
	}
	return files
}

// usualRemarks are comments like those that people leave on lines.
func usualRemarks(key string, value any) string {
	switch s, _ := value.(string); {
	case key == "mac":
		return "CHANGE ME"
	case key == "vlan" && value == any(int64(firstVLAN)):
		return "do not reuse: old tenant network"
	case key == "subnet" && strings.HasSuffix(s, ".100.0/24"):
		return "see NET-2041"
	}
	return ""
}

// resetFile is what the demonstration repository keeps to undo a demonstration: its objects, all commented out.
func (f Fabric) resetFile(path string) File {
	var body []byte
	for _, o := range f.where(func(o map[string]any) bool { return stringAt(o, "kind") == "VPCPeering" }) {
		body = append(appendYAML(body, o, nil), "---\n"...)
	}
	var out bytes.Buffer
	out.WriteString("# Uncomment to reset the demonstration.\n")
	for line := range strings.Lines(string(body)) {
		out.WriteString("# " + line)
	}
	return File{Path: path, Content: out.Bytes()}
}

func (f Fabric) exampleFile() File {
	vpc := map[string]any{
		"apiVersion": versionVPC, "kind": "VPC", "metadata": map[string]any{"name": "example"},
		"spec": map[string]any{"subnets": map[string]any{
			defaultName: map[string]any{"subnet": "10.99.99.0/24", "vlan": int64(2999), "dhcp": map[string]any{"enable": true}},
		}},
	}
	return File{Path: "examples/vpc.yaml", Content: appendYAML([]byte("# Copy to vpcs/ and adapt.\n"), vpc, nil), Example: true}
}

// tierOf answers which part of a repository people keep a kind in.
func tierOf(kind string) string {
	switch kind {
	case "VPC", "VPCAttachment":
		return "vpcs"
	case "VPCPeering", "ExternalPeering", "GatewayPeering":
		return "peerings"
	case "External", "ExternalAttachment":
		return "externals"
	}
	return "wiring"
}

// Plural answers the resource name of a Hedgehog kind: VPCAttachment gives vpcattachments, Switch gives switches.
func Plural(kind string) string {
	if kind == "Switch" {
		return "switches"
	}
	return strings.ToLower(kind) + "s"
}
