package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"text/tabwriter"

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
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	block := core.FabricID("")
	counts := map[doctor.Level]int{}
	for i, f := range found {
		counts[f.Level]++
		if i == 0 || f.Fabric != block {
			block = f.Fabric
			title := string(block)
			if block == "" {
				title = "selvage " + version()
			}
			if i > 0 {
				fmt.Fprintln(w)
			}
			fmt.Fprintf(w, "%s\n", safe.Clean(title))
		}
		fmt.Fprintf(w, "  %s\t%s\t%s: %s\n", f.Level, f.Area, safe.Clean(f.What), safe.Clean(f.Text))
		if f.Hint != "" {
			fmt.Fprintf(w, "  \t\t> %s\n", safe.Clean(f.Hint))
		}
	}
	fmt.Fprintf(w, "\n%s\n", verdictOn(counts))
	return w.Flush()
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
