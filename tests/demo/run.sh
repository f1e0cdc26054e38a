#!/usr/bin/env bash
# The demonstration: builds, starts a server on its built-in configuration, puts a photograph into its
# media folder, makes five renditions of it over gRPC, asks again, and leaves the server up.
#   tests/demo/run.sh [PHOTO]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
given=${1:-$here/photo.jpg}
[ -f "$given" ] || { echo "error: there is no photograph at $given" >&2; exit 1; }
photo=$(cd "$(dirname "$given")" && pwd)/$(basename "$given")
cd "$here/../.."

# The built-in configuration is shown, whatever this shell is set up for.
unset RENDITION_CONFIG
built=${CARGO_TARGET_DIR:-target}/demo
data=rendition-data
# The name stands in commands that are printed to be pasted.
source=demo/$(basename "$photo" | tr -c 'A-Za-z0-9._\n-' -)

echo "building (the first time takes minutes)"
cargo build --profile demo --quiet -p rendition-server -p rendition-client --bins --example demo

"$here/stop.sh" --quiet
mkdir -p "$data/media/demo"
cp -- "$photo" "$data/media/$source"
# Renditions of an earlier demonstration would be found, and there would be nothing to see.
rm -rf -- "$data/renditions/media/$source"

# taken PORT: whether somebody listens there already.
taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
for listener in GRPC:50051 HTTP:8080; do
    if taken "${listener#*:}"; then
        echo "port ${listener#*:} is taken, so another one is used"
        export "RENDITION_LISTEN__${listener%:*}=127.0.0.1:0"
        # It may be a server on the same folder, which holds the queue there.
        export RENDITION_QUEUE__PATH=$data/demo-queue
    fi
done

log=$data/demo.log
RENDITION_LOG__FORMAT=json nohup "$built/rendition-server" >"$log" 2>&1 </dev/null &
server=$!
echo "$server" >"$data/demo.pid"

# address NAME: where the server says that it serves.
address() { sed -n "s/.*\"message\":\"serving\".*\"$1\":\"\([^\"]*\)\".*/\1/p" "$log"; }
for _ in $(seq 100); do
    [ -z "$(address grpc)" ] || break
    kill -0 "$server" 2>/dev/null || { echo "error: the server does not start:" >&2; cat "$log" >&2; exit 1; }
    sleep 0.05
done
grpc=$(address grpc)
[ -n "$grpc" ] || { echo "error: the server does not say where it serves: see $log" >&2; exit 1; }

echo "the server is up: pid $server, gRPC on $grpc, media on http://$(address http), data in ./$data"
echo
"$built/examples/demo" "$source" "http://$grpc"

rendition="$built/rendition --server http://$grpc"
avatar=$($rendition url "$source" --spec avatar)
cat <<NEXT

The server stays up. What to try next:

  # in the browser: an avatar, open to all
  $avatar

  # the command line
  $rendition ensure '$source' --fit 640x --format webp
  $rendition exists '$source' --spec avatar
  $rendition read '$source' --fill 400x400 --anchor top --format jpeg -o square.jpg
  $rendition --help

  # grpcurl, by reflection
  grpcurl -plaintext -d '{"rendition": {"source": {"path": "$source"}, "recipe": {"spec_id": "avatar"}}}' \\
    $grpc rendition.v1.RenditionService/EnsureGenerated

  # Python, with stubs made from proto/
  python3 -m venv .venv && .venv/bin/pip install --quiet grpcio-tools googleapis-common-protos
  mkdir -p .venv/stubs && .venv/bin/python -m grpc_tools.protoc -Iproto \\
    --python_out=.venv/stubs --grpc_python_out=.venv/stubs proto/rendition/v1/*.proto
  PYTHONPATH=.venv/stubs .venv/bin/python tests/demo/ask.py $grpc '$source'

  # your own photograph; the log; the end
  make demo PHOTO=path/to/photo.jpg
  tail -f $log
  make demo-stop
NEXT
