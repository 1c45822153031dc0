package kube

import (
	"log/slog"

	"k8s.io/klog/v2"
)

// Quiet turns all that client-go would write to standard error into records of
// log. It changes the whole process; call it once, before anything else of this
// package.
func Quiet(log *slog.Logger) {
	klog.SetSlogLogger(log)
}
