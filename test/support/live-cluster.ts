/**
 * A cluster on a real store, on the machine's own clock: simulated machines in this process, with a heartbeat each and,
 * where wanted, an agent; a look at its records; and a witness who sees everything that befalls a guest.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runAgent } from "../../agent/agent.ts";
import { runHeartbeat } from "../../agent/heartbeat.ts";
import type { Domain } from "../../agent/hypervisor/hypervisor.ts";
import type { GuestEvent } from "../../agent/hypervisor/simulated/guest-event.ts";
import type { SimulatedMachine } from "../../agent/hypervisor/simulated/machine.ts";
import { SimulatedNetwork } from "../../agent/hypervisor/simulated/network.ts";
import { hostCalls } from "../../agent/hypervisor/simulated/process/calls.ts";
import { serve } from "../../agent/hypervisor/simulated/process/server.ts";
import { SimulatedHypervisor } from "../../agent/hypervisor/simulated/simulated-hypervisor.ts";
import type { SimulatedTimes, SimulatedHardware } from "../../agent/hypervisor/simulated/settings.ts";
import { ClusterFeed } from "../../reconciler/control/cluster-feed.ts";
import { commitProposal } from "../../reconciler/control/commit.ts";
import type { Head } from "../../reconciler/control/desired-objects.ts";
import { propose } from "../../reconciler/control/propose.ts";
import { resolveDocuments } from "../../reconciler/desired/resolve-documents.ts";
import { ResolveMemory } from "../../reconciler/desired/resolve/resolve-memory.ts";
import { type NodeName, objectId, type ObjectId } from "../../reconciler/model/names.ts";
import { silentLog } from "../../reconciler/runtime/log.ts";
import { systemClock } from "../../reconciler/runtime/system-clock.ts";
import { connectStore } from "../../reconciler/store/etcd/etcd-store.ts";
import { type ClusterKeys, clusterKeys } from "../../reconciler/store/keys.ts";
import type { Store } from "../../reconciler/store/store.ts";
import { type Document, node } from "./plan/model-cluster.ts";

export interface LiveOptions {
  readonly endpoints: readonly string[];
  readonly nodes: readonly NodeName[];
  readonly cluster?: string;
  readonly hardware?: Partial<SimulatedHardware>;
  readonly times?: Partial<SimulatedTimes>;
}

/** Far more than anything here takes, on the slowest machine. */
const patienceMs = 60_000;

export class LiveCluster implements AsyncDisposable {
  readonly name: string;
  readonly keys: ClusterKeys;
  readonly endpoints: readonly string[];
  readonly network = new SimulatedNetwork();
  readonly store: Store;
  readonly feed: ClusterFeed;
  readonly documents = new Map<ObjectId, Document>();
  readonly guests: GuestEvent[] = [];
  readonly #machines = new Map<NodeName, SimulatedMachine>();
  readonly #memory = new ResolveMemory();
  readonly #end = new AbortController();
  readonly #tasks: Promise<unknown>[] = [];
  readonly #stores: Store[] = [];

  constructor({ endpoints, nodes, cluster = "lab", hardware, times }: LiveOptions) {
    this.name = cluster;
    this.keys = clusterKeys(cluster);
    this.endpoints = endpoints;
    this.store = this.#connect();
    const { store } = this;
    this.feed = new ClusterFeed({ store, root: this.keys.root, clock: systemClock, log: silentLog });
    this.#run(this.feed.run(this.#end.signal));
    for (const name of nodes) {
      this.put(node(name));
      const optional = { ...(hardware && { hardware }), ...(times && { times }) };
      const machine = this.network.add({ node: name, clock: systemClock, ...optional });
      machine.onGuest((event) => this.guests.push(event));
      this.#machines.set(name, machine);
    }
  }

  get nodes(): readonly NodeName[] {
    return [...this.#machines.keys()];
  }

  machine(name: NodeName): SimulatedMachine {
    const machine = this.#machines.get(name);
    assert.ok(machine, name);
    return machine;
  }

  /** Each node says that it lives. */
  beat(): void {
    for (const name of this.nodes) {
      const { bootId } = this.machine(name);
      this.#run(
        runHeartbeat(
          { ...this.#common(name), machineId: name, bootId, address: null, store: this.#connect() },
          this.#end.signal,
        ),
      );
    }
  }

  /** Each node has an agent, in this process. */
  serve(): void {
    for (const name of this.nodes) {
      const machine = this.machine(name);
      const hypervisor = new SimulatedHypervisor(machine, systemClock);
      const agent = { version: "live", hypervisor, bootId: machine.bootId, store: this.#connect() };
      this.#run(runAgent({ ...this.#common(name), ...agent }, this.#end.signal));
    }
  }

  /** Lets agents of other processes reach the machine. Resolves once they can. */
  listen(name: NodeName, path: string): Promise<void> {
    const machine = this.machine(name);
    const hypervisor = new SimulatedHypervisor(machine, systemClock);
    const calls = hostCalls(machine, hypervisor, this.network.habits);
    const onChange = (callback: () => void) => machine.onChange(callback);
    return new Promise((resolve) => {
      this.#run(serve({ path, clock: systemClock, calls, onChange, onReady: resolve }, this.#end.signal));
    });
  }

  /** Files by which a process takes itself for one on the machine: options of its command. */
  identityFiles(name: NodeName, directory: string): readonly string[] {
    const [machineId, bootId] = [join(directory, `${name}.machine-id`), join(directory, `${name}.boot-id`)];
    writeFileSync(machineId, `${name}\n`);
    writeFileSync(bootId, `${this.machine(name).bootId}\n`);
    return ["--machine-id-file", machineId, "--boot-id-file", bootId];
  }

  domains(name: NodeName): readonly Domain[] {
    return this.machine(name).read().domains;
  }

  put(document: Document): void {
    this.documents.set(objectId(document.kind, document.name), document);
  }

  /** What `keel apply -y` does. */
  async apply(): Promise<Head> {
    const loaded = resolveDocuments(this.documents, { host: "here", simulated: true, memory: this.#memory });
    assert.ok(loaded.ok);
    const now = systemClock.now();
    const random = (bytes: number): Uint8Array => randomBytes(bytes);
    const proposal = propose(this.feed.state, loaded, { now, random, allowDestroy: null, warnings: [] });
    const by = { by: "test", now, commit: null, host: "here" };
    const head = await commitProposal(this.store, this.keys, proposal, by);
    await this.until(`generation ${head.generation} is seen`, () => this.generation >= head.generation);
    return head;
  }

  get generation(): number {
    return this.feed.state.applied.head?.generation ?? 0;
  }

  /** Resolves once it holds; looks at every change of the records. */
  async until(what: string, holds: () => boolean): Promise<void> {
    const deadline = AbortSignal.timeout(patienceMs);
    while (!this.feed.listed || !holds()) {
      await this.feed.changed(deadline).catch((cause: unknown) => {
        throw new Error(`it did not come to pass within ${patienceMs} ms: ${what}`, { cause });
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    for (const store of this.#stores) await store.close();
    await Promise.allSettled(this.#tasks);
  }

  #common(name: NodeName) {
    return { node: name, cluster: this.name, clock: systemClock, log: silentLog };
  }

  #connect(): Store {
    const store = connectStore({ endpoints: this.endpoints, clock: systemClock });
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
