/**
 * A cluster of plain values for the planner's tests: documents, machines, and what became of the steps carried out so
 * far. A step succeeds at once and as a whole; what else can happen is the simulator's business.
 */
import { resolveDocuments } from "../../../reconciler/desired/resolve-documents.ts";
import { ResolveMemory } from "../../../reconciler/desired/resolve/resolve-memory.ts";
import { missingIdentities } from "../../../reconciler/control/identities.ts";
import type { Desired } from "../../../reconciler/model/desired.ts";
import type { FenceRecord } from "../../../reconciler/model/fence.ts";
import type {
  Identity,
  ReleasedStep,
  Request,
  Tries,
  VolumeClaim,
} from "../../../reconciler/model/journal.ts";
import {
  type Kind,
  type NodeName,
  objectId,
  type ObjectId,
  type VmName,
} from "../../../reconciler/model/names.ts";
import type {
  Observed,
  ObservedDomain,
  ObservedNode,
  Processors,
} from "../../../reconciler/model/observed.ts";
import type { PlannedRecord, PlannedStep } from "../../../reconciler/model/plan.ts";
import type { Placement } from "../../../reconciler/model/placement.ts";
import type { Placed, PlanInput, Policy } from "../../../reconciler/plan/input.ts";
import { plan } from "../../../reconciler/plan/plan.ts";
import { claimKey } from "../../../reconciler/plan/usable.ts";
import type { ActiveDomain } from "../../../reconciler/plan/vm-facts.ts";

export type Document = { readonly kind: Kind; readonly name: string; readonly [field: string]: unknown };

export interface Machine {
  readonly memoryGiB?: number;
  readonly cpus?: number;
  readonly load?: number;
  /** Its own reading; else what the guests leave. */
  readonly freeGiB?: number;
  /** Memory of a domain that is not ours. */
  readonly foreignGiB?: number;
  readonly processors?: Processors;
  readonly bridges?: readonly string[];
  /** A domain of 1 GiB that is not ours, and runs. */
  readonly foreign?: { readonly name: string; readonly uuid: string } | undefined;
}

export const GiB = 2 ** 30;

/** Compiled schemas and resolved documents, shared by all clusters of a test run. */
const memory = new ResolveMemory();

export class ModelCluster {
  readonly documents = new Map<ObjectId, Document>();
  readonly machines = new Map<NodeName, Machine>();
  readonly placements = new Map<VmName, Placed>();
  readonly domains = new Map<NodeName, Map<VmName, ObservedDomain>>();
  readonly tries = new Map<VmName, Tries>();
  readonly volumes = new Map<string, VolumeClaim>();
  readonly identities = new Map<VmName, Identity>();
  readonly fences = new Map<NodeName, FenceRecord>();
  readonly steps = new Map<VmName, ReleasedStep>();
  readonly silent = new Set<NodeName>();
  readonly agentDown = new Set<NodeName>();
  /** In which boot a node was last, where that is not the one in which its agent reported. */
  readonly lastBoots = new Map<NodeName, string>();
  readonly unreadable = new Set<NodeName>();
  requests: Request[] = [];
  overBound: ReadonlySet<VmName> = new Set();
  policy: Policy = { selectorsOpen: true, unsettled: new Set(), revertDrift: false };
  now = 1_000_000;
  revision = 1;

  constructor(documents: readonly Document[], machines: Readonly<Record<NodeName, Machine>> = {}) {
    for (const document of documents) this.put(document);
    for (const [name, machine] of Object.entries(machines)) this.machines.set(name, machine);
  }

  put(document: Document): this {
    this.documents.set(objectId(document.kind, document.name), document);
    this.#desired = null;
    return this;
  }

  /** A merge patch on one document; null removes a field. */
  edit(id: ObjectId, patch: Readonly<Record<string, unknown>>): this {
    const document = this.documents.get(id);
    if (document === undefined) throw new TypeError(`no document ${id}`);
    const fields = Object.entries({ ...document, ...patch }).filter(([, value]) => value !== null);
    return this.put({ kind: document.kind, name: document.name, ...Object.fromEntries(fields) });
  }

  remove(id: ObjectId): this {
    this.documents.delete(id);
    this.#desired = null;
    return this;
  }

  readonly #random = counting();
  #desired: Desired | null = null;

  get desired(): Desired {
    return (this.#desired ??= this.#resolve());
  }

  #resolve(): Desired {
    const result = resolveDocuments(this.documents, { host: "here", simulated: true, memory });
    if (!result.ok) throw new TypeError(result.issues.map((i) => `${i.file} ${i.message}`).join("; "));
    return result.desired;
  }

  input(): PlanInput {
    const { desired } = this;
    for (const [vm, identity] of missingIdentities(desired, this.identities, this.#random)) {
      this.identities.set(vm, identity);
    }
    const { tries, volumes, identities, requests, steps, placements, fences, overBound, policy, now } = this;
    return {
      desired,
      placements,
      observed: this.observed(desired),
      journal: { steps, tries, requests, volumes, identities, fences, maintenance: null },
      overBound,
      policy,
      now,
    };
  }

  plan() {
    return plan(this.input());
  }

  observed(desired: Desired): Observed {
    const names = new Set([...desired.nodes.keys(), ...this.machines.keys()]);
    return new Map([...names].map((name) => [name, this.#observe(name)]));
  }

  #observe(name: NodeName): ObservedNode {
    const {
      memoryGiB = 16,
      cpus = 8,
      load = 0,
      freeGiB,
      foreignGiB,
      foreign,
      processors,
      bridges,
    } = this.machines.get(name) ?? {};
    const domains = this.domains.get(name) ?? new Map<VmName, ObservedDomain>();
    const used = [...domains.values()].reduce(
      (sum, d) => sum + (d.state === "off" ? 0 : d.live.memoryBytes),
      0,
    );
    const session = sessionOf(name);
    return {
      name,
      alive: this.silent.has(name) ? null : { ...session, machineId: name, address: null },
      seen: { machineId: name, bootId: this.lastBoots.get(name) ?? session.bootId, alive: true, revision: 1 },
      agent: this.agentDown.has(name)
        ? null
        : { version: "0", protocol: 1, driver: "simulated", startedAt: 0 },
      status: {
        session,
        readAt: this.now,
        seen: this.revision,
        memoryBytes: memoryGiB * GiB,
        cpus,
        memoryFreeBytes: freeGiB === undefined ? memoryGiB * GiB - used : freeGiB * GiB,
        load,
        supports: {
          networks: ["bridge", "vlan", "vxlan", "nat", "isolated"],
          pools: ["dir", "rbd"],
          ...(processors && { processors }),
          ...(bridges && { bridges }),
        },
        ...(this.unreadable.has(name) && { unreadable: { since: 0, why: "nothing answers" } }),
        unmanaged: [
          ...(foreignGiB === undefined
            ? []
            : [{ name: "theirs", memoryBytes: foreignGiB * GiB, running: true }]),
          ...(foreign === undefined ? [] : [{ ...foreign, memoryBytes: GiB, running: true }]),
        ],
      },
      domains,
    };
  }

  place(vm: VmName, placement: Placement): void {
    this.revision += 1;
    this.placements.set(vm, { placement, revision: this.revision });
  }

  /** Puts a VM where it runs, as if it had been started there. */
  running(vm: VmName, node: NodeName, more: Partial<Placement> = {}): this {
    const document = this.desired.vms.get(vm);
    if (document === undefined) throw new TypeError(`no VM ${vm}`);
    const home = document.node ?? node;
    this.input();
    this.place(vm, {
      node,
      home,
      homeAsked: document.node,
      epoch: 1,
      displaced: home === node ? null : "start",
      held: null,
      ended: null,
      moving: null,
      ...more,
    });
    for (const disk of document.disks) {
      const key = claimKey(disk);
      const shared = disk.source === "volume" && this.desired.pools.get(disk.pool)?.shared === true;
      const [pool = "", volume = ""] = key.split("/");
      this.volumes.set(key, { pool, volume, vm, born: 1, node: shared ? null : node });
    }
    this.#enter(vm, node, 1);
    return this;
  }

  /** A running guest ends by itself. */
  ends(vm: VmName, cause: "guest" | "crash" | "unknown"): this {
    const node = this.nodeOf(vm);
    const epoch = this.placements.get(vm)?.placement.epoch ?? 0;
    this.#domainsOf(node).set(vm, {
      vm,
      epoch,
      session: sessionOf(node),
      readAt: this.now,
      state: "off",
      cause,
      at: this.now,
    });
    return this;
  }

  nodeOf(vm: VmName): NodeName {
    const node = this.placements.get(vm)?.placement.node;
    if (node == null) throw new TypeError(`${vm} is on no node`);
    return node;
  }

  /** Active domains of a VM: where each is. */
  whereabouts(vm: VmName): NodeName[] {
    return [...this.domains].filter(([, d]) => (d.get(vm)?.state ?? "off") !== "off").map(([node]) => node);
  }

  domain(vm: VmName): ActiveDomain {
    const domain = this.domains.get(this.nodeOf(vm))?.get(vm);
    if (domain === undefined || domain.state === "off") throw new TypeError(`${vm} does not run`);
    return domain;
  }

  record({ vm, placement, replaces, consumes, tries }: PlannedRecord): void {
    this.#replace(vm, replaces);
    if (placement === null) this.placements.delete(vm);
    else this.place(vm, placement);
    this.#remember(vm, tries, consumes);
  }

  /** Releases the step, has it done, and settles it. */
  carryOut(planned: PlannedStep): void {
    const { step } = planned;
    this.#replace(step.vm, planned.replaces);
    this.place(step.vm, planned.placement);
    this.#remember(step.vm, planned.tries, planned.consumes);
    for (const claim of planned.claims)
      this.volumes.set(`${claim.pool}/${claim.volume}`, { ...claim, born: this.now });
    switch (step.kind) {
      case "start":
      case "restart":
        this.#enter(step.vm, step.node, step.epoch);
        return;
      case "stop": {
        const off = { state: "off", cause: "stop", at: this.now } as const;
        const name = step.domain ?? step.vm;
        this.#domainsOf(step.node).set(name, {
          vm: name,
          epoch: step.epoch,
          session: sessionOf(step.node),
          readAt: this.now,
          ...off,
        });
        const { displaced } = step;
        if (displaced !== null) this.place(step.vm, { ...planned.placement, displaced });
        return;
      }
      case "adopt":
        this.machines.set(step.node, { ...this.machines.get(step.node), foreign: undefined });
        this.#enter(step.vm, step.node, step.epoch);
        return;
      case "update": {
        const domain = this.domain(step.vm);
        this.#domainsOf(step.node).set(step.vm, { ...domain, live: step.hardware, applied: step.hardware });
        return;
      }
      case "migrate": {
        const domain = this.domain(step.vm);
        this.#domainsOf(step.node).delete(step.vm);
        this.#domainsOf(step.to).set(step.vm, { ...domain, epoch: step.toEpoch });
        const displaced = planned.placement.moving?.displaced ?? null;
        this.place(step.vm, {
          ...planned.placement,
          node: step.to,
          epoch: step.toEpoch,
          displaced,
          moving: null,
        });
        return;
      }
      case "destroy":
        this.placements.delete(step.vm);
        this.#domainsOf(step.node).delete(step.vm);
        for (const disk of step.disks) {
          if (disk.source === "volume") this.volumes.delete(`${disk.pool.name}/${disk.volume}`);
        }
        return;
      case "rename": {
        const domain = this.#domainsOf(step.node).get(step.from);
        this.#domainsOf(step.node).delete(step.from);
        if (domain !== undefined) this.#domainsOf(step.node).set(step.vm, { ...domain, vm: step.vm });
        return;
      }
    }
  }

  /** Plans and carries out what may be done now, until nothing is left; returns the kinds of steps in order. */
  converge(watch: (planned: PlannedStep) => void = () => undefined, rounds = 200): string[] {
    const done: string[] = [];
    for (let i = 0; i < rounds; i += 1) {
      const planned = this.plan();
      const now = planned.steps.filter((s) => s.waits === null && s.after.length === 0);
      if (now.length === 0 && planned.records.length === 0) return done;
      for (const record of planned.records) this.record(record);
      for (const step of now) {
        this.carryOut(step);
        done.push(`${step.step.kind} ${step.step.vm}`);
        watch(step);
      }
    }
    throw new Error(`does not converge within ${String(rounds)} plans`);
  }

  #replace(vm: VmName, former: VmName | null): void {
    if (former === null) return;
    this.placements.delete(former);
    for (const [key, claim] of this.volumes) if (claim.vm === former) this.volumes.set(key, { ...claim, vm });
  }

  #remember(vm: VmName, tries: Tries | null | undefined, consumes: readonly string[]): void {
    if (tries === null) this.tries.delete(vm);
    else if (tries !== undefined) this.tries.set(vm, tries);
    this.requests = this.requests.filter((r) => !consumes.includes(r.id));
  }

  #enter(vm: VmName, node: NodeName, epoch: number): void {
    const document = this.desired.vms.get(vm);
    if (document === undefined) throw new TypeError(`no VM ${vm}`);
    const macs = this.identities.get(vm)?.macs ?? {};
    const hardware = {
      memoryBytes: document.memoryBytes,
      maxMemoryBytes: document.memoryBytes * 2,
      cpus: document.cpus,
      maxCpus: document.cpus * 2,
      disks: document.disks.map((d) =>
        d.source === "volume"
          ? { name: d.name, pool: d.pool, volume: d.volume }
          : { name: d.name, path: d.path },
      ),
      nics: document.nics.map((n) => ({
        name: n.name,
        network: n.network,
        mac: n.mac ?? macs[n.name] ?? "",
      })),
    };
    this.#domainsOf(node).set(vm, {
      vm,
      epoch,
      session: sessionOf(node),
      readAt: this.now,
      state: "running",
      domainId: `${vm}-${String(epoch)}`,
      since: this.now,
      live: hardware,
      applied: hardware,
    });
  }

  #domainsOf(node: NodeName): Map<VmName, ObservedDomain> {
    const known = this.domains.get(node);
    if (known !== undefined) return known;
    const fresh = new Map<VmName, ObservedDomain>();
    this.domains.set(node, fresh);
    return fresh;
  }
}

function sessionOf(node: NodeName) {
  return { lease: `lease-${node}`, bootId: `boot-${node}` };
}

/** Bytes that count up: distinct, and the same in every run. */
function counting() {
  let calls = 0;
  return (count: number): Uint8Array => {
    calls += 1;
    return Uint8Array.from({ length: count }, (_, at) => (at === 0 ? calls >> 8 : calls) % 256);
  };
}

/** The shared pool that VMs with disks may move on. */
export const sharedPool: Document = {
  kind: "StoragePool",
  name: "default",
  type: "dir",
  shared: true,
  path: "/srv/vms",
};

export function node(name: NodeName, fields: Readonly<Record<string, unknown>> = {}): Document {
  return { kind: "Node", name, ...fields };
}

export function vm(name: VmName, fields: Readonly<Record<string, unknown>> = {}): Document {
  return { kind: "VM", name, memory: "1GiB", ...fields };
}

function idOf(vmName: VmName) {
  return objectId("VM", vmName);
}
export { idOf as vmId };
