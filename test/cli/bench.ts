/**
 * The command line at work on a virtual cluster: whole commands from their arguments to their exit status, with the real
 * planner, reconciler and agents behind them, on a clock that only moves while a command waits for it. So a transcript
 * is the same in every run.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Readable, Writable } from "node:stream";
import type { Context, Lent, RunCommand } from "../../cli/context.ts";
import { openContext } from "../../cli/open-context.ts";
import { createProgram } from "../../cli/program.ts";
import { run } from "../../cli/run.ts";
import type { Input, Output, World } from "../../cli/world.ts";
import type { Clock } from "../../reconciler/model/clock.ts";
import { type ExitCode, KeelError } from "../../reconciler/model/errors.ts";
import type { NodeName } from "../../reconciler/model/names.ts";
import type { StoreMaintenance } from "../../reconciler/store/maintenance.ts";
import { VirtualCluster, type VirtualClusterOptions } from "../../simulator/virtual-cluster.ts";
import { FakeClock } from "../support/fake-clock.ts";

export interface BenchOptions {
  readonly nodes?: readonly NodeName[];
  readonly hardware?: NonNullable<VirtualClusterOptions["hardware"]>;
  /** false: nobody carries anything out. */
  readonly reconciler?: boolean;
}

export interface CommandOptions {
  /** Standard output is a terminal. */
  readonly tty?: boolean;
  readonly colour?: boolean;
  /** The user's clock is ahead of the cluster's. */
  readonly aheadMs?: number;
  /** There is no store to be found. */
  readonly storeless?: boolean;
  /** What the store as a whole answers. */
  readonly maintenance?: StoreMaintenance;
  /** A terminal without UTF-8. */
  readonly ascii?: boolean;
  /** What the user types when asked; left out, nobody is there. */
  readonly answer?: string;
  /** Besides what every command of the bench finds in its environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Ctrl-C, as soon as this is in the output. */
  readonly interruptAt?: RegExp;
  /** Done once, as soon as it is in the output; until then the cluster's time stands still. */
  readonly when?: readonly [RegExp, () => Promise<unknown>];
}

export interface Transcript {
  readonly command: string;
  readonly out: string;
  readonly err: string;
  /** Both, as a terminal shows them. */
  readonly text: string;
  readonly exit: ExitCode;
}

/** More time than any command of a test may take, on the clock of the cluster. */
const patienceMs = 600_000;

export class Bench implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly cluster: VirtualCluster;
  readonly folder: string;
  /** Of all commands together: what one makes up is unique in the cluster. */
  readonly #random = counting();

  static async open({
    nodes = ["hv1", "hv2", "hv3"],
    hardware,
    reconciler = true,
  }: BenchOptions = {}): Promise<Bench> {
    const folder = await mkdtemp(join(tmpdir(), "keel-"));
    const bench = new Bench(folder, nodes, hardware);
    await mkdir(join(folder, "cluster.d"));
    if (reconciler) bench.cluster.startReconciler("r1");
    await bench.clock.advance(1_000);
    return bench;
  }

  private constructor(folder: string, nodes: readonly NodeName[], hardware: BenchOptions["hardware"]) {
    this.folder = folder;
    this.cluster = new VirtualCluster({
      clock: this.clock,
      nodes,
      ...(hardware === undefined ? {} : { hardware }),
    });
  }

  /** A file of `cluster.d`. */
  async write(file: string, text: string): Promise<void> {
    const path = join(this.folder, "cluster.d", file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }

  async remove(file: string): Promise<void> {
    await rm(join(this.folder, "cluster.d", file), { recursive: true });
  }

  /** Carries out `keel <args>`. Time passes only while it sleeps. */
  async keel(line: string, options: CommandOptions = {}): Promise<Transcript> {
    const screen = new Screen(options);
    const ending = new AbortController();
    screen.on(options.interruptAt, () => ending.abort(new KeelError("interrupted")));
    let meanwhile: Promise<unknown> | null = null;
    const [pattern, act] = options.when ?? [];
    screen.on(pattern, () => {
      meanwhile = act?.() ?? null;
    });
    const clock = new CountedClock(this.clock, options.aheadMs ?? 0);
    const world = this.#world(options, screen, clock, ending.signal);
    const exit = await this.#elapse(
      clock,
      run(line.split(" "), world, options.storeless === true ? null : this.#lent(options)),
      () => meanwhile,
    );
    return { command: `keel ${line}`, exit, ...screen.texts };
  }

  /** What a command of this folder and cluster works with; for what is a daemon's inside. */
  context(): Context {
    const env = { KEEL_STATE: join(this.folder, "state") };
    const world = this.#world({ env }, new Screen({}), this.clock, new AbortController().signal);
    const program = createProgram(world, () => {
      throw new TypeError("no command is carried out here");
    });
    const runCommand: RunCommand = () => {
      throw new TypeError("no command is carried out here");
    };
    return openContext(program, { world, onExitCode: () => undefined, lent: this.#lent({}), runCommand });
  }

  #world(options: CommandOptions, screen: Screen, clock: Clock, ended: AbortSignal): World {
    return {
      env: {
        LANG: options.ascii === true ? "C" : "C.UTF-8",
        ...(options.colour === true ? { FORCE_COLOR: "1" } : {}),
        ...options.env,
      },
      cwd: this.folder,
      stdin: typed(options.answer),
      stdout: screen.stdout,
      stderr: screen.stderr,
      clock,
      random: this.#random,
      user: "root",
      ended,
      unread: new AbortController().signal,
      tellParent: () => undefined,
    };
  }

  #lent({ maintenance }: CommandOptions): Lent {
    const { cluster } = this;
    return {
      maintenance: () => Promise.resolve(maintenance ?? cluster.maintenance()),
      endpoints: () => Promise.resolve(["memory"]),
      cluster: () => Promise.resolve({ name: "lab", keys: cluster.keys }),
      store: () => Promise.resolve(cluster.client()),
      feed: () => Promise.resolve(cluster.feed),
    };
  }

  /** What the command answers programs; the test says which report that is. */
  async data(line: string, options: CommandOptions = {}): Promise<unknown> {
    const { out } = await this.keel(`${line} -o json`, options);
    return JSON.parse(out);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cluster.close();
    await this.clock.advance(0);
    await rm(this.folder, { recursive: true });
  }

  async #elapse<T>(
    clock: CountedClock,
    promise: Promise<T>,
    meanwhile: () => Promise<unknown> | null,
  ): Promise<T> {
    let isSettled = false;
    const settle = (): void => {
      isSettled = true;
    };
    promise.then(settle, settle);
    const until = this.clock.monotonic() + patienceMs;
    while (!isSettled) {
      if (this.clock.monotonic() > until) throw new Error("nothing came of it, however much time passed");
      await meanwhile();
      if (clock.sleepers > 0) await this.clock.advance(100);
      else await new Promise((resolve) => setImmediate(resolve));
    }
    return promise;
  }
}

/** Knows whether somebody waits for it to move. */
class CountedClock implements Clock {
  readonly #clock: Clock;
  sleepers = 0;

  readonly #aheadMs: number;

  constructor(clock: Clock, aheadMs: number) {
    this.#clock = clock;
    this.#aheadMs = aheadMs;
  }

  now(): number {
    return this.#clock.now() + this.#aheadMs;
  }

  monotonic(): number {
    return this.#clock.monotonic();
  }

  timer(ms: number, callback: () => void): () => void {
    return this.#clock.timer(ms, callback);
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.sleepers += 1;
    try {
      await this.#clock.sleep(ms, signal);
    } finally {
      this.sleepers -= 1;
    }
  }
}

/** Two streams, and what was written to them. */
class Screen {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly #written: { readonly stream: "out" | "err"; readonly text: string }[] = [];
  readonly #watches: { readonly pattern: RegExp; readonly callback: () => void; isDone: boolean }[] = [];

  constructor({ tty = false }: CommandOptions) {
    this.stdout = Object.assign(this.#stream("out"), { isTTY: tty, columns: 80, rows: 24 });
    this.stderr = Object.assign(this.#stream("err"), { isTTY: tty });
  }

  on(pattern: RegExp | undefined, callback: () => void): void {
    if (pattern !== undefined) this.#watches.push({ pattern, callback, isDone: false });
  }

  get texts(): { readonly out: string; readonly err: string; readonly text: string } {
    const of = (stream: "out" | "err") => this.#written.filter((each) => each.stream === stream);
    const textOf = (parts: readonly { readonly text: string }[]) => parts.map(({ text }) => text).join("");
    return { out: textOf(of("out")), err: textOf(of("err")), text: textOf(this.#written) };
  }

  #stream(stream: "out" | "err"): Writable {
    return new Writable({
      decodeStrings: false,
      write: (text: string, _encoding, done) => {
        this.#written.push({ stream, text });
        for (const watch of this.#watches) this.#look(watch);
        done();
      },
    });
  }

  #look(watch: { readonly pattern: RegExp; readonly callback: () => void; isDone: boolean }): void {
    if (watch.isDone || !watch.pattern.test(this.texts.text)) return;
    watch.isDone = true;
    watch.callback();
  }
}

/** A terminal with somebody at it, or an input without an end in sight. */
function typed(answer: string | undefined): Input {
  if (answer === undefined) return Readable.from([]);
  return Object.assign(Readable.from([`${answer}\n`]), { isTTY: true });
}

/** Bytes that differ with each call, and are the same in each run. */
function counting() {
  let calls = 0;
  return (count: number): Uint8Array => {
    calls += 1;
    return Uint8Array.from({ length: count }, (_, index) => (calls >> (8 * (count - 1 - index))) % 256);
  };
}
