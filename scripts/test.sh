#!/bin/sh
# Everything that has to hold: layout, types, lint, tests; from a fresh clone on. The last lines are node's summary.
set -eu
cd "$(dirname "$0")/.."

sh scripts/install.sh
sh scripts/packages.sh || echo "Debian packages could not be installed; see below for what is left out." >&2

PATH="$PWD/node_modules/.bin:$PATH"
export PATH
prettier --check --log-level warn .
sh scripts/build.sh
eslint --max-warnings 0 .
node --enable-source-maps dist/scripts/simulate-seeds.js --seeds 2000
exec node scripts/run-tests.ts
