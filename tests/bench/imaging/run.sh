#!/bin/sh
# Compares the imaging crate with sharp, libvips and Pillow; with names, those tasks alone:
#   tests/bench/imaging/run.sh [A | Ap | B | Br | C | D | P | W | E1 | E2 | F | G | M1 | M2 | L]...
# Needs cargo, node with npm, python3 with venv, taskset, and the corpus of photographs (CORPUS, or ../shared/corpus
# beside the project). AVIF is built in; FEATURES= leaves it out, and row F is missed then.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/../peers.sh"

cd "$root"
features=${FEATURES-avif}
cargo build --quiet --release -p rendition-imaging ${features:+--features "$features"} --example imaging-worker
target=${CARGO_TARGET_DIR:-$root/target}
"$peers/venv/bin/python" "$here/sources.py" "$corpus" "$peers/sources"
exec "$peers/venv/bin/python" "$here/compare.py" \
    "$corpus" "$peers/sources" "$target/release/examples/imaging-worker" "$peers" "$@"
