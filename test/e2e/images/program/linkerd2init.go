package main

import (
	"encoding/binary"
	"flag"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
)

// The init container of Linkerd 2: redirects the pod's traffic to its proxy, by the rules that the real one was seen to make.
func redirect(args []string) error {
	flags := flag.NewFlagSet("linkerd2-proxy-init", flag.ContinueOnError)
	program := flags.String("firewall-bin-path", "iptables-nft", "")
	flags.String("firewall-save-bin-path", "", "")
	flags.Bool("ipv6", false, "")
	inbound := flags.String("incoming-proxy-port", "4143", "")
	outbound := flags.String("outgoing-proxy-port", "4140", "")
	user := flags.String("proxy-uid", "2102", "")
	skipInbound := flags.String("inbound-ports-to-ignore", "", "")
	skipOutbound := flags.String("outbound-ports-to-ignore", "", "")
	if err := flags.Parse(args); err != nil {
		return err
	}
	for _, rule := range [][]string{
		{"-N", "PROXY_INIT_REDIRECT"},
		{"-A", "PROXY_INIT_REDIRECT", "-p", "tcp", "-m", "multiport", "--dports", ports(*skipInbound), "-j", "RETURN"},
		{"-A", "PROXY_INIT_REDIRECT", "-p", "tcp", "-j", "REDIRECT", "--to-ports", *inbound},
		{"-A", "PREROUTING", "-j", "PROXY_INIT_REDIRECT"},
		{"-N", "PROXY_INIT_OUTPUT"},
		{"-A", "PROXY_INIT_OUTPUT", "-m", "owner", "--uid-owner", *user, "-j", "RETURN"},
		{"-A", "PROXY_INIT_OUTPUT", "-o", "lo", "-j", "RETURN"},
		{"-A", "PROXY_INIT_OUTPUT", "-p", "tcp", "-m", "multiport", "--dports", ports(*skipOutbound), "-j", "RETURN"},
		{"-A", "PROXY_INIT_OUTPUT", "-p", "tcp", "-j", "REDIRECT", "--to-ports", *outbound},
		{"-A", "OUTPUT", "-j", "PROXY_INIT_OUTPUT"},
	} {
		command := exec.Command(*program, append([]string{"-t", "nat"}, rule...)...)
		if output, err := command.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", strings.Join(command.Args, " "), err, output)
		}
	}
	return nil
}

// A range is written with a hyphen by the injector and with a colon by iptables.
func ports(list string) string { return strings.ReplaceAll(strings.Trim(list, ","), "-", ":") }

// permit writes NET_ADMIN and NET_RAW onto files, for images: who is not root gets them from there only.
func permit(files []string) error {
	const revision, effective, admin, raw = 0x02000000, 1, 1 << 12, 1 << 13
	attribute := make([]byte, 20)
	binary.LittleEndian.PutUint32(attribute, revision|effective)
	binary.LittleEndian.PutUint32(attribute[4:], admin|raw)
	for _, file := range files {
		if err := syscall.Setxattr(file, "security.capability", attribute, 0); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}
