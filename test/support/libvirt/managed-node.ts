/**
 * One node with a real libvirtd under Evenkeel's whole care: heartbeat, agent and reconciler in this process, on an
 * in-memory store and the machine's own clock; and whole commands of `keel` against it.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type AgentIntervals, runAgent } from "../../../agent/agent.ts";
import { runHeartbeat } from "../../../agent/heartbeat.ts";
import { LibvirtHypervisor } from "../../../agent/hypervisor/libvirt/libvirt-hypervisor.ts";
import { defaultSettings } from "../../../agent/hypervisor/libvirt/settings.ts";
import { defaultOptions } from "../../../agent/hypervisor/libvirt/xml/options.ts";
import { run as runCommand } from "../../../cli/run.ts";
import { ClusterFeed } from "../../../reconciler/control/cluster-feed.ts";
import { planOf } from "../../../reconciler/control/report/cluster-report.ts";
import { runReconciler } from "../../../reconciler/control/reconciler.ts";
import type { Plan } from "../../../reconciler/model/plan.ts";
import { silentLog } from "../../../reconciler/runtime/log.ts";
import { systemClock } from "../../../reconciler/runtime/system-clock.ts";
import { StoreCore } from "../../../reconciler/store/core/store-core.ts";
import { clusterKeys } from "../../../reconciler/store/keys.ts";
import { MemoryStore } from "../../../reconciler/store/memory/memory-store.ts";
import { makeWorld, type Outcome } from "../../cli/run-keel.ts";
import { LibvirtCluster } from "./libvirt-cluster.ts";
import type { LibvirtNode } from "./libvirt-node.ts";

/** Far more than anything here takes, on the slowest machine. */
const patienceMs = 60_000;

/** What every emulated machine of the tests is. */
export const emulated = { ...defaultOptions, type: "qemu", cpuModel: "qemu64" } as const;

export class ManagedNode implements AsyncDisposable {
  readonly node: LibvirtNode;
  readonly keys = clusterKeys("lab");
  readonly feed: ClusterFeed;
  readonly #cluster: LibvirtCluster;
  readonly #core = new StoreCore({ clock: systemClock });
  readonly #stores: MemoryStore[] = [];
  readonly #end = new AbortController();
  readonly #tasks: Promise<unknown>[] = [];
  #agent: { readonly end: AbortController; readonly over: Promise<unknown> } | null = null;
  /** Where `cluster.d` is. */
  readonly folder: string;

  readonly #intervals: Partial<AgentIntervals>;

  static async start(intervals: Partial<AgentIntervals> = {}): Promise<ManagedNode> {
    const cluster = await LibvirtCluster.start(1);
    const folder = await mkdtemp(join(cluster.folder, "keel-"));
    await mkdir(join(folder, "cluster.d"));
    const managed = new ManagedNode(cluster, folder, intervals);
    await managed.write("lab.yaml", "kind: Cluster\nname: lab\n---\nkind: Node\nname: node1\n");
    await managed.startAgent();
    return managed;
  }

  private constructor(cluster: LibvirtCluster, folder: string, intervals: Partial<AgentIntervals>) {
    this.#cluster = cluster;
    this.#intervals = intervals;
    this.node = cluster.node(1);
    this.folder = folder;
    const { keys } = this;
    const shared = { clock: systemClock, log: silentLog };
    this.feed = new ClusterFeed({ ...shared, store: this.#client(), root: keys.root });
    this.#run(this.feed.run(this.#end.signal));
    const reconciler = { ...shared, store: this.#client(), keys, feed: this.feed, id: "r1" };
    this.#run(runReconciler(reconciler, this.#end.signal));
    const heartbeat = { ...this.#common(), machineId: "m1", address: null, store: this.#client() };
    this.#run(runHeartbeat(heartbeat, this.#end.signal));
  }

  /** An agent, where there is none: as if it had been started again. */
  async startAgent(): Promise<void> {
    const end = new AbortController();
    const hypervisor = await LibvirtHypervisor.open({
      ...defaultSettings,
      uri: this.node.uri,
      clock: systemClock,
      log: silentLog,
      stateFolder: join(this.node.folder, "state"),
      logFolder: join(this.node.folder, "log", "qemu"),
      interfaceFolder: this.node.interfaceFolder,
      xml: { ...emulated, poolFolder: (pool) => join(this.folder, "pools", pool) },
    });
    const agent = {
      ...this.#common(),
      version: "test",
      hypervisor,
      store: this.#client(),
      intervals: this.#intervals,
    };
    const over = runAgent(agent, end.signal).finally(() => hypervisor.close());
    this.#agent = { end, over };
    this.#run(over);
  }

  async stopAgent(): Promise<void> {
    this.#agent?.end.abort();
    await this.#agent?.over;
  }

  /** A file of `cluster.d`. */
  write(file: string, text: string): Promise<void> {
    return writeFile(join(this.folder, "cluster.d", file), text);
  }

  /** `keel <line>`, to its end. */
  async keel(line: string): Promise<Outcome> {
    const { world, out, err } = makeWorld({ cwd: this.folder, env: { LANG: "C.UTF-8" } });
    const lent = {
      endpoints: () => Promise.resolve(["memory"]),
      cluster: () => Promise.resolve({ name: "lab", keys: this.keys }),
      store: () => Promise.resolve(this.#client()),
      feed: () => Promise.resolve(this.feed),
    };
    // Two VMs have two UUIDs.
    const random = (bytes: number) => randomBytes(bytes);
    const exit = await runCommand(line.split(" "), { ...world, random }, lent);
    return { exit, out: out(), err: err() };
  }

  /** The same, where it must succeed. Its output. */
  async must(line: string): Promise<string> {
    const { exit, out, err } = await this.keel(line);
    assert.equal(exit, 0, `keel ${line}: ${out}${err}`);
    return out;
  }

  get plan(): Plan {
    return planOf(this.feed.state, systemClock.now());
  }

  /** Resolves once it holds; looks at every change of the records. */
  async until(what: string, holds: () => boolean): Promise<void> {
    const deadline = AbortSignal.timeout(patienceMs);
    while (!this.feed.listed || !holds()) {
      await this.feed.changed(deadline).catch((cause: unknown) => {
        const { vms, blocked, steps } = this.plan;
        const is = JSON.stringify({ vms: [...vms.values()], blocked, steps });
        throw new Error(`it did not come to pass within ${patienceMs} ms: ${what}; ${is}`, { cause });
      });
    }
  }

  /** Once the guest of `apply` runs, and nothing is left to do. */
  async untilRunning(vm: string): Promise<void> {
    await this.until(`${vm} runs`, () => {
      const { steps, vms } = this.plan;
      return steps.length === 0 && vms.get(vm)?.state === "running";
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#agent?.end.abort();
    this.#end.abort();
    for (const store of this.#stores) await store.close();
    await Promise.allSettled(this.#tasks);
    await this.#cluster.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  #common() {
    return { node: "node1", cluster: "lab", bootId: "b1", clock: systemClock, log: silentLog };
  }

  #client(): MemoryStore {
    const store = new MemoryStore({ core: this.#core, clock: systemClock });
    this.#stores.push(store);
    return store;
  }

  #run(task: Promise<unknown>): void {
    // What fails while it lives ends the test; what fails because it is over does not.
    const watched = task.catch((error: unknown) => {
      if (!this.#end.signal.aborted) throw error;
    });
    this.#tasks.push(watched);
  }
}
