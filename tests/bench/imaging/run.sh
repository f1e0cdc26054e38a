#!/bin/sh
# Compares the imaging crate with sharp and libvips on one core. Needs cargo, node with npm, python3
# with venv, taskset, and the corpus of photographs (CORPUS, or ../shared/corpus beside the project).
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
peers="$root/.bench"
corpus=${CORPUS:-$root/../shared/corpus}

if [ ! -d "$corpus/photos" ]; then
    echo "the photographs are missing: set CORPUS to the folder that holds photos/" >&2
    exit 2
fi

mkdir -p "$peers"
if [ ! -x "$peers/venv/bin/python" ]; then
    python3 -m venv "$peers/venv"
fi
"$peers/venv/bin/python" -c "import pyvips, numpy" 2>/dev/null ||
    "$peers/venv/bin/pip" --quiet install "pyvips[binary]" numpy
if [ ! -d "$peers/node_modules/sharp" ]; then
    [ -f "$peers/package.json" ] || echo '{ "private": true }' >"$peers/package.json"
    npm --prefix "$peers" --silent install sharp
fi

cd "$root"
cargo build --quiet --release -p rendition-imaging --example imaging-worker
target=${CARGO_TARGET_DIR:-$root/target}
exec "$peers/venv/bin/python" "$here/compare.py" \
    "$corpus/photos" "$target/release/examples/imaging-worker" "$peers"
