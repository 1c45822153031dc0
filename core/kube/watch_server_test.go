package kube

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"selvage/core"
)

// happened is an event of the cluster's history. One without an object is a
// bookmark, for every path.
type happened struct {
	revision int
	path     string
	what     string
	object   map[string]any
}

// at is where an object lies: the path of its list, and its place there, -1
// where it is not.
func (c *cluster) at(k core.Key) (path string, i int) {
	path = c.kinds[k.GroupKind()].path(k.Namespace)
	return path, slices.IndexFunc(c.objects[path], func(o map[string]any) bool {
		return o["metadata"].(map[string]any)["name"] == k.Name
	})
}

// write gives an object a VLAN, and makes it if it is not there.
func (c *cluster) write(k core.Key, vlan int) {
	c.with(func() {
		path, i := c.at(k)
		c.revision++
		what, uid := "ADDED", fmt.Sprintf("u-%s-%d", k.Name, c.revision)
		if i >= 0 {
			what, uid = "MODIFIED", c.objects[path][i]["metadata"].(map[string]any)["uid"].(string)
		}
		object := map[string]any{
			"apiVersion": c.kinds[k.GroupKind()].apiVersion(), "kind": k.Kind, "spec": map[string]any{"vlan": vlan},
			"metadata": map[string]any{
				"name": k.Name, "namespace": k.Namespace, "uid": uid, "resourceVersion": strconv.Itoa(c.revision),
			},
		}
		if i >= 0 {
			c.objects[path] = slices.Clone(c.objects[path])
			c.objects[path][i] = object
		} else {
			c.objects[path] = append(slices.Clip(c.objects[path]), object)
		}
		c.tell(happened{c.revision, path, what, object})
	})
}

// erase deletes an object.
func (c *cluster) erase(k core.Key) {
	c.with(func() {
		path, i := c.at(k)
		c.revision++
		object := maps.Clone(c.objects[path][i])
		meta := maps.Clone(object["metadata"].(map[string]any))
		meta["resourceVersion"] = strconv.Itoa(c.revision)
		object["metadata"] = meta
		c.objects[path] = slices.Delete(slices.Clone(c.objects[path]), i, i+1)
		c.tell(happened{c.revision, path, "DELETED", object})
	})
}

// bookmark has every watch say that it is alive.
func (c *cluster) bookmark() {
	c.with(func() {
		c.revision++
		c.tell(happened{revision: c.revision})
	})
}

// cut ends every watch.
func (c *cluster) cut() {
	c.with(func() {
		c.cuts++
		c.stir()
	})
}

func (c *cluster) tell(e happened) {
	c.history = append(c.history, e)
	c.stir()
}

func (c *cluster) stir() {
	close(c.stirred)
	c.stirred = make(chan struct{})
}

// watch streams what happened to a list.
func (c *cluster) watch(w http.ResponseWriter, r *http.Request) {
	var kind resource
	var oldest, cuts int
	c.with(func() {
		oldest, cuts = c.oldest, c.cuts
		for _, k := range c.kinds {
			if steps := strings.Split(r.URL.Path, "/"); k.path(steps[max(0, len(steps)-2)]) == r.URL.Path {
				kind = k
			}
		}
	})
	if kind.Kind == "" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusOK)
	w.(http.Flusher).Flush()
	out := json.NewEncoder(w)
	from, _ := strconv.Atoi(r.URL.Query().Get("resourceVersion"))
	if from < oldest {
		_ = out.Encode(map[string]any{"type": "ERROR", "object": map[string]any{
			"kind": "Status", "apiVersion": "v1", "code": http.StatusGone, "message": "too old resource version",
		}})
		return
	}
	c.with(func() { c.open++ })
	defer c.with(func() { c.open-- })
	for {
		var news []happened
		var stirred chan struct{}
		over := false
		c.with(func() {
			over, stirred = c.cuts != cuts, c.stirred
			if c.mute {
				return
			}
			for _, e := range c.history {
				if e.revision > from && (e.path == r.URL.Path || e.object == nil) {
					news = append(news, e)
				}
			}
		})
		if over {
			return
		}
		for _, e := range news {
			from = e.revision
			if e.object == nil {
				e.what, e.object = "BOOKMARK", map[string]any{
					"apiVersion": kind.apiVersion(), "kind": kind.Kind,
					"metadata": map[string]any{"resourceVersion": strconv.Itoa(e.revision)},
				}
			}
			_ = out.Encode(map[string]any{"type": e.what, "object": e.object})
		}
		w.(http.Flusher).Flush()
		select {
		case <-stirred:
		case <-r.Context().Done():
			return
		}
	}
}

// asked counts the requests for lists, watches and discovery so far.
func (c *cluster) asked() (lists, watches, others int) {
	for _, r := range c.seen() {
		switch {
		case strings.Contains(r, "watch=true"):
			watches++
		case strings.Contains(r, "limit="):
			lists++
		default:
			others++
		}
	}
	return lists, watches, others
}
