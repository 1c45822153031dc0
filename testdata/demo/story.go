package demo

import (
	"fmt"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"time"

	"selvage/testdata/hedgehog"
)

const (
	day   = 26 * time.Hour      // since when a history looks
	weeks = 24 * 24 * time.Hour // since when there are fabrics
)

// beat is one thing that happens.
type beat struct {
	before time.Duration // of its chapter's end; nothing in the present
	fabric string
	act    act
}

// chapter is what happened between two looks of the past.
type chapter struct {
	ago   time.Duration // when it ends with a look; 0 is now, without one
	all   bool          // the look is at every fabric, not only at those of the beats
	beats []beat
}

func kim() author  { return author{"Kim Aalto", "kim.aalto@netops.example"} }
func raj() author  { return author{"Raj Menon", "raj.menon@netops.example"} }
func lena() author { return author{"Lena Vogt", "lena.vogt@netops.example"} }
func bot() author  { return author{"ipam-bot", "ipam-bot@netops.example"} }

// past is the day before the present.
func past() []chapter {
	return []chapter{
		{ago: day, all: true},
		{ago: 3 * time.Hour, all: true, beats: []beat{
			{50 * time.Minute, "dc1-backend-a", change(built("older-era"), words{told: "was not written since the upgrade"})},
			{40 * time.Minute, "edge-fra", change(built("applied-by-hand"), words{told: "kubectl apply of the unchanged {}"})},
			{30 * time.Minute, "dc2-frontend", change(built("locator-lit"), words{told: "a port locator was lit on {}"})},
			{20 * time.Minute, "dc1-frontend", change(vlan(true, false), words{told: "kubectl edit gives {} another VLAN"})},
			{15 * time.Minute, "dc2-frontend", change(portsEnabled, words{told: "a script enables all ports of {}"})},
			{15*time.Minute - 10*time.Second, "dc2-frontend", change(portsEnabled, words{told: "a script enables all ports of {}"})},
			{15*time.Minute - 20*time.Second, "dc2-frontend", change(portsEnabled, words{told: "a script enables all ports of {}"})},
			{15*time.Minute - 30*time.Second, "dc2-frontend", change(portsEnabled, words{told: "a script enables all ports of {}"})},
			{10 * time.Minute, "edge-lon", change(overdue, words{"commit adds {}", lena(), "edge/lon: {name} for the CDN pilot\n\nCHG-4471. Arrives this week."})},
		}},
		{ago: 45 * time.Minute, beats: []beat{
			{20 * time.Minute, "dc1-frontend", change(built("live-deleted"), words{told: "{} is deleted on the cluster"})},
			{11 * time.Minute, "edge-lon", change(stray, words{told: "kubectl fabric vpc create makes {}"})},
			{4 * time.Minute, "dc2-frontend", change(moved, words{told: "kubectl edit describes {} anew"})},
		}},
		{ago: 20 * time.Minute, all: true, beats: []beat{
			{8 * time.Minute, "dc2-frontend", change(vlan(true, true), words{"{} gets different VLANs in Git and on the cluster", kim(), "dc2/frontend: {name} to the VLAN that IPAM gave it\n\nCHG-4478"})},
			{3 * time.Minute, "edge-sin", breakFile("VPC", words{"a merge of {} is committed unresolved", raj(), "edge/sin: merge net-2207"})},
		}},
		{beats: []beat{
			{6 * time.Minute, "dc1-frontend", change(lease, words{told: "kubectl fabric gives a host of {} its address"})},
			{75 * time.Second, "lab-gpu", cutDump(true, "the copy of the dump ends early")},
			{50 * time.Second, "dc1-backend-b", change(vlan(false, true), words{"commit gives {} another VLAN", bot(), "dc1/backend-b: renumber {name}"})},
			{40 * time.Second, "dc1-backend-b", change(ordered, words{"commit adds {}", raj(), "dc1/backend-b: add {name}\n\nCHG-4480"})},
		}},
	}
}

// overdue is a server that no engine ever made: by the time of the next look
// Git has had it for longer than a change may be pending.
func overdue(rng *rand.Rand) hedgehog.Mutation {
	m := ordered(rng)
	m.State = onlyGit
	return m
}

// beats are the present. They end where they began, so that they can go on
// for ever: what is opened here, or in the past, is settled here.
func beats() []beat {
	const argo, flux = "argocd applies {}", "flux applies {}"
	return []beat{
		{0, "edge-ams", change(vlan(true, false), words{told: "kubectl edit gives {} another VLAN"})},
		{0, "dc1-backend-b", apply(argo)},
		{0, "dc1-frontend", adopt(hedgehog.Drifted, words{"what {} has live is committed", kim(), "dc1/frontend: take over the VLAN of {name} from the night shift\n\nCHG-4481"})},
		{0, "lab-gpu", cutDump(false, "the dump arrives whole")},
		{0, "dc1-backend-b", apply(argo)},
		{0, "edge-ams", revert(hedgehog.Drifted, "kubectl edit puts {} back")},
		{0, "dc2-frontend", change(lease, words{told: "kubectl fabric gives a host of {} its address"})},
		{0, "edge-sin", mendFile(words{"{} is repaired", raj(), "edge/sin: resolve the merge of {name}"})},
		{0, "dc1-frontend", revert(hedgehog.Drifted, "argocd makes {} again")},
		{0, "dc2-frontend", adopt(hedgehog.Conflict, words{"the conflict on {} is settled as live has it", kim(), "dc2/frontend: {name} stays on the VLAN it runs on"})},
		{0, "dc1-backend-b", change(vlan(false, true), words{"commit gives {} another VLAN", bot(), "dc1/backend-b: renumber {name}"})},
		{0, "edge-lon", revert(hedgehog.OnlyLive, "{} is removed by hand")},
		{0, "dc1-frontend", change(vlan(true, false), words{told: "kubectl edit gives {} another VLAN"})},
		{0, "dc1-backend-b", change(ordered, words{"commit adds {}", lena(), "dc1/backend-b: add {name}"})},
		{0, "dc2-frontend", adopt(hedgehog.Drifted, words{"what {} says live is committed", lena(), "dc2/frontend: {name} moved, as the label says"})},
		{0, "edge-lon", apply(flux)},
		{0, "dc1-frontend", change(built("live-deleted"), words{told: "{} is deleted on the cluster"})},
		{0, "lab-gpu", cutDump(true, "the copy of the dump ends early")},
		{0, "dc1-backend-b", apply(argo)},
		{0, "dc2-frontend", change(vlan(true, true), words{"{} gets different VLANs in Git and on the cluster", kim(), "dc2/frontend: {name} to the VLAN that IPAM gave it"})},
		{0, "edge-fra", change(ordered, words{"commit adds {}", lena(), "edge/fra: {name} for the CDN pilot"})},
		{0, "dc1-backend-b", apply(argo)},
		{0, "edge-sin", breakFile("VPC", words{"a merge of {} is committed unresolved", raj(), "edge/sin: merge net-2231"})},
		{0, "dc1-frontend", revert(hedgehog.Drifted, "kubectl fabric takes the address of a host of {} back")},
		{0, "edge-fra", apply(argo)},
		{0, "dc2-frontend", revert(hedgehog.Drifted, "kubectl fabric takes the address of a host of {} back")},
		{0, "dc1-frontend", change(lease, words{told: "kubectl fabric gives a host of {} its address"})},
		{0, "edge-lon", change(stray, words{told: "kubectl fabric vpc create makes {}"})},
		{0, "dc2-frontend", change(moved, words{told: "kubectl edit describes {} anew"})},
		{0, "dc1-backend-b", change(vlan(false, true), words{"commit gives {} another VLAN", bot(), "dc1/backend-b: renumber {name}"})},
		{0, "edge-lon", change(ordered, words{"commit adds {}", lena(), "edge/lon: add {name}"})},
		{0, "dc1-backend-b", change(ordered, words{"commit adds {}", raj(), "dc1/backend-b: add {name}"})},
	}
}

// history commits the weeks in which the repository came to say what it says.
func (w *World) history() error {
	ago := w.options.Now.Add(-weeks)
	next := func(hours float64) time.Time {
		ago = ago.Add(time.Duration(hours * float64(time.Hour)))
		return ago
	}
	readme := map[string][]byte{"README.md": []byte(readmeText)}
	if err := w.repo.commit(commit{kim(), next(0), "Fabrics as code", readme}); err != nil {
		return err
	}
	for i, e := range []struct {
		hours  float64
		author author
		text   string
		sites  string // a prefix of names
		wiring bool
	}{
		{20, kim(), "dc1: wiring as hhfab printed it", "dc1-", true},
		{29, raj(), "dc1: tenants of hall 1\n\nExported from the fabrics; NET-1988.", "dc1-", false},
		{70, raj(), "dc2: wiring", "dc2-", true},
		{26, raj(), "dc2: tenants of hall 2", "dc2-", false},
		{96, lena(), "edge: Amsterdam, Frankfurt, London", "edge-", true},
		{53, lena(), "edge: tenants and uplinks\n\nCHG-4102", "edge-", false},
		{75, kim(), "lab: the GPU pod", "lab-", true},
		{3, kim(), "lab: VPCs for the acceptance tests", "lab-", false},
	} {
		files := map[string][]byte{}
		for _, s := range w.sites {
			for name, content := range s.files() {
				if strings.HasPrefix(s.name, e.sites) && isWiring(name) == e.wiring {
					files[name] = content
				}
			}
		}
		if err := w.repo.commit(commit{e.author, next(e.hours + float64(i)/7), e.text, files}); err != nil {
			return err
		}
	}
	if err := w.corrections(next); err != nil {
		return err
	}
	for _, s := range w.sites {
		s.pushed = s.files()
	}
	return w.repo.pack()
}

// corrections are commits that changed a value and, later, changed it back.
func (w *World) corrections(next func(float64) time.Time) error {
	for i, fabric := range []string{"dc1-frontend", "dc2-frontend", "edge-ams"} {
		s, err := w.site(fabric)
		if err != nil {
			return err
		}
		vpc := slices.IndexFunc(s.world.Git, func(o map[string]any) bool {
			subnet, _ := subnetWhere(o, hasVLAN)
			return o["kind"] == "VPC" && subnet != nil
		})
		if vpc < 0 {
			continue
		}
		ref := hedgehog.RefOf(s.world.Git[vpc])
		name := s.path(hedgehog.Plural("VPC") + "/" + ref.Name + ".yaml")
		was := s.files()[name]
		other := copied(s.world.Git, ref)
		_, at := subnetWhere(other, hasVLAN)
		hedgehog.EditGit(other, hedgehog.Edit{Path: append(at, "vlan"), Value: int64(2400 + i)})
		for _, c := range []commit{
			{bot(), next(41), fmt.Sprintf("%s: renumber %s", s.dir, ref.Name), map[string][]byte{name: hedgehog.YAML(other)}},
			{raj(), next(5), fmt.Sprintf("Revert \"%s: renumber %s\"\n\nThe VLAN is in use by the storage network.", s.dir, ref.Name), map[string][]byte{name: was}},
		} {
			if err := w.repo.commit(c); err != nil {
				return err
			}
		}
	}
	return nil
}

// isWiring tells the files of cables and boxes from those of tenants.
func isWiring(name string) bool {
	folder := path.Base(path.Dir(name))
	for _, kind := range []string{"VPC", "VPCAttachment", "VPCPeering", "External", "ExternalAttachment", "ExternalPeering", "GatewayPeering"} {
		if folder == hedgehog.Plural(kind) {
			return false
		}
	}
	base := strings.TrimSuffix(path.Base(name), path.Ext(name))
	return base != "vpcs" && base != "peerings" && base != "externals"
}

const readmeText = `# Fabrics

One folder for each Hedgehog fabric. Argo CD or Flux applies what is on main;
the lab is applied by hand.

Changes go through a review and name a ticket. No kubectl edit.
`
