#!/bin/sh
# Measures all figures and fails if one is missed; with names, those of the service alone:
#   tests/bench/run.sh [cached | storage | herd | busy | overhead | pages]...
set -eu
cd "$(dirname "$0")/../.."

sh tests/bench/service/run.sh "$@" && missed=0 || missed=1
if [ "$#" -eq 0 ]; then
    sh tests/bench/prewarm/run.sh || missed=1
fi
if [ "$#" -eq 0 ] && [ -f tests/bench/imaging/run.sh ]; then
    sh tests/bench/imaging/run.sh || missed=1
fi
if [ "$#" -eq 0 ] && [ -f tests/bench/media/run.sh ]; then
    sh tests/bench/media/run.sh || missed=1
fi
exit "$missed"
