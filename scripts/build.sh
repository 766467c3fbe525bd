#!/bin/sh
# Compiles the tree into dist/, from scratch, so that nothing of a deleted source stays. With --if-stale only where a
# source is newer than dist. A build that fails leaves the dist that was there.
set -eu
cd "$(dirname "$0")/.."

sources="tsconfig.json package.json package-lock.json"
for folder in reconciler agent tui cli simulator test bench scripts; do
  if [ -d "$folder" ]; then sources="$sources $folder"; fi
done

# Written before the compiler starts: what is edited while it works counts as newer. Folders count too: a deleted file
# changes its folder.
stamp=dist/.built
if [ "${1:-}" = --if-stale ] && [ -e "$stamp" ]; then
  # shellcheck disable=SC2086 # a list of plain words
  if [ -z "$(find $sources -newer "$stamp" -print | head -n 1)" ]; then exit 0; fi
  echo "keel: building" >&2
fi

next=.build-next-$$
trap 'rm -rf "$next"' EXIT
mkdir -p "$next"
touch "$next/.built"
node_modules/.bin/node node_modules/typescript7/bin/tsc --incremental false --outDir "$next" >&2

# Swapped in one go: whoever runs from dist meanwhile finds either the old files or the new ones.
node_modules/.bin/node --input-type=module -e '
  import { renameSync, rmSync } from "node:fs";
  const [next] = process.argv.slice(1);
  const old = `${next}-old`;
  try {
    renameSync("dist", old);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  renameSync(next, "dist");
  rmSync(old, { recursive: true, force: true });
' "$next"
