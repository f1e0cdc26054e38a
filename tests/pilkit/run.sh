#!/bin/sh
# Runs pilkit's newest release (from PyPI) and the imaging crate on the same photographs and compares what they make:
#   tests/pilkit/run.sh [PHOTO]...
# Without photographs, those of the corpus are taken. Fails if a size differs or a PSNR is below 35 dB that
# compare.py does not list with its reason.
set -eu
cd "$(dirname "$0")/../.."
here=tests/pilkit
target="${CARGO_TARGET_DIR:-target}"
venv="$target/pilkit-venv"
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
cargo build --quiet --release -p rendition-imaging --example imaging-worker
if [ "$#" -eq 0 ]; then
    set -- ../shared/corpus/photos/immich--japanese-shop.jpg ../shared/corpus/photos/libjxl--flower.png.im_q85_444.jpg \
        ../shared/corpus/photos/mdx--Canon_PowerShot_A80.jpg
fi
"$venv/bin/python" "$here/compare.py" "$target/release/examples/imaging-worker" "$@"
