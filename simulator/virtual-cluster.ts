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
import { ClusterFeed } from "../reconciler/control/cluster-feed.ts";
import { runReconciler } from "../reconciler/control/reconciler.ts";
import { type FenceDevices, noDevices } from "../reconciler/control/fence/fence-device.ts";
import type { Clock } from "../reconciler/model/clock.ts";
import type { NodeName, VmName } from "../reconciler/model/names.ts";
import { silentLog } from "../reconciler/runtime/log.ts";
import type { AskDirectly } from "../reconciler/runtime/direct/ask.ts";
import { StoreCore } from "../reconciler/store/core/store-core.ts";
import { type ClusterKeys, clusterKeys } from "../reconciler/store/keys.ts";
import { MemoryMaintenance } from "../reconciler/store/memory/memory-maintenance.ts";
import { MemoryStore, type MemoryStoreOptions } from "../reconciler/store/memory/memory-store.ts";
import type { Store } from "../reconciler/store/store.ts";
import { Administrator } from "./administrator.ts";
import { type ClockHabit, NodeClock } from "./node-clock.ts";
import { PowerGrid } from "./power-grid.ts";
import { ProcessHypervisor } from "./process-hypervisor.ts";
import { SimulatedProcess } from "./process.ts";
import type { BmcHabit, BmcUse } from "./simulated-bmc.ts";
import { SimulatedImages } from "./simulated-images.ts";
import { type MachineMake, makeSite, type Site, type World } from "./site.ts";

export interface VirtualClusterOptions {
  readonly clock: Clock;
  readonly nodes: readonly NodeName[];
  readonly hardware?: Readonly<Record<NodeName, Partial<SimulatedHardware>>>;
  /** How long a message between a reconciler and the store is under way; 0 where left out. */
  readonly messageMs?: number;
  readonly onGuest?: (event: GuestEvent) => void;
  readonly onBmc?: (use: BmcUse) => void;
  /** A machine that was switched on is up. */
  readonly onBoot?: (node: NodeName) => void;
}

/** The daemons of a node that can be killed on their own. */
export type NodePart = "agent" | "heartbeat";

/** A process of the cluster. */
export type PartId = `${NodePart}/${NodeName}` | `reconciler/${string}`;

interface Part {
  readonly controller: AbortController;
  readonly process: SimulatedProcess;
  readonly store: Store;
}

export class VirtualCluster {
  readonly keys: ClusterKeys = clusterKeys("lab");
  readonly network = new SimulatedNetwork();
  readonly feed: ClusterFeed;
  readonly administrator: Administrator;
  readonly #options: VirtualClusterOptions;
  readonly #core: StoreCore;
  readonly #sites = new Map<NodeName, Site>();
  readonly #power: PowerGrid;
  readonly #images = new SimulatedImages();
  readonly #parts = new Map<string, Part>();
  /** Of the machines of the reconcilers, where these are no nodes. */
  readonly #clocks = new Map<string, NodeClock>();
  readonly #cutOff = new Set<NodeName>();
  #storeIsDown = false;
  #messageMostMs = Number.POSITIVE_INFINITY;
  #leaseMs: number | undefined;
  readonly #end = new AbortController();
  readonly #failures: unknown[] = [];
  readonly #store: Store;

  constructor(options: VirtualClusterOptions) {
    this.#options = options;
    this.#core = new StoreCore({ clock: options.clock });
    this.#store = this.client();
    this.#power = new PowerGrid(options.clock, {
      isOn: (node) => this.machine(node).powered,
      boot: (node) => {
        options.onBoot?.(node);
        this.boot(node);
      },
      cut: (node) => this.#cutPower(node),
    });
    this.feed = new ClusterFeed({
      store: this.#store,
      root: this.keys.root,
      clock: options.clock,
      log: silentLog,
    });
    this.#watch(this.feed.run(this.#end.signal));
    this.administrator = new Administrator({
      keys: this.keys,
      feed: this.feed,
      clock: options.clock,
      store: () => (this.#storeIsDown ? null : this.#store),
    });
    for (const node of options.nodes) {
      const hardware = options.hardware?.[node];
      this.addNode(node, hardware === undefined ? {} : { hardware });
    }
  }

  /** Another client of the cluster's store; of a process with a clock and a way to the store of its own, where given. */
  client(process: Partial<Pick<MemoryStoreOptions, "clock" | "link">> = {}): MemoryStore {
    return new MemoryStore({ core: this.#core, clock: this.#options.clock, ...process });
  }

  machine(node: NodeName): SimulatedMachine {
    return this.#site(node).machine;
  }

  /** Of the store as a whole. */
  maintenance(): MemoryMaintenance {
    return new MemoryMaintenance({ core: this.#core });
  }

  /** Where a VM is active; null: nowhere. */
  machineOf(vm: VmName): SimulatedMachine | null {
    const sites = [...this.#sites.values()];
    return sites.find(({ machine }) => machine.active().includes(vm))?.machine ?? null;
  }

  /** `on`: the node whose machine it runs on; left out: none. */
  startReconciler(id: string, on: NodeName | null = null): void {
    const { messageMs = 0 } = this.#options;
    const place = { clock: on === null ? this.#clockOf(id) : this.#site(on).clock, messageMs };
    const { signal, store, process } = this.#begin(`reconciler/${id}`, place, () => !this.#storeIsDown);
    const { clock } = process;
    const feed = new ClusterFeed({ store, root: this.keys.root, clock, log: silentLog });
    this.#watch(feed.run(signal));
    const maintenance = new MemoryMaintenance({ core: this.#core, link: process.link });
    const shared = { store, maintenance, keys: this.keys, clock, log: silentLog, feed };
    const devices = this.#devicesFor(clock);
    const ask: AskDirectly = (place) => this.#ask(place.key, process.clock);
    const bootId = on === null ? null : this.machine(on).bootId;
    const host = { bootId, ask, resolve: () => Promise.resolve([]) };
    this.#watch(runReconciler({ ...shared, id, devices, host, images: this.#images.for(clock) }, signal));
  }

  startPart(node: NodeName, part: NodePart): void {
    const reaches = () => !this.#storeIsDown && !this.#cutOff.has(node);
    const { signal, store, process } = this.#begin(`${part}/${node}`, this.#site(node), reaches);
    const { clock } = process;
    const { bootId } = this.machine(node);
    const common = { node, cluster: "lab", store, clock, log: silentLog, bootId };
    if (part === "heartbeat") {
      const answersAt = { address: node, port: 0, key: node };
      this.#watch(
        runHeartbeat({ ...common, ...this.#leases(), machineId: node, address: null, answersAt }, signal),
      );
      return;
    }
    const hypervisor = new ProcessHypervisor(this.machine(node), process);
    this.#watch(runAgent({ ...common, version: "simulated", hypervisor }, signal));
  }

  /** Whether it was started and not killed; one that is paused is running. */
  runs(part: PartId): boolean {
    return this.#parts.has(part);
  }

  /** Stops a part where it is, as SIGKILL does: nothing is tidied up, its leases run out. */
  kill(part: PartId): void {
    const running = this.#parts.get(part);
    if (running === undefined) return;
    this.#parts.delete(part);
    running.process.end();
    this.#watch(running.store.close());
    running.controller.abort(killed);
  }

  /** As SIGSTOP: nothing of it moves, and its leases run out. */
  pause(part: PartId): void {
    this.#parts.get(part)?.process.pause();
  }

  resume(part: PartId): void {
    this.#parts.get(part)?.process.resume();
  }

  resumeReconcilers(): void {
    for (const id of this.#clocks.keys()) this.resume(`reconciler/${id}`);
  }

  /** Of the machine that it runs on, which is no node's. */
  setReconcilerClock(id: string, habit: ClockHabit): void {
    this.#clockOf(id).setHabit(habit);
  }

  setReconcilerClocks(habit: ClockHabit): void {
    for (const clock of this.#clocks.values()) clock.setHabit(habit);
  }

  #clockOf(id: string): NodeClock {
    const clock = this.#clocks.get(id) ?? new NodeClock(this.#options.clock);
    this.#clocks.set(id, clock);
    return clock;
  }

  /** What heartbeats that are started from now on are told of their lease. */
  setLease(ms: number): void {
    this.#leaseMs = ms;
  }

  #leases(): { readonly leaseMs?: number } {
    return this.#leaseMs === undefined ? {} : { leaseMs: this.#leaseMs };
  }

  /** A machine with its daemons. */
  addNode(node: NodeName, made: MachineMake = {}): void {
    this.#addMachine(node, made);
    this.startPart(node, "heartbeat");
    this.startPart(node, "agent");
  }

  has(node: NodeName): boolean {
    return this.#sites.has(node);
  }

  /** Its guests die, and its daemons with it. */
  powerOff(node: NodeName): void {
    this.#power.off(node);
  }

  /** Boots, where it was off; its daemons are there after a while. */
  powerOn(node: NodeName): void {
    this.#power.on(node);
  }

  /** Machines that were switched on and are not up yet. */
  get booting(): number {
    return this.#power.booting;
  }

  setBmc(node: NodeName, habit: BmcHabit): void {
    this.#site(node).bmc.setHabit(habit);
  }

  /** For all of its processes, those that run and those to come. */
  setClock(node: NodeName, habit: ClockHabit): void {
    this.#site(node).clock.setHabit(habit);
  }

  /** A machine that has booted: a new boot, its daemons started. */
  boot(node: NodeName): void {
    this.machine(node).powerOn();
    this.startPart(node, "heartbeat");
    this.startPart(node, "agent");
  }

  /** Cuts a node off from the store and from its peers, or joins it again. Its guests go on. */
  setNetwork(node: NodeName, up: boolean): void {
    if (up) {
      this.#cutOff.delete(node);
      this.network.restore(node);
    } else {
      this.#cutOff.add(node);
      this.network.cut(node);
    }
  }

  /** No part reaches the store while it is down; an outage uses up no lease. */
  setStore(up: boolean): void {
    this.#storeIsDown = !up;
    if (up) this.#core.resumeLeases();
    else this.#core.pauseLeases();
  }

  /** From now on no message is under way for longer. */
  limitMessages(mostMs: number): void {
    this.#messageMostMs = mostMs;
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

  /** As a datagram to the node's heartbeat and one back: each may be lost. */
  #ask(node: NodeName, clock: Clock): Promise<string | null> {
    const messageMs = Math.min(this.#site(node).messageMs, this.#messageMostMs);
    return new Promise((resolve) => {
      const answer = (): void => {
        const { bootId } = this.machine(node);
        clock.timer(messageMs, () => resolve(this.#cutOff.has(node) ? null : bootId));
      };
      clock.timer(answerMs, () => resolve(null));
      clock.timer(messageMs, () => {
        if (!this.#cutOff.has(node)) this.#parts.get(`heartbeat/${node}`)?.process.whenRunning(answer);
      });
    });
  }

  #site(node: NodeName): Site {
    const site = this.#sites.get(node);
    if (site === undefined) throw new TypeError(`no machine ${node}`);
    return site;
  }

  #cutPower(node: NodeName): void {
    this.machine(node).powerOff();
    this.kill(`agent/${node}`);
    this.kill(`heartbeat/${node}`);
  }

  /** A simulated device is its node's own; a process that simulates has no others. */
  #devicesFor(clock: Clock): FenceDevices {
    return {
      of: (node) => {
        const device = this.#sites.get(node.name)?.bmc;
        const isOwn = node.bmc.every(({ agent }) => agent === "simulated");
        if (device === undefined || !isOwn) return noDevices.of(node);
        return { usable: true, devices: [device.for(clock)] };
      },
    };
  }

  #addMachine(node: NodeName, made: MachineMake): void {
    const { clock, onGuest, onBmc = () => undefined, messageMs = 0 } = this.#options;
    this.#power.add(node, made.bootMs);
    const world = { clock, power: this.#power.switchOf(node), network: this.network, onBmc, messageMs };
    const site = makeSite(node, made, world);
    site.machine.onGuest((event) => {
      this.#images.heed(event);
      onGuest?.(event);
    });
    this.#sites.set(node, site);
  }

  #begin(
    part: PartId,
    { clock, messageMs }: Pick<World, "clock" | "messageMs">,
    reachesStore: () => boolean,
  ): Omit<Part, "controller"> & { readonly signal: AbortSignal } {
    const controller = new AbortController();
    const process = new SimulatedProcess({
      clock,
      messageMs: () => Math.min(messageMs, this.#messageMostMs),
      reachesStore,
    });
    const store = new MemoryStore({ core: this.#core, clock: process.clock, link: process.link });
    this.#parts.set(part, { controller, process, store });
    return { signal: controller.signal, process, store };
  }

  #watch(running: Promise<unknown>): void {
    running.catch((error: unknown) => {
      if (error !== killed && !this.#end.signal.aborted) this.#failures.push(error);
    });
  }
}

/** How long a leader waits for a direct answer. */
const answerMs = 1_000;

const killed = new Error("killed");
