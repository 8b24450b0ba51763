//go:build tools

// Package tools pins etcd, the store of test clusters. It is never compiled: etcd is built straight from the module cache.
package tools

import _ "go.etcd.io/etcd/server/v3"
