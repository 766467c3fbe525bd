/** `npm run bench [-- name…]`: runs the `*.bench.ts` modules of this folder, all or those whose name has a word in it. */
import { globSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import process from "node:process";

import { recordingReport, renderTable, type Benchmark, type Row } from "./report.ts";

const wanted = process.argv.slice(2);
const benchmarks = (await load()).filter(
  ({ name }) => wanted.length === 0 || wanted.some((word) => name.includes(word)),
);
console.log(`Node ${process.version}, ${String(cpus().length)} cores\n`);
if (benchmarks.length === 0) {
  console.error("There is no such benchmark.");
  process.exitCode = 1;
}
for (const benchmark of benchmarks) {
  const rows: Row[] = [];
  await benchmark.run(recordingReport(rows, () => performance.now()));
  console.log(`${benchmark.name}\n${renderTable(rows)}`);
}

/** The compiled modules beside this one, by file name. */
async function load(): Promise<readonly Benchmark[]> {
  const files = globSync("*.bench.js", { cwd: import.meta.dirname }).sort();
  return await Promise.all(
    files.map(async (file) => {
      const module: unknown = await import(pathToFileURL(join(import.meta.dirname, file)).href);
      if (!isBenchmark(module)) throw new TypeError(`${file} does not export name and run`);
      return module;
    }),
  );
}

function isBenchmark(module: unknown): module is Benchmark {
  return (
    typeof module === "object" &&
    module !== null &&
    "name" in module &&
    typeof module.name === "string" &&
    "run" in module &&
    typeof module.run === "function"
  );
}
