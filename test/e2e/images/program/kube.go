package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
)

// The API server, as far as stand-ins need it: one list and then a watch of each kind.
type kube struct {
	base   string
	token  string
	client *http.Client
}

const accountFolder = "/var/run/secrets/kubernetes.io/serviceaccount/"

func inCluster() (*kube, error) {
	token, err := os.ReadFile(accountFolder + "token")
	if err != nil {
		return nil, err
	}
	authority, err := os.ReadFile(accountFolder + "ca.crt")
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(authority)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}
	base := fmt.Sprintf("https://%s:%s", os.Getenv("KUBERNETES_SERVICE_HOST"), os.Getenv("KUBERNETES_SERVICE_PORT"))
	return &kube{base: base, token: string(token), client: &http.Client{Transport: transport}}, nil
}

type object struct {
	Metadata struct{ Name, Namespace, ResourceVersion string }
	raw      json.RawMessage
}

func (o object) key() string { return o.Metadata.Namespace + "/" + o.Metadata.Name }

// A store follows all objects of one kind.
type store struct {
	mutex   sync.Mutex
	objects map[string]object
	synced  bool
	changed func()
}

// follow keeps a store current until the program ends; changed is called after each change.
func (k *kube) follow(path string, changed func()) *store {
	s := &store{objects: map[string]object{}, changed: changed}
	go func() {
		for {
			if err := k.listAndWatch(path, s); err != nil {
				log.Printf("%s: %v", path, err)
				time.Sleep(time.Second)
			}
		}
	}()
	return s
}

// noting is a channel that says that something has changed since it was last looked at, and the way to say so.
func noting() (<-chan struct{}, func()) {
	changed := make(chan struct{}, 1)
	return changed, func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	}
}

func (s *store) isSynced() bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.synced
}

func (s *store) all() []object {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	list := make([]object, 0, len(s.objects))
	for _, each := range s.objects {
		list = append(list, each)
	}
	return list
}

func (k *kube) get(path string) (*http.Response, error) {
	request, err := http.NewRequest(http.MethodGet, k.base+path, nil)
	if err != nil {
		return nil, err
	}
	if k.token != "" {
		request.Header.Set("Authorization", "Bearer "+k.token)
	}
	response, err := k.client.Do(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		response.Body.Close()
		return nil, fmt.Errorf("status %d", response.StatusCode)
	}
	return response, nil
}

func parsed(raw json.RawMessage) (object, error) {
	var o object
	err := json.Unmarshal(raw, &o)
	o.raw = raw
	return o, err
}

func (k *kube) listAndWatch(path string, s *store) error {
	response, err := k.get(path)
	if err != nil {
		return err
	}
	var list struct {
		Metadata struct{ ResourceVersion string }
		Items    []json.RawMessage
	}
	err = json.NewDecoder(response.Body).Decode(&list)
	response.Body.Close()
	if err != nil {
		return err
	}
	objects := map[string]object{}
	for _, raw := range list.Items {
		o, err := parsed(raw)
		if err != nil {
			return err
		}
		objects[o.key()] = o
	}
	s.mutex.Lock()
	s.objects, s.synced = objects, true
	s.mutex.Unlock()
	s.changed()
	return k.watch(path, list.Metadata.ResourceVersion, s)
}

func (k *kube) watch(path, version string, s *store) error {
	separator := "?"
	if strings.Contains(path, "?") {
		separator = "&"
	}
	response, err := k.get(path + separator + "watch=true&resourceVersion=" + version)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	events := json.NewDecoder(bufio.NewReader(response.Body))
	for {
		var event struct {
			Type   string
			Object json.RawMessage
		}
		if err := events.Decode(&event); err != nil {
			return fmt.Errorf("watch ended: %w", err)
		}
		o, err := parsed(event.Object)
		if err != nil || event.Type == "ERROR" {
			return fmt.Errorf("watch ended: %s %w", event.Object, err)
		}
		s.mutex.Lock()
		if event.Type == "DELETED" {
			delete(s.objects, o.key())
		} else {
			s.objects[o.key()] = o
		}
		s.mutex.Unlock()
		s.changed()
	}
}
