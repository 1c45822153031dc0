package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"selvage/core"
	"selvage/core/doctor"
	"selvage/core/safe"
)

// diagnosis is the document of doctor.
type diagnosis struct {
	APIVersion string          `json:"apiVersion"`
	Kind       string          `json:"kind"`
	Worst      doctor.Level    `json:"worst"`
	Items      []diagnosisItem `json:"items"`
}

type diagnosisItem struct {
	Fabric core.FabricID `json:"fabric,omitempty"`
	Area   doctor.Area   `json:"area"`
	Level  doctor.Level  `json:"level"`
	What   string        `json:"what"`
	Text   string        `json:"text"`
	Hint   string        `json:"hint,omitempty"`
}

func (a *app) printFindings(found []doctor.Finding, output string) error {
	if output == "table" {
		return a.findingTable(found)
	}
	doc := diagnosis{APIVersion: "selvage/v1", Kind: "Diagnosis", Worst: doctor.Worst(found), Items: []diagnosisItem{}}
	for _, f := range found {
		doc.Items = append(doc.Items, diagnosisItem(f))
	}
	data, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return fmt.Errorf("write diagnosis: %w", err)
	}
	return a.printf("%s\n", data)
}

// findingTable prints a block for the program and one for each fabric. What to do
// stands below what it is about.
func (a *app) findingTable(found []doctor.Finding) error {
	counts := map[doctor.Level]int{}
	for len(found) > 0 {
		block := found[0].Fabric
		title := string(block)
		if block == "" {
			title = "selvage " + version()
		}
		var t table
		for len(found) > 0 && found[0].Fabric == block {
			f := found[0]
			found = found[1:]
			counts[f.Level]++
			t.row(fmt.Sprintf("  %s", f.Level), f.Area, fmt.Sprintf("%s: %s", safe.Clean(f.What), safe.Clean(f.Text)))
			if f.Hint != "" {
				t.row("", "", "> "+safe.Clean(f.Hint).String())
			}
		}
		if err := a.printf("%s\n", safe.Clean(title)); err != nil {
			return err
		}
		if err := t.print(a.out); err != nil {
			return err
		}
		if err := a.printf("\n"); err != nil {
			return err
		}
	}
	return a.printf("%s\n", verdictOn(counts))
}

func verdictOn(counts map[doctor.Level]int) string {
	var parts []string
	if n := counts[doctor.Fail]; n > 0 {
		parts = append(parts, fmt.Sprintf("%d failed", n))
	}
	if n := counts[doctor.Warn]; n > 0 {
		parts = append(parts, fmt.Sprintf("%d to look at", n))
	}
	if len(parts) == 0 {
		return "all is well"
	}
	return strings.Join(append(parts, fmt.Sprintf("%d well", counts[doctor.OK])), ", ")
}

// bareURL is an address without what may be secret in it.
func bareURL(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.User == nil {
		return address
	}
	if u.Scheme != "ssh" {
		u.User = nil
	} else {
		u.User = url.User(u.User.Username())
	}
	u.RawQuery, u.Fragment = "", ""
	return u.String()
}
