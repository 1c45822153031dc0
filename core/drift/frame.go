package drift

import (
	"slices"
	"time"

	"selvage/core"
)

// frame is what holds for all objects of one comparison.
type frame struct {
	Input
	fabric core.Fabric

	lastLook time.Time // at live; zero where there was none
	gone     map[core.Key]string
	frozen   bool
	// elsewhere is set where Git is read at other places than at the last look,
	// so that what is not there was not removed.
	elsewhere bool
	passages  map[core.Key][]core.Passage
	accepted  map[core.Key]core.Acceptance // as the base
	acks      map[core.Key][]core.Acknowledgement
	tables    map[core.GroupKind]table
}

func (c *Comparer) frame(in Input) *frame {
	f := &frame{Input: in, fabric: c.fabric, tables: map[core.GroupKind]table{}}
	if in.Memory.Report != nil {
		f.lastLook = in.Memory.Report.Live.ReadAt
	}
	if in.Memory.Git != nil {
		f.elsewhere = !slices.EqualFunc(in.Git.Readings, in.Memory.Git.Readings, func(a, b core.Reading) bool {
			return a.URL == b.URL && a.Branch == b.Branch && a.Path == b.Path
		})
	}
	for _, p := range in.Live.Passages {
		if f.passages == nil {
			f.passages = map[core.Key][]core.Passage{}
		}
		f.passages[p.Key] = append(f.passages[p.Key], p)
	}
	for _, a := range in.Memory.Acceptances {
		if a.What == core.AcceptBase && len(a.Keys) == 1 {
			if f.accepted == nil {
				f.accepted = map[core.Key]core.Acceptance{}
			}
			f.accepted[a.Keys[0]] = a
		}
	}
	for _, a := range in.Memory.Acknowledgements {
		if f.acks == nil {
			f.acks = map[core.Key][]core.Acknowledgement{}
		}
		f.acks[a.Key] = append(f.acks[a.Key], a)
	}
	return f
}

// liveSide is what live says about an object. What vanished with too many
// others is not called absent.
func (f *frame) liveSide(k core.Key) core.Side {
	if why, ok := f.gone[k]; ok {
		return core.Side{Reason: why}
	}
	return f.Live.Side(k)
}

// table is what is known of a kind: the rules, with the hints of the cluster's
// own schema.
func (f *frame) table(c *Comparer, gk core.GroupKind) table {
	t, ok := f.tables[gk]
	if !ok {
		var hints *core.Schema
		if s, known := f.Live.Schemas[gk]; known {
			hints = &s
		}
		t = c.table(gk, hints)
		f.tables[gk] = t
	}
	return t
}
