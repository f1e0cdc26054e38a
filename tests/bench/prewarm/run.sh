#!/bin/sh
# Builds the server and the bench of prewarming for release, then measures its figures; with a number, with so many names
# instead of 5,000.
set -eu
cd "$(dirname "$0")/../../.."

cargo build --release -p rendition-server -p rendition-tests --bin rendition-server --bin prewarm-bench
"${CARGO_TARGET_DIR:-target}/release/prewarm-bench" "$@"
