package kube

import "os"

// noticeSooner has connections given up whose other side has not answered for
// 15 seconds, where client-go would wait 45. It reads both times from the
// environment of the process and takes them from nowhere else; what a user has
// set there stays.
func noticeSooner(lookup func(name string) (string, bool)) {
	for name, seconds := range map[string]string{
		"HTTP2_READ_IDLE_TIMEOUT_SECONDS": "10",
		"HTTP2_PING_TIMEOUT_SECONDS":      "5",
	} {
		if _, set := lookup(name); !set {
			_ = os.Setenv(name, seconds) // it fails for names that cannot be
		}
	}
}
