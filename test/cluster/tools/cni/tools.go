//go:build tools

// Package tools pins the CNI plugins that give pods of a real node their addresses. It is never compiled: the plugins are
// built straight from the module cache.
package tools

import (
	_ "github.com/containernetworking/plugins/plugins/ipam/host-local"
	_ "github.com/containernetworking/plugins/plugins/main/loopback"
	_ "github.com/containernetworking/plugins/plugins/main/ptp"
	_ "github.com/containernetworking/plugins/plugins/meta/portmap"
)
