package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"math/rand"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// The proxy of Linkerd 2: carries every byte into and out of its pod. HTTP/1.1 is told apart by its first line; all else is
// passed on as it comes. A Service's pods are chosen by the node, so no endpoint is kept here.
type linkerd2 struct {
	pages    pages
	ready    atomic.Bool
	mutex    sync.Mutex
	known    map[string]remembered
	inbound  *http.Transport
	outbound *http.Transport
	// What is wrong with this one; empty where nothing is.
	fault string
}

type remembered struct {
	answer answer
	until  time.Time
}

const (
	destinationService = "http://linkerd-dst.linkerd.svc.cluster.local.:8086"
	// Running proxies keep the answer that a port is not defined for some seconds.
	rememberUndefined = 5 * time.Second
	rememberOthers    = 500 * time.Millisecond
	connectLimit      = time.Second
	emptyLimit        = 3 * time.Second
	sniffLimit        = 10 * time.Second
)

// Faults, as the argument of the role: a proxy that ends soon after it started, one that says it is ready and passes nothing
// on to its application, and one that says so and answers none of its application's requests.
const (
	crashes = "crashes"
	silent  = "silent"
	hangs   = "hangs"
)

func runLinkerd2(args []string) error {
	p := &linkerd2{known: map[string]remembered{}, pages: pages{values: map[string]uint64{}}}
	p.inbound, p.outbound = forwarding(), forwarding()
	if len(args) > 0 {
		p.fault = args[0]
	}
	if p.fault == crashes {
		time.Sleep(200 * time.Millisecond)
		return fmt.Errorf("this proxy was made to crash")
	}
	failed := make(chan error)
	go func() { failed <- p.serve(":4143", p.carryIn) }()
	go func() { failed <- p.serve(":4140", p.carryOut) }()
	go func() { failed <- http.ListenAndServe(":4191", p.admin()) }()
	go p.becomeReady()
	return <-failed
}

// A proxy is ready once it has an identity, whether or not it can learn of destinations.
func (p *linkerd2) becomeReady() {
	for {
		response, err := http.Get("http://linkerd-identity.linkerd.svc.cluster.local.:8080/ready")
		if err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				p.ready.Store(true)
				return
			}
		}
		time.Sleep(200 * time.Millisecond)
	}
}

func (p *linkerd2) serve(address string, carry func(*net.TCPConn, *net.TCPAddr)) error {
	listener, err := net.Listen("tcp4", address)
	if err != nil {
		return err
	}
	for {
		accepted, err := listener.Accept()
		if err != nil {
			return err
		}
		connection := accepted.(*net.TCPConn)
		go func() {
			defer connection.Close()
			if target, err := originalTarget(connection); err == nil {
				carry(connection, target)
			}
		}()
	}
}

// Where the connection went before it was redirected here.
func originalTarget(connection *net.TCPConn) (*net.TCPAddr, error) {
	const originalDestination = 80
	raw, err := connection.SyscallConn()
	if err != nil {
		return nil, err
	}
	var found *syscall.IPv6Mreq
	var failed error
	if err := raw.Control(func(fd uintptr) {
		found, failed = syscall.GetsockoptIPv6Mreq(int(fd), syscall.IPPROTO_IP, originalDestination)
	}); err != nil || failed != nil {
		return nil, fmt.Errorf("original destination: %v %v", err, failed)
	}
	bytes := found.Multiaddr
	return &net.TCPAddr{IP: net.IPv4(bytes[4], bytes[5], bytes[6], bytes[7]), Port: int(bytes[2])<<8 | int(bytes[3])}, nil
}

var methods = []string{"GET ", "POST ", "PUT ", "HEAD ", "DELETE ", "PATCH ", "OPTIONS ", "CONNECT "}

// isHTTP looks at the first bytes without taking them.
func isHTTP(connection net.Conn, reader *bufio.Reader) bool {
	_ = connection.SetReadDeadline(time.Now().Add(sniffLimit))
	defer func() { _ = connection.SetReadDeadline(time.Time{}) }()
	start, _ := reader.Peek(4)
	for _, method := range methods {
		if len(start) == 4 && strings.HasPrefix(method, string(start)) || strings.HasPrefix(string(start), method) {
			return true
		}
	}
	return false
}

func (p *linkerd2) carryIn(connection *net.TCPConn, target *net.TCPAddr) {
	reader := bufio.NewReader(connection)
	address := target.String()
	if p.fault == silent {
		_, _ = io.Copy(io.Discard, reader)
		return
	}
	if !isHTTP(connection, reader) {
		p.splice(connection, reader, address)
		return
	}
	p.converse(connection, reader, func(request *http.Request) (*http.Response, error) {
		route := "default"
		if strings.HasPrefix(request.UserAgent(), "kube-probe/") {
			route = "probe"
		}
		labels := inboundLabels(address, target, route)
		p.pages.add("request_total" + "{" + labels + "}")
		started := time.Now()
		response, err := send(p.inbound, request, address)
		defer func() { slow("in", request, response, started) }()
		if err != nil {
			// The application does not listen: said by a bare 502.
			response = own(request, http.StatusBadGateway, "")
		}
		p.pages.respond(labels, response.StatusCode)
		return response, nil
	})
}

func (p *linkerd2) carryOut(connection *net.TCPConn, target *net.TCPAddr) {
	found := p.lookUp(target)
	if found.Kind == "Service" && !found.Defined {
		p.pages.reset(found, target)
		_ = connection.SetLinger(0)
		return
	}
	reader := bufio.NewReader(connection)
	if !isHTTP(connection, reader) {
		p.splice(connection, reader, chosen(found, target))
		return
	}
	p.converse(connection, reader, func(request *http.Request) (*http.Response, error) {
		labels := outboundLabels(request, found, target)
		p.pages.add("request_total{" + labels + "}")
		if p.fault == hangs {
			_, _ = io.Copy(io.Discard, reader)
			return nil, io.ErrUnexpectedEOF
		}
		started := time.Now()
		response := p.sendOut(request, target)
		slow("out", request, response, started)
		p.pages.respond(labels, response.StatusCode)
		return response, nil
	})
}

// What took long or failed is said in the log, for whoever looks for a lost request.
func slow(direction string, request *http.Request, response *http.Response, started time.Time) {
	took := time.Since(started)
	if response.StatusCode >= 500 || took > 2*time.Second {
		log.Printf("%s %s %s: %d %s after %s", direction, request.Method, request.Host, response.StatusCode, response.Header.Get("l5d-proxy-error"), took)
	}
}

func (p *linkerd2) sendOut(request *http.Request, target *net.TCPAddr) *http.Response {
	if target.IP.IsLoopback() {
		return own(request, http.StatusBadGateway, "loopback is refused")
	}
	started := time.Now()
	for {
		found := p.lookUp(target)
		response, err := send(p.outbound, request, chosen(found, target))
		if err == nil {
			return response
		}
		refused := strings.Contains(err.Error(), "connection refused")
		// Nothing was sent yet where there is no connection, so another one is tried, as the real proxy does while a request waits.
		late := strings.Contains(err.Error(), "dial tcp") && strings.Contains(err.Error(), "i/o timeout")
		if found.Kind == "Service" && (refused || late) && time.Since(started) < emptyLimit && request.ContentLength == 0 {
			// Its pods are on the way; the caller waits, but not for ever.
			time.Sleep(100 * time.Millisecond)
			continue
		}
		if found.Kind != "Service" && refused {
			return own(request, http.StatusBadGateway, err.Error())
		}
		return own(request, http.StatusGatewayTimeout, err.Error())
	}
}

// chosen is the address that a connection or request goes to: the route's choice, or where it was going anyway.
func chosen(found answer, target *net.TCPAddr) string {
	total := 0
	for _, each := range found.Backends {
		total += each.Weight
	}
	if total == 0 {
		return target.String()
	}
	pick := rand.Intn(total)
	for _, each := range found.Backends {
		if pick -= each.Weight; pick < 0 {
			return each.Address
		}
	}
	return target.String()
}

// converse answers the requests of one connection, one after the other.
func (p *linkerd2) converse(connection net.Conn, reader *bufio.Reader, answer func(*http.Request) (*http.Response, error)) {
	for {
		request, err := http.ReadRequest(reader)
		if err != nil {
			return
		}
		response, err := answer(request)
		if err != nil {
			return
		}
		ends := request.Close || response.Close || response.Header.Get("Connection") == "close"
		response.Close = ends
		err = response.Write(connection)
		response.Body.Close()
		if err != nil || ends {
			return
		}
		_, _ = io.Copy(io.Discard, request.Body)
	}
}

func own(request *http.Request, status int, why string) *http.Response {
	response := &http.Response{
		StatusCode: status, ProtoMajor: 1, ProtoMinor: 1, Request: request, Header: http.Header{},
		Body: http.NoBody, ContentLength: 0,
	}
	if why != "" {
		response.Header.Set("l5d-proxy-error", strings.ReplaceAll(why, "\n", " "))
	}
	return response
}

func (p *linkerd2) splice(connection *net.TCPConn, reader *bufio.Reader, address string) {
	to, err := net.DialTimeout("tcp4", address, connectLimit)
	if err != nil {
		_ = connection.SetLinger(0)
		return
	}
	defer to.Close()
	done := make(chan struct{})
	go func() {
		_, _ = io.Copy(to, reader)
		_ = to.(*net.TCPConn).CloseWrite()
		close(done)
	}()
	_, _ = io.Copy(connection, to)
	_ = connection.CloseWrite()
	<-done
}

// lookUp asks the destination service, and waits for it: without it a request hangs, as with the real proxy.
func (p *linkerd2) lookUp(target *net.TCPAddr) answer {
	key := target.String()
	p.mutex.Lock()
	kept, known := p.known[key]
	p.mutex.Unlock()
	if known && time.Now().Before(kept.until) {
		return kept.answer
	}
	query := destinationService + "/lookup?address=" + target.IP.String() + "&port=" + strconv.Itoa(target.Port)
	for {
		found, err := ask(query)
		if err == nil {
			keep := rememberOthers
			if found.Kind == "Service" && !found.Defined {
				keep = rememberUndefined
			}
			p.mutex.Lock()
			p.known[key] = remembered{found, time.Now().Add(keep)}
			p.mutex.Unlock()
			return found
		}
		log.Printf("%s: %v", query, err)
		// What was known stays true for traffic that goes on.
		if known {
			return kept.answer
		}
		time.Sleep(200 * time.Millisecond)
	}
}

var asking = &http.Client{Timeout: time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 10, IdleConnTimeout: 5 * time.Second}}

func ask(query string) (answer, error) {
	var found answer
	response, err := asking.Get(query)
	if err != nil {
		return found, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return found, fmt.Errorf("status %d", response.StatusCode)
	}
	return found, json.NewDecoder(response.Body).Decode(&found)
}

func (p *linkerd2) admin() http.Handler {
	mux := http.NewServeMux()
	own := inboundLabels("0.0.0.0:4191", &net.TCPAddr{IP: net.IPv4zero, Port: 4191}, "probe")
	count := func(handle http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			p.pages.add("request_total{" + own + "}")
			p.pages.respond(own, http.StatusOK)
			handle(w, r)
		}
	}
	mux.HandleFunc("/ready", count(func(w http.ResponseWriter, _ *http.Request) {
		if !p.ready.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			fmt.Fprintln(w, "not ready")
			return
		}
		fmt.Fprintln(w, "ready")
	}))
	mux.HandleFunc("/live", count(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "live") }))
	mux.HandleFunc("/metrics", count(func(w http.ResponseWriter, _ *http.Request) { p.pages.print(w) }))
	mux.HandleFunc("/shutdown", func(http.ResponseWriter, *http.Request) { os.Exit(0) })
	return mux
}
