package kube

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// table is a Table of meta.k8s.io, as far as it is read: what it holds of the
// objects themselves is not taken.
type table struct {
	Kind, APIVersion string

	Metadata struct {
		Continue           string
		RemainingItemCount int64
	}
	ColumnDefinitions []struct{ Name string }
	Rows              []row
}

type row struct{ Cells []json.RawMessage }

// decodeTable reads a page of a table.
func decodeTable(body []byte) (*table, error) {
	t := &table{}
	if err := json.Unmarshal(body, t); err != nil {
		return nil, notWhole(body, err)
	}
	switch {
	case t.Kind != "Table" || t.APIVersion != "meta.k8s.io/v1":
		return nil, wrongAnswer("the answer is no Table of meta.k8s.io/v1 but %s", describe(t.Kind, t.APIVersion))
	case t.Rows == nil || len(t.ColumnDefinitions) == 0:
		return nil, wrongAnswer("the table has no columns or no rows")
	case t.Metadata.RemainingItemCount > 0 && t.Metadata.Continue == "":
		return nil, wrongAnswer("the table ends early: %d more rows are said to follow", t.Metadata.RemainingItemCount)
	}
	return t, nil
}

// column is the place of the first column of a name, -1 where there is none.
func (t *table) column(name string) int {
	return slices.IndexFunc(t.ColumnDefinitions, func(c struct{ Name string }) bool { return strings.EqualFold(c.Name, name) })
}

func (t *table) names() string {
	names := make([]string, len(t.ColumnDefinitions))
	for i, c := range t.ColumnDefinitions {
		names[i] = c.Name
	}
	return oneLine(strings.Join(names, ", "))
}

// text is what a cell says, "" where it says nothing or there is no such column.
func (r row) text(column int) string {
	if column < 0 {
		return ""
	}
	cell := r.Cells[column]
	var s string
	if string(cell) == "null" || json.Unmarshal(cell, &s) == nil {
		return s
	}
	return string(cell) // a number, true or false
}

// number is the number in a cell, -1 where there is none.
func (r row) number(column int) (int64, error) {
	s := r.text(column)
	if s == "" {
		return -1, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%q", s)
	}
	return n, nil
}

// time is the time in a cell, zero where there is none. API servers write how
// long ago it was at the time that they made the table.
func (r row) time(column int, made time.Time) (time.Time, error) {
	if column < 0 {
		return time.Time{}, errors.New("this release does not tell it")
	}
	switch s := r.text(column); s {
	case "", "<unknown>", "<none>":
		return time.Time{}, nil
	case "<invalid>":
		return time.Time{}, errors.New("it lies in the future: is the switch's clock ahead of the API server's?")
	default:
		if age, ok := parseAge(s); ok {
			return made.Add(-age), nil
		}
		if at, err := time.Parse(time.RFC3339, s); err == nil {
			return at, nil
		}
		return time.Time{}, fmt.Errorf("%q is no time", oneLine(s))
	}
}

// ageForm is the form of HumanDuration of k8s.io/apimachinery/pkg/util/duration:
// "45s", "2m3s", "3h", "4d5h", "1y20d". It leaves out what is small.
var ageForm = regexp.MustCompile(`^(?:(\d{1,2})y)?(?:(\d{1,4})d)?(?:(\d{1,4})h)?(?:(\d{1,4})m)?(?:(\d{1,4})s)?$`)

func parseAge(s string) (age time.Duration, ok bool) {
	units := []time.Duration{365 * 24 * time.Hour, 24 * time.Hour, time.Hour, time.Minute, time.Second}
	found := ageForm.FindStringSubmatch(s)
	if s == "" || found == nil {
		return 0, false
	}
	for i, digits := range found[1:] {
		n, _ := strconv.Atoi(digits) // "" is 0, and no more than four digits fit
		age += time.Duration(n) * units[i]
	}
	return age, true
}
