// Package child runs another program: so that it cannot touch the terminal, as the
// credential plugins of kubeconfigs and git's credential helpers ([Command]), or so
// that it has the terminal, as a person's editor ([Front]).
//
// It is the one place that starts other programs; cmd/selvage starts itself once more,
// for the dashboard to be guarded.
//
// # Promises
//
// Of a Command:
//
//   - The program has no terminal: it runs in a session of its own, where
//     opening /dev/tty fails, and what it prints goes nowhere but into the
//     [Result].
//   - Nobody is waited for: its standard input holds what [Command] says and
//     ends there.
//   - It ends with the context, together with everything that it has started.
//   - What is kept of its output is bounded.
//
// # Decisions
//
// A new session and not only a new process group: a process group without the
// terminal's foreground is stopped when it reads from the terminal, and may
// still write to it; a session without a terminal cannot open it at all.
//
// A program that has ended well and left a process behind that holds its output
// open, as credential daemons do, has said all it had to say: its output counts
// after a short wait. What it left behind is not ended then, since it was meant
// to stay.
//
// A Front stays in the process group that it was started from. In one of its own it
// would need the terminal's foreground, and its ctrl+z would stop it alone: nobody
// would be there to tell the shell, which waits for this program.
//
// That group is not told to end as a whole, for it may hold the script that this
// program was called by: a Front ends with its descendants, each told by itself. Linux
// says who they are; elsewhere only the Front itself is told.
package child
