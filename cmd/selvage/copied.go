package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"selvage/core"
)

// copied is the document of something that is copied from the dashboard: what the
// command about it prints with -o json, or an item of that.
func copied(what any, now time.Time) ([]byte, error) {
	var doc any
	switch is := what.(type) {
	case core.FabricState:
		doc = fabricDocument(is, now, false)
	case core.Verdict:
		doc = objectDocument(is)
	case core.DraftStanding:
		doc = draftDocument(is)
	case core.Entry:
		doc = historyDocument(is)
	case *core.Plan:
		doc = planDocumentOf(is)
	case *core.Run:
		doc = syncDocument(*is)
	default:
		return nil, fmt.Errorf("there is no document of a %T", what)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(doc)
	return b.Bytes(), err
}
