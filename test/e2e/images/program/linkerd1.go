package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Linkerd 1 on one node: an outgoing router that pods call, which hands over to the incoming router of the node where the
// callee lives, and the admin server. It reads Endpoints through the sidecar on port 8001, as the real one does.
type linkerd1 struct {
	config    []byte
	routers   map[string]*router
	endpoints *store
	replicas  atomic.Pointer[map[string][]endpoint]
	outbound  *http.Transport
	counts    counters
}

type router struct {
	Label       string
	Dtab        string
	Servers     []struct{ Port int }
	Interpreter struct {
		Transformers []transformer
	}
	dtab []dentry
	next atomic.Uint64
}

type transformer struct{ Kind, Namespace, Service, Port string }

func runLinkerd1(args []string) error {
	config, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	var read struct{ Routers []*router }
	if err := json.Unmarshal(config, &read); err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	l := &linkerd1{config: config, routers: map[string]*router{}, counts: counters{values: map[string]uint64{}}}
	l.outbound = forwarding()
	changed, note := noting()
	l.endpoints = (&kube{base: "http://127.0.0.1:8001", client: &http.Client{}}).follow("/api/v1/endpoints", note)
	go func() {
		for range changed {
			l.read()
		}
	}()
	failed := make(chan error)
	for _, each := range read.Routers {
		if each.dtab, err = parseDtab(each.Dtab); err != nil {
			return err
		}
		l.routers[each.Label] = each
		for _, server := range each.Servers {
			listen := fmt.Sprintf(":%d", server.Port)
			go func() { failed <- http.ListenAndServe(listen, l.proxy(each, server.Port)) }()
		}
	}
	go func() { failed <- http.ListenAndServe(":9990", l.admin()) }()
	return <-failed
}

const (
	mostTries     = 8
	shortestPause = 10 * time.Millisecond
	longestPause  = 2 * time.Second
)

func (l *linkerd1) proxy(r *router, port int) http.Handler {
	server := fmt.Sprintf("rt/%s/server/0.0.0.0/%d", r.Label, port)
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		if request.Host == "" {
			l.refuse(w, http.StatusBadRequest, "no host")
			return
		}
		service := "rt/" + r.Label + "/service/svc/" + request.Host
		request.Header.Set("Via", "1.1 linkerd")
		response, client, err := l.answer(r, request)
		blocks := []string{server, service}
		if client != "" {
			blocks = append(blocks, "rt/"+r.Label+"/client/"+client)
		}
		if err != nil {
			log.Printf("%s %s %s: %v", r.Label, request.Method, request.Host, err)
			l.counts.outcome(blocks, http.StatusBadGateway)
			l.refuse(w, http.StatusBadGateway, err.Error())
			return
		}
		defer response.Body.Close()
		l.counts.outcome(blocks, response.StatusCode)
		for name, values := range response.Header {
			w.Header()[name] = values
		}
		w.Header().Set("Via", "1.1 linkerd")
		w.Header().Set("l5d-success-class", map[bool]string{true: "1.0", false: "0.0"}[response.StatusCode < 500])
		w.WriteHeader(response.StatusCode)
		_, _ = io.Copy(w, response.Body)
	})
}

// answer sends a request where its name leads now. What only reads is sent again when the answer is a 5xx or none comes, as the
// recorded configuration says (io.l5d.http.retryableRead5XX, with a pause that grows).
func (l *linkerd1) answer(r *router, request *http.Request) (*http.Response, string, error) {
	pause := shortestPause
	for tries := 1; ; tries++ {
		response, client, err := l.once(r, request)
		again := err != nil || response.StatusCode >= 500
		if !again || tries == mostTries || r.Label != "outgoing" || request.Method != http.MethodGet {
			return response, client, err
		}
		if response != nil {
			response.Body.Close()
		}
		time.Sleep(pause)
		pause = min(2*pause, longestPause)
	}
}

func (l *linkerd1) once(r *router, request *http.Request) (*http.Response, string, error) {
	path := "/svc/" + request.Host
	leaf := l.naming(r.dtab, false).resolve(path).leaf()
	if leaf == nil {
		leaf = l.naming(r.dtab, true).resolve(path).leaf()
	}
	var hops []string
	if leaf != nil {
		hops = l.hops(r, leaf.addresses)
	}
	if len(hops) == 0 {
		return nil, "", fmt.Errorf("Unable to route request!\n\nservice name: /svc/%s", request.Host)
	}
	response, err := send(l.outbound, request, hops[r.next.Add(1)%uint64(len(hops))])
	client := leaf.ID
	for _, each := range r.Interpreter.Transformers {
		client = l.transformation(each).prefix + client
	}
	return response, strings.TrimPrefix(client, "/"), err
}

// hops are the addresses to send to: those of the replicas, of the proxies on their nodes, or of replicas on this node only.
func (l *linkerd1) hops(r *router, replicas []endpoint) []string {
	for _, each := range r.Interpreter.Transformers {
		replicas = l.transformation(each).hops(replicas)
	}
	var hops []string
	for _, each := range replicas {
		hops = append(hops, fmt.Sprintf("%s:%d", each.IP, each.Port))
	}
	return hops
}

func (l *linkerd1) transformation(t transformer) transformation {
	if t.Kind == "io.l5d.k8s.localnode" {
		return localNode(os.Getenv("POD_IP"), os.Getenv("NODE_NAME"))
	}
	prefix := fmt.Sprintf("/%%/%s/%s/%s/%s", t.Kind, t.Namespace, t.Port, t.Service)
	return transformation{name: "SubnetGatewayTransformer", prefix: prefix, hops: func(replicas []endpoint) []endpoint {
		hops := []endpoint{}
		for _, replica := range replicas {
			for _, proxy := range l.lookUp(t.Namespace, t.Port, t.Service) {
				if proxy.Meta["nodeName"] == replica.Meta["nodeName"] {
					hops = append(hops, proxy)
				}
			}
		}
		return hops
	}}
}

func localNode(address, node string) transformation {
	return transformation{name: "SubnetLocalTransformer", prefix: "/%/io.l5d.k8s.localnode/" + address, hops: func(replicas []endpoint) []endpoint {
		local := []endpoint{}
		for _, replica := range replicas {
			if replica.Meta["nodeName"] == node {
				local = append(local, replica)
			}
		}
		return local
	}}
}

func (l *linkerd1) refuse(w http.ResponseWriter, status int, why string) {
	w.Header().Set("l5d-err", strings.ReplaceAll(why, "\n", "+"))
	http.Error(w, why, status)
}

func (l *linkerd1) naming(dtab []dentry, hosts bool) naming {
	return naming{dtab: dtab, hosts: hosts, lookUp: l.lookUp}
}

// lookUp answers nil where the Service has no such port; a Service without ready pods has no Endpoints to speak of.
func (l *linkerd1) lookUp(namespace, port, service string) []endpoint {
	known := l.replicas.Load()
	if known == nil {
		return nil
	}
	return (*known)[namespace+"/"+service+"/"+port]
}

// read turns all Endpoints into addresses by namespace, service and port.
func (l *linkerd1) read() {
	found := map[string][]endpoint{}
	for _, each := range l.endpoints.all() {
		var o struct {
			Subsets []struct {
				Addresses []struct{ IP, NodeName string }
				Ports     []struct {
					Name string
					Port int
				}
			}
		}
		if err := json.Unmarshal(each.raw, &o); err != nil {
			log.Print(err)
			continue
		}
		for _, subset := range o.Subsets {
			for _, port := range subset.Ports {
				key := each.key() + "/" + port.Name
				for _, address := range subset.Addresses {
					meta := map[string]string{"nodeName": address.NodeName}
					found[key] = append(found[key], endpoint{IP: address.IP, Port: port.Port, Meta: meta})
				}
			}
		}
	}
	l.replicas.Store(&found)
}

func (l *linkerd1) admin() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/admin/ping", func(w http.ResponseWriter, _ *http.Request) {
		if l.replicas.Load() == nil {
			http.Error(w, "names are not known yet", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprint(w, "pong")
	})
	mux.HandleFunc("/config.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(l.config)
	})
	mux.HandleFunc("/bound-names.json", func(w http.ResponseWriter, _ *http.Request) { answerJSON(w, []string{""}) })
	mux.HandleFunc("/admin/metrics.json", func(w http.ResponseWriter, _ *http.Request) { answerJSON(w, l.counts.copied()) })
	mux.HandleFunc("/delegator.json", func(w http.ResponseWriter, request *http.Request) {
		query := struct{ Namespace, Dtab, Path string }{request.FormValue("namespace"), request.FormValue("dtab"), request.FormValue("path")}
		if request.Method == http.MethodPost {
			if err := json.NewDecoder(request.Body).Decode(&query); err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
		}
		dtab, err := parseDtab(query.Dtab)
		if err != nil || !strings.HasPrefix(query.Path, "/") {
			http.Error(w, fmt.Sprint("Invalid dtab or path: ", err), http.StatusBadRequest)
			return
		}
		r := l.routers[query.Namespace]
		if r == nil {
			http.Error(w, "unknown namespace", http.StatusNotImplemented)
			return
		}
		found := l.naming(dtab, true).resolve(query.Path)
		for _, each := range r.Interpreter.Transformers {
			found = l.transformation(each).of(found)
		}
		answerJSON(w, found)
	})
	return mux
}

func answerJSON(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value)
}

// Counters by their names in /admin/metrics.json.
type counters struct {
	mutex  sync.Mutex
	values map[string]uint64
}

func (c *counters) outcome(blocks []string, status int) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for _, block := range blocks {
		c.values[block+"/requests"]++
		c.values[fmt.Sprintf("%s/status/%d", block, status)]++
		c.values[fmt.Sprintf("%s/status/%dXX", block, status/100)]++
		succeeded, failed := block+"/success", block+"/failures"
		if status < 500 {
			c.values[succeeded]++
			c.values[failed] += 0
		} else {
			c.values[failed]++
			c.values[succeeded] += 0
		}
	}
}

func (c *counters) copied() map[string]uint64 {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	copied := make(map[string]uint64, len(c.values))
	for name, value := range c.values {
		copied[name] = value
	}
	return copied
}
