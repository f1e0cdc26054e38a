#!/usr/bin/env bash
# Lets a fuzzer loose on every target, one after the other:
#   tests/fuzz/run.sh [SECONDS] [TARGET]...
# 600 seconds each by default. What is found lies in tests/fuzz/artifacts and becomes a test.
#
# The corpus of images (CORPUS, or shared/corpus in one of the folders above the project), where there is one, is what decoding
# begins from, beside what lies in seeds/TARGET: images of fewer pixels, which the targets do not refuse. An input may take
# FUZZ_TIMEOUT seconds (5; more where much else runs). rustup's nightly toolchain is taken where there is one, else the pinned one
# with its gate opened (RUSTC_BOOTSTRAP). Where clang is installed, the C codecs are watched by the address sanitizer and guide
# the fuzzer as well; else only Rust is. cargo-fuzz is installed if it is missing.
set -euo pipefail
cd "$(dirname "$0")"
seconds=${1:-600}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- jpeg pure-jpeg png webp gif avif tiff bitmap metadata profile spec name

corpus=${CORPUS:-}
for folder in ../../.. ../../../.. ../../../../..; do
    [ -n "$corpus" ] || [ ! -d "$folder/shared/corpus" ] || corpus=$folder/shared/corpus
done

cargo fuzz --version >/dev/null 2>&1 || cargo install --locked cargo-fuzz
if rustup toolchain list 2>/dev/null | grep -q '^nightly'; then
    export RUSTUP_TOOLCHAIN=nightly
else
    export RUSTC_BOOTSTRAP=1
fi
if command -v clang >/dev/null; then
    target=$(rustc -vV | sed -n 's/^host: //p' | tr - _)
    export "CC_$target=clang" "CXX_$target=clang++"
    # The last as in .cargo/config.toml: what is fuzzed is what is served.
    export "CFLAGS_$target=-fsanitize=address,fuzzer-no-link -O1 -g -DUSE_GENERIC_TREE=0"
fi

# rav1d's checks keep a backtrace of each of its borrows, which makes hardly one picture a second where backtraces are on.
export RUST_LIB_BACKTRACE=0

# The two bytes before a source choose what is made of it: a file each for the usual, and for all frames as they are.
seed() { # seed TARGET FILE
    local name
    name=$(basename "$2")
    { printf '\010\000'; cat "$2"; } >"corpus/$1/a-$name"
    { printf '\003\000'; cat "$2"; } >"corpus/$1/b-$name"
}
for target in "$@"; do
    mkdir -p "corpus/$target"
    [ ! -d "seeds/$target" ] || for file in "seeds/$target"/*; do
        seed "$target" "$file"
    done
    case $target in
        metadata | profile | spec | name) ;;
        *)
            # Sources of other formats are told apart and left out by the target itself.
            [ ! -d "$corpus" ] || find "$corpus" -type f -size -24k ! -name MANIFEST.tsv | while read -r file; do
                seed "$target" "$file"
            done
            ;;
    esac
done
mkdir -p corpus/spec corpus/name corpus/profile corpus/metadata
python3 - "$corpus" <<'PYTHON'
import json, pathlib, sys
rows = json.loads(pathlib.Path("../../server/imaging/vectors/canonical.json").read_text())
for index, row in enumerate(rows):
    pathlib.Path(f"corpus/spec/{index}").write_text(json.dumps(row["spec"]))
names = ["media", "photos/cat.jpg", "18ea9dd61bdeb6f0-3d798", "~YS5i", "b25b870b842a400094009fc2521236c3",
         "media/photos/cat.jpg/avatar.18ea9dd61bdeb6f0-3d798.b25b870b842a400094009fc2521236c3.webp"]
for index, name in enumerate(names):
    pathlib.Path(f"corpus/name/{index}").write_text(name)
profiles = pathlib.Path("../../server/imaging/profiles").glob("*.icc")
for path in profiles:
    pathlib.Path(f"corpus/profile/{path.name}").write_bytes(path.read_bytes())
# What the corpus's JPEGs have beside their pixels: profiles that lie there in one piece.
for path in pathlib.Path(sys.argv[1]).glob("*/*.jp*g") if sys.argv[1] else []:
    data = path.read_bytes()
    at = data.find(b"ICC_PROFILE\0\1\1")
    if at > 2:
        length = int.from_bytes(data[at - 2:at], "big") - 16
        pathlib.Path(f"corpus/profile/{path.name}").write_bytes(data[at + 14:at + 14 + length])
    # And their blocks of EXIF and XMP.
    for name in [b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"]:
        at = data.find(name)
        length = int.from_bytes(data[at - 2:at], "big") - 2 - len(name) if at > 2 else 0
        if 0 < length < 20_000:
            block = data[at + len(name):at + len(name) + length]
            pathlib.Path(f"corpus/metadata/{name[:4].decode()}-{path.name}").write_bytes(block)
PYTHON

for target in "$@"; do
    features=
    case $target in
        name) features=--features=names ;;
        pure-jpeg) features='--no-default-features --features=pure-rust-jpeg' ;;
    esac
    echo "== $target, $seconds s"
    # shellcheck disable=SC2086 # several words
    cargo fuzz run --fuzz-dir . $features "$target" -- \
        -max_total_time="$seconds" -timeout="${FUZZ_TIMEOUT:-5}" -rss_limit_mb=1024 -print_final_stats=1
done
