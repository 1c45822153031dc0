package hedgehog

import (
	"slices"
	"strings"
	"time"
)

const (
	locatorDefault = 5 * time.Minute
	locatorMax     = 20 * time.Minute
	locatorAll     = "*" // the port name that stands for every port of the switch
)

func switchShape() shape {
	return shape{structs: map[string]shape{"redundancy": {}, "boot": {}, "ecmp": {}}}
}

func defaultSwitch(t target) {
	trimSpeeds(mapAt(t.spec, "portGroupSpeeds"))
	trimSpeeds(mapAt(t.spec, "portSpeeds"))
	if locators := mapAt(t.spec, "portLocators"); len(locators) > 0 {
		defaultLocators(locators, t.now)
		if len(locators) == 0 {
			delete(t.spec, "portLocators")
		}
	}
	setDefault(t.spec, "vlanNamespaces", []any{defaultName})
	addGroup(t.spec, stringAt(mapAt(t.spec, "redundancy"), "group"))
	defaultLinkFlap(t.spec)
	sortStrings(t.spec, "groups")
	sortStrings(t.spec, "vlanNamespaces")
	labels := map[string]string{fabricPrefix + "profile": stringAt(t.spec, "profile")}
	for _, group := range stringsAt(t.spec, "groups") {
		labels["switchgroup."+fabricPrefix+group] = "true"
	}
	for _, ns := range stringsAt(t.spec, "vlanNamespaces") {
		labels["vlanns."+fabricPrefix+ns] = "true"
	}
	t.relabel(labels)
}

// defaultLinkFlap fills in a Switch's link flap settings, where there are some. An explicit 0 stays: a recoveryInterval
// of 0 means never. These are the only defaults that the schema has as well.
func defaultLinkFlap(spec map[string]any) {
	flap := mapAt(spec, "linkFlapErrDisable")
	if flap == nil {
		return
	}
	for key, value := range map[string]int64{"flapThreshold": 3, "samplingInterval": 30, "recoveryInterval": 300} {
		if unset(flap, key) {
			flap[key] = value
		}
	}
}

// trimSpeeds turns the older SPEED_25G into 25G.
func trimSpeeds(speeds map[string]any) {
	for port, v := range speeds {
		if s, ok := v.(string); ok {
			speeds[port] = strings.TrimPrefix(s, "SPEED_")
		}
	}
}

// addGroup makes a switch a member of its redundancy group.
func addGroup(spec map[string]any, group string) {
	if group == "" || slices.Contains(stringsAt(spec, "groups"), group) {
		return
	}
	if unset(spec, "groups") {
		spec["groups"] = []any{group}
	} else if groups, ok := spec["groups"].([]any); ok {
		spec["groups"] = append(groups, group)
	}
}

// defaultLocators turns each duration into a time (UTC, to the second), at most 20 minutes away, and removes what has
// expired; an entry for all ports removes the others. What is neither duration nor time stays, for validation to refuse.
func defaultLocators(locators map[string]any, now time.Time) {
	if _, all := locators[locatorAll]; all {
		for port := range locators {
			if port != locatorAll {
				delete(locators, port)
			}
		}
	}
	now = now.UTC()
	for port, v := range locators {
		s, ok := v.(string)
		if !ok {
			continue
		}
		expire := now.Add(locatorDefault)
		if d, err := time.ParseDuration(s); err == nil {
			expire = now.Add(d)
		} else if at, err := time.ParseInLocation(time.DateTime, s, time.UTC); err == nil {
			expire = at
		} else if s != "" {
			continue
		}
		if expire.Before(now.Add(time.Second)) {
			delete(locators, port)
			continue
		}
		if latest := now.Add(locatorMax); expire.After(latest) {
			expire = latest
		}
		locators[port] = expire.Format(time.DateTime)
	}
}

func defaultServer(t target) { t.relabel(nil) }

func vlanNamespaceShape() shape { return shape{each: map[string]shape{"ranges": {}}} }

// defaultVLANNamespace sorts the ranges and closes the open ones. It does not merge them, and it removes them all when
// one is invalid, as upstream does; such an object is refused afterwards.
func defaultVLANNamespace(t target) {
	t.relabel(nil)
	ranges := listAt(t.spec, "ranges")
	for _, v := range ranges {
		r, ok := v.(map[string]any)
		if !ok {
			return
		}
		if zero(r, "to") && !unset(r, "from") {
			r["to"] = r["from"]
		}
		from, to := vlanRange(r)
		if from > to || from < 1 || to > 4094 {
			delete(t.spec, "ranges")
			return
		}
	}
	slices.SortStableFunc(ranges, func(a, b any) int {
		aFrom, aTo := vlanRange(a.(map[string]any))
		bFrom, bTo := vlanRange(b.(map[string]any))
		if aFrom != bFrom {
			return int(aFrom - bFrom)
		}
		return int(aTo - bTo)
	})
}

func vlanRange(r map[string]any) (from, to int64) {
	from, _ = intAt(r, "from")
	to, _ = intAt(r, "to")
	return from, to
}
