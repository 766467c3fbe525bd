/**
 * What people and programs are shown: rows with everything filled in, so that command line, terminal UI and API only
 * draw. These shapes are the documented JSON of `-o json` (docs/json.md); fields are added, never renamed.
 */
import type { Request } from "./journal.ts";
import type { Displaced, Hold } from "./placement.ts";
import type { MaintenanceState } from "./maintenance.ts";
import type { NodeName, ObjectId, VmName } from "./names.ts";
import type { SourcePosition } from "./desired.ts";
import type { NodeState, VmState } from "./states.ts";
import type { StepKind } from "./step.ts";

/** A reason with its words. */
export interface ReasonReport {
  readonly code: string;
  readonly text: string;
  readonly advice: string | null;
}

/** What a change does to a running guest; the worst of its parts. */
export type Impact = "none" | "live" | "migrate" | "restart" | "offline" | "destroy-data";

export const changeWords = [
  "create",
  "update",
  "start",
  "stop",
  "restart",
  "migrate",
  "destroy",
  "orphan",
  "adopt",
  "remove",
] as const;
export type ChangeWord = (typeof changeWords)[number];

export const noChanges: Readonly<Record<ChangeWord, number>> = {
  create: 0,
  update: 0,
  start: 0,
  stop: 0,
  restart: 0,
  migrate: 0,
  destroy: 0,
  orphan: 0,
  adopt: 0,
  remove: 0,
};

export interface FieldReport {
  readonly path: string;
  readonly old: string | null;
  readonly new: string | null;
  /** When it takes effect on a running guest. none: no guest notices. */
  readonly effect: "none" | "live" | "migrate" | "next-restart";
}

export interface StepReport {
  readonly id: string;
  readonly kind: StepKind;
  readonly text: string;
  readonly node: NodeName;
  readonly to: NodeName | null;
  readonly reason: ReasonReport;
  readonly after: readonly string[];
  readonly waits: ReasonReport | null;
}

/** One object of the plan: what changes in its document, and what is done because of it or of another's change. */
export interface ChangeReport {
  readonly object: ObjectId;
  readonly word: ChangeWord;
  readonly impact: Impact;
  /** Where its VM will be; null where that does not apply. */
  readonly target: NodeName | null;
  readonly fields: readonly FieldReport[];
  readonly steps: readonly StepReport[];
  readonly reason: ReasonReport;
  readonly source: SourcePosition | null;
}

export interface BlockedReport {
  readonly object: ObjectId;
  readonly reason: ReasonReport;
  readonly source: SourcePosition | null;
}

export interface DriftReport {
  readonly kind: "drift" | "pending" | "state" | "orphaned" | "unmanaged";
  readonly object: string;
  readonly node: NodeName | null;
  /** A field of the document; or, beyond those, a place in the domain: `disk[sda]/driver@cache`. */
  readonly field: string | null;
  /** The same in words: `driver cache of disk sda`. */
  readonly place: string | null;
  readonly wanted: string | null;
  readonly live: string | null;
  /** When a field is as wanted again: live, once `keel apply` sets it back, or at the next restart. */
  readonly effect: "live" | "next-restart" | null;
  /** Epoch milliseconds; null: not known. */
  readonly since: number | null;
  /** event: the hypervisor told of it as it happened. reading: it was found then, and may be older. */
  readonly noticed: "event" | "reading" | null;
  readonly text: string;
}

/** What applying a folder would undo, because the folder is not based on what is applied. */
export interface UndoReport {
  /** The generation that the folder is based on, and the one in force with its author. */
  readonly base: number;
  readonly head: number;
  readonly by: string;
  readonly objects: readonly UndoneReport[];
}

export interface UndoneReport {
  readonly object: ObjectId;
  /** What was done to it since: edited, added or removed. Applying the folder sets that back. */
  readonly change: "edit" | "addition" | "removal";
  /** Which fields of the document, where there is one before, now and in the folder. */
  readonly fields: readonly string[];
  /** The folder edits it too, so the two meet: one of them is lost. */
  readonly conflict: boolean;
}

/** `keel plan -o json`, and what the watcher tells of edits that wait for `apply`. */
export interface PlanReport {
  readonly formatVersion: 1;
  readonly cluster: string;
  /** The generation it is based on; 0 = nothing was ever applied. */
  readonly generation: number;
  readonly changes: readonly ChangeReport[];
  readonly blocked: readonly BlockedReport[];
  readonly drift: readonly DriftReport[];
  readonly warnings: readonly string[];
  readonly summary: Readonly<Record<ChangeWord, number>>;
  /** Apply would do something: what is blocked, held or orphaned alone does not count. */
  readonly hasChanges: boolean;
  /** null: nothing, as far as is known. */
  readonly undo: UndoReport | null;
}

/** A row of `keel get vm`: the field names of `keel simulate`'s `final`. */
export interface VmReport {
  readonly kind: "VM";
  readonly name: VmName;
  readonly state: VmState;
  readonly node: NodeName | null;
  readonly home: NodeName | null;
  readonly displaced: Displaced | null;
  readonly held: Hold | null;
  readonly reason: ReasonReport;
  readonly epoch: number;
  readonly memoryBytes: number;
  readonly cpus: number;
  /** null = anywhere. */
  readonly limits: readonly NodeName[] | null;
  readonly selector: string;
  readonly selectorIsDefault: boolean;
  readonly autorestart: boolean;
  readonly priority: string;
  readonly tags: readonly string[];
  readonly networks: readonly { readonly name: string; readonly defined: boolean }[];
  /** What is being done to it now. */
  readonly step: StepProgressReport | null;
  /** Seen in an earlier session of its node, or its agent is down. */
  readonly stale: boolean;
  readonly source: SourcePosition | null;
}

export interface StepProgressReport {
  readonly kind: StepKind;
  readonly text: string;
  readonly phase: "released" | "claimed" | "running" | "done" | "failed" | "cancelled";
  readonly percent: number | null;
  readonly detail: string | null;
  /** Epoch milliseconds. */
  readonly since: number;
}

/** A flush that goes on. */
export interface FlushReport {
  /** VMs that have left because of it, or are held. */
  readonly done: number;
  /** Those, and what is still there. */
  readonly total: number;
  /** As fast as what moves now; null: nothing tells. */
  readonly remainingMs: number | null;
  /** VMs that do not leave, each with why. */
  readonly blockers: readonly { readonly vm: VmName; readonly reason: ReasonReport }[];
}

export interface NodeReport {
  readonly kind: "Node";
  readonly name: NodeName;
  readonly state: NodeState;
  readonly reason: ReasonReport;
  readonly alive: boolean;
  readonly fenced: boolean;
  readonly maintenance: boolean;
  /** Active there, by name. */
  readonly vms: readonly VmName[];
  /** Capacity and use; null: never reported. */
  readonly memoryBytes: number | null;
  /** Of guests that run, start or are reserved there. */
  readonly memoryGuestBytes: number;
  readonly memoryFreeBytes: number | null;
  readonly cpus: number | null;
  readonly vcpus: number;
  readonly load: number | null;
  /** Epoch milliseconds of its last report: where nothing changes its agent writes none. */
  readonly readAt: number | null;
  readonly stale: boolean;
  /** null: it is not being flushed, or is empty already. */
  readonly flush: FlushReport | null;
  readonly source: SourcePosition | null;
}

/** `event/<writer>/<id>`: something that happened, for people. */
export interface EventReport {
  readonly at: number;
  readonly writer: string;
  /** Counts the writer's events, from 0. */
  readonly number: number;
  /** `VM/web1`, `Node/hv1` or `Cluster/lab`. */
  readonly object: ObjectId;
  readonly level: "note" | "warning" | "alarm";
  /** A reason code, or what happened in a word: `started`, `stopped`, `migrated`. */
  readonly code: string;
  readonly text: string;
}

/** What the watched folder says, against what was applied: `source/folder`. */
export interface SourceReport {
  /** The reconciler that watches it, and its machine. */
  readonly id: string;
  readonly host: string;
  readonly directory: string;
  /** reading: not read yet. stale: it lacks what was applied meanwhile, so it is applied by hand only. */
  readonly status: "reading" | "ok" | "stale" | "invalid" | "suspect" | "unreadable";
  readonly at: number;
  readonly digest: string | null;
  /** Edits that wait for `apply`, at most 200 of them; null while the folder is neither ok nor stale. */
  readonly pending: PlanReport | null;
  /** Rendered issues, at most 50, where it is invalid; why, where it is stale, suspect or unreadable. */
  readonly problems: readonly string[];
}

/**
 * A VM that is left without a place. held: started as soon as something can take it. off: not started by itself.
 * stays: it is in the way of a node that is to be empty.
 */
export interface UnplacedReport {
  readonly vm: VmName;
  readonly from: NodeName | null;
  readonly ends: "held" | "off" | "stays";
  readonly reason: ReasonReport;
}

/** Nodes that are lost at once, and the VMs that would be left without a place; none: the loss is survived. */
export interface LossReport {
  readonly nodes: readonly NodeName[];
  readonly unplaced: readonly UnplacedReport[];
}

/** Whether any one node could be lost: `keel status`, and the terminal UI. */
export interface SpareReport {
  /** Every VM would find a place, whichever node is lost. */
  readonly ok: boolean;
  /** How many nodes were looked at. */
  readonly nodes: number;
  /** The losses that would leave a VM without a place, by node. */
  readonly losses: readonly LossReport[];
}

/** Something that was asked for once, and neither used nor taken back yet. */
export interface RequestReport {
  readonly name: string;
  readonly request: Request["kind"];
  readonly object: ObjectId;
  readonly by: string;
  readonly at: number;
  /** Void from then on, whether it is still listed or not. */
  readonly expiresAt: number;
  /** What it allows, in words. */
  readonly allows: string;
}

/** Everything at one revision of the store. */
export interface ClusterReport {
  readonly cluster: string;
  readonly generation: number;
  readonly appliedAt: number | null;
  readonly appliedBy: string | null;
  readonly mode: "plan" | "safe";
  readonly maintenance: MaintenanceState;
  /** Those that are in one of their own. */
  readonly nodesInMaintenance: Readonly<Record<NodeName, MaintenanceState>>;
  /** The store was set back: nothing is decided or begun until somebody accepts it. null: it was not. */
  readonly frozen: { readonly why: string; readonly by: string } | null;
  readonly leader: string | null;
  readonly revision: number;
  readonly nodes: readonly NodeReport[];
  readonly vms: readonly VmReport[];
  readonly blocked: readonly BlockedReport[];
  readonly drift: readonly DriftReport[];
  readonly requests: readonly RequestReport[];
  /** null: not looked at. */
  readonly spare: SpareReport | null;
  readonly source: SourceReport | null;
  /** Newest first, at most 500. */
  readonly events: readonly EventReport[];
}
