import { spawn, type ChildProcess } from "node:child_process";
import { mkdir, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Etcd3 } from "etcd3";
import { systemClock } from "../../reconciler/runtime/system-clock.ts";
import type { StoreCredentials } from "../../reconciler/store/etcd/endpoints.ts";
import { connectStore } from "../../reconciler/store/etcd/etcd-store.ts";
import { StoreError } from "../../reconciler/store/store.ts";

export interface EtcdMemberOptions {
  readonly name: string;
  readonly endpoint: string;
  /** Its files are in a folder of its name in here. */
  readonly base: string;
  readonly args: readonly string[];
  /** The words before its own that start it elsewhere. */
  readonly launcher?: readonly string[];
  readonly credentials?: StoreCredentials;
}

/** What a member says of itself. */
interface MemberState {
  readonly leads: boolean;
  readonly term: number;
}

const startsWithinMs = 30_000;

/** One real etcd process, which can be ended and started again on its files. */
export class EtcdMember {
  readonly name: string;
  readonly endpoint: string;
  readonly #options: EtcdMemberOptions;
  #child: ChildProcess | null = null;
  #paused = false;

  constructor(options: EtcdMemberOptions) {
    this.name = options.name;
    this.endpoint = options.endpoint;
    this.#options = options;
  }

  /** Neither ended nor paused. */
  get runs(): boolean {
    return this.#child !== null && !hasEnded(this.#child) && !this.#paused;
  }

  /** Starts the process. Whether it answers yet: `ready`. */
  async start(): Promise<void> {
    const { name, base, args, launcher = [] } = this.#options;
    const directory = join(base, name);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const log = await open(this.#logPath, "a");
    try {
      const flags = ["--name", name, "--data-dir", join(directory, "data"), ...args];
      const [program = "", ...rest] = [...launcher, "etcd", ...flags];
      this.#child = spawn(program, rest, { cwd: directory, stdio: ["ignore", "ignore", log.fd] });
      this.#paused = false;
    } finally {
      await log.close();
    }
  }

  /** Resolves once it answers with what the quorum knows. A refusal is an answer too. */
  async ready(): Promise<void> {
    const { credentials } = this.#options;
    const store = connectStore({
      endpoints: [this.endpoint],
      clock: systemClock,
      requestTimeoutMs: 500,
      ...(credentials === undefined ? {} : { credentials }),
    });
    const giveUpAt = systemClock.monotonic() + startsWithinMs;
    try {
      for (;;) {
        const failure = await store.get("ready").then(
          () => null,
          (error: unknown) => error,
        );
        if (failure === null || (failure instanceof StoreError && failure.code === "denied")) return;
        if (!this.runs || systemClock.monotonic() > giveUpAt) {
          throw new Error(`etcd does not start: ${await this.#lastWords()}`, { cause: failure });
        }
        await systemClock.sleep(50);
      }
    } finally {
      await store.close();
    }
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === null || hasEnded(child)) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
  }

  /** Stops it in whatever it does. Its connections stay, and nobody answers on them. */
  pause(): void {
    this.#child?.kill("SIGSTOP");
    this.#paused = true;
  }

  resume(): void {
    this.#child?.kill("SIGCONT");
    this.#paused = false;
  }

  /** Null where it does not answer. */
  async state(): Promise<MemberState | null> {
    const { credentials } = this.#options;
    const client = new Etcd3({
      hosts: this.endpoint,
      ...(credentials === undefined ? {} : { credentials: { ...credentials } }),
    });
    try {
      const status = await client.maintenance.status({ deadline: Date.now() + 1_000 });
      return { leads: status.leader === status.header.member_id, term: Number(status.raftTerm) };
    } catch {
      return null;
    } finally {
      client.close();
    }
  }

  get #logPath(): string {
    return join(this.#options.base, this.#options.name, "log");
  }

  async #lastWords(): Promise<string> {
    const text = await readFile(this.#logPath, "utf8");
    return text.split("\n").slice(-5).join("\n");
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
