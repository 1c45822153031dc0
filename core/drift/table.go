package drift

import (
	"reflect"
	"sync"

	"selvage/core"
)

// table is what is known of one kind in one fabric.
type table struct {
	// goTyped tells that the server decodes the kind into Go structs and writes
	// it again, so that an empty value and none are the same to it.
	goTyped bool
	root    *node
	// own are the rows by which the fabric's configuration explains a place and
	// all below it.
	own []Row
	// schema says what the fabric drops, nil where nobody knows.
	schema *core.SchemaNode
}

// tables are those of one fabric, each made when it is first asked for.
type tables struct {
	fabric core.Fabric

	mu   sync.Mutex
	made map[core.GroupKind]madeTable
}

type madeTable struct {
	table
	from *core.SchemaNode
}

// table is what is known of a kind, with what the fabric's schema says of it
// where that is known. As long as that says the same, it has the same root.
func (c *Comparer) table(gk core.GroupKind, schema *core.Schema) table {
	var root *core.SchemaNode
	if schema != nil {
		root = schema.Root
	}
	c.tables.mu.Lock()
	defer c.tables.mu.Unlock()
	if t, ok := c.tables.made[gk]; ok && (t.from == root || reflect.DeepEqual(t.from, root)) {
		t.from = root
		c.tables.made[gk] = t
		return t.table
	}
	t := madeTable{tableOf(gk, c.tables.fabric, root), root}
	if c.tables.made == nil {
		c.tables.made = map[core.GroupKind]madeTable{}
	}
	c.tables.made[gk] = t
	return t.table
}

// tableOf puts together the rows for a kind: what holds for every object, what
// Hedgehog does, what the configuration adds, and what the schema hints at. A
// later row wins where only one can hold, a hint never does.
func tableOf(gk core.GroupKind, f core.Fabric, schema *core.SchemaNode) table {
	t := table{goTyped: core.HedgehogGroup(gk.Group), schema: document(schema)}
	rows := commonRows()
	if t.goTyped {
		rows = append(rows, hedgehogRows()...)
		rows = append(rows, kindRows()[gk]...)
	}
	shaping, own := userRows(f, gk)
	t.root, t.own = compile(append(rows, shaping...), hints(schema)), own
	return t
}

// kindRows are the rows that hold for one kind alone.
func kindRows() map[core.GroupKind][]Row {
	const (
		vpc     = "vpc.githedgehog.com"
		wiring  = "wiring.githedgehog.com"
		gateway = "gateway.githedgehog.com"
	)
	return map[core.GroupKind][]Row{
		{Group: vpc, Kind: "VPC"}:                vpcRows(),
		{Group: vpc, Kind: "VPCAttachment"}:      vpcAttachmentRows(),
		{Group: vpc, Kind: "VPCPeering"}:         vpcPeeringRows(),
		{Group: vpc, Kind: "External"}:           externalRows(),
		{Group: vpc, Kind: "ExternalAttachment"}: externalAttachmentRows(),
		{Group: vpc, Kind: "ExternalPeering"}:    externalPeeringRows(),
		{Group: vpc, Kind: "IPv4Namespace"}:      ipv4NamespaceRows(),
		{Group: wiring, Kind: "Switch"}:          switchRows(),
		{Group: wiring, Kind: "Connection"}:      connectionRows(),
		{Group: wiring, Kind: "VLANNamespace"}:   vlanNamespaceRows(),
		{Group: gateway, Kind: "Gateway"}:        gatewayRows(),
		{Group: gateway, Kind: "GatewayPeering"}: gatewayPeeringRows(),
	}
}
