package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/crypto/ssh"

	"selvage/testdata/termtest"
)

// wide is the size that the figures of the dashboard's traffic are about.
func wide() termtest.Options { return termtest.Options{Width: 160, Height: 45} }

// TestOnASlowLineAHeldKeyIsOverSoonAfterItsRelease: what was drawn for the keys
// must not lie in buffers along the way. The line carries 4 KB/s, and sshd takes
// whatever is written.
func TestOnASlowLineAHeldKeyIsOverSoonAfterItsRelease(t *testing.T) {
	s := newStage(t)
	o := wide()
	o.BytesPerSecond = 4 << 10
	screen := s.open(o)
	screen.Press("j", "j", "j", "enter")
	screen.Wait("fabrics > dc1-frontend")
	screen.Press("a") // all of its objects
	screen.Wait("1/83")
	screen.Settle(500 * time.Millisecond)
	repeat := time.NewTicker(time.Second / 30)
	defer repeat.Stop()
	for range 75 {
		<-repeat.C
		screen.Press("j")
	}
	released := time.Now()
	screen.Wait("76/83")
	took := time.Since(released)
	t.Logf("over %s after its release", took)
	if took > 2*time.Second {
		t.Errorf("the key is over %s after its release", took)
	}
	leaves(t, screen)
}

// TestOnALongLineItSaysSoAndWritesLittle: whoever works from the other side of the
// world is told why each key takes as long as it does, and is not sent an age every
// second.
func TestOnALongLineItSaysSoAndWritesLittle(t *testing.T) {
	s := newStage(t)
	o := wide()
	o.Delay = 200 * time.Millisecond
	screen := s.open(o)
	screen.Wait("slow line 2") // 200 ms, or 250 on a machine with much else to do
	screen.Settle(1500 * time.Millisecond)
	screen.Press("enter")
	screen.Wait("fabrics > edge-sin")
	leaves(t, screen)
}

// TestNothingIsWrittenWhileNothingHappens, once nobody looks: the ages that count
// seconds do while somebody does.
func TestNothingIsWrittenWhileNothingHappens(t *testing.T) {
	s := newStage(t)
	screen := s.open(wide())
	screen.Type("\x1b[O") // the terminal lost the focus
	screen.Settle(1500 * time.Millisecond)
	before := screen.Written()
	last := screen.Settle(4 * time.Second)
	if wrote := screen.Written() - before; wrote != 0 {
		t.Errorf("%d bytes were written, the last at %s", wrote, last)
	}
	screen.Type("\x1b[I")
	leaves(t, screen)
}

// TestUpdatesAreAskedToBeShownWhole, over SSH too, where the library would not
// ask; and not where a person has forbidden it.
func TestUpdatesAreAskedToBeShownWhole(t *testing.T) {
	for _, tt := range []struct {
		env    []string
		wanted bool
	}{
		{[]string{"SSH_TTY=/dev/pts/9"}, true},
		{[]string{"SSH_TTY=/dev/pts/9", "SELVAGE_NO_SYNC=1"}, false},
	} {
		t.Run(strings.Join(tt.env, " "), func(t *testing.T) {
			s := newStage(t)
			screen := s.open(termtest.Options{}, tt.env...)
			screen.Press("?")
			screen.Wait("everywhere")
			if asked, used := screen.Asked("synchronized output"), screen.Updates(); (asked > 0) != tt.wanted || (used > 0) != tt.wanted {
				t.Errorf("asked %d times, %d updates shown whole; want that to be %t", asked, used, tt.wanted)
			}
			screen.Press("esc")
			screen.WaitGone("everywhere")
			leaves(t, screen)
		})
	}
}

// sshServer serves one session, as sshd on a jump host does: a terminal of the
// system for the program, with SSH_TTY in its environment.
func sshServer(t *testing.T, command func(env ...string) *exec.Cmd) (address string) {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	config := &ssh.ServerConfig{NoClientAuth: true}
	config.AddHostKey(signer)
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- serve(listener, config, command) }()
	t.Cleanup(func() {
		listener.Close()
		if err := <-served; err != nil {
			t.Errorf("the SSH server: %v", err)
		}
	})
	return listener.Addr().String()
}

// serve takes one connection and runs the command in its first session.
func serve(listener net.Listener, config *ssh.ServerConfig, command func(env ...string) *exec.Cmd) error {
	tcp, err := listener.Accept()
	if err != nil {
		return err
	}
	defer tcp.Close()
	connection, channels, requests, err := ssh.NewServerConn(tcp, config)
	if err != nil {
		return err
	}
	defer connection.Close()
	go ssh.DiscardRequests(requests)
	opened, ok := <-channels
	if !ok {
		return errors.New("no session was opened")
	}
	channel, asked, err := opened.Accept()
	if err != nil {
		return err
	}
	size := func(b []byte) *pty.Winsize {
		return &pty.Winsize{Cols: uint16(binary.BigEndian.Uint32(b)), Rows: uint16(binary.BigEndian.Uint32(b[4:]))}
	}
	var master *os.File
	var window *pty.Winsize
	for r := range asked {
		switch r.Type {
		case "pty-req":
			window = size(r.Payload[4+binary.BigEndian.Uint32(r.Payload):])
		case "window-change":
			if err := pty.Setsize(master, size(r.Payload)); err != nil {
				return err
			}
		case "shell":
			cmd := command("SSH_TTY=/dev/pts/9", "SSH_CONNECTION=127.0.0.1 1 127.0.0.1 22")
			if master, err = pty.StartWithSize(cmd, window); err != nil {
				return err
			}
			go func() { _, _ = io.Copy(master, channel) }()
			go func() {
				_, _ = io.Copy(channel, master)
				_ = cmd.Wait()
				status := make([]byte, 4)
				binary.BigEndian.PutUint32(status, uint32(cmd.ProcessState.ExitCode()))
				_, _ = channel.SendRequest("exit-status", false, status)
				_ = channel.Close()
			}()
		}
		if r.WantReply {
			_ = r.Reply(true, nil)
		}
	}
	return nil
}

// TestOverSSHItIsTheSameDashboard, from the first frame to the exit code.
func TestOverSSHItIsTheSameDashboard(t *testing.T) {
	s := newStage(t)
	address := sshServer(t, func(env ...string) *exec.Cmd {
		cmd := s.command()
		cmd.Env = append(cmd.Env, env...)
		return cmd
	})
	client, err := ssh.Dial("tcp", address, &ssh.ClientConfig{HostKeyCallback: ssh.InsecureIgnoreHostKey()})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	session, err := client.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	if err := session.RequestPty("xterm-256color", 24, 80, ssh.TerminalModes{}); err != nil {
		t.Fatal(err)
	}
	in, err := session.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := session.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := session.Shell(); err != nil {
		t.Fatal(err)
	}
	var ended error
	screen := termtest.Attach(t, in, out, func() { ended = session.Wait() }, termtest.Options{})
	s.looked(screen)
	screen.Press("j", "j", "j", "enter")
	screen.Wait("fabrics > dc1-frontend")
	screen.Paste("q")
	if err := session.WindowChange(40, 120); err != nil {
		t.Fatal(err)
	}
	screen.Grow(120, 40)
	screen.WaitFor("a frame of 40 rows", func(text string) error {
		if rows := strings.Split(text, "\n"); len(rows) != 40 {
			return fmt.Errorf("%d rows", len(rows))
		}
		return nil
	})
	screen.Press("ctrl+c")
	<-screen.Ended()
	if ended != nil {
		t.Errorf("the session ends with %v, want exit code 0", ended)
	}
	if left := screen.State(); left != (termtest.State{}) {
		t.Errorf("the terminal is left with %+v", left)
	}
}

// TestInTmuxItDrawsAndLeavesNothingBehind: tmux is a terminal of its own, with
// other answers and a screen that it shows later.
func TestInTmuxItDrawsAndLeavesNothingBehind(t *testing.T) {
	s := newStage(t)
	socket := filepath.Join(t.TempDir(), "tmux")
	program := strings.Join(s.command().Args, " ")
	cmd := exec.CommandContext(t.Context(), "tmux", "-S", socket, "-f", "/dev/null", "new-session", "sh -i")
	cmd.Env = append(s.env, "PS1=ready> ", "SHELL=/bin/sh", "LC_ALL=C.UTF-8")
	screen := termtest.Start(t, cmd, termtest.Options{})
	t.Cleanup(func() { _ = exec.Command("tmux", "-S", socket, "kill-server").Run() })
	screen.Wait("ready>")
	screen.Type(program + "\r")
	s.looked(screen)
	screen.Press("j", "j", "j", "enter")
	screen.Wait("fabrics > dc1-frontend")
	screen.Press("ctrl+c")
	screen.WaitFor("the shell's second prompt", func(text string) error {
		if n := strings.Count(text, "ready>"); n != 2 {
			return fmt.Errorf("there are %d", n)
		}
		return nil
	})
	screen.Type("exit\r")
	screen.Wait("[exited]")
	restored(t, screen)
}
