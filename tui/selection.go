package tui

import "selvage/core"

// Selected is the fabric under the cursor.
func (p *fabricsPane) Selected(e Env) (core.FabricID, core.Key) {
	f, _ := p.selected()
	return f.Fabric.ID, core.Key{}
}

// Selected is the object under the cursor; of a row of several the first.
func (p *detailPane) Selected(e Env) (core.FabricID, core.Key) {
	if _, ok := e.fabric(); ok {
		if all := p.row().objects(); len(all) > 0 {
			return e.Place.Fabric, all[0].Key
		}
	}
	return e.Place.Fabric, core.Key{}
}

// Selected is the object of the difference under the cursor.
func (p *resolvePane) Selected(e Env) (core.FabricID, core.Key) {
	m, ok := p.selected()
	if !ok {
		return e.Place.Fabric, core.Key{}
	}
	return e.Place.Fabric, m.verdict.Key
}

// Selected is the object that the draft under the cursor is about.
func (p *draftsPane) Selected(e Env) (core.FabricID, core.Key) {
	d, _ := p.selected()
	return e.Place.Fabric, d.Key
}

// Selected is what the entry under the cursor is about; of several objects the first.
func (p *historyPane) Selected(e Env) (core.FabricID, core.Key) {
	r, ok := p.selected()
	if !ok {
		return e.Place.Fabric, core.Key{}
	}
	if keys := r.objects(); len(keys) > 0 {
		return r.entry.Fabric, keys[0]
	}
	return r.entry.Fabric, core.Key{}
}

// Selected is the object of the finding under the cursor.
func (p *lintPane) Selected(e Env) (core.FabricID, core.Key) {
	x, _ := p.selected()
	return e.Place.Fabric, x.Key
}

// Selected is where the line under the cursor leads.
func (p *handoverPane) Selected(e Env) (core.FabricID, core.Key) {
	to := p.part().place
	return to.Fabric, to.Object
}
