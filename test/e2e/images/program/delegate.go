package main

import (
	"encoding/json"
	"os"
)

// delegate answers questions as /delegator.json would, about Services that it is told instead of those of a cluster, so that
// the answers can be compared with recorded ones.
func delegate([]string) error {
	var asked struct {
		Replicas map[string][]endpoint
		Queries  []struct {
			Dtab, Path string
			// Address and name of the node whose replicas alone count; empty for all.
			Local [2]string
		}
	}
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		return err
	}
	answers := []*tree{}
	for _, query := range asked.Queries {
		dtab, err := parseDtab(query.Dtab)
		if err != nil {
			return err
		}
		lookUp := func(namespace, port, service string) []endpoint {
			return asked.Replicas[namespace+"/"+service+"/"+port]
		}
		answer := naming{dtab: dtab, lookUp: lookUp}.resolve(query.Path)
		if query.Local[0] != "" {
			answer = localNode(query.Local[0], query.Local[1]).of(answer)
		}
		answers = append(answers, answer)
	}
	return json.NewEncoder(os.Stdout).Encode(answers)
}
