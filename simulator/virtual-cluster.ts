/**
 * A whole cluster in one process, on a clock that is moved by hand: the real planner, control loop, agents and
 * heartbeats on the in-memory store and simulated machines. It has no step logic of its own: it starts and kills the
 * parts, and tells what befell the guests.
 */
import { runAgent } from "../agent/agent.ts";
import { runHeartbeat } from "../agent/heartbeat.ts";
import type { GuestEvent } from "../agent/hypervisor/simulated/guest-event.ts";
import type { SimulatedMachine } from "../agent/hypervisor/simulated/machine.ts";
import { SimulatedNetwork } from "../agent/hypervisor/simulated/network.ts";
import type { SimulatedHardware } from "../agent/hypervisor/simulated/settings.ts";
import { SimulatedHypervisor } from "../agent/hypervisor/simulated/simulated-hypervisor.ts";
import { ClusterFeed } from "../reconciler/control/cluster-feed.ts";
import { commitProposal } from "../reconciler/control/commit.ts";
import type { Head } from "../reconciler/control/desired-objects.ts";
import { propose } from "../reconciler/control/propose.ts";
import { runReconciler } from "../reconciler/control/reconciler.ts";
import { resolveDocuments } from "../reconciler/desired/resolve-documents.ts";
import { ResolveMemory } from "../reconciler/desired/resolve/resolve-memory.ts";
import type { Clock } from "../reconciler/model/clock.ts";
import type { NodeName, ObjectId } from "../reconciler/model/names.ts";
import { silentLog } from "../reconciler/runtime/log.ts";
import { StoreCore } from "../reconciler/store/core/store-core.ts";
import { type ClusterKeys, clusterKeys } from "../reconciler/store/keys.ts";
import { MemoryStore } from "../reconciler/store/memory/memory-store.ts";
import type { Store } from "../reconciler/store/store.ts";

export interface VirtualClusterOptions {
  readonly clock: Clock;
  readonly nodes: readonly NodeName[];
  readonly hardware?: Readonly<Record<NodeName, Partial<SimulatedHardware>>>;
  readonly onGuest?: (event: GuestEvent) => void;
}

/** The daemons of a node that can be killed on their own. */
export type NodePart = "agent" | "heartbeat";

export class VirtualCluster {
  readonly keys: ClusterKeys = clusterKeys("lab");
  readonly network = new SimulatedNetwork();
  readonly feed: ClusterFeed;
  readonly #options: VirtualClusterOptions;
  readonly #core: StoreCore;
  readonly #machines = new Map<NodeName, SimulatedMachine>();
  readonly #parts = new Map<string, { readonly controller: AbortController; readonly store: Store }>();
  readonly #memory = new ResolveMemory();
  readonly #end = new AbortController();
  readonly #failures: unknown[] = [];
  readonly #store: Store;

  constructor(options: VirtualClusterOptions) {
    this.#options = options;
    this.#core = new StoreCore({ clock: options.clock });
    this.#store = this.client();
    this.feed = new ClusterFeed({
      store: this.#store,
      root: this.keys.root,
      clock: options.clock,
      log: silentLog,
    });
    this.#watch(this.feed.run(this.#end.signal));
    for (const node of options.nodes) this.#addNode(node);
  }

  /** Another client of the cluster's store. */
  client(): MemoryStore {
    return new MemoryStore({ core: this.#core, clock: this.#options.clock });
  }

  machine(node: NodeName): SimulatedMachine {
    const machine = this.#machines.get(node);
    if (machine === undefined) throw new TypeError(`no machine ${node}`);
    return machine;
  }

  /** Applies documents as `keel apply -y` does. @throws where they are not legal */
  async apply(documents: ReadonlyMap<ObjectId, unknown>): Promise<Head> {
    const { clock } = this.#options;
    const loaded = resolveDocuments(documents, { host: "here", simulated: true, memory: this.#memory });
    if (!loaded.ok) throw new TypeError(loaded.issues.map((issue) => issue.message).join("; "));
    const options = { now: clock.now(), random: counting(), allowDestroy: null, warnings: [] };
    const proposal = propose(this.feed.state, loaded, options);
    const by = { by: "simulator", now: clock.now(), commit: null, allowDestroy: null, host: "here" };
    return commitProposal(this.#store, this.keys, proposal, by);
  }

  startReconciler(id: string): void {
    const { clock } = this.#options;
    const { signal, store } = this.#begin(`reconciler/${id}`);
    const feed = new ClusterFeed({ store, root: this.keys.root, clock, log: silentLog });
    this.#watch(feed.run(signal));
    this.#watch(runReconciler({ store, keys: this.keys, clock, log: silentLog, feed, id }, signal));
  }

  startPart(node: NodeName, part: NodePart): void {
    const { clock } = this.#options;
    const { signal, store } = this.#begin(`${part}/${node}`);
    const { bootId } = this.machine(node);
    const common = { node, cluster: "lab", store, clock, log: silentLog, bootId };
    if (part === "heartbeat") {
      this.#watch(runHeartbeat({ ...common, machineId: node, address: null }, signal));
      return;
    }
    const hypervisor = new SimulatedHypervisor(this.machine(node), clock);
    this.#watch(runAgent({ ...common, version: "simulated", hypervisor }, signal));
  }

  /** Stops a part where it is, as SIGKILL does: nothing is tidied up, its leases run out. */
  kill(part: `${NodePart}/${NodeName}` | `reconciler/${string}`): void {
    const running = this.#parts.get(part);
    if (running === undefined) return;
    this.#parts.delete(part);
    this.#watch(running.store.close());
    running.controller.abort(killed);
  }

  /** Ends everything. @throws what a part failed with: none may */
  async close(): Promise<void> {
    this.#end.abort(killed);
    for (const { controller, store } of this.#parts.values()) {
      controller.abort(killed);
      await store.close();
    }
    await this.#store.close();
    const [failure] = this.#failures;
    if (failure !== undefined)
      throw failure instanceof Error ? failure : new Error("a part failed", { cause: failure });
  }

  #addNode(node: NodeName): void {
    const { clock, hardware, onGuest } = this.#options;
    const options = { node, clock, ...(hardware?.[node] === undefined ? {} : { hardware: hardware[node] }) };
    const machine = this.network.add(options);
    if (onGuest !== undefined) machine.onGuest(onGuest);
    this.#machines.set(node, machine);
    this.startPart(node, "heartbeat");
    this.startPart(node, "agent");
  }

  #begin(part: string): { readonly signal: AbortSignal; readonly store: Store } {
    const controller = new AbortController();
    const store = this.client();
    this.#parts.set(part, { controller, store });
    return { signal: controller.signal, store };
  }

  #watch(running: Promise<unknown>): void {
    running.catch((error: unknown) => {
      if (error !== killed && !this.#end.signal.aborted) this.#failures.push(error);
    });
  }
}

const killed = new Error("killed");

/** Bytes that count up, so that each run of a simulation is the same. */
function counting() {
  let next = 0;
  return (count: number): Uint8Array => Uint8Array.from({ length: count }, () => (next += 37) % 256);
}
