#!/bin/sh
# Builds the server and its bench for release, then measures the service's figures.
set -eu
cd "$(dirname "$0")/../../.."

cargo build --release -p rendition-server -p rendition-tests --bin rendition-server --bin service-bench
"${CARGO_TARGET_DIR:-target}/release/service-bench" "$@"
