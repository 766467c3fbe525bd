/** A cluster of machines that are processes, each behind its power device, on a real store, with reconcilers beside it. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ClusterState } from "../../../reconciler/control/cluster-state.ts";
import { acknowledgementOf, confirmationOf, replacementOf } from "../../../reconciler/control/fence/words.ts";
import { type Wish, writeRequest } from "../../../reconciler/control/requests.ts";
import type { NodeName, VmName } from "../../../reconciler/model/names.ts";
import type { StoredFence } from "../../../reconciler/control/cluster-state.ts";
import { systemClock } from "../../../reconciler/runtime/system-clock.ts";
import { connectStore } from "../../../reconciler/store/etcd/etcd-store.ts";
import { ipmiPassword } from "../fence/ipmi-simulator.ts";
import { KeelProcess } from "../keel-process.ts";
import { LiveCluster } from "../live-cluster.ts";
import { node, vm } from "../plan/model-cluster.ts";
import { ProcessMachine } from "./process-machine.ts";
import { nodeOf } from "../running-domains.ts";
import { Witness } from "./witness.ts";

export interface MachineRoomOptions {
  readonly endpoints: readonly string[];
  /** Where nodes are in the network, and how they reach the store from there; left out: on this machine's own. */
  readonly places?: ReadonlyMap<NodeName, Place>;
  readonly nodes?: readonly NodeName[];
  /** Of the Cluster document. */
  readonly fencing?: FencingFields;
  readonly reconcilers?: readonly string[];
}

interface FencingFields {
  readonly lease?: string;
  readonly grace?: string;
  readonly powerOn?: boolean;
}

export interface Place {
  readonly endpoints?: readonly string[];
  readonly entering?: readonly string[];
  /** In the node's document, too. */
  readonly address?: string;
}

const patienceMs = 60_000;

export class MachineRoom implements AsyncDisposable {
  readonly home = mkdtempSync(join(tmpdir(), "keel-room-"));
  readonly live: LiveCluster;
  readonly witness = new Witness(join(this.home, "witness"));
  readonly machines = new Map<NodeName, ProcessMachine>();
  readonly reconcilers = new Map<string, KeelProcess>();
  readonly #heartbeats: KeelProcess[] = [];
  readonly #options: MachineRoomOptions;

  private constructor(options: MachineRoomOptions) {
    this.#options = options;
    const { endpoints } = options;
    const cluster = `room-${randomUUID().slice(0, 8)}`;
    this.live = new LiveCluster({ endpoints, nodes: [], cluster });
  }

  /** Every node lives, its power device is bound, and each of the VMs runs on its home. */
  static async open(
    options: MachineRoomOptions,
    homes: Readonly<Record<VmName, NodeName>>,
  ): Promise<MachineRoom> {
    const room = new MachineRoom(options);
    try {
      await room.#build(homes);
      return room;
    } catch (error) {
      await room[Symbol.asyncDispose]();
      throw error;
    }
  }

  get state(): ClusterState {
    return this.live.feed.state;
  }

  get nodes(): readonly NodeName[] {
    return [...this.machines.keys()];
  }

  machine(name: NodeName): ProcessMachine {
    return this.machines.get(name) ?? assert.fail(`there is no ${name}`);
  }

  reconciler(id: string): KeelProcess {
    return this.reconcilers.get(id) ?? assert.fail(`there is no ${id}`);
  }

  fence(name: NodeName): StoredFence | null {
    return this.state.fences.get(name) ?? null;
  }

  /** `suspect`, `lost because of nothing-to-recover`, …; null: nothing is remembered of it. */
  phase(name: NodeName): string | null {
    const record = this.fence(name);
    if (record === null) return null;
    const why = "why" in record ? (record.why?.code ?? null) : null;
    return why === null ? record.phase : `${record.phase} because of ${why}`;
  }

  bootOf(name: NodeName): string | null {
    return this.state.nodes.get(name)?.alive?.bootId ?? null;
  }

  lives(name: NodeName): boolean {
    return this.state.nodes.get(name)?.alive != null;
  }

  /** By what the nodes report of their present lives. */
  runsOn(vmName: VmName): NodeName | null {
    return nodeOf(this.state, vmName);
  }

  async until(what: string, holds: () => boolean): Promise<void> {
    await this.live.until(what, holds).catch((cause: unknown) => {
      throw new Error(`never: ${what}\n${this.#account()}`, { cause });
    });
  }

  /** Tells what the daemons wrote where it is in another phase. */
  assertPhase(name: NodeName, phase: string | null): void {
    const found = this.phase(name);
    assert.equal(found, phase, this.#account());
  }

  /** Resolves after so long, by a lease in the store that nobody renews. */
  async lasts(ms: number): Promise<void> {
    const { store, endpoints } = this.live;
    const key = `/clock/${randomUUID()}`;
    const clock = connectStore({ endpoints, clock: systemClock });
    const { id } = await clock.grant(ms);
    const { revision } = await clock.transact({ compare: [], then: [{ put: key, value: "", lease: id }] });
    await clock.close();
    for await (const event of store.watch(key, revision, AbortSignal.timeout(ms + patienceMs))) {
      if (event.type === "relist" || event.changes.some(({ type }) => type === "delete")) return;
    }
    assert.fail(`${ms} ms never ended`);
  }

  /** As `keel node confirm-dead`. */
  async confirmDead(name: NodeName): Promise<void> {
    await this.#say(confirmationOf(this.state, name));
  }

  /** As `keel node ready`. */
  async acknowledge(name: NodeName): Promise<void> {
    await this.#say(acknowledgementOf(this.state, name));
  }

  /** As `keel node replace`. */
  async replace(name: NodeName): Promise<void> {
    await this.#say(replacementOf(this.state, name));
  }

  /** An edit of the Cluster document, applied. */
  async setFencing(fencing: FencingFields): Promise<void> {
    this.live.put({ kind: "Cluster", name: this.live.name, fencing });
    await this.live.apply();
  }

  /** Puts another machine in the place of one that is off. The heartbeat of the former one, still to be started. */
  exchange(name: NodeName): KeelProcess {
    const ids = this.machine(name).exchange();
    const answers = ["--answer-at", "127.0.0.1:0", "--run-dir", join(this.home, `run-former-${name}`)];
    const heartbeat = new KeelProcess({
      args: [...this.#store(), "heartbeat", "--node", name, ...ids, ...answers],
      state: join(this.home, `state-former-${name}`),
    });
    this.#heartbeats.push(heartbeat);
    return heartbeat;
  }

  /** `on`: the node that is its machine; left out: none of them. */
  startReconciler(id: string, on?: NodeName): KeelProcess {
    const host = on === undefined ? [] : ["--boot-id-file", this.machine(on).bootIdFile];
    const reconciler = new KeelProcess({
      args: [...this.#store(), "reconciler", "--id", id, ...host],
      state: join(this.home, `state-${id}`),
      env: { KEEL_SECRETS: join(this.home, "secrets") },
    });
    this.reconcilers.set(id, reconciler);
    reconciler.start();
    return reconciler;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const daemon of [...this.reconcilers.values(), ...this.#heartbeats]) await daemon.end("SIGKILL");
    for (const machine of this.machines.values()) await machine.close();
    await this.live[Symbol.asyncDispose]();
    rmSync(this.home, { recursive: true, force: true });
  }

  #serves(name: NodeName): boolean {
    return this.lives(name) && this.state.nodes.get(name)?.status != null;
  }

  /** Everything that is in the store or was logged, but not on a command line. */
  async traces(): Promise<string> {
    const { items } = await this.live.store.list("/");
    const logs = [...this.machines.values()].flatMap((machine) =>
      ["heartbeat", "agent", "host", "boot"].map((part) => machine.read(`${part}.log`)),
    );
    return [
      ...items.map(({ value }) => value),
      ...[...this.reconcilers.values()].map(({ said }) => said),
      ...logs,
    ].join("\n");
  }

  /** How things stand, and what the daemons wrote last. */
  #account(): string {
    const nodes = this.nodes.map(
      (name) => `${name}: ${this.lives(name) ? "lives" : "silent"}, ${this.phase(name) ?? "no incident"}`,
    );
    const said = [...this.reconcilers].map(([id, { said: text }]) => `--- ${id}\n${text.slice(-2_000)}`);
    const logs = [...this.machines.values()].flatMap((machine) =>
      ["heartbeat", "agent"].map(
        (part) => `--- ${part} ${machine.node}\n${machine.read(`${part}.log`).slice(-800)}`,
      ),
    );
    return [...nodes, ...said, ...logs].join("\n");
  }

  async #build(homes: Readonly<Record<VmName, NodeName>>): Promise<void> {
    const { nodes = ["hv1", "hv2", "hv3"], fencing = {}, reconcilers = ["r1", "r2"] } = this.#options;
    const { lease = "10s" } = fencing;
    for (const folder of ["peers", "secrets"]) mkdirSync(join(this.home, folder), { mode: 0o700 });
    this.live.put({ kind: "Cluster", name: this.live.name, fencing });
    for (const [index, name] of nodes.entries()) {
      const machine = await this.#makeMachine(name, index, lease);
      this.machines.set(name, machine);
      writeFileSync(join(this.home, "secrets", name), `${ipmiPassword}\n`, { mode: 0o600 });
      const address = this.#options.places?.get(name)?.address;
      const bmc = machine.bmc.device(name);
      this.live.put(node(name, { bmc, ...(address === undefined ? {} : { address }) }));
      machine.powerOn();
    }
    for (const [name, home] of Object.entries(homes)) {
      this.live.put(vm(name, { memory: "256MiB", node: home }));
    }
    for (const id of reconcilers) this.startReconciler(id);
    await this.until("somebody leads", () => this.state.leader !== null);
    // Else a VM would be started on the first node that is there.
    await this.until("every node is there", () => nodes.every((name) => this.#serves(name)));
    await this.live.apply();
    await this.until("every power device is bound", () =>
      nodes.every((name) => this.state.bindings.seen.has(name)),
    );
    await this.until("every VM runs at home", () =>
      Object.entries(homes).every(([name, home]) => this.runsOn(name) === home),
    );
  }

  #makeMachine(name: NodeName, index: number, lease: string): Promise<ProcessMachine> {
    const { endpoints, ...place } = this.#options.places?.get(name) ?? { endpoints: undefined };
    const digit = (index + 1).toString(16);
    return ProcessMachine.make({
      node: name,
      folder: join(this.home, name),
      peers: join(this.home, "peers"),
      witness: this.witness.path,
      store: this.#store(endpoints),
      uuid: `1122334455667788${digit.repeat(16)}`,
      lease,
      ...place,
    });
  }

  #store(endpoints: readonly string[] = this.live.endpoints): readonly string[] {
    return ["--store", endpoints.join(","), "--cluster", this.live.name];
  }

  async #say(wish: Wish): Promise<void> {
    const { store, keys } = this.live;
    await writeRequest(store, keys, wish, { by: "test", now: systemClock.now() });
  }
}

/** Each guest began once, at home, and goes on; no machine was told to go off; all is as before. */
export async function assertUntouched(
  room: MachineRoom,
  homes: Readonly<Record<VmName, NodeName>>,
): Promise<void> {
  const vms = Object.entries(homes);
  await room.until("all live", () => room.nodes.every((name) => room.lives(name)));
  await room.until("all VMs are seen", () => vms.every(([name, home]) => room.runsOn(name) === home));
  await room.until("no incident is open", () => room.nodes.every((name) => room.phase(name) === null));
  for (const [name, home] of vms) assert.deepEqual(room.witness.story(name), [`start ${home}`], name);
  for (const machine of room.machines.values()) assert.deepEqual(machine.bmc.calls, [], machine.node);
}
