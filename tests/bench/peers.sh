# What the benches beside peers have in common, for `.`: where the project, its peers and the corpus are (`root`, `peers`,
# `corpus`), and sharp, libvips and Pillow, installed from their registries where they are missing. `here` is the folder of a bench
# below this one; `modules` may name more of Python's.

root=$(cd "$here/../../.." && pwd)
peers="$root/.bench"
corpus=${CORPUS:-$root/../shared/corpus}

if [ ! -d "$corpus/photos" ]; then
    echo "the photographs are missing: set CORPUS to the folder that holds photos/" >&2
    exit 2
fi

mkdir -p "$peers"
if [ ! -x "$peers/venv/bin/python" ]; then
    python3 -m venv "$peers/venv"
fi
for module in pyvips numpy PIL ${modules:-}; do
    "$peers/venv/bin/python" -c "import $module" 2>/dev/null ||
        "$peers/venv/bin/pip" --quiet install "pyvips[binary]" numpy pillow ${modules:-}
done
if [ ! -d "$peers/node_modules/sharp" ]; then
    command -v npm >/dev/null || { echo "sharp comes by npm, which is missing: install Node.js with npm" >&2; exit 2; }
    [ -f "$peers/package.json" ] || echo '{ "private": true }' >"$peers/package.json"
    npm --prefix "$peers" --silent install sharp
fi
