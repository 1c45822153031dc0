package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"

	"selvage/testdata/hedgehog"

	"selvage/testdata/lab/control"
	"selvage/testdata/lab/crds"
)

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "lab:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if len(args) == 1 && args[0] == "crds" {
		return crds.Write(stdout)
	}
	if len(args) == 0 || args[0] != "serve" {
		return fmt.Errorf("say what to do: lab serve --dir DIR [--linger 30s], or lab crds")
	}
	flags := flag.NewFlagSet("lab serve", flag.ContinueOnError)
	flags.SetOutput(stderr)
	dir := flags.String("dir", "", "`directory` of the socket; its path must be short")
	linger := flags.Duration("linger", 30*time.Second, "how long to stay when nobody uses the lab")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	if *dir == "" {
		return fmt.Errorf("lab serve: say where with --dir")
	}
	return control.Run(ctx, control.Config{
		Dir:    *dir,
		Linger: *linger,
		Mutate: hedgehog.Default,
		Now:    time.Now,
		Log:    log.New(stderr, "lab: ", log.LstdFlags|log.LUTC),
	})
}
