/**
 * The records of one cluster as they stood at one revision, decoded and indexed: what every reader works on. Fed with
 * a listing and then with changes, in the store's order. Readers never see half of a revision.
 */
import type { Binding } from "../model/binding.ts";
import type { Desired } from "../model/desired.ts";
import type { FenceRecord } from "../model/fence.ts";
import type { Identity, Request, ReleasedStep, StepRecord, Tries, VolumeClaim } from "../model/journal.ts";
import type { LastFields } from "../model/last-fields.ts";
import type { LeaseRecord } from "../model/lease.ts";
import type { MaintenanceRecord } from "../model/maintenance.ts";
import type { NodeName, VmName } from "../model/names.ts";
import type { AgentPresence, Alive, NodeStatus, ObservedDomain, Seen } from "../model/observed.ts";
import type { Placement } from "../model/placement.ts";
import type { EventReport, SourceReport } from "../model/report.ts";
import type { Progress } from "../model/step.ts";
import { neverRestored, type StoreRecord } from "../model/store-record.ts";
import type { Placed } from "../plan/input.ts";
import { decode } from "../store/codec.ts";
import type { Change, KeyValue, Revision } from "../store/store.ts";
import { AppliedDesired, type Applied } from "./applied-desired.ts";
import { NodeRecords } from "./node-records.ts";
import type { RoundsRecord } from "./rounds.ts";
import { StepRecords } from "./step-records.ts";

export interface LeaderRecord {
  readonly id: string;
  readonly since: number;
}

/** A request and the revision that made it: what a transaction that uses it up compares. */
export type StoredRequest = Request & { readonly revision: Revision };

/** A fence record and the revision that wrote it: what a transaction that relies on it compares. */
export type StoredFence = FenceRecord & { readonly revision: Revision };

export class ClusterState {
  readonly root: string;
  readonly placements = new Map<VmName, Placed>();
  readonly tries = new Map<VmName, Tries>();
  readonly identities = new Map<VmName, Identity>();
  /** By `pool/name`. */
  readonly volumes = new Map<string, VolumeClaim>();
  readonly requests = new Map<string, StoredRequest>();
  readonly fences = new Map<NodeName, StoredFence>();
  readonly bindings = { seen: new Map<NodeName, Binding>(), told: new Map<NodeName, Binding>() };
  readonly lastFields = new Map<NodeName, { readonly fields: LastFields; readonly revision: Revision }>();
  readonly nodes = new NodeRecords();
  readonly steps = new StepRecords();
  readonly sources = new Map<string, SourceReport>();
  readonly events = new Map<string, EventReport>();
  readonly #applied = new AppliedDesired();
  leader: LeaderRecord | null = null;
  /** With its revision; null: no leader has written it down. */
  lease: { readonly record: LeaseRecord; readonly revision: Revision } | null = null;
  /** How long the leader's rounds take; null: none has told. */
  rounds: RoundsRecord | null = null;
  /** What maintenance is in force, with its revision; null: nobody has written it down yet. */
  maintenance: { readonly record: MaintenanceRecord; readonly revision: Revision } | null = null;
  /** Which restore this is, and whether it is frozen; with the record's revision, 0 where there is none. */
  store: { readonly record: StoreRecord; readonly revision: Revision } = noRecord;
  revision: Revision = 0;

  constructor(root: string) {
    this.root = root;
  }

  /** What is in force; its `desired` is empty before the first apply. @throws where an object of the head is missing */
  get applied(): Applied {
    return this.#applied.current;
  }

  get desired(): Desired {
    return this.#applied.current.desired;
  }

  load(items: readonly KeyValue[], revision: Revision): void {
    for (const item of items) this.#put(item);
    this.revision = revision;
  }

  apply(changes: readonly Change[], revision: Revision): void {
    for (const change of changes) {
      if (change.type === "put") this.#put(change.item);
      else this.#delete(change.key);
    }
    this.revision = revision;
  }

  #put(item: KeyValue): void {
    const { area, rest } = this.#split(item.key);
    switch (area) {
      case "desired":
        this.#applied.put(rest, item);
        return;
      case "placement":
        this.placements.set(rest, { placement: decode<Placement>(item), revision: item.modRevision });
        return;
      case "identity":
        this.identities.set(rest, decode<Identity>(item));
        return;
      case "tries":
        this.tries.set(rest, decode<Tries>(item));
        return;
      case "volume":
        this.volumes.set(rest, decode<VolumeClaim>(item));
        return;
      case "fence":
        this.fences.set(rest, { ...decode<FenceRecord>(item), revision: item.modRevision });
        return;
      case "bound":
        this.bindings.seen.set(rest, decode<Binding>(item));
        return;
      case "bound-by-hand":
        this.bindings.told.set(rest, decode<Binding>(item));
        return;
      case "last-fields":
        this.lastFields.set(rest, { fields: decode<LastFields>(item), revision: item.modRevision });
        return;
      case "node":
        this.#putNode(rest, item);
        return;
      case "step":
        this.steps.putStep(...halves(rest), decode<StepRecord>(item));
        return;
      case "progress":
        this.steps.putProgress(...halves(rest), decode<Progress>(item));
        return;
      case "request":
        this.requests.set(rest, { ...decode<Request>(item), revision: item.modRevision });
        return;
      case "source":
        this.sources.set(rest, decode<SourceReport>(item));
        return;
      case "event":
        this.events.set(rest, decode<EventReport>(item));
        return;
      default:
        this.#setSingle(area, item);
    }
  }

  /** Of what there is one record; null: it is gone. */
  #setSingle(key: string, item: KeyValue | null): void {
    switch (key) {
      case "leader":
        this.leader = item === null ? null : decode<LeaderRecord>(item);
        return;
      case "lease":
        this.lease = item === null ? null : { record: decode<LeaseRecord>(item), revision: item.modRevision };
        return;
      case "rounds":
        this.rounds = item === null ? null : decode<RoundsRecord>(item);
        return;
      case "maintenance":
        this.maintenance =
          item === null ? null : { record: decode<MaintenanceRecord>(item), revision: item.modRevision };
        return;
      case "store":
        this.store =
          item === null ? noRecord : { record: decode<StoreRecord>(item), revision: item.modRevision };
        return;
      default:
        // A record of a later version: not ours to read.
        return;
    }
  }

  #putNode(rest: string, item: KeyValue): void {
    const [node, what] = halves(rest);
    if (what === "alive") this.nodes.setAlive(node, { ...decode<Alive>(item), lease: item.lease });
    else if (what === "seen") this.nodes.setSeen(node, { ...decode<Seen>(item), revision: item.modRevision });
    else if (what === "agent") this.nodes.setAgent(node, decode<AgentPresence>(item));
    else if (what === "status") this.nodes.setStatus(node, decode<NodeStatus>(item));
    else if (what.startsWith("vm/")) this.nodes.setDomain(node, decode<ObservedDomain>(item));
  }

  #delete(key: string): void {
    const { area, rest } = this.#split(key);
    switch (area) {
      case "desired":
        this.#applied.delete(rest);
        return;
      case "placement":
        this.placements.delete(rest);
        return;
      case "identity":
        this.identities.delete(rest);
        return;
      case "tries":
        this.tries.delete(rest);
        return;
      case "volume":
        this.volumes.delete(rest);
        return;
      case "fence":
        this.fences.delete(rest);
        return;
      case "bound":
        this.bindings.seen.delete(rest);
        return;
      case "bound-by-hand":
        this.bindings.told.delete(rest);
        return;
      case "last-fields":
        this.lastFields.delete(rest);
        return;
      case "node":
        this.#deleteNode(rest);
        return;
      case "step":
        this.steps.deleteStep(...halves(rest));
        return;
      case "progress":
        this.steps.deleteProgress(...halves(rest));
        return;
      case "request":
        this.requests.delete(rest);
        return;
      case "source":
        this.sources.delete(rest);
        return;
      case "event":
        this.events.delete(rest);
        return;
      default:
        this.#setSingle(area, null);
    }
  }

  #deleteNode(rest: string): void {
    const [node, what] = halves(rest);
    if (what === "alive") this.nodes.setAlive(node, null);
    else if (what === "seen") this.nodes.setSeen(node, null);
    else if (what === "agent") this.nodes.setAgent(node, null);
    else if (what === "status") this.nodes.setStatus(node, null);
    else if (what.startsWith("vm/")) this.nodes.deleteDomain(node, what.slice("vm/".length));
  }

  #split(key: string): { area: string; rest: string } {
    const [area, rest] = halves(key.slice(this.root.length));
    return { area, rest };
  }

  /** The released steps by VM, each with what its nodes told of it. */
  released(): ReadonlyMap<VmName, ReleasedStep> {
    return this.steps.byVm();
  }
}

const noRecord = { record: neverRestored, revision: 0 } as const;

/** `a/b/c` → `a`, `b/c`. */
function halves(path: string): [NodeName, string] {
  const slash = path.indexOf("/");
  return slash === -1 ? [path, ""] : [path.slice(0, slash), path.slice(slash + 1)];
}
