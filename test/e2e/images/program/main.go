// The program of the e2e images: everything that runs in pods there, chosen by its first argument. It imports nothing of
// the product.
//
//	pause   holds the namespaces of a pod
//	app     a service of the e2e application
//	load    calls that never stop
//	once    one call, for a job
//	linkerd1, linkerd2, linkerd2-proxy-init, destination
//	        the data paths of the meshes
//	delegate  for tests: where names lead
//	permit  for making images: gives files the right to change a pod's network
package main

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

var roles = map[string]func(args []string) error{
	"pause": pause,
	"app":   app,
	"load":  runLoad,
	"once":  once,

	"linkerd1":            runLinkerd1,
	"linkerd2":            runLinkerd2,
	"linkerd2-proxy-init": redirect,
	"destination":         destination,
	"permit":              permit,
	"delegate":            delegate,
}

func main() {
	// A copy that is named like a role plays it.
	if role := roles[filepath.Base(os.Args[0])]; role != nil {
		os.Args = append([]string{os.Args[0], filepath.Base(os.Args[0])}, os.Args[1:]...)
	}
	if len(os.Args) < 2 || roles[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: program ROLE …")
		os.Exit(2)
	}
	if err := roles[os.Args[1]](os.Args[2:]); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", os.Args[1], err)
		os.Exit(1)
	}
}

// pause is process 1 of a pod: it waits for the end and reaps what is orphaned.
func pause([]string) error {
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGCHLD)
	for received := range signals {
		if received != syscall.SIGCHLD {
			return nil
		}
		for {
			if pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); pid <= 0 || err != nil {
				break
			}
		}
	}
	return nil
}
