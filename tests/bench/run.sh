#!/bin/sh
# Measures all figures and fails if one is missed; with names, those of the service alone:
#   tests/bench/run.sh [cached | storage | herd | busy | overhead | pages | crash]...
set -eu
cd "$(dirname "$0")/../.."

everything=$([ "$#" -gt 0 ] || echo yes)
crash=$everything
figures=
for name in "$@"; do
    if [ "$name" = crash ]; then crash=yes; else figures="$figures $name"; fi
done

missed=0
if [ "$everything$figures" ]; then
    # Each name is an argument of its own.
    sh tests/bench/service/run.sh $figures || missed=1
fi
if [ "$crash" ]; then
    sh tests/bench/crash/run.sh || missed=1
fi
if [ "$everything" ]; then
    sh tests/bench/prewarm/run.sh || missed=1
fi
if [ "$everything" ] && [ -f tests/bench/imaging/run.sh ]; then
    sh tests/bench/imaging/run.sh || missed=1
fi
if [ "$everything" ] && [ -f tests/bench/media/run.sh ]; then
    sh tests/bench/media/run.sh || missed=1
fi
exit "$missed"
