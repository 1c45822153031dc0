package main

import (
	"context"

	"selvage/core"
	"selvage/core/config"
	"selvage/tui"
)

// ignorer adds rules to the configuration of a session.
type ignorer struct {
	app     *app
	session *session
}

// Rule is a rule for a field, and where it goes.
func (i ignorer) Rule(_ context.Context, id core.FabricID, k core.Key, path core.Path) (tui.IgnoreRule, error) {
	kind := k.Kind
	if k.Group != "" && !core.HedgehogGroup(k.Group) {
		kind += "." + k.Group
	}
	a, err := i.session.config.AddIgnore(id, config.Ignore{Kind: kind, Path: path})
	rule := tui.IgnoreRule{Rule: core.IgnoreRule{Kind: kind, Path: path}, Item: a.Item, Text: a.Text}
	if err != nil {
		rule.Why = err.Error()
		return rule, nil
	}
	rule.Where = config.Position{File: a.File, Line: a.Line}.String()
	rule.Add = func(context.Context) error { return a.Write(i.app.configOptions()) }
	return rule, nil
}
