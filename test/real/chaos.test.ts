// Needs: etcd
/**
 * Applies go on one after the other while reconcilers, agents and the store are killed at any moment.
 * `KEEL_CHAOS_APPLIES=200` makes so many of them; `KEEL_SEED=7` kills in another order.
 */
import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { describe, it, type TestContext } from "node:test";
import type { NodeName, VmName } from "../../reconciler/model/names.ts";
import { ApplyRecord } from "../support/apply-record.ts";
import { type Victim, wreakHavoc } from "../support/chaos.ts";
import { startEtcdCluster } from "../support/etcd-cluster.ts";
import { KeelProcess } from "../support/keel-process.ts";
import { LiveCluster } from "../support/live-cluster.ts";
import { vm, vmId } from "../support/plan/model-cluster.ts";
import { SeededRandom } from "../support/seeded-random.ts";

const applies = Number(process.env["KEEL_CHAOS_APPLIES"] ?? 8);
const seed = Number(process.env["KEEL_SEED"] ?? 1);
const nodes = ["hv1", "hv2"] as const;
/** Never edited: these run from their first start to the end. */
const steady = ["steady1", "steady2"] as const;
/** Told to move: these too, on changing nodes. */
const movers = ["mover1", "mover2"] as const;
/** Switched on and off. */
const switched = ["switched1", "switched2", "switched3"] as const;
const quick = { startMs: 50, shutdownMs: 50 };

describe("applies while everything is killed", () => {
  it(`loses none of ${applies}, and does nothing twice, on the embedded store`, async (test) => {
    await using chaos = new Chaos(test);
    const directory = join(chaos.home, "store");
    const socket = join(chaos.home, "store.sock");
    const args = ["store", "serve", "--directory", directory, "--socket", socket];
    const store = chaos.process("store", args, "serving");
    await store.start();
    await chaos.run([`unix:${socket}`], store);
  });

  it(`loses none of ${applies}, and does nothing twice, on an etcd of three members`, async (test) => {
    await using chaos = new Chaos(test);
    const etcd = await startEtcdCluster({ members: 3 });
    test.after(() => etcd.close());
    let killed = etcd.members[0];
    const member: Victim = {
      name: "member",
      kill: async () => {
        killed = chaos.oneOf(etcd.members);
        await killed?.kill();
      },
      start: async () => {
        await killed?.start();
        await etcd.ready();
      },
    };
    await chaos.run(etcd.endpoints, member);
  });
});

class Chaos implements AsyncDisposable {
  readonly home = mkdtempSync(join(tmpdir(), "keel-chaos-"));
  readonly #test: TestContext;
  readonly #random = new SeededRandom(seed);
  readonly #processes: KeelProcess[] = [];
  #live: LiveCluster | null = null;

  constructor(test: TestContext) {
    this.#test = test;
  }

  oneOf<T>(choices: readonly T[]): T | undefined {
    return choices[this.#random.below(choices.length)];
  }

  /** `ready`: what it says once others can use it; it is not killed again before, so that there is progress. */
  process(name: string, args: readonly string[], ready: string | null = null): Victim {
    const child = new KeelProcess({ args, state: join(this.home, `state-${name}`) });
    this.#processes.push(child);
    return {
      name,
      kill: () => child.end("SIGKILL"),
      start: async () => {
        const before = ready === null ? 0 : child.count(ready);
        child.start();
        if (ready !== null) await child.says(ready, before + 1);
      },
    };
  }

  async run(endpoints: readonly string[], store: Victim): Promise<void> {
    const live = new LiveCluster({ endpoints, nodes, times: quick });
    this.#live = live;
    const applied = new ApplyRecord({ home: this.home, endpoints, store: live.store, keys: live.keys });
    const parts = await this.#parts(live);
    for (const part of parts) await part.start();
    live.beat();
    live.put({ kind: "Cluster", name: "lab" });
    for (const name of [...steady, ...movers, ...switched])
      live.put(vm(name, { memory: "256MiB", node: "hv1" }));
    await live.until("somebody leads", () => live.feed.state.leader !== null);
    assert.ok(await applied.apply(live.documents));
    await this.#settled(live);

    const peace = new AbortController();
    const killed = new EventEmitter();
    let strikes = 0;
    const havoc = wreakHavoc(
      {
        victims: [store, ...parts],
        random: new SeededRandom(seed),
        pauseMs: 250,
        awayMs: 300,
        onKill: () => {
          strikes += 1;
          killed.emit("one");
        },
      },
      peace.signal,
    );
    try {
      while (applied.acknowledged < applies) {
        this.#edit(live, applied.attempts.length);
        const follow = this.#random.chance(0.2) ? ["--timeout", "10s"] : ["--no-wait"];
        await applied.apply(live.documents, ...follow);
        if (strikes < applied.attempts.length) await once(killed, "one");
      }
    } catch (error) {
      this.#test.diagnostic(this.#processes.map(({ said }) => said.slice(-1_000)).join("\n"));
      throw error;
    } finally {
      peace.abort();
      await havoc;
    }
    const kills = await havoc;
    this.#edit(live, applied.attempts.length);
    assert.ok(await applied.apply(live.documents, "--no-wait"));
    await this.#settled(live);
    const failed = applied.attempts.length - applied.acknowledged;
    this.#test.diagnostic(`${applied.acknowledged} applies in force, ${failed} ended with an error`);
    this.#test.diagnostic(`killed: ${JSON.stringify(Object.fromEntries(kills))}`);
    applied.assertWhole();
    this.#assertGuests(live, applied);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const each of this.#processes) await each.end("SIGKILL");
    await this.#live?.[Symbol.asyncDispose]();
    rmSync(this.home, { recursive: true, force: true });
  }

  async #parts(live: LiveCluster): Promise<Victim[]> {
    const store = ["--store", live.endpoints.join(","), "--cluster", "lab"];
    const parts = ["r1", "r2"].map((id) =>
      this.process(id, [...store, "reconciler", "--id", id, "--simulated"]),
    );
    for (const node of nodes) {
      const socket = join(this.home, `${node}.sock`);
      await live.listen(node, socket);
      const ids = live.identityFiles(node, this.home);
      const args = ["agent", "--node", node, "--host-socket", socket, ...ids];
      parts.push(this.process(`agent-${node}`, [...store, ...args]));
    }
    return parts;
  }

  #edit(live: LiveCluster, number: number): void {
    const random = this.#random;
    // So that no two applies are of the same documents.
    live.put(vm("marker", { memory: "256MiB", state: "stopped", tags: [`n${number}`] }));
    const document = (name: VmName) => live.documents.get(vmId(name)) ?? vm(name);
    const toggled = random.oneOf(switched);
    const state = document(toggled)["state"] === "stopped" ? "running" : "stopped";
    live.put({ ...document(toggled), kind: "VM", name: toggled, state });
    if (random.chance(0.5)) return;
    const moved = random.oneOf(movers);
    live.put({ ...document(moved), kind: "VM", name: moved, node: random.oneOf(nodes) });
  }

  /** Desired is observed. */
  async #settled(live: LiveCluster): Promise<void> {
    await live.until("every VM is as it was applied", () => {
      const { state } = live.feed;
      const wanted = [...state.desired.vms.values()].filter((each) => each.state === "running");
      const where = new Map(nodes.flatMap((node) => live.domains(node).map((domain) => [domain.vm, node])));
      if (state.released().size > 0 || where.size !== wanted.length) return false;
      return wanted.every(({ name, node }) => where.get(name) === node);
    });
  }

  #assertGuests(live: LiveCluster, applied: ApplyRecord): void {
    const began = new Set<string>();
    const running = new Map<VmName, NodeName>();
    for (const { kind, vm: name, node, epoch, ...rest } of live.guests) {
      if (kind === "start" || kind === "resume") {
        assert.equal(running.get(name), undefined, `${name} runs twice`);
        assert.equal(began.has(`${name} ${epoch}`), false, `${name} began twice in epoch ${epoch}`);
        began.add(`${name} ${epoch}`);
        running.set(name, node);
      }
      const handedOver = kind === "migrate-end" && "result" in rest && rest.result === "ok";
      if (kind === "stop" || handedOver) running.delete(name);
    }
    const count = (name: VmName, kind: string) =>
      live.guests.filter((event) => event.vm === name && event.kind === kind).length;
    for (const name of [...steady, ...movers]) {
      assert.deepEqual([count(name, "start"), count(name, "stop")], [1, 0], `${name} was restarted`);
    }
    for (const name of switched) {
      const asked = applied.timesSwitched(vmId(name));
      assert.ok(count(name, "start") <= 1 + asked.on, `${name} was started more often than asked for`);
      assert.ok(count(name, "stop") <= asked.off, `${name} was stopped more often than asked for`);
    }
  }
}
