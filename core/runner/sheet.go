package runner

import (
	"context"
	"errors"

	"selvage/core"
	"selvage/core/plan"
	"selvage/core/sheet"
)

// Sheet is an object of a fabric to be edited: what its Git has, with the comments,
// or else what live says, as the drafts on the desk have it. What comes of it is for
// [Runner.Revise]. It goes by the last check, and checks again where the branch has
// moved since.
func (r *Runner) Sheet(ctx context.Context, id core.FabricID, k core.Key) (sheet.Sheet, error) {
	s, err := r.sheet(ctx, id, k)
	if errors.Is(err, core.ErrMoved) {
		if err := r.config.World.Check(ctx, id); err != nil {
			return sheet.Sheet{}, err
		}
		s, err = r.sheet(ctx, id, k)
	}
	return s, err
}

func (r *Runner) sheet(ctx context.Context, id core.FabricID, k core.Key) (sheet.Sheet, error) {
	f, err := r.fabric(id)
	if err != nil {
		return sheet.Sheet{}, err
	}
	one := plan.Fabric{State: r.state(id)}
	fabric := one.State.Fabric
	if fabric.Mode == core.ModeRead {
		return sheet.Sheet{}, undecidable(id)
	}
	for _, p := range f.Places {
		one.Places = append(one.Places, p.Place)
	}
	subject, err := r.subject(ctx, id, k)
	if err != nil {
		return sheet.Sheet{}, err
	}
	if one.Git, err = r.config.World.Git(ctx, id); err != nil {
		return sheet.Sheet{}, err
	}
	if one.Git == nil || !subject.Sides.Git.Read {
		return sheet.Sheet{}, refuse("edit %s of %s: git was not read: check again when it can be%s", fabric.Label(k), id, because(subject))
	}
	s := sheet.Sheet{Fabric: id, Namespace: fabric.Namespace, Key: k, Name: fabric.Label(k), Shape: subject.Shape, Schema: subject.Schema}
	if s.Document, s.File, err = plan.Document(ctx, plan.Input{Files: r.files}, one, k); err != nil {
		return s, err
	}
	m, err := r.config.Books.Memory(ctx, id)
	if err != nil {
		return s, err
	}
	if s.File == "" {
		fields, ok := subject.Sides.Live.Value.Any().(map[string]any)
		if !ok {
			return s, refuse("edit %s of %s: neither git nor live has it", fabric.Label(k), id)
		}
		version := subject.Verdict.Version
		if version == "" {
			version = core.KindOf(k.GroupKind()).Version
		}
		if s.Document, err = sheet.Rendered(k, version, fields); err != nil {
			return s, err
		}
	}
	return s.WithDrafts(subject, m.Drafts, m.Proposed), nil
}

func undecidable(id core.FabricID) error {
	return refuse("%s: its mode is read, so that nothing can be decided (mode in the configuration, --read-only and SELVAGE_MODE)", id)
}
