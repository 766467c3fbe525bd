/**
 * Plants each bug of `test/mutants/`, and sees which scenario finds it: `npm run mutants`, or `npm run mutants -- NAME`.
 * A bug that does not compile, or that nothing finds, fails the run: then a test is missing.
 *
 * Each is planted in a copy of its own, so that nothing of it can stay behind.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

import { readPlayed } from "./read-played.ts";

const root = join(import.meta.dirname, "..");
const patches = join(root, "test/mutants");
/** What the simulator is made of. */
const planted = [
  "reconciler",
  "agent",
  "simulator",
  "scripts/play-scenarios.ts",
  "scripts/read-played.ts",
  "test/scenarios",
  "test/support/cluster",
  "test/support/plan",
  "test/support/fake-clock.ts",
  "test/support/seeded-random.ts",
  "test/support/scenario-log.ts",
  "package.json",
  "tsconfig.json",
];
/** A bug may make a simulation go on for ever; then it is found too. */
const playsWithinMs = 600_000;
/** What no scenario of ours was written for is looked for in random ones. */
const randomSeeds = "150";

type Fate =
  | { readonly kind: "found"; readonly by: string; readonly saying: string }
  | { readonly kind: "lives" | "does-not-apply" | "does-not-compile"; readonly saying: string };

const wanted = process.argv.slice(2);
const names = readdirSync(patches)
  .filter((file) => file.endsWith(".patch"))
  .map((file) => file.slice(0, -".patch".length))
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)))
  .sort();
const fates = names.map((name) => {
  const fate = plant(name);
  console.log(inWords(name, fate));
  return fate;
});
const found = fates.filter(({ kind }) => kind === "found").length;
console.log(`${found} of ${names.length} found`);
process.exitCode = names.length > 0 && found === names.length ? 0 : 1;

function plant(name: string): Fate {
  const copy = mkdtempSync(join(tmpdir(), "keel-mutant-"));
  try {
    for (const path of planted) cpSync(join(root, path), join(copy, path), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
    const applied = run(copy, "git", ["apply", join(patches, `${name}.patch`)]);
    if (applied.status !== 0) return { kind: "does-not-apply", saying: applied.output };
    const compiled = run(copy, process.execPath, [
      "node_modules/typescript7/bin/tsc",
      ...["--noEmit", "--incremental", "false"],
    ]);
    if (compiled.status !== 0) return { kind: "does-not-compile", saying: compiled.output };
    const played = run(copy, process.execPath, ["scripts/play-scenarios.ts", "test/scenarios", randomSeeds]);
    return fateOf(played);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function fateOf(played: Run): Fate {
  if (played.status === null)
    return { kind: "found", by: "a simulation", saying: "it does not come to an end" };
  const complaint = readPlayed(played.output);
  return complaint === null
    ? { kind: "lives", saying: played.output }
    : { kind: "found", by: complaint.scenario, saying: complaint.found[0] ?? "" };
}

interface Run {
  /** null: it was ended. */
  readonly status: number | null;
  readonly output: string;
}

function run(cwd: string, program: string, args: readonly string[]): Run {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd,
    encoding: "utf8",
    timeout: playsWithinMs,
    killSignal: "SIGKILL",
  });
  return { status, output: `${stdout}${stderr}`.trim() };
}

function inWords(name: string, fate: Fate): string {
  if (fate.kind === "found") return `found   ${name}: ${fate.by}: ${fate.saying}`;
  const what = {
    "lives": "LIVES",
    "does-not-apply": "DOES NOT APPLY",
    "does-not-compile": "DOES NOT COMPILE",
  };
  return `${what[fate.kind]} ${name}: ${fate.saying.slice(0, 500)}`;
}
