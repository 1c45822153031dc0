package main

import (
	"strings"
	"testing"
)

func TestSecretsInATextAreMaskedLineByLine(t *testing.T) {
	got := maskText(strings.Join([]string{
		"    rotate the password: see CHG-1",
		"+++ b/secrets/token.yaml",
		"@@ -1,9 +1,9 @@",
		" spec:",
		"-  bgpPassword: hunter2",
		`+  bgpPassword: "hunter3"`,
		"   users: {kim: {password: 'x y', role: admin}}",
		"+  apiKey:",
		"+    value: deep",
		"+    more: 'down'",
		"   vlan: 1001 # no secret",
		"   authTokenRequired: true",
		"-  again: {secret: hunter2}",
		`-    {"passphrase": "a\"b", "mtu": 9000}`,
		"-  privateKey: |",
		"-    -----BEGIN",
		"-  name: leaf-01",
	}, "\n"))
	want := strings.Join([]string{
		"    rotate the password: <masked 1>",
		"+++ b/secrets/token.yaml",
		"@@ -1,9 +1,9 @@",
		" spec:",
		"-  bgpPassword: <masked 2>",
		"+  bgpPassword: <masked 3>",
		"   users: {kim: {password: <masked 4>, role: admin}}",
		"+  apiKey:",
		"+    <masked 5>",
		"+    <masked 6>",
		"   vlan: 1001 # no secret",
		"   authTokenRequired: true",
		"-  again: {secret: <masked 2>}",
		`-    {"passphrase": <masked 7>, "mtu": 9000}`,
		"-  privateKey: |",
		"-    <masked 8>",
		"-  name: leaf-01",
	}, "\n")
	if got != want {
		t.Errorf("masked\n%s\nwant\n%s", got, want)
	}
}
