package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"selvage/core"
	"selvage/core/config"
	"selvage/tui"
)

// informer tells how the fabrics of a session are set up.
type informer struct{ session *session }

// Inform gives what is configured of a fabric, and where all is kept.
func (i informer) Inform(_ context.Context, id core.FabricID) (tui.Info, error) {
	c := i.session.config
	one := *c
	one.Fabrics = nil
	for _, f := range c.Fabrics {
		if f.Core().ID == id {
			one.Fabrics = append(one.Fabrics, f)
		}
	}
	if len(one.Fabrics) == 0 {
		return tui.Info{}, fmt.Errorf("fabric %q is no longer configured", id)
	}
	text, err := config.Show(&one)
	if err != nil {
		return tui.Info{}, err
	}
	info := tui.Info{Configuration: string(text), Files: c.Files, Store: filepath.Join(c.State.Dir, "selvage.db"), Cache: c.Cache}
	if file, err := os.Stat(info.Store); err == nil {
		info.StoreSize = file.Size()
	}
	return info, nil
}
