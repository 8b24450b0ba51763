//go:build tools

// Package tools pins containerd, which runs the containers of a real node. It is never compiled: containerd is built
// straight from the module cache.
package tools

import (
	_ "github.com/containerd/containerd/v2/cmd/containerd"
	_ "github.com/containerd/containerd/v2/cmd/containerd-shim-runc-v2"
	_ "github.com/containerd/containerd/v2/cmd/ctr"
)
