//go:build tools

// Package tools pins the Gateway API, whose CustomResourceDefinitions tests install. Nothing of it is compiled.
package tools

import _ "sigs.k8s.io/gateway-api/pkg/consts"
