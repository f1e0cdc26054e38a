#!/usr/bin/env bash
# The linters, one after the other; the first that complains ends the run.
#   tests/lint/run.sh          all of them
#   tests/lint/run.sh NAME...  only those: fmt, clippy, buf, deny
set -euo pipefail
cd "$(dirname "$0")/../.."

BUF=1.75.0
DENY=0.20.2
tools=${CARGO_TARGET_DIR:-$PWD/target}/tools

fmt() { cargo fmt --all --check; }

# The second time with the features that no test is built with, and the third with the other decoder of JPEG.
clippy() {
    cargo clippy --workspace --all-targets -- --deny warnings
    cargo clippy -p rendition-server --features gcs,azblob -- --deny warnings
    cargo clippy -p rendition-server --no-default-features --features pure-rust-jpeg -- --deny warnings
}

buf() {
    command -v npx >/dev/null || { echo "error: buf comes by npx: install Node.js" >&2; return 1; }
    (cd proto && npx --yes "@bufbuild/buf@$BUF" lint)
}

deny() {
    if ! "$tools/bin/cargo-deny" --version 2>/dev/null | grep --quiet --fixed-strings "$DENY"; then
        echo "installing cargo-deny $DENY into the target folder; this happens once and takes minutes"
        cargo install cargo-deny --locked --quiet --version "$DENY" --root "$tools"
    fi
    "$tools/bin/cargo-deny" --workspace --all-features check licenses bans sources
}

[ $# -gt 0 ] || set -- fmt clippy buf deny
for name in "$@"; do
    case $name in
        fmt | clippy | buf | deny) ;;
        *) echo "error: no linter is called $name: fmt, clippy, buf or deny" >&2; exit 2 ;;
    esac
    echo "== $name"
    "$name"
done
