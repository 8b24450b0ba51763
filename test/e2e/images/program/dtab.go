package main

import (
	"fmt"
	"net"
	"regexp"
	"strconv"
	"strings"
)

// The names of Linkerd 1: how a dtab rewrites a path until a namer knows it. The answers have the shape of /delegator.json.
type dentry struct {
	Prefix string `json:"prefix"`
	Dst    string `json:"dst"`
}

type tree struct {
	Type     string  `json:"type"`
	Path     string  `json:"path"`
	Dentry   *dentry `json:"dentry,omitempty"`
	Delegate *tree   `json:"delegate,omitempty"`
	Alt      []*tree `json:"alt,omitempty"`
	Name     string  `json:"name,omitempty"`
	Bound    *bound  `json:"bound,omitempty"`
	Tree     *tree   `json:"tree,omitempty"`
}

type bound struct {
	Addr map[string]any `json:"addr"`
	ID   string         `json:"id"`
	Path string         `json:"path"`

	addresses []endpoint
}

type endpoint struct {
	IP   string            `json:"ip"`
	Port int               `json:"port"`
	Meta map[string]string `json:"meta"`
}

const deepest = 30

func parseDtab(text string) ([]dentry, error) {
	var dtab []dentry
	for _, each := range strings.Split(text, ";") {
		if strings.TrimSpace(each) == "" {
			continue
		}
		prefix, dst, found := strings.Cut(each, "=>")
		prefix, dst = strings.TrimSpace(prefix), strings.TrimSpace(dst)
		if !found || !strings.HasPrefix(prefix, "/") || !strings.HasPrefix(dst, "/") {
			return nil, fmt.Errorf("%q is no dentry", each)
		}
		dtab = append(dtab, dentry{prefix, dst})
	}
	return dtab, nil
}

// A naming binds paths; lookUp answers for the io.l5d.k8s namer, nil for a Service or port that it does not know.
// Names of the Internet cost a question each, so that they are asked for only where they are wanted.
type naming struct {
	dtab   []dentry
	hosts  bool
	lookUp func(namespace, port, service string) []endpoint
}

func (n naming) resolve(path string) *tree { return n.step(path, nil, 0) }

func (n naming) step(path string, by *dentry, depth int) *tree {
	if depth > deepest {
		return &tree{Type: "exception", Path: path, Dentry: by}
	}
	if strings.HasPrefix(path, "/#/") || strings.HasPrefix(path, "/$/") {
		return n.bind(path, by, depth)
	}
	var options []*tree
	for index := len(n.dtab) - 1; index >= 0; index-- {
		each := n.dtab[index]
		if rest, matches := below(path, each.Prefix); matches {
			options = append(options, n.step(each.Dst+rest, &each, depth+1))
		}
	}
	switch len(options) {
	case 0:
		return &tree{Type: "neg", Path: path, Dentry: by}
	case 1:
		return &tree{Type: "delegate", Path: path, Dentry: by, Delegate: options[0]}
	default:
		return &tree{Type: "alt", Path: path, Dentry: by, Alt: options}
	}
}

func below(path, prefix string) (string, bool) {
	rest, found := strings.CutPrefix(path, prefix)
	return rest, found && (rest == "" || rest[0] == '/')
}

var portInHost = regexp.MustCompile(`^(.+):(\d+)$`)

func (n naming) bind(path string, by *dentry, depth int) *tree {
	parts := strings.Split(path, "/")[1:]
	neg := &tree{Type: "neg", Path: path, Dentry: by}
	on := func(to string) *tree {
		return n.step(to, by, depth+1)
	}
	switch parts[1] {
	case "io.l5d.k8s":
		return n.bindService(path, parts[2:], by)
	case "portNsSvcToK8s":
		if len(parts) >= 5 {
			return on("/k8s/" + parts[3] + "/" + parts[2] + "/" + parts[4])
		}
	case "io.buoyant.rinet":
		if n.hosts && len(parts) >= 4 {
			return bindHost(path, parts[2], parts[3], by)
		}
	case "io.buoyant.http.domainToPathPfx":
		if len(parts) >= 4 {
			labels := strings.Split(parts[3], ".")
			for i, j := 0, len(labels)-1; i < j; i, j = i+1, j-1 {
				labels[i], labels[j] = labels[j], labels[i]
			}
			return on("/" + parts[2] + "/" + strings.Join(labels, "/"))
		}
	case "io.buoyant.porthostPfx":
		if len(parts) >= 4 {
			if found := portInHost.FindStringSubmatch(parts[3]); found != nil {
				return on("/" + parts[2] + "/" + found[2] + "/" + found[1])
			}
		}
	}
	return neg
}

func (n naming) bindService(path string, parts []string, by *dentry) *tree {
	neg := &tree{Type: "neg", Path: path, Dentry: by}
	if len(parts) < 3 {
		return neg
	}
	namespace, port, service := strings.ToLower(parts[0]), strings.ToLower(parts[1]), strings.ToLower(parts[2])
	addresses := n.lookUp(namespace, port, service)
	if addresses == nil {
		return neg
	}
	id := "/#/io.l5d.k8s/" + namespace + "/" + port + "/" + service
	residual := "/" + strings.Join(parts[3:], "/")
	return leafOf(path, by, bound{ID: id, Path: residual, addresses: addresses})
}

// A name of the Internet is bound whether anybody knows it or not.
func bindHost(path, port, host string, by *dentry) *tree {
	id := "/$/io.buoyant.rinet/" + port + "/" + host
	addresses, err := net.LookupHost(host)
	if err != nil {
		return &tree{Type: "leaf", Path: path, Dentry: by, Bound: &bound{Addr: map[string]any{"type": "neg"}, ID: id, Path: "/"}}
	}
	number, _ := strconv.Atoi(port)
	var endpoints []endpoint
	for _, each := range addresses {
		endpoints = append(endpoints, endpoint{IP: each, Port: number, Meta: map[string]string{}})
	}
	return leafOf(path, by, bound{ID: id, Path: "/", addresses: endpoints})
}

func leafOf(path string, by *dentry, to bound) *tree {
	to.Addr = map[string]any{"type": "bound", "addrs": to.addresses, "meta": map[string]any{}}
	return &tree{Type: "leaf", Path: path, Dentry: by, Bound: &to}
}

// leaf is where a request for the path goes: the first alternative that is known.
func (t *tree) leaf() *bound {
	switch t.Type {
	case "leaf":
		return t.Bound
	case "delegate":
		return t.Delegate.leaf()
	case "alt":
		for _, each := range t.Alt {
			if found := each.leaf(); found != nil {
				return found
			}
		}
	}
	return nil
}

// A transformation leads every leaf elsewhere: its prefix goes before their names, its hops take the place of their addresses.
type transformation struct {
	name   string
	prefix string
	hops   func([]endpoint) []endpoint
}

func (by transformation) of(t *tree) *tree {
	if t == nil {
		return nil
	}
	copied := *t
	if t.Type == "leaf" {
		inner := *t
		inner.Path = by.prefix + t.Bound.ID
		inner.Bound = &bound{Addr: t.Bound.Addr, ID: inner.Path, Path: t.Bound.Path}
		if t.Bound.addresses != nil {
			inner.Bound.Addr = map[string]any{"type": "bound", "addrs": by.hops(t.Bound.addresses), "meta": map[string]any{}}
		}
		return &tree{Type: "transformation", Path: t.Path, Name: by.name, Bound: t.Bound, Tree: &inner}
	}
	copied.Delegate = by.of(t.Delegate)
	copied.Alt = nil
	for _, each := range t.Alt {
		copied.Alt = append(copied.Alt, by.of(each))
	}
	return &copied
}
