package manifest

import (
	"slices"
	"strings"

	yamlv3 "go.yaml.in/yaml/v3"
)

// blockEdit is what becomes of the entries of a collection in block style.
type blockEdit struct {
	place *place
	gone  []bool
	added map[int][]string // lines, by the entry that they go behind; -1 for the front
}

func newBlock(p *place) *blockEdit {
	return &blockEdit{place: p, gone: make([]bool, len(p.entries)), added: map[int][]string{}}
}

func (b *blockEdit) add(behind int, lines []string) {
	b.added[behind] = append(b.added[behind], lines...)
}

// kept is the last entry up to i that stays, -1 for none.
func (b *blockEdit) kept(i int) int {
	for i >= 0 && b.gone[i] {
		i--
	}
	return i
}

// apply splices out the entries that go and in those that come.
func (r *rewriter) apply(s slot, b *blockEdit, column int) error {
	entries := b.place.entries
	for _, e := range entries {
		if r.column(e.start) != column {
			return r.stop(s, "its entries do not begin in one column")
		}
	}
	added := map[int][]string{}
	for behind := -1; behind < len(entries); behind++ {
		at := b.kept(behind)
		added[at] = append(added[at], b.added[behind]...)
	}
	first := 0 // that stays
	for b.gone[first] {
		first++
	}
	shares := !r.begins(entries[0].start)
	lifted := shares && first > 0 && r.lift(b, first)
	for i := range entries {
		if b.gone[i] && (i >= first || !shares) {
			r.remove(b, i, column, s.after)
		}
	}
	for i, e := range entries {
		if lines := added[i]; len(lines) > 0 {
			r.insert(r.extent(e.end(), column), lines)
		}
	}
	if lines := added[-1]; len(lines) > 0 {
		at := entries[first].start
		switch {
		case lifted || shares && first == 0:
			lines[0] = strings.TrimLeft(lines[0], " ")
			r.splice(at, at, strings.Join(lines, r.eol)+r.eol+strings.Repeat(" ", column))
		case first == 0 && s.after <= 0:
			// What stands at the top of a file is about the file.
			r.insert(r.lineStart(at), lines)
		default:
			r.insert(r.head(at, r.floor(b, first, s.after)), lines)
		}
	}
	return nil
}

// lift takes away the first entries of a collection that begins behind a dash, so
// that the first one that stays moves there. Where comments stand between, the
// dash stays alone, and it tells false.
func (r *rewriter) lift(b *blockEdit, first int) bool {
	entries := b.place.entries
	from, to := entries[0].start, entries[first].start
	end := r.nextLine(entries[first-1].end())
	if strings.Contains(string(r.text[end:max(end, to)]), "#") {
		for from > 0 && r.text[from-1] == ' ' {
			from--
		}
		r.splice(from, r.lineEnd(r.lineStart(end-1)), "")
		return false
	}
	r.splice(from, to, "")
	return true
}

// remove takes away an entry with its lines and the comments that are its own.
func (r *rewriter) remove(b *blockEdit, i, column, after int) {
	from, to := r.own(b, i, column, after)
	_, _, above := r.remark(r.lineStart(max(0, from-1)))
	if _, _, below := r.remark(min(to, len(r.text))); from > 0 && above && below && to < len(r.text) {
		to = r.nextLine(to)
	}
	r.splice(from, to, "")
}

// own are the lines of an entry with the comments that are its own.
func (r *rewriter) own(b *blockEdit, i, column, after int) (from, to int) {
	e := b.place.entries[i]
	from, to = r.lineStart(e.start), r.extent(e.end(), column)
	if after > 0 || i > 0 {
		from = r.head(e.start, r.floor(b, i, after))
	}
	return from, to
}

// carried are the lines of an item as they stand in another place of its list,
// where it says want; after is where the text before the first item begins.
func (r *rewriter) carried(b *blockEdit, i, after int, item slot, have, want any) (string, error) {
	inner := *r
	inner.splices = nil
	if err := inner.value(item, have, want); err != nil {
		return "", err
	}
	r.blocks = inner.blocks
	e := b.place.entries[i]
	from, to := r.own(b, i, item.indent, after)
	margin := ""
	if !r.begins(e.start) { // it shares its line with what holds the list
		from, margin = e.start, strings.Repeat(" ", item.indent)
	}
	text, err := inner.spliced(from, to)
	return margin + strings.TrimSuffix(string(text), r.eol), err
}

// floor is where the text before an entry begins that may be its own; after is
// where that begins before the first one.
func (r *rewriter) floor(b *blockEdit, i, after int) int {
	if i == 0 {
		return after
	}
	return r.extent(b.place.entries[i-1].end(), r.column(b.place.entries[i].start))
}

// extent is where the line begins that follows an entry of a column, with the
// comments below that are indented further.
func (r *rewriter) extent(end, column int) int {
	to := r.nextLine(end)
	for at := to; at < len(r.text); at = r.nextLine(at) {
		indent, comment, blank := r.remark(at)
		switch {
		case comment && indent > column:
			to = r.nextLine(at)
		case !blank:
			return to
		}
	}
	return to
}

// head is where the comments begin that stand directly above an entry and in its
// column, not before floor.
func (r *rewriter) head(start, floor int) int {
	at, column := r.lineStart(start), r.column(start)
	for at > 0 {
		above := r.lineStart(at - 1)
		indent, comment, _ := r.remark(above)
		if !comment || indent != column || above < floor {
			break
		}
		at = above
	}
	return at
}

// neighbour is the entry of a map behind which a new key belongs: in house order
// at the top of an object, else where a map beside this one has it, in order
// where the keys are sorted, else the last one. It is -1 for the front, where a
// name stays the first.
func (r *rewriter) neighbour(s slot, want map[string]any, key string) int {
	keys := make([]string, len(s.place.entries))
	for i, e := range s.place.entries {
		keys[i] = e.key.node.Value
	}
	for _, house := range r.houses(s, want) {
		at := slices.Index(house, key)
		if at < 0 {
			continue
		}
		for at--; at >= 0; at-- {
			if i := slices.Index(keys, house[at]); i >= 0 {
				return i
			}
		}
		return -1
	}
	if len(keys) > 1 && slices.IsSorted(keys) {
		i, _ := slices.BinarySearch(keys, key)
		if i == 0 && keys[0] == "name" {
			return 0
		}
		return i - 1
	}
	return len(keys) - 1
}

// houses are orders of keys that hold for a map: the house's, and those of the
// maps beside it.
func (r *rewriter) houses(s slot, want map[string]any) [][]string {
	var orders [][]string
	_, object := want["apiVersion"]
	switch {
	case s.after <= 0 && object:
		orders = append(orders, houseRoot())
	case string(s.path) == ".metadata":
		orders = append(orders, houseMeta())
	}
	for _, beside := range s.beside {
		if beside.node.Kind != yamlv3.MappingNode || beside == s.place {
			continue
		}
		var keys []string
		for _, e := range beside.entries {
			keys = append(keys, e.key.node.Value)
		}
		orders = append(orders, keys)
	}
	return orders
}
