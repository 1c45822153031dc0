// Package termtest runs a program in a terminal that a test can look at: a
// pseudo-terminal of the system with an emulator behind it.
//
//	screen := termtest.Start(t, exec.Command(binary), termtest.Options{})
//	screen.Wait("in sync")
//	screen.Press("j", "enter")
//	screen.WaitFor("the diff", func(s string) error { … })
//	screen.Press("ctrl+c")
//	if code := screen.ExitCode(); code != 0 { … }
//
// Attach does the same for a program at the far end of a connection, such as an
// SSH session.
//
// A test looks at what is on the screen, never at how it was written: Screen is
// the text as a person sees it, Foreground and Reverse tell of its colours,
// State of the modes that a program must put back. How much was written, and
// when the last of it came, is told by Written and Settle.
//
// What can go wrong with a terminal are options: one that answers no question
// (Silent), a light one, a slow line (BytesPerSecond) or a long one (Delay),
// which take what the program writes as fast as sshd does and show it late.
// Freeze is a terminal that takes nothing more.
//
// # Promises
//
//   - No wait is a guess: each asks again whenever the screen has changed, and
//     ends the test after a minute with the screen as it was.
//   - The program and what it started end with the test.
//
// # Decisions
//
// github.com/charmbracelet/x/vt is the emulator, of the same authors as Bubble
// Tea, and github.com/creack/pty opens the terminal: both in place of 150 lines
// of ioctls, and of an emulator that would only understand what we expect. The
// emulator knows neither synchronized output nor insert mode: the question for
// the one is answered here, and text in the other made room for.
//
// A slow line delays what was read and does not read slowly. The kernel holds
// four kilobytes of a terminal, sshd takes them at once and up to two megabytes
// more: a test with back pressure would be kinder than the line it stands for.
package termtest
