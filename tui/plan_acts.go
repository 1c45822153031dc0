package tui

import (
	"context"

	"selvage/core"
	"selvage/core/safe"
)

// begin has the run started, and goes on to it.
func (p *planPane) begin(e Env, confirmed []core.FabricID) Outcome {
	starter, plan := e.acts.Starter, p.answer.plan
	order := core.RunOrder{
		By: e.acts.By, Host: e.acts.Whence, Confirmed: confirmed,
		RunOptions: core.RunOptions{
			Propose: p.goes(e) == core.ToPropose, AllowDelete: plan.Asked.AllowDelete, Ticket: plan.Asked.Ticket, Message: plan.Asked.Message,
		},
	}
	to := Place{Screen: "run", Fabric: e.Place.Fabric}
	return Outcome{Deed: &Deed{
		Label: safe.Sprintf("sync %s", e.planned()),
		Run: func(ctx context.Context) (Done, error) {
			id, err := starter.Begin(ctx, plan, order)
			to.Record = id // another one may begin while this one is looked at
			return Done{Says: safe.Sprintf(" run %s has begun", shortRun(&core.Run{ID: id})), Open: &to, Mine: id}, err
		},
	}}
}

// File is the plan as patches for git am, where it has any commit.
func (p *planPane) File(e Env) (File, bool) {
	a := p.plan(e)
	if a == nil || a.plan.Empty() || e.acts.Patch == nil {
		return File{}, false
	}
	patch, plan := e.acts.Patch, a.plan
	return File{Ext: ".patch", Content: func(ctx context.Context) ([]byte, error) { return patch(ctx, plan) }}, true
}
