package tui

import (
	"context"
	"fmt"
	"slices"
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

// File is what the filter lets through of all that is kept, newest first and an entry a
// row: what is told here, and what nobody has looked at yet.
func (p *historyPane) File(e Env) (File, bool) {
	if len(p.told) == 0 {
		return File{}, false
	}
	told, ended, since := slices.Clone(p.told), p.ended || e.acts.Chronicle == nil, p.since
	chronicle, ids, label := e.acts.Chronicle, p.fabrics(e), p.labels(e)
	return File{Ext: ".csv", Content: func(ctx context.Context) ([]byte, error) {
		rows := [][]string{{"time", "fabric", "what", "objects", "by", "says", "git_commit", "id"}}
		for len(told) > 0 {
			for _, h := range told {
				if !h.noise(e.Filter) && e.Filter.matches(filtered{&h, e}) {
					rows = append(rows, h.row(e.Fleet))
				}
			}
			last := told[len(told)-1].entry
			if ended || since > 0 && e.Now.Sub(last.At) > since {
				break
			}
			page, err := chronicle.History(ctx, last, historyPage, ids...)
			if err != nil {
				return nil, fmt.Errorf("read the history before %s: %w", core.Stamp(last.At), err)
			}
			ended, told = len(page) < historyPage, told[:0]
			for _, entry := range page {
				told = append(told, tell(entry, label(entry.Fabric)))
			}
		}
		return asCSV(inertRows(rows)).Content(ctx)
	}}, true
}

// row is an entry as a row of a table.
func (h *happened) row(fleet core.Fleet) []string {
	f, _ := fleet.Fabric(h.entry.Fabric)
	names := make([]string, len(h.about))
	for i, k := range h.about {
		names[i] = objectName(f, k).String()
	}
	return []string{
		h.entry.At.UTC().Format(time.RFC3339), string(h.entry.Fabric), h.what, strings.Join(names, " "), h.who, h.says.String(), h.rev, h.entry.ID,
	}
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
