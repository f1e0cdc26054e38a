#!/bin/sh
# Renders every operation on one photograph into a labelled picture:
#   tests/contact-sheet/run.sh [PHOTO] [PICTURE]
# By default the photograph of `make demo` and docs/operations.png.
set -eu
cd "$(dirname "$0")/../.."
target="${CARGO_TARGET_DIR:-target}"
photo="${1:-tests/demo/photo.jpg}"
venv="$target/contact-sheet-venv"
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check 'pillow>=12,<14'
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
cargo run --quiet --release -p rendition-imaging --example contact-sheet -- "$photo" "$folder"
"$venv/bin/python" tests/contact-sheet/sheet.py "$folder" "${2:-docs/operations.png}"
