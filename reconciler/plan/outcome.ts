/** What one round of planning says of one VM. */
import type { Tries } from "../model/journal.ts";
import type { PlannedRecord, PlannedStep } from "../model/plan.ts";
import type { NodeName } from "../model/names.ts";
import type { Placement } from "../model/placement.ts";
import type { Reason } from "../model/reasons.ts";
import type { VmFacts } from "./vm-facts.ts";

export type Outcome =
  /** Nothing to do; `why` it is in the state it is in. */
  | { readonly kind: "settled"; readonly why: Reason }
  /** `next`: the VM as it will be once the step is done; what `keel plan` goes on from. */
  | { readonly kind: "step"; readonly planned: PlannedStep; readonly next: VmFacts }
  | { readonly kind: "record"; readonly record: PlannedRecord; readonly next: VmFacts }
  /** Wanted, and not done. `retry`: room or a neighbour stood in the way, so a later round may find a place. */
  | {
      readonly kind: "blocked";
      readonly why: Reason;
      readonly retry: boolean;
      readonly wakeAt: number | null;
    }
  /** It needs a node; decided in the order of choice, after the ones with a fixed place. */
  | { readonly kind: "wanting"; readonly wanting: Wanting };

export interface Wanting {
  readonly facts: VmFacts;
  /** In this order: `migrate:`, home, and for a VM that is off the node where it is assigned. */
  readonly fixed: readonly FixedPlace[];
  /** Where it runs; null: it is off, and is to be started. */
  readonly from: NodeName | null;
  /** Why it may not stay where it runs; null: it may, and leaves only for a fixed place. */
  readonly mustLeave: Reason | null;
  /** What starting it is for, where that is more than "wanted running" (a crash, a release). */
  readonly because: Reason | null;
  /** What is remembered of its crashes, where there was one. */
  readonly tries: Tries | undefined;
  readonly consumes: readonly string[];
}

export interface FixedPlace {
  readonly node: NodeName;
  readonly reason: Reason;
  /** in-place: less is asked of it. */
  readonly as: "migrate" | "home" | "in-place";
}

/** A decision that is written down and needs no step. */
export function record(
  facts: VmFacts,
  placement: Placement,
  why: Reason,
  consumes: readonly string[] = [],
): Outcome {
  return {
    kind: "record",
    record: { vm: facts.name, placement, consumes, replaces: null, reason: why },
    next: { ...facts, placement },
  };
}

/** Wanted, not done, and no other VM's leaving will change that. */
export function blocked(why: Reason, wakeAt: number | null = null): Outcome {
  return { kind: "blocked", why, retry: false, wakeAt };
}

/** The VM as it will be after a stop. */
export function off(facts: VmFacts): VmFacts {
  return { ...facts, condition: { is: "off", end: null } };
}
