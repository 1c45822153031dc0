package labtest_test

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"os"
	"testing"
)

// TestWireIsTheSameOnBothSides: the two modules cannot share the file.
func TestWireIsTheSameOnBothSides(t *testing.T) {
	ours, err := os.ReadFile("client/wire.go")
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := os.ReadFile("../lab/control/wire.go")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(bytes.Replace(theirs, []byte("package control"), []byte("package client"), 1), ours) {
		t.Error("client/wire.go differs from ../lab/control/wire.go; in testdata/labtest run:\n" +
			"sed 's/^package control/package client/' ../lab/control/wire.go > client/wire.go")
	}
}

// random returns text that does not compress.
func random(t *testing.T, n int) string {
	t.Helper()
	raw := make([]byte, n/2)
	if _, err := rand.Read(raw); err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(raw)
}
