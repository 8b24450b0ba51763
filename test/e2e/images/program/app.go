package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// What app serves: HTTP, and plain TCP where a port is given. It stops as a good service does: not ready first, then it
// goes on for a while, then it ends what is in flight.
type service struct {
	name     string
	calls    []string
	leaving  atomic.Bool
	outbound *http.Client
}

func app(args []string) error {
	flags := flag.NewFlagSet("app", flag.ContinueOnError)
	name := flags.String("name", "app", "what it calls itself")
	listen := flags.String("listen", ":8080", "address of HTTP")
	echo := flags.String("echo", "", "address of a TCP echo, none when empty")
	calls := flags.String("calls", "", "URLs that /chain calls, separated by commas")
	grace := flags.Duration("grace", 5*time.Second, "how long it goes on serving after it was asked to end")
	if err := flags.Parse(args); err != nil {
		return err
	}
	s := &service{name: *name, outbound: &http.Client{Timeout: 10 * time.Second}}
	if *calls != "" {
		s.calls = strings.Split(*calls, ",")
	}
	if *echo != "" {
		listener, err := net.Listen("tcp", *echo)
		if err != nil {
			return err
		}
		go serveEcho(listener)
	}
	server := &http.Server{Addr: *listen, Handler: s.routes()}
	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServe() }()
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGTERM, syscall.SIGINT)
	select {
	case err := <-failed:
		return err
	case <-asked:
	}
	s.leaving.Store(true)
	time.Sleep(*grace)
	ending, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return server.Shutdown(ending)
}

func (s *service) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/ready", func(w http.ResponseWriter, _ *http.Request) {
		if s.leaving.Load() {
			http.Error(w, "leaving", http.StatusServiceUnavailable)
		}
	})
	mux.HandleFunc("/chain", s.chain)
	mux.HandleFunc("/", s.own)
	return mux
}

func (s *service) own(w http.ResponseWriter, r *http.Request) {
	// A connection that stays open to a pod that leaves would be cut; the peer is asked to make a new one.
	if s.leaving.Load() {
		w.Header().Set("Connection", "close")
	}
	via := r.Header.Get("Via")
	fmt.Fprintf(w, "%s host=%s via=%q\n", s.name, r.Host, via)
}

// chain calls what comes next, and answers by the worst of the answers.
func (s *service) chain(w http.ResponseWriter, r *http.Request) {
	if s.leaving.Load() {
		w.Header().Set("Connection", "close")
	}
	answers := s.name + "\n"
	for _, url := range s.calls {
		request, err := http.NewRequestWithContext(r.Context(), http.MethodGet, url, nil)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		started := time.Now()
		response, err := s.outbound.Do(request)
		if took := time.Since(started); err != nil || took > 2*time.Second {
			log.Printf("%s after %s: %v", url, took, err)
		}
		if err != nil {
			http.Error(w, fmt.Sprintf("%s → %s: %v", s.name, url, err), http.StatusBadGateway)
			return
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || response.StatusCode != http.StatusOK {
			http.Error(w, fmt.Sprintf("%s → %s: %d %v %s", s.name, url, response.StatusCode, err, body), http.StatusBadGateway)
			return
		}
		answers += string(body)
	}
	fmt.Fprint(w, answers)
}

func serveEcho(listener net.Listener) {
	for {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			defer connection.Close()
			_, _ = io.Copy(connection, connection)
		}()
	}
}
