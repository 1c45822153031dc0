package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"selvage/core"
	"selvage/core/config"
	"selvage/tui"
)

// keymapOf is the keymap with a configuration's keys and tools in it, or each
// mistake in them with its line.
func keymapOf(c *config.Config) (*tui.Keymap, config.Problems) {
	tools := make([]tui.Tool, len(c.Tools))
	for i, t := range c.Tools {
		tools[i] = tui.Tool{Key: t.Key, Name: t.Name, Run: t.Run}
	}
	keymap, faults := tui.NewKeymap(c.Keys, tools)
	var problems config.Problems
	for _, f := range faults {
		key := "keys." + f.Action
		if f.Tool >= 0 {
			key = fmt.Sprintf("tools[%d].%s", f.Tool, f.About)
		}
		at := c.At(key)
		if at == (config.Position{}) && f.Tool >= 0 { // a part that is not there
			at = c.At(fmt.Sprintf("tools[%d]", f.Tool))
		}
		if at == (config.Position{}) { // one that nobody gave away
			at = c.At("keys")
		}
		do := f.Do
		if f.Name {
			do = likeAction(f.Action)
		}
		problems = append(problems, config.Problem{Position: at, What: key + ": " + f.What, Do: do})
	}
	return keymap, problems
}

// checkKeys tells what is wrong with keys and tools. What the configuration itself
// refuses is told already.
func checkKeys(c *config.Config) config.Problems {
	if len(c.Keys)+len(c.Tools) == 0 {
		return nil
	}
	_, problems := keymapOf(c)
	return problems
}

// likeAction says which action may have been meant.
func likeAction(name string) string {
	for _, a := range tui.Actions() {
		if _, word, _ := strings.Cut(a, "."); strings.EqualFold(word, name) {
			return "did you mean " + a + "?"
		}
	}
	if do := config.Near(name, tui.Actions()); do != "" {
		return do
	}
	return "`selvage man` lists them, and :keys in the dashboard"
}

// placesIn are what the lines of tools can name of a fabric that its state does not
// hold: where its cluster is.
func placesIn(c *config.Config) func(core.FabricID) map[string]string {
	return func(id core.FabricID) map[string]string {
		f, ok := c.Fabric(id)
		if !ok {
			return nil
		}
		return map[string]string{"kubeconfig": f.Cluster.Kubeconfig, "context": f.Cluster.Context}
	}
}

// journal is the path of the log.
type journal string

// journalBytes is how much of the log is read at most.
const journalBytes = 256 << 10

// Tail reads the end of the log. One that is not there holds nothing.
func (j journal) Tail(_ context.Context, lines int) (string, []string, error) {
	f, err := os.Open(string(j))
	if errors.Is(err, fs.ErrNotExist) {
		return string(j), nil, nil
	}
	if err != nil {
		return string(j), nil, err
	}
	defer func() { _ = f.Close() }() // it is only read
	info, err := f.Stat()
	if err != nil {
		return string(j), nil, err
	}
	from := max(info.Size()-journalBytes, 0)
	text, err := io.ReadAll(io.NewSectionReader(f, from, journalBytes))
	if err != nil {
		return string(j), nil, err
	}
	if from > 0 {
		_, text, _ = bytes.Cut(text, []byte("\n")) // the first line is not whole
	}
	all := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	if len(text) == 0 {
		all = nil
	}
	return string(j), all[max(len(all)-lines, 0):], nil
}
