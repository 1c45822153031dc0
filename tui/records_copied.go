package tui

import (
	"strconv"
	"strings"
	"time"

	"selvage/core"
	"selvage/core/safe"
)

// Copied is the line, and the run or the plan.
func (p *pastPane) Copied(e Env) (string, any) {
	switch a := p.made.answer; {
	case a == nil, p.view == pastCommit:
		return p.lineText(), nil
	case p.view == pastDiff && a.plan != nil:
		return p.lineText(), a.plan
	default:
		return p.lineText(), a.run
	}
}

// Copied is the line.
func (p *handoverPane) Copied(e Env) (string, any) {
	return p.lineText(), nil
}

// Copied is the line.
func (p *doctorPane) Copied(e Env) (string, any) {
	return p.lineText(), nil
}

// Copied is where the finding is and what it says.
func (p *lintPane) Copied(e Env) (string, any) {
	x, ok := p.selected()
	if !ok {
		return "", nil
	}
	return place(x.Origin).String() + ": " + x.Message, nil
}

// File is what the filter lets through of what was read, an entry a row.
func (p *historyPane) File(e Env) (File, bool) {
	if len(p.rows) == 0 {
		return File{}, false
	}
	rows := [][]string{{"time", "fabric", "what", "objects", "by", "says", "git_commit", "id"}}
	for _, r := range p.rows {
		for _, h := range append([]happened{r.happened}, r.others...) {
			f, _ := e.Fleet.Fabric(h.entry.Fabric)
			names := make([]string, len(h.about))
			for i, k := range h.about {
				names[i] = objectName(f, k).String()
			}
			rows = append(rows, []string{
				h.entry.At.UTC().Format(time.RFC3339), string(h.entry.Fabric), h.what, strings.Join(names, " "), h.who, h.says.String(), h.rev, h.entry.ID,
			})
		}
	}
	return asCSV(inertRows(rows)), true
}

// File is the findings that are shown.
func (p *lintPane) File(e Env) (File, bool) {
	if len(p.rows) == 0 {
		return File{}, false
	}
	f, _ := e.fabric()
	rows := [][]string{{"file", "line", "level", "rule", "object", "path", "says"}}
	for _, x := range p.rows {
		object := ""
		if x.Key != (core.Key{}) {
			object = f.Fabric.Label(x.Key)
		}
		rows = append(rows, []string{x.Origin.Path, strconv.Itoa(x.Line), string(x.Level), x.Rule, object, string(x.Path), x.Message})
	}
	return asCSV(inertRows(rows)), true
}

// inertRows are rows in which nothing steers a terminal, or is taken for a formula by
// a spreadsheet.
func inertRows(rows [][]string) [][]string {
	for _, row := range rows {
		for i, cell := range row {
			row[i] = safe.Clean(cell).String()
			if row[i] != "" && strings.ContainsAny(row[i][:1], "=+-@") {
				row[i] = "'" + row[i]
			}
		}
	}
	return rows
}
