package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"selvage/core"
	"selvage/core/config"
	"selvage/core/safe"
)

// longestAck is for how long a difference can be accepted at most.
const longestAck = 365 * 24 * time.Hour

type ackFlags struct {
	all    bool
	field  string
	reason string
	span   string
	end    bool
}

func (a *app) ackCommand() *cobra.Command {
	var flags ackFlags
	cmd := &cobra.Command{
		Use:   "ack FABRIC [KIND/NAME...]",
		Short: "Accept differences for a while",
		Long: `Check a fabric, and accept the differences of the named objects, or of all, for
a while. A difference is told again as soon as one of its two values changes, and
when its time is over, or when somebody ends that with --end. Nothing is written
but the history of selvage.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.ack(cmd, args[0], args[1:], flags)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&flags.all, "all", false, "all objects that differ")
	f.StringVar(&flags.field, "field", "", "only what differs at this `path` or below: .spec.subnets.default.vlan")
	f.StringVar(&flags.reason, "reason", "", "why, for those who come later")
	f.StringVar(&flags.span, "for", "", "for how `long`, as 8h, 2d or 3w; at most a year")
	f.BoolVar(&flags.end, "end", false, "accept them no longer")
	cmd.MarkFlagsMutuallyExclusive("end", "for")
	return cmd
}

// pardon is what is to be said of every difference.
type pardon struct {
	field  core.Path // [core.Root] for all of an object
	reason string
	span   time.Duration
}

func (f ackFlags) pardon() (p pardon, err error) {
	p.field, p.reason = core.Root, strings.TrimSpace(f.reason)
	switch {
	case f.end && p.reason == "":
		p.reason = "accepted no longer"
	case f.end:
	case p.reason == "":
		return p, errors.New("--reason: say why the difference may stay, for those who come later")
	case f.span == "":
		return p, errors.New("--for: say for how long the difference may stay: 8h, 2d, 3w")
	}
	if !f.end {
		if p.span, err = ackSpan(f.span); err != nil {
			return p, fmt.Errorf("--for %w", err)
		}
	}
	if f.field != "" {
		if p.field, err = core.ParsePath(f.field); err != nil {
			return p, fmt.Errorf("--field %q: %w", f.field, err)
		}
	}
	return p, nil
}

// about tells whether that is said of a place: the field may be as people see it, with
// what looks like a secret masked.
func (p pardon) about(at core.Path) bool {
	return at.Under(p.field) || shownPath(at).Under(p.field)
}

// words are what is said of the differences of an object.
func (p pardon) words(k core.Key, changes []core.Change, now time.Time) []core.Acknowledgement {
	var words []core.Acknowledgement
	for _, c := range changes {
		if p.about(c.Path) {
			words = append(words, core.Acknowledgement{
				Key: k, Path: c.Path, Reason: p.reason, By: username(), At: now, Until: now.Add(p.span),
				GitDigest: c.Git.Digest(), LiveDigest: c.Live.Digest(),
			})
		}
	}
	return words
}

// ended are the words that end those that hold on an object.
func (p pardon) ended(m *core.Memory, k core.Key, now time.Time) []core.Acknowledgement {
	var held []core.Acknowledgement
	for _, w := range m.Acknowledgements {
		if w.Key == k && p.about(w.Path) && w.Until.After(now) {
			held = append(held, w)
		}
	}
	return core.Ended(held, username(), p.reason, now)
}

// ackSpan reads for how long a difference may stay.
func ackSpan(text string) (time.Duration, error) {
	span, err := config.ParseDuration(text)
	if err == nil && (span <= 0 || span > longestAck) {
		err = errors.New("it is longer than nothing, and at most a year (365d)")
	}
	if err != nil {
		return 0, fmt.Errorf("%q: %w", text, err)
	}
	return span, nil
}

func (a *app) ack(cmd *cobra.Command, fabric string, objects []string, flags ackFlags) error {
	p, err := flags.pardon()
	switch {
	case err != nil:
		return usage(err)
	case flags.all == (len(objects) > 0):
		return usage(errors.New("name objects as KIND/NAME, or say --all: one of the two"))
	}
	return a.survey(cmd.Context(), []string{fabric}, false, func(s *session, fabrics []core.FabricState) error {
		f := fabrics[0]
		if f.Report == nil {
			return exit{code: exitUnread, err: f.Err}
		}
		find, none := a.words, "nothing differs that could be accepted"
		if flags.end {
			find, none = a.ended, "nothing is accepted that could be ended"
		}
		words, err := find(cmd.Context(), s, f, objects, p)
		if err != nil {
			return err
		}
		if len(words) == 0 {
			return a.nothing(f, none)
		}
		if err := s.store.Acknowledge(cmd.Context(), f.Fabric.ID, words...); err != nil {
			return exit{code: exitRefused, err: err}
		}
		after, err := a.again(cmd.Context(), s, f.Fabric.ID)
		if err != nil {
			return err
		}
		if err := a.printWords(f.Fabric, words); err != nil {
			return err
		}
		if !flags.end {
			a.remaining(after, words)
		}
		return done(statusCode([]core.FabricState{after}, nil, a.now()))
	})
}

// words are what is to be said of each difference of the named objects, of all
// objects where none is named. A named object that cannot be accepted is
// refused; others are passed over.
func (a *app) words(ctx context.Context, s *session, f core.FabricState, objects []string, p pardon) ([]core.Acknowledgement, error) {
	verdicts, err := chosen(f, objects, a.now())
	if err != nil {
		return nil, err
	}
	now := a.now()
	var words []core.Acknowledgement
	for _, v := range verdicts {
		if len(objects) == 0 && v.State == core.Acknowledged {
			continue // somebody has said something about it already
		}
		if why := noAck(v); why != "" {
			if len(objects) == 0 {
				continue
			}
			return nil, exit{code: exitRefused, err: fmt.Errorf("accept %s of %s for a while: %s", f.Fabric.Label(v.Key), f.Fabric.ID, why)}
		}
		changes, err := s.loop.Values(ctx, f.Fabric.ID, v.Key)
		if err != nil {
			return nil, exit{code: exitUnread, err: err}
		}
		found := p.words(v.Key, changes, now)
		if len(found) == 0 && len(objects) > 0 {
			return nil, usage(fmt.Errorf("%s of %s does not differ at %s, but at %s", f.Fabric.Label(v.Key), f.Fabric.ID, p.field, pathsOf(changes)))
		}
		words = append(words, found...)
	}
	return words, nil
}

// ended are the words that end what was accepted of the named objects, of all where
// none is named.
func (a *app) ended(ctx context.Context, s *session, f core.FabricState, objects []string, p pardon) ([]core.Acknowledgement, error) {
	verdicts, err := chosen(f, objects, a.now())
	if err != nil {
		return nil, err
	}
	m, err := s.store.Memory(ctx, f.Fabric.ID)
	if err != nil {
		return nil, exit{code: exitUnread, err: err}
	}
	now := a.now()
	var ended []core.Acknowledgement
	for _, v := range verdicts {
		found := p.ended(m, v.Key, now)
		if len(found) == 0 && len(objects) > 0 {
			return nil, exit{code: exitRefused, err: fmt.Errorf("end what is accepted of %s of %s: nothing is (selvage status %s tells how it stands)", f.Fabric.Label(v.Key), f.Fabric.ID, f.Fabric.ID)}
		}
		ended = append(ended, found...)
	}
	return ended, nil
}

// noAck tells why the differences of an object cannot be accepted.
func noAck(v core.Verdict) string {
	switch v.State {
	case core.Stuck, core.Conflict, core.Drifted, core.Differs, core.OnlyGit, core.OnlyLive, core.Acknowledged:
		return ""
	case core.InSync:
		return "it is in sync"
	case core.Pending:
		return fmt.Sprintf("it is pending: %s (live is about to follow; there is nothing to accept yet)", v.Reason)
	case core.Invalid, core.Unknown:
	}
	return fmt.Sprintf("it is %s: %s (nobody can say what would be accepted)", v.State.Title(), v.Reason)
}

func pathsOf(changes []core.Change) string {
	all := make([]string, len(changes))
	for i, c := range changes {
		all[i] = string(c.Path)
	}
	return strings.Join(all, ", ")
}

// printWords says what was accepted until when.
func (a *app) printWords(f core.Fabric, words []core.Acknowledgement) error {
	for _, w := range words {
		place := safe.Clean(string(w.Path))
		if w.Path == core.Root {
			place = safe.Lit("the whole object")
		}
		until := "accepted until " + core.Stamp(w.Until)
		if w.Ends() {
			until = "accepted no longer"
		}
		if err := a.printf("# %s  %s  %s\n", safe.Clean(f.Label(w.Key)), place, until); err != nil {
			return err
		}
	}
	return nil
}

// remaining tells on standard error which of the objects differ for all that.
func (a *app) remaining(f core.FabricState, words []core.Acknowledgement) {
	if f.Report == nil {
		return
	}
	for _, v := range f.Report.Verdicts {
		about := slices.ContainsFunc(words, func(w core.Acknowledgement) bool { return w.Key == v.Key })
		if about && !v.State.Settled() {
			a.complain(fmt.Errorf("%s is still %s: %s", f.Fabric.Label(v.Key), v.State.Title(), v.Reason))
		}
	}
}
