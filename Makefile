# selvage. `make` lists the targets.

GO            ?= go
GOLANGCI      := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GOFUMPT       := mvdan.cc/gofumpt@v0.12.0
GOVULNCHECK   := golang.org/x/vuln/cmd/govulncheck@v1.9.0

# Packages below testdata can be imported, but ./... leaves them out. Each
# folder with a go.mod of its own is a module of its own.
PACKAGES      := ./... ./testdata/demo/... ./testdata/labtest/... ./testdata/pictures/... ./testdata/scenarios/... ./testdata/termtest/...
MODULES       := testdata/hedgehog testdata/lab
TESTFLAGS     ?=
# How long each fuzz target runs, or with an x how often. A time may end in "context
# deadline exceeded" with nothing found: a race of Go's before 1.27 (go.dev/issue/75804).
# What chance begins from: "make slow SEED=7" does again what a run that printed 7 did.
FUZZTIME      ?= 30s
SEED          ?= $(shell date +%s)

.DEFAULT_GOAL := help
.PHONY: help build demo test verdicts slow check fmt vet lint vuln tidy golden pictures bench sweep fuzz lab lab-build clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

build: ## Build bin/selvage
	$(GO) build -o bin/selvage ./cmd/selvage

demo: build ## Open the dashboard on a world of its own: no cluster, no configuration
	./bin/selvage demo

lab: build lab-build ## Open the dashboard on three fabrics of a real kube-apiserver
	$(GO) run ./testdata/labtest/cmd/lab up -- $(CURDIR)/bin/selvage

lab-build: ## Build the lab's programs, unless they are there already
	$(GO) run ./testdata/labtest/cmd/lab build

# A package has longer than Go's ten minutes: the terminal's tests take six, and a
# machine that others use too is no fault of theirs.
# The lab's module is tested without TESTFLAGS: with -race it would compile all
# of Kubernetes once more.
test: lab-build ## Run every test
	$(GO) test -timeout 40m $(TESTFLAGS) $(PACKAGES)
	cd testdata/hedgehog && $(GO) test $(TESTFLAGS) ./...
	cd testdata/lab && $(GO) test ./...
	$(MAKE) fuzz FUZZTIME=200x

verdicts: lab-build ## Play every scenario, print precision and recall
	cd testdata/scenarios && $(GO) test -count=1 -timeout 30m -run '^TestVerdicts' -args -table

# Packages with properties are those that import rapid: others do not know its
# flags, which have to come after the packages.
slow: lab-build ## What takes too long for "make test": fuzzing, many cases, fabrics in motion
	@echo "seed $(SEED)"
	$(MAKE) fuzz FUZZTIME=60s
	$(GO) test -count=1 -timeout 60m \
		$$(grep -rl --include='*_test.go' pgregory.net/rapid core store tui | xargs -n1 dirname | sort -u | sed 's|^|./|') \
		-rapid.checks=20000 -rapid.seed=$(SEED)
	$(GO) test -count=1 -timeout 60m ./core/runner -run 'Killed|FourRunners' -args -full -seed=$(SEED)
	cd testdata/scenarios && $(GO) test -count=1 -timeout 120m -v -args -table -full -seed=$(SEED)

check: tidy fmt vet lint ## The one gate: format, vet, lint, and every test with -race
	$(MAKE) test TESTFLAGS="-race -shuffle=on"

tidy:
	$(GO) mod tidy -diff
	@for m in $(MODULES); do (cd $$m && $(GO) mod tidy -diff) || exit 1; done

fmt:
	@out=$$($(GO) run $(GOFUMPT) -l .); test -z "$$out" || { echo "not formatted; run $(GO) run $(GOFUMPT) -w ."; echo "$$out"; exit 1; }

vet:
	$(GO) vet $(PACKAGES)
	@for m in $(MODULES); do (cd $$m && $(GO) vet ./...) || exit 1; done

# Other modules are linted by the same rules, from their own folders.
lint:
	$(GO) run $(GOLANGCI) run $(PACKAGES)
	@for m in $(MODULES); do (cd $$m && $(GO) run $(GOLANGCI) run --config $(CURDIR)/.golangci.yml ./...) || exit 1; done

vuln: ## Look the program's code up among the known vulnerabilities
	$(GO) run $(GOVULNCHECK) ./...

golden: ## Write the golden files anew, and show what changed
	$(GO) test ./tui/... ./cmd/... -update
	git diff --stat -- '*.golden' '*.txtar'

pictures: ## Draw the README's pictures anew, from the golden frames
	$(GO) test ./tui -run '^TestPicturesAreCurrent$$' -update
	git diff --stat -- testdata/pictures

bench: build lab-build ## Measure: ratios beside a peer or a floor in the same run
	$(GO) test -run '^$$' -bench . -benchtime 3x -timeout 30m ./testdata/labtest/bench
	$(GO) test -run '^$$' -bench . ./core/... ./store ./tui/...
	$(GO) test -run '^$$' -bench Terminal -benchtime 1x ./cmd/selvage

sweep: ## Draw every screen of the dashboard at every size from 1x1 to 200x60
	$(GO) test -count=1 -timeout 60m ./tui -run '^TestEveryScreenHasExactly' -args -sweep

# Targets are looked for in the files: "go test -list" would link every package.
fuzz: ## Fuzz every target for FUZZTIME
	@grep -r --include='*_test.go' '^func Fuzz' cmd core store themes tui | sed -E 's,/[^/]*:func (Fuzz[A-Za-z0-9]*).*, \1,' | sort -u | while read -r p f; do \
		echo "$$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) ./$$p || exit 1; done

clean: ## Remove what was built here
	rm -rf bin
