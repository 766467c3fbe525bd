/** Parts that are scripts of a line or two, so that tests see real processes begin and end. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import type { TestContext } from "node:test";
import type { Launch } from "../../../cli/processes/launch.ts";
import { partVariable } from "../../../cli/processes/launch.ts";
import type { PartOptions } from "../../../cli/processes/run-once.ts";
import { systemClock } from "../../../reconciler/runtime/system-clock.ts";
import { temporaryFolder } from "../run-keel.ts";

/** Scripts by the first word of a part's name: `agent` for `agent-hv1`. */
export function launchScripts(scripts: Readonly<Record<string, string>>): Launch {
  return (name, args, log) => {
    const script = scripts[name.split("-")[0] ?? ""] ?? "process.exit(9)";
    return spawn(process.execPath, ["-e", script, "--", ...args], {
      stdio: ["ignore", log, log, "ipc"],
      env: { ...process.env, [partVariable]: name },
    });
  };
}

/** Ends when asked to, and not before. */
export const obedient =
  "setInterval(() => {}, 1000); process.on('SIGTERM', () => process.exit(0)); process.send({kind: 'ready'})";

export interface Ground {
  readonly root: string;
  readonly run: string;
  readonly logs: string;
  part(name: string, script: string): PartOptions;
  log(name: string): string;
  /** The process id in the part's file; null: there is none. */
  pid(name: string): number | null;
}

export async function prepareGround(test: TestContext): Promise<Ground> {
  const root = await temporaryFolder(test);
  const [run, logs] = [join(root, "run"), join(root, "log")];
  mkdirSync(run);
  mkdirSync(logs);
  const pidFile = (name: string) => join(run, `${name}.pid`);
  return {
    root,
    run,
    logs,
    part: (name, script) => {
      const launch = launchScripts({ [name.split("-")[0] ?? ""]: script });
      return { name, args: [], launch, clock: systemClock, run, logs };
    },
    log: (name) => readFileSync(join(logs, `${name}.log`), "utf8"),
    pid: (name) => (existsSync(pidFile(name)) ? Number(readFileSync(pidFile(name), "utf8")) : null),
  };
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Something that is waited for; `settle` may be called before anybody waits. */
export function expectation<T = void>() {
  const { promise, resolve } = Promise.withResolvers<T>();
  return { met: promise, meet: resolve };
}
