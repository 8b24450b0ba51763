package main

import (
	"encoding/json"
	"net/http"
	"strconv"
	"sync/atomic"
)

// The destination service of Linkerd 2, as far as the proxies here ask it: what an address and port mean. The protocol between
// them is no part of what is stood in for.
type answer struct {
	// Service, Pod or Unknown.
	Kind string
	// Of a Service: whether it defines the port.
	Defined   bool
	Namespace string
	Name      string
	// Where requests go by a route, each with its share; empty without one.
	Backends []backend
}

type backend struct {
	Address string
	Weight  int
}

type serviceObject struct {
	Metadata struct{ Name, Namespace string }
	Spec     struct {
		ClusterIP string
		Ports     []struct {
			Port     int
			Protocol string
		}
	}
}

type httpRoute struct {
	Metadata struct{ Name, Namespace string }
	Spec     struct {
		ParentRefs []struct {
			Kind, Name string
			Port       int
		}
		Rules []struct {
			BackendRefs []struct {
				Name, Namespace string
				Port            int
				Weight          *int
			}
		}
	}
}

type world struct {
	byAddress map[string]serviceObject
	byName    map[string]serviceObject
	routes    []httpRoute
}

func destination([]string) error {
	api, err := inCluster()
	if err != nil {
		return err
	}
	var current atomic.Pointer[world]
	var services, routes *store
	changed, note := noting()
	services = api.follow("/api/v1/services", note)
	routes = api.follow("/apis/gateway.networking.k8s.io/v1/httproutes", note)
	go func() {
		for range changed {
			current.Store(worldOf(services.all(), routes.all()))
		}
	}()
	mux := http.NewServeMux()
	mux.HandleFunc("/ready", func(w http.ResponseWriter, _ *http.Request) {
		if !services.isSynced() || current.Load() == nil {
			http.Error(w, "not ready", http.StatusServiceUnavailable)
		}
	})
	mux.HandleFunc("/lookup", func(w http.ResponseWriter, r *http.Request) {
		port, _ := strconv.Atoi(r.FormValue("port"))
		if known := current.Load(); known != nil {
			answerJSON(w, known.lookUp(r.FormValue("address"), port))
			return
		}
		http.Error(w, "not ready", http.StatusServiceUnavailable)
	})
	return http.ListenAndServe(":8086", mux)
}

func worldOf(services, routes []object) *world {
	w := &world{byAddress: map[string]serviceObject{}, byName: map[string]serviceObject{}}
	for _, each := range services {
		var s serviceObject
		if json.Unmarshal(each.raw, &s) == nil {
			w.byAddress[s.Spec.ClusterIP] = s
			w.byName[each.key()] = s
		}
	}
	for _, each := range routes {
		var r httpRoute
		if json.Unmarshal(each.raw, &r) == nil {
			w.routes = append(w.routes, r)
		}
	}
	return w
}

func (w *world) lookUp(address string, port int) answer {
	s, known := w.byAddress[address]
	if !known {
		return answer{Kind: "Unknown"}
	}
	found := answer{Kind: "Service", Namespace: s.Metadata.Namespace, Name: s.Metadata.Name}
	for _, each := range s.Spec.Ports {
		found.Defined = found.Defined || each.Port == port
	}
	found.Backends = w.backends(s, port)
	return found
}

func (w *world) backends(s serviceObject, port int) []backend {
	var found []backend
	for _, route := range w.routes {
		for _, parent := range route.Spec.ParentRefs {
			if parent.Kind != "Service" || parent.Name != s.Metadata.Name || route.Metadata.Namespace != s.Metadata.Namespace {
				continue
			}
			if parent.Port != 0 && parent.Port != port {
				continue
			}
			for _, rule := range route.Spec.Rules {
				for _, ref := range rule.BackendRefs {
					namespace := ref.Namespace
					if namespace == "" {
						namespace = route.Metadata.Namespace
					}
					weight := 1
					if ref.Weight != nil {
						weight = *ref.Weight
					}
					to := w.byName[namespace+"/"+ref.Name].Spec.ClusterIP
					found = append(found, backend{Address: to + ":" + strconv.Itoa(ref.Port), Weight: weight})
				}
			}
		}
	}
	return found
}
