/** A `keel up --headless` in a process of its own, on a copy of a cluster.d, and a look at its cluster. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { globSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";
import type { ClusterState } from "../../reconciler/control/cluster-state.ts";
import { ClusterFeed } from "../../reconciler/control/cluster-feed.ts";
import { silentLog } from "../../reconciler/runtime/log.ts";
import { systemClock } from "../../reconciler/runtime/system-clock.ts";
import { connectStore } from "../../reconciler/store/etcd/etcd-store.ts";
import { clusterKeys } from "../../reconciler/store/keys.ts";

/** Far more than anything here takes, on the slowest machine. */
const patienceMs = 90_000;

export const keelMain = join(import.meta.dirname, "..", "..", "cli", "main.js");

export class RunningUp {
  readonly #root: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | string>;
  readonly #lines: string[] = [];
  #wake: () => void = () => undefined;

  constructor(test: TestContext, root: string) {
    this.#root = root;
    const args = [keelMain, "up", "--headless"];
    this.#child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      assert.ok(stream);
      createInterface({ input: stream }).on("line", (line) => {
        this.#lines.push(line);
        this.#wake();
      });
    }
    this.#ended = new Promise((resolve) => {
      this.#child.once("exit", (code, signal) => {
        resolve(signal ?? code ?? "nothing");
        this.#wake();
      });
    });
    test.after(() => {
      this.#child.kill("SIGKILL");
      for (const pid of this.processes()) process.kill(pid, "SIGKILL");
    });
  }

  get pid(): number {
    assert.ok(this.#child.pid);
    return this.#child.pid;
  }

  get output(): string {
    return this.#lines.join("\n");
  }

  /** Resolves once it has printed this. */
  async says(pattern: RegExp): Promise<void> {
    const deadline = AbortSignal.timeout(patienceMs);
    deadline.addEventListener("abort", () => this.#wake());
    while (!this.#lines.some((line) => pattern.test(line))) {
      assert.ok(
        !deadline.aborted && this.#child.exitCode === null,
        `it did not say ${String(pattern)}:\n${this.output}`,
      );
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Asks it to end, or kills it; gives its exit status, or the signal that ended it. */
  end(signal: "SIGTERM" | "SIGINT" | "SIGKILL"): Promise<number | string> {
    this.#child.kill(signal);
    return this.#ended;
  }

  /** The pid of one of its parts. */
  part(name: string): number {
    return Number(readFileSync(join(this.#root, ".keel", "run", `${name}.pid`), "utf8"));
  }

  /** All processes that work on its folder, itself included. */
  processes(): readonly number[] {
    return globSync("/proc/[0-9]*/cmdline").flatMap((path) => {
      const pid = Number(path.split("/")[2]);
      return isOf(this.#root, pid) ? [pid] : [];
    });
  }

  /** Resolves once none of its processes is left. */
  async gone(): Promise<void> {
    const deadline = systemClock.monotonic() + patienceMs;
    while (this.processes().length > 0) {
      assert.ok(systemClock.monotonic() < deadline, `left: ${this.processes().join(", ")}`);
      await systemClock.sleep(20);
    }
  }

  /** Follows its cluster's records until the test ends. */
  async follow(test: TestContext, cluster: string): Promise<Watched> {
    await this.says(/is kept at unix:/);
    const endpoint = readFileSync(join(this.#root, ".keel", "endpoint"), "utf8").trim();
    const store = connectStore({ endpoints: [endpoint], clock: systemClock });
    const feed = new ClusterFeed({
      store,
      root: clusterKeys(cluster).root,
      clock: systemClock,
      log: silentLog,
    });
    const ending = new AbortController();
    const feeding = feed.run(ending.signal);
    test.after(async () => {
      ending.abort();
      await feeding;
      await store.close();
    });
    return new Watched(feed, () => this.output);
  }
}

/** The records of a running cluster. */
export class Watched {
  readonly feed: ClusterFeed;
  readonly #output: () => string;

  constructor(feed: ClusterFeed, output: () => string) {
    this.feed = feed;
    this.#output = output;
  }

  get state(): ClusterState {
    return this.feed.state;
  }

  /** Resolves once the records say so. */
  async until(what: string, holds: (state: ClusterState) => boolean): Promise<void> {
    const deadline = AbortSignal.timeout(patienceMs);
    while (!this.feed.listed || !holds(this.feed.state)) {
      await this.feed.changed(deadline).catch(() => assert.fail(`never: ${what}\n${this.#output()}`));
    }
  }
}

/** All of them have the folder of cluster.d's parent as their working directory. A dead one has none. */
function isOf(root: string, pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === root;
  } catch {
    return false;
  }
}
