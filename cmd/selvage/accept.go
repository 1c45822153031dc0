package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"selvage/core"
	"selvage/core/safe"
)

type acceptFlags struct {
	mass, rewritten, base bool
	count                 int
}

func (a *app) acceptCommand() *cobra.Command {
	var flags acceptFlags
	cmd := &cobra.Command{
		Use:   "accept FABRIC [KIND/NAME...]",
		Short: "Say that what looks wrong is right",
		Long: `Check a fabric, and say that what looks wrong in it is right: that so many
objects were to vanish at once, that a branch was to be rewritten, or that what
both sides say now is what they agree on from here on. It holds for exactly
what this check found. Nothing is written but the history of selvage.`,
		Args:    cobra.MinimumNArgs(1),
		PreRunE: func(cmd *cobra.Command, _ []string) error { return only(cmd, true, "mass-change", "rewritten", "base") },
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.accept(cmd, args[0], args[1:], flags)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&flags.mass, "mass-change", false, "that objects vanished")
	f.BoolVar(&flags.rewritten, "rewritten", false, "that the history of a branch was rewritten")
	f.BoolVar(&flags.base, "base", false, "what git and live say now, of the named objects or of all that are disputed, as their base")
	f.IntVar(&flags.count, "count", 0, "how many objects that are, in place of typing it")
	cmd.MarkFlagsMutuallyExclusive("mass-change", "rewritten", "base")
	cmd.MarkFlagsOneRequired("mass-change", "rewritten", "base")
	return cmd
}

// offer is what a check found that can be accepted.
type offer struct {
	words []core.Acceptance
	// ask says in a sentence what is to be confirmed by its count, and names
	// what is counted; "" where nothing has to be confirmed.
	ask   string
	names []string

	nothing string // why there is nothing to accept
	done    string // what was accepted, once it is
	// open tells what keeps a later check from being as it was accepted.
	open func(core.FabricState) string
}

func (a *app) accept(cmd *cobra.Command, fabric string, objects []string, flags acceptFlags) error {
	if len(objects) > 0 && !flags.base {
		return usage(errors.New("KIND/NAME goes with --base; what vanished, or was rewritten, is accepted as a whole"))
	}
	return a.survey(cmd.Context(), []string{fabric}, false, func(s *session, fabrics []core.FabricState) error {
		f := fabrics[0]
		if f.Report == nil {
			return exit{code: exitUnread, err: f.Err}
		}
		var o offer
		var err error
		switch {
		case flags.mass:
			o = massOffer(f)
		case flags.rewritten:
			o = rewriteOffer(f)
		default:
			o, err = baseOffer(cmd.Context(), s, f, objects, a.now())
		}
		if err != nil {
			return err
		}
		if len(o.words) == 0 {
			return a.nothing(f, o.nothing)
		}
		if err := a.confirm(cmd, f, o, flags); err != nil {
			return err
		}
		return a.acceptOffer(cmd.Context(), s, f, o)
	})
}

// nothing ends a command that had nothing to do.
func (a *app) nothing(f core.FabricState, why string) error {
	if err := a.printf("%s: %s\n", safe.Clean(string(f.Fabric.ID)), safe.Clean(why)); err != nil {
		return err
	}
	return done(statusCode([]core.FabricState{f}, nil, a.now()))
}

// acceptOffer keeps the words, looks again and prints what came of them.
func (a *app) acceptOffer(ctx context.Context, s *session, f core.FabricState, o offer) error {
	id := f.Fabric.ID
	for i := range o.words {
		o.words[i].By, o.words[i].At = username(), a.now()
	}
	if err := s.store.Accept(ctx, id, o.words...); err != nil {
		return exit{code: exitRefused, err: err}
	}
	if err := a.printf("%s: %s\n", safe.Clean(string(id)), safe.Clean(o.done)); err != nil {
		return err
	}
	after, err := a.again(ctx, s, id)
	if err != nil {
		return err
	}
	if err := a.statusTable([]core.FabricState{after}, a.now(), false, false); err != nil {
		return err
	}
	code := statusCode([]core.FabricState{after}, nil, a.now())
	if after.Report == nil {
		return exit{code: code, err: after.Err}
	}
	if why := o.open(after); why != "" {
		return exit{code: worse(code, exitRefused), err: fmt.Errorf("%s: %s", id, why)}
	}
	return done(code)
}

// again checks a fabric once more.
func (a *app) again(ctx context.Context, s *session, id core.FabricID) (core.FabricState, error) {
	if err := a.check(ctx, s, []core.FabricID{id}); err != nil {
		return core.FabricState{}, err
	}
	f, _ := s.loop.Fleet().Fabric(id)
	return f, nil
}

func massOffer(f core.FabricState) offer {
	z := f.Report.Freeze
	if z == nil {
		return offer{nothing: "no mass disappearance waits to be accepted"}
	}
	o := offer{
		words: []core.Acceptance{{What: core.AcceptMass, Keys: z.Gone}},
		ask:   fmt.Sprintf("%d of %d objects vanished from %s", len(z.Gone), z.Of, z.Side),
		done:  fmt.Sprintf("accepted that %d of %d objects vanished from %s", len(z.Gone), z.Of, z.Side),
		open: func(now core.FabricState) string {
			if now.Report.Freeze == nil {
				return ""
			}
			return now.Report.Freeze.Sentence(now.Fabric.ID)
		},
	}
	for _, k := range z.Gone {
		o.names = append(o.names, f.Fabric.Label(k))
	}
	return o
}

func rewriteOffer(f core.FabricState) offer {
	o := offer{
		nothing: "no rewritten history waits to be accepted",
		open: func(now core.FabricState) string {
			for _, r := range now.Report.Rewrites {
				return r.Sentence(now.Fabric.ID)
			}
			return ""
		},
	}
	var told []string
	for _, r := range f.Report.Rewrites {
		o.words = append(o.words, core.Acceptance{What: core.AcceptRewrite, From: r.From, To: r.To})
		told = append(told, fmt.Sprintf("%s was rewritten from %s to %s", r.Branch, core.ShortCommit(r.From), core.ShortCommit(r.To)))
	}
	o.done = "accepted that " + strings.Join(told, ", and that ")
	return o
}

// baseOffer takes both sides of the named objects as they are; without names,
// those of all objects on which the sides do not agree.
func baseOffer(ctx context.Context, s *session, f core.FabricState, names []string, now time.Time) (offer, error) {
	o := offer{nothing: "no object differs of which both sides were read"}
	verdicts, err := chosen(f, names, now)
	if err != nil {
		return o, err
	}
	var settled []core.Verdict // by a person or by themselves, and so left out
	for _, v := range verdicts {
		if len(names) == 0 && !disputed(v.State) {
			if v.State == core.Pending || v.State == core.Acknowledged {
				settled = append(settled, v)
			}
			continue
		}
		label := f.Fabric.Label(v.Key)
		seen, _, err := s.loop.Object(ctx, f.Fabric.ID, v.Key)
		if err != nil {
			return o, exit{code: exitUnread, err: err}
		}
		why := noBase(v, seen)
		switch {
		case why == "":
		case v.State == core.InSync && len(names) > 0:
			o.nothing = label + " is in sync"
			continue
		case len(names) > 0:
			return o, exit{code: exitRefused, err: fmt.Errorf("accept %s of %s as the base: %s", label, f.Fabric.ID, why)}
		default:
			continue
		}
		o.names = append(o.names, label)
		o.words = append(o.words, core.Acceptance{
			What: core.AcceptBase, Keys: []core.Key{v.Key},
			GitDigest: seen.Git.Object.Digest, LiveDigest: seen.Live.Object.Digest,
		})
	}
	o.done = fmt.Sprintf("accepted what git and live say of %s as the base", some(o.names))
	if out := leftOut(f, settled); out != "" {
		o.nothing = "no object is disputed of which both sides were read; " + out
		o.done += "; " + out
	}
	if len(names) == 0 {
		o.ask = fmt.Sprintf("git and live disagree on %d objects", len(o.names))
	}
	words := o.words
	o.open = func(now core.FabricState) string { return unsettled(now, words) }
	return o, nil
}

// disputed tells whether git and live disagree on an object in a way that
// nobody has accepted and that does not settle by itself.
func disputed(s core.State) bool {
	return s == core.Stuck || s == core.Conflict || s == core.Drifted || s == core.Differs
}

// leftOut tells which objects differ and are not taken unless they are named; ""
// where there is none.
func leftOut(f core.FabricState, settled []core.Verdict) string {
	if len(settled) == 0 {
		return ""
	}
	counts := map[core.State]int{}
	var words []string
	for _, v := range settled {
		counts[v.State]++
		words = append(words, core.ShellWord(f.Fabric.Label(v.Key)))
	}
	var parts []string
	for _, s := range []core.State{core.Pending, core.Acknowledged} {
		if n := counts[s]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s.Title()))
		}
	}
	which := "KIND/NAME..."
	if len(words) <= 3 {
		which = strings.Join(words, " ")
	}
	return fmt.Sprintf("%s left out (to take what they say as the base, too: selvage accept %s %s --base)", joined(parts), core.ShellWord(string(f.Fabric.ID)), which)
}

// noBase tells why what both sides say of an object cannot become its base.
func noBase(v core.Verdict, seen core.Remembered) string {
	switch {
	case v.State == core.InSync:
		return "it is in sync"
	case v.State == core.Invalid || v.State == core.Unknown:
		return fmt.Sprintf("it is %s: %s", v.State.Title(), v.Reason)
	case seen.Git.Object == nil:
		return "git does not have it, and a base needs both sides"
	case seen.Live.Object == nil:
		return "live does not have it, and a base needs both sides"
	case !seen.Git.Until.IsZero() || !seen.Live.Until.IsZero():
		return "one side was not read"
	}
	return ""
}

// unsettled tells which of the accepted objects is not in sync for all that.
func unsettled(f core.FabricState, words []core.Acceptance) string {
	accepted := map[core.Key]bool{}
	for _, w := range words {
		accepted[w.Keys[0]] = true
	}
	for _, v := range f.Report.Verdicts {
		if accepted[v.Key] && v.State != core.InSync {
			return fmt.Sprintf("%s is %s now: %s (it changed meanwhile; look at it, and accept it again)", f.Fabric.Label(v.Key), v.State.Title(), v.Reason)
		}
	}
	return ""
}

// confirm lets a person confirm an offer by its count: with --count, or typed on
// a terminal.
func (a *app) confirm(cmd *cobra.Command, f core.FabricState, o offer, flags acceptFlags) error {
	n := len(o.names)
	if o.ask == "" {
		return nil
	}
	refused := func(why string) error {
		a.tell(o)
		return exit{code: exitRefused, err: fmt.Errorf("accept %s: %s, %s", f.Fabric.ID, o.ask, why)}
	}
	if cmd.Flags().Changed("count") {
		if flags.count != n {
			return refused(fmt.Sprintf("not %d (if that is right: --count %d)", flags.count, n))
		}
		return nil
	}
	in, ok := cmd.InOrStdin().(interface {
		io.Reader
		Fd() uintptr
	})
	if !ok || !term.IsTerminal(int(in.Fd())) {
		return refused(fmt.Sprintf("and nobody has confirmed it (if that is right: --count %d)", n))
	}
	a.tell(o)
	fmt.Fprintf(a.errs, "%s: %s. Type %d to accept that: ", safe.Clean(string(f.Fabric.ID)), safe.Clean(o.ask), n)
	typed, err := readLine(cmd.Context(), in)
	if err != nil {
		return err
	}
	if typed != strconv.Itoa(n) {
		return exit{code: exitRefused, err: fmt.Errorf("accept %s: %q is not %d, nothing was accepted", f.Fabric.ID, typed, n)}
	}
	return nil
}

// tell lists on standard error what an offer counts.
func (a *app) tell(o offer) {
	const most = 20
	for i, name := range o.names {
		if i == most {
			fmt.Fprintf(a.errs, "  and %d more\n", len(o.names)-most)
			break
		}
		fmt.Fprintf(a.errs, "  %s\n", safe.Clean(name))
	}
}

// readLine reads what a person types until the end of the line. It does not
// outlive ctx, though what it reads from may.
func readLine(ctx context.Context, in io.Reader) (string, error) {
	type answer struct {
		line string
		err  error
	}
	typed := make(chan answer, 1)
	go func() {
		line, err := bufio.NewReader(in).ReadString('\n')
		typed <- answer{line, err}
	}()
	select {
	case a := <-typed:
		if a.err != nil && !errors.Is(a.err, io.EOF) {
			return "", fmt.Errorf("read the answer: %w", a.err)
		}
		return strings.TrimSpace(a.line), nil
	case <-ctx.Done():
		return "", exit{code: exitInterrupted, err: errInterrupted}
	}
}

// some names a few things, or counts them.
func some(names []string) string {
	if len(names) > 3 {
		return fmt.Sprintf("%d objects", len(names))
	}
	return strings.Join(names, ", ")
}
