#!/bin/sh
# Lets a fuzzer loose on every target, one after the other:
#   tests/fuzz/run.sh [SECONDS] [TARGET]...
# 600 seconds each by default. Needs rustup's nightly toolchain; installs cargo-fuzz if it is missing. The corpus of images
# (CORPUS, or ../shared/corpus beside the project), where there is one, is what decoding begins from. What is found lies in
# tests/fuzz/artifacts and becomes a test.
set -eu
cd "$(dirname "$0")"
seconds=${1:-600}
[ "$#" -gt 0 ] && shift
[ "$#" -gt 0 ] || set -- decode metadata spec key
corpus=${CORPUS:-../../../shared/corpus}

rustup toolchain list | grep -q '^nightly' || rustup toolchain install nightly --profile minimal
cargo fuzz --version >/dev/null 2>&1 || cargo install --locked cargo-fuzz
mkdir -p corpus/decode corpus/spec corpus/key corpus/metadata
# A file of the corpus with the two bytes before it that choose what is made of it.
[ -d "$corpus" ] && find "$corpus" -type f -size -40k ! -name MANIFEST.tsv | while read -r file; do
    { printf '\000\000'; cat "$file"; } >"corpus/decode/$(basename "$file")"
done
python3 - <<'PYTHON'
import json, pathlib
rows = json.loads(pathlib.Path("../../server/imaging/vectors/canonical.json").read_text())
for index, row in enumerate(rows):
    pathlib.Path(f"corpus/spec/{index}").write_text(json.dumps(row["spec"]))
PYTHON
for target in "$@"; do
    cargo +nightly fuzz run --fuzz-dir . "$target" -- \
        -max_total_time="$seconds" -timeout=5 -rss_limit_mb=1024 -print_final_stats=1
done
