package hedgehog

import (
	"strings"
	"time"
)

const (
	natIdleTimeout = 2 * time.Minute
	gatewayWorkers = int64(4)
	logBurst       = int64(50)
	logReplenish   = int64(5) // messages per second
)

func gatewayShape() shape {
	return shape{
		structs: map[string]shape{"logs": {}, "profiling": {}},
		each:    map[string]shape{"interfaces": {}, "neighbors": {}, "groups": {}},
	}
}

// defaultGateway leaves labels alone: no gateway kind of v0.129.1 cleans them.
func defaultGateway(t target) {
	if logs := mapAt(t.spec, "logs"); logs != nil {
		setDefault(logs, "default", "info")
		setDefault(logs, "tags", map[string]any{"all": "info"})
		if limit := mapAt(logs, "rateLimit"); limit != nil {
			setDefault(limit, "burst", logBurst)
			setDefault(limit, "replenishPerSecond", logReplenish)
		}
	}
	setDefault(t.spec, "workers", gatewayWorkers)
	setDefault(t.spec, "groups", []any{map[string]any{"name": defaultName}})
	sortMaps(listAt(t.spec, "groups"), "name")
}

func gatewayPeeringShape() shape {
	timed := shape{zeros: map[string]any{"idleTimeout": "0s"}} // a struct in Go, so never omitted
	return shape{
		eachPtr: map[string]shape{"peering": {each: map[string]shape{"expose": {
			options: map[string]shape{"nat": {options: map[string]shape{"masquerade": timed, "portForward": timed}}},
		}}}},
		options: map[string]shape{"acl": {
			zeros: map[string]any{"default": ""},
			each: map[string]shape{"rules": {
				zeros:   map[string]any{"action": ""},
				structs: map[string]shape{"match": {}},
			}},
		}},
	}
}

// defaultGatewayPeering never removes labels of VPCs that have left the peering. A peering that does not name exactly
// two gets its namespace only.
func defaultGatewayPeering(t target) {
	peering := mapAt(t.spec, "peering")
	nats := normaliseTimeouts(peering)
	vpcs := sortedKeys(peering)
	if len(vpcs) != 2 {
		return
	}
	if labels := mapIn(t.meta, "labels"); labels != nil {
		for _, vpc := range vpcs {
			labels["vpc."+gatewayPrefix+vpc] = "true"
		}
	}
	if annotations := mapIn(t.meta, "annotations"); annotations != nil {
		annotations[gatewayPrefix+"vpcs"] = strings.Join(vpcs, ",")
		delete(annotations, gatewayPrefix+"nat")
		if len(nats) > 0 {
			annotations[gatewayPrefix+"nat"] = strings.Join(nats, ",")
		}
	}
	for _, nat := range exposedNATs(peering) {
		for _, kind := range []string{"masquerade", "portForward"} {
			if n := mapAt(nat, kind); n != nil && stringAt(n, "idleTimeout") == time.Duration(0).String() {
				n["idleTimeout"] = natIdleTimeout.String()
			}
		}
	}
	setDefault(t.spec, "gatewayGroup", defaultName)
	if acl := mapAt(t.spec, "acl"); acl != nil {
		setDefault(acl, "default", "deny-unless-exposed")
		for _, v := range listAt(acl, "rules") {
			if rule, ok := v.(map[string]any); ok {
				setDefault(rule, "scope", "flow")
			}
		}
	}
}

// normaliseTimeouts writes every timeout in Go's form (120s becomes 2m0s) and answers the kinds of NAT in use, sorted.
func normaliseTimeouts(peering map[string]any) []string {
	kinds := map[string]bool{}
	for _, nat := range exposedNATs(peering) {
		for field, kind := range map[string]string{
			"masquerade": "masquerade", "portForward": "port-forward", "static": "static",
		} {
			n := mapAt(nat, field)
			if n == nil {
				continue
			}
			kinds[kind] = true
			if d, err := time.ParseDuration(stringAt(n, "idleTimeout")); err == nil {
				n["idleTimeout"] = d.String()
			}
		}
	}
	return sortedKeys(kinds)
}

// exposedNATs answers the NAT settings of every expose entry that has some.
func exposedNATs(peering map[string]any) []map[string]any {
	var out []map[string]any
	for _, name := range sortedKeys(peering) {
		for _, v := range listAt(mapAt(peering, name), "expose") {
			if expose, ok := v.(map[string]any); ok && mapAt(expose, "nat") != nil {
				out = append(out, mapAt(expose, "nat"))
			}
		}
	}
	return out
}

// mapIn answers the map under key, made when unset; nil when something else is there.
func mapIn(m map[string]any, key string) map[string]any {
	if unset(m, key) {
		m[key] = map[string]any{}
	}
	return mapAt(m, key)
}
