/**
 * A virtual cluster whose leaders are stopped past their lease, at points that a seed chooses, and woken when others
 * lead; with an account of every write that a reconciler got through.
 */
import assert from "node:assert/strict";
import { ClusterFeed } from "../../../reconciler/control/cluster-feed.ts";
import { leaderLeaseMs } from "../../../reconciler/control/leadership.ts";
import { runReconciler } from "../../../reconciler/control/reconciler.ts";
import { silentLog } from "../../../reconciler/runtime/log.ts";
import type { Revision, Store } from "../../../reconciler/store/store.ts";
import { vm, vmId } from "../plan/model-cluster.ts";
import { SeededRandom } from "../seeded-random.ts";
import { PausableProcess, type Write, type WritePoint } from "./pausable-process.ts";
import { Scene } from "./scene.ts";

/** From the write that made the leader's key to the one that took it away. */
interface Term {
  readonly id: string;
  readonly from: Revision;
  until: Revision;
}

export interface Tally {
  /** Leaders stopped past their lease. */
  stops: number;
  readonly points: Record<WritePoint["kind"] | "no write", number>;
  /** Writes that the store refused to a leader whose time was over. */
  refused: number;
  /** Writes that were carried out, all by who led at that revision. */
  written: number;
  /** From a leader's last sign of life at most until another led. */
  slowestHandOverMs: number;
}

const names = ["r1", "r2", "r3"] as const;
const vms = ["a", "b", "c", "d"] as const;
/** A point of a write that does not come is given up after this long. */
const trapMs = 3_000;

export class StoppedLeaders {
  readonly scene = new Scene(["hv1", "hv2"]);
  readonly tally: Tally;
  readonly #random: SeededRandom;
  readonly #processes = new Map<string, PausableProcess>();
  readonly #terms: Term[] = [];
  readonly #end = new AbortController();
  readonly #stores: Store[] = [];
  readonly #failures: unknown[] = [];

  constructor(seed: number, tally: Tally) {
    this.#random = new SeededRandom(seed);
    this.tally = tally;
    const { cluster } = this.scene;
    const store = cluster.client();
    this.#stores.push(store);
    this.#run(this.#keepTerms(store));
  }

  async live(rounds: number): Promise<void> {
    for (const name of names) this.#start(name);
    for (const name of vms) this.scene.put(vm(name, { node: this.#random.oneOf(["hv1", "hv2"]) }));
    await this.scene.advance(1_000);
    await this.scene.apply();
    await this.scene.advance(this.#random.below(5_000));
    for (let round = 0; round < rounds; round += 1) await this.#round();
    for (const process of this.#processes.values()) await this.#wake(process);
    await this.scene.advance(90_000);
    this.#assertSettled();
    await this.#close();
    this.#account();
  }

  /** A leader stopped in the middle of something, another one who goes on, and the first woken. */
  async #round(): Promise<void> {
    const random = this.#random;
    const leader = this.#leader;
    const process = this.#processOf(leader.id);
    const stoppedAt = await this.#stop(process);
    await this.#until(() => this.#leader !== leader, 2 * leaderLeaseMs);
    this.tally.stops += 1;
    const tookMs = this.scene.clock.monotonic() - stoppedAt;
    this.tally.slowestHandOverMs = Math.max(this.tally.slowestHandOverMs, tookMs);
    if (random.chance(0.5)) await this.#edit();
    if (random.chance(0.5)) await this.scene.advance(random.below(2_000));
    // Now and then it sleeps on, while its successor is stopped too.
    const stopped = [...this.#processes.values()].filter((each) => each.isStopped);
    if (stopped.length === names.length - 1 || random.chance(0.8)) {
      for (const each of stopped) await this.#wake(each);
      await this.scene.advance(random.below(2_000));
    }
  }

  /** @returns when it stopped, on the monotonic clock */
  async #stop(process: PausableProcess): Promise<number> {
    const random = this.#random;
    const { clock } = this.scene;
    if (random.chance(0.2)) {
      await this.#edit();
      await this.scene.advance(random.below(4_000));
      this.tally.points["no write"] += 1;
      process.stop();
      return clock.monotonic();
    }
    const point = random.oneOf<WritePoint>([
      { kind: "before" },
      { kind: "under way", arrivesInMs: random.oneOf([1, 100, 5_000, 9_999, 10_000, 15_000]) },
      { kind: "after" },
    ]);
    process.stopAt(point, random.below(3));
    await this.#edit();
    await this.#edit();
    await this.#until(() => process.isStopped, trapMs, 100);
    this.tally.points[process.isStopped ? point.kind : "no write"] += 1;
    if (!process.isStopped) process.stop();
    return clock.monotonic();
  }

  async #wake(process: PausableProcess): Promise<void> {
    if (process.isStopped) await process.wake(this.#random.oneOf(["timers", "answers"]));
  }

  /** Another VM is to be on another node, or on or off. */
  async #edit(): Promise<void> {
    const random = this.#random;
    const id = vmId(random.oneOf(vms));
    const document = this.scene.documents.get(id);
    const patch = random.chance(0.5)
      ? { state: document?.["state"] === "stopped" ? "running" : "stopped" }
      : { node: document?.["node"] === "hv1" ? "hv2" : "hv1" };
    await this.scene.edit(id, patch);
  }

  get #leader(): Term {
    const term = this.#terms.at(-1);
    assert.ok(term, "nobody ever led");
    return term;
  }

  #processOf(id: string): PausableProcess {
    const process = this.#processes.get(id);
    assert.ok(process, id);
    return process;
  }

  async #until(holds: () => boolean, withinMs: number, everyMs = 500): Promise<void> {
    for (let waited = 0; !holds() && waited < withinMs; waited += everyMs) await this.scene.advance(everyMs);
  }

  #start(id: string): void {
    const { keys } = this.scene.cluster;
    const process = new PausableProcess(this.scene.clock);
    const { clock } = process;
    const store = process.storeOf(this.scene.cluster.client(process));
    const feed = new ClusterFeed({ store, root: keys.root, clock, log: silentLog });
    this.#processes.set(id, process);
    this.#stores.push(store);
    this.#run(feed.run(this.#end.signal));
    this.#run(runReconciler({ store, keys, clock, log: silentLog, feed, id }, this.#end.signal));
  }

  async #keepTerms(store: Store): Promise<void> {
    const { leader } = this.scene.cluster.keys;
    for await (const event of store.watch(leader, 0, this.#end.signal)) {
      assert.equal(event.type, "changes");
      for (const change of event.changes) {
        if (change.type === "delete") {
          this.#leader.until = change.modRevision;
        } else {
          const { id } = JSON.parse(change.item.value) as { readonly id: string };
          this.#terms.push({ id, from: change.item.createRevision, until: Number.POSITIVE_INFINITY });
        }
      }
    }
  }

  #assertSettled(): void {
    for (const name of vms) {
      const { state, node } = this.scene.vm(name);
      const document = this.scene.documents.get(vmId(name));
      const wanted = document?.["state"] ?? "running";
      assert.equal(state, wanted, name);
      if (wanted === "running") assert.equal(node, document?.["node"], name);
    }
  }

  /** Each write that went through was its writer's own to make: it led when the write was carried out. */
  #account(): void {
    for (const [id, { writes }] of this.#processes) {
      for (const write of writes) {
        if (!write.ok) this.tally.refused += this.#isGuarded(write) ? 1 : 0;
        else this.#assertLed(id, write);
      }
    }
  }

  #assertLed(id: string, { transaction, revision }: Write): void {
    const term = this.#terms.find(({ from, until }) => from <= revision && revision < until);
    assert.equal(term?.id, id, `${id} wrote at revision ${revision}, when it did not lead`);
    this.tally.written += 1;
    if (revision === term.from) return;
    const { leader } = this.scene.cluster.keys;
    const guarded = transaction.compare.some(
      (compare) =>
        compare.key === leader && "createRevision" in compare && compare.createRevision === term.from,
    );
    assert.ok(guarded, `${id} wrote at revision ${revision} without comparing that it leads`);
  }

  #isGuarded({ transaction }: Write): boolean {
    const { leader } = this.scene.cluster.keys;
    return transaction.compare.some(
      (compare) => compare.key === leader && "createRevision" in compare && compare.createRevision > 0,
    );
  }

  async #close(): Promise<void> {
    this.#end.abort(ended);
    for (const store of this.#stores) await store.close();
    await this.scene.end();
    const [failure] = this.#failures;
    assert.equal(failure, undefined);
  }

  #run(running: Promise<unknown>): void {
    running.catch((error: unknown) => {
      if (error !== ended && !this.#end.signal.aborted) this.#failures.push(error);
    });
  }
}

const ended = new Error("the test is over");
