package tui

import "selvage/core"

// Chosen is the fabric under the cursor.
func (p *fabricsPane) Chosen(e Env) (core.FabricID, core.Key) {
	f, _ := p.selected(e)
	return f.Fabric.ID, core.Key{}
}

// Chosen is the object under the cursor.
func (p *detailPane) Chosen(e Env) (core.FabricID, core.Key) {
	if f, ok := e.fabric(); ok {
		p.load(f, e)
		if v, ok := p.selected(); ok {
			return e.Place.Fabric, v.Key
		}
	}
	return e.Place.Fabric, core.Key{}
}

// Chosen is the object of the difference under the cursor.
func (p *resolvePane) Chosen(e Env) (core.FabricID, core.Key) {
	p.load(e)
	if len(p.rows) == 0 {
		return e.Place.Fabric, core.Key{}
	}
	return e.Place.Fabric, p.rows[p.list.Cursor()].verdict.Key
}

// Chosen is the object that the draft under the cursor is about.
func (p *draftsPane) Chosen(e Env) (core.FabricID, core.Key) {
	p.load(e)
	d, _ := p.selected()
	return e.Place.Fabric, d.Key
}

// Chosen is what the entry under the cursor is about; of several objects the first.
func (p *historyPane) Chosen(e Env) (core.FabricID, core.Key) {
	r, ok := p.selected(e)
	if !ok {
		return e.Place.Fabric, core.Key{}
	}
	keys := append(r.objects(), core.Key{})
	return r.entry.Fabric, keys[0]
}

// Chosen is the object of the finding under the cursor.
func (p *lintPane) Chosen(e Env) (core.FabricID, core.Key) {
	x, _ := p.selected(e)
	return e.Place.Fabric, x.Key
}

// Chosen is where the line under the cursor leads.
func (p *handoverPane) Chosen(e Env) (core.FabricID, core.Key) {
	p.load(e)
	to := p.part().place
	return to.Fabric, to.Object
}
