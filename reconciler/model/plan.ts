/** What the planner answers. A plan is a value: made from one state of everything, released only while that stands. */
import type { Nowhere, ReleasedStep, Tries, VolumeClaim } from "./journal.ts";
import type { NodeName, VmName } from "./names.ts";
import type { DomainDifference } from "./observed.ts";
import type { Placement } from "./placement.ts";
import type { Reason } from "./reasons.ts";
import type { NodeState, VmState } from "./states.ts";
import type { Step } from "./step.ts";

/** One thing to do, with the decision that goes with it. */
export interface PlannedStep {
  readonly step: Step;
  /** The placement that is written in the transaction that releases it. */
  readonly placement: Placement;
  /** Of a start: what becomes of the placement where it is withdrawn. */
  readonly before?: Nowhere;
  /** Written with it, where the tries change; null: deleted. */
  readonly tries?: Tries | null;
  /** Volumes that become this VM's. */
  readonly claims: readonly VolumeClaim[];
  /** Requests that are used up by it. */
  readonly consumes: readonly string[];
  /** The VM's former name, whose records become this one's in the same transaction. */
  readonly replaces: VmName | null;
  /** Ids of steps of this plan that must have ended first; empty: may be released now. */
  readonly after: readonly string[];
  /** Why it is not released now, where `after` is not empty or a bound is reached. */
  readonly waits: Reason | null;
}

/** A decision without a step: a changed home, a hold, the end of a hand-over. */
export interface PlannedRecord {
  readonly vm: VmName;
  /** null: the VM is gone for good, and its records with it. */
  readonly placement: Placement | null;
  readonly tries?: Tries | null;
  readonly consumes: readonly string[];
  readonly replaces: VmName | null;
  readonly reason: Reason;
}

/** A released step that is not wanted any more: withdrawn where nobody claimed it, else asked to end. */
export interface Cancellation {
  readonly released: ReleasedStep;
  readonly reason: Reason;
}

/** Why something that the desired state asks for is not being done. */
export interface Blocked {
  readonly object:
    { readonly kind: "VM"; readonly name: VmName } | { readonly kind: "Node"; readonly name: NodeName };
  readonly reason: Reason;
}

/**
 * drift: changed by something else than Evenkeel. pending: the intent changed, and takes effect at the next restart.
 * state: the run state differs (a guest that switched itself off, one that would not shut down).
 * orphaned: no document. unmanaged: never ours.
 */
export type Drift =
  | {
      readonly kind: "drift" | "pending";
      readonly vm: VmName;
      readonly node: NodeName;
      /** A field of the document; or, beyond those, a place in the domain: `disk[sda]/driver@cache`. */
      readonly field: string;
      /** null: it should not be there, or is not there. */
      readonly wanted: string | null;
      readonly live: string | null;
      /** When it is as wanted: once it is set so, or at the next restart. */
      readonly effect: "live" | "next-restart";
      /** The hypervisor's word for why it could not be changed while the guest runs; null: it was not tried. */
      readonly refused: string | null;
      /** Since when, in epoch milliseconds, and how that is known; null: nobody tells. */
      readonly since: Pick<DomainDifference, "since" | "noticed"> | null;
    }
  | { readonly kind: "state"; readonly vm: VmName; readonly node: NodeName | null; readonly reason: Reason }
  | { readonly kind: "orphaned"; readonly vm: VmName; readonly node: NodeName | null }
  | { readonly kind: "unmanaged"; readonly domain: string; readonly node: NodeName };

export interface VmView {
  readonly name: VmName;
  /** What its records and its domain go by: the former name, while it is being renamed. */
  readonly recordedAs: VmName;
  readonly state: VmState;
  readonly node: NodeName | null;
  /** It is seen to run there, whatever is to become of it. */
  readonly runs: boolean;
  readonly reason: Reason;
}

export interface NodeView {
  readonly name: NodeName;
  readonly state: NodeState;
  readonly reason: Reason;
}

export interface Plan {
  readonly steps: readonly PlannedStep[];
  readonly records: readonly PlannedRecord[];
  readonly cancels: readonly Cancellation[];
  readonly blocked: readonly Blocked[];
  readonly drift: readonly Drift[];
  /** Each VM and node with its state and the reason for it, at this moment. */
  readonly vms: ReadonlyMap<VmName, VmView>;
  readonly nodes: ReadonlyMap<NodeName, NodeView>;
  /** Epoch milliseconds at which the same input would be planned otherwise (a back-off ends); null: never. */
  readonly wakeAt: number | null;
}
