package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the scripts run this very program under its name, in a process
// of its own: exit codes, streams and all.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"selvage": main})
}

// TestScripts plays testdata/script: the commands that need no terminal, on
// dumps and a repository that git itself made.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			home := filepath.Join(e.WorkDir, "home")
			for key, value := range map[string]string{
				"HOME": home, "XDG_CONFIG_HOME": "", "XDG_STATE_HOME": "", "XDG_CACHE_HOME": "",
				"SELVAGE_CONFIG": filepath.Join(e.WorkDir, "selvage.yaml"), "SELVAGE_MODE": "", "DEBUG": "",
				"GIT_CONFIG_GLOBAL": filepath.Join(e.WorkDir, "gitconfig"), "GIT_CONFIG_SYSTEM": os.DevNull,
				"GIT_AUTHOR_NAME": "Kim", "GIT_AUTHOR_EMAIL": "kim@netops.example",
				"GIT_COMMITTER_NAME": "Kim", "GIT_COMMITTER_EMAIL": "kim@netops.example",
				// A PATH that holds this program and no other.
				"SELVAGE_ALONE":   filepath.SplitList(e.Getenv("PATH"))[0],
				"GIT_AUTHOR_DATE": "2026-11-01T12:00:00Z", "GIT_COMMITTER_DATE": "2026-11-01T12:00:00Z",
			} {
				e.Setenv(key, value)
			}
			if err := os.WriteFile(filepath.Join(e.WorkDir, "gitconfig"), []byte("[init]\n\tdefaultBranch = main\n"), 0o600); err != nil {
				return err
			}
			return os.Mkdir(home, 0o700)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
	})
}

// exits is the script command "exits CODE PROGRAM ARG...": it runs a program,
// keeps its output for stdout and stderr, and asks for its exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARG...")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	var failed *exec.ExitError
	switch {
	case errors.As(err, &failed):
		code = failed.ExitCode()
	case err != nil:
		ts.Fatalf("run %s: %v", args[1], err)
	}
	if want := args[0]; fmt.Sprint(code) != want {
		ts.Fatalf("%v exits with %d, want %s", args[1:], code, want)
	}
}
