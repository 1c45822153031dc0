package lines

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"selvage/core"
	"selvage/core/safe"
	"selvage/tui"
)

const (
	// page is how many lines are printed at once.
	page = 20
	// longest is how long a typed line may be, in bytes.
	longest = 64 << 10
	// glance is how often it is looked what has changed by the clock alone: a
	// reading becomes stale without any event.
	glance = 10 * time.Second
	// patience is after how long somebody wonders whether anything happens.
	patience = time.Second
)

// Config is all that the conversation takes from outside.
type Config struct {
	Engine  tui.Engine
	Acts    tui.Acts
	Printer Printer
	// Find gives the objects that a person means by a name, at least one of them
	// or an error.
	Find func(f core.FabricState, name string) ([]core.Verdict, error)
	// Events waits for the next event; nil where nothing ever changes.
	Events func(context.Context) (core.Event, error)
	Now    func() time.Time
	// Document renders a manifest as YAML.
	Document func(map[string]any) ([]byte, error)
	Mode     core.Mode // the widest mode that this run allows; "" leaves it to the fabrics
	Version  string

	In  io.Reader
	Out io.Writer
}

// Printer tells things as the commands of the program do. What it gives is text
// of several lines, with foreign text in it made inert and secrets masked.
type Printer interface {
	// Diff tells what objects of a fabric differ by, as fields or as a unified
	// diff.
	Diff(f core.FabricState, of []core.Verdict, unified bool) (string, error)
	// Plan tells what a plan would do.
	Plan(ctx context.Context, p *core.Plan) (string, error)
	// Run tells how a run stands.
	Run(r *core.Run) string
	// History tells what happened, newest first.
	History(ctx context.Context, q Query) (string, error)
}

// Query chooses from what happened.
type Query struct {
	Fabric core.FabricID // "" for all
	Since  string        // "90m", "2d", "3w"; "" for all that is kept
	Object string        // KIND/NAME, "" for all
}

// Run holds a conversation until the person quits, or In or ctx ends. It returns
// nil in the first two cases, the cause of ctx's end in the last, and an error
// where nothing can be printed any more. A read of In that is under way goes on:
// nothing can end it.
func Run(ctx context.Context, cfg Config) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	t := newTalk(cfg)
	typed, events := t.read(ctx), t.listen(ctx)
	clock := time.NewTicker(glance)
	defer clock.Stop()
	t.hello()
	for !t.over && t.fault == nil {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case l, ok := <-typed:
			if !ok {
				return nil
			}
			t.take(ctx, l)
		case <-events:
			t.news()
		case <-clock.C:
			t.news()
		}
	}
	if t.fault != nil {
		return fmt.Errorf("print: %w", t.fault)
	}
	return nil
}

// talk is a conversation.
type talk struct {
	cfg   Config
	fleet core.Fleet // that was told
	at    time.Time  // when it was
	open  core.FabricID

	fabrics []core.FabricID // as they were numbered last
	objects numbered
	edits   []tui.Edit // likewise, of the fabric that is open
	notes   []core.Note

	only, onlyObjects tui.Filter // of the fabrics, and of the objects of the one that is open

	plans  map[string]*core.Plan // that were made here
	mine   []string              // runs that were begun here
	warned bool                  // of a run that quitting interrupts

	answer func(ctx context.Context, line string) error // what the next line is given to; nil for none
	quiet  bool
	rest   []safe.Text // of the last answer
	over   bool
	fault  error // of printing
}

// numbered are objects of a fabric in the order in which they were read out.
type numbered struct {
	fabric core.FabricID
	keys   []core.Key
}

func newTalk(cfg Config) *talk {
	return &talk{cfg: cfg, fleet: cfg.Engine.Fleet(), at: cfg.Now(), plans: map[string]*core.Plan{}}
}

// typed is a line, or why it could not be taken.
type typed struct {
	text string
	err  error
}

// read reads what is typed, line by line, until it ends or ctx does. What has no
// end of line by then is left alone: a line that broke off says something else
// than was meant.
func (t *talk) read(ctx context.Context) <-chan typed {
	out := make(chan typed)
	in := bufio.NewReaderSize(t.cfg.In, longest)
	go func() {
		defer close(out)
		tooLong := false
		for {
			line, err := in.ReadSlice('\n')
			if errors.Is(err, bufio.ErrBufferFull) {
				tooLong = true
				continue
			}
			if err != nil {
				return
			}
			l := typed{text: string(line)}
			if tooLong {
				l = typed{err: fmt.Errorf("the line is longer than %d bytes: nothing was done", longest)}
				tooLong = false
			}
			select {
			case out <- l:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

// listen tells that something may have changed; what, the engine tells.
func (t *talk) listen(ctx context.Context) <-chan struct{} {
	out := make(chan struct{}, 1)
	if t.cfg.Events == nil {
		return out
	}
	go func() {
		for {
			if _, err := t.cfg.Events(ctx); err != nil {
				return
			}
			select {
			case out <- struct{}{}:
			default: // one that is not heard yet tells the same
			}
		}
	}()
	return out
}

// hello is said first.
func (t *talk) hello() {
	t.say(safe.Sprintf("selvage %s, line mode: %s. Type help for the commands, quit to leave.", t.cfg.Version, core.Counted(len(t.fleet.Fabrics), "fabric")))
	t.print(t.listed())
}

// take does what a line says: it is the answer to a question, or a command.
func (t *talk) take(ctx context.Context, l typed) {
	line := strings.TrimSpace(l.text)
	err := l.err
	switch answer := t.answer; {
	case err != nil:
	case answer != nil:
		t.answer = nil
		err = answer(ctx, line)
	case line == "":
		return
	default:
		err = t.command(ctx, line)
	}
	if err != nil {
		t.tell(err)
	}
	if t.answer == nil {
		t.news()
	}
}

// tell tells why something was not done.
func (t *talk) tell(err error) {
	var no *core.NotAllowed
	if errors.As(err, &no) && len(no.Reasons) > 0 {
		for _, why := range no.Reasons {
			t.say(safe.Sprintf("not done: %s", why))
		}
		return
	}
	t.say(safe.Sprintf("not done: %v", err))
}

// ask puts a question. The next line is the answer, whatever it says.
func (t *talk) ask(question safe.Text, answer func(ctx context.Context, line string) error) {
	t.say(question)
	t.answer = answer
}

// say prints a line.
func (t *talk) say(line safe.Text) {
	if t.fault == nil {
		_, t.fault = io.WriteString(t.cfg.Out, line.String()+"\n")
	}
}

// print prints a page of lines and keeps the rest of them.
func (t *talk) print(lines []safe.Text) {
	n := min(page, len(lines))
	if len(lines) == n+1 {
		n++ // one more is no longer than to say so
	}
	for _, l := range lines[:n] {
		t.say(l)
	}
	if t.rest = lines[n:]; len(t.rest) > 0 {
		t.say(safe.Sprintf("%s more: type more for the next %d, more all for all of them", core.Counted(len(t.rest), "line"), min(page, len(t.rest))))
	}
}

// text prints a text of several lines. Empty lines, which only part things for
// the eye, are left out.
func (t *talk) text(s string) {
	lines := safe.Multi(s)
	kept := lines[:0]
	for _, l := range lines {
		if strings.TrimSpace(l.String()) != "" {
			kept = append(kept, l)
		}
	}
	t.print(kept)
}

// during does what may take a while, and says so once it does.
func (t *talk) during(ctx context.Context, label safe.Text, do func(context.Context) error) error {
	return t.hearing(ctx, label, func(ctx context.Context, _ func(safe.Text)) error { return do(ctx) })
}

// hearing does so too, and prints what is said meanwhile as it comes.
func (t *talk) hearing(ctx context.Context, label safe.Text, do func(ctx context.Context, say func(safe.Text)) error) error {
	done, said := make(chan error, 1), make(chan safe.Text)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				done <- fmt.Errorf("panic: %v", r)
			}
		}()
		done <- do(ctx, func(line safe.Text) { said <- line })
	}()
	wonder := time.NewTimer(patience)
	defer wonder.Stop()
	for {
		select {
		case err := <-done:
			return err
		case line := <-said:
			t.say(line)
		case <-wonder.C:
			t.say(label.Plus(safe.Lit(", wait")))
		}
	}
}

// news tells what has changed since it was told last, unless a question waits.
func (t *talk) news() {
	if t.answer != nil {
		return
	}
	fleet, now := t.cfg.Engine.Fleet(), t.cfg.Now()
	if !t.quiet {
		for _, l := range changed(t.fleet, t.at, fleet, now, t.cfg.Acts.By) {
			t.say(l)
		}
	}
	t.fleet, t.at = fleet, now
}

// fabric is a fabric as it is now.
func (t *talk) fabric(id core.FabricID) (core.FabricState, error) {
	f, ok := t.cfg.Engine.Fleet().Fabric(id)
	if !ok {
		return f, fmt.Errorf("no fabric %q (list names them)", id)
	}
	return f, nil
}

// mode is what may be done to a fabric.
func (t *talk) mode(f core.FabricState) core.Mode {
	if t.cfg.Mode == "" {
		return f.Fabric.Mode.Narrower(core.ModeWrite)
	}
	return f.Fabric.Mode.Narrower(t.cfg.Mode)
}

// writable tells why nothing can be decided or published in a fabric.
func (t *talk) writable(f core.FabricState) error {
	if t.mode(f) == core.ModeRead {
		return fmt.Errorf("the mode of %s is read, so that nothing can be decided or published there", f.Fabric.ID)
	}
	return nil
}
