package kube

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/klog/v2"
)

func TestMain(m *testing.M) {
	Quiet(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

func TestQuietTakesClientGoOffTheTerminal(t *testing.T) {
	terminal, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = terminal.Close() }()
	stderr := os.Stderr
	os.Stderr = terminal
	defer func() { os.Stderr = stderr }()

	var log bytes.Buffer
	Quiet(slog.New(slog.NewTextHandler(&log, nil)))
	defer Quiet(slog.New(slog.DiscardHandler))
	klog.Error("the reflector is unhappy")
	klog.Background().Error(os.ErrInvalid, "and so is the transport")
	klog.Flush()

	shown, err := os.ReadFile(terminal.Name())
	if err != nil {
		t.Fatal(err)
	}
	if len(shown) > 0 {
		t.Errorf("on the terminal: %s", shown)
	}
	for _, want := range []string{"reflector", "transport"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("log = %s, want a record about the %s", &log, want)
		}
	}
}
