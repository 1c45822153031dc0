package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"selvage/core"
	"selvage/core/config"
	"selvage/core/safe"
)

// historyEntry is one entry; what it holds depends on its event.
type historyEntry struct {
	ID     string        `json:"id"`
	Time   time.Time     `json:"time"`
	Fabric core.FabricID `json:"fabric"`
	Event  string        `json:"event"`
	Object *objectName   `json:"object,omitempty"`

	Check        *checkEntry        `json:"check,omitempty"`
	Verdict      *verdictEntry      `json:"verdict,omitempty"`
	Overwritten  *overwrittenEntry  `json:"overwritten,omitempty"`
	NotWatched   *notWatchedEntry   `json:"not_watched,omitempty"`
	Accepted     *acceptedEntry     `json:"accepted,omitempty"`
	Acknowledged *acknowledgedEntry `json:"acknowledged,omitempty"`
	Decided      *decidedEntry      `json:"decided,omitempty"`
	Sync         *syncEntry         `json:"sync,omitempty"`
}

type objectName struct {
	Group     string `json:"group"`
	Kind      string `json:"kind"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`
}

type checkEntry struct {
	Started time.Time      `json:"started,omitzero"`
	Seconds float64        `json:"seconds"`
	Git     core.Access    `json:"git,omitempty"`
	Live    core.Access    `json:"live,omitempty"`
	Counts  map[string]int `json:"counts,omitempty"`
	Error   string         `json:"error,omitempty"`
}

type verdictEntry struct {
	From    string        `json:"from,omitempty"`
	To      core.State    `json:"to"`
	Reason  string        `json:"reason,omitempty"`
	By      string        `json:"by,omitempty"`
	Changes []fieldChange `json:"changes,omitempty"`
}

type overwrittenEntry struct {
	Path         core.Path  `json:"path"`
	Op           core.Op    `json:"op"`
	Live         core.Value `json:"live,omitzero"`
	Now          core.Value `json:"now,omitzero"`
	Manager      string     `json:"live_manager,omitempty"`
	ManagerTime  time.Time  `json:"live_manager_time,omitzero"`
	LivedSeconds float64    `json:"lived_seconds"`
	Appeared     *window    `json:"appeared,omitempty"`
	Replaced     *window    `json:"replaced,omitempty"`
	ReplacedBy   string     `json:"replaced_by,omitempty"`
	Commit       string     `json:"git_commit,omitempty"`
	Author       string     `json:"git_author,omitempty"`
	CommitTime   time.Time  `json:"git_time,omitzero"`
}

type notWatchedEntry struct {
	Since  time.Time `json:"since,omitzero"`
	Until  time.Time `json:"until"`
	Reason string    `json:"reason"`
}

type acceptedEntry struct {
	What    core.AcceptWhat `json:"what"`
	By      string          `json:"by,omitempty"`
	Objects []objectName    `json:"objects,omitempty"`
	From    string          `json:"from,omitempty"`
	To      string          `json:"to,omitempty"`
}

type acknowledgedEntry struct {
	Path     core.Path `json:"path"`
	Reason   string    `json:"reason"`
	By       string    `json:"by,omitempty"`
	Restored string    `json:"restored_by,omitempty"` // by an undo or a redo
	Until    time.Time `json:"until"`
}

// historyJSON prints a list of entries. It is written piece by piece; where the
// history cannot be read to its end it stays open, so that nobody takes the part
// for the whole.
type historyJSON struct {
	app   *app
	items int
}

func (a *app) historyJSON(*config.Config, []core.FabricID) historyPrinter {
	return &historyJSON{app: a}
}

func (h *historyJSON) page(entries []core.Entry) error {
	var b strings.Builder
	for _, e := range entries {
		item, err := json.MarshalIndent(historyDocument(e), "    ", "  ")
		if err != nil {
			return fmt.Errorf("write history: %w", err)
		}
		before := ",\n    "
		if h.items++; h.items == 1 {
			before = historyHead + "\n    "
		}
		b.WriteString(before)
		b.Write(item)
	}
	return h.app.printf("%s", b.String())
}

func (h *historyJSON) end() error {
	if h.items == 0 {
		return h.app.printf("%s]\n}\n", historyHead)
	}
	return h.app.printf("\n  ]\n}\n")
}

const historyHead = `{
  "apiVersion": "selvage/v1",
  "kind": "HistoryList",
  "items": [`

func historyDocument(e core.Entry) historyEntry {
	doc := historyEntry{ID: e.ID, Time: utc(e.At), Fabric: e.Fabric, Event: e.What.Word()}
	if keys := keysOf(e.What); len(keys) == 1 {
		doc.Object = &objectName{keys[0].Group, keys[0].Kind, keys[0].Namespace, keys[0].Name}
	}
	switch x := e.What.(type) {
	case core.Checked:
		doc.Check = &checkEntry{Started: utc(x.Started), Seconds: seconds(x.Duration), Git: x.Git, Live: x.Live, Error: x.Err}
		if x.Reported {
			doc.Check.Counts = map[string]int{}
			for _, s := range core.States() {
				if n := x.Counts[s]; n > 0 || counted(x, s) {
					doc.Check.Counts[s.String()] = n
				}
			}
		}
	case core.Transition:
		doc.Verdict = &verdictEntry{To: x.To, Reason: x.Reason, By: x.By}
		if !x.First {
			doc.Verdict.From = x.From.String()
		}
		for _, c := range x.Changes {
			doc.Verdict.Changes = append(doc.Verdict.Changes, changeDocument(c))
		}
	case core.Overwritten:
		doc.Overwritten = overwrittenDocument(x)
	case core.Blind:
		doc.NotWatched = &notWatchedEntry{utc(x.From), utc(x.Until), x.Reason}
	case core.Acceptance:
		doc.Accepted = &acceptedEntry{What: x.What, By: x.By, From: x.From, To: x.To}
		for _, k := range x.Keys {
			doc.Accepted.Objects = append(doc.Accepted.Objects, objectName{k.Group, k.Kind, k.Namespace, k.Name})
		}
	case core.Acknowledgement:
		doc.Acknowledged = &acknowledgedEntry{x.Path, x.Reason, x.By, x.Restored, utc(x.Until)}
	case core.Decided:
		doc.Decided = decidedDocument(x)
	case core.Run:
		doc.Sync = syncDocument(x)
	}
	return doc
}

func overwrittenDocument(o core.Overwritten) *overwrittenEntry {
	doc := &overwrittenEntry{
		Path: o.Path, Op: o.Op, Live: o.Live, Now: o.Now,
		Manager: o.Manager, ManagerTime: utc(o.ManagerTime), LivedSeconds: seconds(o.Lived()), ReplacedBy: o.ReplacedBy,
		Commit: o.Commit.ID, Author: o.Commit.Author, CommitTime: utc(o.Commit.Time),
	}
	if o.Appeared.Known() {
		doc.Appeared = &window{utc(o.Appeared.After), utc(o.Appeared.Before)}
	}
	if o.Replaced.Known() {
		doc.Replaced = &window{utc(o.Replaced.After), utc(o.Replaced.Before)}
	}
	return doc
}

// historyCSV prints a row for each entry, for each change of a verdict and for
// each object of an acceptance. Values are JSON.
type historyCSV struct {
	csv   *csv.Writer
	begun bool
}

func (a *app) historyCSV(*config.Config, []core.FabricID) historyPrinter {
	return &historyCSV{csv: csv.NewWriter(a.out)}
}

func historyColumns() []string {
	return []string{
		"time", "fabric", "event", "group", "kind", "namespace", "name", "from", "to", "reason",
		"path", "op", "verdict", "git", "live", "now", "live_manager", "live_manager_time",
		"lived_seconds", "replaced_by", "git_commit", "by", "since", "until",
	}
}

func (h *historyCSV) page(entries []core.Entry) error {
	columns := historyColumns()
	var rows [][]string
	if !h.begun {
		h.begun = true
		rows = append(rows, columns)
	}
	for _, e := range entries {
		for _, cells := range historyRows(e) {
			row := make([]string, len(columns))
			for i, name := range columns {
				row[i] = cells[name]
			}
			rows = append(rows, row)
		}
	}
	if err := h.csv.WriteAll(rows); err != nil { // it flushes
		return fmt.Errorf("write history: %w", err)
	}
	return nil
}

func (h *historyCSV) end() error { return nil }

// historyRows are the rows of an entry, by the names of their columns.
func historyRows(e core.Entry) []map[string]string {
	row := func(k core.Key) map[string]string {
		return map[string]string{
			"time": rfc3339(e.At), "fabric": cell(string(e.Fabric)), "event": e.What.Word(),
			"group": cell(k.Group), "kind": cell(k.Kind), "namespace": cell(k.Namespace), "name": cell(k.Name),
		}
	}
	switch x := e.What.(type) {
	case core.Checked:
		r := row(core.Key{})
		r["reason"], r["since"] = cell(findings(x)), rfc3339(x.Started)
		return []map[string]string{r}
	case core.Transition:
		return transitionRows(x, row)
	case core.Overwritten:
		r := row(x.Key)
		r["path"], r["op"], r["live"], r["now"] = cell(string(x.Path)), string(x.Op), cell(x.Live.String()), cell(x.Now.String())
		r["live_manager"], r["live_manager_time"], r["replaced_by"] = cell(x.Manager), rfc3339(x.ManagerTime), cell(x.ReplacedBy)
		r["lived_seconds"], r["git_commit"] = strconv.FormatFloat(seconds(x.Lived()), 'f', -1, 64), cell(x.Commit.ID)
		return []map[string]string{r}
	case core.Blind:
		r := row(core.Key{})
		r["reason"], r["since"], r["until"] = cell(x.Reason), rfc3339(x.From), rfc3339(x.Until)
		return []map[string]string{r}
	case core.Acceptance:
		keys := x.Keys
		if len(keys) == 0 {
			keys = []core.Key{{}}
		}
		var rows []map[string]string
		for _, k := range keys {
			r := row(k)
			r["reason"], r["from"], r["to"], r["by"] = string(x.What), cell(x.From), cell(x.To), cell(x.By)
			rows = append(rows, r)
		}
		return rows
	case core.Acknowledgement:
		r := row(x.Key)
		r["path"], r["reason"], r["by"], r["until"] = cell(string(x.Path)), cell(x.Reason), cell(x.Actor()), rfc3339(x.Until)
		return []map[string]string{r}
	case core.Decided:
		return []map[string]string{decidedRow(x, row)}
	case core.Run:
		return []map[string]string{syncRow(x, row)}
	}
	return nil
}

func transitionRows(t core.Transition, row func(core.Key) map[string]string) []map[string]string {
	changes := t.Changes
	if len(changes) == 0 {
		changes = []core.Change{{}}
	}
	var rows []map[string]string
	for _, c := range changes {
		r := row(t.Key)
		r["to"], r["reason"], r["by"] = t.To.String(), cell(t.Reason), cell(t.By)
		if !t.First {
			r["from"] = t.From.String()
		}
		r["path"], r["op"], r["verdict"], r["git"], r["live"] = cell(string(c.Path)), string(c.Op), string(c.Verdict), cell(c.Git.String()), cell(c.Live.String())
		r["live_manager"], r["live_manager_time"], r["git_commit"] = cell(c.Manager), rfc3339(c.ManagerTime), cell(c.Commit.ID)
		rows = append(rows, r)
	}
	return rows
}

func rfc3339(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return utc(t).Format(time.RFC3339)
}

// cell is a foreign text that neither a terminal nor a spreadsheet acts upon:
// one that would begin a formula is quoted as spreadsheets do.
func cell(s string) string {
	s = safe.Clean(s).String()
	if _, err := strconv.ParseFloat(s, 64); err != nil && s != "" && strings.ContainsAny(s[:1], "=+-@") {
		return "'" + s
	}
	return s
}

// counted tells whether a check that found no object in a state could have found one:
// what Git has and live may have it counts as unknown.
func counted(x core.Checked, s core.State) bool {
	read := x.Live == core.AccessOK || x.Live == ""
	whole := read && (x.Git == core.AccessOK || x.Git == "")
	return whole || x.Counts.Total() > 0 && (read || s == core.Invalid || s == core.Unknown)
}
