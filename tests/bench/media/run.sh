#!/bin/sh
# Compares the media endpoint with sharp behind Node's http, pyvips behind aiohttp, and nginx; with names, those figures alone:
#   tests/bench/media/run.sh [jpeg | png | webp | stored]...
# Needs cargo, node with npm, python3 with venv, taskset, two cores, and the corpus of photographs (CORPUS, or
# ../shared/corpus beside the project). What the peers need is put into .bench, and nothing into the system; nginx and
# jemalloc are taken from the system if they are there, else from Debian's packages.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
modules=aiohttp
. "$here/../peers.sh"
mkdir -p "$peers/system"

# unpacked PACKAGE PATTERN: the path of a file, from the system or from a Debian package unpacked beside us.
unpacked() {
    found=$(find /usr/sbin /usr/lib "$peers/system" -path "$2" 2>/dev/null | head -n 1)
    if [ -z "$found" ]; then
        (cd "$peers/system" && apt-get download -qq "$1" >/dev/null && for package in "$1"_*.deb; do dpkg -x "$package" .; done)
        found=$(find "$peers/system" -path "$2" | head -n 1)
    fi
    [ -n "$found" ] || { echo "the package $1 has no $2" >&2; exit 2; }
    echo "$found"
}
nginx=$(unpacked nginx '*/sbin/nginx')
jemalloc=$(unpacked libjemalloc2 '*/libjemalloc.so.2')

cd "$root"
cargo build --quiet --release -p rendition-server -p rendition-tests --bin rendition-server --bin media-load
target=${CARGO_TARGET_DIR:-$root/target}
"$peers/venv/bin/python" "$here/photographs.py" "$corpus" "$peers/photographs"
NGINX_BINARY=$nginx JEMALLOC=$jemalloc PEERS=$peers PYTHONPATH="$here:$here/../imaging" exec "$peers/venv/bin/python" "$here/compare.py" \
    "$peers/photographs" "$target/release" "$@"
