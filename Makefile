# A thin front for meson and the scripts; `make help` lists the targets.
#
# The registry that images are pushed to, for example 111122223333.dkr.ecr.us-east-1.amazonaws.com.
ECR_REGISTRY ?=

PREFIX  ?= /usr/local
DESTDIR ?=
BUILD   ?= build
# Installs missing packages; SETUP=: leaves that to you.
SETUP   ?= scripts/setup

.DEFAULT_GOAL := build
.PHONY: help build install clean format lint test test-asan test-tsan demo bench fresh-machine image

help: ## list the targets
	@sed -n 's/^\([a-z][a-z-]*\):[^#]*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | \
		while IFS='|' read -r target text; do printf '  %-14s %s\n' "$$target" "$$text"; done
	@echo '  variables      ECR_REGISTRY, PREFIX ($(PREFIX)), DESTDIR, BUILD ($(BUILD)), SETUP ($(SETUP))'

$(BUILD)/build.ninja:
	meson setup -Dtests=false $(BUILD)

build: ## install what building needs, build $(BUILD)/ecr-mirror-sync
	@$(SETUP) build
	@$(MAKE) --no-print-directory $(BUILD)/build.ninja
	@meson compile -C $(BUILD)

install: build ## install to $(DESTDIR)$(PREFIX)
	@meson configure -Dprefix=$(PREFIX) $(BUILD)
	DESTDIR=$(DESTDIR) meson install -C $(BUILD)

clean: ## remove everything that was built
	rm -rf build build-*

format: ## format the C sources
	@$(SETUP) lint
	find src tests -name '*.[ch]' -exec clang-format -i {} +

lint: ## static analysis, both compilers, format, include directions, scripts
	@$(SETUP) lint test
	@scripts/lint

test: ## install what testing needs, build, run all tests
	@$(SETUP) build test
	@scripts/test $(BUILD)

test-asan: ## all tests under the address and undefined-behaviour sanitizers
	@$(SETUP) build test
	@scripts/test --sanitize address,undefined build-asan

test-tsan: ## all tests under the thread sanitizer
	@$(SETUP) build test
	@scripts/test --sanitize thread build-tsan

demo: ## install what is missing, build, show the tool at work on this machine
	@$(SETUP) build demo
	@$(MAKE) --no-print-directory SETUP=: build
	@ECR_MIRROR_SYNC_BINARY=$(abspath $(BUILD))/ecr-mirror-sync scripts/demo

bench: ## measure against skopeo and curl (minutes)
	@$(SETUP) build bench
	@$(MAKE) --no-print-directory SETUP=: build
	@bench/run --binary $(abspath $(BUILD))/ecr-mirror-sync

fresh-machine: ## run the demo and the tests in a bare Debian 12 (needs root and mmdebstrap)
	@scripts/fresh-machine

image:
	@echo 'make image: there is no container image yet, so nothing was built' \
		'$(if $(ECR_REGISTRY),or pushed to $(ECR_REGISTRY),(ECR_REGISTRY is not set either)).' \
		'`make build` gives the program itself.' >&2; exit 1
