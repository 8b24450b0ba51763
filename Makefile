# Every task of the project. `make` alone prints this list.
MAKEFLAGS += --warn-undefined-variables --no-builtin-rules
SHELL := /bin/sh
.DELETE_ON_ERROR:
.SUFFIXES:
.DEFAULT_GOAL := help

# The locked Node comes first, so that an older one on the machine is never used.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
inside := node test/cluster/inside.ts --
MOCHA := mocha

.PHONY: help
help: ## print this list
	@awk 'BEGIN {FS = ":.*## "; print "Usage: make TARGET\n"} /^[a-z-]+:.*## / {printf "  %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

node_modules/.ready: package.json package-lock.json
	@command -v npm >/dev/null || { echo "npm is missing: install Node.js 20 or newer."; exit 1; }
	@echo "Installing the locked packages (about 10 s, 1 min on a slow line) …"
	@npm ci --no-audit --no-fund --loglevel=error
	@touch $@

.PHONY: install-deps
install-deps: node_modules/.ready ## install the locked npm packages, Node 24 among them

.PHONY: demo
demo: node_modules/.ready ## bring up a real Kubernetes and watch a migration with rollback (warm about 90 s; the first time about 12 min)
	@node test/run.ts demo

.PHONY: test
test: node_modules/.ready ## run everything that proves the project (warm under 20 min; the first time under 60)
	@node test/run.ts test

.PHONY: test-unit
test-unit: node_modules/.ready ## unit, property, golden, contract and architecture tests (no cluster)
	@node test/run.ts unit

.PHONY: test-integration
test-integration: node_modules/.ready ## the tests on a real API server
	@node test/run.ts integration

.PHONY: e2e
e2e: node_modules/.ready ## migrations of real pods on two real nodes under load (root; KEEP=1 leaves the nodes up)
	@node test/run.ts e2e

.PHONY: test-long
test-long: node_modules/.ready ## everything, and more of it: more interleavings, more seeds
	@node test/run.ts long

.PHONY: bench
bench: node_modules/.ready ## measure the operator against kubectl in the same run
	@$(inside) node test/bench/bench.ts

.PHONY: cluster
cluster: node_modules/.ready ## leave a cluster with fake nodes running and say how to enter it (CLUSTER=kind for kind)
	@node test/cluster/up.ts

.PHONY: cluster-down
cluster-down: node_modules/.ready ## take that cluster down
	@node test/cluster/down.ts

.PHONY: generate
generate: node_modules/.ready ## write what is generated: CRDs, admission policies, reference pages
	@node build/generate.ts

.PHONY: verify
verify: node_modules/.ready ## fail when a generated file is not current
	@node build/generate.ts --check

.PHONY: lint
lint: node_modules/.ready ## types, lint and format
	@npm run -s typecheck && npm run -s lint && npm run -s format:check

.PHONY: fmt
fmt: node_modules/.ready ## format
	@npm run -s format

.PHONY: build
build: node_modules/.ready ## bundle the operator, the webhook and the kubectl plugin into dist/
	@node build/bundle.ts

.PHONY: clean
clean: ## remove what make made in this folder; the per-user cache stays
	@rm -rf node_modules dist .cache
