/**
 * Runs the compiled tests with node's own runner: all of them, or those whose path has one of the arguments in it
 * (`npm run tests -- plan store`). Tests that need a program which is not here are named and left out, but not in CI:
 * there everything runs or the run fails. Long ones (`// Long`) run only where they are asked for by their path.
 */
import { spawn } from "node:child_process";
import { accessSync, constants, globSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";

import { isLong, packagesByCommand, programsNeeded, selectTests, type Selection } from "./select-tests.ts";

const root = join(import.meta.dirname, "..");

/** The machine has two cores at the least, and some tests wait for most of their time; more would starve the others. */
const concurrency = 3;

/** Well above the slowest test, so that one which hangs is named instead of blocking the run. */
const timeoutMs = 300_000;

process.exitCode = await main();

async function main(): Promise<number> {
  const tests = globSync("test/**/*.test.{ts,tsx}", { cwd: root })
    .sort()
    .map((path) => {
      const source = readFileSync(join(root, path), "utf8");
      return { path, needs: programsNeeded(source), isLong: isLong(source) };
    });
  const selection = selectTests(tests, process.argv.slice(2), isOnPath);
  if (selection.leftOut.length > 0) {
    tellLeftOut(selection);
    if (isCi()) return 1;
  }
  if (selection.run.length === 0) {
    console.error("There is no such test.");
    return 1;
  }
  return await runNode(selection.run);
}

function tellLeftOut({ leftOut }: Selection): void {
  const packages = packagesByCommand(readFileSync(join(root, "scripts/debian-packages.txt"), "utf8"));
  console.error(isCi() ? "These tests cannot run here, and in CI all must:" : "Left out:");
  for (const { path, missing } of leftOut) {
    const what = missing.map((program) => `${program} (Debian package ${packages.get(program) ?? program})`);
    console.error(`  ${path}: needs ${what.join(", ")}`);
  }
}

/** Tests see the same environment everywhere: terminal libraries behave otherwise in CI, or told to use colours. */
async function runNode(paths: readonly string[]): Promise<number> {
  const dropped = ["CI", "CONTINUOUS_INTEGRATION", "FORCE_COLOR", "NO_COLOR", "KEEL_STORE"];
  const kept = Object.fromEntries(Object.entries(process.env).filter(([name]) => !dropped.includes(name)));
  // The signs of the terminal UI depend on the locale; tests of the plain ones say so themselves.
  const env = { ...kept, LC_ALL: "C.UTF-8" };
  const compiled = paths.map((path) => join("dist", path.replace(/\.tsx?$/u, ".js")));
  const child = spawn(
    process.execPath,
    [
      "--enable-source-maps",
      "--test",
      "--test-reporter=spec",
      `--test-concurrency=${concurrency}`,
      `--test-timeout=${timeoutMs}`,
      ...compiled,
    ],
    // A pipe, so that node does not tell the tests that they write to a terminal.
    { cwd: root, env, stdio: ["ignore", "pipe", "inherit"] },
  );
  child.stdout.pipe(process.stdout);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
  return await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      resolve(code ?? 1);
    });
  });
}

function isCi(): boolean {
  return process.env["CI"] === "true";
}

function isOnPath(program: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
