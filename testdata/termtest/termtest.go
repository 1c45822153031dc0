package termtest

import (
	"bytes"
	"errors"
	"image/color"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// Options say what kind of terminal it is. The zero value is one of 80 columns
// and 24 rows, dark, that answers what it is asked, on a fast line.
type Options struct {
	Width, Height  int
	Silent         bool          // answers no question
	Light          bool          // has a light background
	BytesPerSecond int           // of the line to the terminal; 0 for no limit
	Delay          time.Duration // of all that the program writes
}

// line tells whether there is a line between the program and the screen.
func (o Options) line() bool { return o.BytesPerSecond > 0 || o.Delay > 0 }

// chunk is what was read at once.
type chunk struct {
	bytes []byte
	due   time.Time
}

// Terminal is a terminal with a program in it.
type Terminal struct {
	tb     testing.TB
	o      Options
	in     io.Writer
	master *os.File  // nil at the end of a connection
	cmd    *exec.Cmd // as well
	ended  chan struct{}
	closed sync.Once

	mu      sync.Mutex
	screen  *vt.Emulator
	modes   map[ansi.Mode]bool
	copied  string
	told    []string // the notifications, as OSC 9 says them
	bells   int
	asked   map[string]int
	updates int
	late    []chunk // read, but not yet through the line
	frozen  bool
	written int64
	last    time.Time     // when the last byte came through
	changed chan struct{} // closed when anything of this changes
}

// Start runs a command in a terminal of its own, as the leader of a session.
func Start(tb testing.TB, cmd *exec.Cmd, o Options) *Terminal {
	tb.Helper()
	t := build(tb, o)
	size := &pty.Winsize{Cols: uint16(t.o.Width), Rows: uint16(t.o.Height)}
	master, err := pty.StartWithSize(cmd, size)
	if err != nil {
		tb.Fatalf("start %s in a terminal: %v", cmd.Path, err)
	}
	master = pollable(tb, master)
	t.in, t.master, t.cmd = master, master, cmd
	t.run(master, func() { _ = cmd.Wait() })
	tb.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		t.Close()
		<-t.ended
	})
	return t
}

// pollable gives the terminal's other end as a file that can be closed while
// somebody reads from it. Opened by the library it is one that blocks.
func pollable(tb testing.TB, f *os.File) *os.File {
	tb.Helper()
	defer f.Close()
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err == nil {
		err = unix.SetNonblock(fd, true)
	}
	if err != nil {
		tb.Fatalf("open the terminal: %v", err)
	}
	return os.NewFile(uintptr(fd), f.Name())
}

// control makes a system call on the terminal's other end.
func (t *Terminal) control(what string, call func(fd int) error) {
	t.tb.Helper()
	raw, err := t.master.SyscallConn()
	if err == nil {
		err = errors.Join(raw.Control(func(fd uintptr) { err = call(int(fd)) }), err)
	}
	if err != nil {
		t.tb.Fatalf("%s: %v", what, err)
	}
}

// Attach shows what comes from out, and writes what is typed to in. The program
// behind them has ended when wait returns.
func Attach(tb testing.TB, in io.Writer, out io.Reader, wait func(), o Options) *Terminal {
	tb.Helper()
	t := build(tb, o)
	t.in = in
	t.run(out, wait)
	return t
}

func build(tb testing.TB, o Options) *Terminal {
	tb.Helper()
	if o.Width == 0 {
		o.Width, o.Height = 80, 24
	}
	t := &Terminal{
		tb: tb, o: o, screen: vt.NewEmulator(o.Width, o.Height), modes: map[ansi.Mode]bool{ansi.ModeTextCursorEnable: true},
		asked: map[string]int{}, changed: make(chan struct{}), ended: make(chan struct{}), last: time.Now(),
	}
	t.screen.SetDefaultBackgroundColor(color.Black)
	if o.Light {
		t.screen.SetDefaultBackgroundColor(color.White)
	}
	t.screen.SetCallbacks(vt.Callbacks{
		EnableMode: func(m ansi.Mode) {
			t.modes[m] = true
			if m == ansi.ModeSynchronizedOutput {
				t.updates++
			}
		},
		DisableMode: func(m ansi.Mode) { delete(t.modes, m) },
		Bell:        func() { t.bells++ },
	})
	t.answerMore()
	return t
}

// answerMore teaches the emulator what a terminal of today knows beyond it.
func (t *Terminal) answerMore() {
	t.screen.RegisterCsiHandler(ansi.Command('?', '$', 'p'), func(params ansi.Params) bool {
		n, _, _ := params.Param(0, 0)
		if ansi.DECMode(n) != ansi.ModeSynchronizedOutput {
			return false
		}
		t.asked["synchronized output"]++
		value := ansi.ModeReset
		if t.modes[ansi.ModeSynchronizedOutput] {
			value = ansi.ModeSet
		}
		_, _ = io.WriteString(t.screen.InputPipe(), ansi.ReportMode(ansi.ModeSynchronizedOutput, value))
		return true
	})
	t.screen.RegisterOscHandler(9, func(data []byte) bool {
		t.told = append(t.told, strings.TrimPrefix(string(data), "9;"))
		return true
	})
	t.screen.RegisterOscHandler(52, func(data []byte) bool {
		t.copied = string(data)
		return true
	})
}

// run shows what the program writes until it has ended.
func (t *Terminal) run(out io.Reader, wait func()) {
	var all sync.WaitGroup
	all.Go(func() { t.read(out) })
	all.Go(t.answer)
	over := make(chan struct{})
	if t.o.line() {
		all.Go(func() { t.deliver(over) })
	}
	go func() {
		wait()
		close(over)
		if t.master != nil {
			_ = t.master.SetWriteDeadline(time.Now()) // nobody reads an answer any more
		}
		if c, ok := t.screen.InputPipe().(io.Closer); ok {
			_ = c.Close()
		}
		all.Wait()
		close(t.ended)
	}()
}

// read takes what the program writes, at once.
func (t *Terminal) read(out io.Reader) {
	b := make([]byte, 1<<16)
	for {
		n, err := out.Read(b)
		t.mu.Lock()
		t.written += int64(n)
		if n > 0 && t.o.line() {
			t.late = append(t.late, chunk{bytes.Clone(b[:n]), time.Now().Add(t.o.Delay)})
		} else if n > 0 {
			t.show(b[:n])
		}
		frozen := t.frozen
		t.mu.Unlock()
		if err != nil || frozen {
			return // EIO where nobody has the terminal open any more
		}
	}
}

// steps is how often in a second the line lets something through.
const steps = 100

// deliver is the line.
func (t *Terminal) deliver(over <-chan struct{}) {
	tick := time.NewTicker(time.Second / steps)
	defer tick.Stop()
	for {
		select {
		case <-over:
			t.through(time.Now().Add(t.o.Delay), 0)
			return
		case now := <-tick.C:
			t.through(now, t.o.BytesPerSecond/steps)
		}
	}
}

// through shows what is due, at most so many bytes; 0 stands for all of it.
func (t *Terminal) through(now time.Time, most int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	left := most
	for len(t.late) > 0 && !t.late[0].due.After(now) && (most == 0 || left > 0) {
		c := &t.late[0]
		n := len(c.bytes)
		if most > 0 {
			n = min(n, left)
			left -= n
		}
		t.show(c.bytes[:n])
		if c.bytes = c.bytes[n:]; len(c.bytes) == 0 {
			t.late = t.late[1:]
		}
	}
}

// show puts bytes on the screen. The caller holds mu.
func (t *Terminal) show(b []byte) {
	// The emulator has no insert mode; making room first comes to the same.
	b = insertMode.ReplaceAllFunc(b, func(m []byte) []byte {
		text := insertMode.FindSubmatch(m)[1]
		return append([]byte(ansi.InsertCharacter(ansi.StringWidth(string(text)))), text...)
	})
	_, _ = t.screen.Write(b)
	t.last = time.Now()
	close(t.changed)
	t.changed = make(chan struct{})
}

// answer passes on what the terminal says by itself.
func (t *Terminal) answer() {
	b := make([]byte, 1<<12)
	for {
		n, err := t.screen.Read(b)
		if n > 0 && !t.o.Silent {
			_, _ = t.in.Write(b[:n])
		}
		if err != nil {
			return
		}
	}
}

// Grow gives the screen another size, and leaves it to the test to tell the
// program.
func (t *Terminal) Grow(width, height int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.screen.Resize(width, height)
}

// Resize gives the terminal another size, and tells the program.
func (t *Terminal) Resize(width, height int) {
	t.tb.Helper()
	t.Grow(width, height)
	t.control("resize the terminal", func(fd int) error {
		return unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Col: uint16(width), Row: uint16(height)})
	})
}

// Signal sends the program a signal.
func (t *Terminal) Signal(s os.Signal) {
	t.tb.Helper()
	if err := t.cmd.Process.Signal(s); err != nil {
		t.tb.Fatalf("send %s: %v", s, err)
	}
}

// Freeze stops taking what the program writes, for good.
func (t *Terminal) Freeze() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.frozen = true
}

// Close takes the terminal away, as a connection that is lost does.
func (t *Terminal) Close() {
	t.closed.Do(func() { _ = t.master.Close() })
}

// Canonical tells whether the terminal edits lines and echoes them, as it did
// before a program took it over.
func (t *Terminal) Canonical() bool {
	t.tb.Helper()
	var mode *unix.Termios
	t.control("ask for the terminal's mode", func(fd int) (err error) {
		mode, err = termios(fd)
		return err
	})
	want := uint64(unix.ICANON | unix.ECHO | unix.ISIG)
	return uint64(mode.Lflag)&want == want
}

// ExitCode waits for the program's end and gives its exit code; -1 where a
// signal ended it.
func (t *Terminal) ExitCode() int {
	t.tb.Helper()
	select {
	case <-t.ended:
	case <-time.After(patience):
		t.tb.Fatalf("the program has not ended within %s; the screen is\n%s", patience, t.Screen())
	}
	return t.cmd.ProcessState.ExitCode()
}

// Ended is closed once the program has ended and all it wrote has been shown.
func (t *Terminal) Ended() <-chan struct{} { return t.ended }

// insertMode is text that pushes aside what is right of it, as Bubble Tea
// writes it for terminals that it knows little of.
var insertMode = regexp.MustCompile(`\x1b\[4h(.*?)\x1b\[4l`)

// errNotSeen is what a wait for a text ends with.
var errNotSeen = errors.New("the screen does not show that")
