/**
 * Runs a fence agent, or a tool that reads a power device. Nothing of it outlives its caller or its deadline, however
 * the caller fares:
 *
 * - `timeout` stands over it with the deadline, so that it ends on time even where this process is frozen; it ends the
 *   whole process group, with what the agent itself has started.
 * - `setpriv --pdeathsig` has the kernel end `timeout` with this process, and the agent with `timeout`.
 *
 * The environment is made anew: what this process knows is none of an agent's business.
 */
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import process from "node:process";
import type { Readable, Writable } from "node:stream";
import type { Clock } from "../../../model/clock.ts";
import { messageOf } from "../../../model/thrown.ts";

export interface Program {
  /** Absolute. */
  readonly path: string;
  readonly args?: readonly string[];
  /** Written to its standard input, where no other process can read it. */
  readonly input?: string;
  /** Besides what every program gets. Readable to this user and root alone. */
  readonly env?: Readonly<Record<string, string>>;
}

export type ProgramEnd =
  | { readonly kind: "exited"; readonly code: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: "missing" }
  /** It did not end in time, and was ended. */
  | { readonly kind: "overdue"; readonly afterMs: number }
  /** It could not be run, or somebody else ended it. */
  | { readonly kind: "broken"; readonly why: string };

/** Of each stream; more is read and thrown away. */
const outputMax = 64 * 1024;
/** Streams that some stray child still holds open are not waited for longer. */
const drainMs = 500;
/** Beyond the deadline, for the kernel to end what it was told to end. */
const endingMs = 500;

const dieWithParent = ["/usr/bin/setpriv", "--pdeathsig", "KILL", "--"] as const;

const commonEnv = {
  PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
  LANG: "C",
  LC_ALL: "C",
  PYTHONWARNINGS: "ignore",
};

/** Rejects with the abort's reason alone; then, too, nothing of the program is left. */
export async function runProgram(
  program: Program,
  deadlineMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<ProgramEnd> {
  signal.throwIfAborted();
  if (!(await isExecutable(program.path))) return { kind: "missing" };
  // Nothing is awaited between this and the listener that ends it.
  signal.throwIfAborted();
  const [first, ...rest] = dieWithParent;
  const overseer = ["/usr/bin/timeout", "--signal=KILL", String(deadlineMs / 1_000)];
  const began = clock.monotonic();
  const line = [...rest, ...overseer, ...dieWithParent, program.path, ...(program.args ?? [])];
  const child = spawn(first, line, {
    cwd: "/",
    // A group of its own, which is ended as a whole; no terminal's Ctrl-C reaches it.
    detached: true,
    env: { ...commonEnv, ...program.env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  return new Running(child, clock, began).end(program.input ?? "", deadlineMs, signal);
}

class Running {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #clock: Clock;
  readonly #began: number;

  constructor(child: ChildProcessByStdio<Writable, Readable, Readable>, clock: Clock, began: number) {
    this.#child = child;
    this.#clock = clock;
    this.#began = began;
  }

  async end(input: string, deadlineMs: number, signal: AbortSignal): Promise<ProgramEnd> {
    const onAbort = (): void => this.#kill();
    signal.addEventListener("abort", onAbort, { once: true });
    const stop = this.#clock.timer(deadlineMs + endingMs, onAbort);
    try {
      const [stdout, stderr] = [collect(this.#child.stdout), collect(this.#child.stderr)];
      // A program that ends before it has read everything breaks the pipe; its end tells more.
      this.#child.stdin.on("error", () => undefined);
      this.#child.stdin.end(input);
      const closed = new Promise<void>((resolve) => this.#child.once("close", resolve));
      const { code, by } = await this.#exit();
      signal.throwIfAborted();
      if (by !== null && this.#clock.monotonic() - this.#began >= deadlineMs) {
        return { kind: "overdue", afterMs: deadlineMs };
      }
      if (code === null) return { kind: "broken", why: `it was ended by ${by ?? "a signal"}` };
      await this.#drained(closed);
      return { kind: "exited", code, stdout: stdout(), stderr: stderr() };
    } catch (error) {
      signal.throwIfAborted();
      return { kind: "broken", why: messageOf(error) };
    } finally {
      stop();
      signal.removeEventListener("abort", onAbort);
      this.#kill();
      this.#child.stdout.destroy();
      this.#child.stderr.destroy();
    }
  }

  #exit(): Promise<{ readonly code: number | null; readonly by: NodeJS.Signals | null }> {
    return new Promise((resolve, reject) => {
      this.#child.once("error", reject);
      this.#child.once("exit", (code, by) => {
        resolve({ code, by });
      });
    });
  }

  async #drained(closed: Promise<void>): Promise<void> {
    let stop = (): void => undefined;
    const late = new Promise<void>((resolve) => (stop = this.#clock.timer(drainMs, resolve)));
    await Promise.race([closed, late]);
    stop();
  }

  /** The group outlives its first process where an agent left children behind. */
  #kill(): void {
    if (this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, "SIGKILL");
    } catch {
      // Nothing of it is left.
    }
  }
}

function collect(stream: Readable): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on("data", (chunk: Buffer) => {
    if (size < outputMax) chunks.push(chunk.subarray(0, outputMax - size));
    size += chunk.length;
  });
  stream.on("error", () => undefined);
  return () => Buffer.concat(chunks).toString("utf8");
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
