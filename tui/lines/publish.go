package lines

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"selvage/core"
	"selvage/core/safe"
)

// plan makes a plan and tells it.
func (t *talk) plan(ctx context.Context, g given) error {
	_, err := t.planned(ctx, g)
	return err
}

// planned makes a plan, tells it and keeps it for the time of the conversation.
func (t *talk) planned(ctx context.Context, g given) (*core.Plan, error) {
	if t.cfg.Acts.Planner == nil {
		return nil, errors.New("nothing can be planned here")
	}
	fabrics, err := t.planning(g.args)
	if err != nil {
		return nil, err
	}
	ids := make([]core.FabricID, len(fabrics))
	for i, f := range fabrics {
		if err := t.writable(f); err != nil {
			return nil, err
		}
		ids[i] = f.Fabric.ID
	}
	asked := core.PlanOptions{Ticket: g.flags["ticket"], Message: g.flags["message"]}
	if n, ok := g.flags["allow-delete"]; ok {
		if asked.AllowDelete, err = strconv.Atoi(n); err != nil {
			return nil, fmt.Errorf("--allow-delete %q: it is a number", n)
		}
	}
	var p *core.Plan
	var text string
	err = t.during(ctx, safe.Lit("planning"), func(ctx context.Context) (err error) {
		if p, err = t.cfg.Acts.Planner.Plan(ctx, t.cfg.Acts.By, asked, ids...); err == nil {
			text, err = t.cfg.Printer.Plan(ctx, p)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	t.text(text)
	if p.ID != "" {
		t.plans[p.ID] = p
	}
	return p, nil
}

// sync has a plan carried out: the one that is named, or one that it makes. It
// asks for the plan's id, and for the names of protected fabrics.
func (t *talk) sync(ctx context.Context, g given) error {
	if t.cfg.Acts.Starter == nil {
		return errors.New("nothing can be published here")
	}
	p, err := t.toPublish(ctx, g)
	if err != nil {
		return err
	}
	order := core.RunOrder{
		By: t.cfg.Acts.By, Host: t.cfg.Acts.Whence,
		RunOptions: core.RunOptions{
			NoWait: g.has("no-wait"), Propose: t.proposes(p, g),
			AllowDelete: p.Asked.AllowDelete, Ticket: p.Asked.Ticket, Message: p.Asked.Message,
		},
	}
	switch {
	case p.Nothing():
		return nil // that is told
	case len(p.Stop) > 0:
		return fmt.Errorf("the plan cannot be published: %w", &core.NotAllowed{Reasons: p.Stop})
	case p.Empty() && len(p.Followed) == 0:
		return errors.New("the plan publishes nothing")
	case p.Empty():
		return t.begin(ctx, p, order)
	}
	way := "to commit and push it"
	if order.Propose {
		way = "to push it as a proposal"
	}
	t.ask(safe.Sprintf("Type the plan's id, %s, %s; anything else publishes nothing.", p.ID, way), func(ctx context.Context, line string) error {
		if line != p.ID {
			return fmt.Errorf("%q is not %s: nothing was published (sync --plan %s does it later)", line, p.ID, p.ID)
		}
		return t.confirm(ctx, p, order)
	})
	return nil
}

// planning are the fabrics of a plan. Of all, those in which nothing may be published
// are told and left out.
func (t *talk) planning(args []string) ([]core.FabricState, error) {
	if !everyOne(args) {
		return t.several(args)
	}
	var may []core.FabricState
	left := 0
	for _, f := range t.cfg.Engine.Fleet().Fabrics {
		if t.writable(f) == nil {
			may = append(may, f)
		} else {
			left++
		}
	}
	switch {
	case len(may) == 0:
		return nil, errors.New("the mode of every fabric is read, so that nothing can be published")
	case left > 0:
		t.say(safe.Sprintf("left out, for nothing may be published there: %s", core.Counted(left, "fabric")))
	}
	return may, nil
}

// toPublish is the plan that is to be carried out.
func (t *talk) toPublish(ctx context.Context, g given) (*core.Plan, error) {
	id, named := g.flags["plan"]
	if !named {
		return t.planned(ctx, g)
	}
	p, ok := t.plans[id]
	if !ok {
		return nil, fmt.Errorf("no plan %q was made here (plan makes one)", id)
	}
	return p, nil
}

// proposes tells whether a plan goes to a side branch.
func (t *talk) proposes(p *core.Plan, g given) bool {
	return !p.Empty() && (g.has("propose") || slices.ContainsFunc(p.Fabrics, func(id core.FabricID) bool {
		f, err := t.fabric(id)
		return err == nil && t.mode(f) == core.ModePropose
	}))
}

// confirm asks for the names of the protected fabrics of a plan, one after the
// other, and then has it carried out.
func (t *talk) confirm(ctx context.Context, p *core.Plan, order core.RunOrder) error {
	for _, id := range p.Fabrics {
		f, err := t.fabric(id)
		if err != nil {
			return err
		}
		if !f.Fabric.Protected || slices.Contains(order.Confirmed, id) {
			continue
		}
		t.ask(safe.Sprintf("%s is protected. Type its name to publish.", id), func(ctx context.Context, line string) error {
			if line != string(id) {
				return fmt.Errorf("%q is not %s: nothing was published (sync --plan %s does it later)", line, id, p.ID)
			}
			order.Confirmed = append(slices.Clone(order.Confirmed), id)
			return t.confirm(ctx, p, order)
		})
		return nil
	}
	return t.begin(ctx, p, order)
}

// begin has a run started. How it goes on is told as news.
func (t *talk) begin(ctx context.Context, p *core.Plan, order core.RunOrder) error {
	var id string
	err := t.during(ctx, safe.Lit("beginning"), func(ctx context.Context) (err error) {
		id, err = t.cfg.Acts.Starter.Begin(ctx, p, order)
		return err
	})
	if err != nil {
		return err
	}
	t.mine = append(t.mine, id)
	t.say(safe.Sprintf("run %s has begun: its steps are told", shortRun(id)))
	return nil
}

// showRun tells how the last run stands.
func (t *talk) showRun(_ context.Context, g given) error {
	f, _, err := t.about(g.args)
	switch {
	case err != nil:
		return err
	case f.Run == nil:
		return fmt.Errorf("no run of %s is known (history tells of earlier ones)", f.Fabric.ID)
	}
	t.text(t.cfg.Printer.Run(f.Run))
	return nil
}

// stop ends a run that was begun here.
func (t *talk) stop(_ context.Context, g given) error {
	f, _, err := t.about(g.args)
	switch {
	case err != nil:
		return err
	case f.Run == nil || f.Run.Phase.Over() || t.cfg.Acts.Starter == nil || !t.cfg.Acts.Starter.Stop(f.Run.ID, t.cfg.Acts.By):
		return fmt.Errorf("no run of %s that goes on was begun here", f.Fabric.ID)
	}
	t.say(safe.Sprintf("run %s is ended: what was published stays", shortRun(f.Run.ID)))
	return nil
}

// shortRun is as much of a run's id as commands need to find it again.
func shortRun(id string) string { return id[:min(8, len(id))] }
