/** A watcher that is cut off while much is written and the past is forgotten: for a test of it, and a benchmark. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { systemClock } from "../../reconciler/runtime/system-clock.ts";
import { limits, type Operation, type Revision, type Store } from "../../reconciler/store/store.ts";
import { startProxy } from "./etcd-proxy.ts";
import { viewDigest } from "./store-watcher.ts";

export interface CutOffOptions {
  /** The member that the watcher watches. */
  readonly target: string;
  /** Writes past the watcher. */
  readonly store: Store;
  readonly prefix: string;
  readonly changes: number;
  readonly compact: (revision: Revision) => Promise<void>;
}

export interface CutOff {
  /** From when the wire was mended until the watcher knew all. */
  readonly tookMs: number;
  /** The most memory that the watcher's process had, and by how much more that is than before it was cut off. */
  readonly peakBytes: number;
  readonly grewBytes: number;
  readonly relists: number;
  readonly isEqual: boolean;
}

const batches = 16;
const readerProgram = fileURLToPath(new URL("watch-reader-process.js", import.meta.url));

export async function cutOffAndBack(options: CutOffOptions): Promise<CutOff> {
  const { target, store, prefix } = options;
  const proxy = await startProxy(target);
  const reader = new Reader(proxy.endpoint, prefix);
  try {
    const before = await reader.at(await change(store, prefix, limits.operations));
    proxy.freeze();
    const last = await change(store, prefix, options.changes);
    await options.compact(last);
    // What it had asked for before the cut is gone with its connection: it must ask anew, for a past that is forgotten.
    proxy.cut();
    const mendedAt = systemClock.monotonic();
    proxy.mend();
    const { relists, digest, peakBytes } = await reader.at(last);
    const tookMs = systemClock.monotonic() - mendedAt;
    const isEqual = digest === (await digestOf(store, prefix));
    return { tookMs, peakBytes, grewBytes: peakBytes - before.peakBytes, relists, isEqual };
  } finally {
    await reader.end();
    await proxy.close();
  }
}

/** So many changes, to half as many keys: each is put, and put once more; of the last ones, one in ten is deleted. */
async function change(store: Store, prefix: string, count: number): Promise<Revision> {
  const keys = Math.max(1, Math.floor(count / 2));
  const operations = Array.from({ length: count }, (_, n): Operation => {
    const key = `${prefix}${String(n % keys).padStart(8, "0")}`;
    return n >= keys && n % 10 === 0 ? { delete: key } : { put: key, value: `value ${String(n)}`.repeat(10) };
  });
  const transactions: Operation[][] = [];
  // Neither key is named twice in one transaction: the second round begins with one of its own.
  for (const round of [
    operations.slice(0, keys),
    operations.slice(keys, 2 * keys),
    operations.slice(2 * keys),
  ]) {
    for (let start = 0; start < round.length; start += limits.operations)
      transactions.push(round.slice(start, start + limits.operations));
  }
  let last: Revision = 0;
  for (let start = 0; start < transactions.length; start += batches) {
    const batch = transactions.slice(start, start + batches);
    const done = await Promise.all(batch.map((then) => store.transact({ compare: [], then })));
    last = Math.max(last, ...done.map(({ revision }) => revision));
  }
  return last;
}

async function digestOf(store: Store, prefix: string): Promise<string> {
  const { items } = await store.list(prefix);
  return viewDigest(new Map(items.map(({ key, value }) => [key, value])));
}

interface Knowledge {
  readonly relists: number;
  readonly digest: string;
  readonly peakBytes: number;
}

/** The reader's process. */
class Reader {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  constructor(endpoint: string, prefix: string) {
    this.#child = spawn(process.execPath, [readerProgram, endpoint, prefix], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** What it knows once it has reached the revision. */
  async at(revision: Revision): Promise<Knowledge> {
    this.#child.stdin.write(`${String(revision)}\n`);
    const line = await this.#lines.next();
    if (line.done === true) throw new Error("the reader ended");
    return JSON.parse(line.value) as Knowledge;
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGKILL");
    await ended;
  }
}
