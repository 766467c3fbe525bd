// Needs: etcd
/**
 * Real reconcilers on a real etcd: the leader is stopped in the middle of its work until another leads, and woken.
 * `KEEL_ROUNDS=40` does it so many times; `KEEL_SEED=7` begins with another seed.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { describe, it, type TestContext } from "node:test";
import { leaderLeaseMs } from "../../reconciler/control/leadership.ts";
import { systemClock } from "../../reconciler/runtime/system-clock.ts";
import type { EventReport } from "../../reconciler/model/report.ts";
import { decode } from "../../reconciler/store/codec.ts";
import type { Change } from "../../reconciler/store/store.ts";
import { startEtcd } from "../support/etcd.ts";
import { KeelProcess } from "../support/keel-process.ts";
import { LiveCluster } from "../support/live-cluster.ts";
import { vm, vmId } from "../support/plan/model-cluster.ts";
import { SeededRandom } from "../support/seeded-random.ts";

const rounds = Number(process.env["KEEL_ROUNDS"] ?? 6);
const seed = Number(process.env["KEEL_SEED"] ?? 1);
/** Clusters side by side in one etcd: what takes time is to wait for leases to end. */
const lanes = Math.min(rounds, 3);

const vms = ["a", "b", "c", "d", "e", "f"] as const;
const quick = { startMs: 20, shutdownMs: 20 };

describe("a leader that is stopped past its lease and woken, as a process on etcd", () => {
  it(`writes nothing, in ${rounds} rounds`, async (test) => {
    const etcd = await startEtcd();
    test.after(() => etcd.close());
    const numbers = Array.from({ length: lanes }, (_, lane) => lane);
    const tookMs = await Promise.all(
      numbers.map(async (number) => {
        await using lane = new Lane(test, etcd.endpoint, `lane${number}`, seed + number);
        const took = await lane.run(Math.ceil((rounds - number) / lanes));
        test.diagnostic(`${lane.refused} writes were refused`);
        return took;
      }),
    );
    test.diagnostic(`hand-over after SIGSTOP, ms: ${tookMs.flat().join(" ")}`);
  });

  it("hands over before its lease ends when it is asked to stop", async (test) => {
    const etcd = await startEtcd();
    test.after(() => etcd.close());
    await using lane = new Lane(test, etcd.endpoint, "planned", seed);
    const tookMs = await lane.plannedStop();
    test.diagnostic(`hand-over after SIGTERM, ms: ${tookMs}`);
    assert.ok(tookMs < leaderLeaseMs);
  });
});

/** One cluster with two reconcilers, and what became of each decision that was written. */
class Lane implements AsyncDisposable {
  readonly #live: LiveCluster;
  readonly #reconcilers = new Map<string, KeelProcess>();
  readonly #random: SeededRandom;
  /** Numbers in the leaders' log of events; each decision has one. */
  readonly #decisions = new Set<number>();
  readonly #twice: string[] = [];

  constructor(test: TestContext, endpoint: string, cluster: string, laneSeed: number) {
    this.#random = new SeededRandom(laneSeed);
    this.#live = new LiveCluster({ endpoints: [endpoint], nodes: ["hv1", "hv2"], cluster, times: quick });
    const state = mkdtempSync(join(tmpdir(), "keel-state-"));
    for (const id of ["r1", "r2"]) {
      const args = ["--store", endpoint, "--cluster", cluster, "reconciler", "--id", id, "--simulated"];
      this.#reconcilers.set(id, new KeelProcess({ args, state: join(state, id) }));
    }
    test.after(async () => {
      for (const reconciler of this.#reconcilers.values()) await reconciler.end("SIGKILL");
      rmSync(state, { recursive: true, force: true });
    });
    this.#live.feed.subscribe((changes) => {
      this.#note(changes);
    });
  }

  async run(times: number): Promise<readonly number[]> {
    await this.#begin();
    const tookMs: number[] = [];
    for (let round = 0; round < times; round += 1) tookMs.push(await this.#round());
    assert.deepEqual(this.#twice, [], "decisions of two leaders");
    return tookMs;
  }

  /** In how many milliseconds another led. */
  async plannedStop(): Promise<number> {
    await this.#begin();
    const { id } = this.#leader;
    for (const reconciler of this.#reconcilers.values()) await reconciler.says("standing for election");
    const askedAt = systemClock.monotonic();
    this.#reconciler(id).signal("SIGTERM");
    await this.#anotherThan(id);
    return Math.round(systemClock.monotonic() - askedAt);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#live[Symbol.asyncDispose]();
  }

  /** Writes of leaders that were refused, since they did not lead any more or the plan was overtaken. */
  get refused(): number {
    const each = [...this.#reconcilers.values()];
    return each.reduce((sum, reconciler) => sum + reconciler.count("a decision was overtaken"), 0);
  }

  async #begin(): Promise<void> {
    const live = this.#live;
    live.beat();
    live.serve();
    for (const reconciler of this.#reconcilers.values()) reconciler.start();
    for (const name of vms) live.put(vm(name, { memory: "256MiB" }));
    await live.until("somebody leads", () => live.feed.state.leader !== null);
    await live.apply();
    await this.#settled();
  }

  /** In how many milliseconds another led. */
  async #round(): Promise<number> {
    const { id } = this.#leader;
    const stopped = this.#reconciler(id);
    const ended = stopped.count("no longer leading");
    const atWrite = this.#decisions.size + this.#random.below(2 * vms.length);
    await this.#turnOver();
    await this.#live.until("some of it is decided", () => this.#decisions.size >= atWrite);
    stopped.signal("SIGSTOP");
    const stoppedAt = systemClock.monotonic();
    await this.#anotherThan(id);
    const tookMs = Math.round(systemClock.monotonic() - stoppedAt);
    await this.#turnOver();
    await this.#settled();
    stopped.signal("SIGCONT");
    await stopped.says("no longer leading", ended + 1);
    await this.#turnOver();
    await this.#settled();
    return tookMs;
  }

  /** Every VM is to be on where it is off, and the other way round. */
  async #turnOver(): Promise<void> {
    for (const name of vms) {
      const document = this.#live.documents.get(vmId(name));
      assert.ok(document);
      this.#live.put({ ...document, state: document["state"] === "stopped" ? "running" : "stopped" });
    }
    await this.#live.apply();
  }

  #settled(): Promise<void> {
    const live = this.#live;
    const { documents, feed, nodes } = live;
    return live.until("every VM is as it was applied", () => {
      const running = nodes.flatMap((name) =>
        live
          .machine(name)
          .read()
          .domains.map((domain) => domain.vm),
      );
      assert.equal(new Set(running).size, running.length, "a VM runs twice");
      const wanted = vms.filter((name) => documents.get(vmId(name))?.["state"] !== "stopped");
      return feed.state.released().size === 0 && running.sort().join() === wanted.join();
    });
  }

  async #anotherThan(id: string): Promise<void> {
    const { feed } = this.#live;
    await this.#live.until(`another than ${id} leads`, () => (feed.state.leader?.id ?? id) !== id);
  }

  get #leader(): { readonly id: string } {
    const { leader } = this.#live.feed.state;
    assert.ok(leader);
    return leader;
  }

  #reconciler(id: string): KeelProcess {
    const reconciler = this.#reconcilers.get(id);
    assert.ok(reconciler, id);
    return reconciler;
  }

  /** The events of the leaders are numbered on from leader to leader: one who writes late uses a number twice. */
  #note(changes: readonly Change[]): void {
    const { keys } = this.#live;
    for (const change of changes) {
      if (change.type === "delete" || !change.item.key.startsWith(keys.event("leader", ""))) continue;
      const { number } = decode<EventReport>(change.item);
      if (this.#decisions.has(number)) this.#twice.push(change.item.value);
      this.#decisions.add(number);
    }
  }
}
