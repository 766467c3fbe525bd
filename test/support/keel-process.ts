/** One `keel …` as a process of its own, that a test stops, wakes, kills and starts again. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import process from "node:process";
import { systemClock } from "../../reconciler/runtime/system-clock.ts";
import { keelMain } from "../cli/running-up.ts";

export interface KeelProcessOptions {
  readonly args: readonly string[];
  /** Where it remembers what it must not forget. */
  readonly state: string;
  /** Besides what every process here gets. */
  readonly env?: Readonly<Record<string, string>>;
  /** The words before its own that start it elsewhere, such as in the namespaces of a machine; asked at each start. */
  readonly launcher?: () => readonly string[];
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
    const { args, state, env, launcher } = this.#options;
    const [program = "", ...rest] = [...(launcher?.() ?? []), process.execPath, keelMain, ...args];
    const child = spawn(program, rest, {
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
    const pid = this.#pid();
    if (pid !== null) process.kill(pid, signal);
    // A launcher that waits for it stops when it does, and has to go on to see its end.
    if (signal === "SIGCONT") this.#child?.kill(signal);
  }

  /** Ends it with this signal; resolves once it is gone. */
  async end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    const child = this.#child;
    if (child === null || !this.runs) return;
    const gone = once(child, "exit");
    let pid = this.#pid();
    for (; pid === null && this.runs; pid = this.#pid()) await systemClock.sleep(5);
    if (pid !== null) process.kill(pid, signal);
    if (this.runs) await gone;
  }

  /** Resolves once it has ended, whoever ended it. */
  async gone(): Promise<void> {
    const child = this.#child;
    if (child !== null && this.runs) await once(child, "exit");
  }

  /** The process itself, as this machine counts: a launcher becomes it, or has it as its child. Null: not there yet. */
  #pid(): number | null {
    for (let pid = this.#child?.pid; pid !== undefined;) {
      try {
        if (readFileSync(`/proc/${pid}/cmdline`, "utf8").startsWith(process.execPath)) return pid;
        const [child = ""] = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ");
        pid = child === "" ? undefined : Number(child);
      } catch {
        return null;
      }
    }
    return null;
  }
}
