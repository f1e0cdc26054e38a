#!/bin/sh
# Kills the server at random moments during 1,000 generations and looks at what is left: tests at full size.
set -eu
cd "$(dirname "$0")/../../.."

RENDITION_LONG=1 cargo test -p rendition-tests --test crash -- --nocapture after_kills a_killed_server
