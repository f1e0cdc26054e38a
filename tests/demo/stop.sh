#!/usr/bin/env bash
# Stops the server that the demonstration left running, and waits until it has drained.
#   tests/demo/stop.sh [--quiet]    --quiet: says nothing if there is none
set -euo pipefail
cd "$(dirname "$0")/../.."
file=rendition-data/demo.pid

server=$(cat "$file" 2>/dev/null || true)
rm -f "$file"
# The number may be another process's by now.
is_ours() { { tr '\0' ' ' <"/proc/$server/cmdline" || ps -p "$server" -o args=; } 2>/dev/null | grep --quiet rendition-server; }
if [ -z "$server" ] || ! is_ours; then
    [ "${1:-}" = --quiet ] || echo "no server of the demonstration is running"
    exit 0
fi
kill -TERM "$server"
for _ in $(seq 300); do
    kill -0 "$server" 2>/dev/null || { echo "the server of the demonstration, pid $server, has stopped"; exit 0; }
    sleep 0.1
done
echo "error: the server, pid $server, does not stop: kill -9 $server" >&2
exit 1
