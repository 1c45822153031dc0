package kube

import (
	"testing"

	"selvage/core"
	"selvage/core/coretest"
)

func TestSource(t *testing.T) {
	holding := func(t *testing.T, objects []*core.Object) *cluster {
		c := newCluster(t)
		for _, o := range objects {
			path := c.kinds[o.Key.GroupKind()].path(o.Key.Namespace)
			c.objects[path] = append(c.objects[path], core.Document(o.Key, o.Version, o.Fields))
		}
		return c
	}
	coretest.Source(t, coretest.SourceWorld{
		Holding: func(t *testing.T, objects ...*core.Object) core.Source {
			return New(holding(t, objects).config())
		},
		Broken: func(t *testing.T, objects ...*core.Object) core.Source {
			c := holding(t, objects)
			s := New(c.config())
			c.server.Close()
			return s
		},
	})
}
