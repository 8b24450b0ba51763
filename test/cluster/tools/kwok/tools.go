//go:build tools

// Package tools pins KWOK, which plays the kubelet of fake nodes. It is never compiled: KWOK is built straight from the
// module cache.
package tools

import _ "sigs.k8s.io/kwok/cmd/kwok"
