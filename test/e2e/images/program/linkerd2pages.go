package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"sort"
	"strings"
	"sync"
)

// The metrics page of Linkerd 2's proxy: the families that count requests, answers and refused connections, with the labels
// that were seen.
type pages struct {
	mutex  sync.Mutex
	values map[string]uint64
}

var families = []string{"request_total", "response_total", "outbound_tcp_errors_total", "outbound_tcp_route_close_total"}

func (p *pages) add(series string) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.values[series]++
}

func (p *pages) respond(labels string, status int) {
	classification := "success"
	if status >= 500 {
		classification = "failure"
	}
	p.add(fmt.Sprintf(`response_total{%s,status_code="%d",classification="%s",grpc_status="",error=""}`, labels, status, classification))
}

func (p *pages) reset(found answer, target *net.TCPAddr) {
	place := fmt.Sprintf(`parent_group="core",parent_kind="Service",parent_namespace="%s",parent_name="%s",parent_port="%d",parent_section_name=""`,
		found.Namespace, found.Name, target.Port)
	route := `route_group="",route_kind="default",route_namespace="",route_name="undefined-port"`
	to := fmt.Sprintf(`target_ip="%s",target_port="%d"`, target.IP, target.Port)
	p.add(fmt.Sprintf(`outbound_tcp_route_close_total{%s,%s,%s,error="forbidden"}`, place, route, to))
	p.add(fmt.Sprintf(`outbound_tcp_errors_total{%s,error="other"}`, to))
}

func inboundLabels(address string, target *net.TCPAddr, route string) string {
	authorization := "all-unauthenticated"
	if route == "probe" {
		authorization = "probe"
	}
	return fmt.Sprintf(`direction="inbound",target_addr="%s",target_ip="%s",target_port="%d",tls="no_identity",`+
		`no_tls_reason="no_tls_from_remote",srv_group="",srv_kind="default",srv_name="all-unauthenticated",srv_port="%d",`+
		`route_group="",route_kind="default",route_name="%s",authz_group="",authz_kind="default",authz_name="%s"`,
		address, target.IP, target.Port, target.Port, route, authorization)
}

func outboundLabels(request *http.Request, found answer, target *net.TCPAddr) string {
	authority := request.Host
	if found.Kind == "Service" {
		authority = found.Name + "." + found.Namespace + ".svc.cluster.local"
	}
	return fmt.Sprintf(`direction="outbound",authority="%s",target_addr="%s",target_ip="%s",target_port="%d",tls="no_identity",`+
		`no_tls_reason="not_provided_by_service_discovery"`, authority, target, target.IP, target.Port)
}

func (p *pages) print(w io.Writer) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	series := make([]string, 0, len(p.values))
	for each := range p.values {
		series = append(series, each)
	}
	sort.Strings(series)
	for _, family := range families {
		fmt.Fprintf(w, "# TYPE %s counter\n", family)
		for _, each := range series {
			if strings.HasPrefix(each, family+"{") {
				fmt.Fprintf(w, "%s %d\n", each, p.values[each])
			}
		}
	}
	fmt.Fprintln(w, "# EOF")
}
