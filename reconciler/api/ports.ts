/**
 * What the API asks for, and others do: looking at the cluster, and (through `Actions`) the commands of the same names.
 * The command line implements both with what its own commands are made of, so that there is one truth.
 */
import type { Readable } from "node:stream";
import type { RoundsRecord } from "../control/rounds.ts";
import type { WhyReport } from "../control/why.ts";
import type { Node, Vm } from "../model/desired.ts";
import type { NodeName, ObjectId, VmName } from "../model/names.ts";
import type { MaintenanceRecord } from "../model/maintenance.ts";
import type { ClusterReport, PlanReport } from "../model/report.ts";
import type { StatusReport } from "../model/status-report.ts";
import type { VmState } from "../model/states.ts";
import type { Caller } from "./caller.ts";
import type { Counts } from "./counters.ts";
import type { Position } from "./event-stream.ts";

/** What `keel get … -o json` lists. */
export type Listed = "nodes" | "networks" | "pools" | "profiles" | "steps" | "requests" | "events";

export interface Item {
  readonly kind: string;
  readonly name: string;
}

/** As `keel vm list` takes it: VMs that fit everything that is said; `negate`: the others. */
export interface VmFilter {
  readonly node?: NodeName;
  readonly home?: NodeName;
  readonly state?: VmState;
  readonly tag?: string;
  /** May run on this node. */
  readonly limit?: NodeName;
  readonly negate?: boolean;
}

/** The cluster at one revision. */
export interface Look {
  readonly report: ClusterReport;
  /** The store's revision of what is in force; 0: nothing was ever applied. */
  readonly inForce: number;
  items(listed: Listed): readonly Item[];
  vms(filter: VmFilter): readonly Item[];
  why(kind: "VM" | "Node", name: string): WhyReport | null;
  status(): StatusReport;
  maintenance(): Pick<MaintenanceRecord, "cluster" | "nodes">;
}

export interface ClusterReads {
  /** @throws KeelError `store-unreachable` where nothing is known, or what is known is old */
  look(): Look;
  /** Every apply that is kept, oldest first. */
  history(): Promise<readonly Item[]>;
  /** What happens from now on, or after a position, as server-sent events. @throws KeelError `overloaded` */
  follow(after: Position | null): Readable;
  /** Why nothing is known for certain; null: all is well. */
  problem(): string | null;
  /** What happened since this process began to look. */
  counts(): Counts;
  /** How long the leader's rounds take; null: none has told. */
  rounds(): RoundsRecord | null;
  /** Bytes that the store's files take; null: it does not tell. */
  storeBytes(): Promise<number | null>;
}

/** Who asks for a change, and how. */
export interface Call {
  readonly caller: Caller;
  /** Nothing is changed: what would be done is only told. */
  readonly dryRun: boolean;
  /** Of `If-Match`; null: whatever is in force. */
  readonly ifMatch: string | null;
  readonly signal: AbortSignal;
}

/** What may be changed of where a VM runs, how it is placed and moved, and what it is tagged with. */
export interface Meta {
  /** null: anywhere. */
  readonly limits?: readonly NodeName[] | null;
  /** null: the cluster's. */
  readonly selector?: string | null;
  readonly autorestart?: boolean;
  readonly method?: string;
  /** As the files have it: `300ms`. */
  readonly maxDowntime?: string;
  readonly priority?: string;
  /** Empty: none. */
  readonly tags?: readonly string[];
}

/** A change of intent: an edit of the files. */
export type Edit =
  | { readonly act: "define"; readonly text: string }
  | { readonly act: "meta"; readonly vm: VmName; readonly meta: Meta }
  | { readonly act: "state"; readonly vm: VmName; readonly state: Vm["state"] }
  | { readonly act: "migrate" | "move"; readonly vm: VmName; readonly to: NodeName | null }
  | { readonly act: "unmigrate" | "forget"; readonly vm: VmName }
  | { readonly act: "rename"; readonly vm: VmName; readonly to: VmName }
  | { readonly act: "protect"; readonly vm: VmName; readonly protect: boolean }
  | { readonly act: "node-state"; readonly node: NodeName; readonly state: Node["state"] }
  | {
      readonly act: "maintenance";
      readonly node: NodeName | null;
      /** null: off. */
      readonly wanted: { readonly reason: string; readonly until: number | null } | null;
    };

/** What a person says of a node's machine: that it is off for certain, or that another one goes by its name. */
export type Vouched = "confirm-dead" | "replace";

/** Something that was asked for once. */
export interface Asked {
  readonly request: string;
  readonly object: ObjectId;
}

/** What a change came to. */
export interface Changed {
  readonly dryRun: boolean;
  /** In force by it; of a dry run, what is in force now. */
  readonly generation: number;
  /** The edits of files, as `diff -u` shows them. */
  readonly files: readonly { readonly file: string; readonly diff: string }[];
  readonly plan: PlanReport;
  /** Objects whose other edits go on waiting for an apply. */
  readonly waiting: readonly ObjectId[];
  /** Where the files say it already. */
  readonly requests: readonly Asked[];
}

/** A plan that can be applied, once. */
export interface SavedPlan {
  readonly id: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly by: string;
  readonly plan: PlanReport;
}

export interface PlanOptions {
  readonly allowDestroy: number | null;
  readonly allowOrphan: number | null;
}

/** What changes something. Each throws a `KeelError` where it is refused, or a `DetailedError`. */
export interface Actions {
  edit(edit: Edit, call: Call): Promise<Changed>;
  ask(kind: "restart" | "release" | "retry", vm: VmName, call: Call): Promise<readonly Asked[]>;
  makePlan(options: PlanOptions, call: Call): Promise<SavedPlan>;
  plan(id: string): Promise<SavedPlan>;
  /** `undo`: also where it undoes what was applied since. */
  applyPlan(id: string, undo: boolean, call: Call): Promise<Changed>;
  /** Of a VM whose destruction the plan shows. */
  approve(id: string, vm: VmName, disks: readonly string[], call: Call): Promise<Asked>;
  /** Whoever asks has typed the node's name. */
  vouch(word: Vouched, node: NodeName, call: Call): Promise<Asked>;
  /** Takes back an approval, or an override of maintenance. */
  withdraw(request: string, call: Call): Promise<void>;
  overrideMaintenance(
    override: { readonly node: NodeName | null; readonly reason: string; readonly forMs: number | null },
    call: Call,
  ): Promise<Asked>;
}
