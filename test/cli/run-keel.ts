/** Whole commands inside the test's process, without a cluster behind them. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import type { TestContext } from "node:test";
import { run } from "../../cli/run.ts";
import type { Environment, Input, Output, World } from "../../cli/world.ts";
import type { ExitCode } from "../../reconciler/model/errors.ts";
import { systemClock } from "../../reconciler/runtime/system-clock.ts";

export interface Outcome {
  readonly exit: ExitCode;
  readonly out: string;
  readonly err: string;
}

export interface WorldOptions {
  readonly cwd: string;
  readonly env?: Environment;
  readonly stdin?: Input;
  /** Standard output and error are a terminal. */
  readonly tty?: boolean;
  readonly ended?: AbortSignal;
}

/** A world of its own, and what was written in it so far. */
export function makeWorld(options: WorldOptions): {
  readonly world: World;
  readonly out: () => string;
  readonly err: () => string;
} {
  const stdout = collector(options.tty === true);
  const stderr = collector(options.tty === true);
  const world: World = {
    env: options.env ?? {},
    cwd: options.cwd,
    stdin: options.stdin ?? Readable.from([]),
    stdout: stdout.stream,
    stderr: stderr.stream,
    clock: systemClock,
    random: (bytes) => new Uint8Array(bytes),
    user: "tester",
    ended: options.ended ?? new AbortController().signal,
    unread: new AbortController().signal,
    tellParent: () => undefined,
  };
  return { world, out: stdout.text, err: stderr.text };
}

export async function runKeel(args: readonly string[], options: WorldOptions): Promise<Outcome> {
  const { world, out, err } = makeWorld(options);
  const exit = await run(args, world);
  return { exit, out: out(), err: err() };
}

/** A folder that is gone after the test. */
export async function temporaryFolder(test: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "keel-"));
  test.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

function collector(isTTY: boolean): { readonly stream: Output; readonly text: () => string } {
  const chunks: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write: (text: string, _encoding, done) => {
      chunks.push(text);
      done();
    },
  });
  return { stream: Object.assign(stream, { isTTY, columns: 100, rows: 30 }), text: () => chunks.join("") };
}
