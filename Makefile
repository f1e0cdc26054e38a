# The few commands of this project; `make` alone lists them. CI runs the same ones.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help demo demo-stop test test-long lint bench bench-imaging bench-media compare-pilkit contact-sheet system-packages

help: ## list these commands
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: system-packages ## build, start a server, make five renditions of a photograph (PHOTO=path for yours)
	tests/demo/run.sh $(if $(PHOTO),"$(PHOTO)")

demo-stop: ## stop the server that `make demo` left running
	tests/demo/stop.sh

# One build for all targets first, so that the tests that start the real binaries find them.
test: system-packages ## all tests, in at most 25 minutes from nothing on two cores
	cargo build --workspace --all-targets
	cargo test --workspace
	cargo test -p rendition-imaging --no-default-features --features pure-rust-jpeg

test-long: system-packages ## the tests at full size, and each fuzz target for ten minutes (FUZZ_SECONDS)
	cargo build --workspace --all-targets
	RENDITION_LONG=1 cargo test --workspace
	tests/fuzz/run.sh $(or $(FUZZ_SECONDS),600)

lint: system-packages ## formatting, clippy, buf and cargo deny
	tests/lint/run.sh

bench: system-packages ## the figures: the service against a bare echo, imaging and the media endpoint against their peers
	tests/bench/run.sh

bench-imaging: system-packages ## imaging alone against sharp, libvips and Pillow
	tests/bench/imaging/run.sh

bench-media: system-packages ## the media endpoint against sharp and libvips behind their servers, and nginx
	tests/bench/media/run.sh

compare-pilkit: system-packages ## sizes and pixels of imaging against pilkit, on the same photographs
	tests/pilkit/run.sh

contact-sheet: system-packages ## docs/operations.png anew: every operation on one photograph
	tests/contact-sheet/run.sh

system-packages:
	@.ci/system-packages
