package main

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"net"
	"os"
	"regexp"
	"strings"
	"time"

	"selvage/core"
	"selvage/core/config"
	"selvage/core/loop"
	"selvage/core/plan"
	"selvage/core/repo"
	"selvage/core/runner"
	"selvage/store"
)

// pace is how long a run waits between its first looks at whether live follows.
const pace = time.Second

// runnerConfig says how decisions are carried out. The doors to branches come
// from the pool that the sources read through, so that a commit is made on what
// was read.
func (a *app) runnerConfig(c *config.Config, pool *repo.Pool, l *loop.Loop, books *store.Store, me core.Holder, log *slog.Logger) runner.Config {
	r := runner.Config{
		World: l, Board: l, Books: books,
		Holder: me, NewID: newID, Now: a.now, Pace: pace, Events: l.Subscribe().Next, Log: log,
		Backoff: core.Backoff{First: 50 * time.Millisecond, Max: 2 * time.Second, Random: mathrand.Float64},
	}
	for i := range c.Fabrics {
		f := &c.Fabrics[i]
		one := runner.Fabric{ID: f.Name, Auto: f.Sync.Enabled && f.Sync.Auto == "policy", Retries: f.Sync.Retries, Backoff: f.Sync.Backoff}
		for j, at := range locations(f) {
			one.Places = append(one.Places, place(f.Git[j], pool.Publisher(at, authorship(f.Git[j]))))
		}
		r.Fabrics = append(r.Fabrics, one)
	}
	return r
}

// holder is this process, as others on the same store see it.
func holder() core.Holder {
	host, _ := os.Hostname() // "" where the system does not tell
	return core.Holder{ID: newID(), User: username(), Host: host, PID: os.Getpid()}
}

func place(g config.Git, door core.Publisher) runner.Place {
	p := runner.Place{
		Place:     plan.Place{URL: repo.Shown(g.URL), Branch: g.Branch, Path: g.Path, Way: core.Way(g.Publish), Message: g.Message},
		Publisher: door, ReviewURL: g.ReviewURL,
	}
	if g.RequireTicket != "" {
		p.Ticket = regexp.MustCompile(g.RequireTicket) // the configuration was checked
	}
	return p
}

func authorship(g config.Git) repo.Authorship {
	by := repo.Authorship{Signoff: g.Signoff}
	if g.Author != nil {
		by.Name, by.Email = g.Author.Name, g.Author.Email
	}
	if g.Sign != nil {
		by.SSHKey = g.Sign.Key
	}
	return by
}

// newID draws a random UUID (RFC 9562, version 4).
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// seat is where whoever runs the program sits: "jump1, pts/3, from 192.0.2.7".
func (a *app) seat() string {
	host, _ := os.Hostname() // "" where the system does not tell
	var parts []string
	add := func(before, text string) {
		if text != "" {
			parts = append(parts, before+text)
		}
	}
	terminal, _ := a.env("SSH_TTY")
	client, _ := a.env("SSH_CLIENT")
	from, _, _ := strings.Cut(client, " ")
	if net.ParseIP(from) == nil {
		from = "" // the variable is anybody's
	}
	add("", host)
	add("", strings.TrimPrefix(terminal, "/dev/"))
	add("from ", from)
	return joined(parts)
}
