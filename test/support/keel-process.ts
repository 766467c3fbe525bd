/** One `keel …` as a process of its own, that a test stops, wakes, kills and starts again. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { keelMain } from "../cli/running-up.ts";

export interface KeelProcessOptions {
  readonly args: readonly string[];
  /** Where it remembers what it must not forget. */
  readonly state: string;
  /** Besides what every process here gets. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Far more than anything here takes, on the slowest machine. */
const patienceMs = 60_000;

export class KeelProcess {
  readonly #options: KeelProcessOptions;
  #child: ChildProcess | null = null;
  #said = "";
  readonly #listeners = new Set<() => void>();

  constructor(options: KeelProcessOptions) {
    this.#options = options;
  }

  /** All that it wrote, over all its lives. */
  get said(): string {
    return this.#said;
  }

  get runs(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  start(): void {
    const { args, state, env } = this.#options;
    const child = spawn(process.execPath, [keelMain, ...args], {
      env: { ...process.env, KEEL_STATE: state, KEEL_LOG: "debug", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.#said += text;
        for (const listener of [...this.#listeners]) listener();
      });
    }
    this.#child = child;
  }

  /** How often it wrote this. */
  count(words: string): number {
    return this.#said.split(words).length - 1;
  }

  /** Resolves once it has written this so many times. */
  async says(words: string, times = 1): Promise<void> {
    const deadline = AbortSignal.timeout(patienceMs);
    while (this.count(words) < times) {
      await new Promise<void>((resolve, reject) => {
        const done = (): void => {
          this.#listeners.delete(done);
          deadline.removeEventListener("abort", done);
          if (deadline.aborted) reject(new Error(`it did not say "${words}":\n${this.#said}`));
          else resolve();
        };
        this.#listeners.add(done);
        deadline.addEventListener("abort", done);
      });
    }
  }

  signal(signal: "SIGSTOP" | "SIGCONT" | "SIGTERM"): void {
    this.#child?.kill(signal);
  }

  /** Ends it with this signal; resolves once it is gone. */
  async end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    const child = this.#child;
    if (child === null || !this.runs) return;
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  }
}
