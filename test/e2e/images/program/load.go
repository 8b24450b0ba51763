package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"time"
)

// The load: calls at a constant rate that never stop, whatever the answers. It serves what it has seen, every failure with
// its time.
type load struct {
	mutex    sync.Mutex
	targets  map[string]*seen
	failures []failure
}

type seen struct {
	Requests  uint64
	Failed    uint64
	Latencies []float64 `json:"-"`
}

type failure struct {
	At     time.Time
	Caller string
	Target string
	Why    string
}

func runLoad(args []string) error {
	flags := flag.NewFlagSet("load", flag.ContinueOnError)
	rate := flags.Float64("rate", 20, "calls per second and target")
	listen := flags.String("listen", ":8080", "where the numbers are served")
	if err := flags.Parse(args); err != nil {
		return err
	}
	l := &load{targets: map[string]*seen{}}
	long := &http.Client{Timeout: 15 * time.Second, Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, IdleConnTimeout: idleLimit}}
	short := &http.Client{Timeout: 15 * time.Second, Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true}}
	for index, target := range flags.Args() {
		l.targets[target] = &seen{}
		call := func() error { return get(long, target) }
		switch {
		case target[:4] == "tcp:":
			call = func() error { return echo(target[4:]) }
		case index%2 == 1:
			call = func() error { return get(short, target) }
		}
		go l.run(target, time.Duration(float64(time.Second) / *rate), call)
	}
	return http.ListenAndServe(*listen, l.routes())
}

func (l *load) run(target string, every time.Duration, call func() error) {
	for range time.Tick(every) {
		go func() {
			started := time.Now()
			err := call()
			took := time.Since(started)
			l.mutex.Lock()
			defer l.mutex.Unlock()
			counted := l.targets[target]
			counted.Requests++
			counted.Latencies = append(counted.Latencies, took.Seconds()*1000)
			if err == nil {
				return
			}
			counted.Failed++
			if len(l.failures) < 1000 {
				l.failures = append(l.failures, failure{started, os.Getenv("HOSTNAME"), target, err.Error()})
			}
		}()
	}
}

func get(client *http.Client, url string) error {
	response, err := client.Get(url)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s %.300s", response.Status, response.Header.Get("l5d-proxy-error"), body)
	}
	return nil
}

func echo(address string) error {
	connection, err := net.DialTimeout("tcp", address, 5*time.Second)
	if err != nil {
		return err
	}
	defer connection.Close()
	_ = connection.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := connection.Write([]byte("ping-pong")); err != nil {
		return err
	}
	answer := make([]byte, 9)
	if _, err := io.ReadFull(connection, answer); err != nil {
		return err
	}
	return nil
}

func (l *load) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/ready", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/seen", func(w http.ResponseWriter, _ *http.Request) {
		l.mutex.Lock()
		defer l.mutex.Unlock()
		w.Header().Set("Content-Type", "application/json")
		latencies := map[string][]float64{}
		for target, each := range l.targets {
			latencies[target] = each.Latencies
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"targets": l.targets, "failures": l.failures, "milliseconds": latencies})
	})
	mux.HandleFunc("/forget", func(http.ResponseWriter, *http.Request) {
		l.mutex.Lock()
		defer l.mutex.Unlock()
		l.failures = nil
		for target := range l.targets {
			l.targets[target] = &seen{}
		}
	})
	return mux
}

// once is a job: one call, and its outcome is the job's.
func once(args []string) error {
	return get(&http.Client{Timeout: 15 * time.Second}, args[0])
}
