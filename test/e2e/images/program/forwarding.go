package main

import (
	"context"
	"log"
	"net"
	"net/http"
	"net/url"
	"time"
)

// A connection that nobody uses for so long is closed: well before a service that leaves stops answering, since only its answers
// tell the other end to go elsewhere.
const idleLimit = 2 * time.Second

type hopKey struct{}

// forwarding is a way to other programs on which nothing is changed.
func forwarding() *http.Transport {
	return &http.Transport{
		DialContext:         (&net.Dialer{Timeout: connectLimit}).DialContext,
		MaxIdleConnsPerHost: 100,
		IdleConnTimeout:     idleLimit,
		DisableCompression:  true,
		Proxy: func(request *http.Request) (*url.URL, error) {
			hop, _ := request.Context().Value(hopKey{}).(*url.URL)
			return hop, nil
		},
	}
}

// send keeps the form of the request line: one that names its host in full stays so, as both meshes leave it.
func send(transport *http.Transport, request *http.Request, address string) (*http.Response, error) {
	ctx := request.Context()
	if request.URL.IsAbs() {
		ctx = context.WithValue(ctx, hopKey{}, &url.URL{Scheme: "http", Host: address})
	}
	sent := request.Clone(ctx)
	sent.RequestURI = ""
	if !request.URL.IsAbs() {
		sent.URL.Scheme, sent.URL.Host = "http", address
	}
	waiting := time.AfterFunc(3*time.Second, func() { log.Printf("%s %s waits for %s", sent.Method, sent.Host, address) })
	defer waiting.Stop()
	return transport.RoundTrip(sent)
}
