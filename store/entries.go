package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"selvage/core"
)

// Filter chooses entries of the history.
type Filter struct {
	Fabrics []core.FabricID
	Since   time.Time // the zero time for all that is kept
	// Object chooses what is about an object; times in which nobody watched
	// belong to every one. nil also gives what is about none.
	Object func(core.Key) bool
	Quiet  bool // checks that found nothing new, too
	// After is the last entry of the page before; the zero Entry for the first
	// page.
	After core.Entry
	Limit int // how many entries at most; 0 for all
}

// Entries gives a page of the history of some fabrics, newest first. What
// happened at one time comes in an order that stays the same.
//
// Everything is kept for [KeepPast], but for quiet checks, which are kept for
// [KeepQuiet].
func (s *Store) Entries(ctx context.Context, f Filter) ([]core.Entry, error) {
	var all []core.Entry
	err := s.read(ctx, func(tx *sql.Tx) error {
		p := page{tx: tx, filter: f}
		marks, err := p.marks(ctx)
		if err != nil {
			return err
		}
		all, err = p.entries(ctx, marks)
		return err
	})
	return all, explain(fmt.Sprintf("read the history in %q", s.path), err)
}

// origin is a table that entries come from.
type origin struct {
	word      string // begins the ID of its entries
	table, at string
	about     string // the condition for being about one of the objects ?6
	read      func(ctx context.Context, q querier, ids string) (map[int64]core.Happening, error)
}

// origins are all tables of history. What happened at one time is told in their
// order.
func origins() []origin {
	const object = "object IN (SELECT value FROM json_each(?6))"
	return []origin{
		{"not_watched", "blind", "until", "true", blindTimes},
		{"check", "checks", "finished", "false", checks},
		{"accepted", "acceptances", "at", "id IN (SELECT acceptance FROM accepted WHERE " + object + ")", acceptancesOf},
		{"acknowledged", "acknowledgements", "at", object, acknowledgementsOf},
		{"overwritten", "overwritten", "at", object, overwrittenEdits},
		{"decided", "decisions", "at", object, decisionsOf},
		{"sync", "run_fabrics", "at", "run IN (SELECT run FROM run_objects WHERE " + object + ")", runsOf},
		{"verdict", "transitions", "at", object, transitions},
	}
}

// page is one answer of Entries in the making.
type page struct {
	tx     *sql.Tx
	filter Filter
}

// mark is where an entry stands in the history.
type mark struct {
	at, id int64
	origin int // its index
	fabric core.FabricID
}

// compare orders marks, the one that is told first before the others.
func (m mark) compare(o mark) int {
	return cmp.Or(cmp.Compare(o.at, m.at), cmp.Compare(m.origin, o.origin), cmp.Compare(m.id, o.id))
}

// marks finds the entries of the page, in their order.
func (p *page) marks(ctx context.Context) ([]mark, error) {
	from, ok := stamp(p.filter.Since).(int64)
	if !ok {
		from = math.MinInt64
	}
	end, err := p.end()
	if err != nil {
		return nil, err
	}
	limit := p.filter.Limit
	if limit <= 0 {
		limit = -1
	}
	var all []mark
	for _, fabric := range p.filter.Fabrics {
		objects, err := p.objects(ctx, fabric)
		if err != nil {
			return nil, err
		}
		for i, o := range origins() {
			// At the time of the last entry, those of its own table go on behind
			// it, and those of tables before it were told already.
			behind := end.id
			switch {
			case i < end.origin:
				behind = math.MaxInt64
			case i > end.origin:
				behind = math.MinInt64
			}
			err := each(ctx, p.tx, func(rows *sql.Rows) error {
				at := mark{origin: i, fabric: fabric}
				err := rows.Scan(&at.at, &at.id)
				all = append(all, at)
				return err
			}, p.query(o), append([]any{string(fabric), from, end.at, behind, limit}, objects...)...)
			if err != nil {
				return nil, err
			}
		}
	}
	slices.SortFunc(all, mark.compare)
	if limit > 0 && len(all) > limit {
		all = all[:limit]
	}
	return all, nil
}

// query selects the marks in one table. The parameters are the fabric, the
// first and the last time, the row behind which it goes on at the last time, the
// limit, and where objects are chosen their rows.
func (p *page) query(o origin) string {
	var conditions string
	if p.filter.Object != nil {
		conditions = " AND " + o.about
	}
	if o.table == "checks" && !p.filter.Quiet {
		conditions += " AND NOT quiet"
	}
	return fmt.Sprintf(`SELECT %[1]s, id FROM %[2]s
		WHERE fabric = (SELECT id FROM fabrics WHERE name = ?1) AND %[1]s >= ?2 AND %[1]s <= ?3 AND (%[1]s < ?3 OR id > ?4)%[3]s
		ORDER BY %[1]s DESC, id LIMIT ?5`, o.at, o.table, conditions)
}

// end is the mark behind which the page begins.
func (p *page) end() (mark, error) {
	after := p.filter.After
	if after.ID == "" {
		return mark{at: math.MaxInt64, origin: -1}, nil
	}
	word, number, _ := strings.Cut(after.ID, "-")
	id, err := strconv.ParseInt(number, 10, 64)
	i := slices.IndexFunc(origins(), func(o origin) bool { return o.word == word })
	at, dated := stamp(after.At).(int64)
	if err != nil || i < 0 || !dated {
		return mark{}, fmt.Errorf("no entry has the ID %q", after.ID)
	}
	return mark{at: at, id: id, origin: i}, nil
}

// objects are the rows of the chosen objects of a fabric, as one parameter that
// is a JSON list; none where all are.
func (p *page) objects(ctx context.Context, fabric core.FabricID) ([]any, error) {
	if p.filter.Object == nil {
		return nil, nil
	}
	ids := []int64{}
	err := each(ctx, p.tx, func(rows *sql.Rows) error {
		var (
			id int64
			k  core.Key
		)
		err := rows.Scan(&id, &k.Group, &k.Kind, &k.Namespace, &k.Name)
		if p.filter.Object(k) {
			ids = append(ids, id)
		}
		return err
	}, "SELECT o.id, o.grp, o.kind, o.namespace, o.name FROM objects o JOIN fabrics f ON f.id = o.fabric WHERE f.name = ?", string(fabric))
	if err != nil {
		return nil, err
	}
	list, err := encode(ids)
	return []any{list}, err
}

// entries reads what stands at the marks.
func (p *page) entries(ctx context.Context, marks []mark) ([]core.Entry, error) {
	sources := origins()
	wanted := make([][]int64, len(sources))
	for _, at := range marks {
		wanted[at.origin] = append(wanted[at.origin], at.id)
	}
	found := make([]map[int64]core.Happening, len(sources))
	for i, ids := range wanted {
		if len(ids) == 0 {
			continue
		}
		list, err := encode(ids)
		if err != nil {
			return nil, err
		}
		if found[i], err = sources[i].read(ctx, p.tx, list); err != nil {
			return nil, err
		}
	}
	all := make([]core.Entry, 0, len(marks))
	for _, at := range marks {
		what, ok := found[at.origin][at.id]
		if !ok {
			return nil, fmt.Errorf("%w: row %d of %s is of no object", ErrDamaged, at.id, sources[at.origin].table)
		}
		all = append(all, core.Entry{
			ID: fmt.Sprintf("%s-%d", sources[at.origin].word, at.id), Fabric: at.fabric, At: given(at.at), What: what,
		})
	}
	return all, nil
}
