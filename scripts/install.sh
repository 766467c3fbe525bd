#!/bin/sh
# Installs the dependencies of package-lock.json where they are missing or older than it. Says what it does on standard
# error, so that standard output stays the program's own.
set -eu
cd "$(dirname "$0")/.."

# npm writes .package-lock.json last: where it is there, an install has come to its end.
installed=node_modules/.package-lock.json
if [ -x node_modules/.bin/node ] && [ -e "$installed" ] && [ ! package-lock.json -nt "$installed" ]; then
  exit 0
fi

echo "keel: installing dependencies (npm ci)" >&2
# The settings of the machine must not leave out what building and testing need; node and its kin install by script.
npm ci --include=dev --include=optional --ignore-scripts=false --no-fund --no-audit --loglevel=error >&2
touch "$installed"

if [ ! -x node_modules/.bin/node ]; then
  echo "keel: npm ci went through, but node_modules/.bin/node is not there; is there a Node 24 for this platform?" >&2
  exit 1
fi
