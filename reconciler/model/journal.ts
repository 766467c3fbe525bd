/** What the leader remembers between two plans, and what people asked for once. */
import type { FenceRecord } from "./fence.ts";
import type { HardwareField } from "./hardware.ts";
import type { MaintenanceRecord } from "./maintenance.ts";
import type { NodeName, VmName } from "./names.ts";
import type { Placement } from "./placement.ts";
import type { Progress, Step, StepFailure, StepKind } from "./step.ts";

/** `step/<node>/<id>`: a released step. `cancel`: the leader wants a claimed one to end without its effect. */
export interface StepRecord {
  readonly step: Step;
  readonly releasedAt: number;
  readonly cancel: boolean;
  /** Of a start: why the VM is nowhere if it is withdrawn. Leaders of before do not tell. */
  readonly before?: Nowhere;
}

/** Of a VM that no node owns. */
export type Nowhere = Pick<Placement, "displaced" | "held">;

/** A released step with what its nodes told of it. */
export interface ReleasedStep extends StepRecord {
  readonly progress: ReadonlyMap<NodeName, Progress>;
}

/** `tries/<vm>`: failed tries and crashes of one VM; forgotten when its intent changes or somebody says retry. */
export interface Tries {
  readonly failed: {
    readonly kind: StepKind;
    readonly failure: StepFailure;
    readonly detail: string;
    readonly count: number;
    readonly at: number;
    /** Of an update: what it was to change. Leaders of before do not tell. */
    readonly fields?: readonly HardwareField[];
    /** Of a shutdown: how many live migrations had failed before it. Left out: none. */
    readonly migrations?: number;
  } | null;
  /** Epoch milliseconds of each crash within the policy's window. */
  readonly crashes: readonly number[];
  /** The VM's document as it was when they were made: another one wipes them out. */
  readonly intent: string;
  /** What the nodes were: a change of one wipes out the failures of moves. */
  readonly nodes: string;
}

/** A one-time act that is no intent (law 1): used once, void after `expiresAt`. */
export type Request = {
  readonly id: string;
  readonly by: string;
  readonly at: number;
  readonly expiresAt: number;
} & (
  | ({ readonly kind: "destroy"; readonly vm: VmName } & Destruction)
  | { readonly kind: "restart"; readonly vm: VmName }
  | { readonly kind: "retry"; readonly vm: VmName }
  | { readonly kind: "release"; readonly vm: VmName }
  /** Set back what was changed by hand. */
  | { readonly kind: "revert"; readonly vm: VmName }
  /** The node may be used again, after this proof that it was dead. */
  | { readonly kind: "acknowledge"; readonly node: NodeName; readonly incident: string }
  /** A person's word that the node is dead, for one incident of it. */
  | { readonly kind: "confirm-dead"; readonly node: NodeName; readonly incident: string }
  /** Another machine is to go by the node's name, instead of this one, which is proven dead. */
  | { readonly kind: "replace"; readonly node: NodeName; readonly machineId: string }
  /** Maintenance that no file asks for, until it expires: of a node, or of the cluster. Not used up. */
  | {
      readonly kind: "maintenance";
      readonly cluster: string;
      readonly node: NodeName | null;
      readonly reason: string | null;
    }
);

/** Exactly what an approval lets happen. */
export interface Destruction {
  /** The names of the disks that go with the VM. */
  readonly disks: readonly string[];
  /** Of the VM that was meant: a later one of the same name is another. null: it was gone already, but for its disks. */
  readonly uuid: string | null;
  /** The volume (`pool/name`) or file of each disk; one that became another is not destroyed. */
  readonly images: Readonly<Record<string, string>>;
}

/** `volume/<pool>/<name>`: whose it is, from its birth until it is destroyed. */
export interface VolumeClaim {
  readonly pool: string;
  readonly volume: string;
  readonly vm: VmName;
  /** Epoch milliseconds of its making; null: asked for, not yet reported made. From then on it is never made anew. */
  readonly born: number | null;
  /** Where the data is, for a pool that is local; null = everywhere. */
  readonly node: NodeName | null;
}

/** `identity/<vm>`: generated once, at the first apply that names the VM. */
export interface Identity {
  readonly uuid: string;
  readonly macs: Readonly<Record<string, string>>;
  /** The volume (`pool/name`) of each disk whose document names none. */
  readonly volumes: Readonly<Record<string, string>>;
  /** Where each device is plugged in, by its name. VMs applied by an earlier version have none until the next apply. */
  readonly slots?: Slots;
}

/** A device that is gone keeps its slot: it may come back, and the running guest may still have it. */
export interface Slots {
  readonly disks: Readonly<Record<string, number>>;
  readonly nics: Readonly<Record<string, number>>;
}

export interface Journal {
  /** At most one per VM. */
  readonly steps: ReadonlyMap<VmName, ReleasedStep>;
  readonly tries: ReadonlyMap<VmName, Tries>;
  readonly requests: readonly Request[];
  /** By `pool/name`. */
  readonly volumes: ReadonlyMap<string, VolumeClaim>;
  readonly identities: ReadonlyMap<VmName, Identity>;
  readonly fences: ReadonlyMap<NodeName, FenceRecord>;
  /** null: no leader has written it down yet; then the files say. */
  readonly maintenance: MaintenanceRecord | null;
}
